"""Second thoughts: a reply is taken back before it goes out, or a text to many with all that it ended."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from helpdesk import ticket as ticket_life
from helpdesk.clock import Instant
from helpdesk.message import IncidentId, OutboxId, StaffId, TicketId
from helpdesk.noise import life
from helpdesk.noise.incidents import Incident
from helpdesk.ports import Sql
from helpdesk.ports.sending import TakenBack
from helpdesk.standards import Published
from helpdesk.store.verbs import holding, incident_rows, incidents, tickets


def take_back(sql: Sql, actor: StaffId, act: OutboxId, now: Instant, published: Published) -> TakenBack:
    """All replies of one act. Refused once the first of them goes out, and where another wrote it."""
    rows = holding.of_act(sql, actor, act)
    first = rows[0]
    text = holding.text_of(sql, OutboxId(first["outbox"]))
    ended = _ended_with(sql, first["incident"], first["after_send"])
    for row in rows:
        holding.undo(sql, row, now, published)
    if ended is not None:
        _go_on(sql, ended, actor, now, published)
    number = tickets.get(sql, TicketId(first["ticket"])).number
    return replace(holding.taken(first, text, number), outcome=None if ended is None else ended.outcome)


def _ended_with(sql: Sql, incident: str | None, then: str) -> Incident | None:
    """The noise that the texts told the end of, as it stands; None where they ended none."""
    if incident is None or then != "solved":
        return None
    found = incident_rows.get(sql, IncidentId(incident))
    return None if found.live else found


def _go_on(sql: Sql, ended: Incident, actor: StaffId, now: Instant, published: Published) -> None:
    """The noise goes on, and so do those of its tickets that were finished with it and were sent nothing."""
    found = incident_rows.get(sql, ended.id)
    if not found.live:
        turn = life.reopen(found, by=actor, now=now)
        incidents.tell(sql, turn, incidents.unfinished(sql, ended.id), now, published)
    for ticket in incidents.of_incident(sql, ended.id):
        if incidents.finished_with(sql, ticket, ended.ended):
            take_up = partial(ticket_life.reopen, by=actor, now=now)
            tickets.change(sql, ticket.id, take_up, now=now, published=published)
