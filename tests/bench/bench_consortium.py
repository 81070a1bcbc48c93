"""A consortium of 200 libraries on one PostgreSQL: their busiest hour, as a ratio to the same load on one library.

Each library has a house of its own, as its `helpdesk serve` would make it, on one server of the bench's own with its
defaults, fsync among them. A contact is a mail, a text or a chat that comes in, is taken, read and answered; the answer
goes out. As many are in hand at once as :data:`HANDS`. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psycopg
import pytest

from helpdesk.errors import Stale
from helpdesk.message import TicketId
from tests.consortium import a_day, consortium
from tests.conversation import Staff, Texter, Town
from tests.postgres import Server, server

LIBRARIES = 200
HANDS = 32
HOUR = 1 / 8
"""The share of a day's contacts that its busiest hour brings."""
A_DESK = 20
"""So many contacts a day keep a desk."""
WORDS = "I should like to print my thesis today, and the printer on level 2 says that it has no paper. " * 3
ANSWER = "Thank you for telling us. Somebody is on the way; the printer on level 2 works in the meantime. " * 2


@dataclass(eq=False)
class Branch:
    """A library, its staff who are free, and the chance that decides what comes in."""

    town: Town
    free: asyncio.Queue[Staff] = field(default_factory=asyncio.Queue)

    async def hires(self, desks: int) -> None:
        """So many of its staff sign in."""
        for n in range(max(1, desks)):
            self.free.put_nowait(await self.town.staff(f"staff{n}"))


@dataclass(eq=False)
class Waits:
    """How long patrons waited to be acknowledged, and staff for each contact that they dealt with, in milliseconds."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


async def contact(branch: Branch, chance: random.Random, waits: Waits) -> None:
    """One contact, from its first word to the answer in the outbox."""
    began = perf_counter()
    await _comes_in(branch.town, chance)
    waits.acknowledged.append((perf_counter() - began) * 1000)
    member = await branch.free.get()
    began = perf_counter()
    if taken := await member.takes_next():
        await _answers(member, taken.id)
    waits.answered.append((perf_counter() - began) * 1000)
    member.ticket = None
    branch.free.put_nowait(member)


async def _answers(member: Staff, ticket: TicketId) -> None:
    """Read and reply; where the patron has written meanwhile, once more."""
    answered = False
    while not answered:
        await member.opens(ticket)
        with suppress(Stale):
            await member.replies(ANSWER, then="solved")
            answered = True


async def _comes_in(town: Town, chance: random.Random) -> None:
    """A mail or a text of somebody who may have written before, or a chat."""
    who = f"{chance.randrange(1000):03d}"
    match chance.choice(("mail", "mail", "text", "noise", "chat")):
        case "mail":
            await town.mailer(f"patron{who}").mails(WORDS, subject=WORDS[:40])
        case "chat":
            await town.visitor(who).chats(WORDS)
        case line:
            await Texter(town, who, number=f"+447700900{who}", line=line).texts(WORDS[:150])


async def played(branches: Mapping[str, Branch], order: Iterable[str], seed: int = 7) -> tuple[float, Waits]:
    """All contacts in this order of libraries, then everything goes out; the seconds that took, and the waits."""
    waits, left, chance = Waits(), iter(order), random.Random(seed)

    async def hand() -> None:
        for name in left:
            await contact(branches[name], chance, waits)

    began = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(HANDS):
            tasks.create_task(hand())
    for branch in branches.values():
        branch.town.clock.passes(minutes=2)
        for channel in branch.town.wires:
            await branch.town.house.outbox.deliver_due(channel)
    return perf_counter() - began, waits


def an_hour(days: Mapping[str, int]) -> list[str]:
    """In which libraries the contacts of the busiest hour come in, one after the other."""
    count = round(sum(days.values()) * HOUR)
    return random.Random(11).choices(list(days), weights=list(days.values()), k=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of it. ``weighs``: the database server's memory per connection, ours per library, in MB."""

    opened: float
    seconds: float
    waits: Waits
    connections: int
    weighs: tuple[float, float]


async def consortium_of(running: Server, url: str, days: Mapping[str, int], order: list[str]) -> Played:
    """Open the libraries, and let the contacts come in."""
    before, began = _weight("self"), perf_counter()
    async with consortium(url, list(days)) as towns:
        branches = {name: Branch(town) for name, town in towns.items()}
        for name, branch in branches.items():
            await branch.hires(HANDS if len(days) == 1 else days[name] // A_DESK)
        opened = perf_counter() - began
        seconds, waits = await played(branches, order)
        connections = _connections(url)
        ours = (_weight("self") - before) / len(days)
        theirs = sum(map(_weight, running.processes())) / connections
        return Played(opened=opened, seconds=seconds, waits=waits, connections=connections, weighs=(theirs, ours))


def _connections(url: str) -> int:
    with psycopg.connect(url) as connection:
        [(n,)] = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'helpdesk'"
        ).fetchall()
        return int(n)


def _weight(process: int | str) -> float:
    """What a process takes of memory, shared pages in proportion, in MB."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
        return 0.0
    return sum(map(int, re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE))) / 1024


def shares(waits: list[float]) -> str:
    """Median and P99, to be read."""
    waits = sorted(waits)
    return f"p50 {waits[len(waits) // 2]:.0f} ms, p99 {waits[len(waits) * 99 // 100]:.0f} ms"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """A server for all connections of all libraries."""
    with server("max_connections=700") as found:
        yield found


@pytest.mark.bench
def test_a_consortium_s_busiest_hour(running: Server) -> None:
    """All libraries, then one with the load of all of them."""
    days = a_day(LIBRARIES)
    order = an_hour(days)
    with running.fresh() as url:
        many = asyncio.run(consortium_of(running, url, days, order))
    with running.fresh() as url:
        one = asyncio.run(consortium_of(running, url, {"library": sum(days.values())}, ["library"] * len(order)))
    count = len(order)
    print(f"\n{LIBRARIES} libraries of {min(days.values())} to {max(days.values())} contacts a day,", end="")
    print(f" {sum(days.values()):,} in all; their busiest hour, {count:,} contacts, on one PostgreSQL:")
    print(f"  {count / many.seconds:.0f}/s, {3600 / many.seconds:.0f} times as fast as they come;", end="")
    print(f" one library with all of them {count / one.seconds:.0f}/s; ratio {one.seconds / many.seconds:.2f}")
    for said, found in (("many", many), ("one ", one)):
        print(f"  {said}: acknowledged {shares(found.waits.acknowledged)}; answered {shares(found.waits.answered)}")
    print(
        f"  opened in {many.opened:.0f} s; {many.connections} connections, {many.weighs[0]:.1f} MB each at the", end=""
    )
    print(f" database; {many.weighs[1]:.1f} MB for each library here")
