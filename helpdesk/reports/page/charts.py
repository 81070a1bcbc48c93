"""The charts of shares: intervals against the promise, and the run of months with its limits (pure).

What a chart says by colour it says by shape too: a full dot is met, a half one not met within the library's band, an
open one not met, a small one with dashed whiskers too few to tell; the promise is dashed, signals have a ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

from helpdesk.reports import words
from helpdesk.reports.contents import Run, RunPoint
from helpdesk.reports.page.names import short_month
from helpdesk.reports.page.scale import FULL, Scale, floor
from helpdesk.reports.page.svg import box, disc, drawing, label, line, tag
from helpdesk.reports.timeliness import Figure, Result

WIDTH = 640

_ROW, _TALL_ROW, _HEAD, _FOOT = 28, 52, 34, 30
_NAMES, _SHARES = 170, 86


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of an interval chart. Without a judged contact there is only its name."""

    name: str
    figure: Figure | None


def hundredths(promised: str) -> int:
    """A share as published ("97.5") in hundredths of a percent."""
    return int(Decimal(promised) * 100)


def intervals(name: str, title: str, strips: Sequence[Strip], *, above: bool = False) -> Markup:
    """Of each strip the share as a dot, its 95 % interval as whiskers, its promise as a dashed line.

    ``above``: names stand above their strips, for long ones.
    """
    judged = [strip.figure for strip in strips if strip.figure and strip.figure.interval]
    low = floor([each.interval[0] for each in judged if each.interval] + [hundredths(each.promised) for each in judged])
    frame = _Frame(Scale(low, 12 if above else _NAMES, WIDTH - _SHARES), _TALL_ROW if above else _ROW, above)
    height = _HEAD + frame.row * len(strips) + _FOOT
    shapes = [*_upright_grid(frame.scale, _HEAD, height - _FOOT), *_promises(frame, strips)]
    for place, strip in enumerate(strips):
        shapes += _strip(frame, strip, _HEAD + frame.row * place)
    return drawing(name, title, _told(strips), WIDTH, height, *shapes)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where strips lie: ``row`` is the height of each."""

    scale: Scale
    row: float
    above: bool

    def middle(self, top: float) -> float:
        """The height of a strip's dot."""
        return top + (self.row - 14 if self.above else self.row / 2)


def _upright_grid(scale: Scale, top: float, foot: float) -> list[Markup]:
    shapes = []
    for place, tick in enumerate(scale.ticks):
        look = "soft" if place in (0, len(scale.ticks) - 1) else "soft minor"
        shapes.append(line("grid", scale.at(tick), top, scale.at(tick), foot))
        shapes.append(label(f"{tick // 100} %", scale.at(tick), foot + 20, look=look, anchor="middle"))
    return shapes


def _promises(frame: _Frame, strips: Sequence[Strip]) -> list[Markup]:
    """The promise of each strip; one line and its share in words where all promise the same."""
    promised = [strip.figure.promised if strip.figure else "" for strip in strips]
    one = set(filter(None, promised))
    if len(one) == 1 and not frame.above:
        x, share = frame.scale.at(hundredths(min(one))), min(one)
        foot = _HEAD + frame.row * len(strips)
        said = label(f"promised {share} %", x, _HEAD - 14, look="promised", anchor="middle")
        return [line("promise-line", x, _HEAD - 6, x, foot), said]
    shapes = []
    for place, share in enumerate(promised):
        if share:
            x, y = frame.scale.at(hundredths(share)), frame.middle(_HEAD + frame.row * place)
            shapes.append(line("promise-line", x, y - 12, x, y + 12))
    return shapes


def _strip(frame: _Frame, strip: Strip, top: float) -> list[Markup]:
    y = frame.middle(top)
    shapes = [label(strip.name, 0, top + 18 if frame.above else y + 5, look="ink")]
    figure = strip.figure
    if figure is None or figure.share is None or figure.interval is None:
        return [*shapes, label("–", WIDTH, y + 5, anchor="end")]
    few = figure.result is Result.TOO_FEW
    left, right = map(frame.scale.at, figure.interval)
    shapes += [line("whisker few" if few else "whisker", left, y, right, y), line("whisker", left, y - 4, left, y + 4)]
    shapes += [line("whisker", right, y - 4, right, y + 4), *dot(figure, frame.scale.at(figure.share), y)]
    return [*shapes, label(words.share(figure.share), WIDTH, y + 5, look="ink", anchor="end")]


def dot(figure: Figure, x: float, y: float) -> list[Markup]:
    """The result as a shape."""
    if figure.result is Result.TOO_FEW:
        return [disc("open", x, y, 3)]
    if figure.result is Result.MET:
        return [disc("full", x, y, 5)]
    return [disc("open", x, y, 5), *([_half(x, y, 5)] if figure.amber else [])]


def _half(x: float, y: float, radius: float) -> Markup:
    return tag("path", "half", d=f"M{x:.1f} {y - radius:.1f}a{radius} {radius} 0 0 0 0 {2 * radius}z")


def _told(strips: Sequence[Strip]) -> str:
    return " ".join(f"{strip.name}: {_in_words(strip.figure)}." for strip in strips)


def _in_words(figure: Figure | None) -> str:
    if figure is None or figure.share is None or figure.interval is None:
        return "nothing to judge"
    low, high = map(words.share, figure.interval)
    return f"{words.share(figure.share)}, between {low} and {high}, promised {figure.promised} %, {figure.result}"


# The run of months

_LEFT, _RIGHT, _TOP, _BASE, _TALL = 62, 104, 16, 40, 270


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
    levels = [("promise-line", "promised", hundredths(shown.promised), f"promised {shown.promised} %")]
    if shown.centre is not None and shown.lower is not None and shown.upper is not None:
        levels += [("centre", "soft", shown.centre, f"mean {words.share(shown.centre)}")]
        levels += [("limit", "soft", each, f"limit {words.share(each)}") for each in (shown.upper, shown.lower)]
    shapes, taken = [], []
    for look, ink, share, said in levels:
        y = scale.at(share)
        shapes.append(line(look, _LEFT, y, WIDTH - _RIGHT, y))
        if all(abs(y - other) >= 14 for other in taken):
            shapes.append(label(said, WIDTH - _RIGHT + 6, y + 4, look=f"{ink} minor"))
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
    """So many months that their names don't touch; on a narrow screen the first, the middle and the last."""
    every = -(-len(points) // 10)
    wide = set(range(0, len(points), every or 1))
    narrow = {0, len(points) // 2, len(points) - 1} if len(points) > 2 else set(range(len(points)))
    shapes = []
    for place, (point, x) in enumerate(zip(points, places, strict=True)):
        if place in wide | narrow:
            said = short_month(point.key, with_year=place in narrow or point.key.endswith("-01"))
            shapes += _month_name(said, x, place in wide, place in narrow)
    return shapes


def _month_name(said: str, x: float, wide: bool, narrow: bool) -> list[Markup]:
    name, _, year = said.partition(" ")
    look = "soft" if narrow else "soft minor"
    lines = [label(name, x, _TALL - 20, look=look if wide else "soft only-narrow", anchor="middle")]
    if year:
        lines.append(label(year, x, _TALL - 3, look=look if wide else "soft only-narrow", anchor="middle"))
    return lines


def _run_told(shown: Run) -> str:
    judged = [point for point in shown.points if point.judged]
    if not judged:
        return "No contact was judged."
    first, last = judged[0], judged[-1]
    said = f"From {words.share(first.share)} in {words.month(first.key)} to {words.share(last.share)} in {words.month(last.key)}"
    said += f", promised {shown.promised} %."
    if shown.lower is not None and shown.upper is not None and shown.centre is not None:
        low, mean, high = map(words.share, (shown.lower, shown.centre, shown.upper))
        said += f" Limits {low} and {high} around a mean of {mean}."
    signals = [f"{words.month(point.key)} ({point.signal})" for point in judged if point.signal]
    return said + (f" Real changes: {', '.join(signals)}." if signals else " No month stands out from noise.")


__all__ = ["FULL", "Strip", "dot", "hundredths", "intervals", "run"]
