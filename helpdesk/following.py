"""Whoever wants to know what happens follows the log: after commit, in order, each fact once.

The program's own log gets one line for each fact from here, and the meters count from here. What a line may hold is
an allow-list: ids, enums, numbers and names out of the settings. Who acted is told by kind, never by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog

from helpdesk.clock import Instant
from helpdesk.events import PATRON, SYSTEM, Event, Kind, Seq
from helpdesk.journal import Level
from helpdesk.message import Channel
from helpdesk.ports import Store
from helpdesk.store.verbs import events, heard

Hearer = Callable[[Event, Channel | None], None]
"""Is told a fact, and the channel of its ticket."""

TOLD = frozenset(
    "act automatic available channel code concern exchange files kind left line n role share standard texts".split()
)
"""What of a fact's data stands in its line. All else is for the desk."""

_GRAVE: dict[Kind, Level] = {
    Kind.LINE_PAUSED: "error",
    Kind.PROBE_FAILED: "error",
    Kind.BREACH_NOTICED: "warning",
    Kind.CONCERN: "warning",
    Kind.LINE_CAPPED: "warning",
    Kind.NOT_TOLD: "warning",
    Kind.QUARANTINED: "warning",
    Kind.REFUSED_AT_DOOR: "warning",
    Kind.RESENT_UNCLEAR: "warning",
    Kind.UNDELIVERABLE: "warning",
    Kind.PRESENCE: "debug",
}
"""How grave a fact is; what is not here is ordinary work."""


class Following:
    """Reads the log on, and tells each fact to every hearer. :meth:`read_on` is the step of a loop."""

    def __init__(self, store: Store, *hearers: Hearer) -> None:
        self._store = store
        self._hearers = hearers
        self._seq: Seq | None = None

    async def begin(self) -> None:
        """What was there before is nobody's news."""
        self._seq = await self._store.read(events.last)

    async def read_on(self) -> Instant | None:
        """Tell all that happened since the last time. Returns None: only a change can bring more."""
        if self._seq is None:
            await self.begin()
        seq = self._seq or Seq(0)
        while found := await self._store.read(heard.after, seq):
            for each in found:
                self._seq = seq = each.event.seq
                for hearer in self._hearers:
                    hearer(each.event, each.channel)
        return None


def written(event: Event, channel: Channel | None) -> None:
    """A line in the program's log for a fact."""
    getattr(structlog.get_logger(), level_of(event.kind))(str(event.kind), **facts(event, channel))


def level_of(kind: Kind) -> Level:
    """How grave a fact of this kind is."""
    return _GRAVE.get(kind, "info")


def facts(event: Event, channel: Channel | None) -> dict[str, Any]:
    """What the line says of it: neither texts, nor names of people, nor addresses."""
    said: dict[str, Any] = {"seq": event.seq, "by": _side(event.actor)}
    if event.ticket is not None:
        said["ticket"] = event.ticket
    if channel is not None:
        said["channel"] = str(channel)
    more = {name: value for name, value in event.data.items() if name in TOLD and value is not None}
    return more | said


def _side(actor: str) -> str:
    return actor if actor in {PATRON, SYSTEM} else "staff"
