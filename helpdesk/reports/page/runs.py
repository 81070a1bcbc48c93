"""The chart of a run of months with the limits of its process (pure).

The promise is dashed, the band between the limits shaded; what is a real change has a ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from helpdesk.reports import words
from helpdesk.reports.contents import Run, RunPoint
from helpdesk.reports.page.names import short_month
from helpdesk.reports.page.scale import WIDTH, Scale, floor, hundredths
from helpdesk.reports.page.svg import box, disc, drawing, label, line, tag

_LEFT, _RIGHT, _TOP, _BASE, _TALL = 50, 108, 12, 42, 250
_BETWEEN = 15
"""How far names of levels, or of months, must stay apart."""


def run(name: str, title: str, shown: Run) -> Markup:
    """The share month by month between the limits of its process; what is a real change has a ring."""
    judged = [point for point in shown.points if point.judged]
    limits = [each for each in (shown.lower, shown.centre, shown.upper) if each is not None]
    low = floor([point.share for point in judged] + limits + [hundredths(shown.promised)])
    scale = Scale(low, _TALL - _BASE, _TOP)
    step = (WIDTH - _LEFT - _RIGHT) / max(len(shown.points), 1)
    places = [_LEFT + step * (place + 0.5) for place in range(len(shown.points))]
    shapes = [
        *_limits_band(scale, shown),
        *_level_grid(scale),
        *_levels(scale, shown),
        *_trace(scale, shown.points, places),
        *_month_names(shown.points, places),
    ]
    return drawing(name, title, _run_told(shown), WIDTH, _TALL, *shapes)


def _limits_band(scale: Scale, shown: Run) -> list[Markup]:
    if shown.lower is None or shown.upper is None:
        return []
    top, foot = scale.at(shown.upper), scale.at(shown.lower)
    return [box("band", _LEFT, top, WIDTH - _LEFT - _RIGHT, foot - top)]


def _level_grid(scale: Scale) -> list[Markup]:
    shapes = []
    for tick in scale.ticks:
        y = scale.at(tick)
        shapes.append(line("grid", _LEFT, y, WIDTH - _RIGHT, y))
        shapes.append(label(f"{tick // 100} %", _LEFT - 8, y + 4, anchor="end"))
    return shapes


def _levels(scale: Scale, shown: Run) -> list[Markup]:
    """The promise, the centre and the limits, each with its name where there is room for it."""
    levels = [("promise-line", "promised", hundredths(shown.promised), f"promise {shown.promised} %")]
    if shown.centre is not None and shown.lower is not None and shown.upper is not None:
        levels += [("centre", "soft", shown.centre, f"mean {words.share(shown.centre)}")]
        levels += [("limit", "soft", each, f"limit {words.share(each)}") for each in (shown.upper, shown.lower)]
    shapes: list[Markup] = []
    taken: list[float] = []
    for look, ink, share, said in levels:
        y = scale.at(share)
        shapes.append(line(look, _LEFT, y, WIDTH - _RIGHT, y))
        if all(abs(y - other) >= _BETWEEN for other in taken):
            shapes.append(label(said, WIDTH - _RIGHT + 6, y + 4, look=ink))
            taken.append(y)
    return shapes


def _trace(scale: Scale, points: Sequence[RunPoint], places: Sequence[float]) -> list[Markup]:
    """The points, joined where no month without a judged contact lies between; signals with a ring."""
    shapes = []
    for judged, piece in groupby(zip(points, places, strict=True), key=lambda item: item[0].judged > 0):
        if judged:
            joined = " ".join(f"{x:.1f},{scale.at(point.share):.1f}" for point, x in list(piece))
            shapes.append(tag("polyline", "path", points=joined))
    for point, x in zip(points, places, strict=True):
        if point.judged:
            y = scale.at(point.share)
            shapes.append(disc("full", x, y, 3))
            shapes += [disc("signal", x, y, 8)] if point.signal else []
    return shapes


def _month_names(points: Sequence[RunPoint], places: Sequence[float]) -> list[Markup]:
    """So many months that their names don't touch, the last one among them; years where they begin."""
    every = max(1, -(-len(points) * 32 // (WIDTH - _LEFT - _RIGHT)))
    shown = range(len(points) - 1, -1, -every)
    shapes = []
    year = ""
    for place in reversed(shown):
        name, _, its_year = short_month(points[place].key).partition(" ")
        shapes.append(label(name, places[place], _TALL - 22, anchor="middle"))
        if its_year != year:
            shapes.append(label(its_year, places[place], _TALL - 5, anchor="middle"))
        year = its_year
    return shapes


def _run_told(shown: Run) -> str:
    judged = [point for point in shown.points if point.judged]
    if not judged:
        return "No contact was judged."
    first, last = judged[0], judged[-1]
    said = f"From {words.share(first.share)} in {words.month(first.key)} to {words.share(last.share)}"
    said += f" in {words.month(last.key)}, promised {shown.promised} %."
    if shown.lower is not None and shown.upper is not None and shown.centre is not None:
        low, mean, high = map(words.share, (shown.lower, shown.centre, shown.upper))
        said += f" Limits {low} and {high} around a mean of {mean}."
    signals = [f"{words.month(point.key)} ({point.signal})" for point in judged if point.signal]
    return said + (f" Real changes: {', '.join(signals)}." if signals else " No month stands out from noise.")
