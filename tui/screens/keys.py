"""All keys, from the command table."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.commands import Command
from tui.footer import keys_page
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.words import Tone


class KeysScreen(ModalScreen[None]):
    """A page to read; any of its own keys leaves or scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """A heading, the page, and how to leave."""
        yield Lines(id="keys-head")
        yield ThreadView(id="keys-page")
        yield Lines(id="keys-foot")

    def on_resize(self, event: events.Resize) -> None:
        """Lay the page out for the width."""
        self.query_one("#keys-head", Lines).show([((" Keys of the desk", Tone.STRONG),), ()])
        self.query_one("#keys-foot", Lines).show(
            [((" j k ", Tone.ACCENT), ("scroll   ", Tone.DIM), ("esc ", Tone.ACCENT), ("back", Tone.DIM))]
        )
        self.query_one(ThreadView).show(keys_page(self._commands, event.size.width))

    def action_leave(self) -> None:
        """Back to where the reader was."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Up or down."""
        self.query_one(ThreadView).move(lines)
