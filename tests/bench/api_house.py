"""A library of many tickets whose API listens on loopback: the other process of the API's bench.

``python -m tests.bench.api_house FOLDER`` serves what :func:`filled` has left there, prints its URL, and ends when its
standard input does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from helpdesk.clock import MINUTE, SystemClock
from helpdesk.config import ApiSettings, LineSettings, Settings, StoreSettings
from helpdesk.house import House, open_house
from helpdesk.ids import Ids
from helpdesk.message import Address, Channel, Inbound, LineId, StaffId
from helpdesk.offering import offering
from helpdesk.serving import listening
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import rebuilding
from helpdesk.store.words import Fts5
from tests.conversation import MASTER, QUIET

DESKS = 50
LIVELY = 200
"""Tickets that came in by the door, with an entry and a history: those that are read and written."""

STATES = ("new", "open", "waiting", "snoozed", "solved", "closed", "closed", "closed")
_COLUMNS = (
    "library id number channel line kind site subject preview name state owner opened updated unanswered snoozed_until"
    " closes flags version touched_by due due_standard urgency"
).split()


@dataclass(frozen=True, slots=True)
class Filled:
    """What the bench must know of the library: a token for each desk, and the lively tickets."""

    tokens: tuple[str, ...]
    tickets: tuple[str, ...]


def settings(folder: Path) -> Settings:
    """A library with a mailbox, and an API that nobody is too fast for."""
    return Settings(
        store=StoreSettings(path=folder / "desk.sqlite", keys=folder / "keys.sqlite"),
        lines={"help": LineSettings(channel=Channel.MAIL, title="Enquiries", address="help@library.example")},
        api=ApiSettings(requests_per_second=10_000, burst=100_000),
        texts=QUIET,
    )


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[House]:
    """The library, with no carrier."""
    async with open_house(settings(folder), SystemClock(), master=MASTER, senders=lambda door, chats: {}) as house:
        yield house


async def filled(folder: Path, count: int) -> Filled:
    """Make the library, with ``count`` tickets besides the lively ones."""
    async with opened(folder) as house:
        tickets = [await _mail(house, n) for n in range(LIVELY)]
        tokens = []
        for n in range(DESKS):
            member = StaffId(f"staff{n}")
            await house.desk.sign_in(member, name=f"Member {n}")
            tokens.append((await house.roster.issue(member, member, name="bench")).text)
    _fill(folder, count)
    return Filled(tuple(tokens), tuple(tickets))


async def _mail(house: House, n: int) -> str:
    sender = Address(channel=Channel.MAIL, value=f"p{n}@example.org", name=f"Patron {n}")
    digest = hashlib.sha256(str(n).encode()).hexdigest()
    text = f"Question {n}: is the printer on level 2 working again? " * 5
    inbound = Inbound(
        channel=Channel.MAIL, line=LineId("help"), external_id=f"<{n}@x>", digest=digest, sender=sender, text=text
    )
    receipt = await house.intake.receive(inbound)
    assert receipt.ticket is not None
    return receipt.ticket


def _fill(folder: Path, count: int) -> None:
    with closing(sqlite3.connect(folder / "desk.sqlite", isolation_level=None)) as connection:
        schema.prepare_owner(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        marks = ", ".join("?" * len(_COLUMNS))
        connection.executemany(f"INSERT INTO tickets ({', '.join(_COLUMNS)}) VALUES ({marks})", _rows(count))
        connection.execute("UPDATE counters SET value = :n WHERE name = 'ticket'", {"n": LIVELY + count})
        rebuilding.replace_counts(Session(connection, "main", Fts5()))
        connection.execute("COMMIT")


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    """Tickets in every state, half of them finished, each with its deadline in the month to come."""
    now, ids = SystemClock().now(), Ids(SystemClock())
    for n in range(count):
        state, due = STATES[n * 7 % 8], now + (n * 7919 % 43_200 + 60) * MINUTE
        waits = now - n if state in {"new", "open"} else None
        words = (f"Question {n}", "Is the printer on level 2 working again?", f"Patron {n}")
        owner = f"staff{n % 1000}" if n % 3 else None
        ends = (now + 9**9 + n if state == "snoozed" else None, now + 9**9 if state == "solved" else None)
        kept = ("mail", "help", "enquiry", "")
        yield (
            *("main", ids.new(), LIVELY + n + 1, *kept, *words, state, owner, now - n, now - n, waits, *ends),
            *("", 1, "patron", due, "mail-answered", due),
        )


async def main(folder: Path) -> None:
    """Serve until standard input ends."""
    async with opened(folder) as house, offering(house, on=listening()) as offer:
        print(json.dumps({"url": offer.url}), flush=True)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
