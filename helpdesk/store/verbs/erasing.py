"""Erasing of tickets: first who wrote, later what was written. Their clocks, counts and events stay as they are.

Words deleted here are still in the word index's file and in the write-ahead log: ``Store.purge`` comes after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from helpdesk.clock import Instant
from helpdesk.events import Fact
from helpdesk.message import PersonId, TicketId, digest_of_id
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import deletions, drafts, entries, outbox, remarks, ties

_ONE = {"people": "person", "entries": "entry"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """How much was erased, or would be."""

    tickets: int = 0
    people: int = 0
    mails: int = 0
    entries: int = 0
    files: int = 0
    remarks: int = 0

    def __add__(self, other: Gone) -> Gone:
        """Both together."""
        return Gone(**{name: self.facts[name] + other.facts[name] for name in self.facts})

    def __str__(self) -> str:
        """In words: "12 tickets, 1 person, 40 entries"; what is nothing is left out."""
        parts = (f"{n:,} {name if n > 1 else _ONE.get(name, name[:-1])}" for name, n in self.facts.items() if n)
        return ", ".join(parts) or "nothing"

    @property
    def facts(self) -> dict[str, int]:
        """The numbers by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def told(self) -> dict[str, Fact]:
        """What the log says of it: what was nothing is not named."""
        return {name: count for name, count in self.facts.items() if count}


def part(sql: Sql, tickets: Sequence[TicketId], now: Instant) -> Gone:
    """Forget who wrote these tickets: names, addresses, mails as they came, the provider's ids. Their words stay."""
    of, ids = among(tickets)
    here = f"library = :library AND ticket IN ({of})"
    deletions.owe_of(sql, tickets, now)
    people = [row["person"] for row in sql(f"SELECT DISTINCT person FROM tickets WHERE {_these(of)}", **ids)]
    sql(f"DELETE FROM participants WHERE {here}", **ids)
    sql(f"DELETE FROM held_replies WHERE {here}", **ids)
    sql(f"UPDATE entries SET author = '' WHERE {here} AND kind = 'in'", **ids)
    sql(f"UPDATE entries SET trouble = '' WHERE {here} AND trouble <> ''", **ids)
    sql(
        "UPDATE outbox SET address = '', name = '', copies = '[]', refs = '[]', provider_id = '', reason = ''"
        f" WHERE {here}",
        **ids,
    )
    sql(f"UPDATE chats SET name = '', token = NULL WHERE {here}", **ids)
    sql(
        "UPDATE conversations SET name = '' WHERE library = :library AND shredded IS NOT NULL AND id IN"
        f" (SELECT conversation FROM tickets WHERE {_these(of)})",
        **ids,
    )
    _forget_ids(sql, of, ids)
    sql(f"DELETE FROM done WHERE {here}", **ids)
    _forget_questions(sql, here, ids)
    drafts.forget_on(sql, of, ids)
    ties.forget_links(sql, of, ids)
    mails = sql(f"SELECT id FROM raw WHERE {here} AND forgotten IS NULL", **ids)
    forget_mails(sql, [row["id"] for row in mails], now)
    sql(f"UPDATE tickets SET name = '', person = NULL, anonymous = :now WHERE {_these(of)}", now=now, **ids)
    gone = sum(forget_person(sql, PersonId(each)) for each in people if each is not None and not is_known(sql, each))
    return Gone(tickets=len(tickets), people=gone, mails=len(mails))


def wipe(sql: Sql, tickets: Sequence[TicketId], now: Instant) -> Gone:
    """Forget what was written in these tickets: subjects, entries with their words and files, remarks."""
    of, ids = among(tickets)
    here = f"library = :library AND ticket IN ({of})"
    written = sql(f"SELECT id, row, text FROM entries WHERE {here} AND (text <> '' OR author <> '')", **ids)
    wipe_entries(sql, written)
    sql(f"DELETE FROM media WHERE {here}", **ids)
    drafts.forget_on(sql, of, ids)
    ties.forget_links(sql, of, ids)
    ties.forget_followers(sql, of, ids)
    files = entries.drop_files(sql, f"SELECT id FROM entries WHERE {here}", **ids)
    sql(f"UPDATE outbox SET subject = '', text = '', author = '' WHERE {here}", **ids)
    said = sum(remarks.erase(sql, ticket) for ticket in tickets)
    sql(f"UPDATE tickets SET subject = '', preview = '', forgotten = :now WHERE {_these(of)}", now=now, **ids)
    return Gone(tickets=len(tickets), entries=len(written), files=files, remarks=said)


def whole(sql: Sql, tickets: Sequence[TicketId], now: Instant) -> Gone:
    """Forget who wrote these tickets, and what was written."""
    who, words = part(sql, tickets, now), wipe(sql, tickets, now)
    return replace(who + words, tickets=len(tickets))


def wipe_entries(sql: Sql, written: Sequence[Record]) -> None:
    """Forget the text and the author of some entries, given with ``id``, ``row`` and ``text``, and their words."""
    for row in written:
        if row["text"]:
            sql.full_text.remove(sql, row["row"], row["text"])
        sql(
            "UPDATE entries SET text = '', author = '', trouble = '', quote_from = NULL"
            " WHERE library = :library AND id = :id",
            id=row["id"],
        )


def forget_mails(sql: Sql, mails: Sequence[str], now: Instant) -> int:
    """Forget mails as they came in. Their digests stay: the same mail must not come again as new."""
    of, ids = among(mails)
    rows = sql(
        "UPDATE raw SET sender = '', recipients = '[]', content = :nothing, forgotten = :now"
        f" WHERE library = :library AND id IN ({of}) AND forgotten IS NULL RETURNING id",
        nothing=b"",
        now=now,
        **ids,
    )
    return len(rows)


def forget_person(sql: Sql, person: PersonId) -> int:
    """Forget a person with all their addresses, and that a number of theirs wants no texts: the carrier holds that."""
    for row in sql(
        "DELETE FROM addresses WHERE library = :library AND person = :person RETURNING channel, value", person=person
    ):
        if row["channel"] == "sms":
            sql("DELETE FROM optouts WHERE library = :library AND who = :who", who=row["value"])
    return len(sql("DELETE FROM people WHERE library = :library AND id = :person RETURNING id", person=person))


def since(sql: Sql, ticket: TicketId) -> dict[str, Instant | None]:
    """When it was forgotten who wrote a ticket (``anonymous``), and what was written (``forgotten``)."""
    rows = sql("SELECT anonymous, forgotten FROM tickets WHERE library = :library AND id = :id", id=ticket)
    return {name: rows[0][name] for name in ("anonymous", "forgotten")} if rows else {}


def among(ids: Sequence[str], name: str = "id") -> tuple[str, dict[str, str | None]]:
    """``:id0, :id1`` and their values, for ``IN (...)``; of none a NULL, which no row is equal to."""
    values: dict[str, str | None] = {f"{name}{n}": str(each) for n, each in enumerate(ids)}
    values = values or {f"{name}0": None}
    return ", ".join(f":{each}" for each in values), values


def _these(of: str) -> str:
    return f"library = :library AND id IN ({of})"


def is_known(sql: Sql, person: str) -> bool:
    """Whether a ticket still says that this person wrote it."""
    return bool(sql("SELECT 1 FROM tickets WHERE library = :library AND person = :person LIMIT 1", person=person))


def _forget_ids(sql: Sql, of: str, ids: dict[str, str | None]) -> None:
    """Of the sender's or carrier's name for each message its digest stays: what comes once more is not new."""
    for row in sql(
        f"DELETE FROM received WHERE library = :library AND ticket IN ({of}) RETURNING *",
        **ids,
    ):
        known = row["external_id"].startswith("shredded:")
        digest = row["digest"] if known else digest_of_id(row["external_id"])
        sql(
            "INSERT INTO received (library, channel, account, external_id, digest, ticket, entry, noted)"
            " VALUES (:library, :channel, :account, :gone, :digest, NULL, NULL, :noted)"
            " ON CONFLICT (library, channel, account, external_id, digest) DO NOTHING",
            channel=row["channel"],
            account=row["account"],
            gone=row["external_id"] if known else f"shredded:{digest}",
            digest=digest,
            noted=row["noted"],
        )


def _forget_questions(sql: Sql, here: str, ids: dict[str, str | None]) -> None:
    """Nobody is asked any more what became of a message to somebody who is forgotten."""
    for row in sql(f"SELECT id FROM outbox WHERE {here}", **ids):
        sql("DELETE FROM notices WHERE library = :library AND key = :key", key=outbox.asked(row["id"]))
