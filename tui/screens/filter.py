"""``/``: narrow the list by a query. The list behind follows what is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input

from helpdesk.queries import Completion, Known, complete
from tui.filtering import doubted, looked, offers, wrong
from tui.screens.pick import still
from tui.widgets.lines import Lines
from tui.words import Line, Tone

BEFORE = 2
"""Cells left of what is typed."""

REST = 0.1
"""Seconds without a key after which the list follows."""

KEYS: Line = (
    (" tab ", Tone.ACCENT),
    ("completes   ", Tone.DIM),
    ("enter ", Tone.ACCENT),
    ("keeps it   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("shows all", Tone.DIM),
)


class FilterScreen(ModalScreen[str | None]):
    """Returns the query, None for none. ``narrow`` hears of each text that is a query, as it is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("tab", "complete", show=False, priority=True),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, text: str, known: Known, narrow: Callable[[str], None]) -> None:
        super().__init__()
        self._text, self._known, self._narrow = text, known, narrow
        self._told = text
        self._found: tuple[Completion, ...] = ()
        self._marked: int | None = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is offered, the line, what is wrong with it, and the keys."""
        with Vertical(id="filter"):
            yield Lines(id="filter-offers")
            placeholder = "channel:sms breaching:<10m -owner:me, or words"
            yield still(Input(self._text, compact=True, placeholder=placeholder, select_on_focus=False))
            yield Lines(id="filter-wrong")
            yield Lines(id="filter-foot")

    def on_mount(self) -> None:
        """The cursor stands at the end."""
        answer = self.query_one(Input)
        answer.cursor_position = len(answer.value)
        self.query_one("#filter-foot", Lines).show([KEYS])

    def learn(self, known: Known) -> None:
        """More of the library's own values are known by now."""
        self._known = known
        if self.is_attached and self.query("#filter-foot"):
            self._draw()

    def on_resize(self) -> None:
        """As wide as there is room."""
        self.call_after_refresh(self._draw)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._marked = None
        self._draw()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._follow)

    def _follow(self) -> None:
        text = self.query_one(Input).value.strip()
        if text != self._told and looked(text) is None:
            self._told = text
            self._narrow(text)

    def _draw(self) -> None:
        answer, cells = self.query_one(Input), self.size.width
        text = answer.value
        self._found = complete(text, answer.cursor_position, self._known)
        self.query_one("#filter-offers", Lines).show(offers(self._found, self._marked, cells))
        error = looked(text)
        doubt = doubted(text, self._known)
        said = wrong(text, error, cells, BEFORE) if error else [((f" {doubt}", Tone.SOON),)] if doubt else []
        self.query_one("#filter-wrong", Lines).show(said)

    def action_move(self, lines: int) -> None:
        """Mark another completion."""
        if self._found:
            self._marked = ((self._marked if self._marked is not None else -(lines > 0)) + lines) % len(self._found)
            self._draw()

    def action_complete(self) -> None:
        """Take the marked completion, or the first one."""
        if self._found:
            answer = self.query_one(Input)
            answer.value, answer.cursor_position = self._found[self._marked or 0].taken(answer.value)
            self._marked = None
            self._draw()

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        """Take the marked completion; with none marked keep the query, if it is one."""
        if self._marked is not None:
            self.action_complete()
        elif looked(event.value) is None:
            self.dismiss(event.value.strip())

    def action_nothing(self) -> None:
        """Show all again."""
        self.dismiss(None)
