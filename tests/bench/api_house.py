"""A library of many tickets in a store of either engine, made once for all benches that ask a server about it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from helpdesk.clock import MINUTE, SystemClock
from helpdesk.config import LineSettings, Settings, StoreSettings
from helpdesk.house import House, open_house
from helpdesk.ids import Ids
from helpdesk.message import Address, Channel, Inbound, LineId, StaffId
from helpdesk.store import schema
from helpdesk.store.pg_care import opened
from helpdesk.store.pg_session import Connection
from helpdesk.store.pg_session import Session as PgSession
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import rebuilding
from helpdesk.store.words import Fts5, Tsvector

DESKS = 50
LIVELY = 200
"""Tickets that came in by the door, with an entry and a history: those that are read and written."""

STATES = ("new", "open", "waiting", "snoozed", "solved", "closed", "closed", "closed")
_COLUMNS = (
    "library id number channel line kind site subject preview name state owner opened updated unanswered snoozed_until"
    " closes flags version touched_by due due_standard urgency"
).split()
_INTO = f"tickets ({', '.join(_COLUMNS)})"
_CLOCKS = (
    "INSERT INTO clocks (library, ticket, standard, exchange, version, calendar, measure, started, answers, barred,"
    " due, lapses, stopped, spent, outcome) SELECT library, id, 'mail-answered', 0, '', '', 'first_response', opened,"
    " '', '', due, due, CASE WHEN unanswered IS NULL THEN opened + 1 END, CASE WHEN unanswered IS NULL THEN 1 END,"
    " CASE WHEN unanswered IS NOT NULL THEN 'pending' WHEN number % 10 = 0 THEN 'missed' ELSE 'met' END"
    f" FROM tickets WHERE number > {LIVELY}"
)
"""A clock for each ticket: a quarter of them run, one in ten of the others was missed."""


class Urls(NamedTuple):
    """Databases of a library."""

    store: str
    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A library in ``folder``, and what a bench must know of it.

    ``urls``     its PostgreSQL databases, the store's and the keys'; None where they are files in ``folder``
    ``count``    how many tickets it has
    ``tokens``   one for each desk, of members staff0, staff1 ...
    ``tickets``  the lively ones
    """

    folder: Path
    urls: Urls | None
    count: int
    tokens: tuple[str, ...]
    tickets: tuple[str, ...]

    @property
    def engine(self) -> str:
        """What it stands on."""
        return "SQLite" if self.urls is None else "PostgreSQL"


async def filled(folder: Path, count: int, urls: Urls | None = None) -> Filled:
    """Make the library, with ``count`` tickets besides the lively ones."""
    store = StoreSettings(path=folder / "helpdesk.sqlite")
    if urls is not None:
        store = StoreSettings(path=store.path, url=SecretStr(urls.store), keys_url=SecretStr(urls.keys))
    line = LineSettings(channel=Channel.MAIL, title="Enquiries", address="help@library.example")
    settings = Settings(store=store, lines={"help": line})
    async with open_house(settings, SystemClock(), senders=lambda door, chats: {}) as house:
        tickets = [await _mail(house, n) for n in range(LIVELY)]
        tokens = []
        for n in range(DESKS):
            member = StaffId(f"staff{n}")
            await house.desk.sign_in(member, name=f"Member {n}")
            tokens.append((await house.roster.issue(member, member, name="bench")).text)
    if urls is None:
        _fill_file(store.path, count)
    else:
        _fill_database(urls.store, count)
    return Filled(folder=folder, urls=urls, count=count, tokens=tuple(tokens), tickets=tuple(tickets))


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


def _fill_file(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema.prepare_owner(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")
        connection.execute("BEGIN")
        marks = ", ".join("?" * len(_COLUMNS))
        connection.executemany(f"INSERT INTO {_INTO} VALUES ({marks})", _rows(count))
        connection.execute(_CLOCKS)
        connection.execute("UPDATE counters SET value = :n WHERE name = 'ticket'", {"n": LIVELY + count})
        rebuilding.replace_counts(Session(connection, "main", Fts5()))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill_database(url: str, count: int) -> None:
    with opened(url) as connection:
        with connection.transaction():
            remade = _without_indexes(connection)
            _copy(connection, _rows(count))
            for each in remade:
                connection.execute(each, prepare=False)
            connection.execute(_CLOCKS.encode(), prepare=False)
            connection.execute(
                b"UPDATE counters SET value = $1 WHERE library = 'main' AND name = 'ticket'", (LIVELY + count,)
            )
            rebuilding.replace_counts(PgSession(connection, "main", Tsvector()))
        connection.execute(b"VACUUM ANALYZE", prepare=False)
        connection.execute(b"CHECKPOINT", prepare=False)


def _without_indexes(connection: Connection) -> list[bytes]:
    """Drop what would be kept up row by row; returns the statements that make it again."""
    rows = connection.execute(
        b"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'tickets' AND indexname <> 'tickets_pkey'"
    ).fetchall()
    for row in rows:
        connection.execute(f"DROP INDEX {row['indexname']}".encode(), prepare=False)
    return [row["indexdef"].encode() for row in rows]


def _copy(connection: Connection, rows: Iterator[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {_INTO} FROM STDIN".encode()) as copy:
        while some := list(islice(rows, 5_000)):
            copy.write("".join("\t".join(map(_said, row)) + "\n" for row in some))


def _said(value: object) -> str:
    """A value as COPY reads it; none of ours holds a tab, a line's end or a backslash."""
    return "\\N" if value is None else str(value)


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
