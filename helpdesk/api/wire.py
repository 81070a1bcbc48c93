"""The caller's end of the API: a request, its answer, a live line; over the owner's socket or over HTTPS.

What goes wrong is raised as itself. A call that may be made twice is sent once more where its connection was lost.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from helpdesk.api.identity import ACTOR, KEY, named, written
from helpdesk.api.problems import raised
from helpdesk.api.routes import ENDED, Route
from helpdesk.errors import HelpdeskError, Refused, SignedOut, TryLater
from helpdesk.events import Seq
from helpdesk.message import StaffId
from helpdesk.sight import Told

ANOTHER_VERSION = "The owner of the store runs another version of the help desk. Restart it, then this one."
BROKE_OFF = "The owner of the store broke off. Look again whether it was done before repeating it."
GONE = "Nobody owns the store now. Start `helpdesk serve`, or open the desk anew."
STOPPED = "The owner of the store has stopped. Waiting for it to come back."

KEEPER_SECONDS = 3600.0
"""How long work on the whole store may take."""

_SOME: TypeAdapter[tuple[Told, ...]] = TypeAdapter(tuple[Told, ...])
_LOST = (httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError)
"""A connection that ended under a request; who does not answer in time is not asked again."""

_PLAIN = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
"""What OpenSSL calls an answer that is none of TLS, by its version."""

_PASSING = frozenset({408, 429, 502, 503, 504})
"""Statuses after which the same request may succeed."""

Watch = Callable[[Seq], AbstractAsyncContextManager[ClientConnection]]
"""Opens a live line from a place in the log."""


class Wire:
    """One connection to an owner, as far as its callers are concerned.

    ``actor``  whose token it is, once anything was answered; "" at the socket, where each call names its own
    """

    def __init__(self, client: httpx.AsyncClient, watch: Watch, *, gone: str = GONE) -> None:
        self._client = client
        self._watch = watch
        self._gone = gone
        self.actor = StaffId("")

    async def ask(self, route: Route, given: Mapping[str, Any]) -> Any:
        """Make a call, with all that it takes by name; returns what it gives."""
        call, headers = route.call, {}
        if (actor := given.get("actor")) and actor != call.signature.parameters["actor"].default:
            headers[ACTOR] = written(actor)
        if key := given.get("key"):
            headers[KEY] = written(key)
        target, body = route.written({name: given[name] for name in call.parameters})
        if body:
            headers["Content-Type"] = "application/json"
        request = self._client.build_request(route.method, target, content=body, headers=headers)
        if route.protocol == "keeper":
            request.extensions["timeout"] = httpx.Timeout(KEEPER_SECONDS).as_dict()
        answer = await self._sent(request, again=route.repeatable or bool(key))
        self.actor = named({ACTOR.lower(): answer.headers.get(ACTOR, "")})
        try:
            return call.decode(answer.content)
        except ValidationError:
            raise HelpdeskError(ANOTHER_VERSION) from None

    async def _sent(self, request: httpx.Request, *, again: bool) -> httpx.Response:
        try:
            answer = await self._client.send(request)
        except _LOST as error:
            if not again:
                raise self._lost(error) from None
            return await self._sent(request, again=False)
        except httpx.HTTPError as error:
            raise self._lost(error) from None
        if not answer.is_success:
            raise raised(answer.content) or self._unworded(answer.status_code)
        return answer

    def _unworded(self, status: int) -> HelpdeskError:
        """An answer without a problem document: a proxy's, or that of a server which stops or has no room."""
        return TryLater(self._gone) if status in _PASSING else HelpdeskError(ANOTHER_VERSION)

    def _lost(self, error: httpx.HTTPError) -> HelpdeskError:
        """What a failed request means: it was never sent, or nobody knows whether it was done."""
        if refused := unproven(error):
            return refused
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            return TryLater(self._gone)
        return TryLater(BROKE_OFF)

    async def changes(self, after: Seq) -> AsyncIterator[Told]:
        """All that happens after ``after``, as it happens. TryLater when the owner stops or falls silent."""
        try:
            async with _let_go(self._watch(after)) as line:
                async for message in line:
                    for change in _some(message):
                        yield change
        except InvalidStatus as error:
            said = raised(bytes(error.response.body or b""))
            raise said or self._unworded(error.response.status_code) from None
        except ConnectionClosed as error:
            raise _ended(error) from None
        except (WebSocketException, OSError, TimeoutError) as error:
            raise unproven(error) or TryLater(self._gone) from None
        raise TryLater(STOPPED)


@asynccontextmanager
async def _let_go(opening: AbstractAsyncContextManager[ClientConnection]) -> AsyncIterator[ClientConnection]:
    """A line that is closed at the end, also where its goodbye is cut short: the library leaves it open then."""
    line: ClientConnection | None = None
    try:
        async with opening as line:
            yield line
    finally:
        if line is not None:
            line.transport.abort()  # does nothing to what is closed


def unproven(error: BaseException | None) -> Refused | None:
    """What a server means that can't prove who it is: by its certificate, or for want of any. None for other errors."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return Refused(
                f"The server can't show that it is who it should be ({error.verify_message}). If the library has an"
                " authority of its own, name its file: authority in [desk] of ~/.config/helpdesk/helpdesk.toml"
                " (docs/staff.md); else ask whoever runs the server."
            )
        if isinstance(error, ssl.SSLError) and error.reason in _PLAIN:
            return Refused(
                "Somebody answers there without TLS: what is sent could be read on the way, so nothing is. Look at the"
                " address and the port, or ask whoever runs the server."
            )
        error = error.__cause__ or error.__context__
    return None


def _some(message: str | bytes) -> tuple[Told, ...]:
    """The changes in a message; what a problem says is raised."""
    if trouble := raised(message.encode() if isinstance(message, str) else message):
        raise trouble
    try:
        return _SOME.validate_json(message)
    except ValidationError:
        raise HelpdeskError(ANOTHER_VERSION) from None


def _ended(error: ConnectionClosed) -> HelpdeskError:
    """Why a live line ended."""
    code = error.rcvd.code if error.rcvd else None
    if code == ENDED:
        return SignedOut(
            "This desk may not watch any more: its token was revoked, or its member disabled."
            " Ask for a new token, then run `helpdesk login --server URL`."
        )
    return TryLater(STOPPED)
