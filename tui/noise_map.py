"""The noise map as lines of text: zones by the hour, a number and a block for each. Pure.

Nothing rests on colour: the block is the higher the louder, and the number stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from helpdesk.noise.incidents import NoiseMap
from tui.noise import place
from tui.plain import cut, fit, one_line, width
from tui.render import Eye
from tui.words import LONG_DAYS, MONTHS, UNKNOWN, Line, Span, Tone, plural

BLOCKS = "▁▂▃▄▅▆▇█"
DAYTIME = range(8, 21)
"""The hours that are shown at least."""

CELL, SUM = 4, 6

SMALL = "Small numbers are shown: for staff only. What is published hides them."


def map_head(found: NoiseMap, day: int | None) -> list[Line]:
    """Of which weeks and which weekday it is."""
    last = found.end - timedelta(days=1)
    of = "every day of the week" if day is None else f"{LONG_DAYS[day]}s"
    return [
        ((" Where and when it was noisy", Tone.STRONG), (f"   {_date(found.begin)} to {_date(last)}, {of}", Tone.DIM)),
        ((f" {SMALL}", Tone.SOON),),
    ]


def _date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def map_lines(found: NoiseMap, eye: Eye, cells: int, day: int | None = None) -> list[Line]:
    """Zones, the loudest first, by hour; ``day`` is a weekday (Monday 0), None for all days together."""
    rows = [(place(zone, eye), _hours(table, day)) for zone, table in found.zones.items()]
    rows += [(UNKNOWN, _hours(found.unplaced, day))] if found.unplaced else []
    rows = sorted((row for row in rows if sum(row[1])), key=lambda row: (-sum(row[1]), row[0]))
    if not rows:
        return [(), ((" No text told of noise then.", Tone.DIM),)]
    hours = _shown([counts for _, counts in rows])
    room = cells - CELL * len(hours) - SUM - 2
    longest = max(width(words) for words, _ in rows) + 1
    name = longest if longest <= room else 0
    most = max(max(counts) for _, counts in rows)
    lines: list[Line] = [_hour_line(hours, name)]
    for words, counts in rows:
        lines += _zone(words, counts, hours, name, most, cells)
    total = sum(sum(counts) for _, counts in rows)
    said = f" {plural(total, 'text')} about noise; the highest block is {plural(most, 'text')} in an hour."
    return [*lines, (), ((said, Tone.DIM),)]


def _hours(table: Sequence[Sequence[int]], day: int | None) -> tuple[int, ...]:
    """24 counts: those of one weekday, or of all together."""
    days = table if day is None else table[day : day + 1]
    return tuple(sum(row[hour] for row in days) for hour in range(24))


def _shown(rows: Sequence[Sequence[int]]) -> range:
    """The daytime, and every hour in which there was a text."""
    loud = [hour for hour in range(24) if any(row[hour] for row in rows)]
    return range(min(DAYTIME.start, *loud), max(DAYTIME.stop, *(hour + 1 for hour in loud)))


def _hour_line(hours: range, name: int) -> Line:
    return ((" " + " " * name + "".join(f"{hour:>{CELL}}" for hour in hours) + f"{'all':>{SUM}}", Tone.DIM),)


def _zone(words: str, counts: Sequence[int], hours: range, name: int, most: int, cells: int) -> list[Line]:
    """A zone on one line; with no room for its ``name`` beside the hours, that has a line of its own."""
    line: Line = (*(_cell(counts[hour], most) for hour in hours), (f"{sum(counts):>{SUM}}", Tone.STRONG))
    if name:
        return [((" " + fit(one_line(words), name), Tone.PLAIN), *line)]
    return [((f" {cut(one_line(words), cells - 2)}", Tone.PLAIN),), ((" ", Tone.PLAIN), *line)]


def _cell(count: int, most: int) -> Span:
    """Four cells: how many, and a block as high as it was loud."""
    if not count:
        return (f"{'·':>{CELL}}", Tone.FAINT)
    block = BLOCKS[(count * len(BLOCKS) - 1) // most]
    tone = Tone.LATE if count * 3 > most * 2 else Tone.SOON if count * 3 > most else Tone.PLAIN
    return (f"{min(count, 99):>{CELL - 1}}{block}", tone)
