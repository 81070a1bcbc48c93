"""How the promises are kept: a page to read, fresh every half minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from helpdesk.sight import Standing
from tui.background import in_background, stands
from tui.render import Eye
from tui.standing import heading, standing_lines
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.words import Line, Tone

FRESH = 30.0
"""How often the page is read anew, in seconds."""

FOOT: Line = (
    (" j k ", Tone.ACCENT),
    ("scroll   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back   ", Tone.DIM),
    ("`helpdesk report` tells every miss", Tone.DIM),
)

Load = Callable[[], Awaitable[Standing | None]]


class StandingScreen(ModalScreen[None]):
    """``load`` reads the figures, or tells the reader why it can't; ``eye``: who looks, and when."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,R,enter", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, load: Load, eye: Callable[[], Eye]) -> None:
        super().__init__()
        self._load = load
        self._eye = eye
        self._standing: Standing | None = None
        self._vain = False

    def compose(self) -> ComposeResult:
        """A heading, the page, and how to leave."""
        yield Lines(id="standing-head")
        yield ThreadView(id="standing-page")
        yield Lines(id="standing-foot")

    def on_mount(self) -> None:
        """Read it now, and again as long as it shows."""
        self.query_one("#standing-head", Lines).show([((" Reading the figures …", Tone.DIM),), ()])
        self.query_one("#standing-foot", Lines).show([FOOT])
        in_background(self, self._read, "standing", exclusive=True)
        self.set_interval(FRESH, lambda: in_background(self, self._read, "standing", exclusive=True))

    async def _read(self) -> None:
        found = await self._load()
        if found is not None:
            self._standing, self._vain = found, False
            self._draw()
        elif self._standing is None:
            self._vain = True
            self._go_back()

    def _go_back(self) -> None:
        """There is nothing to read: back, but not before what was said of it is dismissed."""
        if self._vain and self.is_active:
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Back from what was said."""
        self.call_later(self._go_back)

    def _draw(self) -> None:
        if self._standing is None or not stands(self, "#standing-head", "#standing-page"):
            return
        self.query_one("#standing-head", Lines).show([heading(self._standing), ()])
        page = self.query_one(ThreadView)
        page.show(standing_lines(self._standing, self._eye(), max(page.cells, 78)))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the page out for the width."""
        self.call_after_refresh(self._draw)

    def action_leave(self) -> None:
        """Back to where the reader was."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Up or down."""
        self.query_one(ThreadView).move(lines)
