"""Lines of toned spans on the screen: the one way in which the desk draws text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.words import Line, Tone

TONES = {f"tone--{tone}" for tone in Tone}
"""The component classes that an app whose widgets draw lines must declare; the style sheet colours them."""


class Toned(Widget):
    """Draws in tones. What they look like is known to the app: were they each widget's own, Textual would find out anew
    for each of them, whenever a screen opens or the focus moves.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._inks: dict[Tone, Style] = {}

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        self._inks.clear()

    def ink(self, tone: Tone) -> Style:
        """What a tone looks like in the theme."""
        if tone not in self._inks:
            self._inks[tone] = self.app.get_component_styles(f"tone--{tone}").partial_rich_style
        return self._inks[tone]


def tone_style(widget: Toned, tone: Tone, base: Style) -> Style:
    """A tone over a base style, as the theme has it; a row that is turned round has one colour only."""
    return base if base.reverse else base + widget.ink(tone)


def strip_of(widget: Toned, line: Line, cells: int, base: Style) -> Strip:
    """A line as a strip of exactly ``cells`` cells; ``…`` says where words of it are cut off."""
    strip = Strip([Segment(text, tone_style(widget, tone, base)) for text, tone in line if text])
    if cells > 0 and strip.cell_length > cells and strip.crop(cells).text.strip():
        kept = strip.crop(0, cells - 1)
        return Strip([*kept, Segment("…", kept._segments[-1].style if kept else base)])
    return strip.adjust_cell_length(cells, base)


class Lines(Toned):
    """A widget of a few lines that somebody else composes; as high as it has lines."""

    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self.display = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; nothing is drawn where they are the same."""
        fresh = tuple(lines)
        if fresh == self._lines:
            return
        resized = len(fresh) != len(self._lines)
        self._lines = fresh
        self.display = bool(fresh)
        self.refresh(layout=resized)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        line = self._lines[y] if y < len(self._lines) else ()
        return strip_of(self, line, self.size.width, self.rich_style)
