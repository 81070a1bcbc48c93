"""Lines of toned spans on the screen: the one way in which the desk draws text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.words import Line, Tone

TONES = {f"tone--{tone}" for tone in Tone}
"""The component classes that a widget which draws lines must declare; the style sheet colours them."""


def tone_style(widget: Widget, tone: Tone, base: Style) -> Style:
    """A tone over a base style, as the theme has it; a row that is turned round has one colour only."""
    if base.reverse:
        return base
    return base + widget.get_component_rich_style(f"tone--{tone}", partial=True)


def strip_of(widget: Widget, line: Line, cells: int, base: Style) -> Strip:
    """A line as a strip of exactly ``cells`` cells."""
    segments = [Segment(text, tone_style(widget, tone, base)) for text, tone in line if text]
    return Strip(segments).adjust_cell_length(cells, base)


class Lines(Widget):
    """A widget of a few lines that somebody else composes; as high as it has lines."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONES
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
