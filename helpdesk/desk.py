"""What staff can do, on the store of this process. See :class:`helpdesk.ports.Desk`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from helpdesk import __version__, statements
from helpdesk import ticket as _life
from helpdesk.chatting import LocalChatting
from helpdesk.clock import MINUTE, SECOND, Clock, Instant, SystemClock, plus
from helpdesk.closing import LocalClosings, closed_notices
from helpdesk.company import LocalCompany
from helpdesk.drafting import LocalDrafts
from helpdesk.duty import LocalDuty
from helpdesk.errors import Refused, SignedOut
from helpdesk.events import Fact, Kind, NewEvent, Seq
from helpdesk.ids import Entropy, Ids
from helpdesk.incidents import LocalNoise
from helpdesk.limits import Limits
from helpdesk.looking_ahead import LocalOpenings
from helpdesk.loops import Troubles
from helpdesk.macros_kept import LocalMacros
from helpdesk.message import Address, Channel, EntryId, LineId, OutboxId, StaffId, TicketId
from helpdesk.onlooker import Onlooker
from helpdesk.permissions import Role, shut_out
from helpdesk.pins import Pins, salted
from helpdesk.ports import Sql, Store
from helpdesk.ports.reports import NoReports, ReportsDesk
from helpdesk.sight import Found, Hello, Member, Notice, Presence, Standing, Told
from helpdesk.signals import Signal, aside
from helpdesk.sorting import LocalSorting
from helpdesk.standards import Published
from helpdesk.store.verbs import desk as verbs
from helpdesk.store.verbs import entries, events, incidents, outgoing, owning, staff, stating, tickets, undoing, views
from helpdesk.store.verbs.remarks import SALT_BYTES, Remark
from helpdesk.store.verbs.undoable import as_one
from helpdesk.thread import Thread
from helpdesk.ticket import Then, Ticket, Transition
from helpdesk.tying import LocalTies
from helpdesk.viewing import LocalViews
from helpdesk.wording import plain, reason, written
from helpdesk.worklist import Anchor, Page, Row, View


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a desk is told of the library on opening; ``pace`` and ``said`` as in :class:`helpdesk.ports.Hello`."""

    library: str
    zone: str
    pace: float = 1.0
    said: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)


Standings = Callable[[Sql, Instant, Published], Standing]
"""Says from the store how the library stands now, by what is published."""


class LocalDesk:
    """The desk on this process's own store.

    ``typing`` is told of chats in which a member is writing; ``troubles`` is what fails in the loops; ``entropy``
    salts what the log holds of a remark; ``standing`` says how the library stands (reports lie beside the desk);
    ``noise`` is what is done about noise, by default with no zones, and how long replies wait; ``closings`` closes
    lines by hand, ``duty`` knows who is on; ``new_members`` is the role of somebody who signs in for the first time,
    None where none is added so.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        published: Callable[[], Published],
        about: About,
        claim_minutes: int = 10,
        typing: Callable[[TicketId], None] | None = None,
        troubles: Troubles | None = None,
        entropy: Entropy = os.urandom,
        standing: Standings | None = None,
        noise: LocalNoise | None = None,
        closings: LocalClosings | None = None,
        sorting: LocalSorting | None = None,
        duty: LocalDuty | None = None,
        reports: ReportsDesk | None = None,
        limits: Mapping[LineId, Limits] = MappingProxyType({}),
        new_members: Role | None = Role.LEAD,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published
        self._about = about
        self._new_members = new_members
        self._claim = claim_minutes * MINUTE
        self._typing = typing
        self._onlooker = Onlooker(store, clock, troubles or Troubles(), closed_notices(about.zone))
        self._entropy = entropy
        self._standing, self._limits = standing, limits
        self._pins = Pins(clock)
        self.closings = closings or LocalClosings(store=store, clock=clock, ids=ids, published=published)
        self.duty = duty or LocalDuty(store, clock)
        self.chatting = LocalChatting(store=store, clock=clock, ids=ids, published=published)
        self.drafts, self.macros = LocalDrafts(store, clock), LocalMacros(store, clock)
        self.company, self.openings = LocalCompany(store, SystemClock()), LocalOpenings(clock, published, about.zone)
        self.ties = LocalTies(store=store, clock=clock, ids=ids, published=published)
        self.views = LocalViews(store=store, clock=clock, zone=about.zone)
        self.noise = noise or LocalNoise(store=store, clock=clock, ids=ids, published=published, entropy=entropy)
        self.sending = self.noise.sending
        self.reports: ReportsDesk = reports or NoReports()
        self.sorting = sorting or LocalSorting(store=store, clock=clock, ids=ids, published=published)

    @property
    def wrong_pins(self) -> int:
        """How many PINs opened nothing so far."""
        return self._pins.wrong

    def refit(
        self, lines: Mapping[str, str], claim_minutes: int, standing: Standings, limits: Mapping[LineId, Limits]
    ) -> None:
        """Go by other settings from now on. A claim that is held keeps its time."""
        self._about = replace(self._about, lines=lines)
        self._claim = claim_minutes * MINUTE
        self._standing, self._limits = standing, limits

    async def hello(self) -> Hello:
        """The library, its clock and where the log stands."""
        return Hello(
            library=self._about.library,
            version=__version__,
            zone=self._about.zone,
            now=self._clock.now(),
            pace=self._about.pace,
            said=self._about.said,
            seq=await self._store.read(events.last),
            lines=self._about.lines,
            undo_seconds=self.sending.windows.one // SECOND,
        )

    # Who is there

    async def members(self) -> tuple[Member, ...]:
        """Staff who can be picked on opening."""
        return await self._store.read(staff.members)

    async def sign_in(self, actor: StaffId, *, name: str = "", pin: str = "") -> Member:
        """Say who acts; a new member is added where the library lets them in so."""
        staff.fit_id(actor)
        staff.fit_name(name)
        found = await self._store.write(staff.sign_in, actor, name, self._new_members, self._clock.now())
        if found.disabled:
            raise SignedOut(shut_out(found.name))
        if found.has_pin and not pin:
            raise Refused("Type your PIN.")
        if found.has_pin:
            self._pins.compare(actor, pin, await self._store.read(staff.pin_of, actor))
        return found

    async def set_pin(self, actor: StaffId, *, old: str, new: str) -> Member:
        """Set, change or take away one's own PIN."""
        found = await self.sign_in(actor, pin=old)
        await self._store.write(staff.set_pin, actor, salted(new) if new else "")
        return replace(found, has_pin=bool(new))

    async def set_presence(self, actor: StaffId, channel: Channel, available: bool) -> None:
        """Take contacts of a channel, or no longer."""
        await self._store.write(_set_presence, actor, channel, available, self._clock.now())

    async def presence(self) -> tuple[Presence, ...]:
        """Who is on, on which channel."""
        return await self._store.read(staff.presence)

    # Looking

    async def worklist(
        self, actor: StaffId, view: View, *, start: int = 0, count: int = 50, near: Anchor | None = None
    ) -> Page:
        """Rows of a view, most urgent first."""
        return await self._store.read(views.page, view, actor, self._clock.now(), start, min(count, 500), near)

    async def counts(self, actor: StaffId) -> Mapping[View, int]:
        """How many tickets stand in each view."""
        return await self._store.read(views.counts, actor, self._clock.now())

    async def numbered(self, actor: StaffId, number: int) -> Row:
        """The ticket of a number, as a line of the worklist."""
        return await self._store.read(views.numbered, number)

    async def thread(self, actor: StaffId, ticket: TicketId) -> Thread:
        """A ticket with its entries, history and clocks."""
        return await self._store.read(verbs.thread, ticket, self._clock.now())

    async def attachment(self, actor: StaffId, digest: str) -> bytes:
        """An attachment's bytes."""
        return await self._store.read(entries.attachment, digest)

    async def search(self, actor: StaffId, words: str, *, limit: int = 20) -> tuple[Found, ...]:
        """The newest entries that hold all words."""
        return await self._store.read(verbs.search, words, max(0, min(limit, 200)))

    async def notices(self) -> tuple[Notice, ...]:
        """Trouble that is not over yet."""
        return await self._onlooker.notices()

    async def standing(self, actor: StaffId) -> Standing:
        """How the library stands now."""
        if self._standing is None:
            raise Refused("This desk was opened without figures. `helpdesk report` prints them.")
        return await self._store.read(self._standing, self._clock.now(), self._published())

    def changes(self, after: Seq) -> AsyncIterator[Told]:
        """All that happens after ``after``, as it happens, without gaps. TryLater once the store can't be read."""
        return self._onlooker.changes(after)

    # Working

    async def take_next(self, actor: StaffId) -> Ticket | None:
        """Claim the unanswered ticket that most needs somebody."""
        now = self._clock.now()
        until, most = plus(now, self._claim), self.duty.most
        return await self._store.write(verbs.take_next, actor, now, until, self._published(), most)

    async def claim(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """Hold a ticket for a while."""
        now = self._clock.now()
        return await self._change(ticket, partial(_life.claim, by=actor, now=now, until=plus(now, self._claim)), now)

    async def release(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Put a ticket back."""
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        return await self._store.write(owning.release, on, self._clock.now(), self._published())

    async def reply(
        self,
        actor: StaffId,
        ticket: TicketId,
        version: int,
        text: str,
        *,
        then: Then = "open",
        include: tuple[Address, ...] = (),
        exclude: tuple[Address, ...] = (),
        key: str = "",
    ) -> Ticket:
        """Answer the patron by the channel they came from."""
        draft = verbs.Draft(
            ticket=ticket,
            version=version,
            actor=actor,
            text=written(text),
            then=then,
            include=include,
            exclude=exclude,
            key=key,
            entry=EntryId(self._ids.new()),
            outbox=OutboxId(self._ids.new()),
            windows=self.sending.windows,
        )
        await self._store.read(outgoing.fits, ticket, draft.text, self._limits)
        name = await self._name(actor)
        return await self._store.write(verbs.reply, draft, name, self._clock.now(), self._published())

    async def note(self, actor: StaffId, ticket: TicketId, text: str, *, key: str = "") -> Ticket:
        """Write for colleagues only."""
        note = verbs.Note(ticket=ticket, actor=actor, text=written(text), key=key, entry=EntryId(self._ids.new()))
        name = await self._name(actor)
        return await self._store.write(verbs.note, note, name, self._clock.now(), self._published())

    async def assign(self, actor: StaffId, ticket: TicketId, version: int, to: StaffId) -> Ticket:
        """Give the ticket to a member for good."""
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        return await self._store.write(owning.assign, on, to, self._clock.now(), self._published())

    async def wait(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Wait for the patron."""
        now = self._clock.now()
        return await self._change(ticket, partial(_life.wait, by=actor, now=now), now, version)

    async def snooze(self, actor: StaffId, ticket: TicketId, version: int, until: Instant) -> Ticket:
        """Out of sight until a time."""
        now = self._clock.now()
        return await self._change(ticket, partial(_life.snooze, until=until, by=actor, now=now), now, version)

    async def solve(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Done."""
        now = self._clock.now()
        return await self._change(ticket, partial(_life.solve, by=actor, now=now), now, version)

    async def reopen(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Take it up again."""
        now = self._clock.now()
        return await self._change(ticket, partial(_life.reopen, by=actor, now=now), now, version)

    async def spam(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Into spam, or out of it."""
        now = self._clock.now()
        return await self._change(ticket, partial(_life.mark_spam, by=actor, now=now), now, version)

    # Stating

    async def attended(self, actor: StaffId, ticket: TicketId, version: int, when: Instant) -> Ticket:
        """Somebody went there."""
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        return await self._store.write(as_one, incidents.attended, on, when, self._clock.now(), self._published())

    async def correct(self, actor: StaffId, ticket: TicketId, version: int, answered: Instant, why: str) -> Ticket:
        """It was answered otherwise."""
        on, said = stating.Seen(ticket=ticket, version=version, actor=actor), self._remark(why)
        return await self._store.write(stating.correct, on, answered, said, self._clock.now(), self._published())

    async def explain(self, actor: StaffId, ticket: TicketId, version: int, why: str) -> Ticket:
        """Why its standard was missed."""
        on, said = stating.Seen(ticket=ticket, version=version, actor=actor), self._remark(why)
        return await self._store.write(stating.explain, on, said, self._clock.now(), self._published())

    async def promise(self, actor: StaffId, ticket: TicketId, version: int, by: Instant) -> Ticket:
        """News is promised."""
        now = self._clock.now()
        return await self._change(ticket, partial(statements.promise, until=by, by=actor, now=now), now, version)

    async def test(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """A test, or none."""
        now = self._clock.now()
        return await self._change(ticket, partial(statements.mark_test, by=actor, now=now), now, version)

    async def tag(self, actor: StaffId, ticket: TicketId, version: int, tags: tuple[str, ...]) -> Ticket:
        """All its tags."""
        now = self._clock.now()
        return await self._change(ticket, partial(statements.tag, tags=tags, by=actor, now=now), now, version)

    async def merge(self, actor: StaffId, ticket: TicketId, version: int, into: int) -> Ticket:
        """Another ticket goes on in its place."""
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        return await self._store.write(as_one, stating.merge, on, into, self._clock.now(), self._published())

    async def undo(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Take back one's own deed."""
        await self._store.write(undoing.undo, ticket, version, actor, self._clock.now(), self._published())
        return await self._store.read(tickets.get, ticket)

    async def log_contact(
        self,
        actor: StaffId,
        channel: Channel,
        *,
        text: str = "",
        kind: str = "",
        site: str = "",
        waited: int | None = None,
        key: str = "",
    ) -> Ticket:
        """Somebody rang or came to the desk."""
        contact = stating.Contact(
            ticket=TicketId(self._ids.new()),
            entry=EntryId(self._ids.new()),
            actor=actor,
            name=await self._name(actor),
            channel=statements.contact_channel(channel),
            text=written(text) if plain(text).strip() else "",
            kind=statements.sorting_word(kind, what="kind") or "enquiry",
            site=statements.sorting_word(site, what="site"),
            waited=statements.waiting_time(waited),
            key=key,
        )
        return await self._store.write(stating.log_contact, contact, self._clock.now(), self._published())

    def _remark(self, why: str) -> Remark:
        return Remark(id=self._ids.new(), text=reason(why), salt=self._entropy(SALT_BYTES))

    async def typing(self, actor: StaffId, ticket: TicketId) -> None:
        """Tell a chat's visitor that somebody is writing."""
        if self._typing is not None:
            self._typing(ticket)
            await self._store.aside(aside(Signal.STAFF_TYPING, ticket))  # their page may be open at another server

    async def _change(
        self, ticket: TicketId, transition: Transition, now: Instant, version: int | None = None
    ) -> Ticket:
        return await self._store.write(
            tickets.change, ticket, transition, now=now, published=self._published(), version=version
        )

    async def _name(self, actor: StaffId) -> str:
        found = await self._store.read(staff.member, actor)
        if found is None or found.disabled:
            raise Refused("Sign in first: the desk does not know who is writing.")
        return found.name


def _set_presence(sql: Sql, actor: StaffId, channel: Channel, available: bool, now: Instant) -> None:
    """A sign of life; the log hears of changes only."""
    if staff.set_presence(sql, actor, channel, available, now):
        data: dict[str, Fact] = {"channel": str(channel), "available": available}
        events.append(sql, [NewEvent(kind=Kind.PRESENCE, ticket=None, when=now, actor=actor, data=data)], now)
