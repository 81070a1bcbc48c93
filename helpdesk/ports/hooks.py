"""The seam to outgoing webhooks: what other systems hear of, and whether they took it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.message import StaffId


class HookState(StrEnum):
    """Whether a hook is sent anything."""

    ON = "on"
    OFF = "off"
    """Staff disabled it."""
    STOPPED = "stopped"
    """It took nothing for days, or said that it is gone; staff enable it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A place that messages are sent to.

    ``events``    names of the vocabulary (docs/webhooks.md)
    ``waiting``   how many messages wait to be taken
    ``failing``   since when it took nothing; None where it took the last one, or was sent none
    ``trouble``   what the last try came to where it failed, in words; "" where it was taken
    ``rotating``  until when messages are signed with the secret before this one, too; None where there is none
    """

    name: str
    url: str
    events: tuple[str, ...]
    state: HookState
    created: Instant
    waiting: int = 0
    failing: Instant | None = None
    trouble: str = ""
    rotating: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSecret:
    """A hook and its new secret: shown this once, and not at all (``""``) where the caller chose it."""

    hook: Hook
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookTry:
    """A row of a hook's log: one message and how it went.

    ``message``  its webhook-id
    ``event``    its name in the vocabulary, or "hook.test"
    ``tried``    when it was last tried, None where it was not yet
    ``taken``    whether it was taken
    ``status``   the HTTP status of the last answer, None where there was none
    ``took``     how long the last try took, in milliseconds
    """

    message: str
    event: str
    made: Instant
    tried: Instant | None = None
    taken: bool = False
    status: int | None = None
    took: int | None = None
    tries: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one try to send a message.

    ``status``       the HTTP status, None where there was no answer
    ``took``         in milliseconds
    ``trouble``      what was wrong, in words; "" where the message was taken
    ``retry_after``  how long the receiver asks us to wait, in seconds; None where it says nothing
    """

    status: int | None
    took: int
    trouble: str = ""
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing more, for good."""
        return self.status == 410


class Poster(Protocol):
    """Sends one message over HTTP."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Try once. Nothing is raised: what goes wrong is in the answer."""
        ...


class Hooks(Protocol):
    """Looks after outgoing webhooks. ``actor`` is who asks. NotFound, with the nearest name, for an unknown hook."""

    async def overview(self, actor: StaffId) -> tuple[Hook, ...]:
        """Every hook, by name."""
        ...

    async def add(
        self, actor: StaffId, name: str, *, url: str, events: tuple[str, ...], secret: str = ""
    ) -> HookSecret:
        """Send these events to ``url`` from now on. Without ``secret`` (``whsec_...``) one is made.

        Refused for a name that is taken or no name, an unknown event, and a URL where nothing may be sent.
        """
        ...

    async def test(self, actor: StaffId, name: str) -> HookTry:
        """Send a message of the type "hook.test" now, also to a hook that is disabled; it goes before what waits."""
        ...

    async def log(self, actor: StaffId, name: str, *, count: int = 50) -> tuple[HookTry, ...]:
        """The latest ``count`` (1 to 1000) messages, the newest first; what waits, too."""
        ...

    async def enable(self, actor: StaffId, name: str, *, skip: bool = False) -> Hook:
        """Send again, from where it stopped; with ``skip`` only what happens from now on."""
        ...

    async def disable(self, actor: StaffId, name: str) -> Hook:
        """Send nothing more until it is enabled."""
        ...

    async def rotate(self, actor: StaffId, name: str, *, secret: str = "", hours: int = 24) -> HookSecret:
        """Sign with a new secret, and for ``hours`` (0 to 168) with the one before, too."""
        ...

    async def remove(self, actor: StaffId, name: str) -> None:
        """Forget a hook with its log and all that waits."""
        ...
