"""Contacts from before are taken in: each whole in one commit, and none twice.

Nothing goes out for them, nobody is told, and they answer no promise unless their times are whole: each of their facts
says that it was imported, and whether it is to be measured. What a live conversation has of the same thread already is
known by its id; the rest of the thread joins it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from helpdesk.bygone import Bygone, Spoken
from helpdesk.clock import Instant
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import Address, Channel, Delivery, EntryId, PersonId, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import entries, people, tickets
from helpdesk.thread import EntryKind
from helpdesk.ticket import Change, Flag, State, Ticket

SERVED = frozenset({Channel.PHONE, Channel.DESK})
"""Contacts that are over when they are entered: their texts are notes."""

REACHED = frozenset({Channel.MAIL, Channel.SMS})
"""Channels by whose addresses a patron is known."""

ACCOUNT = "import"
"""Whose ids a contact's keys are, where its messages have none of their own."""

PREVIEW = 120


class TakenIn(StrEnum):
    """What became of a contact."""

    NEW = "new"
    JOINED = "joined"
    KNOWN = "known"
    CHANGED = "changed"
    """The key is known, and what is behind it differs: the first one stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """Ids made beforehand: an entry for each message."""

    ticket: TicketId
    person: PersonId
    entries: tuple[EntryId, ...]


def take_in(sql: Sql, bygone: Bygone, minted: Minted, by: StaffId, now: Instant, published: Published) -> TakenIn:
    """Store a contact with all that was written in it, unless it is known; a known thread goes on with the rest."""
    if bygone.key:
        if rows := _seen(sql, bygone.channel, ACCOUNT, bygone.key):
            return TakenIn.KNOWN if rows[0]["digest"] == bygone.digest else TakenIn.CHANGED
        _open(sql, bygone, bygone.spoken, minted, by, now, published)
        return TakenIn.NEW
    fresh, known = _parted(sql, bygone)
    if not fresh:
        return TakenIn.KNOWN
    ticket = known or _named(sql, bygone)
    if ticket is None:
        _open(sql, bygone, fresh, minted, by, now, published)
        return TakenIn.NEW
    _join(sql, ticket, bygone, fresh, minted, now, published)
    return TakenIn.JOINED


def _seen(sql: Sql, channel: Channel, account: str, external_id: str) -> list[Record]:
    return sql(
        "SELECT ticket, digest FROM received WHERE library = :library AND channel = :channel AND account = :account"
        " AND external_id = :external_id",
        channel=str(channel),
        account=account,
        external_id=external_id,
    )


def _parted(sql: Sql, bygone: Bygone) -> tuple[tuple[Spoken, ...], TicketId | None]:
    """The messages that are not known yet, and the ticket of those that are."""
    fresh, ticket = [], None
    for spoken in bygone.spoken:
        rows = _seen(sql, bygone.channel, spoken.account, spoken.external_id)
        if not rows:
            fresh.append(spoken)
        ticket = ticket or next((row["ticket"] for row in rows if row["ticket"] is not None), None)
    return tuple(fresh), ticket


def _named(sql: Sql, bygone: Bygone) -> TicketId | None:
    """The ticket of a message that the thread goes on from."""
    accounts = {spoken.account for spoken in bygone.spoken}
    for reference in bygone.references:
        for account in sorted(accounts):
            for row in _seen(sql, bygone.channel, account, reference):
                if row["ticket"] is not None:
                    return TicketId(row["ticket"])
    return None


def _open(
    sql: Sql,
    bygone: Bygone,
    spoken: Sequence[Spoken],
    minted: Minted,
    by: StaffId,
    now: Instant,
    published: Published,
) -> None:
    first = spoken[0]
    address = _address(bygone, next((each for each in spoken if each.kind is EntryKind.IN), first))
    person = people.remember(sql, address, minted.person, first.when) if address is not None else None
    ticket = replace(_ticket(bygone, spoken, minted, sql), person=person)
    facts = tuple(_facts(bygone, spoken, ticket, minted, by))
    ticket = tickets.open_new(sql, Change(ticket, facts), now, published)
    sql(
        "UPDATE clocks SET noticed = :now WHERE library = :library AND ticket = :ticket AND outcome = 'pending'",
        now=now,
        ticket=ticket.id,
    )
    if address is not None:
        people.participate(sql, ticket.id, address, verified=True)
    _write(sql, bygone, spoken, ticket, minted, now)
    if bygone.key:
        _mark(sql, bygone.channel, ACCOUNT, bygone.key, bygone.digest, ticket.id, minted.entries[0], now)


def _ticket(bygone: Bygone, spoken: Sequence[Spoken], minted: Minted, sql: Sql) -> Ticket:
    first, last = spoken[0], spoken[-1]
    waits = _unanswered(spoken) if bygone.closed is None and bygone.channel not in SERVED else None
    words = " ".join(last.text[: last.quote_from][: 4 * PREVIEW].split())[:PREVIEW]
    patron = next((each for each in spoken if each.kind is EntryKind.IN), None)
    name = patron.author or patron.address if patron is not None else first.author
    return Ticket(
        id=minted.ticket,
        number=tickets.next_number(sql),
        channel=bygone.channel,
        line=bygone.line,
        kind=bygone.kind,
        site=bygone.site,
        subject=bygone.subject,
        preview=words,
        name=name or "unknown sender",
        state=State.CLOSED if bygone.closed is not None else State.NEW if waits is not None else State.OPEN,
        opened=first.when,
        updated=max(last.when, bygone.closed or last.when),
        unanswered=waits,
        flags=frozenset({Flag.AUTOMATIC}) if first.automatic else frozenset(),
        touched_by=SYSTEM,
        tags=bygone.tags,
    )


def _unanswered(spoken: Sequence[Spoken]) -> Instant | None:
    """Since when the patron has been waiting, None where the last word is ours."""
    since = None
    for each in spoken:
        if each.kind is EntryKind.OUT:
            since = None
        elif each.kind is EntryKind.IN and not each.automatic and since is None:
            since = each.when
    return since


def _facts(bygone: Bygone, spoken: Sequence[Spoken], ticket: Ticket, minted: Minted, by: StaffId) -> Iterator[NewEvent]:
    """What the log is told of a new ticket: its whole life, at the times at which it was lived."""

    def fact(kind: Kind, when: Instant, data: dict[str, Fact], actor: str = SYSTEM) -> NewEvent:
        return NewEvent(kind=kind, ticket=ticket.id, when=when, actor=actor, data={**data, **_said(bygone)})

    opening: dict[str, Fact] = {
        "channel": str(ticket.channel),
        "line": ticket.line,
        "automatic": spoken[0].automatic,
        "rule": "imported",
    }
    if ticket.channel in SERVED:
        opening["waited"] = bygone.waited
    yield fact(Kind.OPENED, ticket.opened, opening)
    yield fact(Kind.IMPORTED, ticket.opened, {"source": bygone.source}, by)
    if ticket.tags:
        yield fact(Kind.TAGGED, ticket.opened, {"tags": " ".join(ticket.tags)})
    for each, entry in zip(spoken, minted.entries, strict=False):
        yield fact(*_told(each, entry))
    if bygone.closed is not None:
        yield fact(Kind.SOLVED, bygone.closed, {"closes": bygone.closed})
        yield fact(Kind.CLOSED, bygone.closed, {})


def _said(bygone: Bygone) -> dict[str, Fact]:
    """What each fact of an imported contact says besides."""
    return {"imported": True} if bygone.measured else {"imported": True, "measured": False}


def _told(spoken: Spoken, entry: EntryId) -> tuple[Kind, Instant, dict[str, Fact]]:
    match spoken.kind:
        case EntryKind.IN:
            data: dict[str, Fact] = {
                "entry": entry,
                "automatic": spoken.automatic,
                "rule": "imported",
                "segments": 1,
                "caught_up": False,
                "conflict": False,
            }
            return Kind.RECEIVED, spoken.when, data
        case EntryKind.OUT:
            return Kind.REPLIED, spoken.when, {"entry": entry, "outbox": None, "automatic": spoken.automatic}
        case _:
            return Kind.NOTED, spoken.when, {"entry": entry}


def _join(
    sql: Sql,
    known: TicketId,
    bygone: Bygone,
    fresh: Sequence[Spoken],
    minted: Minted,
    now: Instant,
    published: Published,
) -> None:
    """The rest of a thread of which the store has a part: its ticket stands as it stood."""
    ticket = tickets.lasting(sql, known)
    facts = tuple(
        NewEvent(kind=kind, ticket=ticket.id, when=when, actor=SYSTEM, data={**data, **_said(bygone)})
        for kind, when, data in (_told(*each) for each in zip(fresh, minted.entries, strict=False))
    )
    after = replace(ticket, version=ticket.version + 1, touched_by=SYSTEM)
    tickets.apply(sql, ticket, Change(after, facts), now, published)
    for each in fresh:
        address = _address(bygone, each)
        if address is not None and each.kind is EntryKind.IN and not people.is_on(sql, ticket.id, address):
            people.participate(sql, ticket.id, address, verified=False)
    _write(sql, bygone, fresh, ticket, minted, now)


def _address(bygone: Bygone, spoken: Spoken) -> Address | None:
    if not spoken.address or bygone.channel not in REACHED:
        return None
    return Address(channel=bygone.channel, value=spoken.address, name=spoken.author)


def _write(sql: Sql, bygone: Bygone, spoken: Sequence[Spoken], ticket: Ticket, minted: Minted, now: Instant) -> None:
    for each, entry in zip(spoken, minted.entries, strict=False):
        entries.add(
            sql,
            id=entry,
            ticket=ticket.id,
            kind=each.kind,
            author=each.author or each.address or ticket.name,
            text=each.text,
            now=each.when,
            quote_from=each.quote_from,
            delivery=Delivery.SENT if each.kind is EntryKind.OUT else None,
            files=each.files,
        )
        if each.external_id:
            _mark(sql, bygone.channel, each.account, each.external_id, each.digest, ticket.id, entry, now)


def _mark(
    sql: Sql,
    channel: Channel,
    account: str,
    external_id: str,
    digest: str,
    ticket: TicketId,
    entry: EntryId,
    now: Instant,
) -> None:
    sql(
        "INSERT INTO received (library, channel, account, external_id, digest, ticket, entry, noted)"
        " VALUES (:library, :channel, :account, :external_id, :digest, :ticket, :entry, :now)"
        " ON CONFLICT (library, channel, account, external_id, digest) DO NOTHING",
        channel=str(channel),
        account=account,
        external_id=external_id,
        digest=digest,
        ticket=ticket,
        entry=entry,
        now=now,
    )


def known(sql: Sql, keys: Sequence[tuple[Channel, str]]) -> list[bool]:
    """Of each contact's key whether it was taken in before."""
    return [bool(_seen(sql, channel, ACCOUNT, key)) for channel, key in keys]
