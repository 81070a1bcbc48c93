"""Who is on: a page to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from helpdesk.sight import OnDuty
from tui.on_duty import on_duty_lines
from tui.render import Eye
from tui.screens.page import FoundPage
from tui.words import Line, Tone


class OnDutyScreen(FoundPage[tuple[OnDuty, ...]]):
    """Read anew every ten seconds: who goes is not there any more. ``eye``: who looks, and when."""

    fresh = 10
    waiting = "Reading who is on …"

    def __init__(self, load: Callable[[], Awaitable[tuple[OnDuty, ...] | None]], eye: Callable[[], Eye]) -> None:
        super().__init__(load)
        self._eye = eye

    def heading_of(self, found: tuple[OnDuty, ...]) -> Sequence[Line]:
        """How many there are."""
        return [((" Who is on", Tone.STRONG), (f"   {len(found)} at the desk" if found else "", Tone.DIM))]

    def lines_of(self, found: tuple[OnDuty, ...], cells: int) -> Sequence[Line]:
        """One after the other, by name."""
        return on_duty_lines(found, self._eye(), cells)
