"""Whether the log is whole: a walk along the digests that chain each event to all before it.

A short log is walked whole for every report. Of a long one the watch keeps a *mark*: up to which event the chain
held. Reports walk what lies behind the mark, and the watch goes on walking the whole of it again, a stretch at a
time, so that a row that was changed long ago is found too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.store.verbs.events import GENESIS, rechained

SHORT = 100_000
"""The most events that are walked for one report."""

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Walked:
    """How far the chain was walked, the digest there, and what is wrong with the next event; "" where nothing is."""

    seq: Seq
    digest: bytes
    fault: str = ""


BEGIN = Walked(Seq(0), GENESIS)
"""Before the first event."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the chain held when it was walked first, and how far this time."""

    first: Walked = BEGIN
    again: Walked = BEGIN


def walk(sql: Sql, start: Walked, most: int, cut: Seq | None = None) -> Walked:
    """Walk on by ``most`` events, at most to ``cut`` or the log's end: the digests must hold, none may be missing."""
    end, known = _end(sql)
    last = min(start.seq + most, end if cut is None else cut)
    reached = start
    while not reached.fault and reached.seq < last:
        reached = _stretch(sql, reached, min(reached.seq + _AT_ONCE, last))
    if not reached.fault and reached.seq == end:
        return replace(reached, fault=_at_the_end(sql, reached, known))
    return reached


def _at_the_end(sql: Sql, reached: Walked, known: bytes) -> str:
    """What is wrong with the log's end: another event there than was written, or one behind it."""
    if reached.digest != known:
        return f"event {reached.seq} is not the one that was written last"
    rows = sql("SELECT seq FROM events WHERE library = :library AND seq > :end ORDER BY seq LIMIT 1", end=reached.seq)
    return f"event {rows[0]['seq']} was put in behind the end of the log" if rows else ""


def _stretch(sql: Sql, start: Walked, last: int) -> Walked:
    rows = sql(
        "SELECT seq, kind, ticket, occurred, noted, actor, data, hash FROM events"
        " WHERE library = :library AND seq > :after AND seq <= :last ORDER BY seq",
        after=start.seq,
        last=last,
    )
    seq, digest = start.seq, start.digest
    for row in rows:
        if row["seq"] != seq + 1:
            break
        right = rechained(digest, row)
        if right != row["hash"]:
            return Walked(seq, digest, f"event {seq + 1} was changed after it was written")
        seq, digest = Seq(seq + 1), right
    return Walked(seq, digest, "" if seq == last else f"event {seq + 1} is missing from the log")


def _end(sql: Sql) -> tuple[Seq, bytes]:
    rows = sql("SELECT seq, hash FROM chain WHERE library = :library")
    return (Seq(rows[0]["seq"]), bytes(rows[0]["hash"])) if rows else (Seq(0), GENESIS)


def health(sql: Sql, cut: Seq, short: int = SHORT) -> Walked:
    """How far the log is known to be whole, up to ``cut``, and what is wrong with it."""
    if cut <= short:
        return walk(sql, BEGIN, short, cut)
    start = mark(sql)
    wrong = start.again if start.again.fault and start.again.seq < cut else start.first
    if wrong.fault or wrong.seq >= cut:
        return replace(wrong, seq=min(wrong.seq, cut))
    return walk(sql, wrong, short, cut)


def mark(sql: Sql) -> Mark:
    """How far the watch has walked."""
    rows = sql("SELECT seq, hash, again, again_hash, fault FROM verified WHERE library = :library")
    if not rows:
        return Mark()
    row = rows[0]
    again = Walked(Seq(row["again"]), bytes(row["again_hash"]), row["fault"])
    return Mark(Walked(Seq(row["seq"]), bytes(row["hash"])), again)


def go_on(sql: Sql, start: Mark, most: int) -> Mark:
    """Walk the mark on: by what is new, and by ``most`` events of what was walked before; from the start at its end."""
    first = walk(sql, start.first, most)
    if first.fault:
        return Mark(replace(first, fault=""), first)
    begin = BEGIN if start.again.seq >= first.seq else replace(start.again, fault="")
    return Mark(first, walk(sql, begin, most, first.seq))


def remember(sql: Sql, mark: Mark) -> None:
    """Keep how far the watch has walked."""
    sql(
        "INSERT INTO verified (library, seq, hash, again, again_hash, fault)"
        " VALUES (:library, :seq, :hash, :again, :again_hash, :fault)"
        " ON CONFLICT (library) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, again = excluded.again,"
        " again_hash = excluded.again_hash, fault = excluded.fault",
        seq=mark.first.seq,
        hash=mark.first.digest,
        again=mark.again.seq,
        again_hash=mark.again.digest,
        fault=mark.again.fault,
    )
