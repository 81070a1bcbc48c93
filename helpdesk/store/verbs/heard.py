"""What happened, read on by whoever follows the log: each fact with the channel of its ticket."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.events import Event, Seq
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.store.verbs import events


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact. ``channel``: its ticket's, None where it is about no ticket."""

    event: Event
    channel: Channel | None


def after(sql: Sql, seq: Seq, limit: int = 500) -> list[Heard]:
    """The next ``limit`` facts after ``seq``, in order."""
    rows = sql(
        "SELECT e.*, t.channel AS channel FROM events e"
        " LEFT JOIN tickets t ON t.library = e.library AND t.id = e.ticket"
        " WHERE e.library = :library AND e.seq > :seq ORDER BY e.seq LIMIT :limit",
        seq=seq,
        limit=limit,
    )
    return [Heard(events.read(row), None if row["channel"] is None else Channel(row["channel"])) for row in rows]
