"""A text file that came with a ticket: a page to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.files import text_lines
from tui.screens.page import Page
from tui.words import Line, Tone


class TextPage(Page):
    """``name``: what the file is called; ``text``: all of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("O", "leave", show=False)]

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self._name, self._text = name, text

    def on_mount(self) -> None:
        """It is there already."""
        super().on_mount()
        self.call_after_refresh(self.draw)

    def heading(self) -> Sequence[Line]:
        """What it is called."""
        return [((f" {self._name}", Tone.STRONG),)]

    def lines(self, cells: int) -> Sequence[Line]:
        """As the patron broke them, and harmless."""
        return [((f" {each}", Tone.PLAIN),) for each in text_lines(self._text, cells - 2)]
