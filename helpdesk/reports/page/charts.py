"""The charts of shares: intervals against the promise, and the run of months with its limits (pure).

What a chart says by colour it says by shape too: a full dot is met, a half one not met within the library's band, an
open one not met, a small one with dashed whiskers too few to tell; the promise is dashed, signals have a ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from textwrap import wrap

from markupsafe import Markup

from helpdesk.reports import words
from helpdesk.reports.contents import Run, RunPoint
from helpdesk.reports.page.names import short_month
from helpdesk.reports.page.scale import Scale, floor
from helpdesk.reports.page.svg import box, disc, drawing, label, line, tag
from helpdesk.reports.timeliness import Figure, Result

WIDTH = 420
"""Of every chart: two stand side by side on a wide screen and on paper, one fills a telephone."""

_ROW, _HEAD, _FOOT = 26, 34, 28
_NAMES, _SHARES, _EDGE = 116, 66, 18
_LETTERS = 17


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
    frame = _frame(Scale(low, _EDGE if above else _NAMES, WIDTH - _SHARES), strips, above)
    height = frame.foot + _FOOT
    shapes = [*_upright_grid(frame), *_promises(frame, strips)]
    for strip, top, lines in zip(strips, frame.tops, frame.names, strict=True):
        shapes += _named(lines, top, above)
        shapes += _strip(frame.scale, strip, _middle(top, lines, above))
    return drawing(name, title, _told(strips), WIDTH, height, *shapes)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where strips lie: the height at which each begins, and its name in lines."""

    scale: Scale
    tops: tuple[float, ...]
    names: tuple[tuple[str, ...], ...]
    foot: float
    above: bool


def _frame(scale: Scale, strips: Sequence[Strip], above: bool) -> _Frame:
    if above:
        names = tuple(tuple(wrap(strip.name, 60)) or ("",) for strip in strips)
        heights = [24 + 17 * len(lines) for lines in names]
    else:
        names = tuple((shorten(strip.name),) for strip in strips)
        heights = [_ROW] * len(strips)
    tops = [_HEAD, *(_HEAD + sum(heights[: place + 1]) for place in range(len(heights)))]
    return _Frame(scale, tuple(tops[:-1]), names, tops[-1], above)


def shorten(name: str) -> str:
    """A name as far as there is room; the table beside the chart has all of it."""
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"


def _middle(top: float, lines: tuple[str, ...], above: bool) -> float:
    """The height of a strip's dot."""
    return top + (17 * len(lines) + 10 if above else _ROW / 2)


def _named(lines: tuple[str, ...], top: float, above: bool) -> list[Markup]:
    start = top + (14 if above else _ROW / 2 + 5)
    return [label(said, 0, start + 17 * place, look="ink") for place, said in enumerate(lines)]


def _upright_grid(frame: _Frame) -> list[Markup]:
    shapes = []
    ticks = frame.scale.ticks
    for place, tick in enumerate(ticks):
        x = frame.scale.at(tick)
        shapes.append(line("grid", x, _HEAD, x, frame.foot))
        if len(ticks) <= 4 or (len(ticks) - 1 - place) % 2 == 0:
            shapes.append(label(f"{tick // 100} %", x, frame.foot + 19, anchor="middle"))
    return shapes


def _promises(frame: _Frame, strips: Sequence[Strip]) -> list[Markup]:
    """The promise of each strip; one line and its share in words where all promise the same."""
    promised = [strip.figure.promised if strip.figure else "" for strip in strips]
    one = set(filter(None, promised))
    if len(one) == 1 and not frame.above:
        share = min(one)
        x = frame.scale.at(hundredths(share))
        said = label(f"promised {share} %", min(x, WIDTH - 56), _HEAD - 14, look="promised", anchor="middle")
        return [line("promise-line", x, _HEAD - 6, x, frame.foot), said]
    shapes = []
    for share, top, lines in zip(promised, frame.tops, frame.names, strict=True):
        if share:
            x, y = frame.scale.at(hundredths(share)), _middle(top, lines, frame.above)
            shapes.append(line("promise-line", x, y - 9, x, y + 9))
    return shapes


def _strip(scale: Scale, strip: Strip, y: float) -> list[Markup]:
    figure = strip.figure
    if figure is None or figure.share is None or figure.interval is None:
        return [label("–", WIDTH, y + 5, anchor="end")]
    few = figure.result is Result.TOO_FEW
    left, right = map(scale.at, figure.interval)
    return [
        line("whisker few" if few else "whisker", left, y, right, y),
        line("whisker", left, y - 4, left, y + 4),
        line("whisker", right, y - 4, right, y + 4),
        *dot(figure, scale.at(figure.share), y),
        label(words.share(figure.share), WIDTH, y + 5, look="ink", anchor="end"),
    ]


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
    share, interval = words.share(figure.share), words.interval(figure.interval)
    return f"{share}, interval {interval}, promised {figure.promised} %, {figure.result}"


# The run of months

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
