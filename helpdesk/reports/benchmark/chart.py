"""The funnel drawn: shares against the number judged, with the limits of chance around the centre.

What the drawing says by place it says by shape too: ours is a full dot with its name, the others are open ones; the
95 % limits are dashed, those of 99.8 % dotted. The table beside it holds every number.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from markupsafe import Markup

from helpdesk.reports import words
from helpdesk.reports.benchmark.comparison import Centre, Comparison, Placed
from helpdesk.reports.page.scale import Scale, floor
from helpdesk.reports.page.svg import disc, drawing, label, line, tag
from helpdesk.reports.statistics import funnel

WIDTH, HEIGHT = 440, 290
_LEFT, _RIGHT, _TOP, _BASE = 48, 12, 26, 52
_STEPS = 60


def chart(name: str, found: Comparison) -> Markup:
    """The drawing; ``name`` begins the ids in it. ValueError where nothing could be placed."""
    if found.centre is None:
        raise ValueError(f"{found.standard} has no funnel")
    across = _Across([each.judged for each in found.placed])
    low = floor([each.share for each in found.placed] + [each.limits[1] for each in found.placed] + [found.centre])
    scale = Scale(low, HEIGHT - _BASE, _TOP)
    shapes = [
        *_grid(scale, across),
        *_limits(scale, across, found.centre),
        *_centre(scale, found),
        *(shape for each in reversed(found.placed) for shape in _point(scale, across, each)),
    ]
    return drawing(name, f"Funnel: {found.ours.promise}", told(found), WIDTH, HEIGHT, *shapes)


def told(found: Comparison) -> str:
    """What the drawing shows, in words."""
    said = (
        f"{each.peer.institution}{' (ours)' if each.ours else ''}: {words.share(each.share)} of "
        f"{words.count(each.judged)}, {each.place}"
        for each in found.placed
    )
    return "; ".join(said) + "."


class _Across:
    """From a number of contacts to its place from left to right, by the logarithm: libraries differ tenfold."""

    def __init__(self, judged: Sequence[int]) -> None:
        self.least, self.most = max(min(judged) // 2, 1), max(judged) * 2

    def at(self, judged: float) -> float:
        part = log(judged / self.least) / log(self.most / self.least)
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * part

    @property
    def steps(self) -> list[int]:
        """So many numbers between the least and the most that a curve looks smooth."""
        ratio = self.most / self.least
        return sorted({round(self.least * ratio ** (n / _STEPS)) for n in range(_STEPS + 1)})

    @property
    def ticks(self) -> list[int]:
        """Round numbers on the way."""
        round_ones = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
        return [each for each in round_ones if self.least <= each <= self.most]


def _grid(scale: Scale, across: _Across) -> list[Markup]:
    shapes, right, foot = [], WIDTH - _RIGHT, HEIGHT - _BASE
    for share in scale.ticks:
        shapes.append(line("grid", _LEFT, scale.at(share), right, scale.at(share)))
        shapes.append(label(f"{share // 100} %", _LEFT - 8, scale.at(share) + 4, anchor="end"))
    for place, judged in enumerate(across.ticks):
        look = "soft" if place in (0, len(across.ticks) - 1) else "soft minor"
        shapes.append(line("grid", across.at(judged), _TOP, across.at(judged), foot))
        shapes.append(label(words.count(judged), across.at(judged), foot + 20, look=look, anchor="middle"))
    shapes.append(label("contacts judged", (_LEFT + right) / 2, foot + 42, anchor="middle"))
    return shapes


def _limits(scale: Scale, across: _Across, centre: int) -> list[Markup]:
    found = [(across.at(n), limits) for n in across.steps if (limits := funnel(centre, n))]
    curves = {
        ("95 %", "4 3"): ([each.lower95 for _, each in found], [each.upper95 for _, each in found]),
        ("99.8 %", "1 3"): ([each.lower998 for _, each in found], [each.upper998 for _, each in found]),
    }
    shapes = []
    for (said, dashes), pair in curves.items():
        for shares in pair:
            points = " ".join(f"{x:.1f},{scale.at(share):.1f}" for (x, _), share in zip(found, shares, strict=True))
            shapes.append(tag("polyline", "limit", points=points, fill="none", stroke_dasharray=dashes))
        shapes.append(label(said, _LEFT + 4, scale.at(pair[0][0]) + 14, look="soft minor"))
    return shapes


def _centre(scale: Scale, found: Comparison) -> list[Markup]:
    y = scale.at(found.centre or 0)
    promised = found.around is Centre.PROMISE
    look, ink, said = ("promise-line", "promised", "promised") if promised else ("centre", "soft", "together")
    return [
        line(look, _LEFT, y, WIDTH - _RIGHT, y),
        label(f"{said} {words.share(found.centre)}", WIDTH - _RIGHT, _TOP - 10, look=ink, anchor="end"),
    ]


def _point(scale: Scale, across: _Across, each: Placed) -> list[Markup]:
    x, y = across.at(each.judged), scale.at(each.share)
    if not each.ours:
        return [disc("open", x, y, 5)]
    below = each.share < sum(each.limits) // 4  # away from the centre's line
    return [disc("full", x, y, 6), label("ours", x, y + 21 if below else y - 11, look="ink", anchor="middle")]
