"""One incident: who told of it, what was done, and a text to all of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from textual import events
from textual.app import ComposeResult

from helpdesk.message import Channel, IncidentId, TicketId
from helpdesk.noise.incidents import Incident, NoiseOutcome, Reporter
from helpdesk.ticket import State
from tui.acts import noise_deed
from tui.allowed import ON_INCIDENT, Target, why_not_about
from tui.commands import Command
from tui.incident import Choosing, Page, above_lines, incident_page
from tui.key_names import with_keys
from tui.meaning import PARTING, STAYS
from tui.noise import place
from tui.screens.acting import TALL
from tui.screens.facts import some_number
from tui.screens.line import Field
from tui.screens.pick import Option, Pick
from tui.screens.telling import Telling
from tui.screens.ticket import TicketScreen
from tui.screens.working import HELD
from tui.sitting import Sitting
from tui.widgets.lines import Lines
from tui.words import plural

NOTING = f"For colleagues only: it stands on top of the incident. What keeps them safe comes first. {STAYS}"


class IncidentScreen(Telling):
    """Shows one incident until it is left.

    ``outcome``  what came of it; its text is written at once
    ``telling``  a text to all who told of it is written at once
    """

    def __init__(
        self, sitting: Sitting, incident: IncidentId, *, outcome: NoiseOutcome | None = None, telling: bool = False
    ) -> None:
        super().__init__(sitting, incident)
        self._outcome = outcome
        self._telling = telling
        self._page = Page(lines=(), where={})
        self._choosing = Choosing()
        self._settled = asyncio.Event()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Lines(id="masthead")
        yield Lines(id="head")
        yield self.view
        yield self.composer
        yield Lines(id="footer")

    def on_mount(self) -> None:
        """Read it."""
        self.composer.display = False
        self.view.focus()
        self._read_in_turn(self._begin)

    async def _begin(self) -> None:
        try:
            await self._read()
            if self._sight is not None and self._outcome is not None:
                self._tell("outcome", self._outcome)
            elif self._sight is not None and self._telling:
                self.do_tell_all()
        finally:
            self._settled.set()
        if self._sight is None and self.is_active:
            self.dismiss("")

    async def ready(self) -> None:
        """It is read."""
        await super().ready()
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                await self._settled.wait()

    async def _read(self, *, asked: bool = True) -> None:
        tell = self.attempt if asked else self.look
        sight = await tell(self.sitting.desk.noise.incident(self.sitting.actor, self._which))
        if sight is None or sight.incident.id != self._which:
            return
        self._sight = sight
        there = [each.ticket for each in sight.reporters]
        at = self._choosing.at if self._choosing.at in there else next(iter(there), None)
        self._choosing = Choosing(at=at, chosen=self._choosing.chosen & frozenset(there))
        self.draw()

    # What it says of itself

    @property
    def reporter(self) -> Reporter | None:
        """Who stands under the cursor."""
        reporters = self._sight.reporters if self._sight is not None else ()
        return next((each for each in reporters if each.ticket == self._choosing.at), None)

    @property
    def target(self) -> Target | None:
        """The ticket of the reporter under the cursor."""
        reporter, incident = self.reporter, self.incident
        return reporter_target(reporter, incident) if reporter is not None and incident is not None else None

    def why_not(self, command: Command) -> str:
        """An incident is what commands act on here, or one of its reporters."""
        if command.id not in ON_INCIDENT:
            return ""
        if reason := why_not_about(command.id, self.incident):
            return reason
        reporter = self.reporter
        if command.id in OF_REPORTER and reporter is None:
            return "Nobody is left here who told of it."
        if command.id in {"reply", "complaint"} and reporter is not None and not reporter.reachable:
            return f"{reporter.name} can't be reached any more. Write a note instead ({{key:note}})."
        return self._why_not_part() if command.id == "part" else ""

    def _why_not_part(self) -> str:
        chosen, sight = self._choosing.chosen, self._sight
        if not chosen:
            return "Choose who tells of another noise first (space)."
        if sight is not None and len(chosen) == len(sight.reporters):
            return "All are chosen. Leave at least one of them here (space)."
        return ""

    # Drawing

    def draw(self) -> None:
        """The whole screen."""
        self.draw_frame()
        if self._sight is None or not self.standing:
            return
        self._draw_head()
        self._page = incident_page(self._sight, self.sitting.eye, self.view.cells, self._choosing)
        self.view.show(self._page.lines, stays=True)
        self._draw_composing()

    def _draw_head(self) -> None:
        if self._sight is not None and self.standing:
            sitting = self.sitting
            brief = self.size.height < TALL
            lines = above_lines(self._sight, sitting.eye, self.size.width, sites=sitting.several_sites, brief=brief)
            self.query_one("#head", Lines).show(lines)

    def tick(self) -> None:
        """Time went by: only the head shows it."""
        super().tick()
        self._draw_head()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.draw)

    async def heard(self, tickets: frozenset[TicketId]) -> None:
        """Something changed: a text that joins comes with a ticket that nobody knew."""
        if tickets and self._settled.is_set():
            await self._read(asked=False)

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed it."""
        await self._read()

    async def reread(self) -> None:
        """As the owner has it now."""
        await self._read(asked=False)

    def on_screen_resume(self) -> None:
        """Back from another screen."""
        self.draw_frame()
        if self._settled.is_set():
            self._read_in_turn(self._read)

    # Reading

    def do_back(self) -> None:
        """Back to where the reader was."""
        if self.is_active:
            self.dismiss("")

    def do_down(self) -> None:
        """The next reporter; below the last one the page scrolls."""
        self._step(1)

    def do_up(self) -> None:
        """The reporter before; the page scrolls up first where it was scrolled down."""
        self._step(-1)

    def _step(self, step: int) -> None:
        there = list(self._page.where)
        at = self._choosing.at
        top, height = self.view.scroll_offset.y, self.view.scrollable_content_region.height
        begin, end = self._page.where.get(at, (0, 0)) if at is not None else (0, 0)
        place = there.index(at) + step if at in there else 0
        if (step > 0 and end > top + height) or (step < 0 and begin < top) or not 0 <= place < len(there):
            self.view.move(step)
            return
        self._choosing = replace(self._choosing, at=there[place])
        self.draw()
        begin, end = self._page.where[there[place]]
        self.view.move(min(begin - top, max(end - top - height, 0)))

    def do_page_down(self) -> None:
        """A screen on."""
        self.view.page(1)

    def do_page_up(self) -> None:
        """A screen back."""
        self.view.page(-1)

    def do_first(self) -> None:
        """The first reporter."""
        self._choosing = replace(self._choosing, at=next(iter(self._page.where), None))
        self.draw()
        self.view.move(-len(self.view.lines))

    def do_last(self) -> None:
        """The end of the trail."""
        self.view.move(len(self.view.lines))

    def do_open(self) -> None:
        """The ticket of the reporter under the cursor."""
        if (reporter := self.reporter) is not None:
            self.open_ticket(reporter.ticket)

    def open_ticket(self, ticket: TicketId) -> None:
        """Show a ticket."""
        self.app.push_screen(TicketScreen(self.sitting, ticket))

    def compose_on(self, ticket: TicketId, kind: str) -> None:
        """Answer one reporter: in their ticket, with the composer open."""
        self.app.push_screen(TicketScreen(self.sitting, ticket, kind=kind))

    # One noise, or two

    def do_choose(self) -> None:
        """Choose the reporter under the cursor, or no longer; then the next one."""
        if (reporter := self.reporter) is not None:
            self._choosing = replace(self._choosing, chosen=self._choosing.chosen ^ {reporter.ticket})
            self.draw()
            if list(self._page.where)[-1] != reporter.ticket:
                self._step(1)

    def do_part(self) -> None:
        """The chosen tell of another noise."""
        incident, chosen = self.incident, self._choosing.chosen
        if incident is None or self._sight is None:
            return
        tickets = tuple(each.ticket for each in self._sight.reporters if each.ticket in chosen)
        names = ", ".join(each.name for each in self._sight.reporters if each.ticket in chosen)

        def answered(yes: bool | None) -> None:
            if yes:
                self.after_others(partial(self._part, incident, tickets))

        options = [Option("No", "", False), Option(f"Part {names}", "", True)]
        self.app.push_screen(
            Pick(f"Part incident {incident.number}?", options, words=with_keys(PARTING, self._key_of)), answered
        )

    async def _part(self, incident: Incident, tickets: tuple[TicketId, ...]) -> None:
        sitting = self.sitting
        doing = sitting.desk.noise.part(sitting.actor, incident.id, incident.version, tickets)
        parted = await self.attempt(doing)
        if parted is not None:
            words = f"some of incident {incident.number} are incident {parted.number} now"
            sitting.deeds.done(noise_deed(sitting.desk, sitting.actor, words, parted.id, parted.version))
            self._choosing = Choosing(at=self._choosing.at)
            self.say(
                f"Theirs is incident {parted.number} now. {{key:unite}} there takes it back into {incident.number}.",
                long=True,
            )
            await self._read()

    def do_unite(self, rest: str = "") -> None:
        """It is the same noise as another incident that goes on; ``rest``: the number of that one."""
        if rest:
            some_number(rest)
        self._about("unite", partial(self._ask_into, rest))

    async def _ask_into(self, rest: str, incident: Incident) -> None:
        sitting = self.sitting
        going = await self.attempt(sitting.desk.noise.incidents(sitting.actor))
        others = [each for each in going or () if each.id != incident.id]
        if going is not None and not others:
            self.refuse("No other noise goes on that it could be the same as.")
        if not others:
            return
        if rest and any(each.number == int(rest) for each in others):
            self.after_others(partial(self._unite, incident, int(rest)))
            return
        if rest:
            self.say(f"No noise {rest} goes on. Choose one that does.", warn=True)

        def chosen(into: int | None) -> None:
            if into is not None:
                self.after_others(partial(self._unite, incident, into))

        options = [
            Option(f"{each.number} · {place(each.zone, sitting.eye)}", plural(each.reporters, "reporter"), each.number)
            for each in others
        ]
        title = f"Incident {incident.number} is the same noise as"
        self.app.push_screen(Pick(title, options, typed=True), chosen)

    async def _unite(self, incident: Incident, into: int) -> None:
        sitting = self.sitting
        doing = sitting.desk.noise.unite(sitting.actor, incident.id, incident.version, into)
        united = await self.attempt(doing)
        if united is not None:
            words = f"incident {incident.number} went into {united.number}"
            sitting.deeds.done(noise_deed(sitting.desk, sitting.actor, words, united.id, united.version))
            self.say(f"Incident {incident.number} went into {united.number}.")
            self._which = united.id
            await self._read()

    # For colleagues

    def do_note(self) -> None:
        """A note on the incident."""

        async def work(incident: Incident, typed: str) -> bool:
            sitting = self.sitting
            doing = sitting.desk.noise.remark(sitting.actor, incident.id, typed)
            return await self._done(doing, "Your note stands on top.", lasts=True)

        if (incident := self.incident) is not None:
            field = Field(placeholder="go in pairs; they were rude to Ben")
            self._type(f"Note on incident {incident.number}", [field], work, words=NOTING, about=incident)


OF_REPORTER = frozenset({"open", "reply", "place", "choose", "mute", "complaint"})
"""Commands that act on the reporter under the cursor."""


def reporter_target(reporter: Reporter, incident: Incident) -> Target:
    """What a command must know of a reporter's ticket."""
    return Target(
        id=reporter.ticket,
        number=reporter.number,
        name=reporter.name,
        channel=Channel.SMS,
        state=State.OPEN,
        owner=None,
        held_until=None,
        flags=frozenset(),
        version=reporter.version,
        unanswered=reporter.told is None,
        due=incident.due,
        tags=(),
        line=incident.line,
        incident=incident.id,
        zone=incident.zone,
    )
