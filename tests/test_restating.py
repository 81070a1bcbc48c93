"""Figures that were published and are other ones now: marked, with what changed them, clock by clock."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from helpdesk import upkeep
from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Kind, NewEvent, Seq
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Closure, Rules, always_open
from helpdesk.message import Address, Channel, Inbound, LineId
from helpdesk.reports import Report, as_text
from helpdesk.reports.contents import Restated
from helpdesk.reports.export import as_json
from helpdesk.reports.page import as_html
from helpdesk.reports.page.public import performance_page
from helpdesk.reports.page.reaching import Reaching
from helpdesk.reports.restating import to_publish
from helpdesk.rulebook import Drafts
from helpdesk.standards import Covers
from helpdesk.store.verbs import facts, tickets
from helpdesk.store.verbs.figures import PublishedFigure
from helpdesk.store.verbs.remarks import Remark
from helpdesk.ticket import Change
from tests.report_house import ANA, LONDON, Contact, Library, at, library
from tests.test_misses import corrects, suspends

pytestmark = pytest.mark.usefixtures("engine")


async def october(house: Library, line: str = "noise") -> list[Contact]:
    """Six contacts, noise texts as a rule: three answered in time, two too late, one never; then the month is over."""
    for n, wait in enumerate((5, 10, 15, 20, 30)):
        contact = await house.comes(line, at("2026-10-05", f"{10 + n}:00"))
        await house.replies(contact, at("2026-10-05", f"{10 + n}:{wait:02}"))
    await house.comes(line, at("2026-10-31", "23:50"))
    house.clock.move_to(at("2026-11-03", "10:00"))
    return list(house.contacts)


async def publishes(house: Library) -> tuple[PublishedFigure, ...]:
    """The figures of the months that are over go to the public."""
    given = to_publish(await house.reports())
    return await house.store.write(facts.publish_figures, given, ANA, house.clock.now())


async def later(house: Library) -> tuple[Restated, ...]:
    """What a report says some days later."""
    house.clock.passes(days=3)
    return (await house.reports()).restated


def why(found: tuple[Restated, ...]) -> Mapping[str, int]:
    """The only restated figure's reasons."""
    (one,) = found
    return one.why


# What is published


async def test_months_that_are_over_are_published() -> None:
    """October is; November runs still, and September had nothing to judge."""
    async with library() as house:
        await house.leaves(await house.comes("chat", at("2026-09-10")))
        await october(house)
        await house.comes("noise")
        found = await house.reports()
        given = to_publish(found)
    assert given == (
        PublishedFigure(
            standard="noise-texts", promised="90", month="2026-10", met=3, missed=3, pending=0, seq=found.log.end.seq
        ),
    )


async def test_a_part_of_a_month_is_not_published() -> None:
    """The month in which the log begins is whole all the same: there was nothing before."""
    async with library() as house:
        await october(house)
        parts = (
            to_publish(await house.reports("2026-10-06", "2026-11-01")),
            to_publish(await house.reports("2026-10-01", "2026-10-31")),
        )
        assert parts == ((), ())
        assert len(to_publish(await house.reports("2026-10-05", "2026-11-01"))) == 1
        with pytest.raises(Refused, match="by week: make one by month"):
            to_publish(await house.reports(by="week"))


# What was published otherwise


async def test_what_is_as_published_is_not_restated() -> None:
    """Nor is what was never published."""
    async with library() as house:
        await october(house)
        assert await later(house) == ()
        await publishes(house)
        assert await later(house) == ()


async def test_a_correction_restates_a_figure() -> None:
    """The one never answered had a call at once, and so one of the late ones, but late: that changes nothing."""
    async with library() as house:
        *_, late, never = await october(house)
        published = house.clock.now()
        await publishes(house)
        await corrects(house, never, at("2026-10-31", "23:55"), "By phone.")
        await corrects(house, late, at("2026-10-05", "14:20"), "By phone.")
        found = await later(house)
    assert found == (
        Restated(
            standard="noise-texts",
            promised="90",
            month="2026-10",
            published=published,
            before=(3, 3),
            after=(4, 2),
            why={"corrected": 1},
        ),
    )


async def test_each_change_is_counted_under_its_cause() -> None:
    """Spam, a test, an answer that bounced, one entered since: four clocks, four causes."""
    async with library() as house:
        one, two, three, four, _, never = await october(house)
        await publishes(house)
        await house.spams(one)
        await house.tests(four)
        await house.bounces(two)
        seen = await house.store.read(tickets.get, never.ticket)
        await house.desk.attended(ANA, never.ticket, seen.version, at("2026-10-31", "23:58"))
        found = await later(house)
    assert [(each.before, each.after) for each in found] == [((3, 3), (2, 2))]
    assert why(found) == {"marked as spam": 1, "marked as a test": 1, "undeliverable after all": 1, "entered since": 1}
    assert three.replies


async def test_no_spam_after_all() -> None:
    """What was left out when the figure was published counts again."""
    async with library() as house:
        contacts = await october(house)
        await house.spams(contacts[0])
        await publishes(house)
        await house.spams(contacts[0])
        found = await later(house)
    assert (found[0].before, found[0].after, why(found)) == ((2, 3), (3, 3), {"no spam after all": 1})


async def test_what_was_still_open_is_judged_by_time_alone() -> None:
    """A mail of 30 October had until the end of 4 November; published on the 3rd, it was pending, and is missed now."""
    async with library() as house:
        await house.comes("help", at("2026-10-29", "12:00"))
        await house.replies(house.contacts[0])
        await house.comes("help", at("2026-10-30", "12:00"))
        await house.comes("help")
        house.clock.move_to(at("2026-11-01", "10:00"))
        (given,) = await publishes(house)
        await house.replies(house.contacts[1])
        found = await later(house)
    assert (given.met, given.missed, given.pending) == (1, 0, 2)
    assert (found[0].after, why(found)) == ((2, 1), {"still open then": 2})


async def test_a_strike_entered_later_restates_a_figure() -> None:
    """The five texts of that day are set apart; lifted, they count as they did."""
    async with library() as house:
        await october(house)
        await publishes(house)
        await suspends(house, "2026-10-05", "2026-10-06")
        found = await later(house)
        assert (found[0].after, why(found)) == ((0, 1), {"suspended": 5})
        (suspension,) = (await house.reports()).suspensions
        await house.store.write(facts.unsuspend, Seq(suspension.seq), ANA, house.clock.now())
        assert await later(house) == ()


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        (lambda house, late: corrects(house, late, at("2026-10-05", "13:05"), "By phone."), "corrected"),
        (lambda house, late: house.spams(late), "marked as spam"),
        (lambda house, _: suspends(house, "2026-10-05", "2026-10-06"), "suspended"),
    ],
)
async def test_each_face_of_a_report_says_why(
    changes: Callable[[Library, Contact], Awaitable[None]], cause: str
) -> None:
    """The text, its JSON, the page, and the page for the public mark the figure, each with the cause."""
    async with library() as house:
        contacts = await october(house)
        await publishes(house)
        await changes(house, contacts[3])
        await later(house)
        made = await house.reports("2026-10-01", "2026-11-01")
    (told,) = json.loads(as_json(made))["restated"]
    assert list(told["why"]) == [cause]
    text, page, public = as_text(made), as_html(made), performance_page(made, Reaching(), small=5)
    assert "2026-10 *" in text
    assert "restated, see remark" in page
    assert "Restated: on 3 November 2026 this was published as 50.0" in public
    assert all(cause in each for each in (text, page, public))


async def test_a_figure_published_twice_is_told_twice() -> None:
    """3 of 6, then 4 of 6, now 4 of 5: each as it was published, against what holds now."""
    async with library() as house:
        *_, never = contacts = await october(house)
        await publishes(house)
        await corrects(house, never, at("2026-10-31", "23:55"), "By phone.")
        house.clock.passes(days=1)
        await publishes(house)
        await house.spams(contacts[3])
        found = await later(house)
    assert [(each.before, each.after) for each in found] == [((3, 3), (4, 1)), ((4, 2), (4, 1))]
    assert [dict(each.why) for each in found] == [{"marked as spam": 1, "corrected": 1}, {"marked as spam": 1}]


async def test_a_calendar_counted_anew_restates_a_figure() -> None:
    """The library was closed on 5 October, as nobody had entered: the two late answers were in time, then."""
    async with library() as house:
        await october(house)
        await publishes(house)
        closed = replace(always_open("staffed", LONDON), closures=(CLOSED_DAY,))
        for _ in range(2):  # restating the same once more changes nothing, and is no other reason
            await restates(house, closed, date(2026, 10, 1))
            found = await later(house)
            assert (found[0].after, why(found)) == ((5, 1), {"by a calendar published since": 2})


CLOSED_DAY = Closure(first=date(2026, 10, 5), last=date(2026, 10, 5), reason="Water in the cellar")


async def restates(house: Library, rules: Rules, since: date) -> None:
    """The calendar counts anew from a past day."""
    text = freeze(rules, date(2025, 1, 1), date(2029, 12, 31)).to_text()
    remark = Remark(id=f"why-{house.clock.now()}", text="Nobody had entered it.", salt=b"s" * 16)
    await house.rulebook.publish(Drafts(((rules.name, text),), ()), restate=since, why=remark)
    await upkeep.restate(house.store, house.rulebook.published())


async def test_a_tag_brings_another_standard() -> None:
    """Texts about heating have a promise of their own; three of October are tagged so after it was published."""
    async with library() as house:
        heating = replace(
            house.rulebook.published().standards("noise-texts")[-1].standard,
            name="heating",
            covers=Covers(tags=("heating",)),
        )
        await house.rulebook.publish(Drafts((), (("heating", heating.to_text()),)))
        contacts = await october(house)
        await tags(house, contacts[0], "heating")
        await publishes(house)
        for contact in contacts[1:4]:
            await tags(house, contact, "heating")
        await tags(house, contacts[0])
        found = await later(house)
    assert [(each.standard, each.before, each.after) for each in found] == [("heating", (1, 0), (2, 1))]
    assert why(found) == {"tagged otherwise": 4}


async def tags(house: Library, contact: Contact, *names: str) -> None:
    """Ana tags a ticket."""
    seen = await house.store.read(tickets.get, contact.ticket)
    await house.desk.tag(ANA, contact.ticket, seen.version, names)


async def test_a_kind_brings_another_standard_and_a_site_moves_the_figures() -> None:
    """Sorted late, a contact is covered from its opening; as of then nothing has changed, site by site."""
    async with library() as house:
        faults = replace(
            house.rulebook.published().standards("noise-texts")[-1].standard,
            name="faults",
            covers=Covers(kinds=("fault",)),
        )
        await house.rulebook.publish(Drafts((), (("faults", faults.to_text()),)))
        contacts = await october(house, line="help")
        await sorts(house, contacts[0], kind="fault", site="Law")
        await publishes(house)
        then = await house.reports(by="site")
        house.clock.passes(minutes=1)
        for contact in contacts[1:4]:
            await sorts(house, contact, kind="fault", site="Law")
        found, now = await later(house), await house.reports(by="site")
        again = await house.reports(by="site", as_of=then.now)
    (fault,) = [each for each in found if each.standard == "faults"]
    assert (fault.before, fault.after, fault.why) == ((1, 0), (3, 1), {"of another kind or site": 3})
    assert [(group.key, group.figures) for group in again.groups] == [(one.key, one.figures) for one in then.groups]
    assert now.groups != then.groups


async def sorts(house: Library, contact: Contact, *, kind: str, site: str) -> None:
    """Ana says what it was about, and where it belongs."""
    seen = await house.store.read(tickets.get, contact.ticket)
    await house.desk.sorting.sort(ANA, contact.ticket, seen.version, kind=kind, site=site)


async def test_two_tickets_of_one_patron_are_one() -> None:
    """Merged, the second is left out."""
    async with library() as house:
        *_, never = await october(house)
        await publishes(house)
        now, published = house.clock.now(), house.rulebook.published()
        fact = NewEvent(kind=Kind.MERGED, ticket=never.ticket, when=now, actor=ANA)
        merged = partial(Change, events=(fact,))
        await house.store.write(tickets.change, never.ticket, merged, now=now, published=published)
        found = await later(house)
    assert (found[0].after, why(found)) == ((3, 2), {"merged into another": 1})


async def test_a_text_caught_up_late_is_said_to_be_so() -> None:
    """The carrier had kept it since October; we heard of it after the figure was published."""
    async with library() as house:
        await october(house)
        await publishes(house)
        await caught_up(house, at("2026-10-20", "12:00"))
        found = await later(house)
    assert (found[0].after, why(found)) == ((3, 4), {"caught up since": 1})


async def caught_up(house: Library, when: Instant) -> None:
    """A text that came in at ``when`` and is fetched now."""
    await house.intake.receive(
        Inbound(
            channel=Channel.SMS,
            line=LineId("noise"),
            external_id="late",
            digest="f" * 64,
            sender=Address(channel=Channel.SMS, value="+447700900123", name=""),
            text="Loud",
            subject="",
            sent_at=when,
            caught_up=True,
        )
    )


async def test_a_figure_that_never_was_is_unexplained() -> None:
    """Somebody published 5 of 6 by hand: no clock was ever so, and the report says that it can't tell why."""
    async with library() as house:
        await october(house)
        (true,) = to_publish(await house.reports())
        await house.store.write(facts.publish_figures, (replace(true, met=5, missed=1),), ANA, house.clock.now())
        found = await later(house)
    assert (found[0].before, found[0].after) == ((5, 1), (3, 3))
    assert why(found) == {"that the log does not explain": 2}


async def test_as_of_before_the_correction_nothing_is_restated() -> None:
    """A report as of an earlier day knows neither what came later nor that it was published."""
    async with library() as house:
        *_, never = await october(house)
        before = house.clock.now()
        house.clock.passes(hours=1)
        await publishes(house)
        between = house.clock.now()
        house.clock.passes(hours=1)
        await corrects(house, never, at("2026-10-31", "23:55"), "By phone.")
        found: list[Report] = [await house.reports(as_of=when) for when in (before, between, house.clock.now())]
    assert [len(each.restated) for each in found] == [0, 0, 1]
