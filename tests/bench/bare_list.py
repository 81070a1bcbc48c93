"""A bare Textual app with a list of a million lines: what Textual itself costs on a terminal.

``python -m tests.bench.bare_list``. It has neither style sheet nor bindings; arrows and page keys move its cursor.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

TOTAL = 1_000_000
CHOSEN = Style(reverse=True)


class Bare(ScrollView, can_focus=True):
    """Lines made up from their number."""

    cursor = 0

    def on_mount(self) -> None:
        """It is this long."""
        self.virtual_size = Size(0, TOTAL)

    def on_key(self, event: events.Key) -> None:
        """Move the cursor by a line or a screen."""
        step = {"down": 1, "up": -1, "pagedown": self.size.height - 1, "pageup": 1 - self.size.height}.get(event.key, 0)
        before, self.cursor = self.cursor, max(0, self.cursor + step)
        top = min(max(round(self.scroll_y), self.cursor - self.size.height + 1), self.cursor)
        self.scroll_to(y=top, animate=False, force=True)
        self.app.cursor_position = self.content_region.offset + Offset(0, self.cursor - top)
        for each in (before, self.cursor):
            self.refresh_line(each)
        event.stop()

    def render_line(self, y: int) -> Strip:
        """One of them."""
        at = round(self.scroll_y) + y
        text = f"  due in {at} min  mail  Patron {at}  Question {at}  Is the printer on level 2 working again?"
        return Strip([Segment(text, CHOSEN if at == self.cursor else None)]).adjust_cell_length(self.size.width)


class BareApp(App[None]):
    """Nothing but the list."""

    def compose(self) -> ComposeResult:
        """The list."""
        yield Bare()

    def on_mount(self) -> None:
        """It gets the keys."""
        self.animation_level = "none"
        self.query_one(Bare).focus()


if __name__ == "__main__":
    BareApp().run()
