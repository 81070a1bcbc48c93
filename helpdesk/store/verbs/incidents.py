"""What staff do about a noise, each whole in one commit: the incident, its tickets' facts and clocks, what goes out.

Where a text belongs, and what becomes of incidents as tickets move between them, is :mod:`.belonging`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from helpdesk import ticket as ticket_life
from helpdesk.clock import MINUTE, Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind
from helpdesk.limits import Limits
from helpdesk.message import Channel, EntryId, IncidentId, LineId, OutboxId, StaffId, TicketId
from helpdesk.noise import life
from helpdesk.noise.incidents import Incident, NoiseOutcome
from helpdesk.noise.life import Turn
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import desk, events, incident_rows, outgoing, people, remarks, staff, stating, tickets
from helpdesk.store.verbs.remarks import Remark
from helpdesk.taking_back import AT_ONCE, Windows
from helpdesk.ticket import Change, State, Then, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """Which incident a member acts on, and which version of it they saw."""

    incident: IncidentId
    version: int
    actor: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A text to each reporter.

    ``name``: how they see its writer; ``mint`` gives the ids of each copy; ``limits``: what each line may text;
    ``windows``: how long it can be taken back from all of them
    """

    text: str
    name: str
    key: str
    mint: Callable[[], str]
    limits: Mapping[LineId, Limits] = field(default_factory=dict)
    windows: Windows = AT_ONCE


def dispatch(sql: Sql, on: On, to: str, goers: tuple[str, ...], now: Instant, published: Published) -> Incident:
    """Say who goes: a member, or one of ``goers``."""
    before = _seen(sql, on, overruling=False)
    if to not in goers and staff.member(sql, StaffId(to)) is None:
        raise NotFound(f"There is nobody called {to[:40]!r} to send. Pick a member, or one of: {', '.join(goers)}.")
    turn = life.dispatch(before, to=to, by=on.actor, now=now)
    return tell(sql, turn, unfinished(sql, before.id), now, published)


def attend(sql: Sql, on: On, when: Instant, now: Instant, published: Published) -> Incident:
    """Somebody was there: for every reporter who wrote before it, that is the answer."""
    return _attend(sql, _seen(sql, on, overruling=False), when, on.actor, now, published)


def attended(sql: Sql, on: stating.Seen, when: Instant, now: Instant, published: Published) -> Ticket:
    """Somebody went where a ticket says: that is its incident, so the other reporters are answered with it."""
    ticket = stating.seen_by(sql, on)
    incident = None if ticket.incident is None else incident_rows.get(sql, ticket.incident)
    if incident is None or not incident.live:
        return stating.attend(sql, ticket, when, on.actor, now, published)
    ticket_life.workable(ticket)
    _attend(sql, incident, when, on.actor, now, published)
    return tickets.get(sql, on.ticket)


def _attend(sql: Sql, before: Incident, when: Instant, by: StaffId, now: Instant, published: Published) -> Incident:
    turn = life.attend(before, when=when, by=by, now=now)
    there = [each for each in of_incident(sql, before.id) if _wrote_before(each, turn.when)]
    if not there:
        raise Refused("Nobody who waits in this incident had written by then. Give a later time.")
    incident_rows.save(sql, turn.incident)
    for ticket in there:
        stating.attend(sql, ticket, turn.when, by, now, published, turn.data)
    return incident_rows.get(sql, before.id)


def _wrote_before(ticket: Ticket, when: Instant) -> bool:
    """Times are entered to the minute: the minute of a text counts as after it."""
    workable = ticket.state not in {State.CLOSED, State.SPAM} and ticket.merged_into is None
    return workable and ticket.opened - MINUTE < when


def conclude(sql: Sql, on: On, outcome: NoiseOutcome, message: Message, now: Instant, published: Published) -> Incident:
    """What came of it: told to each reporter who can be reached, and their tickets are solved."""
    digest = _digest(["conclude", on.incident, outcome, message.text])
    if (again := staff.done_before(sql, on.actor, message.key, digest)) is not None:
        return incident_rows.get(sql, IncidentId(again))
    before = _seen(sql, on)
    _fits(before, message)
    turn = life.conclude(before, outcome=outcome, by=on.actor, now=now)
    waiting = unfinished(sql, on.incident)
    tell(sql, turn, waiting, now, published)
    hearing = [ticket for ticket in waiting if message.text and _hears(sql, ticket, message)]
    act = _Act(sql, on, message, "solved", len(hearing), now, published)
    for ticket in waiting:
        if ticket in hearing:
            act.send(ticket)
        elif ticket.state is not State.SOLVED:
            solve = partial(ticket_life.solve, by=on.actor, now=now)
            tickets.change(sql, ticket.id, solve, now=now, published=published)
    staff.mark_done(sql, on.actor, message.key, digest, TicketId(on.incident), now)
    return incident_rows.get(sql, on.incident)


def reply_all(sql: Sql, on: On, message: Message, now: Instant, published: Published) -> Incident:
    """One text to each reporter who can be reached, each in their own ticket."""
    digest = _digest(["reply", on.incident, message.text])
    if (again := staff.done_before(sql, on.actor, message.key, digest)) is not None:
        return incident_rows.get(sql, IncidentId(again))
    before = _seen(sql, on)
    life.goes_on(before)
    _fits(before, message)
    hearing = [ticket for ticket in unfinished(sql, before.id) if _hears(sql, ticket, message)]
    if not hearing:
        raise Refused(f"Nobody in incident {before.number} can be reached any more. Write a note instead.")
    turn = life.write(before, by=on.actor, now=now)
    incident_rows.save(sql, turn.incident)
    act = _Act(sql, on, message, "open", len(hearing), now, published, turn)
    for ticket in hearing:
        act.send(ticket)
    staff.mark_done(sql, on.actor, message.key, digest, TicketId(on.incident), now)
    return incident_rows.get(sql, before.id)


def _fits(incident: Incident, message: Message) -> None:
    """Refused, in words, where the text is longer than the incident's line allows."""
    limits = message.limits.get(incident.line)
    if limits is not None and message.text:
        limits.fits(message.text)


def _hears(sql: Sql, ticket: Ticket, message: Message) -> bool:
    """Whether the text can go to who wrote a ticket: they are left out where it can't, and the others are told."""
    if not reaches(sql, ticket):
        return False
    try:
        outgoing.fits(sql, ticket.id, message.text, message.limits)
    except Refused:
        return False
    return True


@dataclass(slots=True, eq=False)
class _Act:
    """One text, written to ``many`` reporters: their copies are named by the first one's id, and taken back with it."""

    sql: Sql
    on: On
    message: Message
    then: Then
    many: int
    now: Instant
    published: Published
    turn: Turn | None = None
    first: OutboxId | None = None

    def send(self, ticket: Ticket) -> None:
        """To who wrote a ticket."""
        message, outbox = self.message, OutboxId(self.message.mint())
        self.first = self.first or outbox
        wait = message.windows.many if self.many > 1 else message.windows.one
        draft = desk.Draft(
            ticket=ticket.id,
            version=ticket.version,
            actor=self.on.actor,
            text=message.text,
            then=self.then,
            include=(),
            exclude=(),
            key="",
            entry=EntryId(message.mint()),
            outbox=outbox,
            told={} if self.turn is None else self.turn.data,
            windows=Windows(wait, wait),
            act=self.first,
            incident=self.on.incident,
        )
        desk.reply(self.sql, draft, message.name, self.now, self.published)


def reaches(sql: Sql, ticket: Ticket) -> bool:
    """Whether a text can still go to who wrote a ticket."""
    try:
        ticket_life.reachable(ticket)
    except Refused:
        return False
    if ticket.conversation is None or ticket.channel is not Channel.SMS:
        return True
    return people.sealed_address(sql, ticket.conversation) is not None


def remark(sql: Sql, incident: IncidentId, actor: StaffId, said: Remark, key: str, now: Instant) -> Incident:
    """A note for colleagues. Its text belongs to the first of the incident's tickets, and is forgotten with it."""
    digest = _digest(["remark", incident, said.text])
    if (again := staff.done_before(sql, actor, key, digest)) is not None:
        return incident_rows.get(sql, IncidentId(again))
    before = incident_rows.get(sql, incident)
    about = of_incident(sql, incident)
    if not about:
        raise Refused(f"Incident {before.number} has no reporters any more: note it on the one that they went on to.")
    turn = life.remark(before, by=actor, now=now, why=said.facts)
    remarks.keep(sql, said, about[0].id)
    incident_rows.save(sql, turn.incident)
    events.append(sql, [incident_rows.fact(turn, ticket) for ticket in about], now)
    staff.mark_done(sql, actor, key, digest, TicketId(incident), now)
    return incident_rows.get(sql, incident)


def reopen(sql: Sql, on: On, now: Instant, published: Published) -> Incident:
    """It goes on after all: what was finished as it ended is taken up again."""
    before = _seen(sql, on)
    turn = life.reopen(before, by=on.actor, now=now)
    ended = [ticket for ticket in of_incident(sql, before.id) if finished_with(sql, ticket, before.ended)]
    live = unfinished(sql, before.id)
    if not ended and not live:
        raise Refused(f"None of incident {before.number}'s tickets can go on. Reopen one of them first.")
    incident_rows.save(sql, turn.incident)
    for ticket in (*live, *ended):
        tickets.apply(sql, ticket, Change(ticket, (incident_rows.fact(turn, ticket),)), now, published)
    for ticket in ended:
        take_up = partial(ticket_life.reopen, by=on.actor, now=now)
        tickets.change(sql, ticket.id, take_up, now=now, published=published)
    return incident_rows.get(sql, before.id)


def finished_with(sql: Sql, ticket: Ticket, ended: Instant | None) -> bool:
    """Whether a ticket was solved as its incident ended, and is still; of one that was told so, as that was written."""
    if ticket.state not in {State.SOLVED, State.CLOSED} or ticket.merged_into is not None:
        return False
    solved = (event for event in events.of_ticket(sql, ticket.id) if event.kind is Kind.SOLVED)
    return any(ended in {event.when, event.noted} for event in solved)


def tell(sql: Sql, turn: Turn, about: list[Ticket], now: Instant, published: Published) -> Incident:
    """Save what became of an incident, and write the fact to each of these tickets."""
    incident_rows.save(sql, turn.incident)
    for ticket in about:
        tickets.apply(sql, ticket, Change(ticket, (incident_rows.fact(turn, ticket),)), now, published)
    return incident_rows.get(sql, turn.incident.id)


def of_incident(sql: Sql, incident: IncidentId) -> list[Ticket]:
    """Its tickets, the earliest first."""
    rows = sql(
        "SELECT * FROM tickets WHERE library = :library AND incident = :incident ORDER BY number", incident=incident
    )
    return [tickets.read(row) for row in rows]


def unfinished(sql: Sql, incident: IncidentId) -> list[Ticket]:
    """Its tickets that still need somebody, the earliest first."""
    return [ticket for ticket in of_incident(sql, incident) if ticket.live]


def _seen(sql: Sql, on: On, *, overruling: bool = True) -> Incident:
    found = incident_rows.get(sql, on.incident)
    life.seen(found, on.version, overruling=overruling)
    return found


def _digest(content: list[object]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
