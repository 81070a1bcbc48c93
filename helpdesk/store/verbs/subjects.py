"""One person and all that is held of them: found, and forgotten when they ask for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.message import Address, Channel, ConversationId, EntryId, PersonId, RawId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import entries, erasing, events, people, remarks, tickets
from helpdesk.store.verbs.ageing import UNSENT
from helpdesk.store.verbs.erasing import Gone, among
from helpdesk.store.verbs.remarks import Remark
from helpdesk.ticket import Ticket

UNKNOWN = (
    "Nobody is known by that. Write an address or a number as the desk shows it, or #1042 for whoever wrote ticket "
    "1042. Whoever texted a sealed line can't be found: who they are is not kept."
)

MENTIONS = 200
"""How many entries that hold the words of an address are looked through for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Somebody of whom data is held.

    ``person``  None where they never wrote by themselves, but were copied in, and for a visitor of the chat page
    ``chat``    a visitor's conversation, None for all others
    ``ticket``  the one ticket that is known to be theirs, where nothing says who they are
    """

    person: PersonId | None = None
    chat: ConversationId | None = None
    ticket: TicketId | None = None
    addresses: tuple[Address, ...] = field(repr=False)

    @property
    def values(self) -> tuple[str, ...]:
        """Their addresses."""
        return tuple(each.value for each in self.addresses)

    @property
    def called(self) -> frozenset[str]:
        """By what their entries are signed."""
        return frozenset(name for each in self.addresses for name in (each.value, each.name) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held of somebody.

    ``own``       tickets that they wrote
    ``others``    tickets of others on which they are
    ``entries``   what they wrote in those
    ``mails``     mails as they came in: theirs, and those of others that name an address of theirs
    ``mentions``  numbers of further tickets in which an address of theirs is written
    """

    subject: Subject
    own: tuple[Ticket, ...]
    others: tuple[Ticket, ...]
    entries: tuple[EntryId, ...]
    mails: tuple[RawId, ...]
    mentions: tuple[int, ...]


def find(sql: Sql, forms: Sequence[str]) -> Subject:
    """Whoever is meant by any form of what was asked for: an id, an address, ``#`` and a ticket's number."""
    for form in forms:
        if form.startswith("#") and form[1:].isascii() and form[1:].isdigit():
            return _writer(sql, int(form[1:]))
        if rows := sql("SELECT id FROM people WHERE library = :library AND id = :form", form=form):
            return _subject(sql, PersonId(rows[0]["id"]))
        if rows := sql("SELECT person FROM addresses WHERE library = :library AND value = :form", form=form):
            return _subject(sql, PersonId(rows[0]["person"]))
        if rows := sql("SELECT * FROM participants WHERE library = :library AND value = :form", form=form):
            return Subject(addresses=_distinct(rows))
    raise NotFound(UNKNOWN)


def _writer(sql: Sql, number: int) -> Subject:
    ticket = tickets.by_number(sql, number)
    if ticket.person is not None:
        return _subject(sql, ticket.person)
    verified, unverified = people.participants(sql, ticket.id)
    if ticket.channel is Channel.CHAT and (named := (*verified, *unverified)):
        return Subject(chat=ticket.conversation, addresses=named)
    if sql("SELECT id FROM tickets WHERE library = :library AND id = :id AND forgotten IS NOT NULL", id=ticket.id):
        raise NotFound(f"Ticket {number} was forgotten already.")
    return Subject(ticket=ticket.id, addresses=())


def _subject(sql: Sql, person: PersonId) -> Subject:
    rows = sql("SELECT * FROM addresses WHERE library = :library AND person = :person ORDER BY value", person=person)
    for value in [row["value"] for row in rows]:
        rows += sql("SELECT * FROM participants WHERE library = :library AND value = :value ORDER BY name", value=value)
    return Subject(person=person, addresses=_distinct(rows))


def _distinct(rows: Iterable[Record]) -> tuple[Address, ...]:
    found = (Address(channel=Channel(row["channel"]), value=row["value"], name=row["name"]) for row in rows)
    return tuple(dict.fromkeys(found))


def held(sql: Sql, subject: Subject) -> Held:
    """What is held of somebody. Reads all mails that are kept: slow where there are many."""
    own = _own(sql, subject)
    others = _others(sql, subject, {ticket.id for ticket in own})
    theirs = [row["id"] for ticket in others for row in _written(sql, ticket.id, subject)]
    return Held(
        subject=subject,
        own=own,
        others=others,
        entries=tuple(theirs),
        mails=_mails(sql, subject, [ticket.id for ticket in (*own, *others)]),
        mentions=_mentions(sql, subject, {ticket.id for ticket in own}, set(theirs)),
    )


def _own(sql: Sql, subject: Subject) -> tuple[Ticket, ...]:
    known = {"id": subject.ticket, "conversation": subject.chat, "person": subject.person}
    column, value = next(((name, each) for name, each in known.items() if each is not None), ("person", None))
    rows = sql(f"SELECT * FROM tickets WHERE library = :library AND {column} = :value ORDER BY number", value=value)
    return tuple(tickets.read(row) for row in rows)


def _others(sql: Sql, subject: Subject, own: set[TicketId]) -> tuple[Ticket, ...]:
    found: set[TicketId] = set()
    for value in subject.values:
        rows = sql("SELECT ticket FROM participants WHERE library = :library AND value = :value", value=value)
        found |= {TicketId(row["ticket"]) for row in rows}
    return tuple(sorted((tickets.get(sql, each) for each in found - own), key=lambda ticket: ticket.number))


def _written(sql: Sql, ticket: TicketId, subject: Subject) -> list[Record]:
    """What somebody wrote in a ticket of another's."""
    rows = sql(
        "SELECT id, row, author, text FROM entries WHERE library = :library AND ticket = :ticket AND kind = 'in'"
        " ORDER BY row",
        ticket=ticket,
    )
    return [row for row in rows if row["author"] in subject.called]


def _mails(sql: Sql, subject: Subject, on: Sequence[TicketId]) -> tuple[RawId, ...]:
    """Mails that somebody sent, and of the tickets that they are on those in which an address of theirs stands."""
    values, named = among(subject.values, "value")
    sent = sql(
        f"SELECT id FROM raw WHERE library = :library AND forgotten IS NULL AND sender IN ({values})",
        **named,
    )
    found = {row["id"] for row in sent}
    of, ids = among(on)
    for row in sql(f"SELECT id, content FROM raw WHERE library = :library AND ticket IN ({of})", **ids):
        if any(value.encode() in bytes(row["content"]).lower() for value in subject.values):
            found.add(row["id"])
    return tuple(RawId(each) for each in sorted(found))


def _mentions(sql: Sql, subject: Subject, own: set[TicketId], theirs: set[str]) -> tuple[int, ...]:
    found: set[int] = set()
    for value in dict.fromkeys(subject.values):
        for row in sql.full_text.find(sql, value, MENTIONS):
            hits = sql("SELECT id, ticket, text FROM entries WHERE library = :library AND row = :row", row=row)
            found |= {
                tickets.get(sql, TicketId(hit["ticket"])).number
                for hit in hits
                if hit["ticket"] not in own and hit["id"] not in theirs and value in hit["text"].lower()
            }
    return tuple(sorted(found))


def unready(sql: Sql, held: Held) -> None:
    """Refused, with what to do first, where somebody still works for them, or a message is on its way."""
    if live := [str(ticket.number) for ticket in held.own if ticket.live]:
        raise Refused(f"Somebody still works for them: solve {_tickets(live)} first, then ask again.")
    of, ids = among([ticket.id for ticket in held.own])
    rows = sql(
        "SELECT DISTINCT t.number AS number FROM outbox o JOIN tickets t ON t.library = o.library AND t.id = o.ticket"
        f" WHERE o.library = :library AND o.ticket IN ({of}) AND o.state IN {UNSENT} ORDER BY t.number",
        **ids,
    )
    if rows:
        waits = _tickets([str(row["number"]) for row in rows])
        raise Refused(f"A message of {waits} is still on its way to them. Ask again when it has been sent.")
    values, named = among(held.subject.values, "value")
    if sql(f"SELECT id FROM raw WHERE library = :library AND state = 'kept' AND sender IN ({values})", **named):
        raise Refused("A mail of theirs has just come in and is being read. Ask again in a minute.")


def _tickets(numbers: list[str]) -> str:
    return f"ticket {numbers[0]}" if len(numbers) == 1 else f"tickets {', '.join(numbers)}"


def forget(sql: Sql, held: Held, actor: str, why: Remark | None, now: Instant) -> Gone:
    """Forget somebody: their tickets' words and names, what they wrote in others', and that they were on those.

    Refused, and nothing is changed, where their own tickets are not finished. Numbers, clocks and events stay; the log
    says that somebody was forgotten, not who.
    """
    own = _own(sql, held.subject)
    held = replace(held, own=own)
    unready(sql, held)
    gone = erasing.whole(sql, [ticket.id for ticket in own], now) if own else Gone()
    gone += _leave_others(sql, held, now)
    if held.subject.person is not None:
        gone += Gone(people=erasing.forget_person(sql, held.subject.person))
    if why is not None:
        remarks.keep(sql, why, None)
    asked: dict[str, Fact] = {"rule": "asked"}
    facts = [NewEvent(kind=Kind.FORGOTTEN, ticket=each.id, when=now, actor=actor, data=asked) for each in own]
    data = {**asked, **gone.told, **(why.facts if why is not None else {})}
    facts.append(NewEvent(kind=Kind.FORGOTTEN, ticket=None, when=now, actor=actor, data=data))
    events.append(sql, facts, now)
    return gone


def _leave_others(sql: Sql, held: Held, now: Instant) -> Gone:
    """Take somebody off the tickets of others, with what they wrote there and with the mails that name them."""
    of, ids = among(held.entries)
    written = sql(f"SELECT id, row, text FROM entries WHERE library = :library AND id IN ({of})", **ids)
    erasing.wipe_entries(sql, written)
    files = entries.drop_files(sql, of, **ids)
    for ticket in held.others:
        _leave(sql, ticket.id, held.subject)
    mails = erasing.forget_mails(sql, held.mails, now)
    return Gone(entries=len(written), files=files, mails=mails)


def _leave(sql: Sql, ticket: TicketId, subject: Subject) -> None:
    for value in subject.values:
        sql(
            "DELETE FROM participants WHERE library = :library AND ticket = :ticket AND value = :value",
            ticket=ticket,
            value=value,
        )
    for row in sql("SELECT id, copies FROM outbox WHERE library = :library AND ticket = :ticket", ticket=ticket):
        copies = json.loads(row["copies"])
        kept = [each for each in copies if each not in subject.values]
        if kept != copies:
            sql(
                "UPDATE outbox SET copies = :copies WHERE library = :library AND id = :id",
                id=row["id"],
                copies=json.dumps(kept),
            )
