"""A list of any length, of which a few screens are in memory: the worklist, and the incidents."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import ClassVar, Generic, Protocol, TypeVar

from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from helpdesk.worklist import Anchor
from tui.background import in_background
from tui.columns import CLOCK
from tui.render import Eye
from tui.widgets.lines import Toned, strip_of
from tui.widgets.scrolling import Scrolling
from tui.window import R, Rows, Window, fitted, moved, nearest_anchor, paged, read, settled, span, wanted
from tui.words import Line, Span, Tone


class Sized(Protocol):
    """The widths of columns: all of them, and where the clock column starts."""

    @property
    def total(self) -> int:
        """In cells."""
        ...

    @property
    def clock_at(self) -> int:
        """In cells."""
        ...


C = TypeVar("C", bound=Sized)

Read = Callable[[int, int, Anchor | None], Awaitable[Rows[R] | None]]
"""Reads rows (start, count, near); None where that failed and the reader was told."""

Now = tuple[Span, object]
"""What of a row changes as time goes by: its clock, and the rest."""


class RowList(Scrolling, Toned, Generic[R, C], can_focus=True):
    """Rows of a view. It knows nothing of desks: pages come through ``read``, what time it is through ``eye``.

    What a row looks like is for the list of a kind of rows to say.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--selected"}

    class Moved(Message):
        """Another row is under the cursor."""

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(self, read: Read[R], eye: Callable[[], Eye], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._read = read
        self._eye = eye
        self._window: Window[R] = Window()
        self._reading = asyncio.Lock()
        self._columns = self.columns_for(80)
        self._looks = eye()
        self._drawn: dict[int, Now] = {}
        self._ground = Style()
        self._nothing = ""
        self._strips: LRUCache[object, Strip] = LRUCache(512)

    # What a row looks like

    def columns_for(self, cells: int) -> C:
        """The columns of a list of ``cells`` cells."""
        raise NotImplementedError

    def line(self, row: R, eye: Eye, *, selected: bool, armed: bool) -> Line:
        """A row, exactly as wide as the columns; not ``armed``: the bar stands there, on no row."""
        raise NotImplementedError

    def blank(self, *, selected: bool) -> Line:
        """A row whose page is still being read."""
        raise NotImplementedError

    def changing(self, row: R, eye: Eye) -> Now:
        """What of a row changes as time goes by."""
        raise NotImplementedError

    @property
    def window(self) -> Window[R]:
        """What is in memory, and where the cursor is."""
        return self._window

    @property
    def columns(self) -> C:
        """The widths of the columns."""
        return self._columns

    @property
    def current(self) -> R | None:
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
        """Read a view from its top, and select its first row."""
        async with self._reading:
            page = await self._read(*span(0, self._height), None)
            if page is not None:
                fresh: Window[R] = Window()
                self._show(read(fresh, page, self._height))
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

    async def reach(self, index: int, wanted_id: str) -> None:
        """The cursor to a line of the view that may lie far beyond what is in memory, and there to its row."""
        self._step(moved(self._window, index, self._height))
        await self._fill()
        places = [at for at, row in enumerate(self._window.rows, start=self._window.start) if row.id == wanted_id]
        if places and wanted_id != self._window.selected:
            self.go(places[0])

    def point(self, wanted_id: str) -> None:
        """The cursor to a row; to the first line where it is not in memory."""
        if wanted_id != self._window.selected:
            places = [at for at, row in enumerate(self._window.rows, start=self._window.start) if row.id == wanted_id]
            self.go(places[0] if places else 0)

    def _step(self, window: Window[R]) -> None:
        before = self._window
        self._show(window)
        if window.selected != before.selected:
            self.post_message(self.Moved())
        self._ask()

    def _ask(self) -> None:
        """Read on where the screen comes near the end of what is in memory."""
        if wanted(self._window, self._height):
            in_background(self, self._fill, "rows")

    def _show(self, window: Window[R]) -> None:
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
        """Put the terminal's own cursor on the row, for screen readers and magnifiers; another screen has it itself."""
        if self.is_attached and self.has_focus and self.screen.is_current:
            at = Offset(0, self._window.cursor - self._window.top)
            self.app.cursor_position = self.content_region.offset + at

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the screen, all as they are seen at one moment.

        A list has neither border nor padding, and keeps the strips of its rows: Textual's way round those is left out.
        """
        if not self.is_attached:  # it is gone, and the screen that it was on is drawn once more
            return [Strip.blank(crop.width, self._ground) for _ in crop.line_range]
        self._looks, background = self._eye(), self.background_colors[1]
        strips = [self.render_line(y) for y in crop.line_range]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        whole = crop.column_span == (0, self.outer_size.width)
        return strips if whole else [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """One row of the screen, and the ground beside it where the scroll bar may stand."""
        index = self._window.top + y
        eye, cells = self._looks, self.outer_size.width
        row = self._window.row(index)
        selected = index == self._window.cursor and index < self._window.total
        if row is None:
            self._drawn.pop(y, None)
            return self._strip(row, index, eye, selected, cells)
        self._drawn[y] = now = self.changing(row, eye)
        key = (row, now, selected, self._window.selected, cells) if selected else (row, now, cells)
        if (strip := self._strips.get(key)) is None:
            strip = self._strips[key] = self._strip(row, index, eye, selected, cells)
        return strip

    def _strip(self, row: R | None, index: int, eye: Eye, selected: bool, cells: int) -> Strip:
        armed = selected and self._window.selected is not None
        base = self.get_component_rich_style("row--selected") if armed else self._ground
        if self._window.total == 0 and index == 1:
            line: Line = ((f"    {self._nothing}", Tone.DIM),)
        elif index >= self._window.total:
            line = ()
        elif row is None:
            line = self.blank(selected=selected)
        else:
            line = self.line(row, eye, selected=selected, armed=armed)
        strip = strip_of(self, line, self.scrollable_content_region.width, base)
        return strip.adjust_cell_length(cells, self._ground)

    def tick(self) -> None:
        """Time went by: redraw the clocks that read differently now, and rows of which more has changed."""
        eye = self._eye()
        for y, (shown, whose) in self._drawn.items():
            row = self._window.row(self._window.top + y)
            if row is None or y >= self._height or (now := self.changing(row, eye)) == (shown, whose):
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
        self._columns = self.columns_for(self.scrollable_content_region.width)
        self._strips.clear()
        if self._window.total:
            self._show(fitted(self._window, self._height))
            self.refresh()
            self._ask()

    def on_focus(self, event: events.Focus) -> None:
        """The terminal's cursor comes back to the row."""
        self._point()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel or the scroll bar moved the screen; the cursor stays with its row."""
        super().watch_scroll_y(old_value, new_value)
        if (top := round(new_value)) != self._window.top:
            self._window = replace(self._window, top=top)
            self._ask()

    def on_click(self, event: events.Click) -> None:
        """A click selects, a second one opens."""
        self.go(self._window.top + event.y)
        if event.chain == 2:
            self.post_message(self.Opened())


def _on_screen(window: Window[R], height: int) -> tuple[object, ...]:
    """What a window shows on so many lines."""
    rows = tuple(window.row(index) for index in range(window.top, window.top + height))
    return (*rows, window.total, window.gone)
