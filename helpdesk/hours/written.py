"""Calendars and closures as TOML text: what an import hands over, to be looked at and put into calendars.toml."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator

from helpdesk.errors import BadConfig
from helpdesk.hours.calendars import Closure, Spans
from helpdesk.hours.opening_table import HOLIDAYS, Venue, runs
from helpdesk.hours.timetable import DAYS

_NATIONS = {"Europe/London": '"england-and-wales"   # or "scotland", "northern-ireland"'}
_SOME_NATION = '"PT"   # whose bank holidays: write the code of your country'


def calendars_text(venues: Iterable[Venue], *, zone: str, source: str) -> str:
    """A ``[calendars.NAME]`` table for each venue; BadConfig where two venues would have one name."""
    names: dict[str, str] = {}
    parts = [f"# Opening hours from {_shown(source)}. A day left out is closed.\n"]
    for venue in venues:
        name = _slug(venue.name)
        if not name or name in names:
            other = f" as {names[name]!r} has" if name else ""
            raise BadConfig(f"{source}: {venue.name!r} gives no calendar name of its own{other}: rename the venue")
        names[name] = venue.name
        parts.append("\n".join(_calendar(name, venue, zone)) + "\n")
    return "\n".join(parts)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40]


def _calendar(name: str, venue: Venue, zone: str) -> Iterator[str]:
    yield f"[calendars.{name}]   # {_shown(venue.name)}"
    yield f"zone = {_quoted(zone)}"
    if HOLIDAYS in venue.hours:
        yield f"bank_holidays = {_NATIONS.get(zone, _SOME_NATION)}"
        yield f"bank_holiday_hours = {_spans(venue.hours[HOLIDAYS])}"
    yield ""
    yield f"[calendars.{name}.week]"
    week = {key: spans for key, spans in venue.hours.items() if isinstance(key, int)}
    for first, last, spans in runs(week):
        yield f"{_days(first, last)} = {_spans(spans)}"
    for day, reason in sorted(venue.reasons.items()):
        yield from ("", f"[[calendars.{name}.days]]", f"date = {day}")
        if spans := venue.hours[day]:
            yield f"hours = {_spans(spans)}"
        yield f"reason = {_quoted(reason)}"


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return "daily"
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def closures_text(closures: Iterable[Closure], *, calendar: str, source: str) -> str:
    """A ``[[calendars.NAME.closures]]`` table for each closure."""
    parts = [f"# Closures from {_shown(source)}. Put them below [calendars.{calendar}].\n"]
    for closure in closures:
        parts.append(
            f"[[calendars.{calendar}.closures]]\nfrom = {closure.first}\nto = {closure.last}\n"
            f"reason = {_quoted(closure.reason)}\n"
        )
    return "\n".join(parts)


def _spans(spans: Spans) -> str:
    texts = [_quoted(str(span)) for span in spans]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _shown(name: str) -> str:
    """A name as a comment may hold it."""
    return "".join(sign for sign in name if sign.isprintable())


def _quoted(text: str) -> str:
    """Text as TOML writes it: JSON's form, in which every control character is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
