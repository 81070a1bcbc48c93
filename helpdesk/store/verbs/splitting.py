"""Part of a ticket becomes a ticket of its own, and comes back. What is split off and when it began: the pure rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.events import Event, Fact, Kind, standing
from helpdesk.message import Channel, EntryId, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.splitting import Parting, left_behind, parting, rejoined, split_off
from helpdesk.standards import Published
from helpdesk.store.verbs import chats, drafts, entries, events, people, receiving, staff, tickets, undoable
from helpdesk.thread import EntryKind
from helpdesk.ticket import Ticket, seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What a member wants split off, with the ids that the new ticket and the copy of its first message will have."""

    ticket: TicketId
    version: int
    actor: StaffId
    entries: tuple[EntryId, ...]
    subject: str
    key: str
    into: TicketId
    copy: EntryId

    @property
    def digest(self) -> str:
        """What an idempotency key stands for."""
        content = [self.ticket, *self.entries, self.subject]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def split(sql: Sql, wanted: Split, now: Instant, published: Published) -> Ticket:
    """The new ticket, whose clocks start when its messages came in; the first is without them from now on."""
    if (again := staff.done_before(sql, wanted.actor, wanted.key, wanted.digest)) is not None:
        return tickets.get(sql, again)
    before = tickets.get(sql, wanted.ticket)
    seen(before, wanted.version)
    history = standing(events.of_ticket(sql, before.id))
    what = parting(history, wanted.entries, wanted.copy)
    written = {row["id"]: row for row in _written(sql, before.id)}
    over = [written[str(event.data["entry"])] for event in what.came]
    stay = [row for id_, row in written.items() if id_ not in what.moved]
    change = left_behind(before, what, wanted.into, history, preview=_preview(stay[-1:]), by=wanted.actor, now=now)
    tickets.apply(sql, before, change, now, published)
    new = split_off(
        before,
        what,
        id=wanted.into,
        number=tickets.next_number(sql),
        subject=wanted.subject,
        preview=_preview(over[-1:]),
        by=wanted.actor,
        now=now,
    )
    after = tickets.open_new(sql, new, now, published)
    undoable.keep(sql, after, after, events.of_ticket(sql, after.id))
    _take_over(sql, before, after, what, over)
    staff.mark_done(sql, wanted.actor, wanted.key, wanted.digest, after.id, now)
    return after


def _written(sql: Sql, ticket: TicketId) -> list[Record]:
    """What the patron wrote, in order."""
    return sql(
        "SELECT * FROM entries WHERE library = :library AND ticket = :ticket AND kind = 'in' ORDER BY row",
        ticket=ticket,
    )


def _preview(rows: Sequence[Record]) -> str:
    """The first words of the latest, as the worklist shows them."""
    return receiving.words_of(rows[0]["text"], rows[0]["quote_from"]) if rows else ""


def _take_over(sql: Sql, before: Ticket, after: Ticket, what: Parting, over: Sequence[Record]) -> None:
    for each in what.moved:
        _move(sql, each, before.id, after.id)
    if what.copied is not None:
        _copy(sql, next(row for row in over if row["id"] not in what.moved), after.id, what.copied)
    verified, _ = people.participants(sql, before.id)
    for address in verified:
        people.participate(sql, after.id, address, verified=True)
    if after.channel is Channel.CHAT and after.conversation is not None:
        chats.link(sql, after.conversation, after.id)
    sql(
        "INSERT INTO by_mail (library, ticket, line, carried) SELECT library, :after, line, '' FROM by_mail"
        " WHERE library = :library AND ticket = :before",
        before=before.id,
        after=after.id,
    )


def _move(sql: Sql, entry: EntryId, before: TicketId, after: TicketId) -> None:
    """A message goes over with all that hangs on it: what its reader noticed, the mail as it came, files to fetch."""
    sql(
        "UPDATE raw SET ticket = :after WHERE library = :library AND ticket = :before AND digest IN"
        " (SELECT digest FROM received WHERE library = :library AND ticket = :before AND entry = :entry)",
        entry=entry,
        before=before,
        after=after,
    )
    ids = {"entry": entry, "before": before, "after": after}
    sql("UPDATE entries SET ticket = :after WHERE library = :library AND ticket = :before AND id = :entry", **ids)
    sql("UPDATE received SET ticket = :after WHERE library = :library AND ticket = :before AND entry = :entry", **ids)
    sql("UPDATE media SET ticket = :after WHERE library = :library AND ticket = :before AND entry = :entry", **ids)
    sql(
        "UPDATE remarks SET ticket = :after WHERE library = :library AND ticket = :before"
        " AND id >= :first AND id < :beyond",
        before=before,
        after=after,
        first=f"{entry}.",
        beyond=f"{entry}/",
    )


def _copy(sql: Sql, row: Record, after: TicketId, copy: EntryId) -> None:
    """The message that opened the first ticket, once more; its files are the same bytes."""
    entries.add(
        sql,
        id=copy,
        ticket=after,
        kind=EntryKind.IN,
        author=row["author"],
        text=row["text"],
        now=row["written"],
        quote_from=row["quote_from"],
        segments=row["segments"],
    )
    sql(
        "INSERT INTO files (library, entry, n, digest, name, media_type, size)"
        " SELECT library, :copy, n, digest, name, media_type, size FROM files"
        " WHERE library = :library AND entry = :entry",
        copy=copy,
        entry=row["id"],
    )


# Taken back


def was_split(done: Sequence[Event]) -> Event | None:
    """The fact that a deed split a ticket, on the side that lost something; None where it did not."""
    return next((event for event in done if event.kind is Kind.SPLIT and "into" in event.data), None)


def come_back(sql: Sql, fact: Event, told: dict[str, Fact], actor: StaffId, now: Instant, published: Published) -> None:
    """What went over is back where it was written; the ticket that was made of it is closed and points there.

    ``told``: what the fact that takes the new ticket back says. The first ticket itself is put back by the caller.
    """
    back, gone = TicketId(str(fact.ticket)), TicketId(str(fact.data["into"]))
    for entry in str(fact.data["entries"]).split():
        _move(sql, EntryId(entry), gone, back)
    for row in _written(sql, gone):
        entries.remove(sql, row)
    drafts.forget_on(sql, ":id0", {"id0": gone})
    sql("DELETE FROM by_mail WHERE library = :library AND ticket = :gone", gone=gone)
    before = tickets.get(sql, gone)
    tickets.put_back(sql, before, rejoined(before, back, told, by=actor, now=now), now, published)
    if before.channel is Channel.CHAT and before.conversation is not None:
        chats.link(sql, before.conversation, back)


def latest_words(sql: Sql, ticket: TicketId) -> str:
    """What the worklist shows of a ticket's latest message."""
    return _preview(_written(sql, ticket)[-1:])
