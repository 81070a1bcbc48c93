"""Free text that stands beside a fact: a reason, an explanation. The log holds its id and a keyed digest only.

The digest is an HMAC under a random salt that lies with the text and goes with it. While the text is there it can be
shown to be the one that was written; once it is erased nobody can tell from the log what it said, not even by
guessing.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from helpdesk.events import Fact
from helpdesk.message import TicketId
from helpdesk.ports import Sql

SALT_BYTES = 16
"""How long a salt is."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A text about to be kept. ``salt``: :data:`SALT_BYTES` random bytes of its own."""

    id: str
    text: str
    salt: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """What the log holds of the text: its HMAC-SHA256 under the salt, in hex."""
        return digest_of(self.text, self.salt)

    @property
    def facts(self) -> dict[str, Fact]:
        """How an event points to it."""
        return {"remark": self.id, "digest": self.digest}


def digest_of(text: str, salt: bytes) -> str:
    """HMAC-SHA256 of a text under its salt, in hex."""
    return hmac.digest(salt, text.encode(), "sha256").hex()


def keep(sql: Sql, remark: Remark, ticket: TicketId | None) -> None:
    """Store a remark on a ticket, or (None) on the library's figures."""
    sql(
        "INSERT INTO remarks (library, id, ticket, text, salt) VALUES (:library, :id, :ticket, :text, :salt)",
        id=remark.id,
        ticket=ticket,
        text=remark.text,
        salt=remark.salt,
    )


def erase(sql: Sql, ticket: TicketId) -> int:
    """Forget what was remarked on a ticket, text and salt; returns how many remarks it were. Their facts stay."""
    return len(
        sql(
            "UPDATE remarks SET text = '', salt = NULL WHERE library = :library AND ticket = :ticket"
            " AND (text <> '' OR salt IS NOT NULL) RETURNING id",
            ticket=ticket,
        )
    )


def texts(sql: Sql, ids: Iterable[str]) -> Mapping[str, str]:
    """The texts of some remarks, by id; those that were erased are not among them."""
    wanted = sorted({each for each in ids if each})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = {f"id{n}": each for n, each in enumerate(wanted[start : start + _AT_ONCE])}
        names = ", ".join(f":{name}" for name in some)
        rows = sql(f"SELECT id, text FROM remarks WHERE library = :library AND id IN ({names}) AND text <> ''", **some)
        found.update((row["id"], row["text"]) for row in rows)
    return found


def of_ticket(sql: Sql, ticket: TicketId) -> Mapping[str, str]:
    """What was remarked on a ticket, by id, in order; what was erased is not there."""
    rows = sql(
        "SELECT id, text FROM remarks WHERE library = :library AND ticket = :ticket AND text <> '' ORDER BY id",
        ticket=ticket,
    )
    return {row["id"]: row["text"] for row in rows}


_POINTERS = (("remark", "digest"), ("why", "why_digest"), ("action", "action_digest"))
"""Under which names an event holds a remark's id and the digest of its text."""


def altered(sql: Sql) -> list[str]:
    """Remarks whose text is there, but is not the one that was written, in words. Walks the whole log."""
    rows = sql(
        "SELECT seq, data FROM events WHERE library = :library AND kind IN"
        " ('corrected', 'explained', 'suspended', 'accounted', 'published', 'incident_noted',"
        " 'lines_closed') ORDER BY seq"
    )
    written = [
        (row["seq"], data[remark], data[digest])
        for row in rows
        for data in (json.loads(row["data"]),)
        for remark, digest in _POINTERS
        if data.get(remark) and data.get(digest)
    ]
    return [
        f"the remark of event {seq} is not the one that was written"
        for seq, remark, digest in written
        if _is_altered(sql, remark, digest)
    ]


def _is_altered(sql: Sql, remark: str, digest: str) -> bool:
    rows = sql("SELECT text, salt FROM remarks WHERE library = :library AND id = :id", id=remark)
    return bool(rows) and rows[0]["salt"] is not None and digest_of(rows[0]["text"], rows[0]["salt"]) != digest
