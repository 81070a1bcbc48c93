"""Selecting many tickets of the list, to act on all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from helpdesk.ports.views import Listing
from helpdesk.worklist import Anchor, Page, Row
from tui.allowed import MANY, ON_TICKET, Target, one_only, target, why_not
from tui.background import holds
from tui.commands import Command
from tui.render import Eye, heads
from tui.screens.noise import Noise
from tui.selecting import MOST, Selection, selected_line
from tui.sitting import Sitting
from tui.undoing import Deed
from tui.widgets.lines import Lines
from tui.widgets.tickets import TicketList
from tui.window import nearest_anchor
from tui.words import Line, plural


class Selecting(Noise):
    """A list of tickets of which some may be selected."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._selection = Selection()

    @property
    def standing(self) -> bool:
        """Whether the list is there, too: when the desk closes, widgets go one after the other."""
        return super().standing and holds(self, "#tickets")

    @property
    def tickets(self) -> TicketList:
        """The list."""
        raise NotImplementedError

    async def _read(self, start: int, count: int, near: Anchor | None) -> Page | Listing | None:
        """A page of it; None where that failed, and the reader was told."""
        raise NotImplementedError

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    @selection.setter
    def selection(self, selection: Selection) -> None:
        """Another selection, which is drawn."""
        self._selection = selection
        self.sitting.selected = len(selection)
        if self.standing:
            self.tickets.refresh()
            self.draw_heads()
            self.draw_frame()

    @property
    def chosen(self) -> tuple[Target, ...]:
        """The tickets that are selected."""
        return self._selection.targets

    def keep_chosen(self, left: Sequence[Target]) -> None:
        """Many were acted on: these stay selected."""
        self.selection = Selection({each.id: each for each in left})

    def eye(self) -> Eye:
        """Who looks, and at which selection."""
        return replace(self.sitting.eye, chosen=self._selection.ids)

    def see(self) -> None:
        """The list was read again: what is selected and stands in it is as it stands there."""
        if self._selection and self.standing:
            self._selection = self._selection.seen(map(target, self.tickets.window.rows))

    def draw_heads(self) -> None:
        """The line above the rows: what their columns are, or how many rows are selected."""
        if self.standing:
            self.query_one("#heads", Lines).show([self._heads()])

    def _heads(self) -> Line:
        key, columns = self._key_of("none"), self.tickets.columns
        if self._selection:
            return selected_line(len(self._selection), key, heads(columns))
        return heads(columns)

    def why_not(self, command: Command) -> str:
        """While many are selected, commands are about all of them, or not for now."""
        if command.id in {"select", "range"} and self.target is None:
            return "No ticket is selected. Move to one first ({key:down}, {key:up})."
        if not self._selection or command.id not in ON_TICKET:
            return super().why_not(command)
        if command.id not in MANY:
            return one_only(len(self._selection), self._key_of("none"))
        me, now, role, name = self.sitting.actor, self.sitting.clock.now(), self.sitting.role, self.sitting.name
        reasons = [why_not(command.id, each, me, now, role=role, name=name) for each in self.chosen]
        return reasons[0] if all(reasons) else ""

    def do_select(self) -> None:
        """Select the ticket under the cursor, or no longer; then the next one."""
        if (here := self.target) is None:
            return
        line = self.tickets.window.cursor
        try:
            self.selection = self._selection.toggled(here, line)
        except ValueError as error:
            self.say(str(error), warn=True)
            return
        self.tickets.move(1)

    def do_range(self) -> None:
        """Select all from the one that was selected last to the cursor; the first time, begin there."""
        here, mark = self.target, self._selection.mark
        if here is None:
            return
        line = self.tickets.window.cursor
        if mark is None or mark[0] == here.id:
            self.selection = self._selection.with_all([here], (here.id, line))
            self.say(f"A range begins here. Move, then {self._key_of('range')} selects all between.")
        else:
            self._before_keys(partial(self._select_between, self._line_of(mark[0], mark[1]), line), "range")

    def _line_of(self, ticket: str, line: int) -> int:
        """On which line a ticket stands by now; ``line`` where that is not in memory."""
        window = self.tickets.window
        return next((at for at, row in enumerate(window.rows, start=window.start) if row.id == ticket), line)

    async def _select_between(self, one: int, other: int) -> None:
        first, last = min(one, other), max(one, other)
        near = nearest_anchor(self.tickets.window, first)
        page = await self._read(first, min(last - first + 1, MOST + 1), near)
        rows: tuple[Row, ...] = page.rows if page is not None and page.start == first else ()
        try:
            self.selection = self._selection.with_all(map(target, rows), None)
        except ValueError as error:
            self.say(str(error), warn=True)

    def do_seen(self) -> None:
        """Take the marks of what changed away: of those that are selected, or of all."""
        looked, chosen = self.sitting.looked, self._selection.ids
        were = looked.at(chosen or looked.changed)
        if not were:
            self.say("Nothing is marked as changed.")
            return

        async def back() -> bool:
            looked.mark(were)
            self.tickets.tick()
            return True

        async def again() -> bool:
            looked.at(were)
            self.tickets.tick()
            return True

        words = f"{plural(len(were), 'ticket')} marked as seen"
        self.sitting.deeds.done(Deed(words=words, undo=back, redo=again))
        self.tickets.tick()
        self.say(f"{words}.")

    def do_none(self) -> None:
        """Select nothing; while many are acted on, stop after the one at hand."""
        if not self.stops():
            self.selection = Selection()
