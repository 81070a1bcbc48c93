"""The API as an ASGI application: who asks, what, whether it fits, and the answer.

Each request goes the same way: its route, its sender, its pace, its body, the call, the answer. What goes wrong on the
way is a problem document; a fault of ours tells the caller no more than that there was one.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import NoneType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import structlog
from pydantic_core import to_json
from starlette.types import ASGIApp, Receive, Scope, Send

from helpdesk.api.calls import Call
from helpdesk.api.identity import ACTOR, KEY, Authenticate, Identity, written
from helpdesk.api.once import Once
from helpdesk.api.problems import KINDS, TYPES, Misread, NoSuchCall, NotJson, TooLarge, TooMany, meaning, told
from helpdesk.api.routes import LIVE, ROOT, Opened, Route, find
from helpdesk.errors import HelpdeskError, NotAllowed, SignedOut, TryLater
from helpdesk.visitors import Proxies, Rate, in_words

OPENAPI = f"{ROOT}/openapi.json"

MOST_BYTES = 1_000_000
"""The largest body that is taken: no reply and no note is as long."""

MOST_HELD = 64 * 1024
"""The largest answer that is held for a repeat of its call, in bytes."""

_ALONE = frozenset({"authorization", "content-length", "content-type", "host", "origin", KEY.lower(), ACTOR.lower()})
"""Headers of which two would leave it open which one is meant."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the API is spoken to on one listener.

    ``rate``     how many requests a token may send, None for any number
    ``proxies``  whose word on where a caller comes from is believed
    ``only``     whether nobody but those proxies may speak to us (nothing else protects the wire)
    ``origin``   the origin of our own pages: the only one that a browser may open a live line from; "" for none
    """

    rate: Rate | None = None
    proxies: Proxies = Proxies(())  # noqa: RUF009 - it never changes
    only: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request is answered with."""

    status: int = HTTPStatus.OK
    content: bytes = b""
    headers: dict[str, str]

    async def send(self, send: Send) -> None:
        """Hand it to the server."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        headers.append((b"content-length", str(len(self.content)).encode()))
        await send({"type": "http.response.start", "status": int(self.status), "headers": headers})
        await send({"type": "http.response.body", "body": self.content})


def problem(error: HelpdeskError) -> Answer:
    """An error as an answer."""
    status, content, headers = told(error)
    return Answer(status=status, content=content, headers=headers)


class Api:
    """Answers what is asked under ``/api/v1``.

    ``live``       has the live lines, ``elsewhere`` all other paths
    ``once``       remembers the keys of calls that don't themselves; None: those keys mean nothing
    """

    def __init__(
        self,
        opened: Opened,
        door: Door,
        *,
        live: ASGIApp,
        once: Once[Answer] | None = None,
        elsewhere: ASGIApp | None = None,
    ) -> None:
        self._opened = opened
        self._door = door
        self._once = once
        self._live = live
        self._elsewhere = elsewhere
        self._describing = asyncio.Lock()
        self._described = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one live line."""
        path: str = scope.get("path", "")
        if self._elsewhere is not None and not path.startswith(f"{ROOT}/"):
            await self._elsewhere(scope, receive, send)
        elif path == LIVE:
            await self._live(scope, receive, send)
        elif scope["type"] == "http":
            await (await self._answer(scope, receive)).send(send)
        else:
            await refuse_line(send, problem(NoSuchCall(f"The live line is {LIVE}.")))

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            return await self._open_to_all(scope) or await self._called(scope, receive)
        except HelpdeskError as error:
            return problem(error)
        except OverflowError:
            return problem(Misread("The request can't be kept: a whole number in it is too large."))
        except Exception as error:  # noqa: BLE001 - a bug's text may hold a patron's words: neither caller nor log gets it
            where = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("call failed", kind=type(error).__name__, where=f"{where.filename}:{where.lineno}")
            return problem(HelpdeskError("The owner of the store failed at this. Its log says why."))

    async def _open_to_all(self, scope: Scope) -> Answer | None:
        """What says how to speak to us, and holds nothing of the library's."""
        path: str = scope["path"]
        if scope["method"] != "GET":
            return None
        if path == OPENAPI:
            return Answer(content=await self._description(), headers={"content-type": "application/json"})
        if path.startswith(f"{TYPES}/") and (kind := path.rpartition("/")[2]) in KINDS:
            return Answer(content=f"{meaning(kind)}\n".encode(), headers={"content-type": "text/plain; charset=utf-8"})
        return None

    async def _description(self) -> bytes:
        async with self._describing:
            self._described = self._described or await _described()
        return self._described

    async def _called(self, scope: Scope, receive: Receive) -> Answer:
        route, inside = find(scope["method"], raw_path(scope))
        headers = headers_of(scope)
        identity = await self._door.admitted(scope, headers)
        side = self._opened(identity).side(route.protocol)
        if side is None:
            raise NoSuchCall("There is nobody here to answer this.")
        given = route.read(inside, scope["query_string"], await _body(receive, headers))
        key = _key(headers.get(KEY.lower(), ""))
        beside = _beside(route.call, identity, key)

        async def made() -> Answer:
            result = await getattr(side, route.call.name)(**given, **beside)
            answer = _answered(route, result, identity)
            if link := _next(route, given, result, scope["query_string"]):
                answer.headers["link"] = link
            return answer

        if not key or "key" in beside or route.changes_nothing or self._once is None:
            return await made()

        def may_hold(answer: Answer) -> bool:
            return not route.gives_a_secret and len(answer.content) <= MOST_HELD

        return await self._once.answer(identity.actor, key, to_json([route.name, given]), made, may_hold=may_hold)


async def _described() -> bytes:
    """The API's description, made by a process of its own: it takes a second of work that no desk should wait for."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "helpdesk.api.description"), stdout=asyncio.subprocess.PIPE
    )
    try:
        content, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise TryLater("The description can't be made just now. Try again in a minute.", retry_after=60)
    return content


class Door:
    """Lets callers in: who they are, from where, and not too fast."""

    def __init__(self, authenticate: Authenticate, manners: Manners) -> None:
        self._authenticate = authenticate
        self._manners = manners

    async def admitted(self, scope: Scope, headers: Mapping[str, str]) -> Identity:
        """Who asks. SignedOut where nobody is known, TooMany where they ask too fast."""
        connected = scope["client"][0] if scope.get("client") else ""
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if self._manners.only and not self._manners.proxies.trusts(connected):
            raise NotAllowed("Speak to the desk through its proxy, by https: what comes here is not encrypted.")
        peer = self._manners.proxies.visitor(connected, forwarded) if connected else ""
        identity = await self._authenticate(headers, peer)
        self._pace(identity)
        return identity

    def _pace(self, identity: Identity) -> None:
        rate = self._manners.rate
        if rate is not None and identity.token and (wait := rate.take(identity.token)):
            raise TooMany(f"This token asks too often. Wait {in_words(wait)}, then go on.", retry_after=wait)

    def ours(self, headers: Mapping[str, str]) -> bool:
        """Whether no page of a foreign site asks: what is no browser names no Origin."""
        origin = headers.get("origin")
        return origin is None or (bool(self._manners.origin) and origin.lower() == self._manners.origin)


async def refuse_line(send: Send, answer: Answer) -> None:
    """Answer somebody who wants a WebSocket as if they had sent a request."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    await send({"type": "websocket.http.response.start", "status": int(answer.status), "headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.content})


def raw_path(scope: Scope) -> str:
    """The path as it was sent, still percent-encoded: a slash in an id is no step."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("ascii", errors="replace")


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by their names. Misread where one stands twice that must not."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1")
        if name in found and name in _ALONE:
            raise Misread(f"The header {name} stands there twice.")
        found[name] = value.decode("latin-1")
    return found


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The body, whole. TooLarge before it is read where that is said, else as soon as it is; NotJson for all else."""
    said = headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:12]) > MOST_BYTES:
        raise _too_large()
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Misread("The request broke off.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > MOST_BYTES:
            raise _too_large()
    if size and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson("Send the body as JSON, with Content-Type: application/json.")
    return b"".join(parts)


def _too_large() -> TooLarge:
    return TooLarge(f"The request is too large: {MOST_BYTES:,} bytes are the most. Send less at once.")


def _beside(call: Call, identity: Identity, key: str) -> dict[str, Any]:
    """What travels beside a call: who asks, and the key that makes it repeatable."""
    beside: dict[str, Any] = {}
    if "actor" in call.beside:
        if identity.actor:
            beside["actor"] = identity.actor
        elif call.signature.parameters["actor"].default is call.signature.empty:
            raise SignedOut(f"Say who acts: name a member in the header {ACTOR}.")
    if "key" in call.beside:
        beside["key"] = key
    return beside


def _key(said: str) -> str:
    try:
        key = unquote(said.strip().strip('"'), errors="strict")
    except UnicodeDecodeError:
        key = ""
    if (said and not key) or len(key) > 200 or not key.isprintable():
        raise Misread(f"{KEY}: write 1 to 200 letters, percent-encoded as UTF-8.", wrong=(("header", KEY),))
    return key


def _answered(route: Route, result: Any, identity: Identity) -> Answer:
    call = route.call
    headers: dict[str, str] = {}
    if identity.via == "token":
        headers[ACTOR.lower()] = written(identity.actor)
    if call.returns is NoneType:
        return Answer(status=HTTPStatus.NO_CONTENT, headers=headers)
    headers["content-type"] = "application/octet-stream" if call.returns is bytes else "application/json"
    if call.returns is bytes:
        headers["content-disposition"] = "attachment"
    return Answer(content=call.encode(result), headers=headers)


def _next(route: Route, given: Mapping[str, Any], result: object, query: bytes) -> str:
    """Where the next page of a list is (RFC 8288), "" where it ends here for now."""
    parameter = "cursor" if "cursor" in given else "after"
    after = getattr(result, "next", "")
    if after == "" or after == given.get(parameter):
        return ""
    asked = [(name, value) for name, value in parse_qsl(query.decode()) if name != parameter]
    return f'<{ROOT}{route.path}?{urlencode([*asked, (parameter, str(after))])}>; rel="next"'
