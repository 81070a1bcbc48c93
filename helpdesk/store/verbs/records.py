"""What other systems read: tickets by cursor, and what was published."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.message import TicketId
from helpdesk.ports import PublishedText, Sql
from helpdesk.store.verbs import tickets
from helpdesk.ticket import Ticket

WALK = 5_000
"""The most tickets that one page looks at: a rare filter costs no more than a common one."""

TOP = TicketId("8")
"""Above every ticket's id."""

_FILTERS: Mapping[str, str] = {
    "state": "state = :state",
    "channel": "channel = :channel",
    "line": "line = :line",
    "site": "site = :site",
    "updated_since": "updated >= :updated_since",
}


def page(
    sql: Sql, below: TicketId, limit: int, wanted: Mapping[str, object], walk: int = WALK
) -> tuple[tuple[Ticket, ...], TicketId | None]:
    """Tickets with an id below ``below``, the newest first, and below which the next page begins; None: it is the last.

    ``wanted``  what the tickets must have, by the names of the filters
    """
    edge = sql(
        "SELECT id FROM tickets WHERE library = :library AND id < :below ORDER BY id DESC LIMIT 1 OFFSET :walk",
        below=below,
        walk=walk - 1,
    )
    lowest = edge[0]["id"] if edge else ""
    filters = "".join(f" AND {_FILTERS[name]}" for name in wanted)
    found = sql(
        f"SELECT * FROM tickets WHERE library = :library AND id < :below AND id >= :lowest{filters}"
        " ORDER BY id DESC LIMIT :count",
        below=below,
        lowest=lowest,
        count=limit + 1,
        **wanted,
    )
    rows = tuple(tickets.read(row) for row in found[:limit])
    if len(found) > limit:
        return rows, rows[-1].id
    return rows, TicketId(lowest) if edge else None


def published(sql: Sql, kind: str) -> tuple[PublishedText, ...]:
    """Every text of a kind ("calendar", "standard") that was published, by name, the latest first."""
    rows = sql(
        "SELECT name, digest, text, published FROM published WHERE library = :library AND kind = :kind"
        " ORDER BY name, published DESC, digest",
        kind=kind,
    )
    latest = {row["name"]: row["published"] for row in reversed(rows)}
    return tuple(
        PublishedText(
            name=row["name"],
            published=row["published"],
            digest=row["digest"],
            text=row["text"],
            in_force=latest[row["name"]] == row["published"],
        )
        for row in rows
    )
