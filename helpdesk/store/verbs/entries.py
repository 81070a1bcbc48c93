"""What was written in a ticket: entries, their files, their words."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import NotFound
from helpdesk.message import Attachment, ConversationId, Delivery, EntryId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import chats
from helpdesk.thread import Entry, EntryKind, File


def add(
    sql: Sql,
    *,
    id: EntryId,  # noqa: A002 - it is the entry's id
    ticket: TicketId,
    kind: EntryKind,
    author: str,
    text: str,
    now: Instant,
    quote_from: int | None = None,
    segments: int = 1,
    delivery: Delivery | None = None,
    chat: ConversationId | None = None,
    files: tuple[Attachment, ...] = (),
) -> None:
    """Write one entry, index its words, keep its files. In a chat it takes the conversation's next number."""
    rows = sql(
        "INSERT INTO entries (library, id, ticket, kind, author, text, written, quote_from, segments, delivery,"
        " trouble, chat, chat_seq) VALUES (:library, :id, :ticket, :kind, :author, :text, :now, :quote_from,"
        " :segments, :delivery, '', :chat, :chat_seq) RETURNING row",
        id=id,
        ticket=ticket,
        kind=str(kind),
        author=author,
        text=text,
        now=now,
        quote_from=quote_from,
        segments=segments,
        delivery=None if delivery is None else str(delivery),
        chat=chat,
        chat_seq=None if chat is None else chats.next_seq(sql, chat),
    )
    sql.full_text.add(sql, rows[0]["row"], text)
    keep_files(sql, id, files)


def remove(sql: Sql, row: Record) -> None:
    """Remove an entry, given with ``id``, ``row`` and ``text``, with its words and its files, as if never written."""
    sql.full_text.remove(sql, row["row"], row["text"])
    drop_files(sql, ":id", id=row["id"])
    sql("DELETE FROM entries WHERE library = :library AND id = :id", id=row["id"])


def keep_files(sql: Sql, entry: EntryId, files: tuple[Attachment, ...]) -> None:
    """Keep the files of an entry that has none yet."""
    for n, file in enumerate(files):
        _keep_file(sql, entry, n, file)


def _keep_file(sql: Sql, entry: EntryId, n: int, file: Attachment) -> None:
    sql(
        "INSERT INTO attachments (library, digest, content) VALUES (:library, :digest, :content)"
        " ON CONFLICT (library, digest) DO NOTHING",
        digest=file.digest,
        content=file.content,
    )
    sql(
        "INSERT INTO files (library, entry, n, digest, name, media_type, size)"
        " VALUES (:library, :entry, :n, :digest, :name, :media_type, :size)",
        entry=entry,
        n=n,
        digest=file.digest,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
    )


def drop_files(sql: Sql, of: str, **params: object) -> int:
    """Forget the files of the entries whose ids a SELECT gives, their bytes at the last reference; how many it were."""
    rows = sql(f"DELETE FROM files WHERE library = :library AND entry IN ({of}) RETURNING digest", **params)
    for digest in sorted({row["digest"] for row in rows}):
        sql(
            "DELETE FROM attachments WHERE library = :library AND digest = :digest AND NOT EXISTS"
            " (SELECT 1 FROM files f WHERE f.library = :library AND f.digest = :digest)",
            digest=digest,
        )
    return len(rows)


def of_ticket(sql: Sql, ticket: TicketId) -> tuple[Entry, ...]:
    """A ticket's entries, oldest first."""
    files: dict[str, list[File]] = {}
    for row in sql(
        "SELECT f.* FROM files f JOIN entries e ON e.library = f.library AND e.id = f.entry"
        " WHERE e.library = :library AND e.ticket = :ticket ORDER BY f.entry, f.n",
        ticket=ticket,
    ):
        file = File(name=row["name"], media_type=row["media_type"], size=row["size"], digest=row["digest"])
        files.setdefault(row["entry"], []).append(file)
    rows = sql("SELECT * FROM entries WHERE library = :library AND ticket = :ticket ORDER BY row", ticket=ticket)
    goes = _going(sql, ticket)
    return tuple(_entry(row, tuple(files.get(row["id"], ())), goes.get(row["id"])) for row in rows)


def _going(sql: Sql, ticket: TicketId) -> dict[str, Instant]:
    """When the replies of a ticket go out that can still be taken back, by their entries."""
    rows = sql(
        "SELECT entry, not_before FROM outbox WHERE library = :library AND ticket = :ticket AND held = 1", ticket=ticket
    )
    return {row["entry"]: row["not_before"] for row in rows}


def _entry(row: Record, files: tuple[File, ...], goes: Instant | None) -> Entry:
    return Entry(
        id=EntryId(row["id"]),
        kind=EntryKind(row["kind"]),
        author=row["author"],
        text=row["text"],
        written=row["written"],
        quote_from=row["quote_from"],
        delivery=None if row["delivery"] is None else Delivery(row["delivery"]),
        trouble=row["trouble"],
        goes=goes,
        segments=row["segments"],
        files=files,
    )


def set_delivery(sql: Sql, entry: EntryId, delivery: Delivery, trouble: str = "") -> None:
    """Say how far an outgoing entry has come."""
    sql(
        "UPDATE entries SET delivery = :delivery, trouble = :trouble WHERE library = :library AND id = :id",
        id=entry,
        delivery=str(delivery),
        trouble=trouble,
    )


def attachment(sql: Sql, digest: str) -> bytes:
    """An attachment's bytes; NotFound if it is not there (any more)."""
    rows = sql("SELECT content FROM attachments WHERE library = :library AND digest = :digest", digest=digest)
    if not rows:
        raise NotFound("There is no such attachment. It may have been forgotten.")
    return bytes(rows[0]["content"])


def search(sql: Sql, words: str, limit: int) -> list[Record]:
    """The newest entries that hold all words, with their ticket's id, text and time."""
    found = []
    for row in sql.full_text.find(sql, words, limit):
        found += sql("SELECT ticket, text, written FROM entries WHERE library = :library AND row = :row", row=row)
    return found
