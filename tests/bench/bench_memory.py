"""What `helpdesk serve` takes of memory: idle, with fifty desks of other machines attached, after a load; each engine.

Budget: 150 MB, and 1 MB a desk. What is told is the PSS of the server and of the readers of mail that it has started,
from outside, over TLS with every kind of line. ``HELPDESK_BENCH_TICKETS`` says how many tickets there are (1,000,000
unless told otherwise). Prints; asserts nothing of it. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count

import pytest

from helpdesk.api.remote import RemoteDesk, connect_to
from helpdesk.clock import SECOND, SystemClock, plus
from helpdesk.message import TicketId
from helpdesk.worklist import View
from tests.bench.api_house import DESKS, Filled
from tests.bench.api_office import Office, office

ROUNDS = 40
"""What each desk does in the load: it looks, reads, searches and writes so often."""

REST = 5 * SECOND
"""How long nobody does anything before memory is read: lines that are kept for a while have gone."""

VIEWS = (View.UNANSWERED, View.OPEN, View.MAIL, View.FINISHED, View.BREACHING)


async def attached(place: Office, stack: AsyncExitStack) -> list[RemoteDesk]:
    """Fifty desks that are open: their list is read, a ticket too, and they hear of whatever happens."""
    desks = []
    group = await stack.enter_async_context(asyncio.TaskGroup())
    for token in place.library.tokens:
        desk = await stack.enter_async_context(connect_to(place.url, token, authority=place.authority))
        watching = group.create_task(watch(desk))
        stack.callback(watching.cancel)
        await desk.worklist(desk.actor, View.UNANSWERED)
        await desk.counts(desk.actor)
        await desk.thread(desk.actor, TicketId(place.library.tickets[0]))
        desks.append(desk)
    return desks


async def watch(desk: RemoteDesk) -> None:
    """Hear of all that happens."""
    async for _ in desk.changes((await desk.hello()).seq):
        pass


async def busy(desks: list[RemoteDesk], library: Filled) -> int:
    """All desks at work at once; returns how many calls they made."""
    turns: Iterator[int] = count()

    async def works(desk: RemoteDesk) -> None:
        for n in range(ROUNDS):
            ticket = TicketId(library.tickets[next(turns) % len(library.tickets)])
            await desk.worklist(desk.actor, VIEWS[n % len(VIEWS)], start=n * 50)
            await desk.thread(desk.actor, ticket)
            await desk.note(desk.actor, ticket, f"Note {n}: the printer on level 2 is looked at. " * 20)
            if n % 10 == 0:
                await desk.search(desk.actor, "printer level")

    async with asyncio.TaskGroup() as group:
        for desk in desks:
            group.create_task(works(desk))
    return len(desks) * (3 * ROUNDS + ROUNDS // 10)


@pytest.mark.bench
async def test_the_memory_of_a_server(library: Filled) -> None:
    """Idle, with fifty desks, after they have worked, worked on, and when they have gone."""
    clock = SystemClock()

    async def rested(place: Office) -> float:
        await clock.until(plus(clock.now(), REST))
        print(f" {place.memory()}", end="")
        return place.memory().all

    async with office(library) as place:
        print(f"\n{library.engine}, {library.count:,} tickets\n  idle:", end="")
        idle = await rested(place)
        async with AsyncExitStack() as stack:
            desks = await attached(place, stack)
            print(f"\n  {DESKS} desks:", end="")
            open_ = await rested(place)
            print(f"\n  after {await busy(desks, library):,} calls:", end="")
            await rested(place)
            print(f"\n  after {await busy(desks, library):,} more:", end="")
            after = await rested(place)
        print("\n  desks gone:", end="")
        await rested(place)
        print(f"\n  idle {idle:.0f} MB (budget 150), per desk {(open_ - idle) / DESKS:.2f} MB (budget 1)", end="")
        print(f", after load {after:.0f} MB (budget {150 + DESKS})")
