"""When contacts came: a heat map of weekdays and hours, a block, a number and a mark for each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from helpdesk.sight import HeatMap
from tui.noise_map import BLOCKS
from tui.plain import cut, one_line
from tui.words import DAYS, MONTHS, Line, Span, Tone

CELL = 3
MOST = 99
"""A cell shows no greater number; the tables of the report do."""


def heat_lines(heat: HeatMap) -> Iterator[Line]:
    """Two lines for each weekday: blocks, the higher the more came, and below them how many."""
    most = max(max(row) for row in heat.received)
    yield caption(heat)
    yield ((" " * 5 + "".join(f"{hour:>2} " for hour in range(24)), Tone.DIM),)
    for day, name in enumerate(DAYS):
        hours = list(zip(heat.received[day], heat.missed[day], heat.staffed[day], strict=True))
        if any(came for came, _, _ in hours):
            yield ((" " * 5, Tone.DIM), *(_block(came, missed, most) for came, missed, _ in hours))
        yield ((f" {name} ", Tone.DIM), *(number(*hour) for hour in hours))
    yield ((f" !  some were missed   ~  not staffed   ·  nobody came   {BLOCKS[-1]}  {most} in an hour", Tone.DIM),)


def caption(heat: HeatMap) -> Line:
    """What is counted, on which days, and whose staffed hours are marked."""
    first, last = (f"{day.day} {MONTHS[day.month - 1]}" for day in (heat.begin, heat.end - timedelta(days=1)))
    days = first if first == last else f"{first} to {last}"
    calendar = f"; calendar: {cut(one_line(heat.calendar), 16)}" if heat.calendar else ""
    return ((f" When contacts came, {days}, by the hour{calendar}", Tone.DIM),)


def _block(came: int, missed: int, most: int) -> Span:
    if not came:
        return (" " * CELL, Tone.FAINT)
    block = BLOCKS[-(-came * len(BLOCKS) // most) - 1]
    return (f" {block} ", Tone.LATE if missed else Tone.ACCENT)


def number(came: int, missed: int, staffed: int) -> Span:
    """Three cells: how many came, and a mark."""
    if not came:
        return (" · " if staffed else "   ", Tone.FAINT)
    mark = "!" if missed else " " if staffed else "~"
    tone = Tone.LATE if missed else Tone.PLAIN if staffed else Tone.DIM
    return (f"{min(came, MOST):>2}{mark}", tone)
