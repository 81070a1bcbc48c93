"""Why something could not be begun: it stays until it is dismissed, so that no typing ahead becomes commands."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

ON = "enter or esc: go on"
TYPED = "What you type goes nowhere. esc: go on"


class Refusal(ModalScreen[None]):
    """Takes enter and esc alone; every other key goes nowhere.

    Somebody who types on meant to write: after a letter enter is part of what they type, and only esc goes on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("enter", "read", show=False),
    ]

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._types = False

    def compose(self) -> ComposeResult:
        """What it is, and how to go on."""
        with Vertical(classes="card"):
            yield Static(self._words, classes="card--said", markup=False)
            yield Static(ON, classes="card--hint", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Somebody types."""
        if event.is_printable:
            self._types_on()

    def on_paste(self) -> None:
        """Somebody pastes what they would have written."""
        self._types_on()

    def _types_on(self) -> None:
        self._types = True
        self.query_one(".card--hint", Static).update(TYPED)

    def action_read(self) -> None:
        """Read, unless it is a line's end in what somebody types."""
        if not self._types:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Read."""
        self.dismiss(None)
