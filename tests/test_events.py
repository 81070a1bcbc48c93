"""The log: gapless, chained, never rewritten, and read on from wherever one stood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import Instant, ManualClock, plus
from helpdesk.errors import NotFound
from helpdesk.events import Event, Fact, Kind, NewEvent, Seq
from helpdesk.message import TicketId
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import events
from tests.engines import new_store

pytestmark = pytest.mark.usefixtures("engine")

NOW = ManualClock().now()


def fact(later: int = 0, ticket: str | None = None, /, **data: Fact) -> NewEvent:
    """Something that happened ``later`` milliseconds from now."""
    return NewEvent(
        kind=Kind.TESTED, ticket=TicketId(ticket) if ticket else None, when=plus(NOW, later), actor="ana", data=data
    )


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """An empty store in memory."""
    async with new_store() as opened:
        yield opened


async def test_what_was_appended_is_read_again(store: Store) -> None:
    """Every field, and the places 1, 2, 3."""
    facts = [fact(0, "T1", entry="E1", automatic=False, n=3, gone=None), fact(5, words="– ✓ \x00")]
    written = await store.write(events.append, facts, NOW)
    assert [event.seq for event in written] == [1, 2]
    assert await store.read(events.after, Seq(0)) == written
    assert written[0].data == {"entry": "E1", "automatic": False, "n": 3, "gone": None}


async def test_nothing_is_appended_for_no_fact(store: Store) -> None:
    """The log does not move."""
    assert await store.write(events.append, [], NOW) == []
    assert await store.read(events.last) == 0


async def test_reading_on_in_pages(store: Store) -> None:
    """From any place, in order, without a gap; a ticket's own events apart."""
    await store.write(events.append, [fact(n, f"T{n % 3}") for n in range(25)], NOW)
    heard: list[Event] = []
    while page := await store.read(events.after, heard[-1].seq if heard else Seq(0), 7):
        heard += page
    assert [event.seq for event in heard] == list(range(1, 26))
    assert [event.seq for event in await store.read(events.of_ticket, TicketId("T1"))] == list(range(2, 26, 3))


async def test_no_gap_after_failures(store: Store) -> None:
    """A verb that appended and then failed leaves no hole among those that share its commit."""

    def failing(sql: Sql) -> None:
        events.append(sql, [fact(1), fact(2)], NOW)
        raise NotFound("on purpose")

    async def try_failing() -> None:
        with pytest.raises(NotFound):
            await store.write(failing)

    async with asyncio.TaskGroup() as tasks:
        for n in range(30):
            tasks.create_task(try_failing() if n % 3 == 0 else _append(store, n))
    found = await store.read(events.after, Seq(0))
    assert [event.seq for event in found] == list(range(1, 21))
    assert await store.read(events.first_break) is None


async def _append(store: Store, n: int) -> None:
    await store.write(events.append, [fact(n)], NOW)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE events SET actor = 'ben' WHERE seq = 4", "event 4 was changed"),
        ("UPDATE events SET occurred = occurred + 1 WHERE seq = 6", "event 6 was changed"),
        ("UPDATE events SET data = '{\"n\":9}' WHERE seq = 1", "event 1 was changed"),
        ("UPDATE events SET kind = 'spam' WHERE seq = 2", "event 2 was changed"),
        ("UPDATE events SET kind = 'nonsense' WHERE seq = 2", "event 2 was changed"),
        ("UPDATE events SET data = 'no data' WHERE seq = 3", "event 3 was changed"),
        ("DELETE FROM events WHERE seq = 1", "event 1 is missing"),
        ("DELETE FROM events WHERE seq = 5", "event 5 is missing"),
        ("DELETE FROM events WHERE seq >= 8", "the log ends at event 7, but 9 were written"),
        ("UPDATE chain SET seq = 12", "the log ends at event 9, but 12 were written"),
    ],
)
async def test_whoever_tampers_is_found_out(store: Store, damage: str, said: str) -> None:
    """The first event that breaks the chain is named."""
    await store.write(events.append, [fact(n, n=n) for n in range(9)], NOW)
    assert await store.read(events.first_break) is None
    await store.write(lambda sql: sql(damage))
    found = await store.read(events.first_break)
    assert found is not None
    assert said in found


async def test_swapping_two_events_breaks_the_chain(store: Store) -> None:
    """Each is bound to its place."""
    await store.write(events.append, [fact(0, n=n) for n in range(4)], NOW)
    swap = "UPDATE events SET seq = CASE seq WHEN 2 THEN 103 WHEN 3 THEN 102 END WHERE seq IN (2, 3)"
    await store.write(lambda sql: sql(swap))
    await store.write(lambda sql: sql("UPDATE events SET seq = seq - 100 WHERE seq > 100"))
    assert await store.read(events.first_break) == "event 2 was changed after it was written"


@given(st.binary(min_size=32, max_size=32), st.integers(1), st.text(max_size=8), st.text(max_size=8))
def test_the_digest_covers_every_field(before: bytes, seq: int, actor: str, value: str) -> None:
    """Any other value of any field gives another digest."""
    event = _event(seq, actor, value)
    digest = events.chained(before, event)
    others = [
        events.chained(bytes(32) if before != bytes(32) else b"\x01" * 32, event),
        events.chained(before, _event(seq + 1, actor, value)),
        events.chained(before, _event(seq, actor + "x", value)),
        events.chained(before, _event(seq, actor, value + "x")),
    ]
    assert digest not in others
    assert len(digest) == 32


def _event(seq: int, actor: str, value: str) -> Event:
    return Event(
        seq=Seq(seq), kind=Kind.TESTED, ticket=None, when=Instant(0), noted=NOW, actor=actor, data={"v": value}
    )
