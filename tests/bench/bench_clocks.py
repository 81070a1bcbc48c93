"""Clocks: the fold alone, in microseconds a row, and a whole ``db rebuild``: log read, folded, compared, written.

The rebuild stands beside bare SQL that reads the same rows. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import pytest

from helpdesk import upkeep
from helpdesk.clock import MINUTE, Instant, moment, plus
from helpdesk.events import Event, Fact, Kind, NewEvent, Seq
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import always_open
from helpdesk.message import Channel, LineId, TicketId
from helpdesk.ports import Sql, Store
from helpdesk.standards import Limit, Measure, Published, Standard, Subject, replay
from helpdesk.standards.promises import Unit
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import tickets
from helpdesk.ticket import Change, Ticket

FOLDED = 10_000
STORED = 20_000
ASKED_ROWS = 2_000_000
START = Instant(1_790_000_000_000)
LIFE = (
    Kind.OPENED,
    Kind.RECEIVED,
    Kind.CLAIMED,
    Kind.NOTED,
    Kind.REPLIED,
    Kind.SENT,
    Kind.DELIVERED,
    Kind.SOLVED,
    Kind.RELEASED,
    Kind.CLOSED,
)


def published(*more: Standard) -> Published:
    """A calendar and two standards, one in wall time and one in working time."""
    day = moment(START).date() - timedelta(days=1)
    calendar = freeze(always_open("main"), day, day + timedelta(days=700))
    claimed = Standard(
        name="claimed",
        title="t",
        measure=Measure.CLAIMED,
        limit=Limit(60, Unit.SECONDS),
        share=98,
        from_date=date(2020, 1, 1),
    )
    answered = replace(
        claimed,
        name="answered",
        measure=Measure.FIRST_RESPONSE,
        limit=Limit(4, Unit.HOURS, working=True),
        calendar="main",
    )
    every = (claimed, answered, *more)
    return Published([(one.to_text(), START) for one in every], [(calendar.to_text(), START)])


def told(n: int) -> dict[str, Fact]:
    """What a usual event says."""
    return {"entry": f"entry-{n:020}", "outbox": f"outbox-{n:020}", "automatic": False}


def life() -> list[Event]:
    """A ticket's events, a minute apart."""
    return [
        Event(
            seq=Seq(n + 1),
            kind=kind,
            ticket=TicketId("t"),
            when=(when := Instant(START + n * MINUTE)),
            noted=when,
            actor="ana",
            data=told(n),
        )
        for n, kind in enumerate(LIFE)
    ]


@pytest.mark.bench
def test_clocks_in_microseconds() -> None:
    """Replay of a ticket of ten events under two standards."""
    events, rules = life(), published()
    subject = Subject(channel=Channel.CHAT, line=LineId("chat"))
    began = process_time()
    for _ in range(FOLDED):
        rows = replay(events, subject, rules)
    each = (process_time() - began) / FOLDED / len(rows) * 1e6
    print(f"\nreplay: {each:.1f} us a clock row; 2,000,000 rows in {each * 2:.0f} s")


@pytest.mark.bench
async def test_a_rebuild(tmp_path: Path) -> None:
    """Where nothing differs, and where every row has to be written again."""
    rules = published()
    async with open_store(tmp_path / "desk.sqlite") as store:
        for first in range(0, STORED, 500):
            await store.write(_tickets, first, rules)
        rows, bare = await _timed(store, lambda sql: sum(_bare(sql)))
        same = await _rebuilt(store, rules)
        await store.write(lambda sql: sql("UPDATE clocks SET spent = 1"))
        every = await _rebuilt(store, rules)
    clocks = STORED * 2
    print(f"\nbare SQL over the same {rows:,} rows: {bare:.2f} s for {clocks:,} clocks")
    for name, seconds in (("nothing differs", same), ("all written again", every)):
        whole = seconds / clocks * ASKED_ROWS
        print(f"rebuild, {name}: {seconds:.2f} s ({seconds / bare:.1f} x); {ASKED_ROWS:,} clocks in {whole:.0f} s")


def _tickets(sql: Sql, first: int, rules: Published) -> None:
    for n in range(first, first + 500):
        ticket, when = TicketId(f"ticket-{n:020}"), plus(START, n * 1000)
        facts = [
            NewEvent(kind=kind, ticket=ticket, when=plus(when, place * MINUTE), actor="ana", data=told(n))
            for place, kind in enumerate(LIFE)
        ]
        opened = Ticket(
            id=ticket,
            number=n + 1,
            channel=Channel.CHAT,
            line=LineId("chat"),
            subject="How do I renew?",
            name="visitor",
            opened=when,
            updated=when,
        )
        tickets.open_new(sql, Change(opened, tuple(facts)), when, rules)


def _bare(sql: Sql) -> list[int]:
    """How many tickets, events and clocks there are, each read whole."""
    found = []
    for table in ("tickets", "events", "clocks"):
        found.append(sum(1 for row in sql(f"SELECT * FROM {table} WHERE library = :library")))
    return found


async def _timed(store: Store, verb: Callable[[Sql], int]) -> tuple[int, float]:
    began = process_time()
    found = await store.read(verb)
    return found, process_time() - began


async def _rebuilt(store: Store, rules: Published) -> float:
    began = process_time()
    await upkeep.rebuild(store, rules)
    return process_time() - began
