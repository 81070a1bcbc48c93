"""What a day came to, folded from clock rows and tickets."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from operator import itemgetter

from helpdesk import counting
from helpdesk.adding import Bin, Fold
from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.daily import Day, Standing, Under, day_from_text
from helpdesk.local_days import SLOT, Span, local_day
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.standards import Bar, Outcome, pauses_from_text
from helpdesk.store.verbs.hindsight import Past

# The same rule as helpdesk.counting.answered; tests/test_report_days.py holds both together.
_ANSWERED = (
    "CASE WHEN c.outcome = 'met' THEN 1 WHEN c.outcome <> 'missed' THEN 0"
    " WHEN c.gone IS NULL OR c.stopped < c.gone OR c.answers LIKE c.gone || ':%' THEN 1"
    " WHEN c.corrections = CAST(c.gone AS TEXT) OR c.corrections LIKE c.gone || ' %' THEN 1 ELSE 0 END"
)

# What is not as with most clocks and contacts comes in columns that are empty for most, so that rows are short.
_CLOCKS = (
    "SELECT c.ticket AS ticket, c.standard AS standard, c.version AS version, c.calendar AS calendar,"
    f" (c.started - :begins) / {SLOT} AS slot, c.outcome AS outcome, (c.spent + 999) / 1000 AS spent,"
    " CASE WHEN c.barred <> '' OR c.corrections <> '' OR c.gone IS NOT NULL"
    f" THEN c.barred || '/' || c.recorded || '/' || {_ANSWERED} || '/' || (c.corrections <> '') END AS other,"
    " CASE WHEN c.outcome = 'pending' OR c.recorded = 'pending'"
    " THEN c.started || ' ' || COALESCE(c.lapses, '') || ' ' || c.pauses END AS running"
    " FROM clocks c WHERE c.library = :library AND c.started >= :begins AND c.started < :ends"
)
_clock = itemgetter(*"ticket standard version calendar slot outcome spent other running".split())

_CONTACTS = (
    f"SELECT t.id AS ticket, t.channel AS channel, t.site AS site, (t.opened - :begins) / {SLOT} AS slot,"
    " t.answered IS NOT NULL AS answered,"
    " CASE WHEN t.state = 'spam' OR t.flags <> '' OR t.merged_into IS NOT NULL"
    " THEN t.state || '/' || t.flags || '/' || (t.merged_into IS NOT NULL) END AS other"
    " FROM tickets t WHERE t.library = :library AND t.opened >= :begins AND t.opened < :ends"
)
_contact = itemgetter(*"ticket channel site slot answered other".split())

Place = tuple[Channel, str]
"""A contact's channel and site."""


def fold(sql: Sql, zone: str, span: Span, spent: Spent, past: Past | None = None) -> Day:
    """A day of ``zone``, folded anew; with ``past`` as it stood then.

    ``spent`` reckons how long a clock ran that stands still.
    """
    counted = Fold(zone, *span)
    skipped = past.touched if past else frozenset()
    places = _count_contacts(sql, counted, span, skipped)
    _count_clocks(sql, counted, span, skipped, places, spent)
    if past is not None:
        past.count(counted, *span)
    return counted.day()


def _count_contacts(sql: Sql, counted: Fold, span: Span, skipped: frozenset[str]) -> dict[str, Place]:
    """Count the contacts that came in; returns where each did."""
    places: dict[str, Place] = {}
    same: Counter[tuple[Place, int, Bar | None, int]] = Counter()
    for row in sql(_CONTACTS, begins=span.begins, ends=span.ends):
        ticket, channel, site, slot, answered, other = _contact(row)
        place = places[ticket] = _place(channel, site)
        if ticket not in skipped:
            same[place, slot, other and _apart(other), answered] += 1
    for (place, slot, apart, answered), n in same.items():
        counted.contacts(*place, counted.hours[slot], apart, answered=n * answered, n=n)
    return places


def _count_clocks(
    sql: Sql, counted: Fold, span: Span, skipped: frozenset[str], places: dict[str, Place], spent: Spent
) -> None:
    """Count the clocks that started: the one loop here that a year's worth of clocks runs through."""
    bins: dict[tuple[str | Place | None, ...], Bin] = {}
    hours = counted.hours
    for row in sql(_CLOCKS, begins=span.begins, ends=span.ends):
        ticket, standard, version, calendar, slot, outcome, ran, other, running = _clock(row)
        if ticket in skipped:
            continue
        place = places.get(ticket)
        if place is None:
            place = places[ticket] = _place_of(sql, ticket)
        key = version, calendar, place, outcome, other, standard
        found = bins.get(key)
        if found is None:
            under = Under(standard, version, calendar, *place)
            found = bins[key] = counted.bin(under, _standing(outcome, other))
        hour = hours[slot]
        if running is not None:
            _count_running(found, hour, running, outcome, calendar, ran, spent)
            continue
        found.hourly[hour] += 1
        if ran is not None:
            found.times[hour].append(ran)


def _count_running(
    found: Bin, hour: int, running: str, outcome: str, calendar: str, ran: int | None, spent: Spent
) -> None:
    """Count a clock that time may change: ``running`` is its start, its last moment and its pauses."""
    start, lapses, pauses = running.split(" ", 2)
    since = 0
    if outcome == Outcome.PENDING:
        ran, since = counting.reckoned(calendar, Instant(int(start)), pauses_from_text(pauses), spent)
    if lapses:
        found.run(hour, Instant(int(lapses)), since, ran)
    else:
        found.count(hour, ran)


@lru_cache(maxsize=1024)
def _place(channel: str, site: str) -> Place:
    return Channel(channel), site


def _place_of(sql: Sql, ticket: str) -> Place:
    """Where a contact came in that did so on another day."""
    (row,) = sql("SELECT channel, site FROM tickets WHERE library = :library AND id = :ticket", ticket=ticket)
    return _place(row["channel"], row["site"])


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


@lru_cache(maxsize=256)
def _apart(other: str) -> Bar | None:
    """Why a contact does not count."""
    state, flags, merged = other.split("/")
    named = {"test": Bar.TEST, "automatic": Bar.AUTOMATIC}
    barred = [named[flag] for flag in flags.split() if flag in named]
    barred += [Bar.SPAM] if state == "spam" else []
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
