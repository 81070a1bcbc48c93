"""From one master key to the next, inside the key store: at any moment the old one or the new one opens everything.

Before the new key takes its place, the old one is laid down wrapped under it (:func:`grant`). So the store opens with
either; and when it is opened with the new one, all keys are wrapped anew in one transaction and the old one is
forgotten (:func:`finish`). Reply addresses that the old one signed go on being known for :data:`REPLY_GRACE`.
"""

from __future__ import annotations

from contextlib import suppress

from helpdesk.clock import DAY, Instant, plus
from helpdesk.errors import Refused
from helpdesk.ids import Entropy
from helpdesk.ports import Record, Sql
from helpdesk.privacy import Key, new_key, reply_key, unwrap, wrap

REPLY_GRACE = 90 * DAY
"""How long mail to an address that an earlier master key signed still finds its ticket, in milliseconds."""

_PREDECESSOR = "predecessor"
_REPLY = "reply"


def grant(sql: Sql, old: Key, new: Key, entropy: Entropy) -> None:
    """Let ``new`` open the store, too."""
    wrapped = wrap(new, old, purpose=_PREDECESSOR, name="", entropy=entropy)
    sql("INSERT INTO predecessors (wrapped) VALUES (:wrapped)", wrapped=wrapped)


def finish(sql: Sql, master: Key, now: Instant, entropy: Entropy) -> bytes | None:
    """Wrap everything under ``master``, if it was granted; None if it was not, and nothing is changed.

    Returns what the right master key is told by from now on. What the old key does not open is damaged, and stays as it
    is.
    """
    granted = (_opened(master, bytes(row["wrapped"])) for row in sql("SELECT wrapped FROM predecessors"))
    if (old := next((key for key in granted if key is not None), None)) is None:
        return None
    _conversations(sql, old, master, entropy)
    _epochs(sql, old, master, entropy)
    _reply_keys(sql, old, master, entropy)
    keep_reply_key(sql, master, reply_key(old), plus(now, REPLY_GRACE), entropy)
    check = wrap(master, new_key(entropy), purpose="check", name="", entropy=entropy)
    sql("UPDATE master_check SET wrapped = :wrapped WHERE one = 1", wrapped=check)
    sql("DELETE FROM predecessors")
    return check


def _opened(master: Key, wrapped: bytes) -> Key | None:
    with suppress(Refused):
        return unwrap(master, wrapped, purpose=_PREDECESSOR, name="")
    return None


def _conversations(sql: Sql, old: Key, new: Key, entropy: Entropy) -> None:
    for row in sql("SELECT library, conversation, wrapped FROM conversation_keys ORDER BY library, conversation"):
        name = f"{row['library']} {row['conversation']}"
        with suppress(Refused):  # damaged: it stays as it is
            sql(
                "UPDATE conversation_keys SET wrapped = :wrapped"
                " WHERE library = :owner AND conversation = :conversation",
                wrapped=_again(old, new, row["wrapped"], "conversation", name, entropy),
                owner=row["library"],
                conversation=row["conversation"],
            )


def _epochs(sql: Sql, old: Key, new: Key, entropy: Entropy) -> None:
    for row in sql("SELECT library, line, starts, wrapped FROM epoch_keys ORDER BY library, line, starts"):
        name = f"{row['library']} {row['line']} {row['starts']}"
        with suppress(Refused):  # damaged: it stays as it is
            sql(
                "UPDATE epoch_keys SET wrapped = :wrapped WHERE library = :owner AND line = :line AND starts = :starts",
                wrapped=_again(old, new, row["wrapped"], "epoch", name, entropy),
                owner=row["library"],
                line=row["line"],
                starts=row["starts"],
            )


def _reply_keys(sql: Sql, old: Key, new: Key, entropy: Entropy) -> None:
    for row in sql("SELECT until, wrapped FROM reply_keys ORDER BY until, wrapped"):
        with suppress(Refused):  # damaged: it stays as it is
            sql(
                "UPDATE reply_keys SET wrapped = :wrapped WHERE until = :until AND wrapped = :former",
                wrapped=_again(old, new, row["wrapped"], _REPLY, str(row["until"]), entropy),
                until=row["until"],
                former=bytes(row["wrapped"]),
            )


def _again(old: Key, new: Key, wrapped: bytes, purpose: str, name: str, entropy: Entropy) -> bytes:
    key = unwrap(old, bytes(wrapped), purpose=purpose, name=name)
    return wrap(new, key, purpose=purpose, name=name, entropy=entropy)


def keep_reply_key(sql: Sql, master: Key, key: Key, until: Instant, entropy: Entropy) -> None:
    """Keep an earlier key of reply addresses until its time is over."""
    wrapped = wrap(master, key, purpose=_REPLY, name=str(until), entropy=entropy)
    sql("INSERT INTO reply_keys (until, wrapped) VALUES (:until, :wrapped)", until=until, wrapped=wrapped)


def reply_keys(sql: Sql, master: Key) -> tuple[tuple[Key, Instant], ...]:
    """The earlier keys of reply addresses, each with the end of its time; the latest first."""
    rows = sql("SELECT until, wrapped FROM reply_keys ORDER BY until DESC")
    return tuple((_reply_key(master, row), Instant(row["until"])) for row in rows)


def _reply_key(master: Key, row: Record) -> Key:
    return unwrap(master, bytes(row["wrapped"]), purpose=_REPLY, name=str(row["until"]))
