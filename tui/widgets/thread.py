"""A ticket's thread: lines that scroll."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Offset, Size
from textual.strip import Strip

from tui.widgets.lines import Toned, strip_of
from tui.widgets.scrolling import Scrolling
from tui.words import Line


class ThreadView(Scrolling, Toned, can_focus=True):
    """Shows lines that were made for its width. It stays at the end if it stood there."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()

    @property
    def cells(self) -> int:
        """How wide its lines may be."""
        return max(self.scrollable_content_region.width, 20)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line], *, end: bool = False, stays: bool = False) -> None:
        """Show other lines; ``end``: from their last screen; ``stays``: where it stands, even at the end."""
        at_end = end or (not stays and bool(self._lines) and self.scroll_offset.y >= self.max_scroll_y)
        self._lines = tuple(lines)
        self.virtual_size = Size(0, len(self._lines))
        self._refresh_scrollbars()
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False, force=True)
        self.refresh()

    def move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def page(self, pages: int) -> None:
        """Scroll by screens."""
        self.move(pages * max(self.scrollable_content_region.height - 1, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        index = self.scroll_offset.y + y
        line = self._lines[index] if index < len(self._lines) else ()
        return strip_of(self, line, self.scrollable_content_region.width, self.rich_style)

    def on_focus(self) -> None:
        """The terminal's cursor goes to the thread's first line."""
        if self.has_focus:  # by now somebody may write
            self.app.cursor_position = self.content_region.offset + Offset(0, 0)
