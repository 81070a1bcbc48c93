"""All keys, from the command table: as they are bound here, found by a word, with what can't be done now and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.background import stands
from tui.commands import Command
from tui.footer import keys_page
from tui.screens.pick import still
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.words import Line, Tone

FOOT: Line = (
    (" type ", Tone.ACCENT),
    ("to find   ", Tone.DIM),
    ("↑ ↓ ", Tone.ACCENT),
    ("scroll   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back   ", Tone.DIM),
)


class KeysScreen(ModalScreen[None]):
    """The keys under their headings. ``why``: why a command can't be done where the reader is, "" if it can."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "leave", show=False),
        Binding("question_mark,enter", "leave", show=False, priority=True),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, commands: tuple[Command, ...], why: Callable[[Command], str]) -> None:
        super().__init__()
        self._commands, self._why = commands, why

    def compose(self) -> ComposeResult:
        """What it is, a line to find with, the keys, and how to leave."""
        yield Lines(id="page-head")
        yield still(Input(compact=True, placeholder="a word of what you look for"))
        yield ThreadView(id="page-lines")
        yield Lines(id="page-foot")

    def on_mount(self) -> None:
        """How to leave stands there from the first."""
        self.query_one("#page-lines").can_focus = False
        self.query_one("#page-foot", Lines).show([FOOT])

    def on_resize(self, event: events.Resize) -> None:
        """In two columns where there is room."""
        self.call_after_refresh(self._draw)

    @on(Input.Changed)
    def _draw(self) -> None:
        if not stands(self, "#page-head", "#page-lines"):
            return
        brackets = "   (in brackets): not just now; type its name to see why"
        self.query_one("#page-head", Lines).show([((" Keys of the desk", Tone.STRONG), (brackets, Tone.DIM)), ()])
        page, typed = self.query_one("#page-lines", ThreadView), self.query_one(Input).value
        lines = keys_page(self._commands, page.cells, self._why, typed)
        page.scroll_to(y=0, animate=False)
        page.show(lines or [((" No command has these words.", Tone.DIM),)])

    def action_leave(self) -> None:
        """Back to where the reader was."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Up or down."""
        self.query_one("#page-lines", ThreadView).move(lines)
