"""Closing everything with many clocks pending: how long it takes, and how long another writer waits meanwhile.

``HELPDESK_BENCH_PENDING`` says how many. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from time import perf_counter, process_time

import pytest

from helpdesk.clock import HOUR, ManualClock, plus
from helpdesk.closing import LocalClosings
from helpdesk.events import Kind, NewEvent
from helpdesk.ids import Ids
from helpdesk.message import Channel, LineId, StaffId, TicketId
from helpdesk.ports import Sql, Store
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.standards import Published
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import shutting, tickets
from helpdesk.ticket import Change, Ticket

PENDING = int(os.environ.get("HELPDESK_BENCH_PENDING", "10000"))
ANA = StaffId("ana")


@pytest.mark.bench
async def test_closing_all(tmp_path: Path) -> None:
    """Of every ticket a clock runs."""
    clock = ManualClock()
    async with open_store(tmp_path / "desk.sqlite") as store:
        rules = Rulebook(store, clock)
        await rules.publish(drafts(None, None, now=clock.now(), zone="Europe/London"))
        for first in range(0, PENDING, 500):
            await store.write(_open, first, clock, rules.published())
        desk = LocalClosings(store=store, clock=clock, ids=Ids(clock), published=rules.published, load=rules.load)
        clock.passes(minutes=1)
        waits, cpu, began = [0.0], process_time(), perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(desk.close(ANA, "all", plus(clock.now(), HOUR), "Fire alarm."))
            await _noticed(store)
            while await _waited(store, waits):
                pass
        took, cpu = perf_counter() - began, process_time() - cpu
        print(f"\n{PENDING:,} pending clocks: closed in {took:.2f} s ({cpu:.2f} s CPU)")
        print(f"another writer had {len(waits) - 1} turns and waited {max(waits) * 1000:.0f} ms at most")


def _open(sql: Sql, first: int, clock: ManualClock, rules: Published) -> None:
    now = clock.now()
    for n in range(first, first + 500):
        ticket = TicketId(f"ticket-{n:020}")
        fact = NewEvent(kind=Kind.OPENED, ticket=ticket, when=now, actor="patron", data={})
        came = NewEvent(kind=Kind.RECEIVED, ticket=ticket, when=now, actor="patron", data={"entry": f"entry-{n}"})
        opened = Ticket(
            id=ticket,
            number=n + 1,
            channel=Channel.SMS,
            line=LineId("noise"),
            kind="noise",
            subject="Loud",
            name="visitor",
            opened=now,
            updated=now,
        )
        tickets.open_new(sql, Change(opened, (fact, came)), now, rules)


async def _noticed(store: Store) -> None:
    """Until it is closed."""
    while not await store.read(shutting.unsettled):
        pass


async def _waited(store: Store, waits: list[float]) -> bool:
    """Write something small; whether clocks are still to follow."""
    began = perf_counter()
    left = await store.write(shutting.unsettled)
    waits.append(perf_counter() - began)
    return bool(left)
