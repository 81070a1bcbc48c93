"""The worklist: a list of any length, of which a few screens are in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from helpdesk.message import TicketId
from helpdesk.worklist import Anchor, Page, Row
from tui.background import in_background
from tui.render import CLOCK, Eye, Layout, blank_line, clock, holder, layout, row_line
from tui.widgets.lines import TONES, strip_of
from tui.window import Window, fitted, moved, nearest_anchor, paged, read, settled, span, wanted
from tui.words import Span, Tone

Read = Callable[[int, int, Anchor | None], Awaitable[Page | None]]
"""Reads rows (start, count, near); None where that failed and the reader was told."""


class TicketList(ScrollView, can_focus=True):
    """Rows of a view. It knows nothing of desks: pages come through ``read``, what time it is through ``eye``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TONES | {"row--selected"}

    class Moved(Message):
        """Another ticket is under the cursor."""

    class Opened(Message):
        """A ticket was clicked twice."""

    def __init__(self, read: Read, eye: Callable[[], Eye], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._read = read
        self._eye = eye
        self._window = Window()
        self._reading = asyncio.Lock()
        self._columns = layout(80)
        self._drawn: dict[int, tuple[Span, tuple[str, bool]]] = {}
        self._ground = Style()
        self._nothing = ""
        self._strips: LRUCache[object, Strip] = LRUCache(512)

    @property
    def window(self) -> Window:
        """What is in memory, and where the cursor is."""
        return self._window

    @property
    def columns(self) -> Layout:
        """The widths of the columns."""
        return self._columns

    @property
    def current(self) -> Row | None:
        """The selected row."""
        return self._window.current

    def say_nothing(self, words: str) -> None:
        """What an empty list says."""
        if words != self._nothing:
            self._nothing = words
            self.refresh()

    @property
    def _height(self) -> int:
        return max(self.scrollable_content_region.height, 1)

    # Reading

    async def begin(self) -> None:
        """Read a view from its top, and select its first ticket."""
        async with self._reading:
            page = await self._read(*span(0, self._height), None)
            if page is not None:
                self._show(read(Window(), page, self._height))
                self.post_message(self.Moved())

    async def reload(self, *, follow: bool = False) -> None:
        """Read the rows in memory again, since something changed; ``follow``: by the reader's own doing."""
        async with self._reading:
            start, count = span(self._window.top, self._height)
            page = await self._read(start, count, nearest_anchor(self._window, start))
            if page is not None:
                before = self._window.selected
                self._show(settled(self._window, page, self._height, follow=follow))
                if before != self._window.selected or follow:
                    self.post_message(self.Moved())

    async def _fill(self) -> None:
        """Read around where the screen is by now; a list that is read already is left alone."""
        async with self._reading:
            if not wanted(self._window, self._height):
                return
            start, count = span(self._window.top, self._height)
            page = await self._read(start, count, nearest_anchor(self._window, start))
            if page is not None:
                before = self._window.selected
                self._show(read(self._window, page, self._height))
                if before != self._window.selected:
                    self.post_message(self.Moved())

    # Moving

    def move(self, lines: int) -> None:
        """The cursor ``lines`` further (up, if negative)."""
        self.go(self._window.cursor + lines)

    def page(self, pages: int) -> None:
        """A screen on (or back)."""
        self._step(paged(self._window, pages, self._height))

    def go(self, index: int) -> None:
        """The cursor to a line of the view."""
        self._step(moved(self._window, index, self._height))

    def point(self, ticket: TicketId) -> None:
        """The cursor to a ticket; to the first line where it is not in memory."""
        if ticket != self._window.selected:
            places = [at for at, row in enumerate(self._window.rows, start=self._window.start) if row.id == ticket]
            self.go(places[0] if places else 0)

    def _step(self, window: Window) -> None:
        before = self._window
        self._show(window)
        if window.selected != before.selected:
            self.post_message(self.Moved())
        self._ask()

    def _ask(self) -> None:
        """Read on where the screen comes near the end of what is in memory."""
        if wanted(self._window, self._height):
            in_background(self, self._fill, "rows")

    def _show(self, window: Window) -> None:
        """Take a window over; what reads the same on the screen is not drawn again."""
        before, self._window = self._window, window
        size = Size(0, window.total)
        if size != self.virtual_size:
            self.virtual_size = size
        self._refresh_scrollbars()
        self.scroll_to(y=window.top, animate=False, force=True)
        self._point()
        if window.top == before.top and _on_screen(before, self._height) != _on_screen(window, self._height):
            self.refresh()
        elif (window.cursor, window.selected) != (before.cursor, before.selected):
            self.refresh_line(before.cursor)
            self.refresh_line(window.cursor)

    def _point(self) -> None:
        """Put the terminal's own cursor on the row, for screen readers and magnifiers."""
        if self.has_focus:
            at = Offset(0, self._window.cursor - self._window.top)
            self.app.cursor_position = self.content_region.offset + at

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        index = self._window.top + y
        eye, cells = self._eye(), self.scrollable_content_region.width
        row = self._window.row(index)
        selected = index == self._window.cursor and index < self._window.total
        if row is None:
            self._drawn.pop(y, None)
            return self._strip(row, index, eye, selected, cells)
        self._drawn[y] = now = _now(row, eye)
        key = (row, now, selected, self._window.selected, cells) if selected else (row, now, cells)
        if (strip := self._strips.get(key)) is None:
            strip = self._strips[key] = self._strip(row, index, eye, selected, cells)
        return strip

    def _strip(self, row: Row | None, index: int, eye: Eye, selected: bool, cells: int) -> Strip:
        if self._window.total == 0 and index == 1:
            return strip_of(self, ((f"    {self._nothing}", Tone.DIM),), cells, self._ground)
        if index >= self._window.total:
            return Strip.blank(cells, self._ground)
        armed = selected and self._window.selected is not None
        base = self.get_component_rich_style("row--selected") if armed else self._ground
        if row is None:
            return strip_of(self, blank_line(self._columns, selected=selected), cells, base)
        return strip_of(self, row_line(row, eye, self._columns, selected=selected, armed=armed), cells, base)

    def tick(self) -> None:
        """Time went by: redraw the clocks that read differently now, and rows whose claim ran out."""
        eye = self._eye()
        for y, (shown, whose) in self._drawn.items():
            row = self._window.row(self._window.top + y)
            if row is None or y >= self._height or (now := _now(row, eye)) == (shown, whose):
                continue
            if now[1] == whose:
                self.refresh(Region(self._columns.clock_at, y, CLOCK, 1))
            else:
                self.refresh_line(self._window.top + y)

    # What Textual tells

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._strips.clear()
        self._ground = self.rich_style

    def on_resize(self, event: events.Resize) -> None:
        """Other columns, and maybe other rows."""
        self._columns = layout(self.scrollable_content_region.width)
        self._strips.clear()
        if self._window.total:
            self._show(fitted(self._window, self._height))
            self.refresh()
            self._ask()

    def on_focus(self, event: events.Focus) -> None:
        """The terminal's cursor comes back to the row."""
        self._point()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel or the scroll bar moved the screen; the cursor stays with its ticket."""
        super().watch_scroll_y(old_value, new_value)
        if (top := round(new_value)) != self._window.top:
            self._window = replace(self._window, top=top)
            self._ask()

    def on_click(self, event: events.Click) -> None:
        """A click selects, a second one opens."""
        self.go(self._window.top + event.y)
        if event.chain == 2:
            self.post_message(self.Opened())


def _now(row: Row, eye: Eye) -> tuple[Span, tuple[str, bool]]:
    """What of a row changes as time goes by: its clock; whose claim still holds, and whether a draft is kept."""
    return clock(row, eye), (eye.name(holder(row, eye.now)), row.id in eye.drafts)


def _on_screen(window: Window, height: int) -> tuple[object, ...]:
    """What a window shows on so many lines."""
    rows = tuple(window.row(index) for index in range(window.top, window.top + height))
    return (*rows, window.total, window.gone)
