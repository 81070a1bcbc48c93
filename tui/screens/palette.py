"""``:`` and ctrl+p: find a command by its name or what it does, and type what it takes after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.colon import Said, completed, matching, named
from tui.commands import MOVE, Command, Where, here
from tui.completing import offered
from tui.elsewhere import elsewhere
from tui.keymap import shown
from tui.plain import cut, fit, one_line, width
from tui.screens.pick import FOOT, still
from tui.sitting import Sitting
from tui.widgets.lines import Lines

NAME = 18
"""Cells for a command's name, beside what it does."""

NOTHING = "Nothing found. Type fewer letters."


class Palette(ModalScreen[Said | None]):
    """Returns a command and what it was given, None for none.

    What can't be done now stands there with its reason. ``line`` is what stands in it at first, ``wrong`` what could
    not be read of that.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "nothing", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("tab", "complete", show=False, priority=True),
    ]
    AUTO_FOCUS = "Input"

    def __init__(
        self, sitting: Sitting, place: Where, why: Callable[[Command], str], *, line: str = "", wrong: str = ""
    ) -> None:
        super().__init__()
        self._sitting, self._why = sitting, why
        self._all = tuple(each for each in here(sitting.commands, place) if each.id != "palette")
        self._line, self._wrong = line, wrong
        self._offered: tuple[Said, ...] = ()

    def compose(self) -> ComposeResult:
        """The line, what is wrong with it, what it may mean, and what the marked command takes."""
        with Vertical(classes="card wide"):
            yield Static("Commands", classes="card--title", markup=False)
            placeholder = "type to filter, or a command and what it takes"
            yield still(Input(self._line, compact=True, placeholder=placeholder, select_on_focus=False))
            yield Static(self._wrong, id="wrong", markup=False)
            yield OptionList(compact=True)
            yield Static(NOTHING, id="nothing", markup=False)
            yield Static("", classes="card--hint", id="takes", markup=False)
        yield Lines(id="question-foot")

    def on_mount(self) -> None:
        """All commands stand there, or what fits the line. The last line says how to choose."""
        self.query_one("#question-foot", Lines).show([FOOT])
        self.query_one(OptionList).can_focus = False

    def on_resize(self) -> None:
        """As wide as there is room."""
        self.call_after_refresh(self._show)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.value != self._line:
            self._line, self._wrong = event.value, ""
            self._show()

    def _show(self) -> None:
        said = self._said
        self._offered = (*self._completed(said), *map(Said, self._found))
        found = self.query_one(OptionList)
        cells = self.query_one(".card").size.width - 1
        found.clear_options()
        found.add_options([Option(self._prompt(each, cells)) for each in self._offered])
        found.highlighted = 0 if self._offered and not (said and said.rest) else None
        nothing = self.query_one("#nothing", Static)
        nothing.update(" ".join(elsewhere(self._line)) or NOTHING)
        nothing.display = not self._offered and said is None
        wrong = self.query_one("#wrong", Static)
        wrong.update(self._wrong)
        wrong.display = bool(self._wrong)
        self._hint()

    @property
    def _said(self) -> Said | None:
        """The command that the line names, if it takes what follows or nothing else is meant."""
        said = named(self._line, self._all)
        if said is None or (said.rest and said.command.takes is None and matching(self._line, self._all)):
            return None
        return said

    @property
    def _found(self) -> list[Command]:
        """Commands by their help; those that only move the bar are not listed, but can be typed."""
        return [each for each in matching(self._line, self._all) if each.group != MOVE and each.id != "view"]

    def _completed(self, said: Said | None) -> list[Said]:
        if said is None or not (said.rest or self._line.endswith(" ")):
            return []
        return [Said(said.command, value) for value in completed(said.rest, offered(said.command, self._sitting))]

    def _prompt(self, said: Said, cells: int) -> Content:
        command, why = said.command, self._why(said.command)
        words = said.rest or why or command.help
        key = shown(command) if not said.rest else ""
        room = max(cells - NAME - width(key) - 1, 8)
        told = fit(command.label, NAME) + fit(cut(one_line(words), room), room)
        return Content.assemble((told, "$faint italic" if why else ""), (f" {key}", "$dim"))

    @on(OptionList.OptionHighlighted)
    def _hint(self) -> None:
        """What the marked command takes, or why it can't be done, whole."""
        place, said = self.query_one(OptionList).highlighted, self._said
        said = said if place is None else self._offered[place]
        words = "enter does it   tab completes   esc leaves it"
        if said is not None and (why := self._why(said.command)):
            words = f"{said.command.help}. {why}"
        elif said is not None and said.command.takes is not None:
            words = f":{said.command.id} {said.command.takes.words}   tab completes   esc leaves it"
        self.query_one("#takes", Static).update(words)

    @on(Input.Submitted)
    def _taken(self) -> None:
        """Do what is marked; where nothing is, what the line says."""
        place = self.query_one(OptionList).highlighted
        said = self._offered[place] if place is not None else self._said
        if said is not None:
            self.dismiss(said)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._offered[event.option_index])

    def action_complete(self) -> None:
        """Put the marked line, or the first one, into the line to type on."""
        place = self.query_one(OptionList).highlighted or 0
        if self._offered:
            said, answer = self._offered[place], self.query_one(Input)
            answer.value = f"{said.command.id} {said.rest}".rstrip() + " " * (said.command.takes is not None)
            answer.cursor_position = len(answer.value)

    def action_move(self, lines: int) -> None:
        """Another line."""
        found = self.query_one(OptionList)
        (found.action_cursor_down if lines > 0 else found.action_cursor_up)()

    def action_nothing(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)
