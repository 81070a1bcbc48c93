"""Files that came with a text and lie at the carrier: awaited, fetched, given up; those of sealed lines are shredded.

The carrier's ids stand in ``received`` alone: what is awaited names the entry, and goes with its conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import ConversationId, EntryId, Fetched, LineId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import entries, tickets
from helpdesk.ticket import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Files of one text. ``provider_id``: the text's name at the carrier; ``tries``: how often it was asked before."""

    entry: EntryId
    ticket: TicketId
    line: LineId
    provider_id: str = field(repr=False)
    account: str
    files: int
    tries: int


def await_files(sql: Sql, entry: EntryId, ticket: TicketId, line: LineId, files: int, now: Instant) -> None:
    """A text is stored whose files are still to be fetched."""
    sql(
        "INSERT INTO media (library, entry, ticket, line, files, tries, not_before)"
        " VALUES (:library, :entry, :ticket, :line, :files, 0, :now)",
        entry=entry,
        ticket=ticket,
        line=line,
        files=files,
        now=now,
    )


def due(sql: Sql, now: Instant, latest: Instant, limit: int = 10) -> list[Awaited]:
    """What may be fetched now, the longest waiting first; what a clock that was ahead put off, too."""
    rows = sql(
        "SELECT m.*, r.external_id, r.account FROM media m"
        " JOIN received r ON r.library = m.library AND r.ticket = m.ticket AND r.entry = m.entry"
        " WHERE m.library = :library AND (m.not_before <= :now OR m.not_before > :latest)"
        " ORDER BY m.not_before, m.entry LIMIT :limit",
        now=now,
        latest=latest,
        limit=limit,
    )
    return [
        Awaited(
            entry=EntryId(row["entry"]),
            ticket=TicketId(row["ticket"]),
            line=LineId(row["line"]),
            provider_id=row["external_id"],
            account=row["account"],
            files=row["files"],
            tries=row["tries"],
        )
        for row in rows
    ]


def next_due(sql: Sql) -> Instant | None:
    """When the next files may be fetched; None if none are awaited."""
    rows = sql("SELECT min(not_before) AS t FROM media WHERE library = :library")
    found: Instant | None = rows[0]["t"]
    return found


def later(sql: Sql, awaited: Awaited, not_before: Instant) -> None:
    """They could not be fetched yet: ask again."""
    sql(
        "UPDATE media SET tries = :tries, not_before = :not_before WHERE library = :library AND entry = :entry",
        tries=awaited.tries + 1,
        not_before=not_before,
        entry=awaited.entry,
    )


def settle(
    sql: Sql,
    awaited: Awaited,
    fetched: Fetched,
    said: str,
    now: Instant,
    published: Published,
) -> bool:
    """Keep what was fetched, and ``said``, what staff should know of the rest. False where it was shredded before."""
    gone = sql("DELETE FROM media WHERE library = :library AND entry = :entry RETURNING entry", entry=awaited.entry)
    if not gone:
        return False
    entries.keep_files(sql, awaited.entry, fetched.files)
    remark = f"{awaited.entry}.files"
    if said:
        sql(
            "INSERT INTO remarks (library, id, ticket, text) VALUES (:library, :id, :ticket, :text)",
            id=remark,
            ticket=awaited.ticket,
            text=said,
        )
    data: dict[str, Fact] = {"entry": awaited.entry, "files": len(fetched.files), "left": len(fetched.left)}
    data["remark"] = remark if said else ""
    fact = NewEvent(kind=Kind.FETCHED, ticket=awaited.ticket, when=now, actor=SYSTEM, data=data)
    before = tickets.get(sql, awaited.ticket)
    tickets.apply(sql, before, Change(before, (fact,)), now, published)
    return True


_OF_CONVERSATION = "SELECT id FROM tickets WHERE library = :library AND conversation = :id"
_ENTRIES = f"SELECT id FROM entries WHERE library = :library AND ticket IN ({_OF_CONVERSATION})"


def forget(sql: Sql, conversation: ConversationId) -> None:
    """A sealed conversation is over: its files go, their bytes at the last reference, and none is fetched any more."""
    sql(f"DELETE FROM media WHERE library = :library AND ticket IN ({_OF_CONVERSATION})", id=conversation)
    entries.drop_files(sql, _ENTRIES, id=conversation)
