"""A talk with the desk: who sits here, where they stand, and what a verb acts on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from helpdesk.errors import NotFound, Refused
from helpdesk.message import TicketId
from helpdesk.noise.incidents import Incident, IncidentSight, Reporter
from helpdesk.ports.company import Doing
from helpdesk.ports.views import Listing
from helpdesk.queries import FIXED
from helpdesk.sight import Told
from helpdesk.thread import Entry, Thread
from helpdesk.ticket import Ticket
from helpdesk.worklist import Page, Row, View
from tui.allowed import Target, target, why_not, why_not_about
from tui.commands import Where
from tui.key_names import with_keys
from tui.line.asking import Asker, Option
from tui.line.deeds import Again, AgainNoise, deed_on, deed_on_noise
from tui.line.heard import News
from tui.line.pages import Known, replaced
from tui.line.said import Said
from tui.line.shapes import entry_shape, incident_shape, reporter_shape, row_shape, ticket_shape
from tui.line.spoken import company_said, entry_said, reporter_said, row_said, sight_said, ticket_said
from tui.line.voice import Voice
from tui.line.wrong import NotUnderstood
from tui.presence import Presence
from tui.progress import Meter
from tui.render import LABELS
from tui.roles import works
from tui.sitting import MakeClock, Sitting

PAGE = 10
"""How many tickets are read out at a time."""

FAR = 200
"""How many incidents are read at a time to find one by its number."""

NAME_ONE = "Say which ticket, as in {verb} 412, or open one first."
NAME_NOISE = "Say which noise, as in {verb} i3, or open one first: incidents lists them."


@dataclass
class Here:
    """Where somebody stands.

    ``query``     what is listed in the place of a fixed view, "" for that; ``title``: what it is called
    ``rows``      of the view, from ``start``; ``at``: the one that was read last, None before any was
    ``thread``    the open ticket, as it was told; ``entry``: which of its entries was read last
    ``noises``    the incidents that were listed; ``noise_at``: the one that was read last
    ``selected``  the numbers of the tickets that are selected
    ``sight``     the open incident; ``reporter``: whom of it was read last; ``chosen``: who tells of another noise
    """

    place: Where = Where.WORKLIST
    view: View = View.UNANSWERED
    query: str = ""
    title: str = ""
    count: int = PAGE
    start: int = 0
    total: int = 0
    rows: tuple[Row, ...] = ()
    at: int | None = None
    thread: Thread | None = None
    entry: int = 0
    quotes: bool = False
    over: bool = False
    noises: tuple[Incident, ...] = ()
    noise_at: int | None = None
    sight: IncidentSight | None = None
    reporter: int | None = None
    chosen: frozenset[TicketId] = field(default_factory=frozenset)
    selected: tuple[int, ...] = ()


class Talk:
    """What all verbs share. ``meter``: how far something about many has come, None where there is none.

    ``leaving``   whether to leave, and ``once``, after one line; ``owner``: this process runs the channels
    """

    def __init__(
        self,
        sitting: Sitting,
        voice: Voice,
        ask: Asker,
        presence: Presence,
        make_clock: MakeClock,
        *,
        owner: bool = False,
    ) -> None:
        self.sitting, self.voice, self.ask, self.presence = sitting, voice, ask, presence
        self.make_clock, self.owner = make_clock, owner
        self.here = Here()
        self.news = News()
        self.leaving = self.locked = self.once = False
        self.told_trouble = self.guided = ""
        self._known = Known()
        self.whereabouts: tuple[str, Doing] = ("", "reads")
        self.meter: Meter | None = None

    @contextmanager
    def metering(self, meter: Meter) -> Iterator[Meter]:
        """Something about many goes on, as long as the block lasts."""
        self.meter = meter
        try:
            yield meter
        finally:
            self.meter = None

    def stops(self) -> bool:
        """Stop it after the step at hand; False where there is nothing that stops so, or it was asked before."""
        if self.meter is None or self.meter.stopping:
            return False
        self.meter.stop()
        return True

    # What a verb acts on

    async def ticket(self, said: Said, verb: str, *, words: bool = False) -> Target:
        """The ticket that was named, the open one, or the one that was read last, if ``verb`` can be done to it.

        ``words``: the verb takes words, so that a number at their front may be one of them.
        """
        number = said.front
        if number is not None and words and not await self._means_ticket(number):
            number = None
        elif number is not None:
            said.number()
        found = await self.numbered(number) if number is not None else await self._at_hand(verb)
        sat = self.sitting
        if reason := why_not(verb, found, sat.actor, sat.clock.now(), role=sat.role, name=sat.name):
            raise Refused(with_keys(reason, str))
        return found

    async def _means_ticket(self, number: int) -> bool:
        """Whether a number before words names a ticket; where another one is open, somebody must say so."""
        thread = self.here.thread
        if thread is None or thread.ticket.number == number or not self.ask.reader.asks:
            return True
        options = [
            Option(words=f"Another ticket: {number}", value=True),
            Option(words=f"The first word of what goes to ticket {thread.ticket.number}", value=False),
        ]
        return await self.ask.choose(f"Ticket {thread.ticket.number} is open. What is {number}?", options)

    async def numbered(self, number: int) -> Target:
        """A ticket by its number, as it is now; the open one as it was told."""
        thread = self.here.thread
        if thread is not None and thread.ticket.number == number:
            return target(thread.ticket, thread.clocks)
        return target(await self.sitting.desk.numbered(self.sitting.actor, number))

    async def _at_hand(self, verb: str) -> Target:
        here = self.here
        if here.thread is not None and here.place is Where.TICKET:
            return target(here.thread.ticket, here.thread.clocks)
        if here.place is Where.INCIDENT and (reporter := self.reporter) is not None:
            return await self.numbered(reporter.number)
        if here.place is Where.WORKLIST and here.at is not None and here.at < len(here.rows):
            return target(here.rows[here.at])
        raise NotUnderstood(NAME_ONE.format(verb=verb))

    @property
    def reporter(self) -> Reporter | None:
        """Whom of the open incident was read last; the only one where there is one."""
        sight, at = self.here.sight, self.here.reporter
        if sight is None or not sight.reporters:
            return None
        if at is None:
            return sight.reporters[0] if len(sight.reporters) == 1 else None
        return sight.reporters[min(at, len(sight.reporters) - 1)]

    @property
    def in_noise(self) -> bool:
        """Whether numbers are those of incidents here."""
        return self.here.place in {Where.INCIDENTS, Where.INCIDENT}

    async def incident(self, said: Said, verb: str, *, noise_only: bool = False) -> Incident:
        """The noise that was named or is at hand, or that of the ticket, if ``verb`` can be done to it."""
        found = await self.noise_at_hand(said, noise_only=noise_only)
        if found is None:
            ticket = await self.ticket(said, verb)
            if ticket.incident is None:
                raise Refused(f"Ticket {ticket.number} tells of no noise.")
            found = (await self.sitting.desk.noise.incident(self.sitting.actor, ticket.incident)).incident
        if reason := why_not_about(verb, found):
            raise Refused(with_keys(reason, str))
        return found

    async def noise_at_hand(self, said: Said, *, noise_only: bool = False) -> Incident | None:
        """The noise that was named, or at hand; None where a ticket was named, or is at hand."""
        number = said.incident()
        if number is None and said.front is not None and (noise_only or self.in_noise):
            number = said.number()
        if number is not None:
            return await self.noise_numbered(number)
        if said.front is not None:
            return None
        here = self.here
        if here.place is Where.INCIDENT and here.sight is not None:
            return here.sight.incident
        if here.place is Where.INCIDENTS and here.noise_at is not None:
            return here.noises[here.noise_at]
        if self.in_noise or noise_only:
            raise NotUnderstood(NAME_NOISE.format(verb="this verb"))
        return None

    async def noise_numbered(self, number: int) -> Incident:
        """An incident by its number; NotFound where there is none."""
        if (sight := self.here.sight) is not None and sight.incident.number == number:
            return sight.incident
        noise, actor = self.sitting.desk.noise, self.sitting.actor
        for over in (False, True):
            start = 0
            while found := await noise.incidents(actor, over=over, start=start, count=FAR):
                for each in found:
                    if each.number == number:
                        return each
                start += len(found)
                if len(found) < FAR:
                    break
        raise NotFound(f"There is no incident {number}.")

    # Lists

    @property
    def label(self) -> str:
        """What is listed: "New", or a query."""
        return self.here.title or LABELS[self.here.view]

    @property
    def query(self) -> str:
        """What is listed, as a query."""
        return self.here.query or FIXED[self.here.view]

    async def look_at_chats(self) -> None:
        """What is new in one's own chats, for the rows that are read out next."""
        if works(self.sitting.role):
            self.sitting.chats = await self.sitting.desk.duty.chats(self.sitting.actor)

    def hear(self, told: Told) -> None:
        """Something changed in the house: it is told before the next prompt, and marks its row."""
        self.sitting.hear([told])
        self.news.add(told)

    async def listed(self, start: int, count: int) -> Page | Listing:
        """Rows of what is listed."""
        here, desk, actor = self.here, self.sitting.desk, self.sitting.actor
        near = self._known.near(self.query, start)
        page: Page | Listing
        if here.query:
            page = await desk.views.rows(actor, here.query, start=start, count=count, near=near)
        else:
            page = await desk.worklist(actor, here.view, start=start, count=count, near=near)
        self._known.keep(self.query, page.anchors)
        return page

    # Telling

    def tell_row(self, row: Row) -> None:
        """A ticket as a line of the worklist."""
        eye = self.sitting.eye
        self.voice.tell("row", row_shape(row, eye), [row_said(row, eye)])

    async def open(self, ticket: TicketId) -> None:
        """Show a ticket, whole, and stand in it."""
        thread = await self.sitting.desk.thread(self.sitting.actor, ticket)
        await self.stands_beside("reads", ticket)
        self.sitting.looked.at((ticket,))
        self.here.thread, self.here.place = thread, Where.TICKET
        self.here.entry = len(thread.entries) - 1
        self.tell_head(thread)
        self.tell_entries(thread, thread.entries)

    def tell_head(self, thread: Thread) -> None:
        """What it is, who else is there, and what must be known first."""
        sitting, eye = self.sitting, self.sitting.eye
        title = sitting.hello.lines.get(thread.ticket.line, thread.ticket.line)
        self.voice.tell("ticket", ticket_shape(thread, eye), ticket_said(thread, eye, title, sitting.name))
        self.voice.aloud(company_said(sitting.beside.on(thread.ticket.id), sitting.name))

    async def stands_beside(self, doing: Doing, ticket: TicketId | None = None) -> None:
        """Tell colleagues which ticket is open here, and hear who else is there; a script is nowhere."""
        if not self.ask.reader.asks:
            return
        open_now = self.here.thread.ticket.id if self.here.thread is not None else ""
        self.whereabouts = (ticket or open_now, doing)
        await self.sitting.beside.tell(self.sitting.actor, self.whereabouts)

    def tell_entries(self, thread: Thread, entries: Iterable[Entry]) -> None:
        """Some of its messages and notes."""
        sitting = self.sitting
        for entry in entries:
            lines = entry_said(entry, thread, sitting.eye, sitting.name, quotes=self.here.quotes)
            self.voice.tell("entry", entry_shape(entry, thread, sitting.eye), lines)

    async def open_incident(self, which: Incident) -> None:
        """Show an incident, whole, and stand in it."""
        sight = await self.sitting.desk.noise.incident(self.sitting.actor, which.id)
        here, eye = self.here, self.sitting.eye
        here.sight, here.place, here.reporter, here.thread = sight, Where.INCIDENT, None, None
        here.chosen = frozenset()
        self.voice.tell("incident", incident_shape(sight.incident, eye), sight_said(sight, eye))
        if self.voice.json:
            for each in sight.reporters:
                self.voice.give("reporter", reporter_shape(each, sight.incident.number, eye))

    def tell_reporter(self, at: int) -> None:
        """One who told of the open incident, who is at hand from now on."""
        sight = self.here.sight
        if sight is None:
            return
        self.here.reporter, each = at, sight.reporters[at]
        lines = [
            reporter_said(each, at + 1, len(sight.reporters), self.sitting.eye, chosen=each.ticket in self.here.chosen)
        ]
        self.voice.tell("reporter", reporter_shape(each, sight.incident.number, self.sitting.eye), lines)

    # After something was done

    async def done(
        self, words: str, ticket: Ticket, *, left: bool = False, again: Again | None = None, stays: bool = False
    ) -> None:
        """Say it; an open ticket is as it is now, or is left.

        It can be taken back unless it ``stays``; ``again`` does it once more.
        """
        if not stays:
            deed_on(self.sitting, words, ticket, again)
        self.voice.tell("done", {"words": words, "ticket": row_shape(ticket, self.sitting.eye)}, [words])
        thread = self.here.thread
        if thread is not None and thread.ticket.id == ticket.id:
            if left:
                self.back()
            else:
                self.here.thread = await self.sitting.desk.thread(self.sitting.actor, ticket.id)
        self._changed(ticket)

    def _changed(self, ticket: Ticket) -> None:
        """The listed row, too, is as it is now: another verb may follow."""
        for at, row in enumerate(self.here.rows):
            if row.id == ticket.id:
                fresh = replaced(row, ticket)
                self.here.rows = (*self.here.rows[:at], fresh, *self.here.rows[at + 1 :])

    async def done_noise(
        self,
        words: str,
        incident: Incident,
        *,
        left: bool = False,
        again: AgainNoise | None = None,
        stays: bool = False,
    ) -> None:
        """Say it; an open incident is as it is now, or is left. ``again`` and ``stays`` as in :meth:`done`."""
        if not stays:
            deed_on_noise(self.sitting, words, incident, again)
        self.voice.tell("done", {"words": words, "incident": incident_shape(incident, self.sitting.eye)}, [words])
        here = self.here
        here.noises = tuple(incident if each.id == incident.id else each for each in here.noises)
        if here.sight is not None and here.sight.incident.id == incident.id:
            if left:
                self.back()
            else:
                here.sight = await self.sitting.desk.noise.incident(self.sitting.actor, incident.id)

    def back(self) -> None:
        """One place back: from a ticket or an incident to the list that it was opened from."""
        here = self.here
        was = here.place
        if was is Where.TICKET and here.sight is not None:
            here.place = Where.INCIDENT
        elif was is Where.INCIDENT and here.noises:
            here.place, here.sight = Where.INCIDENTS, None
        else:
            here.place, here.sight, here.noises, here.noise_at = Where.WORKLIST, None, (), None
        here.thread = None

    async def keep_drafts(self) -> None:
        """Bring what was written into the store, as far as that is possible soon."""
        sitting = self.sitting
        if sitting.drafts.ahead() and not sitting.trouble:
            await sitting.keeping.last()

    async def reread(self) -> None:
        """What is open, and the row at hand, as they are now."""
        here, sitting = self.here, self.sitting
        if here.thread is not None:
            here.thread = await sitting.desk.thread(sitting.actor, here.thread.ticket.id)
        if here.sight is not None:
            here.sight = await sitting.desk.noise.incident(sitting.actor, here.sight.incident.id)
        if here.at is not None and here.at < len(here.rows):
            row = await sitting.desk.numbered(sitting.actor, here.rows[here.at].number)
            here.rows = (*here.rows[: here.at], row, *here.rows[here.at + 1 :])
