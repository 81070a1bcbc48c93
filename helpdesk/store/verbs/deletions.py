"""What the carrier is to delete: its copies of texts whose sealed conversation is over.

The carrier's ids, a road back to the number, stand here only while a deletion is owed. They come from three sides:
:func:`owe` takes those of a conversation when it is shredded, :func:`learnt` keeps those that no row of the outbox
keeps (earlier tries, candidates, late callbacks), :func:`owe_astray` finds texts that belong to no conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from helpdesk.clock import DAY, Instant, plus
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import Channel, ConversationId, LineId, OutboxId, TicketId, digest_of_id
from helpdesk.ports import Sql
from helpdesk.store.verbs import events

OVERDUE = 3 * DAY
"""After so long the desk and `helpdesk check` speak of it: a text that was not final is by then."""

_ASIDE = "aside:"
"""Before the id of a text in quarantine (see Intake.quarantine)."""

_UNASKABLE = "smpp:"
"""Before the name of a text at a carrier that can't be asked to delete. It is a digest, and is dropped at once."""

_INSERT = (
    "INSERT INTO deletions"
    " (library, channel, provider_id, line, account, conversation, since, not_before, tries, reason) "
)
_ONCE = " ON CONFLICT (library, channel, provider_id) DO NOTHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A text that the carrier is to delete. ``tries``: how often it was asked before."""

    channel: Channel
    provider_id: str = field(repr=False)
    line: LineId
    account: str
    since: Instant
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What the carrier still owes on a line: how many texts, since when, and why it has not deleted them yet."""

    line: LineId
    texts: int
    since: Instant
    reason: str

    def overdue(self, now: Instant) -> bool:
        """Whether the carrier has owed it for too long."""
        return plus(self.since, OVERDUE) < now


def owe(sql: Sql, conversation: ConversationId, now: Instant) -> None:
    """A sealed conversation is being shredded: both directions of it are to be deleted at the carrier.

    Before :func:`helpdesk.store.verbs.forgetting.shred`, which drops the ids, and in the same commit.
    """
    theirs = "FROM received r JOIN tickets t ON t.library = r.library AND t.id = r.ticket"
    of_it = (
        "WHERE r.library = :library AND t.conversation = :id"
        f" AND r.external_id NOT LIKE 'shredded:%' AND r.external_id NOT LIKE '{_UNASKABLE}%'"
    )
    told = sql(f"SELECT coalesce(max(r.account), '') AS account {theirs} {of_it}", id=conversation)
    sql(
        f"{_INSERT} SELECT r.library, r.channel, r.external_id, t.line, r.account, NULL, :now, :now, 0, ''"
        f" {theirs} {of_it} {_ONCE}",
        id=conversation,
        now=now,
    )
    sql(
        f"{_INSERT} SELECT o.library, o.channel, o.provider_id, o.line, :account, NULL, :now, :now, 0, '' FROM outbox o"
        " JOIN tickets t ON t.library = o.library AND t.id = o.ticket"
        f" WHERE o.library = :library AND t.conversation = :id AND o.provider_id <> ''"
        f" AND o.provider_id NOT LIKE '{_UNASKABLE}%' {_ONCE}",
        id=conversation,
        now=now,
        account=told[0]["account"],
    )
    sql(
        "UPDATE deletions SET conversation = NULL, since = :now, not_before = :now,"
        " account = CASE WHEN account = '' THEN :account ELSE account END"
        " WHERE library = :library AND conversation = :id",
        id=conversation,
        now=now,
        account=told[0]["account"],
    )


def owe_of(sql: Sql, tickets: Iterable[TicketId], now: Instant) -> None:
    """It is being forgotten who texted these tickets of an open line: the carrier is to forget both directions.

    Before the ids are dropped, and in the same commit.
    """
    for ticket in tickets:
        rows = sql(
            "SELECT t.line, r.account, r.external_id FROM tickets t"
            " JOIN received r ON r.library = t.library AND r.ticket = t.id"
            " WHERE t.library = :library AND t.id = :id AND t.channel = 'sms'"
            " UNION ALL SELECT o.line, '', o.provider_id FROM outbox o"
            " WHERE o.library = :library AND o.ticket = :id AND o.channel = 'sms' AND o.provider_id <> ''",
            id=ticket,
        )
        account = max((row["account"] for row in rows), default="")
        for row in rows:
            provider_id = row["external_id"].removeprefix(_ASIDE)
            if provider_id and not provider_id.startswith((_UNASKABLE, "shredded:")):
                sql(
                    f"{_INSERT} VALUES (:library, 'sms', :provider_id, :line, :account, NULL, :now, :now, 0, '')"
                    f" {_ONCE}",
                    provider_id=provider_id,
                    line=row["line"],
                    account=row["account"] or account,
                    now=now,
                )


def learnt(sql: Sql, outbox: OutboxId, provider_ids: Iterable[str], now: Instant) -> bool:
    """The provider names texts that came of a message: on a sealed line none of them may get out of sight.

    True where the conversation is shredded already: the ids are owed then, and may stand nowhere else.
    """
    rows = sql(
        "SELECT o.channel, o.line, o.provider_id, c.id, c.shredded FROM outbox o"
        " JOIN conversations c ON c.library = o.library AND c.id = o.conversation"
        " WHERE o.library = :library AND o.id = :id",
        id=outbox,
    )
    if not rows:
        return False
    over = rows[0]["shredded"] is not None
    for provider_id in {*provider_ids, rows[0]["provider_id"]} - {""}:
        if provider_id.startswith(_UNASKABLE):
            continue
        sql(
            f"{_INSERT} VALUES"
            f" (:library, :channel, :provider_id, :line, '', :conversation, :since, :now, 0, '') {_ONCE}",
            channel=rows[0]["channel"],
            provider_id=provider_id,
            line=rows[0]["line"],
            conversation=None if over else rows[0]["id"],
            since=now if over else None,
            now=now,
        )
    return over


def owe_astray(sql: Sql, line: LineId, before: Instant, now: Instant) -> int:
    """Texts of a sealed line that belong to no conversation and came before a time: without a sender who could be
    answered, or in quarantine. Their ids go, as in shredding; returns how many it were.
    """
    rows = sql(
        "SELECT r.account, r.external_id, r.digest FROM tickets t"
        " JOIN received r ON r.library = t.library AND r.ticket = t.id"
        " WHERE t.library = :library AND t.line = :line AND t.conversation IS NULL AND t.person IS NULL"
        " AND r.channel = 'sms' AND r.noted < :before",
        line=line,
        before=before,
    )
    for row in rows:
        external_id = row["external_id"]
        sql(
            "UPDATE received SET external_id = :gone, ticket = NULL, entry = NULL WHERE library = :library"
            " AND channel = 'sms' AND account = :account AND external_id = :external_id AND digest = :digest",
            gone=f"shredded:{digest_of_id(external_id)}",
            account=row["account"],
            external_id=external_id,
            digest=row["digest"],
        )
        provider_id = external_id.removeprefix(_ASIDE)
        if provider_id and not provider_id.startswith(_UNASKABLE):
            sql(
                f"{_INSERT} VALUES (:library, 'sms', :provider_id, :line, :account, NULL, :now, :now, 0, '') {_ONCE}",
                provider_id=provider_id,
                line=line,
                account=row["account"],
                now=now,
            )
    return len(rows)


def due(sql: Sql, channel: Channel, now: Instant, latest: Instant, limit: int = 20) -> list[Owed]:
    """What the provider of a channel may be asked for now, the longest waiting first.

    What waits beyond ``latest`` was put off by a clock that was ahead: it is due, too.
    """
    rows = sql(
        "SELECT * FROM deletions WHERE library = :library AND channel = :channel AND since IS NOT NULL"
        " AND (not_before <= :now OR not_before > :latest) ORDER BY not_before, provider_id LIMIT :limit",
        channel=str(channel),
        now=now,
        latest=latest,
        limit=limit,
    )
    return [
        Owed(
            channel=Channel(row["channel"]),
            provider_id=row["provider_id"],
            line=LineId(row["line"]),
            account=row["account"],
            since=row["since"],
            tries=row["tries"],
        )
        for row in rows
    ]


def next_due(sql: Sql, channel: Channel) -> Instant | None:
    """When the provider of a channel may be asked next; None if it owes nothing."""
    rows = sql(
        "SELECT min(not_before) AS t FROM deletions WHERE library = :library AND channel = :channel"
        " AND since IS NOT NULL",
        channel=str(channel),
    )
    found: Instant | None = rows[0]["t"]
    return found


def later(sql: Sql, owed: Owed, not_before: Instant, reason: str) -> None:
    """It is not deleted yet: ask again."""
    sql(
        "UPDATE deletions SET tries = :tries, not_before = :not_before, reason = :reason"
        " WHERE library = :library AND channel = :channel AND provider_id = :provider_id",
        channel=str(owed.channel),
        provider_id=owed.provider_id,
        tries=owed.tries + 1,
        not_before=not_before,
        reason=reason,
    )


def done(sql: Sql, gone: Iterable[Owed], now: Instant) -> None:
    """The carrier has deleted these: the ids are dropped, and the log says how many texts of which line it were."""
    counts: dict[LineId, int] = {}
    for owed in gone:
        rows = sql(
            "DELETE FROM deletions WHERE library = :library AND channel = :channel AND provider_id = :provider_id"
            " RETURNING line",
            channel=str(owed.channel),
            provider_id=owed.provider_id,
        )
        counts[owed.line] = counts.get(owed.line, 0) + len(rows)
    for line, texts in counts.items():
        data: dict[str, Fact] = {"line": line, "texts": texts}
        if texts:
            _count(sql, line, texts)
            fact = NewEvent(kind=Kind.CARRIER_DELETED, ticket=None, when=now, actor=SYSTEM, data=data)
            events.append(sql, [fact], now)


def _count(sql: Sql, line: LineId, texts: int) -> None:
    sql(
        "INSERT INTO counters (library, name, value) VALUES (:library, :name, :texts)"
        " ON CONFLICT (library, name) DO UPDATE SET value = counters.value + :texts",
        name=_counter(line),
        texts=texts,
    )


def deleted(sql: Sql, line: LineId) -> int:
    """How many texts of a line the carrier has deleted so far."""
    rows = sql("SELECT value FROM counters WHERE library = :library AND name = :name", name=_counter(line))
    return int(rows[0]["value"]) if rows else 0


def _counter(line: LineId) -> str:
    return f"carrier_deleted:{line}"


def astray(sql: Sql, line: LineId) -> int:
    """How many texts of a line belong to no conversation and stand under the carrier's id; see :func:`owe_astray`."""
    rows = sql(
        "SELECT count(*) AS n FROM tickets t JOIN received r ON r.library = t.library AND r.ticket = t.id"
        " WHERE t.library = :library AND t.line = :line AND t.conversation IS NULL AND t.person IS NULL"
        " AND r.channel = 'sms'",
        line=line,
    )
    found: int = rows[0]["n"]
    return found


def debts(sql: Sql) -> list[Debt]:
    """What is owed, by line."""
    rows = sql(
        "SELECT d.line, count(*) AS texts, min(d.since) AS since,"
        " (SELECT e.reason FROM deletions e WHERE e.library = :library AND e.line = d.line AND e.since IS NOT NULL"
        "  AND e.reason <> '' ORDER BY e.since, e.provider_id LIMIT 1) AS reason"
        " FROM deletions d WHERE d.library = :library AND d.since IS NOT NULL GROUP BY d.line ORDER BY d.line"
    )
    return [
        Debt(line=LineId(row["line"]), texts=row["texts"], since=row["since"], reason=row["reason"] or "")
        for row in rows
    ]


def elsewhere(sql: Sql, channel: Channel, account: str) -> int:
    """How many texts are owed that lie in another account of ours than the present one."""
    rows = sql(
        "SELECT count(*) AS n FROM deletions WHERE library = :library AND channel = :channel AND since IS NOT NULL"
        " AND account NOT IN ('', :account)",
        channel=str(channel),
        account=account,
    )
    found: int = rows[0]["n"]
    return found
