"""One pass of delivery, and how the rows of the outbox stand."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.message import Channel, TicketId
from helpdesk.ports import Sql
from tests.conversation import Town


def state_of(sql: Sql, ticket: TicketId) -> list[str]:
    """The states of a ticket's outgoing messages, oldest first."""
    rows = sql("SELECT state FROM outbox WHERE library = :library AND ticket = :ticket ORDER BY id", ticket=ticket)
    return [row["state"] for row in rows]


async def states(town: Town, ticket: TicketId) -> list[str]:
    """As :func:`state_of`."""
    return await town.house.store.read(state_of, ticket)


async def row(town: Town, column: str) -> object:
    """One column of the only row there is."""
    [found] = await town.house.store.read(lambda sql: sql(f"SELECT {column} AS c FROM outbox"))
    return found["c"]


async def pass_(town: Town, channel: Channel = Channel.SMS) -> Instant | None:
    """One pass of delivery."""
    return await town.house.outbox.deliver_due(channel)
