"""The API on its listeners: the owner's Unix socket, and TCP with TLS and tokens for desks on other machines."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp

from helpdesk.api.answering import Answer, Api, Door, Manners
from helpdesk.api.auth import private_socket
from helpdesk.api.identity import Authenticate, by_socket
from helpdesk.api.keeper import Keeper
from helpdesk.api.live import Live, Tail
from helpdesk.api.once import Once
from helpdesk.api.routes import Offered, Opened
from helpdesk.beside import beside
from helpdesk.callers import Bounds
from helpdesk.ports import Desk
from helpdesk.serving import serving


@asynccontextmanager
async def desk_socket(desk: Desk, path: Path, *, keeper: Keeper | None = None) -> AsyncIterator[None]:
    """Answer for ``desk`` on the Unix socket ``path`` while the block lasts: whoever may open it may do all."""
    offered = Offered(desk=desk, keeper=keeper)
    async with owner_socket(desk, lambda identity: offered, path):
        yield


@asynccontextmanager
async def owner_socket(
    desk: Desk,
    opened: Opened,
    path: Path,
    *,
    authenticate: Authenticate = by_socket,
    once: Once[Answer] | None = None,
    closing: asyncio.Event | None = None,
) -> AsyncIterator[None]:
    """The same for what ``opened`` offers. Those who watch are told that it ends."""
    with private_socket(path) as bound:
        async with answering(desk, opened, authenticate, on=bound, once=once, closing=closing):
            yield


@asynccontextmanager
async def answering(
    desk: Desk,
    opened: Opened,
    authenticate: Authenticate,
    *,
    on: socket.socket | None = None,
    tls: ssl.SSLContext | None = None,
    manners: Manners | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - it is frozen
    once: Once[Answer] | None = None,
    elsewhere: ASGIApp | None = None,
    closing: asyncio.Event | None = None,
) -> AsyncIterator[str]:
    """Answer on a listening socket (default: a free loopback port) while the block lasts; yields the URL.

    ``desk``       what happens is read from it, for all who watch
    ``opened``     what each identity may speak to
    ``tls``        speaks TLS by this context
    ``once``       remembers the keys of calls that don't themselves
    ``elsewhere``  answers all paths that are not the API's
    ``closing``    once it is set, who watches is told that it ends, and who asks hears: later
    """
    manners = manners or Manners()
    ending = asyncio.Event()
    tail = Tail(desk.changes, (await desk.hello()).seq)
    door = Door(authenticate, manners)
    api = Api(opened, door, live=Live(tail, opened, door, ending), once=once, elsewhere=elsewhere)
    https = manners.origin.startswith("https:")
    async with (
        beside(tail.follow(), _with(closing, ending)),
        serving(api, on=on, tls=tls, https=https, closing=ending, bounds=bounds) as url,
    ):
        try:
            yield url
        finally:
            ending.set()


async def _with(closing: asyncio.Event | None, ending: asyncio.Event) -> None:
    """What ends with the house."""
    if closing is not None:
        await closing.wait()
        ending.set()
