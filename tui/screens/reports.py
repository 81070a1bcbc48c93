"""The reports screen: how it stands now, and the figures of any day, week, month or term, by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from helpdesk.message import TicketId
from helpdesk.noise.incidents import NoiseMap
from helpdesk.ports.reports import Figures, Form, Length, Missed, Table, Written
from helpdesk.sight import Standing
from helpdesk.thread import Thread
from tui.background import in_background
from tui.files import put, short, target_of
from tui.misses import miss_words
from tui.progress import Meter, Stopped
from tui.render import Eye
from tui.reports import FORMS, NOW, TABS, Choice, heading, report_lines, tabs
from tui.screens.line import Field, TypeLines
from tui.screens.miss import MissPage
from tui.screens.noise_map import NoiseMapScreen
from tui.screens.page import FoundPage
from tui.screens.pick import Option, Pick
from tui.sitting import Sitting
from tui.standing import heading as now_heading
from tui.standing import standing_lines
from tui.words import Line, Tone

NARROWEST = 78
"""The fewest cells that the columns are laid out for."""

KEYS: Line = (
    (" 1-5 ", Tone.ACCENT),
    ("period  ", Tone.DIM),
    ("← → ", Tone.ACCENT),
    ("before, after  ", Tone.DIM),
    ("m ", Tone.ACCENT),
    ("misses  ", Tone.DIM),
    ("e ", Tone.ACCENT),
    ("to a file  ", Tone.DIM),
    ("M ", Tone.ACCENT),
    ("noise  ", Tone.DIM),
    ("? ", Tone.ACCENT),
    ("keys  ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back", Tone.DIM),
)


class Asked(Protocol):
    """Who asks the desk for the reports screen, and tells what failed: the screen that it was opened from."""

    sitting: Sitting

    async def reported(self, choice: Choice) -> Standing | Figures | None:
        """What a tab shows."""
        ...

    async def noise_mapped(self) -> NoiseMap | None:
        """Where and when it was noisy."""
        ...

    async def report_written(self, length: Length, back: int, form: Form, table: Table) -> Written | None:
        """A report as a file has it."""
        ...

    async def missed_ticket(self, number: int) -> Thread | None:
        """The ticket of a miss."""
        ...

    async def explain_miss(self, thread: Thread, why: str) -> bool:
        """Keep the reason of a miss."""
        ...

    def open_ticket(self, ticket: TicketId) -> None:
        """Show a ticket."""
        ...

    def why_not_to(self, command: str) -> str:
        """Why their role may not do something."""
        ...

    @property
    def usual_folder(self) -> Path:
        """Where files of this member go."""
        ...

    def report_saved(self, path: Path) -> None:
        """A report lies in a file now."""
        ...

    def say(self, words: str, *, warn: bool = False, long: bool = False) -> None:
        """A toast."""
        ...


class ReportsScreen(FoundPage[Standing | Figures]):
    """``choice``: what is looked at, or being read; what was read last shows until then, and again if esc stops it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"{digit}", f"tab({digit})", show=False) for digit in range(1, len(TABS) + 1)),
        Binding("left,h", "step(1)", show=False),
        Binding("right,l", "step(-1)", show=False),
        Binding("m", "misses", show=False),
        Binding("e", "export", show=False),
        Binding("M", "map", show=False),
        Binding("R", "leave", show=False),
    ]
    fresh = 30
    waiting = "Reading the figures …"
    foot = KEYS
    own_keys = (
        ("1", "How it stands now"),
        ("2 3 4 5", "Today, this week, this month, this term"),
        ("←  h", "The period before"),
        ("→  l", "The period after"),
        ("m", "Go through what was missed, and say why"),
        ("e", "Write this report to a file"),
        ("M", "Where and when it was noisy"),
        ("R  enter", "Back to where you were"),
    )

    def __init__(self, asked: Asked, choice: Choice = NOW) -> None:
        super().__init__(self._ask)
        self._asked = asked
        self.choice = choice
        self._seen = choice
        self._opening: TicketId | None = None

    async def _ask(self) -> Standing | Figures | None:
        return await self._asked.reported(self.choice)

    @property
    def _eye(self) -> Eye:
        return self._asked.sitting.eye

    @property
    def figures(self) -> Figures | None:
        """What shows, where it is a period."""
        return self.found if isinstance(self.found, Figures) else None

    @property
    def _no_figures(self) -> str:
        """Why there are none of a period."""
        if self.choice.what == "now":
            return "Choose a period first: 2 today, 3 week, 4 month, 5 term."
        return "These figures are still being read."

    # What stands there

    def heading(self) -> Sequence[Line]:
        """The tabs, and of which days it is."""
        if self.found is None or self.choice != self._seen:
            words = f" {self.waiting} ({self.choice.called}; esc stops)"
            return [tabs(self.choice), ((words, Tone.SOON),)]
        return [tabs(self.choice), *self.heading_of(self.found)]

    def heading_of(self, found: Standing | Figures) -> Sequence[Line]:
        """Of when it is."""
        return [now_heading(found) if isinstance(found, Standing) else heading(found.period)]

    def lines_of(self, found: Standing | Figures, cells: int) -> Sequence[Line]:
        """Promise by promise, and what stands beside them."""
        cells = max(cells, NARROWEST)
        if isinstance(found, Standing):
            return standing_lines(found, self._eye, cells)
        return report_lines(found, cells)

    # Another period

    def action_tab(self, digit: int) -> None:
        """Another length of time, the present one of it."""
        self._show(Choice(TABS[digit - 1][0]))

    def action_step(self, back: int) -> None:
        """The period before, or the one after."""
        choice = self.choice
        if choice.what == "now":
            self._asked.say("This is how it stands now. 2 to 5 show a day, a week, a month, a term.")
        elif choice.back + back < 0:
            self._asked.say("What comes after is still to come: there are no figures yet.")
        else:
            self._show(Choice(choice.what, choice.back + back))

    def _show(self, choice: Choice) -> None:
        if choice != self.choice:
            self.choice = choice
            self.draw()
            self._read()

    def _read_again(self) -> None:
        """What goes on is read anew; a day that is over is what it was."""
        if self.choice.what in {"now", "day"} and not self.choice.back:
            super()._read_again()

    async def _reading(self) -> None:
        wanted = self.choice
        with self.metering(Meter("Reading the figures")) as meter:
            found = await meter.unless_stopped(self._ask())
        if found is not None:
            top = wanted != self._seen
            self.found, self._seen = found, wanted
            self.draw()
            if top:
                self.to_top()
        elif self.found is None:
            self._vain = True
            self._go_back()
        else:
            self._stay()

    def _stay(self) -> None:
        """What was read last goes on showing."""
        self.choice = self._seen
        self.draw()

    def action_leave(self) -> None:
        """Stop reading, where that goes on; else back to where the reader was."""
        if self.found is not None and self.choice != self._seen:
            self.workers.cancel_group(self, "page")
            self._stay()
        else:
            super().action_leave()

    # Noise

    def action_map(self) -> None:
        """Zones by the hour."""
        self.app.push_screen(NoiseMapScreen(self._asked.noise_mapped, lambda: self._eye))

    # Misses

    def action_misses(self) -> None:
        """Go through what was missed, the latest first."""
        found = self.figures
        if found is None:
            self._asked.say(self._no_figures)
        elif not found.misses:
            self._asked.say("Nothing was missed then.")
        else:
            self._pick_miss(found)

    def _pick_miss(self, found: Figures) -> None:
        zone = self._eye.zone
        options = [Option(*miss_words(each, zone), each) for each in found.misses]
        words = "A reason is one line for the manager's report; it changes no figure."
        self.app.push_screen(Pick("What was missed", options, words=words, typed=True), self._miss)

    def _miss(self, miss: Missed | None) -> None:
        if miss is None:
            return
        if reason := self._asked.why_not_to("open"):
            self._asked.say(reason, warn=True)
            return
        page = MissPage(miss, partial(self._asked.missed_ticket, miss.number), self._asked, self._opens)
        self.app.push_screen(page, self._after_miss)

    def _opens(self, thread: Thread) -> None:
        self._opening = thread.ticket.id

    def _after_miss(self, _: None) -> None:
        """On to its ticket; else the list of misses again, as it is now."""
        if self._opening is not None:
            self.dismiss(None)
            self.app.call_later(self._asked.open_ticket, self._opening)
        else:
            self._read()

    # To a file

    def action_export(self) -> None:
        """Write what shows to a file."""
        found = self.figures
        if found is None:
            self._asked.say(self._no_figures)
            return
        options = [Option(each.words, each.hint, (each.form, each.table)) for each in FORMS]
        brief = "" if not self._asked.why_not_to("open") else "You see no texts: no miss is listed one by one."
        self.app.push_screen(Pick("Write this report to a file", options, words=brief), self._export)

    def _export(self, chosen: tuple[Form, Table] | None) -> None:
        if chosen is not None and (found := self.figures) is not None:
            in_background(self, partial(self._write, found, *chosen), "export", exclusive=True)

    async def _write(self, found: Figures, form: Form, table: Table) -> None:
        period = found.period
        with self.metering(Meter("Making the report")) as meter:
            making = self._asked.report_written(period.length, period.back, form, table)
            written = await meter.unless_stopped(making)
        if meter.stopping:
            self._asked.say("Stopped: no report was made.")
        if written is None:
            return
        proposed = short(self._asked.usual_folder / written.name, Path.home())
        field = Field(placeholder="a file", value=proposed, check=target_of)
        words = "Only you can read it. It holds what staff wrote of misses: keep it where such things belong."
        self.app.push_screen(TypeLines("Write the report to", [field], words=words), partial(self._place, written))

    def _place(self, written: Written, typed: tuple[str, ...] | None) -> None:
        if typed is None:
            return
        path = target_of(typed[0])
        if not path.exists():
            self._put(written, path, over=False)
            return
        options = [Option("No, leave it as it is", "", False), Option("Write over it", "", True)]

        def sure(over: bool | None) -> None:
            if over:
                self._put(written, path, over=True)

        self.app.push_screen(Pick("That file is there already", options, words=short(path, Path.home())), sure)

    def _put(self, written: Written, path: Path, *, over: bool) -> None:
        async def work() -> None:
            try:
                with self.metering(Meter("Writing kB", acts=True)) as meter:
                    await asyncio.to_thread(put, path, written.text, meter, over=over)
            except Stopped as stopped:
                self._asked.say(str(stopped))
            except OSError as error:
                why = error.strerror or str(error)
                self._asked.say(f"{path.name} could not be written: {why}. Write it to another place.", warn=True)
            else:
                self._asked.report_saved(path)

        in_background(self, work, "put")
