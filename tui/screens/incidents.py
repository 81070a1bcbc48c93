"""Noise that goes on, or that is over: incidents as a list, and the selected one beside them where there is room."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident, IncidentSight, NoiseOutcome
from helpdesk.worklist import Anchor
from tui.allowed import ON_INCIDENT, Target, why_not_about
from tui.background import in_background
from tui.colon import one_of
from tui.commands import Command, Where
from tui.completing import zones
from tui.incident import Choosing, above_lines, incident_page
from tui.incidents import IncidentPage, incident_heads, page_of, title_line
from tui.screens.incident import IncidentScreen, reporter_target
from tui.screens.noise import Noise
from tui.screens.ticket import TicketScreen
from tui.screens.worklist import ROOMY
from tui.sitting import Sitting
from tui.widgets.incidents import IncidentList
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.words import plural

NOTHING = {False: "Nobody has told of noise that goes on.", True: "No noise is over yet."}


class IncidentsScreen(Noise):
    """The list."""

    place: ClassVar[Where] = Where.INCIDENTS

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._over = False
        self._missed = False
        self._rest: Timer | None = None
        self._sight: IncidentSight | None = None
        self._list = IncidentList(self._read, lambda: sitting.eye, id="incidents")
        self._heads = Lines(id="heads")
        self._beside_head, self._beside_page = Lines(id="beside-head"), ThreadView(id="beside-thread")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Lines(id="masthead")
        yield Lines(id="tabs")
        with Horizontal(id="work"):
            with Vertical(id="queue"):
                yield self._heads
                yield self._list
            with Vertical(id="beside"):
                yield self._beside_head
                yield self._beside_page
        yield Lines(id="notices")
        yield Lines(id="footer")

    @property
    def incidents(self) -> IncidentList:
        """The list."""
        return self._list

    @property
    def incident(self) -> Incident | None:
        """The selected one."""
        return self.incidents.current

    @property
    def target(self) -> Target | None:
        """The ticket of its only reporter, where that was read."""
        sight, here = self._sight, self.incident
        if sight is None or here is None or sight.incident.id != here.id or len(sight.reporters) != 1:
            return None
        return reporter_target(sight.reporters[0], sight.incident)

    def why_not(self, command: Command) -> str:
        """An incident is what commands act on here."""
        return why_not_about(command.id, self.incident) if command.id in ON_INCIDENT else ""

    def on_mount(self) -> None:
        """Read the first screen."""
        self._beside_page.can_focus = False
        self.incidents.focus()
        self.draw()
        self._before_keys(self._begin, "view", exclusive=True)

    async def _begin(self) -> None:
        await self.incidents.begin()
        self.draw()

    async def _read(self, start: int, count: int, near: Anchor | None) -> IncidentPage | None:
        desk, actor = self.sitting.desk, self.sitting.actor
        found = await self.look(desk.noise.incidents(actor, over=self._over, start=start, count=count))
        return page_of(found, start, count) if found is not None else None

    # Drawing

    def draw(self) -> None:
        """All lines around the list."""
        if not self.standing:
            return
        self.draw_frame()
        cells, window = self.size.width, self.incidents.window
        more = window.total > window.start + len(window.rows)
        self.query_one("#tabs", Lines).show(
            [title_line(window.rows, over=self._over, more=more, cells=cells, key=self._key_of("over"))]
        )
        self.draw_notices()
        self._heads.show([incident_heads(self.incidents.columns, over=self._over)])
        self.incidents.say_nothing(NOTHING[self._over])

    def tick(self) -> None:
        """Time went by."""
        super().tick()
        if self.standing:
            self.incidents.tick()

    def on_resize(self, event: events.Resize) -> None:
        """Show the incident beside the list where there is room."""
        self.query_one("#beside").display = event.size.width >= ROOMY
        self.call_after_refresh(self.draw)
        self._look()

    @on(IncidentList.Moved)
    def _look(self) -> None:
        """Show the selected incident beside the list once the cursor rests."""
        self.draw_frame()
        gone = self.incidents.window.gone
        if gone and self.is_active:
            self.say(f"Incident {gone} has left this view. Move to choose another one.", warn=True)
        if self.size.width < ROOMY:
            return
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(0.1, partial(in_background, self, self._beside, "beside", exclusive=True))

    async def _beside(self) -> None:
        here, sitting = self.incident, self.sitting
        head, view = self._beside_head, self._beside_page
        self._sight = None
        if here is None:
            head.show([])
            view.show([])
            return
        sight = await self.look(sitting.desk.noise.incident(sitting.actor, here.id))
        if sight is not None and self.standing:
            self._sight = sight
            cells = view.cells
            head.show([*above_lines(sight, sitting.eye, cells, sites=sitting.several_sites), ()])
            view.show(incident_page(sight, sitting.eye, cells, Choosing()).lines, stays=True)

    # Changes

    async def heard(self, tickets: frozenset[TicketId]) -> None:
        """Somebody changed something."""
        if self.is_current:
            await self._refresh()
        else:
            self._missed = True

    async def _refresh(self, *, follow: bool = False) -> None:
        if self.standing:
            await self.incidents.reload(follow=follow or self.acting)
        self.draw()
        if self.size.width >= ROOMY and self.standing:
            await self._beside()

    async def reread(self) -> None:
        """As the owner has it now."""
        await self.heard(frozenset())

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed the selected incident."""
        await self._refresh(follow=True)

    def on_screen_resume(self) -> None:
        """Catch up with what was missed under another screen."""
        self.draw()
        if self.standing:
            self.incidents.tick()
        if self._missed:
            self._missed = False
            in_background(self, partial(self._refresh, follow=True), "refresh")

    # Commands of this screen

    def do_down(self) -> None:
        """The next one."""
        self.incidents.move(1)

    def do_up(self) -> None:
        """The one before."""
        self.incidents.move(-1)

    def do_page_down(self) -> None:
        """A screen on."""
        self.incidents.page(1)

    def do_page_up(self) -> None:
        """A screen back."""
        self.incidents.page(-1)

    def do_first(self) -> None:
        """The most urgent one."""
        self.incidents.go(0)

    def do_last(self) -> None:
        """The last one."""
        self.incidents.go(self.incidents.window.total - 1)

    def do_back(self) -> None:
        """Back to where the reader was."""
        if self.is_active:
            self.dismiss("")

    def do_over(self) -> None:
        """What is over, or what goes on."""
        self._over = not self._over
        self.draw()
        self._before_keys(self._begin, "view", exclusive=True)

    def do_open(self) -> None:
        """Open the selected one."""
        if (here := self.incident) is not None:
            self._push(IncidentScreen(self.sitting, here.id))

    @on(IncidentList.Opened)
    def _opened(self) -> None:
        self.do_open()

    async def open_incident(self, incident: IncidentId, outcome: NoiseOutcome | None = None) -> None:
        """Show an incident."""
        self._push(IncidentScreen(self.sitting, incident, outcome=outcome))

    def _push(self, screen: IncidentScreen) -> None:
        self._missed = True
        self.app.push_screen(screen)

    def do_place(self, rest: str = "") -> None:
        """Where it is, if it is one reporter's word; else the reporter is chosen first."""
        if rest:
            one_of(rest, zones(self.sitting), "zone")
        self._about("place", partial(self._ask_whose_place, rest))

    async def _ask_whose_place(self, rest: str, incident: Incident) -> None:
        sitting = self.sitting
        self._sight = await self.attempt(sitting.desk.noise.incident(sitting.actor, incident.id))
        if self.target is not None:
            super().do_place(rest)
        elif self._sight is not None:
            many = plural(len(self._sight.reporters), "reporter")
            self.refuse(
                f"{many} told of incident {incident.number}. Open it ({{key:open}}) and choose whose place it is."
            )

    def open_ticket(self, ticket: TicketId) -> None:
        """Show a ticket."""
        self._missed = True
        self.app.push_screen(TicketScreen(self.sitting, ticket))
