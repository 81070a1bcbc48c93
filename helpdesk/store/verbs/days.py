"""Days whose sums are kept, once they are over (see :mod:`helpdesk.daily`).

A kept day is there or it is not: whatever changes a clock that started on it, or what is counted of a contact that
came in on it, takes it away (:func:`touched`), and the watch makes it again. A reader folds what is not there
(:mod:`~helpdesk.store.verbs.folding`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from helpdesk.clock import DAY, Instant, plus
from helpdesk.daily import Day, day_from_text
from helpdesk.local_days import Span
from helpdesk.ports import Sql

LONGEST = 2 * DAY
"""Longer than any day lasts, in milliseconds, whatever its clocks do."""


def kept(sql: Sql, zone: str, begin: Instant, end: Instant) -> Callable[[Span], Day | None]:
    """The kept days of a zone that begin in [begin, end); None for one that is not kept.

    Each is read from its text as it is asked for, once: texts are small, days are not.
    """
    rows = sql(
        "SELECT begins, ends, text FROM days WHERE library = :library AND begins >= :begin AND begins < :end"
        " AND mark = 0",
        begin=begin,
        end=end,
    )
    texts = {Span(row["begins"], row["ends"]): row["text"] for row in rows}

    def day(span: Span) -> Day | None:
        text = texts.pop(span, None)
        found = None if text is None else day_from_text(text)
        return None if found is None or found.zone != zone else found

    return day


def touched(sql: Sql, times: Iterable[Instant]) -> None:
    """What was counted at these times has changed: the days that they lie in are kept no more."""
    for when in set(times):
        sql(
            "DELETE FROM days WHERE library = :library AND begins > :earliest AND begins <= :when AND ends > :when",
            earliest=plus(when, -LONGEST),
            when=when,
        )


def begin_keeping(sql: Sql, span: Span) -> int:
    """Make room for a day that is about to be folded; returns the mark of the room, which is nobody else's.

    :func:`touched` takes it away, should the day change meanwhile.
    """
    rows = sql(
        "INSERT INTO counters (library, name, value) VALUES (:library, 'day', 1)"
        " ON CONFLICT (library, name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    mark: int = rows[0]["value"]
    sql(
        "INSERT INTO days (library, begins, ends, mark, text) VALUES (:library, :begins, :ends, :mark, '')"
        " ON CONFLICT (library, begins) DO UPDATE SET ends = excluded.ends, mark = excluded.mark, text = ''",
        begins=span.begins,
        ends=span.ends,
        mark=mark,
    )
    return mark


def keep(sql: Sql, day: Day, mark: int) -> bool:
    """Keep a day for which room was made; False where it has changed since."""
    rows = sql(
        "UPDATE days SET text = :text, mark = 0 WHERE library = :library AND begins = :begins AND mark = :mark"
        " RETURNING begins",
        text=day.to_text(),
        begins=day.begins,
        mark=mark,
    )
    return bool(rows)


def keeping(sql: Sql) -> dict[Instant, Instant]:
    """When each kept day begins, in order, and when it ends."""
    rows = sql("SELECT begins, ends FROM days WHERE library = :library AND mark = 0 ORDER BY begins")
    return {row["begins"]: row["ends"] for row in rows}


def throw_away(sql: Sql) -> int:
    """Keep no day; returns how many were kept."""
    return len(sql("DELETE FROM days WHERE library = :library RETURNING begins"))
