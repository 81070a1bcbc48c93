"""What the provider says of a message that it took from us, and what follows from it."""

from __future__ import annotations

import json
from dataclasses import replace

from helpdesk.clock import MINUTE, Instant, plus
from helpdesk.events import Kind
from helpdesk.message import Delivery, DeliveryReport, EntryId, LineId, Matter, OutboxId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import deletions, entries, notices, outbox

AGAIN = 2 * MINUTE
"""How long a message rests whose delivery failed for a passing reason, in milliseconds."""

MANY = 3
"""How often a message goes again that failed for a passing reason."""

MOST_AGAIN = {"30003": 1}
"""Carrier's codes with another limit: a handset that is switched off or out of reach is tried once more."""


def gave_up(sql: Sql, message: OutboxId, code: str, reason: str, now: Instant, published: Published) -> None:
    """Our own try ended for good. Where word came meanwhile that the message arrived, that stands."""
    rows = sql("SELECT state FROM outbox WHERE library = :library AND id = :id", id=message)
    if rows and _RANK[rows[0]["state"]] == 0:
        outbox.failed(sql, message, code, reason, now, published)


_RANK = {"waiting": 0, "leased": 0, "unclear": 0, "person": 0, "sent": 1, "delivered": 2, "failed": 3}


def report(sql: Sql, said: DeliveryReport, now: Instant, published: Published) -> bool:
    """What the provider says; only a higher rank replaces a lower one. False for a message that is not ours.

    What became of a copy says nothing of the patron's own.
    """
    rows = _about(sql, said)
    if not rows:
        return False
    said = replace(said, outbox=OutboxId(rows[0]["id"]))
    sealed = rows[0]["conversation"] is not None
    shredded = sealed and deletions.learnt(sql, said.outbox, (said.provider_id,), now)
    if said.status.rank <= _RANK[rows[0]["state"]] or said.recipient in json.loads(rows[0]["copies"]):
        return True
    if _heard_before(rows[0], said):
        return True
    if said.status is Delivery.FAILED:
        if _goes_again(rows[0], said):
            _again(sql, rows[0], said, now, published)
            return True
        outbox.failed(sql, said.outbox, said.code, said.reason, now, published)
        return True
    sql(
        "UPDATE outbox SET state = :state, provider_id = CASE WHEN provider_id = '' THEN :provider_id"
        " ELSE provider_id END, done = :now WHERE library = :library AND id = :id",
        id=said.outbox,
        state=str(said.status),
        provider_id="" if shredded else said.provider_id,
        now=now,
    )
    ticket, entry = TicketId(rows[0]["ticket"]), EntryId(rows[0]["entry"])
    notices.clear_notice(sql, outbox.asked(said.outbox))
    entries.set_delivery(sql, entry, said.status)
    kind = Kind.SENT if said.status is Delivery.SENT else Kind.DELIVERED
    outbox.tell(sql, ticket, kind, entry, said.outbox, now, published)
    return True


def _about(sql: Sql, said: DeliveryReport) -> list[Record]:
    """The message that it speaks of. A provider that gives back no id of ours names it by its own."""
    if said.outbox or not said.provider_id:
        return sql("SELECT * FROM outbox WHERE library = :library AND id = :id", id=said.outbox)
    return sql(
        "SELECT * FROM outbox WHERE library = :library AND provider_id = :name AND provider_id <> ''",
        name=said.provider_id,
    )


def _heard_before(row: Record, said: DeliveryReport) -> bool:
    """Whether it speaks of an earlier try, which failed and is repeated already."""
    return _RANK[row["state"]] == 0 and said.provider_id != "" and said.provider_id == row["provider_id"]


def _goes_again(row: Record, said: DeliveryReport) -> bool:
    if said.matter is Matter.PASSING:
        return int(row["tries"]) <= MOST_AGAIN.get(said.code, MANY)
    return said.matter is Matter.OURS


def _again(sql: Sql, row: Record, said: DeliveryReport, now: Instant, published: Published) -> None:
    """The provider could not deliver it, and it is not the patron's matter: it waits for another try.

    What is our own matter counts as no try.
    """
    passing = said.matter is Matter.PASSING
    sql(
        "UPDATE outbox SET state = 'waiting', tries = :tries, not_before = :not_before, reason = :reason, done = NULL"
        " WHERE library = :library AND id = :id",
        id=said.outbox,
        tries=row["tries"] - (not passing),
        not_before=plus(now, AGAIN if passing else 0),
        reason=said.reason,
    )
    if not passing:
        notices.rest_line(sql, LineId(row["line"]), said.code, said.reason, now)
    entry = EntryId(row["entry"])
    entries.set_delivery(sql, entry, Delivery.WAITING, said.reason)
    outbox.tell(sql, TicketId(row["ticket"]), Kind.DEFERRED, entry, said.outbox, now, published)


NEVER_TOLD = "The carrier has not said whether this arrived. If no answer comes, ask the patron by another way."
"""What the desk says of a text that the carrier took and never spoke of again."""


def untold(sql: Sql, before: Instant, limit: int = 20) -> list[tuple[OutboxId, str]]:
    """Texts that the carrier took before a time and has not spoken of since, with its own name for each."""
    rows = sql(
        "SELECT id, provider_id FROM outbox WHERE library = :library AND state = 'sent' AND channel = 'sms'"
        " AND traced = 0 AND done <= :before ORDER BY done, id LIMIT :limit",
        before=before,
        limit=limit,
    )
    return [(OutboxId(row["id"]), row["provider_id"]) for row in rows]


def next_untold(sql: Sql) -> Instant | None:
    """Since when the longest of them has waited, None if none does."""
    rows = sql(
        "SELECT min(done) AS t FROM outbox WHERE library = :library AND state = 'sent' AND channel = 'sms'"
        " AND traced = 0"
    )
    found: Instant | None = rows[0]["t"]
    return found


def traced(sql: Sql, message: OutboxId, said: DeliveryReport | None, now: Instant, published: Published) -> None:
    """The carrier was asked once what became of a text: it is settled by that, or the ticket says that nobody knows."""
    sql("UPDATE outbox SET traced = 1 WHERE library = :library AND id = :id", id=message)
    if said is not None:
        report(sql, said, now, published)
    rows = sql("SELECT ticket, entry, state FROM outbox WHERE library = :library AND id = :id", id=message)
    if rows and rows[0]["state"] == "sent":
        entry = EntryId(rows[0]["entry"])
        entries.set_delivery(sql, entry, Delivery.SENT, NEVER_TOLD)
        outbox.tell(sql, TicketId(rows[0]["ticket"]), Kind.NOT_TOLD, entry, message, now, published)
