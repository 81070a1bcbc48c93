"""What is to be sent, and what became of it.

::

    waiting ──lease──> leased ──> sent ──> delivered
       ^                 │  │        └──> failed        (what the provider says later)
       └──── later ──────┘  └──> failed                 (undeliverable)
    leased, and its owner died or the try timed out ──> unclear ──look up──> sent | waiting again | person

What a person must decide holds up no later reply, and ends when the provider reports on it or staff write again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial

from helpdesk.befalling import undeliverable
from helpdesk.clock import HOUR, MINUTE, Instant, plus
from helpdesk.events import SYSTEM, Kind, NewEvent
from helpdesk.message import (
    Address,
    Channel,
    ConversationId,
    Delivery,
    EntryId,
    LineId,
    OutboxId,
    TicketId,
)
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import by_mail, deletions, entries, notices, optouts, tickets
from helpdesk.ticket import Change

CAPS = ((10 * MINUTE, 30), (30 * MINUTE, 60), (60 * MINUTE, 120), (180 * MINUTE, 240), (600 * MINUTE, 360))
"""The most automatic messages to one address within a span: a loop of two robots ends here."""

SEALED_CAP = ((HOUR, 1),)
"""On a sealed line: one automatic text per conversation an hour."""


STOPPED = "21610"
"""The carrier's code for a patron who has texted STOP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A row of the outbox, leased for one try.

    ``address``  where it goes on an open line, None on sealed lines and chats (see ``conversation``)
    ``tries``    how often it was tried before
    ``unclear``  the last try may have succeeded
    """

    id: OutboxId
    ticket: TicketId
    entry: EntryId
    channel: Channel
    line: LineId
    address: Address | None
    conversation: ConversationId | None
    copies: tuple[str, ...]
    subject: str
    text: str
    references: tuple[str, ...]
    automatic: bool
    author: str
    created: Instant
    tries: int
    again: bool
    unclear: bool


def add(
    sql: Sql,
    *,
    id: OutboxId,  # noqa: A002 - it is the row's id
    ticket: TicketId,
    entry: EntryId,
    channel: Channel,
    line: LineId,
    address: Address | None,
    conversation: ConversationId | None,
    text: str,
    author: str,
    now: Instant,
    subject: str = "",
    copies: tuple[str, ...] = (),
    references: tuple[str, ...] = (),
    automatic: bool = False,
    crisis: bool = False,
    wait: int = 0,
) -> None:
    """Put a message out for sending; one of ``crisis`` goes before all that waits, and beyond a day's limit.

    Nobody sends it for ``wait`` milliseconds: until then it can be taken back.
    """
    sql(
        "INSERT INTO outbox (library, id, ticket, entry, channel, line, address, conversation, name, copies, subject,"
        " text, refs, automatic, author, created, state, tries, again, not_before, provider_id, code, reason, done,"
        " crisis, held)"
        " VALUES (:library, :id, :ticket, :entry, :channel, :line, :address, :conversation, :name, :copies, :subject,"
        " :text, :refs, :automatic, :author, :now, 'waiting', 0, 0, :not_before, '', '', '', NULL,"
        " :crisis, :held)",
        id=id,
        ticket=ticket,
        entry=entry,
        channel=str(channel),
        line=line,
        address=address.value if address else "",
        conversation=conversation,
        name=address.name if address else "",
        copies=json.dumps(copies),
        subject=subject,
        text=text,
        refs=json.dumps(references),
        automatic=int(automatic),
        author=author,
        now=now,
        not_before=0 if crisis else plus(now, wait),
        crisis=int(crisis),
        held=int(wait > 0),
    )


def may_answer_itself(sql: Sql, address: Address | None, conversation: ConversationId | None, now: Instant) -> bool:
    """Whether one more automatic message to this recipient stays within the caps."""
    where = "address = :address" if address else "address = '' AND conversation = :conversation"
    for span, most in CAPS if address else SEALED_CAP:
        rows = sql(
            "SELECT count(*) AS n FROM outbox WHERE library = :library AND automatic = 1"
            f" AND {where} AND created > :since",
            address=address.value if address else "",
            conversation=conversation,
            since=now - span,
        )
        if rows[0]["n"] >= most:
            return False
    return True


def sent(sql: Sql, parcel: Parcel, provider_id: str, now: Instant, published: Published) -> None:
    """The provider took it. A report that came first is not set back."""
    if parcel.conversation is not None and deletions.learnt(sql, parcel.id, (provider_id,), now):
        provider_id = ""
    rows = sql(
        "UPDATE outbox SET state = 'sent', provider_id = :provider_id, done = :now"
        " WHERE library = :library AND id = :id AND state IN ('waiting', 'leased', 'unclear', 'person') RETURNING id",
        id=parcel.id,
        provider_id=provider_id,
        now=now,
    )
    if rows:
        entries.set_delivery(sql, parcel.entry, Delivery.SENT)
        if parcel.channel is Channel.MAIL:
            by_mail.end_chat(sql, parcel.ticket, now)
        tell(sql, parcel.ticket, Kind.SENT, parcel.entry, parcel.id, now, published)


def later(
    sql: Sql, parcel: Parcel, not_before: Instant, reason: str, *, unclear: bool = False, tries: int | None = None
) -> None:
    """Try again at ``not_before``; ``unclear`` if a try may have succeeded. ``tries``: where this one counts not."""
    sql(
        "UPDATE outbox SET state = :state, not_before = :not_before, reason = :reason, tries = :tries"
        " WHERE library = :library AND id = :id AND state = 'leased'",
        tries=parcel.tries + 1 if tries is None else tries,
        id=parcel.id,
        state="unclear" if unclear else "waiting",
        not_before=not_before,
        reason=reason,
    )


def defer(
    sql: Sql, parcel: Parcel, not_before: Instant, reason: str, now: Instant, published: Published, *, unclear: bool
) -> None:
    """A try failed and is repeated: the entry says why it waits, and whoever looks at the ticket hears of it."""
    later(sql, parcel, not_before, reason, unclear=unclear)
    waiting = sql(
        "SELECT 1 FROM outbox WHERE library = :library AND id = :id AND state IN ('waiting', 'unclear')", id=parcel.id
    )
    if waiting:
        entries.set_delivery(sql, parcel.entry, Delivery.WAITING, reason)
        tell(sql, parcel.ticket, Kind.DEFERRED, parcel.entry, parcel.id, now, published)


def clock_set_back(sql: Sql, now: Instant, latest: Instant) -> None:
    """What was to be tried at once, by a clock that was ahead, is due now; and nothing waits beyond ``latest``.

    What can still be taken back keeps its seconds, unless it was written later than now.
    """
    sql(
        "UPDATE outbox SET not_before = :now WHERE library = :library AND state IN ('waiting', 'unclear')"
        " AND ((tries = 0 AND not_before > :now AND (held = 0 OR created > :now)) OR not_before > :latest)",
        now=now,
        latest=latest,
    )


def left_in_hand(sql: Sql, not_before: Instant) -> int:
    """What a process that is gone had leased is unclear from now on, to be looked up at ``not_before`` at the latest.

    Returns how many messages that is. Only for the store's one owner, before it leases anything itself.
    """
    rows = sql(
        "UPDATE outbox SET state = 'unclear',"
        " not_before = CASE WHEN not_before < :not_before THEN not_before ELSE :not_before END"
        " WHERE library = :library AND state = 'leased' RETURNING id",
        not_before=not_before,
    )
    return len(rows)


def proofs_of_others(
    sql: Sql,
    outbox: OutboxId,
    channel: Channel,
    conversation: ConversationId | None,
    *,
    provider_ids: tuple[str, ...],
) -> frozenset[str]:
    """Which of these are what the provider calls other messages of ours (in the same conversation, where it is one:
    a chat counts its own).
    """
    known = (
        sql(
            "SELECT provider_id FROM outbox WHERE library = :library AND provider_id = :provider_id"
            " AND provider_id <> '' AND id <> :id AND channel = :channel"
            " AND coalesce(conversation, '') = :conversation",
            provider_id=each,
            id=outbox,
            channel=str(channel),
            conversation=conversation or "",
        )
        for each in provider_ids
    )
    return frozenset(row["provider_id"] for rows in known for row in rows)


def send_again(sql: Sql, parcel: Parcel, now: Instant, published: Published) -> None:
    """An unclear message goes again under its own id, flagged: the patron may get it twice, and staff can see so."""
    sql("UPDATE outbox SET again = 1 WHERE library = :library AND id = :id", id=parcel.id)
    tell(sql, parcel.ticket, Kind.RESENT_UNCLEAR, parcel.entry, parcel.id, now, published)


def ask_a_person(sql: Sql, parcel: Parcel, reason: str, candidates: tuple[str, ...], now: Instant) -> None:
    """More than one candidate at the provider: a person decides, and the desk shows that they must."""
    deletions.learnt(sql, parcel.id, candidates, now)
    sql(
        "UPDATE outbox SET state = 'person', reason = :reason WHERE library = :library AND id = :id",
        id=parcel.id,
        reason=reason,
    )
    entries.set_delivery(sql, parcel.entry, Delivery.WAITING, reason)
    number = tickets.get(sql, parcel.ticket).number
    text = f"A reply in ticket {number} may have been sent twice. {reason}"
    notices.raise_notice(sql, asked(parcel.id), "warning", text, now)


def asked(outbox: OutboxId) -> str:
    """The key of the notice that a person must decide about a message."""
    return f"person:{outbox}"


def decided(sql: Sql, ticket: TicketId) -> None:
    """Staff write again in a ticket: they have seen what was asked of them."""
    rows = sql(
        "SELECT id FROM outbox WHERE library = :library AND ticket = :ticket AND state = 'person'", ticket=ticket
    )
    for row in rows:
        notices.clear_notice(sql, asked(OutboxId(row["id"])))


def failed(sql: Sql, outbox: OutboxId, code: str, reason: str, now: Instant, published: Published) -> None:
    """It can never be delivered: the ticket comes back, with the reason."""
    rows = sql(
        "UPDATE outbox SET state = 'failed', code = :code, reason = :reason, done = :now"
        " WHERE library = :library AND id = :id AND state <> 'failed'"
        " RETURNING ticket, entry, automatic, line, conversation, address",
        id=outbox,
        code=code,
        reason=reason,
        now=now,
    )
    if not rows:
        return
    ticket, entry = TicketId(rows[0]["ticket"]), EntryId(rows[0]["entry"])
    notices.clear_notice(sql, asked(outbox))
    entries.set_delivery(sql, entry, Delivery.FAILED, reason)
    if code == STOPPED and (texter := rows[0]["conversation"] or rows[0]["address"]):
        optouts.stop(sql, LineId(rows[0]["line"]), texter, ticket, SYSTEM, now, published)
    if rows[0]["automatic"]:
        tell(sql, ticket, Kind.UNDELIVERABLE, entry, outbox, now, published)
        return
    void = partial(undeliverable, entry=entry, outbox=outbox, code=code, now=now)
    tickets.change(sql, ticket, void, now=now, published=published)


def tell(
    sql: Sql, ticket: TicketId, kind: Kind, entry: EntryId, outbox: OutboxId, now: Instant, published: Published
) -> None:
    """A fact about a message changes no version: nobody's work on the ticket goes stale for it."""
    before = tickets.get(sql, ticket)
    fact = NewEvent(kind=kind, ticket=ticket, when=now, actor=SYSTEM, data={"entry": entry, "outbox": outbox})
    tickets.apply(sql, before, Change(before, (fact,)), now, published)


def sent_ids(sql: Sql, ticket: TicketId) -> list[OutboxId]:
    """The ids of what went out in a ticket, oldest first: a mail's Message-IDs."""
    rows = sql("SELECT id FROM outbox WHERE library = :library AND ticket = :ticket ORDER BY id", ticket=ticket)
    return [OutboxId(row["id"]) for row in rows]


def ticket_of(sql: Sql, outbox: OutboxId) -> TicketId | None:
    """The ticket that an outgoing message belongs to."""
    rows = sql("SELECT ticket FROM outbox WHERE library = :library AND id = :id", id=outbox)
    return TicketId(rows[0]["ticket"]) if rows else None
