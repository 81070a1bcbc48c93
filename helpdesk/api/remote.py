"""The desk of another process, over the owner's Unix socket.

::

    async with connect(settings.store.socket_path) as desk:
        page = await desk.worklist(me, View.UNANSWERED)

Errors arrive as themselves. An owner that is gone, or that does not answer, is TryLater.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter

from helpdesk.api.asking import asked, gone, read, trouble
from helpdesk.api.codec import CHANGES, DESK, HEARTBEAT_SECONDS, KEEPER, TOLD, raised
from helpdesk.api.keeper import BOTH, Publishable
from helpdesk.api.remote_noise import RemoteNoise
from helpdesk.clock import Instant
from helpdesk.errors import Refused, TryLater
from helpdesk.events import Seq
from helpdesk.message import Address, Channel, StaffId, TicketId
from helpdesk.sight import Found, Hello, Member, Notice, Presence, Standing, Told
from helpdesk.store.verbs.figures import PublishedFigure
from helpdesk.thread import Thread
from helpdesk.ticket import Then, Ticket
from helpdesk.worklist import Anchor, Page, View

T = TypeVar("T")

CALL_SECONDS = 30.0
"""How long one call may take."""

KEEPER_SECONDS = 3600.0
"""How long work on the whole store may take."""

IDLE_SECONDS = 3.0
"""How long an unused connection is kept: less than the server keeps it, so that none is used as it closes."""

_NONE: TypeAdapter[None] = TypeAdapter(None)
_HELLO: TypeAdapter[Hello] = TypeAdapter(Hello)
_MEMBER: TypeAdapter[Member] = TypeAdapter(Member)
_MEMBERS: TypeAdapter[tuple[Member, ...]] = TypeAdapter(tuple[Member, ...])
_PRESENCE: TypeAdapter[tuple[Presence, ...]] = TypeAdapter(tuple[Presence, ...])
_PAGE: TypeAdapter[Page] = TypeAdapter(Page)
_COUNTS: TypeAdapter[Mapping[View, int]] = TypeAdapter(Mapping[View, int])
_THREAD: TypeAdapter[Thread] = TypeAdapter(Thread)
_TICKET: TypeAdapter[Ticket] = TypeAdapter(Ticket)
_MAYBE_TICKET: TypeAdapter[Ticket | None] = TypeAdapter(Ticket | None)
_FOUND: TypeAdapter[tuple[Found, ...]] = TypeAdapter(tuple[Found, ...])
_NOTICES: TypeAdapter[tuple[Notice, ...]] = TypeAdapter(tuple[Notice, ...])
_STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)
_LINES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


@asynccontextmanager
async def connect(path: Path) -> AsyncIterator[RemoteDesk]:
    """The desk of the owner who listens on ``path``; TryLater where nobody does, Refused where we may not."""
    _ours(path)
    async with _client(path) as client:
        desk = RemoteDesk(client)
        await desk.hello()
        yield desk


@asynccontextmanager
async def connect_keeper(path: Path) -> AsyncIterator[RemoteKeeper]:
    """The keeper of the store whose owner listens on ``path``."""
    _ours(path)
    async with _client(path, seconds=KEEPER_SECONDS) as client:
        yield RemoteKeeper(client)


def _ours(path: Path) -> None:
    """Refused where the socket is there, but belongs to somebody else."""
    if path.exists() and not os.access(path, os.W_OK):
        raise Refused(f"{path} belongs to another user of this machine. Run this as the user who runs its owner.")


def _client(path: Path, *, seconds: float = CALL_SECONDS) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=20, keepalive_expiry=IDLE_SECONDS)
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(path), limits=limits, verify=False),  # no TLS on this wire
        base_url="http://helpdesk",
        trust_env=False,
        headers={"Content-Type": "application/json"},
        timeout=seconds,
    )


class RemoteDesk:
    """Satisfies the Desk protocol by asking the owner."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._noise = RemoteNoise(client)

    @property
    def noise(self) -> RemoteNoise:
        """What staff can do about noise."""
        return self._noise

    async def hello(self) -> Hello:
        """The library, its clock and where the log stands."""
        return await self._ask("hello", _HELLO)

    async def members(self) -> tuple[Member, ...]:
        """Staff who can be picked on opening."""
        return await self._ask("members", _MEMBERS)

    async def sign_in(self, actor: StaffId, *, name: str = "", pin: str = "") -> Member:
        """Say who acts."""
        return await self._ask("sign_in", _MEMBER, actor=actor, name=name, pin=pin)

    async def set_pin(self, actor: StaffId, *, old: str, new: str) -> Member:
        """Set, change or take away one's own PIN."""
        return await self._ask("set_pin", _MEMBER, actor=actor, old=old, new=new)

    async def set_presence(self, actor: StaffId, channel: Channel, available: bool) -> None:
        """Take contacts of a channel, or no longer."""
        await self._ask("set_presence", _NONE, actor=actor, channel=channel, available=available)

    async def presence(self) -> tuple[Presence, ...]:
        """Who is on, on which channel."""
        return await self._ask("presence", _PRESENCE)

    async def worklist(
        self, actor: StaffId, view: View, *, start: int = 0, count: int = 50, near: Anchor | None = None
    ) -> Page:
        """Rows ``start`` to ``start + count`` of a view, most urgent first."""
        return await self._ask("worklist", _PAGE, actor=actor, view=view, start=start, count=count, near=near)

    async def counts(self, actor: StaffId) -> Mapping[View, int]:
        """How many tickets stand in each view."""
        return await self._ask("counts", _COUNTS, actor=actor)

    async def thread(self, actor: StaffId, ticket: TicketId) -> Thread:
        """A ticket with its entries, history and clocks."""
        return await self._ask("thread", _THREAD, actor=actor, ticket=ticket)

    async def attachment(self, actor: StaffId, digest: str) -> bytes:
        """An attachment's bytes."""
        return await asked(self._client, f"{DESK}/attachment", {"actor": actor, "digest": digest})

    async def take_next(self, actor: StaffId) -> Ticket | None:
        """Claim the unanswered ticket that most needs somebody."""
        return await self._ask("take_next", _MAYBE_TICKET, actor=actor)

    async def claim(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """Hold a ticket."""
        return await self._ask("claim", _TICKET, actor=actor, ticket=ticket)

    async def release(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Put a ticket back."""
        return await self._ask("release", _TICKET, actor=actor, ticket=ticket, version=version)

    async def reply(
        self,
        actor: StaffId,
        ticket: TicketId,
        version: int,
        text: str,
        *,
        then: Then = "open",
        include: tuple[Address, ...] = (),
        exclude: tuple[Address, ...] = (),
        key: str = "",
    ) -> Ticket:
        """Answer the patron by the channel they came from."""
        said = {"text": text, "then": then, "include": include, "exclude": exclude, "key": key}
        return await self._ask("reply", _TICKET, actor=actor, ticket=ticket, version=version, **said)

    async def note(self, actor: StaffId, ticket: TicketId, text: str, *, key: str = "") -> Ticket:
        """Write for colleagues only."""
        return await self._ask("note", _TICKET, actor=actor, ticket=ticket, text=text, key=key)

    async def assign(self, actor: StaffId, ticket: TicketId, version: int, to: StaffId) -> Ticket:
        """Give the ticket to a member for good."""
        return await self._ask("assign", _TICKET, actor=actor, ticket=ticket, version=version, to=to)

    async def wait(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Wait for the patron."""
        return await self._ask("wait", _TICKET, actor=actor, ticket=ticket, version=version)

    async def snooze(self, actor: StaffId, ticket: TicketId, version: int, until: Instant) -> Ticket:
        """Out of sight until a time."""
        return await self._ask("snooze", _TICKET, actor=actor, ticket=ticket, version=version, until=until)

    async def solve(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Done."""
        return await self._ask("solve", _TICKET, actor=actor, ticket=ticket, version=version)

    async def reopen(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Take it up again."""
        return await self._ask("reopen", _TICKET, actor=actor, ticket=ticket, version=version)

    async def spam(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """Into spam, or out of it."""
        return await self._ask("spam", _TICKET, actor=actor, ticket=ticket, version=version)

    async def attended(self, actor: StaffId, ticket: TicketId, version: int, when: Instant) -> Ticket:
        """Somebody went there."""
        return await self._ask("attended", _TICKET, actor=actor, ticket=ticket, version=version, when=when)

    async def correct(self, actor: StaffId, ticket: TicketId, version: int, answered: Instant, why: str) -> Ticket:
        """It was answered otherwise."""
        return await self._ask(
            "correct", _TICKET, actor=actor, ticket=ticket, version=version, answered=answered, why=why
        )

    async def explain(self, actor: StaffId, ticket: TicketId, version: int, why: str) -> Ticket:
        """Why its standard was missed."""
        return await self._ask("explain", _TICKET, actor=actor, ticket=ticket, version=version, why=why)

    async def promise(self, actor: StaffId, ticket: TicketId, version: int, by: Instant) -> Ticket:
        """News is promised."""
        return await self._ask("promise", _TICKET, actor=actor, ticket=ticket, version=version, by=by)

    async def test(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """A test, or none."""
        return await self._ask("test", _TICKET, actor=actor, ticket=ticket, version=version)

    async def tag(self, actor: StaffId, ticket: TicketId, version: int, tags: tuple[str, ...]) -> Ticket:
        """All its tags."""
        return await self._ask("tag", _TICKET, actor=actor, ticket=ticket, version=version, tags=tags)

    async def merge(self, actor: StaffId, ticket: TicketId, version: int, into: int) -> Ticket:
        """Another ticket goes on in its place."""
        return await self._ask("merge", _TICKET, actor=actor, ticket=ticket, version=version, into=into)

    async def log_contact(
        self,
        actor: StaffId,
        channel: Channel,
        *,
        text: str = "",
        kind: str = "",
        site: str = "",
        waited: int | None = None,
        key: str = "",
    ) -> Ticket:
        """Somebody rang or came to the desk."""
        return await self._ask(
            "log_contact",
            _TICKET,
            actor=actor,
            channel=channel,
            text=text,
            kind=kind,
            site=site,
            waited=waited,
            key=key,
        )

    async def search(self, actor: StaffId, words: str, *, limit: int = 20) -> tuple[Found, ...]:
        """The newest entries that hold all words."""
        return await self._ask("search", _FOUND, actor=actor, words=words, limit=limit)

    async def typing(self, actor: StaffId, ticket: TicketId) -> None:
        """Tell a chat's visitor that somebody is writing."""
        await self._ask("typing", _NONE, actor=actor, ticket=ticket)

    async def notices(self) -> tuple[Notice, ...]:
        """Trouble that is not over yet."""
        return await self._ask("notices", _NOTICES)

    async def standing(self, actor: StaffId) -> Standing:
        """How the library stands now."""
        return await self._ask("standing", _STANDING, actor=actor)

    async def changes(self, after: Seq) -> AsyncIterator[Told]:
        """All that happens after ``after``, as it happens. TryLater when the owner stops or falls silent."""
        quiet = httpx.Timeout(CALL_SECONDS, read=HEARTBEAT_SECONDS * 3)
        try:
            async with self._client.stream("GET", CHANGES, params={"after": after}, timeout=quiet) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise trouble(answer, await answer.aread())
                async for line in answer.aiter_lines():
                    if line.startswith('{"problem":'):
                        raise raised(line.removeprefix('{"problem":').removesuffix("}").encode())
                    if line:
                        yield read(TOLD, line)
        except httpx.HTTPError as error:
            raise gone(error) from None
        raise TryLater("The owner of the store has stopped. Waiting for it to come back.")

    async def _ask(self, method: str, result: TypeAdapter[T], **arguments: Any) -> T:
        return read(result, await asked(self._client, f"{DESK}/{method}", arguments))


class RemoteKeeper:
    """Satisfies the Keeper protocol by asking the owner."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def publish(
        self,
        *,
        kinds: tuple[Publishable, ...] = BOTH,
        actor: str = "system",
        restate_from: date | None = None,
        why: str = "",
    ) -> tuple[str, ...]:
        """Publish the calendars, the standards or both as their files stand now."""
        return await self._ask("publish", kinds=kinds, actor=actor, restate_from=restate_from, why=why)

    async def rebuild(self) -> tuple[str, ...]:
        """Make every projection again from the event log."""
        return await self._ask("rebuild")

    async def suspend(self, actor: StaffId, *, standard: str, begin: date, end: date, why: str) -> tuple[str, ...]:
        """A promise does not hold for some days."""
        return await self._ask("suspend", actor=actor, standard=standard, begin=begin, end=end, why=why)

    async def unsuspend(self, actor: StaffId, *, suspension: Seq) -> tuple[str, ...]:
        """Lift a suspension."""
        return await self._ask("unsuspend", actor=actor, suspension=suspension)

    async def account(
        self, actor: StaffId, *, standard: str, month: str, explanation: str, action: str = ""
    ) -> tuple[str, ...]:
        """Say to the public why a month dipped and what is done."""
        return await self._ask(
            "account", actor=actor, standard=standard, month=month, explanation=explanation, action=action
        )

    async def published_figures(self, actor: StaffId, *, figures: tuple[PublishedFigure, ...]) -> tuple[str, ...]:
        """Note that these figures were given to the public."""
        return await self._ask("published_figures", actor=actor, figures=figures)

    async def noiseline(self) -> tuple[str, ...]:
        """What is still held of the sealed lines."""
        return await self._ask("noiseline")

    async def _ask(self, method: str, **arguments: Any) -> tuple[str, ...]:
        return read(_LINES, await asked(self._client, f"{KEEPER}/{method}", arguments))
