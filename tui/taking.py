"""How keys come into the desk, and what the terminal says when the desk breaks."""

from __future__ import annotations

import logging
import os
from typing import Any

from rich.text import Text
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen

from tui.ahead import Ahead
from tui.commands import Where
from tui.crash import crash_lines, crash_words
from tui.hanging_up import STATUS, ending_soon, is_gone
from tui.painting import News, Paper
from tui.presence import Presence
from tui.screens.acting import Acting
from tui.screens.metered import stops_something
from tui.sitting import Sitting


def no_colour() -> bool:
    """Whether whoever sits here wants no colours in any program: ``NO_COLOR`` is set, to anything."""
    if not os.environ.get("NO_COLOR", "x"):
        del os.environ["NO_COLOR"]  # set to nothing is not set; Textual takes it for set
    return "NO_COLOR" in os.environ


_log = logging.getLogger(__name__)


class Taking(App[None], inherit_bindings=False):
    """An app that hands each key to the screen that the one before it led to."""

    def __init__(self, presence: Presence) -> None:
        super().__init__(ansi_color=True if no_colour() else None)
        self.sitting: Sitting | None = None
        self._presence = presence
        self._leaving = False
        self.ahead = Ahead(self, self._take, self._is_deaf)
        self._paper = Paper()

    async def on_event(self, event: events.Event) -> None:
        """Keys are taken in one at a time; one that comes back up from a widget goes the common way."""
        typed = isinstance(event, events.Key | events.Paste)
        if isinstance(event, events.Resize):
            self._paper.forget()
        if isinstance(event, events.InputEvent):
            self._presence.touched()
            if not self.screen_stack:  # the desk is closing: what is still typed is for nobody
                return
        if isinstance(event, events.Key) and not event.is_forwarded and self._stops(event.key):
            return
        if typed and not event.is_forwarded:
            await self.ahead.comes(event)
        elif not (isinstance(event, events.InputEvent) and self._is_deaf()):
            await super().on_event(event)

    async def _take(self, event: events.Event) -> bool:
        """Hand a key to the screen that has the keys; True if it went on to a widget.

        The reading screens take theirs in here, or a fast second key would overtake the screen that the first one
        opens; while a ticket is being read they wait for it. While somebody writes, keys go the common way: letters
        come first there.
        """
        screen = self._top
        while isinstance(screen, Acting):
            await screen.ready()
            if screen is self._top:
                break
            screen = self._top
        if screen is None or self._is_deaf():
            return False
        if isinstance(event, events.Key) and isinstance(screen, Acting) and screen.place is not Where.COMPOSER:
            await screen.press(event.key)
            return False
        await super().on_event(event)
        return True

    def _stops(self, key: str) -> bool:
        """Whether a key stopped a long task: esc does, and waits for no other key."""
        return key == "escape" and stops_something(self._top)

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen that has the keys; None while the desk closes."""
        return self.screen_stack[-1] if self.screen_stack else None

    def _is_deaf(self) -> bool:
        return isinstance(self._top, Acting) and self._top.deaf

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Write to the terminal only what does not stand there."""
        if isinstance(renderable, CompositorUpdate):
            self._paper.fit(self.size)
            renderable = News(renderable, self._paper)
        super()._display(screen, renderable)

    def draw_anew(self) -> None:
        """Another program wrote on the terminal, or a bad line left signs there."""
        self._paper.forget()
        self.screen.refresh()

    def _resume_signal(self) -> None:
        """An editor, or a shell, had the terminal."""
        self._paper.forget()
        super()._resume_signal()

    def _handle_exception(self, error: Exception) -> None:
        """The desk is broken: it ends with status 1. Textual's own report shows local variables, and with them what
        patrons wrote; this one says where it broke, and no more.
        """
        self._return_code = 1
        if self._exception is None:
            drafts = self.sitting.drafts.unstored if self.sitting is not None else 0
            self._exit_renderables.append(Text(crash_words(error, drafts)))
            _log.error("the desk broke\n%s", "\n".join(crash_lines(error)))
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """The terminal's input broke, or it is gone; what Textual would print of it may hold what was typed."""
        if is_gone():
            self.hang_up()
        else:
            self._handle_exception(RuntimeError("the terminal's input broke"))

    def leave_what_is_gone(self) -> None:
        """End where the terminal is gone and no signal said so: else its input would be read for ever, and at once."""
        if is_gone() and not self._leaving:
            self._leaving = True
            ending_soon()
            self.hang_up()

    def hang_up(self, status: int = STATUS) -> None:
        """Leave without a question."""
        raise NotImplementedError
