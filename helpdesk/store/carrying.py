"""A library carried from one store to another: every row, compared; and in use at one of them only, whatever happens.

The order of the steps is what keeps it so. In one line each, and what a crash after it leaves:

1. keys of sealed lines are copied       spare keys at the new place, which the same move finds again, or a sweep takes
2. rows are copied and compared          nothing: the new place is empty until all is there
3. the new store is whole, and closed    the old one works on; the same command again copies anew
4. the old store is marked as moved      neither works: the same command again goes on with step 5
5. the new store is opened               it works; the same command again does what is left
6. the keys at the old place are gone

What waits in the outbox goes with the library and is sent from the new place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from helpdesk.clock import Instant
from helpdesk.config import StoreSettings
from helpdesk.errors import Refused
from helpdesk.ports import Sql
from helpdesk.store import moving
from helpdesk.store.care import examine_log
from helpdesk.store.ends import End, kept, made
from helpdesk.store.moving import TABLES, Row, Table, count, digest_of_all, line, rows_out
from helpdesk.store.opening import place
from helpdesk.store.proving import digest_of_report
from helpdesk.store.verbs import moves
from helpdesk.store.verbs.moves import Move

Told = Callable[[int], None]
"""Hears of how many more rows were copied, or compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """One move. ``origin`` and ``goal``: where the library is and where it goes; ``token``: drawn for this move."""

    origin: StoreSettings
    goal: StoreSettings
    library: str
    zone: str
    now: Instant
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was moved and compared.

    ``digest``  of all rows; ``report`` of the report of the log's last month
    ``nul``     how many texts held the letter NUL, which PostgreSQL has not: there it is a "?"
    """

    rows: int
    events: int
    digest: str
    report: str
    waiting: int
    nul: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a store stands before a move: its rows, and the mark of an earlier try by which the library has left it."""

    rows: int
    gone: Move | None


def standing(origin: StoreSettings, library: str) -> Standing:
    """How the store stands. Refused where it is in use."""
    with kept(origin, library) as end:
        before = moves.latest(end.sql)
        gone = before if before is not None and before.state == "gone" else None
        return Standing(0 if gone else sum(count(end.sql, table) for table in TABLES), gone)


def carry(move: Carrying, told: Told) -> Carried | None:
    """Steps 2 to 5. None where an earlier try had come so far that only the end of it was left to do.

    Refused, in words, where a store is in use, the goal is not empty, or anything differs: then nothing has moved.
    """
    mark = Move(state="gone", token=move.token, place=place(move.goal), since=move.now)
    with kept(move.origin, move.library) as origin:
        before = moves.latest(origin.sql)
        if before is None or before.state == "here":
            carried = _copied(move, origin, told)
            moves.mark(origin.sql, mark)
        else:
            mark, carried = _unfinished(before, move), None
    with kept(move.goal, move.library) as goal:
        _open(goal.sql, mark, move)
    return carried


def _copied(move: Carrying, origin: End, told: Told) -> Carried:
    with made(move.goal, move.library, origin.size) as goal:
        texts = _Texts(replace_nul=origin.nul and not goal.nul)
        digests = {table.name: _table(origin, goal, table, texts, told) for table in TABLES}
        goal.steady()
        _compared(goal.sql, digests, told)
        report = digest_of_report(origin.sql, move.zone)
        if digest_of_report(goal.sql, move.zone) != report:
            raise Refused("The report of the last month comes out otherwise there. Nothing was moved.")
        if found := examine_log(goal.sql):
            raise Refused(f"What arrived is not sound: {found[0]}. Run `helpdesk db check` here. Nothing was moved.")
        arriving = Move(state="arriving", token=move.token, place=place(move.origin), since=move.now)
        moves.mark(goal.sql, arriving)
        return Carried(
            rows=sum(count(goal.sql, table) for table in TABLES),
            events=goal.sql("SELECT count(*) AS n FROM events WHERE library = :library")[0]["n"],
            digest=digest_of_all(digests),
            report=report,
            waiting=_waiting(goal.sql),
            nul=texts.replaced,
        )


def _table(origin: End, goal: End, table: Table, texts: _Texts, told: Told) -> str:
    """Copy a table's rows; the digest of their lines."""
    found = hashlib.sha256()

    def passing() -> Iterator[Row]:
        n = 0
        for n, row in enumerate(map(texts.fit, rows_out(origin.sql, table)), 1):
            found.update(line(table, row))
            yield row
            if n % table.at_once == 0:
                goal.steady()
                told(table.at_once)
        told(n % table.at_once)

    moving.rows_in(goal.sql, table, passing(), written=lambda: goal.known(table.name))
    return found.hexdigest()


class _Texts:
    """Rows as the goal can hold them. ``replaced``: how many texts are otherwise there."""

    def __init__(self, *, replace_nul: bool) -> None:
        self._replace = replace_nul
        self.replaced = 0

    def fit(self, row: Row) -> Row:
        """The row, with a "?" for each NUL where the goal has none."""
        if not self._replace:
            return row
        odd = {name: value for name, value in row.items() if isinstance(value, str) and "\0" in value}
        self.replaced += len(odd)
        return {**row, **{name: value.replace("\0", "?") for name, value in odd.items()}} if odd else row


def _compared(sql: Sql, digests: Mapping[str, str], told: Told) -> None:
    """Refused unless every table gives back, row by row, what was read at the origin."""
    for table in TABLES:
        if moving.digest(sql, table) != digests[table.name]:
            raise Refused(f"The rows of {table.name} are not the same there. Nothing was moved.")
        told(count(sql, table))


def _waiting(sql: Sql) -> int:
    [row] = sql("SELECT count(*) AS n FROM outbox WHERE library = :library AND state IN ('waiting', 'leased')")
    return int(row["n"])


def _unfinished(before: Move, move: Carrying) -> Move:
    """The mark of an earlier try that left this store; Refused where it went to another place."""
    if before.state == "gone" and before.place == place(move.goal):
        return before
    raise Refused(moves.elsewhere(before))


def _open(sql: Sql, mark: Move, move: Carrying) -> None:
    """The library is in use here from now on; Refused where what arrived is of another move."""
    arrived = moves.latest(sql)
    if arrived is None or arrived.token != mark.token:
        raise Refused(f"{place(move.goal)} is not where this library went. Look which settings name the right one.")
    moves.mark(sql, replace(arrived, state="here"))
