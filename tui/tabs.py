"""The views as tabs: which there are, by which key each opens, and their line at every width. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpdesk.ports.views import SavedView
from helpdesk.queries import FIXED
from helpdesk.worklist import View
from tui.plain import one_line, width
from tui.render import LABELS
from tui.words import Line, Span, Tone, capped

Shown = View | SavedView
"""What a tab shows: a fixed view, or one that staff saved."""

KEYS = "1234567890"

RARE = frozenset({View.MUTED})
"""Views that have a tab only while something stands in them, or while one looks."""


@dataclass(frozen=True, slots=True)
class TabStyle:
    """What stands between a key and its view's name, the gap between views, and the highest count that is shown."""

    after_key: str
    gap: int
    most: int


_STYLES = (TabStyle(" ", 3, 999), TabStyle(" ", 2, 999), TabStyle(":", 2, 999), TabStyle(":", 1, 99))


@dataclass(frozen=True, slots=True)
class Going:
    """Noise that goes on: how many incidents, whether any is dangerous, and the key that leads to them."""

    count: int
    danger: bool = False
    key: str = "I"


def arranged(saved: Sequence[SavedView] = ()) -> tuple[tuple[str, Shown], ...]:
    """Every view with its key, "" for none, in the order of the tabs.

    A saved view takes its digit from the fixed one, one's own from the library's; whoever lost it stands behind.
    """
    taken: dict[str, SavedView] = {each.digit: each for each in saved if each.digit}
    fixed = dict(zip(KEYS, View, strict=True))
    keyed: list[tuple[str, Shown]] = [(key, taken.get(key, view)) for key, view in fixed.items()]
    here = {id(view) for _, view in keyed}
    behind: list[Shown] = [*(view for key, view in fixed.items() if key in taken),
                           *(each for each in saved if id(each) not in here)]  # fmt: skip
    return (*keyed, *(("", each) for each in behind))


def label(view: Shown) -> str:
    """What a view is called."""
    return LABELS[view] if isinstance(view, View) else one_line(view.name)


def query_of(view: Shown) -> str:
    """What a view shows, as a query."""
    return FIXED[view] if isinstance(view, View) else view.query


def same(one: Shown, other: Shown) -> bool:
    """Whether two are one view, whatever stands in it by now."""
    if isinstance(one, View) or isinstance(other, View):
        return one is other
    return (one.name, one.shared) == (other.name, other.shared)


def tabs(
    counts: Mapping[View, int],
    active: Shown,
    cells: int,
    going: Going | None = None,
    saved: Sequence[SavedView] = (),
) -> list[Line]:
    """The views with their keys and counts: on one line where they fit, else on as many as it takes.

    Noise that goes on always stands behind them; where it is narrow, by key and count.
    """
    views = [(key, view) for key, view in arranged(saved) if _stands(view, counts, active)]

    def made(style: TabStyle, word: str) -> list[Line]:
        noise = [_noise_tab(going, style, word)] if going is not None and going.count else []
        return [*(_tab(key, view, counts, active, style) for key, view in views), *noise]

    for word in ("Noise", ""):
        for style in _STYLES:
            if 1 + sum(_cells(tab) + style.gap for tab in made(style, word)) - style.gap <= cells:
                return [_joined(made(style, word), style.gap)]
    roomy = _STYLES[1]
    lines: list[list[Line]] = [[]]
    for tab in made(roomy, "Noise"):
        if lines[-1] and 1 + sum(_cells(each) + roomy.gap for each in lines[-1]) + _cells(tab) > cells:
            lines.append([])
        lines[-1].append(tab)
    return [_joined(line, roomy.gap) for line in lines]


def _stands(view: Shown, counts: Mapping[View, int], active: Shown) -> bool:
    return not isinstance(view, View) or view not in RARE or same(view, active) or bool(counts.get(view))


def _tab(key: str, view: Shown, counts: Mapping[View, int], active: Shown, style: TabStyle) -> Line:
    here = same(view, active)
    spans: list[Span] = [(f"{key}{style.after_key}", Tone.ACCENT if here else Tone.FAINT)] if key else []
    spans.append((label(view), Tone.ACTIVE if here else Tone.DIM))
    if words := _count(view, counts, style):
        tone = Tone.SOON if view is View.BREACHING else Tone.STRONG if here else Tone.PLAIN
        spans.append((f" {words}", tone))
    return tuple(spans)


def _count(view: Shown, counts: Mapping[View, int], style: TabStyle) -> str:
    """How many stand in it, "" for none; with a + where there may be more."""
    count = counts.get(view, 0) if isinstance(view, View) else view.count
    more = not isinstance(view, View) and not view.whole and count <= style.most
    return f"{capped(count, style.most)}{'+' * more}" if count or more else ""


def _noise_tab(going: Going, style: TabStyle, word: str) -> Line:
    sign = "!" if going.danger else ""
    count = (f"{' ' * bool(word)}{capped(going.count, style.most)}{sign}", Tone.LATE if going.danger else Tone.SOON)
    return ((f"{going.key}{style.after_key}", Tone.FAINT), (word, Tone.DIM), count)


def _cells(line: Line) -> int:
    return sum(width(text) for text, _ in line)


def _joined(made: Sequence[Line], gap: int) -> Line:
    spans: list[Span] = []
    for tab in made:
        spans += [(" " * (gap if spans else 1), Tone.PLAIN), *tab]
    return tuple(spans)
