"""Who has a ticket: given for good, put back. What a colleague has, only a lead takes away."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from helpdesk import ticket as life
from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind, NewEvent
from helpdesk.macros import fill
from helpdesk.message import EntryId, OutboxId, StaffId, TicketId
from helpdesk.permissions import OF_ROLE, Permission
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import entries, outgoing, staff, stating, tickets
from helpdesk.store.verbs.chatting import hears
from helpdesk.thread import EntryKind
from helpdesk.ticket import Change, Ticket


def assign(sql: Sql, on: stating.Seen, to: StaffId, now: Instant, published: Published) -> Ticket:
    """Give a ticket to ``to`` for good: somebody who is here, and who answers."""
    before, change = _given(sql, on, to, now)
    return tickets.apply(sql, before, change, now, published)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver:
    """What a colleague gets with a ticket: the note, with the id that it will have, and how they see its writer.

    ``told``     what the visitor of a chat is told, "" for nothing; {name} and {first_name} are the colleague's
    ``telling``  the ids of that message
    """

    to: StaffId
    entry: EntryId
    text: str
    name: str
    key: str
    told: str
    telling: tuple[EntryId, OutboxId]

    def digest(self, ticket: TicketId) -> str:
        """What an idempotency key stands for."""
        return hashlib.sha256(json.dumps([ticket, self.to, self.text]).encode()).hexdigest()


def hand_over(sql: Sql, on: stating.Seen, what: HandingOver, now: Instant, published: Published) -> Ticket:
    """Give a ticket to a colleague with a note for them, in one commit."""
    digest = what.digest(on.ticket)
    if (again := staff.done_before(sql, on.actor, what.key, digest)) is not None:
        return tickets.get(sql, again)
    before, change = _given(sql, on, what.to, now)
    noted = NewEvent(kind=Kind.NOTED, ticket=before.id, when=now, actor=on.actor, data={"entry": what.entry})
    entries.add(sql, id=what.entry, ticket=before.id, kind=EntryKind.NOTE, author=what.name, text=what.text, now=now)
    after = tickets.apply(sql, before, Change(change.ticket, (*change.events, noted)), now, published)
    if what.told and what.to != on.actor and hears(after):
        _tell_visitor(sql, after, what, now)
    staff.mark_done(sql, on.actor, what.key, digest, after.id, now)
    return after


def _tell_visitor(sql: Sql, ticket: Ticket, what: HandingOver, now: Instant) -> None:
    """Somebody else is here now: an automatic message that answers nothing, and is no acknowledgement either."""
    colleague = staff.member(sql, what.to)
    name = colleague.name if colleague is not None else ""
    text = fill(what.told, {"name": name, "first_name": name.split(" ")[0]}).text
    entry, row = what.telling
    outgoing.put_out(sql, ticket, entry=entry, outbox_id=row, text=text, author="", now=now, automatic=True)


def _given(sql: Sql, on: stating.Seen, to: StaffId, now: Instant) -> tuple[Ticket, Change]:
    """The ticket, and what makes it ``to``'s: somebody who is here, and who answers."""
    found = staff.member(sql, to)
    if found is None:
        raise NotFound(f"There is no member of staff {to}.")
    if found.disabled or Permission.WORK not in OF_ROLE[found.role]:
        raise Refused(f"{found.name} answers no tickets. Give it to somebody else.")
    before = _free_for(sql, on, now)
    return before, life.assign(before, to=to, by=on.actor, now=now)


def release(sql: Sql, on: stating.Seen, now: Instant, published: Published) -> Ticket:
    """Put a ticket back for whoever is next."""
    before = _free_for(sql, on, now)
    return tickets.apply(sql, before, life.release(before, by=on.actor, now=now), now, published)


def _free_for(sql: Sql, on: stating.Seen, now: Instant) -> Ticket:
    """The ticket as it was seen; NotAllowed where a colleague has it who still works here, and the actor is no lead."""
    before = stating.seen_by(sql, on)
    has = life.holder(before, now)
    if has is None or has == on.actor or staff.may(sql, on.actor, Permission.LEAD):
        return before
    colleague = staff.member(sql, has)
    if colleague is not None and not colleague.disabled:
        life.free_for(before, by=on.actor, now=now)
    return before
