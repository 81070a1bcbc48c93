"""Sends a webhook's message: one POST, once, to an address that was looked at.

The host's name is looked up anew for each message, and every address it has must be allowed
(:mod:`helpdesk.webhooks.destination`); the connection then goes to one of these very addresses, whatever the name says
a moment later, and is not kept. Redirects are not followed, proxies of the environment are not used, and of the answer
only its status and Retry-After are read.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from helpdesk import __version__
from helpdesk.clock import SECOND, Clock, instant
from helpdesk.ports.hooks import Answer
from helpdesk.webhooks.destination import refusal

SECONDS = 10.0
"""How long one try may take, from the look-up of the name to the answer's headers."""

_SAID: Mapping[type[BaseException], str] = {
    aiohttp.ClientConnectorDNSError: "its name can't be found.",
    aiohttp.ClientConnectorCertificateError: "its certificate is not trusted.",
    aiohttp.ClientSSLError: "no TLS connection could be made.",
    aiohttp.ClientConnectorError: "it can't be connected to.",
    aiohttp.ServerDisconnectedError: "it hung up without an answer.",
    aiohttp.InvalidURL: "its URL can't be read.",
}


class _Forbidden(OSError):
    """An address that nothing may be sent to; the text says why."""


class _Resolver(AbstractResolver):
    """Names to addresses, all of which are allowed; _Forbidden if one is not."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The host's addresses."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = [(kind, str(place[0])) for kind, _, _, _, place in found]
        for _, address in addresses:
            if why := refusal(host, address, allow_private=self._allow_private):
                raise _Forbidden(why)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for kind, address in addresses
        ]

    async def close(self) -> None:
        """There is nothing to close."""


class HookSender:
    """See :class:`helpdesk.ports.hooks.Poster`. Made by :func:`hook_sender`."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock, *, allow_private: bool, seconds: float) -> None:
        self._session = session
        self._clock = clock
        self._allow_private = allow_private
        self._limit = seconds

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Try once; what goes wrong is in the answer, in words without the URL."""
        began = self._clock.now()
        try:
            status, retry_after = await self._posted(url, body, headers)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return Answer(status=None, took=self._clock.now() - began, trouble=f"Not taken: {_why(error, self._limit)}")
        took = self._clock.now() - began
        trouble = "" if 200 <= status < 300 else _refused(status)
        waits = self._seconds(retry_after) if status in {429, 503} else None
        return Answer(status=status, took=took, trouble=trouble, retry_after=waits)

    async def _posted(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Status and Retry-After. What follows the answer's headers is never read."""
        target = URL(url)
        if why := self._literal(target.host or ""):
            raise _Forbidden(why)
        limit = aiohttp.ClientTimeout(total=self._limit)
        async with self._session.post(
            target, data=body, headers=dict(headers), timeout=limit, allow_redirects=False
        ) as answer:
            answer.close()
            return answer.status, answer.headers.get("Retry-After", "")

    def _literal(self, host: str) -> str:
        """Why a host that is written as an address is refused: no name is looked up for it."""
        return refusal(host, host, allow_private=self._allow_private) if _is_address(host) else ""

    def _seconds(self, retry_after: str) -> float | None:
        """Retry-After in seconds, given in seconds or as a date; None where it says nothing."""
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after[:9])
        try:
            return max(0.0, (instant(parsedate_to_datetime(retry_after)) - self._clock.now()) / SECOND)
        except ValueError:
            return None


def _is_address(host: str) -> bool:
    """Whether a URL's host is an address rather than a name."""
    return ":" in host or host.replace(".", "").isdigit()


def _why(error: BaseException, limit: float) -> str:
    """What went wrong, in words of ours. ``limit``: how long it may have taken, in seconds."""
    forbidden = _cause(error)
    if forbidden is not None:
        return str(forbidden)
    if isinstance(error, TimeoutError):
        return f"no answer within {limit:g} s."
    return next(
        (said for kind, said in _SAID.items() if isinstance(error, kind)), f"it failed ({type(error).__name__})."
    )


def _cause(error: BaseException | None) -> _Forbidden | None:
    """The refusal behind an error of the library's."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, _Forbidden):
            return seen
        inner = getattr(seen, "os_error", None)
        if isinstance(inner, _Forbidden):
            return inner
        seen = seen.__cause__
    return None


def _refused(status: int) -> str:
    if 300 <= status < 400:
        return f"The receiver answered {status}, a redirect: they are not followed. Give the URL it leads to."
    return f"The receiver answered {status}."


@contextlib.asynccontextmanager
async def hook_sender(clock: Clock, *, allow_private: bool, seconds: float = SECONDS) -> AsyncIterator[HookSender]:
    """A sender, for as long as the block lasts. ``seconds``: how long one try may take."""
    connector = aiohttp.TCPConnector(
        resolver=_Resolver(allow_private=allow_private), use_dns_cache=False, force_close=True, limit_per_host=4
    )
    agent = {"User-Agent": f"library-helpdesk/{__version__}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(
        connector=connector, headers=agent, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        yield HookSender(session, clock, allow_private=allow_private, seconds=seconds)
