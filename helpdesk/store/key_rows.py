"""The statements of the key store: verbs over one open transaction, the same on every engine.

What is wrapped goes in and out as it is; only :mod:`helpdesk.store.keys` has the key that opens it. Two servers may do
any of this at the same moment: what is there stays, and each reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.errors import Refused, TryLater
from helpdesk.message import ConversationId, LineId
from helpdesk.ports import Sql
from helpdesk.privacy import EpochHeld, KeysHeld


@dataclass(frozen=True, slots=True)
class Epoch:
    """A line's epoch: from ``starts`` until before ``ends``, its key ``wrapped``."""

    starts: int
    ends: int
    wrapped: bytes


def epochs(sql: Sql, line: LineId) -> list[Epoch]:
    """A line's epochs, the latest first."""
    rows = sql(
        "SELECT starts, ends, wrapped FROM epoch_keys WHERE library = :library AND line = :line ORDER BY starts DESC",
        line=line,
    )
    return [Epoch(row["starts"], row["ends"], bytes(row["wrapped"])) for row in rows]


def keep_epoch(sql: Sql, line: LineId, epoch: Epoch) -> None:
    """Keep an epoch; where another server was first, its key is the key."""
    sql(
        "INSERT INTO epoch_keys (library, line, starts, ends, wrapped)"
        " VALUES (:library, :line, :starts, :ends, :wrapped) ON CONFLICT (library, line, starts) DO NOTHING",
        line=line,
        starts=epoch.starts,
        ends=epoch.ends,
        wrapped=epoch.wrapped,
    )


def keep(sql: Sql, conversation: ConversationId, made: Instant, wrapped: bytes) -> None:
    """Keep a conversation's key; Refused where it has one."""
    kept = sql(
        "INSERT INTO conversation_keys (library, conversation, made, wrapped)"
        " VALUES (:library, :conversation, :made, :wrapped)"
        " ON CONFLICT (library, conversation) DO NOTHING RETURNING conversation",
        conversation=conversation,
        made=made,
        wrapped=wrapped,
    )
    if not kept:
        raise Refused(f"Conversation {conversation} has a key already.")


def of_conversation(sql: Sql, conversation: ConversationId) -> bytes | None:
    """A conversation's wrapped key, None once it is destroyed."""
    rows = sql(
        "SELECT wrapped FROM conversation_keys WHERE library = :library AND conversation = :conversation",
        conversation=conversation,
    )
    return bytes(rows[0]["wrapped"]) if rows else None


def conversations(sql: Sql, before: Instant | None = None) -> frozenset[ConversationId]:
    """All conversations that have a key, or those whose key was made before ``before``."""
    rows = sql(
        "SELECT conversation FROM conversation_keys WHERE library = :library AND (:before IS NULL OR made < :before)",
        before=before,
    )
    return frozenset(ConversationId(row["conversation"]) for row in rows)


def delete(sql: Sql, conversations: Iterable[ConversationId]) -> None:
    """Delete conversations' keys; those that are gone are no error."""
    for each in conversations:
        sql(
            "DELETE FROM conversation_keys WHERE library = :library AND conversation = :conversation", conversation=each
        )


def expire(sql: Sql, now: Instant, ended: int) -> int:
    """Delete what is kept for a time only: keys of reply addresses, and epochs that ended by ``ended``, counted."""
    sql("DELETE FROM reply_keys WHERE until <= :now", now=now)
    return len(sql("DELETE FROM epoch_keys WHERE library = :library AND ends <= :ended RETURNING line", ended=ended))


def held(sql: Sql, window: int) -> KeysHeld:
    """What is held of the library. ``window``: how long an epoch's key outlives its epoch, in milliseconds."""
    rows = sql("SELECT line, ends FROM epoch_keys WHERE library = :library ORDER BY line, ends")
    return KeysHeld(
        conversations=conversations(sql),
        epochs=tuple(EpochHeld(line=LineId(row["line"]), until=Instant(row["ends"] + window)) for row in rows),
    )


def count(sql: Sql) -> int:
    """How many keys there are, of all libraries."""
    [row] = sql("SELECT (SELECT count(*) FROM epoch_keys) + (SELECT count(*) FROM conversation_keys) AS n")
    return int(row["n"])


def check(sql: Sql) -> bytes | None:
    """What only the right master key opens; None in a new store."""
    rows = sql("SELECT wrapped FROM master_check WHERE one = 1")
    return bytes(rows[0]["wrapped"]) if rows else None


def begin(sql: Sql, wrapped: bytes) -> bytes:
    """Say which master key this store is under, unless another server was first; returns what stands there."""
    sql("INSERT INTO master_check (one, wrapped) VALUES (1, :wrapped) ON CONFLICT (one) DO NOTHING", wrapped=wrapped)
    found = check(sql)
    assert found is not None
    return found


def require(sql: Sql, expected: bytes) -> None:
    """TryLater where the store is under another master key by now: what we wrapped, nobody could open."""
    if check(sql) != expected:
        raise TryLater("The master key was replaced while this server ran. Start it anew, with the new key.")


@dataclass(frozen=True, slots=True)
class KeyRows:
    """All rows of a library as they lie there, and the reply addresses' keys, which are of no library."""

    epochs: frozenset[tuple[str, int, int, bytes]]
    conversations: frozenset[tuple[str, int, bytes]]
    replies: frozenset[tuple[int, bytes]]


def everything(sql: Sql) -> KeyRows:
    """All that is there of the library."""
    epochs = sql("SELECT line, starts, ends, wrapped FROM epoch_keys WHERE library = :library")
    talks = sql("SELECT conversation, made, wrapped FROM conversation_keys WHERE library = :library")
    replies = sql("SELECT until, wrapped FROM reply_keys")
    return KeyRows(
        epochs=frozenset((row["line"], row["starts"], row["ends"], bytes(row["wrapped"])) for row in epochs),
        conversations=frozenset((row["conversation"], row["made"], bytes(row["wrapped"])) for row in talks),
        replies=frozenset((row["until"], bytes(row["wrapped"])) for row in replies),
    )


def take_in(sql: Sql, rows: KeyRows) -> None:
    """Write rows of another key store under the same master key; Refused where other ones stand here."""
    for line, starts, ends, wrapped in sorted(rows.epochs):
        keep_epoch(sql, LineId(line), Epoch(starts, ends, wrapped))
    for conversation, made, wrapped in sorted(rows.conversations):
        sql(
            "INSERT INTO conversation_keys (library, conversation, made, wrapped)"
            " VALUES (:library, :conversation, :made, :wrapped) ON CONFLICT (library, conversation) DO NOTHING",
            conversation=conversation,
            made=made,
            wrapped=wrapped,
        )
    for until, wrapped in sorted(rows.replies):
        sql(
            "INSERT INTO reply_keys (until, wrapped) VALUES (:until, :wrapped) ON CONFLICT (until, wrapped) DO NOTHING",
            until=until,
            wrapped=wrapped,
        )
    here = everything(sql)  # what is here beyond that, of an earlier try, is swept
    if not (here.epochs >= rows.epochs and here.conversations >= rows.conversations and here.replies >= rows.replies):
        raise Refused("The new key store holds other keys of this library. Make an empty one, and name that.")


def leave(sql: Sql) -> None:
    """Delete all keys of the library."""
    sql("DELETE FROM epoch_keys WHERE library = :library")
    sql("DELETE FROM conversation_keys WHERE library = :library")
