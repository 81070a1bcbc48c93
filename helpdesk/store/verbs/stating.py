"""What staff state about a ticket, each whole in one commit: the remark, the fact, the clocks that follow it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk import statements
from helpdesk.clock import Instant
from helpdesk.events import Fact
from helpdesk.message import Channel, EntryId, StaffId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Measure, Outcome, Published, judged, judged_as_recorded
from helpdesk.store.verbs import clocks, entries, events, remarks, staff, tickets, undoable
from helpdesk.store.verbs.remarks import Remark
from helpdesk.thread import EntryKind
from helpdesk.ticket import Ticket, seen

_FOR_WORDS = frozenset({Measure.FIRST_RESPONSE, Measure.NEXT_RESPONSE})
"""What a clock may be waiting for that going there does not give, save where its standard says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which ticket a member states something about, and which version of it they saw."""

    ticket: TicketId
    version: int
    actor: StaffId


def attended(sql: Sql, on: Seen, when: Instant, now: Instant, published: Published) -> Ticket:
    """Somebody went there. The patron waits no longer, save where a running clock waits for words."""
    return attend(sql, seen_by(sql, on), when, on.actor, now, published)


def attend(
    sql: Sql,
    ticket: Ticket,
    when: Instant,
    by: StaffId,
    now: Instant,
    published: Published,
    told: Mapping[str, Fact] | None = None,
) -> Ticket:
    """The same for a ticket just read; ``told`` is what its fact says besides."""
    answers = not _waits_for_words(sql, ticket, published)
    change = statements.attended(ticket, when=when, by=by, now=now, answers=answers, told=told)
    return tickets.apply(sql, ticket, change, now, published)


def _waits_for_words(sql: Sql, ticket: Ticket, published: Published) -> list[str]:
    """The standards whose running clocks only a reply can stop."""
    found = []
    for row in clocks.of_ticket(sql, ticket.id):
        version = published.version(row.version)
        by_going = version is not None and version.standard.attended_answers
        if row.outcome is Outcome.PENDING and row.measure in _FOR_WORDS and not by_going:
            found.append(row.standard)
    return found


def correct(sql: Sql, on: Seen, answered: Instant, why: Remark, now: Instant, published: Published) -> Ticket:
    """It was answered otherwise than the desk recorded."""
    before = seen_by(sql, on)
    change = statements.correct(before, answered=answered, why=why.facts, by=on.actor, now=now)
    remarks.keep(sql, why, before.id)
    return tickets.apply(sql, before, change, now, published)


def explain(sql: Sql, on: Seen, why: Remark, now: Instant, published: Published) -> Ticket:
    """Why a standard was missed, as it stands now or as it was recorded."""
    before = seen_by(sql, on)
    rows = clocks.of_ticket(sql, before.id)
    missed = any(Outcome.MISSED in {judged(row, now), judged_as_recorded(row, now)} for row in rows)
    change = statements.explain(before, why=why.facts, missed=missed, by=on.actor, now=now)
    remarks.keep(sql, why, before.id)
    return tickets.apply(sql, before, change, now, published)


def merge(sql: Sql, on: Seen, into: int, now: Instant, published: Published) -> Ticket:
    """Close a ticket; the one of number ``into`` goes on in its place."""
    before = seen_by(sql, on)
    other = tickets.by_number(sql, into)
    change = statements.merge(before, other, by=on.actor, now=now)
    taken = statements.take_in(other, before, by=on.actor, now=now)
    after = tickets.apply(sql, before, change, now, published)
    tickets.point_on(sql, before.id, other.id)
    tickets.apply(sql, other, taken, now, published)
    return after


def seen_by(sql: Sql, on: Seen) -> Ticket:
    """The ticket; Stale, naming who, if it was changed since."""
    found = tickets.get(sql, on.ticket)
    seen(found, on.version)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody rang or came to the desk, with the ids that it will have.

    ``name``   how colleagues see the writer
    ``title``  its subject where there is no text, "" for its kind
    """

    ticket: TicketId
    entry: EntryId
    actor: StaffId
    name: str
    channel: Channel
    text: str
    kind: str
    site: str
    waited: int | None
    key: str
    title: str = ""
    tags: tuple[str, ...] = ()
    effort: int | None = None
    first_contact: bool | None = None

    @property
    def digest(self) -> str:
        """What an idempotency key stands for."""
        content = [self.channel, self.text, self.kind, self.site, self.waited]
        content += [self.title, *self.tags, self.effort, self.first_contact] if self.title else []
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def log_contact(sql: Sql, contact: Contact, now: Instant, published: Published) -> Ticket:
    """Opened and solved at once; a second call with the same key and content gives the first one's ticket."""
    if (again := staff.done_before(sql, contact.actor, contact.key, contact.digest)) is not None:
        return tickets.get(sql, again)
    change = statements.contact(
        id=contact.ticket,
        number=tickets.next_number(sql),
        channel=contact.channel,
        kind=contact.kind,
        site=contact.site,
        text=contact.text,
        entry=contact.entry if contact.text else None,
        waited=contact.waited,
        by=contact.actor,
        now=now,
        title=contact.title,
        tags=contact.tags,
        effort=contact.effort,
        first_contact=contact.first_contact,
    )
    ticket = tickets.open_new(sql, change, now, published)
    undoable.keep(sql, ticket, ticket, events.of_ticket(sql, ticket.id))
    if contact.text:
        entries.add(
            sql,
            id=contact.entry,
            ticket=ticket.id,
            kind=EntryKind.NOTE,
            author=contact.name,
            text=contact.text,
            now=now,
        )
    staff.mark_done(sql, contact.actor, contact.key, contact.digest, ticket.id, now)
    return ticket
