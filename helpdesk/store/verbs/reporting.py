"""What the reports read: clocks and contacts by when they began, and the log they stand on.

Nothing here reads a patron's words: no subject, preview, name, entry or remark. A caller asks for a stretch of
time that it can hold in memory (a week), and folds stretch after stretch inside one snapshot.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.events import Fact, Kind, Seq
from helpdesk.message import Channel, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Bar, Outcome
from helpdesk.store.verbs.events import GENESIS


class LogEnd(NamedTuple):
    """Where the log ends: its last event's number and the digest that chains it to all before, in hex."""

    seq: Seq
    digest: str


class Lot(NamedTuple):
    """``n`` clocks of one standard that stand alike.

    ``standing``  the outcome as judged at the time of the report
    ``answered``  a person answered (met or missed); False where it was missed because nobody did
    ``spent``     milliseconds of the standard's time until that answer, None where they can't be known
    """

    standard: str
    version: str
    calendar: str
    channel: Channel
    standing: Outcome
    barred: tuple[Bar, ...]
    answered: bool
    spent: int | None
    n: int = 1


class Told(NamedTuple):
    """A fact of the log that says what kind of contact it was, or whether it was answered."""

    ticket: TicketId
    kind: Kind
    data: dict[str, Fact]


def log_end(sql: Sql) -> LogEnd:
    """Where the log ends now; 0 and the digest that a log begins with where it is empty."""
    rows = sql("SELECT seq, hash FROM chain WHERE library = :library")
    return LogEnd(Seq(rows[0]["seq"]), bytes(rows[0]["hash"]).hex()) if rows else LogEnd(Seq(0), GENESIS.hex())


def first_contact(sql: Sql) -> Instant | None:
    """When the earliest contact of the log came in, None if none ever did."""
    rows = sql("SELECT min(occurred) AS t FROM events WHERE library = :library AND kind = 'opened'")
    found: Instant | None = rows[0]["t"]
    return found


# The same rule as helpdesk.standards.clocks.judged; tests/test_report.py holds both together.
_STANDING = "CASE WHEN c.outcome = 'pending' AND c.lapses < :now THEN 'missed' ELSE c.outcome END"

# A visitor who had left was not answered, though the clock stopped; leaving in the moment of the answer is not before.
_ANSWERED = (
    "CASE WHEN c.outcome = 'met' THEN 1"
    " WHEN c.outcome = 'missed' AND (c.gone IS NULL OR c.stopped < c.gone OR c.answers LIKE c.gone || ':%') THEN 1"
    " ELSE 0 END"
)


def clocks_started(sql: Sql, begin: Instant, end: Instant, now: Instant) -> list[Lot]:
    """The clocks that started in [begin, end), judged at ``now``."""
    rows = sql(
        "SELECT c.standard AS standard, c.version AS version, c.calendar AS calendar, t.channel AS channel,"
        f" {_STANDING} AS standing, c.barred AS barred, {_ANSWERED} AS answered, c.spent AS spent"
        " FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        " WHERE c.library = :library AND c.started >= :begin AND c.started < :end",
        begin=begin,
        end=end,
        now=now,
    )
    return [_lot(row) for row in rows]


_CHANNELS = {str(each): each for each in Channel}
_OUTCOMES = {str(each): each for each in Outcome}


def _lot(row: Record) -> Lot:
    return Lot(
        standard=row["standard"],
        version=row["version"],
        calendar=row["calendar"],
        channel=_CHANNELS[row["channel"]],
        standing=_OUTCOMES[row["standing"]],
        barred=tuple(Bar(bar) for bar in barred.split()) if (barred := row["barred"]) else (),
        answered=bool(row["answered"]),
        spent=row["spent"],
    )


def contacts_opened(sql: Sql, begin: Instant, end: Instant) -> list[Told]:
    """What the log tells of the contacts that came in in [begin, end): contact by contact, each in order."""
    rows = sql(
        "SELECT ticket, kind, data FROM events WHERE library = :library AND ticket IN ("
        "SELECT ticket FROM events WHERE library = :library AND kind = 'opened'"
        " AND occurred >= :begin AND occurred < :end)"
        " AND kind IN ('opened', 'replied', 'undeliverable', 'spam', 'not_spam', 'tested', 'merged')"
        " ORDER BY ticket, seq",
        begin=begin,
        end=end,
    )
    return [Told(TicketId(row["ticket"]), Kind(row["kind"]), json.loads(row["data"])) for row in rows]
