"""A screen on which a long task shows how far it has come, in the last line; esc stops it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.screen import Screen

from tui.progress import AFTER, Meter


class Metered(Screen[Any], inherit_bindings=False):
    """Whose screen it is says where the line stands: :meth:`draw_progress`."""

    def __init__(self) -> None:
        super().__init__()
        self._meters: list[Meter] = []

    def draw_progress(self) -> None:
        """Draw the last line: how far the task in :attr:`meter` has come, else what stands there."""
        raise NotImplementedError

    @property
    def meter(self) -> Meter | None:
        """The task that is shown, None where nothing takes long."""
        return next((each for each in reversed(self._meters) if each.shows), None)

    @contextmanager
    def metering(self, meter: Meter) -> Iterator[Meter]:
        """Show a task as long as the block lasts, if it lasts long enough."""
        self._meters.append(meter)
        timer = self.app.set_interval(AFTER, self.draw_progress)
        try:
            yield meter
        finally:
            timer.stop()
            self._meters.remove(meter)
            if meter.shows:
                self.draw_progress()

    def stops(self) -> bool:
        """Stop the task that goes on; False where none is to be stopped any more, so that esc means what it means."""
        for meter in reversed(self._meters):
            if meter.stops and not meter.stopping and (meter.acts or meter.shows):
                meter.stop()
                self.draw_progress()
                return True
        return False


def stops_something(screen: Screen[Any] | None) -> bool:
    """Whether esc stopped a task on a screen."""
    return isinstance(screen, Metered) and screen.stops()
