"""Which of a patron's messages become a ticket of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.selection_list import Selection

from tui.widgets.ticks import Ticks

WORDS = (
    "Ticked messages go over to a new ticket, and its clocks start when the earliest of them came in. "
    "The first message stays here, too."
)


class WhichMessages(ModalScreen[tuple[int, ...] | None]):
    """Returns the places of those that were ticked, None to leave it. The last is ticked already."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("enter", "done", show=False, priority=True),
        Binding("j", "next", show=False),
        Binding("k", "previous", show=False),
    ]

    def __init__(self, number: int, messages: Sequence[str]) -> None:
        super().__init__()
        self._number = number
        self._messages = tuple(messages)

    def compose(self) -> ComposeResult:
        """The question, and a box for each message."""
        last = len(self._messages) - 1
        with Vertical(classes="card"):
            yield Static(f"Split ticket {self._number}: which messages ask something else?", classes="card--title")
            yield Static(WORDS, classes="card--words")
            yield Ticks(
                *[Selection(Text(words), at, at == last) for at, words in enumerate(self._messages)], compact=True
            )
            yield Static("space ticks   enter goes on   esc leaves it", classes="card--hint")

    def on_mount(self) -> None:
        """The bar on the last, which is ticked."""
        self.query_one(Ticks).highlighted = len(self._messages) - 1

    def action_done(self) -> None:
        """As ticked."""
        if ticked := self.query_one(Ticks).selected:
            self.dismiss(tuple(sorted(ticked)))
        else:
            self.notify("Nothing is ticked: space ticks the message under the bar, esc leaves it all here.")

    def action_next(self) -> None:
        """The next line."""
        self.query_one(Ticks).action_cursor_down()

    def action_previous(self) -> None:
        """The line before."""
        self.query_one(Ticks).action_cursor_up()

    def action_nothing(self) -> None:
        """Leave it."""
        self.dismiss(None)
