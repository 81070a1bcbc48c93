"""Where and when it was noisy: a page to read, for all days together or for one weekday."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from helpdesk.noise.incidents import NoiseMap
from tui.background import in_background
from tui.noise_map import map_head, map_lines
from tui.render import Eye
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.words import Line, Tone

FOOT: Line = (
    (" ← → ", Tone.ACCENT),
    ("one weekday   ", Tone.DIM),
    ("j k ", Tone.ACCENT),
    ("scroll   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back", Tone.DIM),
)

Load = Callable[[], Awaitable[NoiseMap | None]]


class NoiseMapScreen(ModalScreen[None]):
    """``load`` reads the counts, or tells the reader why it can't; ``eye``: who looks, and what places are called."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,M,enter", "leave", show=False),
        Binding("right,l", "day(1)", show=False),
        Binding("left,h", "day(-1)", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, load: Load, eye: Callable[[], Eye]) -> None:
        super().__init__()
        self._load = load
        self._eye = eye
        self._found: NoiseMap | None = None
        self._day: int | None = None

    def compose(self) -> ComposeResult:
        """A heading, the map, and how to leave."""
        yield Lines(id="map-head")
        yield ThreadView(id="map-page")
        yield Lines(id="map-foot")

    def on_mount(self) -> None:
        """Read it."""
        self.query_one("#map-head", Lines).show([((" Reading the counts …", Tone.DIM),), ()])
        self.query_one("#map-foot", Lines).show([FOOT])
        in_background(self, self._read, "map", exclusive=True)

    async def _read(self) -> None:
        self._found = await self._load()
        if self._found is None:
            self.dismiss(None)
        else:
            self._draw()

    def _draw(self) -> None:
        if self._found is None or not self.is_attached:
            return
        self.query_one("#map-head", Lines).show([*map_head(self._found, self._day), ()])
        page = self.query_one(ThreadView)
        page.show(map_lines(self._found, self._eye(), page.cells, self._day))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the map out for the width."""
        self.call_after_refresh(self._draw)

    def action_leave(self) -> None:
        """Back to where the reader was."""
        self.dismiss(None)

    def action_day(self, step: int) -> None:
        """The next weekday, or the one before; all days stand before Monday."""
        places: list[int | None] = [None, *range(7)]
        self._day = places[(places.index(self._day) + step) % len(places)]
        self._draw()

    def action_scroll(self, lines: int) -> None:
        """Up or down."""
        self.query_one(ThreadView).move(lines)
