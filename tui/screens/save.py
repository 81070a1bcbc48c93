"""Where to save a ticket's files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from helpdesk.thread import File
from tui.files import clean_name, folder_of, short
from tui.plain import cut
from tui.screens.pick import still
from tui.words import plural, size

SHOWN = 8
"""How many files are named."""


class SaveScreen(ModalScreen[Path | None]):
    """Returns the folder, None to save nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "nothing", show=False)]
    AUTO_FOCUS = "Input"

    def __init__(self, number: int, files: Sequence[File], folder: Path) -> None:
        super().__init__()
        self._number = number
        self._files = files
        self._folder = folder

    def compose(self) -> ComposeResult:
        """The files, and the folder they go to."""
        with Vertical(classes="card"):
            title = f"Save {plural(len(self._files), 'file')} of ticket {self._number}"
            yield Static(title, classes="card--title", markup=False)
            yield Static(Text("\n".join(self._names())), classes="card--words")
            yield still(Input(short(self._folder, Path.home()), compact=True, placeholder="a folder"))
            yield Static("", id="wrong", markup=False)
            yield Static("enter saves into this folder   esc leaves", classes="card--hint")

    def _names(self) -> list[str]:
        lines = [f"{cut(clean_name(file.name), 44)}  {size(file.size)}" for file in self._files[:SHOWN]]
        more = len(self._files) - SHOWN
        return [*lines, f"and {plural(more, 'more file')}"] if more > 0 else lines

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self._wrong("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A folder that is there is taken."""
        try:
            folder = folder_of(event.value)
        except ValueError as error:
            self._wrong(str(error))
        else:
            self.dismiss(folder)

    def _wrong(self, words: str) -> None:
        wrong = self.query_one("#wrong", Static)
        wrong.update(words)
        wrong.display = bool(words)

    def action_nothing(self) -> None:
        """Save nothing."""
        self.dismiss(None)
