"""How the promises are kept: a page to read, fresh every half minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from helpdesk.sight import Standing
from tui.render import Eye
from tui.screens.page import SCROLL, FoundPage
from tui.standing import heading, standing_lines
from tui.words import Line, Tone

NARROWEST = 78
"""The fewest cells that the columns are laid out for."""


class StandingScreen(FoundPage[Standing]):
    """``eye``: who looks, and when."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("R", "leave", show=False)]
    fresh = 30
    waiting = "Reading the figures …"
    foot = (*SCROLL, ("`helpdesk report` tells every miss", Tone.DIM))

    def __init__(self, load: Callable[[], Awaitable[Standing | None]], eye: Callable[[], Eye]) -> None:
        super().__init__(load)
        self._eye = eye

    def heading_of(self, found: Standing) -> Sequence[Line]:
        """Of when it is."""
        return [heading(found)]

    def lines_of(self, found: Standing, cells: int) -> Sequence[Line]:
        """Promise by promise."""
        return standing_lines(found, self._eye(), max(cells, NARROWEST))
