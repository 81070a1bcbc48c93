"""What a desk is told besides tickets: who is on, what happened, what is wrong, what a search found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.worklist import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff. ``has_pin``: the desk asks for it when the login is shared."""

    id: StaffId
    name: str
    has_pin: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether a member takes contacts of a channel now. ``seen``: their desk's last sign of life."""

    staff: StaffId
    channel: Channel
    available: bool
    seen: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a desk must know on opening.

    ``now`` and ``pace``: the owner's clock, which the countdowns follow (pace 60 in the demo: a second is a minute).
    ``said``: what the screen says about it, "" on an ordinary clock. ``seq``: the last event so far.
    """

    library: str
    version: str
    zone: str
    now: Instant
    pace: float
    said: str
    seq: Seq
    lines: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something happened: what whoever watches hears, after commit."""

    seq: Seq
    kind: Kind
    ticket: TicketId | None
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Trouble that the desk must show until it is over: what, and what to do. ``level``: "warning" or "error"."""

    key: str
    level: str
    text: str
    since: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search hit: the ticket, and the words around the match."""

    row: Row
    excerpt: str
    written: Instant
