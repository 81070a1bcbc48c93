"""What staff do to a ticket, each whole in one commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from helpdesk import ticket as life
from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Event, Fact, Kind, NewEvent
from helpdesk.message import Address, EntryId, IncidentId, OutboxId, StaffId, TicketId
from helpdesk.ports import Sql
from helpdesk.sight import Found
from helpdesk.standards import Published
from helpdesk.store.verbs import (
    clocks,
    duty,
    entries,
    erasing,
    escalating,
    events,
    holding,
    muting,
    outbox,
    outgoing,
    people,
    remarks,
    staff,
    tickets,
    ties,
    views,
)
from helpdesk.taking_back import AT_ONCE, Windows
from helpdesk.thread import Entry, EntryKind, Moment, Thread, owed
from helpdesk.ticket import Change, Flag, Then, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply as its writer sends it, with the ids that it will have. ``told``: what its fact says besides.

    ``windows``   how long it can be taken back
    ``act``       of one of many texts the first one's id; ``incident``: the noise that they are about
    """

    ticket: TicketId
    version: int
    actor: StaffId
    text: str
    then: Then
    include: tuple[Address, ...]
    exclude: tuple[Address, ...]
    key: str
    entry: EntryId
    outbox: OutboxId
    told: Mapping[str, Fact] = field(default_factory=dict)
    windows: Windows = AT_ONCE
    act: OutboxId | None = None
    incident: IncidentId | None = None

    @property
    def digest(self) -> str:
        """What an idempotency key stands for."""
        sides = [[each.value for each in side] for side in (self.include, self.exclude)]
        return _digest([self.ticket, self.text, self.then, *sides])


def reply(sql: Sql, draft: Draft, name: str, now: Instant, published: Published) -> Ticket:
    """Entry, outbox row and event in one commit. ``name`` is how the patron sees the writer."""
    if (again := staff.done_before(sql, draft.actor, draft.key, draft.digest)) is not None:
        return tickets.get(sql, again)
    before = tickets.get(sql, draft.ticket)
    life.seen(before, draft.version)
    strangers = _settle_unverified(sql, before, draft)
    wait = draft.windows.of(before.goes_by, 1 + len(outgoing.copies_of(sql, before)))
    change = life.reply(
        before, entry=draft.entry, outbox=draft.outbox, by=draft.actor, now=now, then=draft.then, wait=wait
    )
    outbox.decided(sql, before.id)
    outgoing.put_out(
        sql,
        before,
        entry=draft.entry,
        outbox_id=draft.outbox,
        text=draft.text,
        author=name,
        now=now,
        wait=wait,
    )
    flags = change.ticket.flags - {Flag.UNVERIFIED, Flag.UNDELIVERABLE}
    facts = tuple(_telling(event, draft.told) for event in change.events)
    after = tickets.apply(sql, before, Change(replace(change.ticket, flags=flags), facts), now, published)
    if wait:
        _hold(sql, draft, before, after, strangers)
    staff.mark_done(sql, draft.actor, draft.key, draft.digest, after.id, now)
    return after


def _hold(sql: Sql, draft: Draft, before: Ticket, after: Ticket, strangers: Strangers) -> None:
    holding.keep(
        sql,
        outbox=draft.outbox,
        entry=draft.entry,
        act=draft.act or draft.outbox,
        incident=draft.incident,
        actor=draft.actor,
        then=draft.then,
        before=before,
        after=after,
        strangers=strangers,
    )


def _telling(event: NewEvent, told: Mapping[str, Fact]) -> NewEvent:
    return replace(event, data={**event.data, **told}) if told and event.kind is Kind.REPLIED else event


Strangers = tuple[list[Address], list[Address]]
"""Who wrote to a ticket unasked: those whom a reply includes, and those whom it leaves out."""


def _settle_unverified(sql: Sql, ticket: Ticket, draft: Draft) -> Strangers:
    _, unverified = people.participants(sql, ticket.id)
    included = {each.value for each in draft.include}
    decided = included | {each.value for each in draft.exclude}
    open_questions = [each.value for each in unverified if each.value not in decided]
    if open_questions:
        raise Refused(
            f"Say whom to include first: {', '.join(open_questions)} wrote to this ticket without being on it."
        )
    taken_in = [each for each in unverified if each.value in included]
    left_out = [each for each in unverified if each.value not in included]
    for each in taken_in:
        people.participate(sql, ticket.id, each, verified=True)
    for each in left_out:
        people.drop(sql, ticket.id, each)
    return taken_in, left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note for colleagues, with the id that it will have."""

    ticket: TicketId
    actor: StaffId
    text: str
    key: str
    entry: EntryId


def note(sql: Sql, note: Note, name: str, now: Instant, published: Published) -> Ticket:
    """Write a note. ``name`` is how colleagues see its writer."""
    digest = _digest([note.ticket, note.text])
    if (again := staff.done_before(sql, note.actor, note.key, digest)) is not None:
        return tickets.get(sql, again)
    before = tickets.get(sql, note.ticket)
    entries.add(sql, id=note.entry, ticket=note.ticket, kind=EntryKind.NOTE, author=name, text=note.text, now=now)
    change = life.note(before, entry=note.entry, by=note.actor, now=now)
    after = tickets.apply(sql, before, change, now, published)
    staff.mark_done(sql, note.actor, note.key, digest, note.ticket, now)
    return after


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def take_next(sql: Sql, actor: StaffId, now: Instant, until: Instant, published: Published, most: int) -> Ticket | None:
    """Claim the ticket that most needs somebody; None if nobody waits.

    Who has ``most`` chats, or as many as they said, gets no further one: Refused where only chats wait.
    """
    full = duty.is_full(sql, actor, now, most)
    found = views.next_unanswered(sql, actor, now, chats=not full)
    if found is None and full and views.next_unanswered(sql, actor, now) is not None:
        raise Refused("You have as many chats as you take at once. End one, give one away, or say more (:at once 4).")
    if found is None:
        return None
    return tickets.change(sql, found, partial(life.claim, by=actor, now=now, until=until), now=now, published=published)


def thread(sql: Sql, ticket: TicketId, now: Instant) -> Thread:
    """A ticket with its entries, history and clocks, as they stand ``now``."""
    found = tickets.get(sql, ticket)
    verified, unverified = people.participants(sql, ticket)
    history = _history(sql, ticket)
    merged = tickets.merged_in(sql, ticket)
    written = _entries(sql, ticket, merged)
    return Thread(
        ticket=found,
        entries=_by_name(found, written),
        history=history,
        clocks=clocks.of_ticket(sql, ticket),
        participants=() if found.kind == escalating.KIND else verified,
        unverified=unverified,
        linked=tickets.linked(sql, ticket),
        merged_in=_written_in(written, merged),
        merged_into=tickets.numbers(sql, [found.merged_into]).get(found.merged_into),
        promised=owed(history),
        contacts=people.contacts(sql, ticket),
        related=ties.related(sql, ticket),
        followers=ties.followers(sql, ticket),
        muted_until=muting.muted_until(sql, found.conversation, now),
        **erasing.since(sql, ticket),
    )


def _by_name(found: Ticket, written: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Who is on duty goes by their name on the list: the number of their phone is no business of the desk's."""
    if found.kind != escalating.KIND:
        return written
    return tuple(replace(each, author=found.name) if each.kind is EntryKind.IN else each for each in written)


def _entries(sql: Sql, ticket: TicketId, merged: list[tuple[TicketId, int]]) -> tuple[Entry, ...]:
    """A ticket's entries with those of the tickets that were merged into it, oldest first."""
    own = entries.of_ticket(sql, ticket)
    if not merged:  # a copy that opened what was split off is younger than what followed it
        return tuple(sorted(own, key=lambda entry: entry.written))
    others = [replace(entry, came_with=number) for other, number in merged for entry in entries.of_ticket(sql, other)]
    return tuple(sorted([*own, *others], key=lambda entry: entry.written))


def _written_in(written: tuple[Entry, ...], merged: list[tuple[TicketId, int]]) -> tuple[int, ...]:
    """The merged tickets whose entries stand here: what was split off by mistake has none any more."""
    came = {entry.came_with for entry in written}
    return tuple(number for _, number in merged if number in came)


def _history(sql: Sql, ticket: TicketId) -> tuple[Moment, ...]:
    told = events.of_ticket(sql, ticket)
    shared = (str(event.data.get("remark")) for event in told if event.kind is Kind.INCIDENT_NOTED)
    said = {**remarks.of_ticket(sql, ticket), **remarks.texts(sql, shared)}
    nameable = ties.nameable(sql, told)
    others = {event.seq: _other(event, nameable) for event in told}
    numbers = tickets.numbers(sql, others.values())
    return tuple(
        Moment(
            seq=event.seq,
            kind=event.kind,
            when=event.when,
            actor=event.actor,
            data=event.data,
            remark=_remark(event, said),
            other=numbers.get(others[event.seq]),
        )
        for event in told
    )


def _other(event: Event, nameable: frozenset[TicketId]) -> TicketId | None:
    """The other ticket that a fact names; of one that was linked, only while it may be named beside this one."""
    if event.kind in ties.KINDS:
        return next((each for each in nameable if each == event.data.get("other")), None)
    for name in ("earlier", "merged", "into", "from"):
        if isinstance(found := event.data.get(name), str):
            return TicketId(found)
    return None


def _remark(event: Event, said: Mapping[str, str]) -> str:
    """The text that belongs to a fact: the remark it names; of a message, what its reader noticed."""
    if event.kind is Kind.RECEIVED:
        noticed = f"{event.data.get('entry')}."
        return "; ".join(text for name, text in said.items() if name.startswith(noticed))
    return said.get(str(event.data.get("remark")), "")


EXCERPT = 160
"""How much of an entry a search hit shows, in characters."""


def search(sql: Sql, words: str, limit: int) -> tuple[Found, ...]:
    """The newest entries that hold all words, each with its ticket."""
    hits = entries.search(sql, words, limit)
    rows = views.rows(sql, {TicketId(hit["ticket"]) for hit in hits})
    return tuple(
        Found(
            row=rows[TicketId(hit["ticket"])],
            excerpt=_around(hit["text"], words),
            written=hit["written"],
        )
        for hit in hits
    )


def _around(text: str, words: str) -> str:
    first = words.split()[0].casefold() if words.split() else ""
    place = max(text.casefold().find(first) - EXCERPT // 3, 0)
    return " ".join(text[place : place + EXCERPT].split())
