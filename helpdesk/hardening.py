"""Headers that tell a browser to be strict, on every answer of every server of ours: pages, errors, API alike.

It is plain ASGI, so that whatever stands behind it needs nothing. An answer that says more of itself (a page's own
Content-Security-Policy) keeps its word; what it does not say is said here, as strictly as can be.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

HEADERS: tuple[Header, ...] = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cache-control", b"no-store"),
)
"""What an answer says unless it says otherwise."""

STRICT_TRANSPORT: Header = (b"strict-transport-security", b"max-age=31536000")
"""For a year the browser comes by https alone. Other names of the library's domain are not ours to speak for."""

MOST_HEADERS = 100
"""The most headers that a request may carry."""

MOST_BYTES = 16 * 1024
"""The most that they may come to, in bytes."""

TOO_MANY = f"A request may carry at most {MOST_HEADERS} headers, of {MOST_BYTES:,} bytes in all. Send fewer."

_STARTS = frozenset({"http.response.start", "websocket.http.response.start"})


def hardened(app: App, *, https: bool = False, closing: asyncio.Event | None = None) -> App:
    """``app`` with strict headers on all that it answers; 431 for a request with too many headers, or too large ones.

    ``https``: the outside reaches it by https, directly or through a proxy. Once ``closing`` is set, whatever comes
    in hears 503: try again.
    """
    said = (*HEADERS, STRICT_TRANSPORT) if https else HEADERS

    async def strict(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return

        answered = False

        async def sent(message: Message) -> None:
            nonlocal answered
            answered = True
            if message["type"] in _STARTS:
                message = {**message, "headers": _completed(message.get("headers", ()), said)}
            await send(message)

        if closing is not None and closing.is_set():
            behind: App = _closing
        else:
            behind = app if _is_bearable(scope["headers"]) else _too_many
        try:
            await behind(scope, receive, sent)
        except Exception:
            if not answered:
                await _broken(scope, receive, sent)
            raise

    return strict


def _completed(headers: Iterable[Header], said: Iterable[Header]) -> list[Header]:
    """``headers``, and what of ``said`` they leave open."""
    own = list(headers)
    names = {name.lower() for name, _ in own}
    return [*own, *(each for each in said if each[0] not in names)]


def _is_bearable(headers: Collection[Header]) -> bool:
    """Whether they are no more than anybody needs: a head that comes at once may be larger than what is waited for."""
    return len(headers) <= MOST_HEADERS and sum(len(name) + len(value) for name, value in headers) <= MOST_BYTES


async def _too_many(scope: Message, receive: Receive, send: Send) -> None:
    """The answer to a request with more headers than anybody needs."""
    await say(scope, send, 431, TOO_MANY)


async def _closing(scope: Message, receive: Receive, send: Send) -> None:
    """The answer while we stop."""
    await say(scope, send, 503, "The help desk is stopping. Please try again soon.", (b"retry-after", b"5"))


async def _broken(scope: Message, receive: Receive, send: Send) -> None:
    """The answer where we failed before there was one; the log says why."""
    await say(scope, send, 500, "Something went wrong here. Please try again later.")


async def say(scope: Message, send: Send, status: int, text: str, *headers: Header) -> None:
    """Answer a request, or refuse a WebSocket, in one line of plain text."""
    kind = "http" if scope["type"] == "http" else "websocket.http"
    body = f"{text}\n".encode()
    own = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": f"{kind}.response.start", "status": status, "headers": own})
    await send({"type": f"{kind}.response.body", "body": body})
