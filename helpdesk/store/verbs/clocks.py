"""Clock rows: the stored projection of the log that orders the worklist and feeds the reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from helpdesk.clock import Instant
from helpdesk.events import Event
from helpdesk.message import TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import (
    Bar,
    ClockRow,
    Facts,
    Measure,
    Outcome,
    Published,
    Reckoning,
    Rows,
    Subject,
    advance,
    answers_from_text,
    answers_text,
    corrections_from_text,
    corrections_text,
    pauses_from_text,
    pauses_text,
    replay,
)
from helpdesk.store.verbs import days, events

_KEY = ("ticket", "standard", "exchange")
_COLUMNS = (
    "version calendar measure started answers corrections gone barred pauses due lapses stopped spent outcome recorded"
    " recorded_spent closed"
).split()
_UPSERT = (
    f"INSERT INTO clocks (library, {', '.join(_KEY)}, {', '.join(_COLUMNS)})"
    f" VALUES (:library, {', '.join(f':{name}' for name in (*_KEY, *_COLUMNS))})"
    " ON CONFLICT (library, ticket, standard, exchange) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
)

_LINE = f"format('{'|'.join(['%s'] * (len(_COLUMNS) + 2))}', standard, exchange, {', '.join(_COLUMNS)})"


def line_of(clock: Facts, came: Reckoning) -> str:
    """All of a clock but its ticket in one line, as the database would write its row: see :func:`lines_from`."""
    values = (
        clock.standard.name,
        str(clock.exchange),
        clock.version,
        came.calendar,
        clock.measure,
        str(clock.started),
        answers_text(clock.answers) if clock.answers else "",
        corrections_text(clock.corrections) if clock.corrections else "",
        "" if clock.left is None else str(clock.left),
        " ".join(clock.barred) if clock.barred else "",
        pauses_text(came.pauses) if came.pauses else "",
        "" if came.due is None else str(came.due),
        "" if came.lapses is None else str(came.lapses),
        "" if came.stopped is None else str(came.stopped),
        "" if came.spent is None else str(came.spent),
        came.outcome,
        came.recorded or "",
        "" if came.recorded_spent is None else str(came.recorded_spent),
        str(int(came.closed)),
    )
    return "|".join(values)


def lines_from(sql: Sql, first: TicketId, last: TicketId) -> Iterator[tuple[TicketId, list[str]]]:
    """The clocks of the tickets from ``first`` to ``last`` by id, each in one line, each ticket's in their order.

    Where nothing but a difference is looked for, a line that the database writes is far cheaper than a row read.
    """
    rows = sql(
        f"SELECT ticket, {_LINE} AS line FROM clocks WHERE library = :library AND ticket >= :first AND ticket <= :last"
        " ORDER BY ticket, standard, exchange",
        first=first,
        last=last,
    )
    return ((ticket, [row["line"] for row in found]) for ticket, found in groupby(rows, key=itemgetter("ticket")))


def _values(row: ClockRow) -> tuple[str | int | None, ...]:
    """A clock as its row has it, in the order of the columns."""
    return (
        row.ticket,
        row.standard,
        row.exchange,
        row.version,
        row.calendar,
        row.measure,
        row.started,
        answers_text(row.answers) if row.answers else "",
        corrections_text(row.corrections) if row.corrections else "",
        row.left,
        " ".join(row.barred) if row.barred else "",
        pauses_text(row.pauses) if row.pauses else "",
        row.due,
        row.lapses,
        row.stopped,
        row.spent,
        row.outcome,
        row.recorded or "",
        row.recorded_spent,
        int(row.closed),
    )


def read(row: Record) -> ClockRow:
    """A clock from its row."""
    return ClockRow(
        ticket=TicketId(row["ticket"]),
        standard=row["standard"],
        version=row["version"],
        measure=Measure(row["measure"]),
        exchange=row["exchange"],
        started=row["started"],
        answers=answers_from_text(row["answers"]),
        corrections=corrections_from_text(row["corrections"]),
        left=row["gone"],
        barred=tuple(Bar(bar) for bar in row["barred"].split()),
        pauses=pauses_from_text(row["pauses"]),
        calendar=row["calendar"],
        due=row["due"],
        lapses=row["lapses"],
        stopped=row["stopped"],
        spent=row["spent"],
        outcome=Outcome(row["outcome"]),
        recorded=Outcome(row["recorded"]) if row["recorded"] else None,
        recorded_spent=row["recorded_spent"],
        closed=bool(row["closed"]),
    )


def save(sql: Sql, row: ClockRow) -> None:
    """Store one clock."""
    words = (str(value) if isinstance(value, str) else value for value in _values(row))
    sql(_UPSERT, **dict(zip((*_KEY, *_COLUMNS), words, strict=True)))


def of_ticket(sql: Sql, ticket: TicketId) -> Rows:
    """A ticket's clocks, by standard."""
    rows = sql(
        "SELECT * FROM clocks WHERE library = :library AND ticket = :ticket ORDER BY standard, exchange", ticket=ticket
    )
    return tuple(read(row) for row in rows)


def follow(
    sql: Sql, ticket: TicketId, written: Iterable[Event], subject: Subject, published: Published, *, new: bool = False
) -> tuple[Instant | None, str]:
    """Move a ticket's clocks on by new events; returns its earliest deadline and the standard that sets it.

    Where the rows don't hold what it takes to know (a tag brings another standard), the whole history is folded.
    ``new``: the ticket was not there before, so it has no clocks yet.
    """
    before = () if new else of_ticket(sql, ticket)
    after = advance(before, written, subject, published)
    if after is None:
        after = replay(events.of_ticket(sql, ticket), subject, published)
    keep(sql, before, after)
    return deadline(after)


def keep(sql: Sql, before: Rows, after: Rows) -> int:
    """Store a ticket's clocks as they are now, where they were ``before``; returns how many rows differ."""
    known, now = set(before), set(after)
    for row in after:
        if row not in known:
            save(sql, row)
    if differ := known ^ now:
        _drop(sql, before, after)
        days.touched(sql, (row.started for row in differ))
    return len(differ)


def _drop(sql: Sql, before: Rows, after: Rows) -> None:
    """Take away the clocks of a ticket that are not there any more."""
    kept = {(row.standard, row.exchange) for row in after}
    for row in before:
        if (row.standard, row.exchange) not in kept:
            sql(
                "DELETE FROM clocks WHERE library = :library AND ticket = :ticket AND standard = :standard"
                " AND exchange = :exchange",
                ticket=row.ticket,
                standard=row.standard,
                exchange=row.exchange,
            )


def deadline(rows: Rows) -> tuple[Instant | None, str]:
    """The earliest deadline of running clocks, and its standard; (None, "") if none runs."""
    return _earliest((row.outcome, row.due, row.standard) for row in rows)


def deadline_of(found: Iterable[tuple[Facts, Reckoning]]) -> tuple[Instant | None, str]:
    """As :func:`deadline`, before there are rows."""
    return _earliest((came.outcome, came.due, clock.standard.name) for clock, came in found)


def _earliest(clocks: Iterable[tuple[Outcome, Instant | None, str]]) -> tuple[Instant | None, str]:
    running = [(due, name) for outcome, due, name in clocks if outcome is Outcome.PENDING and due is not None]
    return min(running, default=(None, ""))


def breached(sql: Sql, now: Instant, limit: int = 500) -> list[ClockRow]:
    """Running clocks past their last moment that nobody has been told of."""
    rows = sql(
        "SELECT * FROM clocks WHERE library = :library AND outcome = 'pending' AND noticed IS NULL"
        " AND lapses < :now ORDER BY lapses LIMIT :limit",
        now=now,
        limit=limit,
    )
    return [read(row) for row in rows]


def next_lapse(sql: Sql) -> Instant | None:
    """The next moment at which a running clock may breach."""
    rows = sql(
        "SELECT min(lapses) AS t FROM clocks WHERE library = :library AND outcome = 'pending' AND noticed IS NULL"
    )
    found: Instant | None = rows[0]["t"]
    return found


def notice(sql: Sql, row: ClockRow, now: Instant) -> None:
    """Remember that the desk was told of a breach."""
    sql(
        "UPDATE clocks SET noticed = :now WHERE library = :library AND ticket = :ticket AND standard = :standard"
        " AND exchange = :exchange",
        now=now,
        ticket=row.ticket,
        standard=row.standard,
        exchange=row.exchange,
    )
