"""Figures as lines that are read aloud: the promises, the heat map, the noise map. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from helpdesk.noise.incidents import NoiseMap
from helpdesk.sight import HeatMap, Kept, Nearing, PromiseNow, Standing
from tui.line.spoken import aloud, joined
from tui.noise import place
from tui.plain import one_line
from tui.render import Eye
from tui.words import LONG_DAYS, MONTHS, UNKNOWN, VIA, capital, countdown, plural

LISTED = 8
"""How many clocks are named; the view of what is due has them all."""


def standing_said(standing: Standing, eye: Eye) -> Iterator[str]:
    """What is late and what is next, then each promise, then when contacts came."""
    yield from _clocks("Late", standing.late, eye)
    yield from _clocks("Next", standing.nearing, eye)
    if not standing.promises:
        yield "No promise is in force."
    for promise in standing.promises:
        yield promise_said(promise)
    if standing.heat is not None:
        yield from heat_said(standing.heat)


def promise_said(promise: PromiseNow) -> str:
    """ "Promise: first response to mail, 95 % in 3 working days. Today 92.3 %, met, 12 of 13. ..."."""
    limit = f"in {one_line(promise.limit)}" if promise.limit[:1].isdigit() else one_line(promise.limit)
    spans = (("today", promise.today), ("this week", promise.week), ("this month", promise.month))
    parts = [f"promise: {one_line(promise.standard)}, {promise.promised} % {aloud(limit)}"]
    return joined([*parts, *(f"{when} {kept_said(kept)}" for when, kept in spans)])


def kept_said(kept: Kept) -> str:
    """ "92.3 %, met, 12 of 13, 1 waits"; "none came"."""
    judged = kept.met + kept.missed
    said: list[str] = []
    if kept.share is not None:
        result = "nearly met" if kept.amber else kept.result
        said += [f"{kept.share // 100}.{kept.share % 100 // 10} %", result, f"{kept.met} of {judged}"]
    said += [f"{kept.pending} wait{'s' if kept.pending == 1 else ''}"] if kept.pending else []
    said += [f"{kept.suspended} suspended"] if kept.suspended else []
    return ", ".join(part for part in said if part) or "none came"


def _clocks(label: str, clocks: Sequence[Nearing], eye: Eye) -> Iterator[str]:
    for each in clocks[:LISTED]:
        owner = eye.name(each.owner)
        parts = [f"{label}: ticket {each.number}", aloud(countdown(each.due, eye.now, eye.zone)[0])]
        parts += [
            f"standard {one_line(each.standard)}",
            f"{VIA[each.channel]} from {one_line(each.name)}" if each.name else "",
        ]
        yield joined([*parts, f"with {owner}" if owner else ""])
    if len(clocks) > LISTED:
        yield f"{label}: and {plural(len(clocks) - LISTED, 'more clock')}."


def heat_said(heat: HeatMap) -> Iterator[str]:
    """Each weekday with the hours in which contacts came: "Monday: 10 to 11, 4 came, 1 missed"."""
    last = heat.end - timedelta(days=1)
    yield f"When contacts came, {_date(heat.begin)} to {_date(last)}:"
    for day, name in enumerate(LONG_DAYS):
        told = [_hour(heat, day, hour) for hour in range(24) if heat.received[day][hour]]
        yield f"{name}: {'; '.join(told) or 'nobody'}."


def _hour(heat: HeatMap, day: int, hour: int) -> str:
    missed, staffed = heat.missed[day][hour], heat.staffed[day][hour]
    said = f"{hour} to {hour + 1}, {heat.received[day][hour]} came"
    said += f", {missed} missed" if missed else ""
    return said if staffed else f"{said}, not staffed"


def _date(day: date) -> str:
    return aloud(f"{day.day} {MONTHS[day.month - 1]}")


def map_said(found: NoiseMap, eye: Eye, day: int | None = None) -> Iterator[str]:
    """Zones, the loudest first, each with its hours; ``day`` is a weekday (Monday 0), None for all together."""
    last = found.end - timedelta(days=1)
    which = "every day of the week" if day is None else f"{LONG_DAYS[day]}s"
    yield f"Where and when it was noisy, {_date(found.begin)} to {_date(last)}, {which}."
    yield "Small numbers are shown: for staff only."
    rows = [(place(zone, eye), hours_of(table, day)) for zone, table in found.zones.items()]
    rows += [(UNKNOWN, hours_of(found.unplaced, day))] if found.unplaced else []
    loud = sorted((row for row in rows if sum(row[1])), key=lambda row: (-sum(row[1]), row[0]))
    for words, counts in loud:
        hours = ", ".join(f"{count} from {hour} to {hour + 1}" for hour, count in enumerate(counts) if count)
        yield f"{capital(one_line(words))}: {plural(sum(counts), 'text')}; {hours}."
    if not loud:
        yield "No text told of noise then."


def hours_of(table: Sequence[Sequence[int]], day: int | None) -> tuple[int, ...]:
    """24 counts: those of one weekday, or of all together."""
    days = table if day is None else table[day : day + 1]
    return tuple(sum(row[hour] for row in days) for hour in range(24))
