"""The desk on a real terminal: `helpdesk desk` as a process of its own, at a server with 1,000 and 1,000,000 tickets.

    python -m pytest tests/bench/bench_terminal.py -m bench -s

Processor time is that of the desk's process alone (``/proc``), so other work on the machine hardly counts; waiting
is by the clock on the wall, and does. Beside the desk stands a bare Textual app with a list of a million lines.
``HELPDESK_BENCH_TICKETS`` says how many tickets the large one has. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from helpdesk.api.remote import RemoteDesk, connect
from helpdesk.clock import SystemClock, plus
from helpdesk.message import StaffId, TicketId
from tests.bench.api_house import Filled, filled
from tests.bench.api_office import Office, office
from tests.bench.pressing import (
    DOWN,
    ENTER,
    ESCAPE,
    PAGES,
    UP,
    Cost,
    costs_to_import,
    desk_at,
    idles,
    pressed,
    rests,
    until_shown,
)
from tests.tui.terminal import AT_HAND, Link, Terminal, terminal

SMALL, WIDE = (80, 24), (160, 50)
KEYS = 100
IDLE_SECONDS = 20
SHOWN = ("? keys", "Question", "2 New")

FAR_AWAY = Link(delay=0.2, rate=20_000)
"""A line of 200 ms there and back, and 20 kB/s."""

CHANGES = 200
"""In a storm, each second."""

TEXTUAL = ("textual.app", "textual.widgets", "textual.drivers.linux_driver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Until the first rows: processor seconds, bytes; what it has in memory, in MB."""

    cpu: float
    octets: int
    memory: float


@asynccontextmanager
async def desk_of(place: Office, size: tuple[int, int], link: Link = AT_HAND) -> AsyncIterator[Terminal]:
    """The desk with its first rows on the screen."""
    async with terminal(desk_at(place), size=size, link=link) as screen:
        await screen.sees(*SHOWN)
        yield screen


async def opening(place: Office, size: tuple[int, int]) -> Opening:
    """Open the desk; the best of three."""
    found = []
    for _ in range(3):
        async with desk_of(place, size) as screen:
            found.append(Opening(cpu=screen.processor_seconds, octets=screen.octets, memory=screen.megabytes))
    return min(found, key=lambda each: each.cpu)


@pytest.fixture(scope="module")
def libraries(large: Filled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Filled, Filled]:
    """One of 1,000 tickets, and the large one."""
    return asyncio.run(filled(tmp_path_factory.mktemp("small"), 1_000)), large


@pytest.mark.bench
async def test_opening(libraries: tuple[Filled, Filled]) -> None:
    """Budgets: within 1.2x of 1,000 tickets; under 0.6 s of processor time beyond importing Textual."""
    textual = await costs_to_import(*TEXTUAL)
    print(f"\nimporting Textual: {textual:.2f} s CPU")
    for size in (SMALL, WIDE):
        found = []
        for library in libraries:
            async with office(library) as place:
                found.append(await opening(place, size))
        for library, each in zip(libraries, found, strict=True):
            print(
                f"opening at {size[0]}x{size[1]}, {library.count:9,} tickets: {each.cpu:.2f} s CPU"
                f" ({each.cpu - textual:.2f} beyond Textual), {each.octets:,} bytes, {each.memory:.0f} MB"
            )
        print(f"  ratio {found[1].cpu / found[0].cpu:.2f} (budget 1.2)")


@pytest.mark.bench
async def test_keys(libraries: tuple[Filled, Filled]) -> None:
    """Budgets: 5 ms of processor time for a key down, 15 for a page down; idle 1 % and 3 kB/s."""
    print("\na bare Textual app, 80x24")
    await bare(SMALL)
    for library in libraries:
        async with office(library) as place:
            for size in (SMALL, WIDE):
                async with desk_of(place, size) as screen:
                    print(f"{library.count:9,} tickets, {size[0]}x{size[1]}")
                    await keys_of(screen)


async def bare(size: tuple[int, int]) -> None:
    """What keys cost in a bare list."""
    async with terminal((sys.executable, "-m", "tests.bench.bare_list"), size=size) as screen:
        await screen.sees("Patron 1")
        print(f"  down      {await pressed(screen, [DOWN] * KEYS)}")
        print(f"  page      {await pressed(screen, PAGES * 4)}")


async def keys_of(screen: Terminal) -> None:
    """Move, open, go back, filter; and do nothing."""
    print(f"  down      {await pressed(screen, [DOWN] * KEYS)}")
    print(f"  page      {await pressed(screen, PAGES * 4)}")
    print(f"  open      {await pressed(screen, [ENTER], lambda text: 'esc back' in text)}")
    print(f"  back      {await pressed(screen, [ESCAPE], lambda text: 'esc back' not in text)}")
    print(f"  filter    {await pressed(screen, ['/'], lambda text: 'enter keeps it' in text)}")
    print(f"  a letter  {await pressed(screen, ['Q'], lambda text: 'Filter  Q' in text)}")
    await pressed(screen, [ESCAPE], lambda text: "enter keeps it" not in text)
    share, octets = await idles(screen, IDLE_SECONDS)
    print(f"  idle      {share:6.2f} % CPU {octets:8.0f} bytes/s (budget 1 %, 3 kB/s); {screen.megabytes:.0f} MB")


@pytest.mark.bench
async def test_in_a_storm(libraries: tuple[Filled, Filled]) -> None:
    """200 changes a second while somebody goes down and up: the hands must not feel it."""
    library = libraries[0]
    async with office(library) as place, desk_of(place, SMALL) as screen:
        print(f"\nin calm     {await pressed(screen, [DOWN] * KEYS)}")
        async with connect(library.folder / "desk.sock") as writer, asyncio.TaskGroup() as group:
            storm = group.create_task(blows(writer, library))
            print(f"in a storm  {await stormed(screen)}")
            storm.cancel()


async def stormed(screen: Terminal) -> str:
    """Keys while it blows, each when the one before stood there: nothing is waited for to settle."""
    clock, cpu, began = SystemClock(), screen.processor_seconds, SystemClock().now()
    waits = []
    for n in range(KEYS):
        waits.append(await until_shown(screen, DOWN if n // 10 % 2 == 0 else UP))
        await clock.until(plus(clock.now(), 50))
    spent, passed = screen.processor_seconds - cpu, (clock.now() - began) / 1000
    return f"{Cost(cpu=0, octets=0, waits=tuple(waits)).wait}; the desk takes {spent / passed:.0%} of a processor"


async def blows(desk: RemoteDesk, library: Filled) -> None:
    """Notes on many tickets, so many a second, until it is ended."""
    clock, n = SystemClock(), 0
    began = clock.now()
    while True:
        ticket = TicketId(library.tickets[n % len(library.tickets)])
        await desk.note(StaffId("staff1"), ticket, f"Note {n}: it is looked at.")
        n += 1
        await clock.until(plus(began, n * 1000 // CHANGES))


@pytest.mark.bench
async def test_far_away(libraries: tuple[Filled, Filled]) -> None:
    """Over a line of 200 ms and 20 kB/s: how long each key takes to stand on the screen, and its bytes."""
    async with office(libraries[0]) as place:
        for size in (SMALL, WIDE):
            async with desk_of(place, size, FAR_AWAY) as screen:
                await rests(screen)
                print(f"\nover 200 ms and 20 kB/s, {size[0]}x{size[1]}: opened with {screen.octets:,} bytes")
                print(f"  down      {await pressed(screen, [DOWN] * 10)}")
                print(f"  page      {await pressed(screen, PAGES)}")
                print(f"  open      {await pressed(screen, [ENTER], lambda text: 'esc back' in text)}")
                print(f"  back      {await pressed(screen, [ESCAPE], lambda text: 'esc back' not in text)}")
                print(f"  filter    {await pressed(screen, ['/'], lambda text: 'enter keeps it' in text)}")
                print(f"  a letter  {await pressed(screen, ['Q'], lambda text: 'Filter  Q' in text)}")
