"""The desk of another process or another machine: the Python client of the API.

::

    async with connect(settings.store.socket_path) as desk:                       # on the owner's machine
        page = await desk.worklist(me, View.UNANSWERED)

    async with connect_to("https://desk.library.example", token) as desk:         # from anywhere
        await desk.reply(desk.actor, ticket.id, ticket.version, "Yes, until 9 pm.")

Each protocol of the table of routes has its stand-in here, with the protocol's own signatures: ``desk`` itself,
``desk.noise``, ``desk.drafts``, ``desk.macros``, ``desk.openings``, ``desk.sending``, ``desk.views``, ``desk.sorting``,
``desk.ties``, ``desk.reports``, ``desk.records``, ``desk.roster``, ``desk.keeper``, ``desk.hooks``, ``desk.probes``.
Errors arrive as themselves. An owner that is gone, or does not answer, is TryLater.
"""

from __future__ import annotations

import inspect
import os
import ssl
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect as open_line
from websockets.asyncio.client import unix_connect

from helpdesk.api.keeper import Keeper
from helpdesk.api.routes import LIVE, Route, routes
from helpdesk.api.wire import Wire
from helpdesk.errors import BadConfig, HelpdeskError, Refused
from helpdesk.events import Seq
from helpdesk.message import StaffId
from helpdesk.ports import ClosingDesk, Company, Desk, Drafts, Duty, NoiseDesk, Records, Roster
from helpdesk.ports.chatting import Chatting
from helpdesk.ports.hooks import Hooks
from helpdesk.ports.macros import Macros
from helpdesk.ports.openings import Openings
from helpdesk.ports.probes import Probes
from helpdesk.ports.reports import ReportsDesk
from helpdesk.ports.sending import Sending
from helpdesk.ports.sorting import SortingDesk
from helpdesk.ports.ties import Ties
from helpdesk.ports.views import Views
from helpdesk.sight import Told

CALL_SECONDS = 30.0
"""How long one call may take."""

IDLE_SECONDS = 3.0
"""How long an unused connection is kept: less than the server keeps it, so that none is used as it closes."""

Token = str | Callable[[], str]
"""A personal token, or what reads it."""

LINE: Mapping[str, Any] = {"max_size": 16 * 1024 * 1024, "compression": None, "open_timeout": CALL_SECONDS}
"""How live lines are opened: the largest message, in bytes; how long it may take, in seconds."""


class RemoteDesk(Desk):
    """A Desk by asking its owner, and all else that the owner offers.

    It inherits for the reader's and the type checker's sake: each call is made from the table (:func:`stand_in`).
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._noise: NoiseDesk = stand_in("noise", wire)
        self._sending: Sending = stand_in("sending", wire)
        self._closings: ClosingDesk = stand_in("closings", wire)
        self._openings: Openings = stand_in("openings", wire)
        self._macros: Macros = stand_in("macros", wire)
        self._duty: Duty = stand_in("duty", wire)
        self._chatting: Chatting = stand_in("chatting", wire)
        self._drafts: Drafts = stand_in("drafts", wire)
        self._company: Company = stand_in("company", wire)
        self._views: Views = stand_in("views", wire)
        self._sorting: SortingDesk = stand_in("sorting", wire)
        self._ties: Ties = stand_in("ties", wire)
        self._reports: ReportsDesk = stand_in("reports", wire)
        self.records: Records = stand_in("records", wire)
        self.roster: Roster = stand_in("roster", wire)
        self.keeper: Keeper = stand_in("keeper", wire)
        self.hooks: Hooks = stand_in("hooks", wire)
        self.probes: Probes = stand_in("probes", wire)

    @property
    def actor(self) -> StaffId:
        """Whose token this desk came with; "" on the owner's socket, where each call says who acts."""
        return self._wire.actor

    @property
    def noise(self) -> NoiseDesk:
        """What staff can do about noise."""
        return self._noise

    @property
    def sending(self) -> Sending:
        """What waits to go out, and can be taken back."""
        return self._sending

    @property
    def closings(self) -> ClosingDesk:
        """Closing by hand, and opening again."""
        return self._closings

    @property
    def openings(self) -> Openings:
        """What lies ahead by the published calendars."""
        return self._openings

    @property
    def macros(self) -> Macros:
        """Texts that are written once and sent often."""
        return self._macros

    @property
    def company(self) -> Company:
        """Who else is at which ticket."""
        return self._company

    @property
    def duty(self) -> Duty:
        """Who is on, and how many chats each takes."""
        return self._duty

    @property
    def chatting(self) -> Chatting:
        """Chats: with you in a moment, and on by e-mail."""
        return self._chatting

    @property
    def drafts(self) -> Drafts:
        """What the member has begun to write."""
        return self._drafts

    @property
    def views(self) -> Views:
        """Queries, and the views that staff made of them."""
        return self._views

    @property
    def sorting(self) -> SortingDesk:
        """How staff sort their work."""
        return self._sorting

    @property
    def ties(self) -> Ties:
        """What ties tickets to each other, and to who follows them."""
        return self._ties

    @property
    def reports(self) -> ReportsDesk:
        """The figures of a day, a week, a month, a term."""
        return self._reports

    def changes(self, after: Seq) -> AsyncIterator[Told]:
        """All that happens after ``after``, as it happens. TryLater when the owner stops or falls silent."""
        return self._wire.changes(after)


def stand_in(protocol: str, wire: Wire) -> Any:
    """What satisfies a protocol of the table by asking the owner."""
    made = _class_of(protocol)()
    made._wire = wire
    return made


@cache
def _class_of(protocol: str) -> Any:
    """The class of a protocol's stand-ins."""
    calls = {name: _asking(route) for name, route in routes(protocol).items()}
    return type(f"Remote{protocol.capitalize()}", (), {**calls, "__slots__": ("_wire",)})


def _asking(route: Route) -> Any:
    """A method with the signature of a route's call."""
    signature = route.call.signature

    async def ask(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return await self._wire.ask(route, bound.arguments)

    ask.__name__ = route.call.name
    ask.__doc__ = route.call.summary
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    shown = signature.replace(parameters=[itself, *signature.parameters.values()])
    ask.__signature__ = shown  # type: ignore[attr-defined]
    return ask


for _name, _route in routes("desk").items():
    setattr(RemoteDesk, _name, _asking(_route))


def remote_desk(wire: Wire) -> RemoteDesk:
    """A desk at the end of a wire."""
    made: Any = RemoteDesk
    desk: RemoteDesk = made(wire)
    return desk


@asynccontextmanager
async def connect(path: Path) -> AsyncIterator[RemoteDesk]:
    """The desk of the owner who listens on ``path``; TryLater where nobody does, Refused where we may not."""
    _ours(path)
    async with by_socket(path) as wire:
        desk = remote_desk(wire)
        await desk.hello()
        yield desk


def _ours(path: Path) -> None:
    """Refused where the socket is there, but belongs to somebody else."""
    if path.exists() and not os.access(path, os.W_OK):
        raise Refused(f"{path} belongs to another user of this machine. Run this as the user who runs its owner.")


@asynccontextmanager
async def by_socket(path: Path, *, seconds: float = CALL_SECONDS) -> AsyncIterator[Wire]:
    """The wire to an owner on this machine."""

    def watch(after: Seq) -> Any:
        return unix_connect(str(path), f"ws://helpdesk{LIVE}?after={after}", **LINE)

    transport = httpx.AsyncHTTPTransport(uds=str(path), limits=_limits(), verify=False)  # no TLS on this wire
    async with httpx.AsyncClient(
        transport=transport, base_url="http://helpdesk", trust_env=False, timeout=seconds
    ) as client:
        yield Wire(client, watch)


@asynccontextmanager
async def connect_to(url: str, token: Token, *, authority: Path | None = None) -> AsyncIterator[RemoteDesk]:
    """The desk at ``url`` ("https://desk.library.example"), with a personal token.

    ``token``      the token, or what reads it: asked again once it is no good any more, so that a new one is taken
    ``authority``  a file of certificates to trust instead of the system's: the library's own authority

    SignedOut where the token is no good, TryLater where nobody answers, BadConfig where the URL or the file can't be
    used, Refused where the server can't show that it is who it should be.
    """
    async with by_token(url, token, authority=authority) as wire:
        desk = remote_desk(wire)
        await desk.hello()
        yield desk


@asynccontextmanager
async def by_token(
    url: str, token: Token, *, authority: Path | None = None, seconds: float = CALL_SECONDS
) -> AsyncIterator[Wire]:
    """The wire to an owner on another machine."""
    site = site_of(url)
    tls = _trusting(authority) if site.startswith("https:") else None
    bearer = _Bearer(token)

    def watch(after: Seq) -> Any:
        where, headers = f"ws{site.removeprefix('http')}{LIVE}?after={after}", {"Authorization": bearer.header}
        return open_line(where, ssl=tls, additional_headers=headers, proxy=None, **LINE)

    async with http_to(url, authority=authority, seconds=seconds, auth=bearer) as client:
        yield Wire(client, watch, gone=gone_from(site))


@asynccontextmanager
async def http_to(
    url: str, *, authority: Path | None = None, seconds: float = CALL_SECONDS, auth: httpx.Auth | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client for a server on another machine, which must show who it is."""
    site = site_of(url)
    tls = _trusting(authority) if site.startswith("https:") else None
    transport = httpx.AsyncHTTPTransport(limits=_limits(), verify=tls or False)
    async with httpx.AsyncClient(
        transport=transport, base_url=site, trust_env=False, timeout=seconds, auth=auth
    ) as client:
        yield client


def gone_from(site: str) -> str:
    """What is said of a server that can't be reached."""
    return f"Nobody answers at {site} now. Look whether the server and the network are up."


class _Bearer(httpx.Auth):
    """Shows the token; where it is refused and there is another by now, shows that one."""

    def __init__(self, token: Token) -> None:
        self._read = token if callable(token) else lambda: token
        self._text = self._read()

    @property
    def header(self) -> str:
        """As it stands now."""
        return f"Bearer {self._text}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request, or two."""
        request.headers["Authorization"] = self.header
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._is_new():
            request.headers["Authorization"] = self.header
            yield request

    def _is_new(self) -> bool:
        before = self._text
        with suppress(HelpdeskError):  # there is none just now: the one before stays refused
            self._text = self._read()
        return self._text != before


def _limits() -> httpx.Limits:
    return httpx.Limits(max_connections=20, keepalive_expiry=IDLE_SECONDS)


def site_of(url: str) -> str:
    """The URL of a server, with no slash at its end. BadConfig where a token must not go there."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or parts.username:
        raise BadConfig(f"{url!r} is no server. Write one such as https://desk.library.example.")
    if parts.path.strip("/"):
        root = f"{parts.scheme}://{parts.netloc}"
        raise BadConfig(f"{url!r} has a path, and a help desk has its address for itself. Write {root}.")
    if parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        raise BadConfig(f"{url} is not encrypted: whoever listens would have the token. Write https://.")
    return url.rstrip("/")


def _trusting(authority: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if authority is None else str(authority))
    except (OSError, ssl.SSLError):
        raise BadConfig(f"{authority} can't be read as certificates. Name a PEM file of the authority's.") from None
