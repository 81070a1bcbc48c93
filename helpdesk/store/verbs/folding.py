"""What a day came to, folded from clock rows and tickets."""

from __future__ import annotations

from functools import lru_cache

from helpdesk import counting
from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.daily import Day, Fold, Standing, Under, day_from_text
from helpdesk.message import Channel
from helpdesk.ports import Record, Sql
from helpdesk.standards import Bar, Outcome, pauses_from_text
from helpdesk.store.verbs.hindsight import Past
from helpdesk.zones import Span, local_day

# The same rule as helpdesk.counting.answered; tests/test_report_days.py holds both together.
_ANSWERED = (
    "CASE WHEN c.outcome = 'met' THEN 1 WHEN c.outcome <> 'missed' THEN 0"
    " WHEN c.gone IS NULL OR c.stopped < c.gone OR c.answers LIKE c.gone || ':%' THEN 1"
    " WHEN c.corrections = CAST(c.gone AS TEXT) OR c.corrections LIKE c.gone || ' %' THEN 1 ELSE 0 END"
)

_CLOCKS = (
    "SELECT c.ticket AS ticket, c.standard AS standard, c.version AS version, c.calendar AS calendar,"
    " t.channel AS channel, t.site AS site, c.started AS started, c.outcome AS outcome, c.recorded AS recorded,"
    f" c.barred AS barred, c.corrections <> '' AS corrected, {_ANSWERED} AS answered, c.lapses AS lapses,"
    " (c.spent + 999) / 1000 AS spent, CASE WHEN c.outcome = 'pending' THEN c.pauses ELSE '' END AS pauses"
    " FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
    " WHERE c.library = :library AND c.started >= :begins AND c.started < :ends"
)

_CONTACTS = (
    "SELECT t.id AS ticket, t.channel AS channel, t.site AS site, t.opened AS opened, t.state AS state,"
    " t.flags AS flags, t.merged_into IS NOT NULL AS merged, t.answered IS NOT NULL AS answered"
    " FROM events e JOIN tickets t ON t.library = e.library AND t.id = e.ticket"
    " WHERE e.library = :library AND e.kind = 'opened' AND e.occurred >= :begins AND e.occurred < :ends"
)


def fold(sql: Sql, zone: str, span: Span, spent: Spent, past: Past | None = None) -> Day:
    """A day of ``zone``, folded anew; with ``past`` as it stood then.

    ``spent`` reckons how long a clock ran that stands still.
    """
    counted = Fold(zone, *span)
    skipped = past.touched if past else frozenset()
    for row in sql(_CLOCKS, begins=span.begins, ends=span.ends):
        if row["ticket"] not in skipped:
            _count_clock(counted, row, spent)
    for row in sql(_CONTACTS, begins=span.begins, ends=span.ends):
        if row["ticket"] not in skipped:
            apart = _apart(row["state"], row["flags"], row["merged"])
            counted.contact(Channel(row["channel"]), row["site"], row["opened"], apart, bool(row["answered"]))
    if past is not None:
        past.count(counted, *span)
    return counted.day()


def wrong(sql: Sql, begins: Instant, spent: Spent) -> list[str]:
    """What is wrong with the kept day that begins at ``begins``, in words: its sums are not what folding gives."""
    rows = sql("SELECT text FROM days WHERE library = :library AND begins = :begins AND text <> ''", begins=begins)
    kept = day_from_text(rows[0]["text"]) if rows else None
    if kept is None:
        return []
    right = fold(sql, kept.zone, Span(kept.begins, kept.ends), spent)
    return [] if right == kept else [f"{local_day(begins, kept.zone)}: the day's sums are not what its clocks give"]


def _count_clock(counted: Fold, row: Record, spent: Spent) -> None:
    under = _under(row["standard"], row["version"], row["calendar"], row["channel"], row["site"])
    standing = _standing(row["outcome"], row["recorded"], row["barred"], row["answered"], row["corrected"])
    run, held = row["spent"], 0
    if row["pauses"]:
        pauses = pauses_from_text(row["pauses"])
        run, held = counting.reckoned(standing.outcome, under.calendar, row["started"], pauses, spent)
    counted.clock(under, standing, row["started"], row["lapses"], run, held)


@lru_cache(maxsize=4096)
def _under(standard: str, version: str, calendar: str, channel: str, site: str) -> Under:
    return Under(standard, version, calendar, Channel(channel), site)


@lru_cache(maxsize=1024)
def _standing(outcome: str, recorded: str, barred: str, answered: int, corrected: int) -> Standing:
    return Standing(
        outcome=Outcome(outcome),
        recorded=Outcome(recorded) if recorded else None,
        reason=counting.reason(Bar(bar) for bar in barred.split()),
        answered=bool(answered),
        corrected=bool(corrected),
    )


@lru_cache(maxsize=256)
def _apart(state: str, flags: str, merged: int) -> Bar | None:
    """Why a contact does not count."""
    named = {"test": Bar.TEST, "automatic": Bar.AUTOMATIC}
    barred = [named[flag] for flag in flags.split() if flag in named]
    barred += [Bar.SPAM] if state == "spam" else []
    barred += [Bar.MERGED] if merged else []
    return counting.reason(barred)
