"""How things stand now, in numbers: what whoever runs the help desk watches. Kept counts and index ranges only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.ids import made
from helpdesk.message import Channel, StaffId
from helpdesk.ports import Sql
from helpdesk.ports.hooks import HookState
from helpdesk.ports.probes import ProbeState
from helpdesk.store.verbs import events, hooks, probes, views
from helpdesk.worklist import SOON, View

CAP = 1000
"""How far running clocks are counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one channel that wait to go out. ``oldest``: when the first of them was written."""

    n: int
    oldest: Instant


@dataclass(frozen=True, slots=True)
class Probed:
    """The latest probe of a line: when it began, and whether it came back."""

    when: Instant
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """A library's numbers.

    ``views``       tickets in each view, but the one that is each member's own; breaching up to 1,000
    ``unanswered``  since when the patron who has waited longest waits, None if nobody does
    ``outbox``      what waits to go out, by channel; a channel where nothing waits is not there
    ``nearing``     running clocks whose last moment comes within ten minutes, up to 1,000
    ``unread``      mails that were taken and are not read yet
    ``paused``      lines that rest because our account is at fault
    ``notices``     troubles that the store holds for the desk, by level
    ``probes``      the latest probe of each line that is over: when it was sent, and whether it came back
    ``hooks``       how many messages wait for each webhook that is sent any
    """

    views: Mapping[View, int]
    unanswered: Instant | None
    outbox: Mapping[Channel, Waiting]
    nearing: int
    unread: int
    paused: int
    notices: Mapping[str, int]
    seq: Seq
    probes: Mapping[str, Probed] = field(default_factory=dict)
    hooks: Mapping[str, int] = field(default_factory=dict)


def gauges(sql: Sql, now: Instant) -> Gauges:
    """All of them, from one snapshot."""
    counted = views.counts(sql, StaffId(""), now)
    return Gauges(
        views={view: n for view, n in counted.items() if view is not View.MINE},
        unanswered=_longest_wait(sql),
        outbox=_outbox(sql),
        nearing=_nearing(sql, now),
        unread=_count(sql, "raw WHERE library = :library AND state = 'kept'"),
        paused=_count(sql, "paused_lines WHERE library = :library"),
        notices=_notices(sql),
        seq=events.last(sql),
        probes={probe.line: Probed(probe.begun, probe.state is ProbeState.PASSED) for probe in probes.last_over(sql)},
        hooks={kept.hook.name: kept.hook.waiting for kept in hooks.everyone(sql) if kept.hook.state is HookState.ON},
    )


def _longest_wait(sql: Sql) -> Instant | None:
    rows = sql(
        "SELECT min(unanswered) AS t FROM tickets WHERE library = :library"
        " AND state IN ('new', 'open', 'waiting') AND unanswered IS NOT NULL"
    )
    return None if rows[0]["t"] is None else Instant(rows[0]["t"])


def _outbox(sql: Sql) -> dict[Channel, Waiting]:
    """An id tells when it was made, so that the index alone is read."""
    rows = sql(
        "SELECT channel, count(*) AS n, min(id) AS oldest FROM outbox WHERE library = :library"
        " AND state IN ('waiting', 'leased', 'unclear') GROUP BY channel"
    )
    return {Channel(row["channel"]): Waiting(int(row["n"]), made(row["oldest"])) for row in rows}


def _nearing(sql: Sql, now: Instant) -> int:
    rows = sql(
        "SELECT count(*) AS n FROM (SELECT 1 FROM clocks WHERE library = :library AND outcome = 'pending'"
        " AND noticed IS NULL AND lapses >= :now AND lapses < :soon LIMIT :cap) AS soonest",
        now=now,
        soon=now + SOON,
        cap=CAP,
    )
    return int(rows[0]["n"])


def _notices(sql: Sql) -> dict[str, int]:
    rows = sql("SELECT level, count(*) AS n FROM notices WHERE library = :library GROUP BY level")
    return {row["level"]: int(row["n"]) for row in rows}


def _count(sql: Sql, which: str) -> int:
    return int(sql(f"SELECT count(*) AS n FROM {which}")[0]["n"])
