"""Who has a ticket: given for good, put back. What a colleague has, only a lead takes away."""

from __future__ import annotations

from helpdesk import ticket as life
from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.message import StaffId
from helpdesk.permissions import OF_ROLE, Permission
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import staff, stating, tickets
from helpdesk.ticket import Ticket


def assign(sql: Sql, on: stating.Seen, to: StaffId, now: Instant, published: Published) -> Ticket:
    """Give a ticket to ``to`` for good: somebody who is here, and who answers."""
    found = staff.member(sql, to)
    if found is None:
        raise NotFound(f"There is no member of staff {to}.")
    if found.disabled or Permission.WORK not in OF_ROLE[found.role]:
        raise Refused(f"{found.name} answers no tickets. Give it to somebody else.")
    before = _free_for(sql, on, now)
    return tickets.apply(sql, before, life.assign(before, to=to, by=on.actor, now=now), now, published)


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
