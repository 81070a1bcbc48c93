"""Lists that scroll: their bar is drawn again only where it looks otherwise.

Textual draws its bar anew with every line that a list moves by, every cell of it; in a long list the bar looks the same
from line to line. On a screen of 50 lines that was a third of what a key cost.
"""

from __future__ import annotations

from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar

PARTS = 2
"""So many places within a cell at which the bar can stand."""


class Bar(ScrollBar):
    """Stands at the places that can be told from each other; at both ends of the list exactly there."""

    def validate_position(self, position: float) -> float:
        """The line that the bar stands for: the last one from which it looks as it does."""
        furthest = self.window_virtual_size - self.window_size
        if position <= 0 or position >= furthest:
            return super().validate_position(position)
        step = furthest / (max(self.size.height, 1) * PARTS)
        return super().validate_position(position // step * step if step > 1 else position)


class Scrolling(ScrollView):
    """A view with such a bar."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Its bar; made when it is first asked for."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = Bar(vertical=True, name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar
