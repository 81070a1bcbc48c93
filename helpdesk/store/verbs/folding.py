"""What a day came to, folded from clock rows and tickets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from helpdesk import counting
from helpdesk.adding import BITS, Fold
from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.daily import Day, Standing, Under, day_from_text
from helpdesk.local_days import SLOT, Span, local_day
from helpdesk.message import Channel
from helpdesk.ports import Record, Sql
from helpdesk.standards import Bar, Outcome, pauses_from_text
from helpdesk.store.verbs import noise_folding
from helpdesk.store.verbs.hindsight import Past

# The same rule as helpdesk.counting.answered; tests/test_report_days.py holds both together.
_ANSWERED = (
    "CASE WHEN c.outcome = 'met' THEN 1 WHEN c.outcome <> 'missed' THEN 0"
    " WHEN c.gone IS NULL OR c.stopped < c.gone OR c.answers LIKE c.gone || ':%' THEN 1"
    " WHEN c.corrections = CAST(c.gone AS TEXT) OR c.corrections LIKE c.gone || ' %' THEN 1 ELSE 0 END"
)

# What is not as with most clocks and contacts comes in columns that are empty for most: few groups, and short rows.
_OTHER_CLOCK = (
    "CASE WHEN c.barred <> '' OR c.corrections <> '' OR c.gone IS NOT NULL"
    f" THEN c.barred || '/' || c.recorded || '/' || {_ANSWERED} || '/' || (c.corrections <> '') END"
)
_OTHER_CONTACT = (
    "CASE WHEN t.state IN ('spam', 'muted') OR t.flags <> '' OR t.merged_into IS NOT NULL"
    " THEN t.state || '/' || t.flags || '/' || (t.merged_into IS NOT NULL) END"
)

# A cell of helpdesk.adding, by half hours; of a clock that time may change all that tells how long it has run.
_CELL = f"(c.started - :begins) / {SLOT} * {1 << BITS} + COALESCE((c.spent + 999) / 1000 + 1, 0)"
_RUNNING = (
    "c.started || ' ' || COALESCE(c.lapses, '') || ' ' || COALESCE((c.spent + 999) / 1000, '') || ' ' || c.pauses"
)

# One row for all clocks that are counted together. What differs most leads: rows are sorted, and digests are long.
_CLOCKS = (
    f"SELECT t.site AS site, c.standard AS standard, c.outcome AS outcome, {_OTHER_CLOCK} AS other,"
    " t.channel AS channel, c.version AS version, c.calendar AS calendar,"
    f" group_concat(CASE WHEN 'pending' IN (c.outcome, c.recorded) THEN {_RUNNING} ELSE {_CELL} END) AS found"
    " FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
    " WHERE c.library = :library AND c.started >= :begins AND c.started < :ends"
    " AND c.ticket NOT IN (SELECT value FROM json_each(:skipped)) GROUP BY 1, 2, 3, 4, 5, 6, 7"
)

_CONTACTS = (
    f"SELECT (t.opened - :begins) / {SLOT} AS slot, t.answered IS NOT NULL AS answered, t.site AS site,"
    f" t.channel AS channel, {_OTHER_CONTACT} AS other, count(*) AS n"
    " FROM tickets t WHERE t.library = :library AND t.opened >= :begins AND t.opened < :ends"
    " AND t.id NOT IN (SELECT value FROM json_each(:skipped)) GROUP BY 1, 2, 3, 4, 5"
)


def fold(sql: Sql, zone: str, span: Span, spent: Spent, past: Past | None = None) -> Day:
    """A day of ``zone``, folded anew; with ``past`` as it stood then.

    ``spent`` reckons how long a clock ran that stands still.
    """
    counted = Fold(zone, *span)
    skipped = json.dumps(past.differing(*span) if past else ())
    _count_contacts(counted, sql(_CONTACTS, **span._asdict(), skipped=skipped))
    _count_clocks(counted, sql(_CLOCKS, **span._asdict(), skipped=skipped), spent)
    noise_folding.count(sql, counted, span, skipped)
    if past is not None:
        past.count(counted, *span)
    return counted.day()


def _count_contacts(counted: Fold, groups: Iterable[Record]) -> None:
    for row in groups:
        n, other = row["n"], row["other"]
        counted.contacts(
            Channel(row["channel"]),
            row["site"],
            counted.hours[row["slot"]],
            other and _apart(other),
            answered=n * row["answered"],
            n=n,
        )


def _count_clocks(counted: Fold, groups: Iterable[Record], spent: Spent) -> None:
    for row in groups:
        under = Under(row["standard"], row["version"], row["calendar"], Channel(row["channel"]), row["site"])
        standing, found = _standing(row["outcome"], row["other"]), str(row["found"]).split(",")
        if standing.runs:
            for each in found:
                _count_running(counted, under, standing, each, spent)
        else:
            counted.clocks(under, standing, map(int, found))


def _count_running(counted: Fold, under: Under, standing: Standing, running: str, spent: Spent) -> None:
    """Count a clock that time may change."""
    start, lapses, ran, pauses = running.split(" ", 3)
    started, run, since = Instant(int(start)), int(ran) if ran else None, 0
    if standing.outcome is Outcome.PENDING:
        stood = pauses_from_text(pauses) if pauses else ()
        run, since = counting.reckoned(under.calendar, started, stood, spent)
    counted.clock(under, standing, started, Instant(int(lapses)) if lapses else None, run, since)


@lru_cache(maxsize=1024)
def _standing(outcome: str, other: str | None) -> Standing:
    if other is None:
        return Standing(outcome=Outcome(outcome), answered=outcome in ("met", "missed"))
    barred, recorded, answered, corrected = other.split("/")
    return Standing(
        outcome=Outcome(outcome),
        recorded=Outcome(recorded) if recorded else None,
        reason=counting.reason(Bar(bar) for bar in barred.split()),
        answered=answered == "1",
        corrected=corrected == "1",
    )


_ASIDE = {"spam": Bar.SPAM, "muted": Bar.MUTED}


@lru_cache(maxsize=256)
def _apart(other: str) -> Bar | None:
    """Why a contact does not count."""
    state, flags, merged = other.split("/")
    named = {"test": Bar.TEST, "automatic": Bar.AUTOMATIC}
    barred = [named[flag] for flag in flags.split() if flag in named]
    barred += [_ASIDE[state]] if state in _ASIDE else []
    barred += [Bar.MERGED] if merged == "1" else []
    return counting.reason(barred)


def wrong(sql: Sql, begins: Instant, spent: Spent) -> list[str]:
    """What is wrong with the kept day that begins at ``begins``, in words: its sums are not what folding gives."""
    rows = sql("SELECT text FROM days WHERE library = :library AND begins = :begins AND mark = 0", begins=begins)
    kept = day_from_text(rows[0]["text"]) if rows else None
    if kept is None:
        return []
    right = fold(sql, kept.zone, Span(kept.begins, kept.ends), spent)
    return [] if right == kept else [f"{local_day(begins, kept.zone)}: the day's sums are not what its clocks give"]
