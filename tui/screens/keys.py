"""All keys, from the command table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.commands import Command
from tui.footer import keys_page
from tui.screens.page import Page
from tui.words import Line, Tone


class KeysScreen(Page):
    """The keys under their headings; those that opened the page leave it, too."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1", "leave", show=False)]

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._commands = commands

    def heading(self) -> Sequence[Line]:
        """What it is."""
        return [((" Keys of the desk", Tone.STRONG),)]

    def lines(self, cells: int) -> Sequence[Line]:
        """In two columns where there is room: the bar that scrolls hides nothing of the second."""
        return keys_page(self._commands, self.size.width)
