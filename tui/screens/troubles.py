"""What is not right: a page to read, every trouble whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from helpdesk.sight import Notice
from tui.screens.page import FoundPage
from tui.sitting import Sitting
from tui.troubles import troubles_heading, troubles_lines
from tui.words import Line


class TroublesScreen(FoundPage[tuple[Notice, ...]]):
    """Read anew every ten seconds: what is over goes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("E", "leave", show=False)]
    fresh = 10
    waiting = "Reading what is not right …"

    def __init__(self, load: Callable[[], Awaitable[tuple[Notice, ...] | None]], sitting: Sitting) -> None:
        super().__init__(load)
        self._sitting = sitting

    def heading_of(self, found: tuple[Notice, ...]) -> Sequence[Line]:
        """How many there are."""
        return [troubles_heading(found)]

    def lines_of(self, found: tuple[Notice, ...], cells: int) -> Sequence[Line]:
        """One after the other, errors first."""
        return troubles_lines(found, self._sitting.trouble, self._sitting.eye, cells)
