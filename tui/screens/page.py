"""A page to read: a heading, lines that scroll, and how to leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.background import in_background, stands
from tui.plain import fit
from tui.progress import Meter, progress_line
from tui.screens.metered import Metered
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.words import Line, Tone

SCROLL: Line = (
    (" j k ", Tone.ACCENT),
    ("scroll   ", Tone.DIM),
    ("? ", Tone.ACCENT),
    ("keys   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back   ", Tone.DIM),
)
"""The keys that every page has, for its last line."""

Key = tuple[str, str]
"""A key as it is written, and what it does here."""

READING_KEYS: tuple[Key, ...] = (
    ("j  ↓", "Next line"),
    ("k  ↑", "Line before"),
    ("page down  space", "A page on"),
    ("page up", "A page back"),
    ("esc  q", "Back to where you were"),
)
"""The keys that every page has, for ``?``."""

T = TypeVar("T")


class Page(Metered, ModalScreen[None]):
    """Whose page it is says what stands on it: :meth:`heading` and :meth:`lines`, laid out for the width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("question_mark,f1", "keys", show=False),
    ]
    foot: ClassVar[Line] = SCROLL
    own_keys: ClassVar[tuple[Key, ...]] = ()

    def heading(self) -> Sequence[Line]:
        """What stands above the line that parts them."""
        raise NotImplementedError

    def lines(self, cells: int) -> Sequence[Line]:
        """What there is to read, in lines of ``cells`` cells."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """A heading, the page, and how to leave."""
        yield Lines(id="page-head")
        yield ThreadView(id="page-lines")
        yield Lines(id="page-foot")

    def on_mount(self) -> None:
        """How to leave stands there from the first."""
        self.draw_progress()

    def draw_progress(self) -> None:
        """The last line: how far it has come, else its keys."""
        if stands(self, "#page-foot"):
            meter = self.meter
            foot = self.foot if meter is None else progress_line(meter, "esc", self.size.width)
            self.query_one("#page-foot", Lines).show([foot])

    def on_resize(self, event: events.Resize) -> None:
        """Lay the page out for the width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Show it as it is now."""
        if stands(self, "#page-head", "#page-lines"):
            self.query_one("#page-head", Lines).show([*self.heading(), ()])
            page = self.query_one(ThreadView)
            page.show(self.lines(page.cells), stays=True)

    def to_top(self) -> None:
        """Another page stands there: it is read from its first line."""
        self.query_one(ThreadView).scroll_to(y=0, animate=False)

    def action_leave(self) -> None:
        """Back to where the reader was."""
        self.dismiss(None)

    def action_keys(self) -> None:
        """The keys of this page."""
        self.app.push_screen(PageKeys((*self.own_keys, *READING_KEYS)))

    def action_scroll(self, lines: int) -> None:
        """Up or down."""
        self.query_one(ThreadView).move(lines)


class PageKeys(Page):
    """The keys of a page, one below the other."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def heading(self) -> Sequence[Line]:
        """What they are."""
        return [((" Keys of this page", Tone.STRONG), ("   ? shows them, and leads back", Tone.DIM))]

    def lines(self, cells: int) -> Sequence[Line]:
        """A key, and what it does."""
        return [((f"  {fit(key, 18)} ", Tone.ACCENT), (words, Tone.PLAIN)) for key, words in self._keys]

    def action_keys(self) -> None:
        """Back to the page."""
        self.dismiss(None)


class FoundPage(Page, Generic[T]):
    """A page of what is asked for when it opens: ``load`` reads it, or tells the reader why it can't and gives None.

    ``fresh``    how often it is read anew, in seconds; 0 for never
    ``waiting``  what is said until it is there
    """

    fresh: ClassVar[float] = 0
    waiting: ClassVar[str] = "Reading …"

    def __init__(self, load: Callable[[], Awaitable[T | None]]) -> None:
        super().__init__()
        self._load = load
        self._vain = False
        self.found: T | None = None

    def heading_of(self, found: T) -> Sequence[Line]:
        """The heading of what was found."""
        raise NotImplementedError

    def lines_of(self, found: T, cells: int) -> Sequence[Line]:
        """The lines of what was found."""
        raise NotImplementedError

    def heading(self) -> Sequence[Line]:
        """Its own once it is there."""
        return [((f" {self.waiting}", Tone.DIM),)] if self.found is None else self.heading_of(self.found)

    def lines(self, cells: int) -> Sequence[Line]:
        """None until it is there."""
        return () if self.found is None else self.lines_of(self.found, cells)

    def on_mount(self) -> None:
        """Read it now, and again as long as it shows."""
        self.draw_progress()
        self._read()
        if self.fresh:
            self.set_interval(self.fresh, self._read_again)

    def _read_again(self) -> None:
        """Only while it is seen: nothing is asked for under a desk that waits for somebody to sign in."""
        if self.is_active:
            self._read()

    def _read(self) -> None:
        in_background(self, self._reading, "page", exclusive=True)

    async def _reading(self) -> None:
        with self.metering(Meter(self.waiting.removesuffix(" …"), stops="leaves")) as meter:
            found = await meter.unless_stopped(self._load())
        if found is not None:
            self.found, self._vain = found, False
            self.draw()
        elif self.found is None or meter.stopping:
            self._vain = True
            self._go_back()

    def _go_back(self) -> None:
        """There is nothing to read: back, but not before what was said of it is dismissed."""
        if self._vain and self.is_active:
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Back from what was said."""
        self.call_later(self._go_back)
