"""Why something could not be begun: it stays until it is dismissed, so that no typing ahead becomes commands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class Refusal(ModalScreen[None]):
    """Takes enter and esc alone; every other key goes nowhere."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "leave", show=False)]

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """What it is, and how to go on."""
        with Vertical(classes="card"):
            yield Static(self._words, classes="card--said", markup=False)
            yield Static("enter or esc: go on", classes="card--hint")

    def action_leave(self) -> None:
        """Read."""
        self.dismiss(None)
