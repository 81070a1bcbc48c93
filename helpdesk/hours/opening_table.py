"""Opening hours from a table such as libraries publish: venue, day, open, close.

::

    Venue,Day,Open,Close
    Main Library,Mon-Fri,9am,10.30pm
    Main Library,Saturday,10:00,17.00
    Main Library,Sunday,Closed,
    Law Library,Daily,24 hours,
    Law Library,24/12/2026,9am,noon

A venue becomes a calendar, a weekday its week, a date a one-off day, "Bank holidays" the hours of those. A day may
have several rows; what closes before it opens runs on past midnight. Every row that can't be read is told with its
line and what to write instead.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from helpdesk.errors import BadConfig
from helpdesk.hours.calendars import CLOSED, FULL_DAY, LATEST, ROUND_THE_CLOCK, Span, Spans

COLUMNS = {
    "venue": ("venue", "library", "site", "location", "name", "building", "service", "service point"),
    "day": ("day", "days", "weekday", "date"),
    "open": ("open", "opens", "opening", "opening time", "open time", "opening hours", "hours", "from", "start"),
    "close": ("close", "closes", "closing", "closing time", "close time", "to", "until", "end"),
    "note": ("note", "notes", "reason", "comment", "comments"),
}
"""What each column may be called, in any case. The note is the reason of a date's hours and may be missing."""

HOLIDAYS = "bank holidays"

Key = int | date | str
"""A weekday (Monday 0), a date, or :data:`HOLIDAYS`."""


@dataclass(slots=True)
class Venue:
    """A venue's hours as far as they are read; ``reasons`` are those of its dates."""

    name: str
    hours: dict[Key, Spans] = field(default_factory=dict)
    reasons: dict[date, str] = field(default_factory=dict)

    def add(self, key: Key, spans: Spans) -> None:
        """One more row of a day; ValueError where it contradicts an earlier one."""
        before = self.hours.get(key)
        if before is None:
            self.hours[key] = spans
            return
        if before == spans or (spans and set(spans) <= set(before)):
            return
        if not before or not spans:
            raise ValueError("an earlier row says otherwise of this day: leave one of them out")
        for one in before:
            for other in spans:
                if one.opens < other.closes and other.opens < one.closes:
                    raise ValueError(f"{one} and {other} overlap on this day: write one row for both")
        self.hours[key] = tuple(sorted((*before, *spans)))


def read_table(text: str, name: str) -> tuple[Venue, ...]:
    """The venues of a table, in its order; BadConfig, a line for each row that is wrong. ``name``: the file's."""
    columns: Mapping[str, int] = {}
    venues: dict[str, Venue] = {}
    wrong: list[str] = []
    for number, row in _rows(text, name):
        try:
            if not columns:
                columns = _columns(row)
            else:
                _add(venues, {column: _cell(row, place) for column, place in columns.items()})
        except ValueError as error:
            wrong.append(f"{name}:{number}: {error}")
            if not columns:
                break
    if not wrong and not venues:
        wrong.append(f"{name}: has no row of hours: write columns venue, day, open, close.")
    if wrong:
        raise BadConfig("\n".join(wrong))
    return tuple(venues.values())


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, and the line on which it ends."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows = csv.reader(io.StringIO(plain), delimiter=_delimiter(plain))
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield rows.line_num, row
    except csv.Error as error:
        raise BadConfig(f"{name}:{rows.line_num + 1}: is no row of a table ({error})") from None


def _delimiter(text: str) -> str:
    first = text.lstrip("\n ").partition("\n")[0]
    return max(",;\t", key=first.count)


def _cell(row: list[str], place: int) -> str:
    return " ".join(row[place].split()) if place < len(row) else ""


def _columns(row: list[str]) -> Mapping[str, int]:
    """Which place each column has, by the names in the first row."""
    names = [" ".join(cell.lower().split()) for cell in row]
    found = {column: place for column, known in COLUMNS.items() for place, name in enumerate(names) if name in known}
    missing = [column for column in ("venue", "day", "open", "close") if column not in found]
    if missing:
        raise ValueError(f"the first row names no {' and no '.join(missing)}: write venue, day, open, close")
    return found


def _add(venues: dict[str, Venue], row: Mapping[str, str]) -> None:
    if not row["venue"]:
        raise ValueError("names no venue: write it in every row")
    venue = venues.setdefault(row["venue"], Venue(row["venue"]))
    spans = _spans(row["open"], row["close"])
    for key in _keys(row["day"]):
        venue.add(key, spans)
        if isinstance(key, date):
            venue.reasons[key] = row.get("note") or "Hours of this day"


# Days

_DAYS = {
    word: number
    for number, words in enumerate(
        (
            "monday mondays mon",
            "tuesday tuesdays tue tues",
            "wednesday wednesdays wed weds",
            "thursday thursdays thu thur thurs",
            "friday fridays fri",
            "saturday saturdays sat",
            "sunday sundays sun",
        )
    )
    for word in words.split()
}
_SEVERAL = {
    "daily": range(7),
    "every day": range(7),
    "everyday": range(7),
    "all week": range(7),
    "weekday": range(5),
    "weekdays": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
}
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%a %d %b %Y", "%A %d %B %Y")


def _keys(text: str) -> list[Key]:
    """The days that a cell names; ValueError where it names none."""
    said = text.lower()
    if said[:1].isalpha():
        said = said.replace(".", "")  # "Thurs."
    if said in {HOLIDAYS, "bank holiday", "public holiday", "public holidays"}:
        return [HOLIDAYS]
    if (day := _date(text)) is not None:
        return [day]
    keys: list[Key] = []
    for part in re.split(r"\s*(?:,|&|/|\band\b)\s*", said):
        keys += _SEVERAL.get(part) or _range(part, text)
    return keys


def _range(part: str, text: str) -> range:
    first, *more = re.split(r"\s*(?:-|–|—|\bto\b)\s*", part, maxsplit=1)
    last = more[0] if more else first
    if first not in _DAYS or last not in _DAYS:
        raise ValueError(f"{text!r} is no day: write Monday, Mon-Fri, Daily, Bank holidays or a date (2026-12-24)")
    if _DAYS[last] < _DAYS[first]:
        raise ValueError(f"{text!r} runs backwards: write two rows, the week starts on Monday")
    return range(_DAYS[first], _DAYS[last] + 1)


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None


# Times

_SHUT = {"closed", "close", "shut", "-", "–", "—", "n/a", "none", ""}
_ALL_DAY = {"24 hours", "24 hrs", "24 hour", "24h", "24hr", "24hrs", "24/7", "all day", "open 24 hours", "always open"}
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?::\d{2})?)?\s*(am|pm|a\.m\.|p\.m\.|noon|midnight)?")
_WORDS = {"noon": 720, "midday": 720, "12 noon": 720, "midnight": 0, "12 midnight": 0}


def _spans(opens: str, closes: str) -> Spans:
    """The hours of one row; ValueError, with what to write, where they can't be read."""
    opens, closes = opens.lower(), closes.lower()
    if {opens, closes} & _ALL_DAY:
        return ROUND_THE_CLOCK
    if not closes and (parts := re.split(r"\s*(?:-|–|—|\bto\b)\s*", opens, maxsplit=1)) and len(parts) == 2:
        opens, closes = parts
    if opens in _SHUT and closes in _SHUT:
        return CLOSED
    if opens in _SHUT or closes in _SHUT:
        raise ValueError('has one time only: write both, or "closed" in both')
    start, end = _minutes(opens), _minutes(closes)
    if end == FULL_DAY - 1:
        end = FULL_DAY  # "23:59" means until midnight: no minute is lost there
    if end == 0:
        end = FULL_DAY
    if start == end:
        raise ValueError(f'opens and closes at {opens}: write "24 hours", or the time it closes')
    if start >= FULL_DAY:
        raise ValueError(f"{opens!r} opens after the day has ended: put it on the next day")
    return (Span(start, end if end > start else end + FULL_DAY),)


def _minutes(text: str) -> int:
    if text in _WORDS:
        return _WORDS[text]
    if re.fullmatch(r"[0-2]\d[0-5]\d", text):
        text = f"{text[:2]}:{text[2:]}"
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f'{text!r} is no time: write 09:00, 9am, 17.30, noon, midnight, "closed" or "24 hours"')
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if half in {"am", "pm"}:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} is no time: an hour with am or pm is 1 to 12")
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif match[2] is None and hour <= 12:
        raise ValueError(f"{text!r} may be morning or evening: write {hour}am, {hour}pm or {hour:02}:00")
    if minute > 59 or hour * 60 + minute > LATEST:
        raise ValueError(f"{text!r} is no time of the day, or of the night after it (24:00 to 48:00)")
    return hour * 60 + minute


def runs(week: Mapping[int, Spans]) -> Iterator[tuple[int, int, Spans]]:
    """The days of a week that are open, neighbours with the same hours together: (first, last, spans)."""
    day = 0
    while day < 7:
        last = day
        while last < 6 and week.get(last + 1, CLOSED) == week.get(day, CLOSED):
            last += 1
        if spans := week.get(day, CLOSED):
            yield day, last, spans
        day = last + 1
