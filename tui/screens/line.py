"""Type a line or two: a time, a reason, a few words; or a line beside a choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.screens.pick import Option, prompts, still

T = TypeVar("T")

Check = Callable[[str], object]
"""Looks at what was typed; a ValueError says in words what is wrong with it."""


def some_words(typed: str) -> None:
    """At least a word."""
    if not typed.strip():
        raise ValueError("Say it in a few words; esc leaves it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line to type: what it may look like, what stands there already, and what is wrong with what was typed."""

    placeholder: str
    value: str = ""
    check: Check = some_words


class TypeLines(ModalScreen[tuple[str, ...] | None]):
    """Returns what was typed, line by line, None for nothing. What a check refuses stays, with the reason under it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, title: str, fields: Sequence[Field], *, words: str = "") -> None:
        super().__init__()
        self._title, self._words = title, words
        self._fields = tuple(fields)

    def compose(self) -> ComposeResult:
        """A title, what there is to know, the lines, and what is wrong."""
        with Vertical(classes="card"):
            yield Static(self._title, classes="card--title", markup=False)
            if self._words:
                yield Static(self._words, classes="card--words", markup=False)
            for field in self._fields:
                yield still(Input(field.value, compact=True, placeholder=field.placeholder, classes="line"))
            yield Static("", id="wrong", markup=False)
            moves = "↑ ↓ other lines   " if len(self._fields) > 1 else ""
            yield Static(f"enter goes on   {moves}esc leaves it", classes="card--hint")

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self._wrong("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the next line; after the last one all are looked at, and returned if they are good."""
        lines = list(self.query(Input))
        place = lines.index(event.input)
        if self._is_wrong(place, event.value):
            return
        if place + 1 < len(lines):
            lines[place + 1].focus()
            return
        for at, line in enumerate(lines):
            if self._is_wrong(at, line.value):
                line.focus()
                return
        self.dismiss(tuple(line.value.strip() for line in lines))

    def _is_wrong(self, place: int, typed: str) -> bool:
        words = ""
        try:
            self._fields[place].check(typed)
        except ValueError as error:
            words = str(error)
        self._wrong(words)
        return bool(words)

    def _wrong(self, words: str) -> None:
        wrong = self.query_one("#wrong", Static)
        wrong.update(words)
        wrong.display = bool(words)

    def action_nothing(self) -> None:
        """Type nothing."""
        self.dismiss(None)


class TypeAndPick(ModalScreen[tuple[str, T] | None], Generic[T]):
    """A line to type, which may stay empty, and a choice under it; enter takes both.

    ``start``: the place of the likeliest option, on which the bar stands
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]
    AUTO_FOCUS = "Input"

    HINT: ClassVar[str] = "enter takes the marked line   ↑ ↓ choose   esc leaves it"

    def __init__(
        self, title: str, options: Sequence[Option[T]], *, placeholder: str, start: int = 0, words: str = ""
    ) -> None:
        super().__init__()
        self._title, self._placeholder, self._start, self._words = title, placeholder, start, words
        self._options = tuple(options)

    def compose(self) -> ComposeResult:
        """A title, what there is to know, the line, and the choice."""
        with Vertical(classes="card"):
            yield Static(self._title, classes="card--title", markup=False)
            if self._words:
                yield Static(self._words, classes="card--words", markup=False)
            yield still(Input(compact=True, placeholder=self._placeholder, classes="line"))
            yield OptionList(*prompts(self._options), compact=True)
            yield Static(self.HINT, classes="card--hint")

    def on_mount(self) -> None:
        """The bar on the likeliest line; the keys stay with what is typed."""
        found = self.query_one(OptionList)
        found.can_focus = False
        found.highlighted = self._start

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take both."""
        place = self.query_one(OptionList).highlighted or 0
        self.dismiss((event.value.strip(), self._options[place].value))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes both, too."""
        self.dismiss((self.query_one(Input).value.strip(), self._options[event.option_index].value))

    def action_move(self, lines: int) -> None:
        """Another choice."""
        found = self.query_one(OptionList)
        (found.action_cursor_down if lines > 0 else found.action_cursor_up)()

    def action_nothing(self) -> None:
        """Leave it."""
        self.dismiss(None)
