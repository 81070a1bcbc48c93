"""Where and when it was noisy: a page to read, for all days together or for one weekday."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from helpdesk.noise.incidents import NoiseMap
from tui.noise_map import map_head, map_lines
from tui.render import Eye
from tui.screens.page import SCROLL, FoundPage
from tui.words import Line, Tone

DAYS: tuple[int | None, ...] = (None, *range(7))
"""What the arrows go through: all days together, then Monday to Sunday."""


class NoiseMapScreen(FoundPage[NoiseMap]):
    """``eye``: who looks, and what places are called."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("M", "leave", show=False),
        Binding("right,l", "day(1)", show=False),
        Binding("left,h", "day(-1)", show=False),
    ]
    waiting = "Reading the counts …"
    foot = ((" ← → ", Tone.ACCENT), ("one weekday  ", Tone.DIM), *SCROLL)
    own_keys = (("→  l", "The next weekday"), ("←  h", "The weekday before; all days stand before Monday"))

    def __init__(self, load: Callable[[], Awaitable[NoiseMap | None]], eye: Callable[[], Eye]) -> None:
        super().__init__(load)
        self._eye = eye
        self._day: int | None = None

    def heading_of(self, found: NoiseMap) -> Sequence[Line]:
        """Of which weeks and which weekday it is."""
        return map_head(found, self._day)

    def lines_of(self, found: NoiseMap, cells: int) -> Sequence[Line]:
        """Zones by the hour."""
        return map_lines(found, self._eye(), cells, self._day)

    def action_day(self, step: int) -> None:
        """The next weekday, or the one before; all days stand before Monday."""
        self._day = DAYS[(DAYS.index(self._day) + step) % len(DAYS)]
        self.draw()
