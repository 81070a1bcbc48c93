"""The chart of intervals: each share as a dot, its interval as whiskers, its promise as a dashed line (pure).

What a dot says by colour it says by shape, too: a full one is met, a half one not met within the library's band, an
open one not met, a small one with dashed whiskers too few to tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap

from markupsafe import Markup

from helpdesk.reports import words
from helpdesk.reports.page.scale import WIDTH, Scale, floor, hundredths
from helpdesk.reports.page.svg import disc, drawing, label, line, tag
from helpdesk.reports.timeliness import Figure, Result

MOST = 60
"""More strips than these are no chart: the table beside it has them all."""

_ROW, _LINE, _FOOT = 26, 17, 28
_LONGEST = 1000
_NAMES, _SHARES, _EDGE = 116, 66, 18
_LETTERS, _LETTERS_ABOVE = 17, 60


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of an interval chart. Without a judged contact there is only its name."""

    name: str
    figure: Figure | None


def intervals(name: str, title: str, strips: Sequence[Strip], *, above: bool = False) -> Markup:
    """Of each strip the share as a dot, its 95 % interval as whiskers, its promise as a dashed line.

    ``above``: names stand above their strips, for long ones. Empty where there are no strips, or too many.
    """
    if not 0 < len(strips) <= MOST:
        return Markup("")
    judged = [strip.figure for strip in strips if strip.figure and strip.figure.interval]
    low = floor([each.interval[0] for each in judged if each.interval] + [hundredths(each.promised) for each in judged])
    frame = _frame(Scale(low, _EDGE if above else _NAMES, WIDTH - _SHARES), strips, above)
    shapes = [*_upright_grid(frame), *_promises(frame, strips)]
    for strip, lines, y in zip(strips, frame.names, frame.middles(), strict=True):
        shapes += _named(lines, y, above)
        shapes += _strip(frame.scale, strip, y)
    return drawing(name, title, _told(strips), WIDTH, frame.foot + _FOOT, *shapes)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where strips lie: the height at which each begins, and its name in lines."""

    scale: Scale
    head: float
    tops: tuple[float, ...]
    names: tuple[tuple[str, ...], ...]
    foot: float
    above: bool

    def middles(self) -> Iterator[float]:
        """The height of each strip's dot."""
        for top, end, lines in zip(self.tops, (*self.tops[1:], self.foot), self.names, strict=True):
            yield top + _LINE * len(lines) + 10 if self.above else (top + end) / 2


def _frame(scale: Scale, strips: Sequence[Strip], above: bool) -> _Frame:
    if above:
        names = tuple(tuple(wrap(strip.name, _LETTERS_ABOVE)) or ("",) for strip in strips)
        heights = [24 + _LINE * len(lines) for lines in names]
    else:
        names = tuple((shorten(strip.name),) for strip in strips)
        heights = [max(15, min(_ROW, _LONGEST // max(len(strips), 1)))] * len(strips)
    head = 4 if above else 34
    *tops, foot = accumulate(heights, initial=head)
    return _Frame(scale, head, tuple(tops), names, foot, above)


def shorten(name: str) -> str:
    """A name as far as there is room; the table beside the chart has all of it."""
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"


def _named(lines: tuple[str, ...], y: float, above: bool) -> list[Markup]:
    start = y + 4 - _LINE * len(lines) if above else y + 5
    return [label(said, 0, start + _LINE * place, look="ink") for place, said in enumerate(lines)]


def _upright_grid(frame: _Frame) -> list[Markup]:
    shapes = []
    ticks = frame.scale.ticks
    for place, tick in enumerate(ticks):
        x = frame.scale.at(tick)
        shapes.append(line("grid", x, frame.head, x, frame.foot))
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
        said = label(f"promised {share} %", min(x, WIDTH - 56), frame.head - 14, look="promised", anchor="middle")
        return [line("promise-line", x, frame.head - 6, x, frame.foot), said]
    shapes = []
    for share, y in zip(promised, frame.middles(), strict=True):
        if share:
            x = frame.scale.at(hundredths(share))
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
