"""Whom a reply goes to, where somebody wrote who was not on the ticket."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.selection_list import Selection

from helpdesk.message import Address
from tui.prose import address_words
from tui.widgets.ticks import Ticks


class Include(ModalScreen[tuple[Address, ...] | None]):
    """Returns who shall get the reply besides the patron, None to think again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("enter", "done", show=False, priority=True),
        Binding("ctrl+s", "done", show=False, priority=True),
        Binding("f9", "done", show=False, priority=True),
    ]

    def __init__(self, strangers: tuple[Address, ...]) -> None:
        super().__init__()
        self._strangers = strangers

    def compose(self) -> ComposeResult:
        """The question, and a box for each address."""
        words = "They wrote to this ticket without being on it. Whoever is ticked gets your reply too and may read on."
        with Vertical(classes="card"):
            yield Static("Who gets this reply?", classes="card--title")
            yield Static(words, classes="card--words")
            yield Ticks(
                *[Selection(Text(address_words(who)), at) for at, who in enumerate(self._strangers)], compact=True
            )
            yield Static("space ticks   enter sends   esc goes back to the text", classes="card--hint")

    def action_done(self) -> None:
        """As ticked."""
        ticked = self.query_one(Ticks).selected
        self.dismiss(tuple(self._strangers[at] for at in sorted(ticked)))

    def action_nothing(self) -> None:
        """Think again."""
        self.dismiss(None)
