"""How did it go: a card that one key answers, and that is never in the way."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.grading import Said, pressed, scale, so_far
from tui.widgets.lines import Lines


class GradeCard(ModalScreen[Said | None]):
    """Returns what was said, None for nothing. A level ends it; a key that means nothing here goes on to the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape", "done", show=False)]

    def __init__(self, number: int, said: Said) -> None:
        super().__init__()
        self._number = number
        self._before = self._said = said

    def compose(self) -> ComposeResult:
        """What is asked, the scale, and what was said so far."""
        with Vertical(classes="card"):
            yield Static(f"How much work was ticket {self._number}? (READ)", classes="card--title", markup=False)
            yield Lines(id="scale")
            yield Static("", id="so-far", classes="card--words", markup=False)
            hint = "y n was one contact enough?   1-6 the work, which ends it   esc leaves it"
            yield Static(hint, classes="card--hint", markup=False)

    def on_mount(self) -> None:
        """As it was said before."""
        self._show()

    def _show(self) -> None:
        self.query_one("#scale", Lines).show(scale(self._said))
        self.query_one("#so-far", Static).update(f"So far: {so_far(self._said)}.")

    def on_key(self, event: events.Key) -> None:
        """A level or yes or no; anything else was meant for the desk."""
        if event.key in {"enter", "escape"}:
            return
        event.stop()
        found = pressed(event.key, self._said)
        if found is None:
            self.action_done()
            self.app.simulate_key(event.key)
            return
        self._said = found
        if event.key.isdecimal():
            self.action_done()
        else:
            self._show()

    def action_done(self) -> None:
        """Back, with what was said."""
        self.dismiss(self._said if self._said != self._before else None)
