"""Which messages go out next: to each patron the oldest, within what a line may send now and today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from helpdesk.clock import Instant
from helpdesk.limits import Limits
from helpdesk.message import Address, Channel, ConversationId, Delivery, EntryId, LineId, OutboxId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import entries, holding, spending
from helpdesk.store.verbs.outbox import Parcel

_WAITS = "state IN ('waiting', 'leased', 'unclear')"

_FIRST = (
    " AND (o.crisis = 1 OR NOT ("
    "EXISTS (SELECT 1 FROM outbox e WHERE e.library = o.library AND e.ticket = o.ticket"
    f" AND e.id < o.id AND e.{_WAITS})"
    " OR EXISTS (SELECT 1 FROM outbox e WHERE e.library = o.library AND e.conversation = o.conversation"
    f" AND e.id < o.id AND e.{_WAITS})"
    " OR EXISTS (SELECT 1 FROM outbox e WHERE e.library = o.library AND e.line = o.line AND e.address = o.address"
    f" AND e.address <> '' AND e.channel = 'sms' AND e.id < o.id AND e.{_WAITS})))"
)
"""Nothing to the same patron was written before it and still waits: in a ticket, and over all tickets of texts."""

_RUNS = " AND NOT EXISTS (SELECT 1 FROM paused_lines p WHERE p.library = o.library AND p.line = o.line)"


def lease(
    sql: Sql,
    channel: Channel,
    now: Instant,
    until: Instant,
    limit: int = 20,
    *,
    limits: Mapping[LineId, Limits] = MappingProxyType({}),
    tokens: Mapping[LineId, int] = MappingProxyType({}),
) -> list[Parcel]:
    """Take what is due on a channel, to each patron the oldest only, so that replies arrive in order.

    Paused lines wait, and those that have no token left. What a day's limit keeps back is put off to the next day.
    """
    allowance = spending.Allowance(sql, limits, tokens, now)
    leased = []
    for row in _due(sql, channel, now, limit, [line for line, left in tokens.items() if left < 1]):
        if not allowance.in_time(row):
            continue
        if (midnight := allowance.keeps_back(row)) is not None:
            _put_off(sql, row, midnight)
            continue
        sql(
            "UPDATE outbox SET state = 'leased', not_before = :until, tries = tries + 1"
            " WHERE library = :library AND id = :id",
            id=row["id"],
            until=until,
        )
        holding.let_go(sql, row)
        leased.append(row)
    return [_parcel(row) for row in leased]


def _due(sql: Sql, channel: Channel, now: Instant, limit: int, resting: Iterable[LineId]) -> list[Record]:
    left_out, names = _without(resting)
    return sql(
        f"SELECT * FROM outbox o WHERE library = :library AND channel = :channel AND {_WAITS} AND not_before <= :now"
        f"{_RUNS}{_FIRST}{left_out} ORDER BY not_before, id LIMIT :limit",
        channel=str(channel),
        now=now,
        limit=limit,
        **names,
    )


def _without(lines: Iterable[LineId]) -> tuple[str, dict[str, LineId]]:
    """A condition that leaves lines out, and its parameters."""
    names = {f"line{n}": line for n, line in enumerate(sorted(lines))}
    return (f" AND line NOT IN ({', '.join(f':{name}' for name in names)})" if names else ""), names


TODAY = "The line has sent as much today as it may. It goes after midnight."
"""Why a text waits that a day's limit keeps back."""


def _put_off(sql: Sql, row: Record, midnight: Instant) -> None:
    """It waits for the next day; that is no try, but its time was up."""
    holding.let_go(sql, row)
    sql(
        "UPDATE outbox SET not_before = :midnight, reason = :reason WHERE library = :library AND id = :id",
        id=row["id"],
        midnight=midnight,
        reason=TODAY,
    )
    entries.set_delivery(sql, EntryId(row["entry"]), Delivery.WAITING, TODAY)


def begin_again(sql: Sql, now: Instant) -> None:
    """What a day's limit kept back is tried again: the settings may say another one now."""
    sql(
        "UPDATE outbox SET not_before = :now WHERE library = :library AND state = 'waiting' AND reason = :reason",
        now=now,
        reason=TODAY,
    )


def hand_back(sql: Sql, outbox: OutboxId, now: Instant) -> None:
    """What was leased and not begun waits again, as if nobody had touched it: whoever comes next sends it at once."""
    sql(
        "UPDATE outbox SET state = 'waiting', not_before = :now, tries = tries - 1"
        " WHERE library = :library AND id = :id AND state = 'leased'",
        id=outbox,
        now=now,
    )


def left_unclear(sql: Sql, ids: Iterable[OutboxId], not_before: Instant) -> None:
    """What was being sent as we stopped is looked up by whoever comes next, and not only when the lease is over."""
    for outbox in ids:
        sql(
            "UPDATE outbox SET state = 'unclear', not_before = :not_before"
            " WHERE library = :library AND id = :id AND state = 'leased'",
            id=outbox,
            not_before=not_before,
        )


def _parcel(row: Record) -> Parcel:
    channel = Channel(row["channel"])
    address = Address(channel=channel, value=row["address"], name=row["name"]) if row["address"] else None
    return Parcel(
        id=OutboxId(row["id"]),
        ticket=TicketId(row["ticket"]),
        entry=EntryId(row["entry"]),
        channel=channel,
        line=LineId(row["line"]),
        address=address,
        conversation=None if row["conversation"] is None else ConversationId(row["conversation"]),
        copies=tuple(json.loads(row["copies"])),
        subject=row["subject"],
        text=row["text"],
        references=tuple(json.loads(row["refs"])),
        automatic=bool(row["automatic"]),
        author=row["author"],
        created=row["created"],
        tries=row["tries"],
        again=bool(row["again"]),
        unclear=row["state"] in {"leased", "unclear"},
    )


def next_due(
    sql: Sql, channel: Channel, *, resting: tuple[LineId, ...] = (), only: LineId | None = None
) -> Instant | None:
    """When the next message of a channel may be tried; None if nothing waits on a line that runs.

    ``resting`` lines are left out; ``only``: of this line alone.
    """
    left_out, names = _without(resting)
    one = "" if only is None else " AND line = :only"
    rows = sql(
        f"SELECT min(not_before) AS t FROM outbox o WHERE library = :library AND channel = :channel AND {_WAITS}"
        f"{_RUNS}{_FIRST}{left_out}{one}",
        channel=str(channel),
        **names,
        **({} if only is None else {"only": only}),
    )
    found: Instant | None = rows[0]["t"]
    return found
