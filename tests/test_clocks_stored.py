"""Clocks in the store: whatever happens to a ticket, a rebuild finds the rows as they are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from helpdesk import upkeep
from helpdesk.clock import HOUR, Instant, plus
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.hours.almanac import freeze
from helpdesk.message import TicketId
from helpdesk.ports import Sql, Store
from helpdesk.standards import Measure, Published, Rows, folded, heard
from helpdesk.store.verbs import clocks, events, rebuilding, rulebook, tickets
from helpdesk.ticket import Change, Flag, Ticket
from tests.clock_story import MAIL, PUBLISHED, RULES, at, publish, standard
from tests.engines import ON_SQLITE, new_store
from tests.test_clocks import RULEBOOK, STANDARDS, happenings, told

pytestmark = pytest.mark.usefixtures("engine")

TICKET = TicketId("t1")
OPENED = Ticket(
    id=TICKET,
    number=1,
    channel=MAIL.channel,
    line=MAIL.line,
    kind="",
    subject="s",
    name="n",
    opened=at("10:00"),
    updated=at("10:00"),
)


def opens(sql: Sql, published: Published) -> Ticket:
    """The ticket comes in."""
    data: dict[str, Fact] = {"channel": "mail", "line": "desk", "automatic": False}
    fact = NewEvent(kind=Kind.OPENED, ticket=TICKET, when=OPENED.opened, actor="patron", data=data)
    return tickets.open_new(sql, Change(OPENED, (fact,)), OPENED.opened, published)


def happens(sql: Sql, kind: Kind, when: Instant, data: dict[str, Fact], published: Published) -> Ticket:
    """One more thing happens to it."""
    before = tickets.get(sql, TICKET)
    after = replace(before, version=before.version + 1)
    if kind is Kind.TAGGED:
        after = replace(after, tags=tuple(str(data["tags"]).split()))
    if kind is Kind.TESTED:
        after = replace(after, flags=before.flags | {Flag.TEST} if data["test"] else before.flags - {Flag.TEST})
    fact = NewEvent(kind=kind, ticket=TICKET, when=when, actor="ana", data=data)
    return tickets.apply(sql, before, Change(after, (fact,)), when, published)


async def kept(store: Store) -> tuple[Rows, Ticket]:
    """The clocks and the deadline as they are kept."""
    return await store.read(clocks.of_ticket, TICKET), await store.read(tickets.get, TICKET)


async def lives(story_told: list[tuple[Kind, int, str, bool]]) -> None:
    """A life, and what a check and a rebuild make of it."""
    async with new_store() as store:
        for name, texts in (
            ("standard", [(each.name, each.to_text()) for each in STANDARDS]),
            ("calendar", [(each.name, each.text) for each in RULEBOOK.calendars()]),
        ):
            await store.write(rulebook.publish, name, texts, PUBLISHED, "system")
        published = await store.read(rulebook.published)
        await store.write(opens, published)
        for kind, after, entry, yes in story_told:
            when = plus(OPENED.opened, after)
            await store.write(happens, kind, when, told(kind, when, entry, yes), published)
        before = await kept(store)
        assert await upkeep.check(store) == ()
        done = await store.write(rebuilding.refold_next, "", published)
        assert (done.tickets, done.changed) == (1, 0)
        assert await kept(store) == before


@ON_SQLITE
@settings(deadline=None, max_examples=25)
@given(happenings)
def test_a_rebuild_changes_nothing(story_told: list[tuple[Kind, int, str, bool]]) -> None:
    """Step by step into the store, tags and tests included, and then all at once from the log."""
    asyncio.run(lives(story_told))


@pytest.fixture
def rules() -> Published:
    """Two standards, one for tagged tickets."""
    tagged = standard(limit="1 working hour", name="tagged")
    return publish(standard(), replace(tagged, covers=replace(tagged.covers, tags=("refund",))))


async def test_a_rebuild_puts_right_what_was_spoilt(rules: Published) -> None:
    """A row changed, one lost, one that nobody promised; a breach that the desk was told of stays told."""
    async with new_store() as store:
        await store.write(opens, rules)
        await store.write(happens, Kind.TAGGED, at("10:10"), {"tags": "refund"}, rules)
        right = await kept(store)
        assert [row.standard for row in right[0]] == ["s", "tagged"]
        await store.write(spoil)
        assert len(await store.read(rebuilding.wrong_clocks, [TICKET], rules)) == 1
        done = await store.write(rebuilding.refold_next, "", rules)
        assert (done.last, done.tickets, done.changed) == (TICKET, 1, 4)
        assert await kept(store) == right
        assert await store.read(lambda sql: sql("SELECT noticed FROM clocks WHERE standard = 's'")[0]["noticed"]) == 5
        assert (await store.write(rebuilding.refold_next, TICKET, rules)).last == ""


def spoil(sql: Sql) -> None:
    """What no verb does."""
    sql("UPDATE clocks SET spent = 1, noticed = 5 WHERE standard = 's'")
    sql("UPDATE clocks SET standard = 'nobody' WHERE standard = 'tagged'")
    sql("UPDATE tickets SET due = 1")


async def test_taking_off_a_tag_takes_its_clock(rules: Published) -> None:
    """The deadline goes with it."""
    async with new_store() as store:
        await store.write(opens, rules)
        tagged = await store.write(happens, Kind.TAGGED, at("10:10"), {"tags": "refund"}, rules)
        assert (tagged.due, tagged.due_standard) == (at("11:00"), "tagged")
        plain = await store.write(happens, Kind.TAGGED, at("10:20"), {"tags": ""}, rules)
        assert (plain.due, plain.due_standard) == (at("15:00"), "s")
        assert [row.standard for row in (await kept(store))[0]] == ["s"]


async def test_a_clock_keeps_its_version_through_a_rebuild(rules: Published) -> None:
    """What is published later times what comes later, and nothing before."""
    stricter = replace(standard(), limit=standard(limit="1 working hour").limit, from_date=date(2026, 11, 17))
    later = Published(
        [(standard().to_text(), PUBLISHED), (stricter.to_text(), at("12:00"))],
        [(freeze(RULES, date(2026, 1, 1), date(2027, 12, 31)).to_text(), PUBLISHED)],
    )
    async with new_store() as store:
        await store.write(opens, rules)
        before = await kept(store)
        assert (await store.write(rebuilding.refold_next, "", later)).changed == 0
        assert await kept(store) == before
        assert before[0][0].version == standard().digest


async def test_while_paused_there_is_no_deadline() -> None:
    """Pending, never undetermined: the desk shows no deadline, and nobody is warned."""
    resolution = publish(standard(Measure.RESOLUTION, name="r"))
    async with new_store() as store:
        await store.write(opens, resolution)
        waiting = await store.write(happens, Kind.PAUSED, at("11:00"), {}, resolution)
        assert (waiting.due, waiting.due_standard) == (None, "")
        assert await store.read(rebuilding.undetermined) == []
        assert await store.read(clocks.breached, plus(at("11:00"), 1000 * HOUR)) == []
        resumed = await store.write(happens, Kind.RESUMED, at("12:00"), {}, resolution)
        assert resumed.due == at("16:00")


async def test_only_what_is_heard_is_read(rules: Published) -> None:
    """A rebuild reads no event that no clock listens to; what it reads is enough for the rows."""
    async with new_store() as store:
        await store.write(opens, rules)
        for kind in (Kind.CLAIMED, Kind.RECEIVED, Kind.NOTED, Kind.SOLVED):
            await store.write(happens, kind, at("11:00"), {"entry": "e"}, rules)
        ((_, read),) = await store.read(events.of_tickets, TICKET, TICKET, heard(rules.measures))
        assert [event.kind for event in read] == [Kind.OPENED, Kind.CLAIMED]


@pytest.mark.parametrize(
    "more",
    [
        [],
        [(Kind.REPLIED, {"entry": "e1"}), (Kind.CORRECTED, {"answered": at("10:01")})],
        [(Kind.PAUSED, {}), (Kind.RESUMED, {}), (Kind.PAUSED, {})],
        [(Kind.LEFT, {}), (Kind.SPAM, {}), (Kind.TESTED, {"test": True})],
    ],
)
async def test_a_line_is_what_the_database_writes(more: list[tuple[Kind, dict[str, Fact]]]) -> None:
    """Every column of it, or a rebuild would take each row for wrong."""
    async with new_store() as store:
        await store.write(opens, RULEBOOK)
        for minute, (kind, data) in enumerate(more, 10):
            await store.write(happens, kind, at(f"10:{minute}"), data, RULEBOOK)
        ((_, kept),) = await store.read(clocks.lines_from, TICKET, TICKET)
        subject = tickets.subject_of(await store.read(tickets.get, TICKET))
        fold = folded(await store.read(events.of_ticket, TICKET), subject, RULEBOOK)
        assert kept == [clocks.line_of(*each) for each in fold.reckonings()]
        assert len(set(kept)) == len(fold.clocks) > 15
