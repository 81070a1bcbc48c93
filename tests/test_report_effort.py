"""READ levels and first contacts in the figures: what staff said, where, and of how many nobody said anything."""

from __future__ import annotations

from helpdesk.clock import DAY, plus
from helpdesk.local_days import local_day, span_of
from helpdesk.message import Channel
from helpdesk.reports import Report, as_text
from helpdesk.reports.effort import Effort
from helpdesk.rolling import Rolling
from helpdesk.store.verbs import days, tickets
from tests.report_house import ANA, LONDON, Contact, Library, at, library


async def _grades(house: Library, contact: Contact, effort: int | None, enough: bool | None) -> None:
    """Ana says how it went."""
    seen = await house.store.read(tickets.get, contact.ticket)
    await house.desk.sorting.grade(ANA, seen.id, seen.version, effort=effort, first_contact=enough)


def _total(made: Report) -> Effort:
    assert made.effort is not None
    return made.effort.total


async def test_what_nobody_said_is_in_no_share() -> None:
    """Of four contacts two are graded, and of three it was said whether one was enough."""
    async with library() as house:
        first, second, third, _ = [await house.comes("help", at(f"2026-09-0{day}")) for day in (1, 2, 3, 4)]
        await _grades(house, first, 1, True)
        await _grades(house, second, 4, False)
        await _grades(house, third, None, True)
        found = _total(await house.reports())
    assert (found.received, found.levels, found.ungraded) == (4, (1, 0, 0, 1, 0, 0), 2)
    assert (found.yes, found.no, found.unsaid, found.share) == (2, 1, 1, 6666)
    assert found.interval is not None


async def test_it_is_told_by_channel_and_by_site() -> None:
    """A call at the law library, and a mail that belongs to no site."""
    async with library() as house:
        mail = await house.comes("help", at("2026-09-02"))
        await _grades(house, mail, 2, None)
        call = await house.desk.log_contact(ANA, Channel.PHONE, site="law")
        await house.desk.sorting.grade(ANA, call.id, call.version, effort=5, first_contact=True)
        made = await house.reports()
    assert made.effort is not None
    told = {(by, name): (each.received, each.graded, each.yes) for by, name, each in made.effort.rows()}
    assert told == {
        ("", ""): (2, 2, 1),
        ("channel", "mail"): (1, 1, 0),
        ("channel", "phone"): (1, 1, 1),
        ("site", ""): (1, 1, 0),
        ("site", "law"): (1, 1, 1),
    }


async def test_what_is_set_apart_has_no_grade() -> None:
    """A contact that turns out to be spam leaves these figures as it leaves the others."""
    async with library() as house:
        kept, spam = [await house.comes("help", at("2026-09-02", clock)) for clock in ("10:00", "11:00")]
        await _grades(house, kept, 3, True)
        await _grades(house, spam, 6, False)
        await house.spams(spam)
        found = _total(await house.reports())
    assert (found.received, found.graded, found.levels[5], found.no) == (1, 1, 0, 0)


async def test_where_nobody_grades_a_report_says_nothing_of_it() -> None:
    """Of a library that does not use the scale it asks nothing."""
    async with library() as house:
        contact = await house.comes("help", at("2026-09-02"))
        made = await house.reports()
        assert made.effort is None
        assert "READ" not in as_text(made)
        await _grades(house, contact, 1, None)
        assert "READ (Reference Effort Assessment Data)" in as_text(await house.reports())


async def test_a_grade_changes_its_day_and_an_undo_changes_it_back() -> None:
    """The day is kept no more; after the undo it is as if nothing had been said, and as of then it still was."""
    async with library() as house:
        contact = await house.comes("help", at("2026-09-02"))
        other = await house.comes("help", at("2026-09-02", "13:00"))
        await _grades(house, other, 1, True)
        rolling = Rolling(house.store, LONDON)
        house.clock.move_to(at("2026-09-20"))
        await rolling.make_all(house.clock.now())
        begins = span_of(local_day(contact.began, LONDON), LONDON).begins
        await _grades(house, contact, 6, False)
        assert begins not in await house.store.read(days.keeping)
        then, graded = house.clock.now(), _total(await house.reports())
        house.clock.move_to(plus(then, DAY // 24))
        seen = await house.store.read(tickets.get, contact.ticket)
        await house.desk.undo(ANA, seen.id, seen.version)
        undone = _total(await house.reports())
        assert _total(await house.reports(as_of=then)) == graded
    assert (graded.graded, graded.no) == (2, 1)
    assert (undone.graded, undone.no) == (1, 0)
