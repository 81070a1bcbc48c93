"""Chats and their messages: who may go on with a conversation, and what was said in it.

A visitor proves with a token that a conversation is theirs; the table holds its SHA-256 alone. The messages are
the entries of the chat's tickets, numbered 1, 2, 3 ... per conversation in the transaction that writes them, so
that whoever has read up to n has missed nothing before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from helpdesk.befalling import left
from helpdesk.clock import Instant
from helpdesk.errors import NotFound
from helpdesk.message import ConversationId, EntryId, LineId, OutboxId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import tickets
from helpdesk.thread import EntryKind

PAGE = 200
"""The most messages that one read brings."""

_EVER = 1 << 62
"""Above every time and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation with a visitor.

    ``ticket``   its latest ticket, None until the visitor has written
    ``seq``      the number of its last message, 0 if there is none
    ``seen``     how far the visitor's page has come
    ``touched``  when the visitor was last known to be there
    ``ended``    when they left for good, None while they may come back
    """

    id: ConversationId
    line: LineId
    name: str
    ticket: TicketId | None
    seq: int
    seen: int
    opened: Instant
    touched: Instant
    ended: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation. ``client_id``: what the visitor's page calls it, "" for the library's."""

    seq: int
    kind: EntryKind
    text: str
    written: Instant
    client_id: str


def begin(sql: Sql, chat: ConversationId, line: LineId, name: str, token: bytes, now: Instant) -> None:
    """Open a conversation. ``token``: the SHA-256 of the visitor's token."""
    sql(
        "INSERT INTO chats (library, id, line, token, name, ticket, seq, seen, opened, touched, ended)"
        " VALUES (:library, :id, :line, :token, :name, NULL, 0, 0, :now, :now, NULL)",
        id=chat,
        line=line,
        token=token,
        name=name,
        now=now,
    )


def by_token(sql: Sql, chat: ConversationId, token: bytes) -> Chat | None:
    """The conversation that this token belongs to; None if it is over or the token is another's."""
    rows = sql("SELECT * FROM chats WHERE library = :library AND id = :id AND token = :token", id=chat, token=token)
    return _chat(rows[0]) if rows else None


def by_id(sql: Sql, chat: ConversationId) -> Chat | None:
    """The conversation, over or not."""
    rows = sql("SELECT * FROM chats WHERE library = :library AND id = :id", id=chat)
    return _chat(rows[0]) if rows else None


def next_seq(sql: Sql, chat: ConversationId) -> int:
    """Take the next message number of a conversation; the entry written with it belongs to this transaction."""
    rows = sql("UPDATE chats SET seq = seq + 1 WHERE library = :library AND id = :id RETURNING seq", id=chat)
    if not rows:
        raise NotFound("There is no such chat. Open one first.")
    return int(rows[0]["seq"])


def link(sql: Sql, chat: ConversationId, ticket: TicketId) -> None:
    """Say which ticket the conversation's messages go to now."""
    sql("UPDATE chats SET ticket = :ticket WHERE library = :library AND id = :id", id=chat, ticket=ticket)


def seq_of(sql: Sql, entry: EntryId) -> int | None:
    """A message's number in its conversation; None where the entry is no chat message."""
    rows = sql("SELECT chat_seq FROM entries WHERE library = :library AND id = :entry", entry=entry)
    return rows[0]["chat_seq"] if rows else None


def messages(sql: Sql, chat: ConversationId, after: int, limit: int = PAGE) -> tuple[Message, ...]:
    """What was said after message ``after``, oldest first; colleagues' notes are never among it."""
    rows = sql(
        "SELECT id, kind, text, written, chat_seq FROM entries WHERE library = :library AND chat = :chat"
        " AND chat_seq > :after AND kind IN ('in', 'out', 'auto') ORDER BY chat_seq LIMIT :limit",
        chat=chat,
        after=after,
        limit=limit,
    )
    names = _client_ids(sql, chat) if any(row["kind"] == EntryKind.IN for row in rows) else {}
    return tuple(
        Message(
            seq=row["chat_seq"],
            kind=EntryKind(row["kind"]),
            text=row["text"],
            written=Instant(row["written"]),
            client_id=names.get(row["id"], ""),
        )
        for row in rows
    )


def _client_ids(sql: Sql, chat: ConversationId) -> dict[str, str]:
    """Client ids by entry: a visitor's message is received as "<chat>:<client id>", an index range."""
    rows = sql(
        "SELECT entry, external_id FROM received WHERE library = :library AND channel = 'chat' AND account = ''"
        " AND external_id >= :first AND external_id < :beyond AND entry IS NOT NULL",
        first=f"{chat}:",
        beyond=f"{chat};",
    )
    return {row["entry"]: row["external_id"].partition(":")[2] for row in rows}


def attended(sql: Sql, ticket: TicketId, now: Instant) -> bool:
    """Whether a member of staff has the ticket now."""
    return bool(
        sql(
            "SELECT 1 FROM tickets WHERE library = :library AND id = :ticket AND owner IS NOT NULL"
            " AND (held_until IS NULL OR held_until > :now)",
            ticket=ticket,
            now=now,
        )
    )


def answered(sql: Sql, chat: ConversationId) -> bool:
    """Whether a member of staff has written in the conversation."""
    return bool(
        sql("SELECT 1 FROM entries WHERE library = :library AND chat = :chat AND kind = 'out' LIMIT 1", chat=chat)
    )


def ticket_number(sql: Sql, ticket: TicketId) -> int | None:
    """What staff call the ticket."""
    rows = sql("SELECT number FROM tickets WHERE library = :library AND id = :ticket", ticket=ticket)
    return rows[0]["number"] if rows else None


def touch(sql: Sql, chats: tuple[ConversationId, ...], now: Instant) -> None:
    """The visitors of these conversations are there."""
    for chat in chats:
        sql("UPDATE chats SET touched = :now WHERE library = :library AND id = :id AND ended IS NULL", id=chat, now=now)


def mark_seen(sql: Sql, chat: ConversationId, seq: int, now: Instant) -> tuple[OutboxId, ...]:
    """The visitor's page holds everything up to ``seq``; the library's messages that are delivered by this."""
    sql(
        "UPDATE chats SET seen = :seq, touched = :now WHERE library = :library AND id = :id AND seen < :seq",
        id=chat,
        seq=seq,
        now=now,
    )
    return undelivered(sql, chat, seq)


def undelivered(sql: Sql, chat: ConversationId, up_to: int | None = None) -> tuple[OutboxId, ...]:
    """The conversation's outgoing messages, up to a number, that have not reached the visitor's page."""
    rows = sql(
        "SELECT o.id FROM entries e JOIN outbox o ON o.library = e.library AND o.ticket = e.ticket AND o.entry = e.id"
        " WHERE e.library = :library AND e.chat = :chat AND e.chat_seq <= :up_to AND e.kind IN ('out', 'auto')"
        " AND o.state NOT IN ('delivered', 'failed') ORDER BY e.chat_seq",
        chat=chat,
        up_to=_EVER if up_to is None else up_to,
    )
    return tuple(OutboxId(row["id"]) for row in rows)


def seq_of_outbox(sql: Sql, outbox: OutboxId) -> int | None:
    """The message number that an outgoing message has in its conversation: the proof that it is there."""
    rows = sql(
        "SELECT e.chat_seq FROM outbox o JOIN entries e ON e.library = o.library AND e.id = o.entry"
        " WHERE o.library = :library AND o.id = :outbox",
        outbox=outbox,
    )
    return rows[0]["chat_seq"] if rows else None


def finish(
    sql: Sql, chat: ConversationId, now: Instant, published: Published, *, absent_since: Instant | None = None
) -> bool:
    """End a conversation, forget its visitor (token and name) and note on its ticket that they left.

    ``absent_since``: only if the visitor was not there after it. False if nothing ended. A conversation in which
    nothing was written leaves no row.
    """
    rows = sql(
        "UPDATE chats SET ended = :now, touched = :now, token = NULL, name = ''"
        " WHERE library = :library AND id = :id AND ended IS NULL AND touched <= :absent_since RETURNING ticket",
        id=chat,
        now=now,
        absent_since=_EVER if absent_since is None else absent_since,
    )
    sql("DELETE FROM chats WHERE library = :library AND id = :id AND ended IS NOT NULL AND seq = 0", id=chat)
    if rows and rows[0]["ticket"] is not None:
        for ticket in _with_split_off(sql, chat, TicketId(rows[0]["ticket"])):
            tickets.change(sql, ticket, partial(left, now=now), now=now, published=published)
    return bool(rows)


def _with_split_off(sql: Sql, chat: ConversationId, ticket: TicketId) -> list[TicketId]:
    """The ticket that the visitor's messages go to, and what of the same conversation is still worked on."""
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND conversation = :chat"
        " AND (id = :ticket OR state IN ('new', 'open', 'waiting', 'snoozed')) ORDER BY id",
        chat=chat,
        ticket=ticket,
    )
    return [TicketId(row["id"]) for row in rows]


def idle(sql: Sql, before: Instant, limit: int = PAGE) -> tuple[ConversationId, ...]:
    """Running conversations in which nobody was there and nothing was said since ``before``."""
    rows = sql(
        "SELECT c.id FROM chats c WHERE c.library = :library AND c.ended IS NULL AND c.touched <= :before"
        " AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.library = c.library AND e.chat = c.id"
        " AND e.chat_seq = c.seq AND e.written > :before) ORDER BY c.touched LIMIT :limit",
        before=before,
        limit=limit,
    )
    return tuple(ConversationId(row["id"]) for row in rows)


def _chat(row: Record) -> Chat:
    return Chat(
        id=ConversationId(row["id"]),
        line=LineId(row["line"]),
        name=row["name"],
        ticket=None if row["ticket"] is None else TicketId(row["ticket"]),
        seq=row["seq"],
        seen=row["seen"],
        opened=Instant(row["opened"]),
        touched=Instant(row["touched"]),
        ended=None if row["ended"] is None else Instant(row["ended"]),
    )
