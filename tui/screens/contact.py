"""Log a contact: a digit, or a few words and how they came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from textual.widgets import Input

from tui.screens.line import TypeAndPick
from tui.screens.pick import Option

T = TypeVar("T")


class LogContact(TypeAndPick[T]):
    """Returns what was typed and what was chosen. A digit that is typed first, and has an option, is the whole answer.

    The options of ``digits`` come first, in their order; the bar stands below them.
    """

    HINT = "a digit logs it   enter takes the marked line   ↑ ↓   esc"

    def __init__(self, options: Sequence[Option[T]], digits: Collection[str]) -> None:
        what = "a digit; or what it was about, or nothing"
        super().__init__("Log a contact", options, placeholder=what, start=len(digits))
        self._keys_there = tuple(digits)

    def on_input_changed(self, event: Input.Changed) -> None:
        """A digit, and nothing before it."""
        if event.value in self._keys_there:
            self.dismiss(("", self._options[self._keys_there.index(event.value)].value))
