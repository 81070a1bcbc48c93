"""What a day came to, folded from clock rows and tickets."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

from helpdesk import counting
from helpdesk.adding import BITS, Fold, Told
from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.daily import Day, Standing, Under, day_from_text
from helpdesk.local_days import Span, local_day
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.standards import Bar, Outcome, pauses_from_text
from helpdesk.store.verbs import columns, noise_folding
from helpdesk.store.verbs.hindsight import Past

# The same rule as helpdesk.counting.answered; tests/test_report_days.py holds both together.
_ANSWERED = (
    "CASE WHEN c.outcome = 'met' THEN 1 WHEN c.outcome <> 'missed' THEN 0"
    " WHEN c.gone IS NULL OR c.stopped < c.gone OR c.answers LIKE c.gone || ':%' THEN 1"
    " WHEN c.corrections = CAST(c.gone AS TEXT) OR c.corrections LIKE c.gone || ' %' THEN 1 ELSE 0 END"
)

# What is not as with most clocks and contacts comes in columns that are empty for most: short texts.
_OTHER_CLOCK = (
    "CASE WHEN c.barred <> '' OR c.corrections <> '' OR c.gone IS NOT NULL OR c.closed <> 0"
    f" THEN c.barred || '/' || c.recorded || '/' || {_ANSWERED}"
    " || '/' || CASE WHEN c.corrections <> '' THEN 1 ELSE 0 END || '/' || c.closed ELSE '' END"
)
_OTHER_CONTACT = (
    "CASE WHEN t.state IN ('spam', 'muted') OR t.flags <> '' OR t.merged_into IS NOT NULL"
    " THEN t.state || '/' || t.flags || '/' || CASE WHEN t.merged_into IS NOT NULL THEN 1 ELSE 0 END ELSE '' END"
)

# A cell of helpdesk.adding; of a clock that time may change all that tells how long it has run.
_SLOT = "(c.started - :begins) / :slot"
_CELL = f"CASE WHEN c.spent IS NULL THEN -1 - {_SLOT} ELSE {_SLOT} * {1 << BITS} + (c.spent + 999) / 1000 END"
_RUNNING = (
    "c.started || ' ' || COALESCE(CAST(c.lapses AS TEXT), '')"
    " || ' ' || COALESCE(CAST((c.spent + 999) / 1000 AS TEXT), '') || ' ' || c.pauses"
)

_CLOCK = {
    "outcome": "c.outcome",
    "other": _OTHER_CLOCK,
    "ticket": "c.ticket",
    "found": f"CASE WHEN 'pending' IN (c.outcome, c.recorded) THEN {_RUNNING} ELSE CAST({_CELL} AS TEXT) END",
}
_GRADED = (
    "CASE WHEN t.effort IS NULL AND t.first_contact IS NULL THEN ''"
    " ELSE COALESCE(CAST(t.effort AS TEXT), '') || '/' || COALESCE(CAST(t.first_contact AS TEXT), '') END"
)
_PLACE = "t.channel || ' ' || t.site"
_CONTACT = {
    "slot": "(t.opened - :begins) / :slot",
    "answered": "CASE WHEN t.answered IS NULL THEN 0 ELSE 1 END",
    "other": _OTHER_CONTACT,
    "graded": _GRADED,
    "told": noise_folding.TEXT,
    "place": _PLACE,
    "id": "t.id",
}

_STARTED = "FROM clocks c WHERE c.library = :library AND c.started >= :begins AND c.started < :ends"
_CAME_IN = "FROM tickets t WHERE t.library = :library AND t.opened >= :begins AND t.opened < :ends"

# By what a day's first few clocks count most of them do: it is said in a letter, as digests are long.
_FIRST_FEW = f"SELECT c.version AS version, c.standard AS standard, c.calendar AS calendar {_STARTED} LIMIT 200"


def fold(sql: Sql, zone: str, span: Span, spent: Spent, past: Past | None = None) -> Day:
    """A day of ``zone``, folded anew; with ``past`` as it stood then.

    ``spent`` reckons how long a clock ran that stands still.
    """
    counted = Fold(zone, *span)
    skipped = json.dumps(past.differing(*span) if past else ())
    asked = {**span._asdict(), "slot": counted.slot, "skipped": skipped}
    places = _count_contacts(sql, counted, asked)
    for under, standing, found in _groups(sql, asked, places):
        if standing.runs:
            counted.clocks(under, standing, _running(found, under.calendar, standing, spent))
        else:
            counted.cells(under, standing, map(int, found))
    noise_folding.count(sql, counted, span, skipped)
    if past is not None:
        past.count(counted, *span)
    return counted.day()


def _unless(each: str, skipped: object) -> str:
    return "" if skipped == "[]" else f" AND {each} NOT IN (SELECT value FROM json_each(:skipped))"


def _count_contacts(sql: Sql, counted: Fold, asked: Mapping[str, object]) -> dict[str, str]:
    """Count the contacts that came in; returns the place of each, by id: its channel and its site."""
    rows = sql(f"SELECT {columns.whole(_CONTACT)} {_CAME_IN}{_unless('t.id', asked['skipped'])}", **asked)
    *contacts, places, ids = columns.lists(rows, _CONTACT)
    for (slot, said, other, graded, told, place), n in Counter(zip(*contacts, places, strict=True)).items():
        hour, apart, answered = counted.hours[int(slot)], _apart(other), said == "1"
        effort, first = _graded(graded)
        counted.contacts(*_place(place), hour, apart, answered=n * answered, effort=effort, first=first, n=n)
        if told and apart is None:
            noise_folding.count_texts(counted, told, hour, answered=answered, n=n)
    return dict(zip(ids, places, strict=True))


@lru_cache(maxsize=32)
def _graded(said: str) -> tuple[int | None, bool | None]:
    """A READ level and whether one contact was enough; None where nobody said."""
    effort, _, first = said.partition("/")
    return int(effort) if effort else None, first == "1" if first else None


@lru_cache(maxsize=256)
def _place(place: str) -> tuple[Channel, str]:
    channel, site = place.split(" ", 1)
    return Channel(channel), site


def _groups(
    sql: Sql, asked: Mapping[str, object], places: Mapping[str, str]
) -> Iterator[tuple[Under, Standing, list[str]]]:
    """The clocks that started, by what is counted together; ``places``: those of the tickets that most of them have."""
    few = sql(_FIRST_FEW, **asked)
    usual = Counter((row["version"], row["standard"]) for row in few).most_common()
    promises = {version: f"{version} {standard}" for (version, standard), _ in usual}
    calendars = [each for each, _ in Counter(row["calendar"] for row in few).most_common()]
    promise, versions = columns.lettered("c.version", promises, "c.version || ' ' || c.standard")
    calendar, digests = columns.lettered("c.calendar", calendars, "c.calendar")
    clock = {"promise": promise, "calendar": calendar, **_CLOCK}
    text = f"SELECT {columns.whole(clock)} {_STARTED}{_unless('c.ticket', asked['skipped'])}"
    *common, tickets, found = columns.lists(sql(text, **asked, **versions, **digests), clock)
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, each in zip(zip(_places(sql, tickets, places), *common, strict=True), found, strict=True):
        groups[key].append(each)
    meant = list(promises.values())
    for (place, promise, calendar, outcome, other), group in groups.items():
        version, standard = columns.spelt_out(promise, meant).split(" ", 1)
        counted = columns.spelt_out(calendar, calendars)
        under = Under(standard, version, counted, *_place(place), closed=other.endswith("/1"))
        yield under, _standing(outcome, other), group


def _places(sql: Sql, tickets: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The places of some tickets, one by one."""
    found = list(map(known.get, tickets))
    if None not in found:
        return cast(list[str], found)
    rows = sql(_OTHERS, ids=json.dumps(sorted(set(tickets).difference(known))))
    every = {**known, **{row["id"]: row["place"] for row in rows}}
    return [every[ticket] for ticket in tickets]


_OTHERS = (
    f"SELECT t.id AS id, {_PLACE} AS place FROM tickets t WHERE t.library = :library"
    " AND t.id IN (SELECT value FROM json_each(:ids))"
)


def _running(found: Iterable[str], calendar: str, standing: Standing, spent: Spent) -> Iterator[Told]:
    """Clocks that time may change."""
    pending = standing.outcome is Outcome.PENDING
    for each in found:
        start, lapses, ran, pauses = each.split(" ", 3)
        started, run, since = Instant(int(start)), int(ran) if ran else None, 0
        if pending:
            run, since = counting.reckoned(calendar, started, pauses_from_text(pauses) if pauses else (), spent)
        yield started, Instant(int(lapses)) if lapses else None, run, since


@lru_cache(maxsize=1024)
def _standing(outcome: str, other: str) -> Standing:
    if not other:
        return Standing(outcome=Outcome(outcome), answered=outcome in ("met", "missed"))
    barred, recorded, answered, corrected, _ = other.split("/")
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
    """Why a contact does not count; None where it does."""
    if not other:
        return None
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
