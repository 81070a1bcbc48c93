"""Clocks that were missed, the latest first: what a report lists one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.standards import ClockRow, Outcome, judged
from helpdesk.store.verbs import clocks
from helpdesk.store.verbs.hindsight import Past


class Missed(NamedTuple):
    """A clock that was missed, and what of its ticket a report shows."""

    row: ClockRow
    channel: Channel
    site: str
    number: int


def missed(
    sql: Sql, begin: Instant, end: Instant, told: Instant, limit: int, past: Past | None = None
) -> tuple[Missed, ...]:
    """Of the clocks that started in [begin, end) and stood as missed at ``told``, the latest ``limit``.

    With ``past`` as the log stood then. What nobody has answered is pending in its row however late it is; past its
    last moment it is missed: the same rule as helpdesk.standards.judged, and tests/test_misses.py holds both together.
    """
    if past is None:
        return tuple(_now(sql, begin, end, told, limit))
    still = (each for each in _now(sql, begin, end, told, limit + len(past.touched)) if _kept(each, past))
    found = sorted([*still, *_then(past, begin, end, told)], key=_latest_first)
    return tuple(found[:limit])


def _now(sql: Sql, begin: Instant, end: Instant, told: Instant, limit: int) -> Iterator[Missed]:
    rows = sql(
        "SELECT c.*, t.channel AS channel, t.site AS site, t.number AS number"
        " FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        " WHERE c.library = :library AND c.outcome IN ('missed', 'pending')"
        " AND c.started >= :begin AND c.started < :end AND (c.outcome = 'missed' OR c.lapses < :told)"
        " ORDER BY c.started DESC, t.number DESC, c.standard, c.exchange LIMIT :limit",
        begin=begin,
        end=end,
        told=told,
        limit=limit,
    )
    return (Missed(clocks.read(row), Channel(row["channel"]), row["site"], row["number"]) for row in rows)


def _kept(found: Missed, past: Past) -> bool:
    """Whether a row is what it was."""
    return found.row.ticket not in past.touched


def _then(past: Past, begin: Instant, end: Instant, told: Instant) -> Iterator[Missed]:
    started = past.started(begin, end)
    return (Missed(*each) for each in started if judged(each.row, told) is Outcome.MISSED)


def _latest_first(found: Missed) -> tuple[int, int, str, int]:
    return -found.row.started, -found.number, found.row.standard, found.row.exchange
