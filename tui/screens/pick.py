"""Choose one of a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option as ListOption

from tui.plain import one_line, width
from tui.widgets.lines import Lines
from tui.words import Line, Tone

T = TypeVar("T")

FOOT: Line = (
    (" ↑ ↓ ", Tone.ACCENT),
    ("choose   ", Tone.DIM),
    ("enter ", Tone.ACCENT),
    ("take it   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back", Tone.DIM),
)
"""What stands in the last line."""

KEYS = "↓ j and ↑ k move, enter takes it, esc goes back; nothing is done until then"
TYPED_KEYS = "type to find, ↓ ↑ move, enter takes it, esc goes back; nothing is done until then"
"""What ``?`` says of a card; F1 where letters find."""


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """A line to choose: its words, a hint at its right, what choosing it returns, and other words to find it by."""

    words: str
    hint: str
    value: T
    known_as: str = ""


class Pick(ModalScreen[T | None]):
    """Returns the chosen value, None for none. With ``typed`` a line above filters the options."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("j", "next", show=False),
        Binding("k", "previous", show=False),
        Binding("down", "next", show=False),
        Binding("up", "previous", show=False),
        Binding("question_mark,f1", "keys", show=False),
    ]
    AUTO_FOCUS = "Input, OptionList"
    card: ClassVar[str] = "card"

    def __init__(self, title: str, options: Sequence[Option[T]], *, words: str = "", typed: bool = False) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._options = tuple(options)
        self._shown = self._options
        self._typed = typed

    def compose(self) -> ComposeResult:
        """A title, what there is to know, and the lines."""
        with Vertical(classes=self.card):
            yield Static(self._title, classes="card--title", markup=False)
            if self._words:
                yield Static(self._words, classes="card--words", markup=False)
            if self._typed:
                yield still(Input(compact=True, id="filter", placeholder="type to filter"))
            yield OptionList(*prompts(self._options), compact=True)
            yield Static("", classes="card--hint", id="whole", markup=False)
            yield Static("Nothing found. Type fewer letters.", id="nothing")
            yield Static(TYPED_KEYS if self._typed else KEYS, classes="card--hint", id="keys", markup=False)
        yield Lines(id="question-foot")

    def on_mount(self) -> None:
        """All options are there yet. The last line says how to choose, in place of the keys of what lies behind."""
        self.query_one("#question-foot", Lines).show([FOOT])
        self.query_one("#nothing").display = False
        self.query_one("#keys").display = False
        self.query_one("#whole").display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what holds all the words typed."""
        words = event.value.casefold().split()
        self._shown = tuple(
            option
            for option in self._options
            if all(word in f"{option.words} {option.hint} {option.known_as}".casefold() for word in words)
        )
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(prompts(self._shown, among=self._options))
        found.highlighted = 0 if self._shown else None
        self.query_one("#nothing").display = not self._shown

    def on_input_submitted(self) -> None:
        """Enter in the filter takes the highlighted line."""
        self.query_one(OptionList).action_select()

    def on_option_list_option_highlighted(self) -> None:
        """Another line is marked."""
        self.call_after_refresh(point_at, self.query_one(OptionList))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(self._shown[event.option_index].value)

    def action_nothing(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)

    def action_keys(self) -> None:
        """Show which keys it has, or no longer."""
        keys = self.query_one("#keys")
        keys.display = not keys.display

    def action_next(self) -> None:
        """The next line."""
        self.query_one(OptionList).action_cursor_down()

    def action_previous(self) -> None:
        """The line before."""
        self.query_one(OptionList).action_cursor_up()


def point_at(found: OptionList) -> None:
    """Put the terminal's own cursor on the marked line, for screen readers; where one types, it is there."""
    if found.has_focus and found.highlighted is not None:
        line = round(found.highlighted - found.scroll_offset.y)
        at = found.content_region.offset + Offset(0, line)
        if at != found.app.cursor_position:
            found.app.cursor_position = at
            found.refresh()  # it is told with what is drawn next, and else nothing may be for a while


def still(answer: Input) -> Input:
    """An input whose cursor does not blink: a quiet screen sends nothing."""
    answer.cursor_blink = False
    return answer


def prompts(shown: Sequence[Option[T]], *, among: Sequence[Option[T]] = ()) -> list[ListOption]:
    """Lines to choose, their hints in one column: as wide as the widest of all that there are to choose ``among``."""
    cells = max((width(one_line(option.words)) for option in among or shown), default=0) + 3
    return [ListOption(prompt(option.words, option.hint, cells)) for option in shown]


def prompt(words: str, hint: str, cells: int) -> Content:
    """A line's words and, dimmed in a column of their own, its hint."""
    plain = one_line(words)
    gap = " " * max(cells - width(plain), 1)
    return Content.assemble(plain, gap, (one_line(hint), "$dim")) if hint else Content(plain)
