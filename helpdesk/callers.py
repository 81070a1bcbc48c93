"""HTTP connections that nobody can hold for ever.

uvicorn speaks the protocol; what it lets pass is bounded here: how many connections there are, how long a caller may
take to send a request's head, its body, and to read the answer. Who is too slow hears 408, who is one too many 503,
and what is no HTTP at all 400. Whatever the server says by itself carries the same headers as any page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState

from helpdesk.hardening import HEADERS

TOO_SLOW = "The request took too long to arrive. Send it again, all of it at once."
TOO_MANY = "Too many connections just now. Please try again soon."
NO_REQUEST = "This is no request that can be read. Look at the address: where it begins with https, TLS must be spoken."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one server bears.

    ``connections``       at a time, open chats among them
    ``head_seconds``      for a request's line and headers, from the connection or the first byte after an answer
    ``body_seconds``      for its body, as a whole
    ``write_seconds``     for a caller who has stopped reading, until some of the answer is taken
    ``handshake_seconds`` for the TLS handshake
    ``head_bytes``        the largest request line with its headers
    """

    connections: int = 2000
    head_seconds: float = 10
    body_seconds: float = 30
    write_seconds: float = 60
    handshake_seconds: float = 10
    head_bytes: int = 16 * 1024


class Caller(H11Protocol):
    """One connection. The timer that runs, if any, ends it."""

    def __init__(self, config: Config, state: ServerState, bounds: Bounds) -> None:
        super().__init__(config, state, {})
        self._bounds = bounds
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._waits_for: object = None

    def connection_made(self, transport: Any) -> None:
        """Somebody connected: they are let in while there is room."""
        super().connection_made(transport)
        if len(self.connections) > self._bounds.connections:
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY)
        else:
            self._wait(h11.IDLE, self._bounds.head_seconds)

    def connection_lost(self, error: Exception | None) -> None:
        """They are gone."""
        self._wait(None)
        self._cancel_stall()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Some bytes came: what is waited for now, and how long, follows from how far the request is."""
        super().data_received(data)
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            self._wait(None)
        elif self.conn.their_state is h11.IDLE:
            self._wait(h11.IDLE, self._bounds.head_seconds)
        elif self.conn.their_state is h11.SEND_BODY:
            self._wait(h11.SEND_BODY, self._bounds.body_seconds)
        else:
            self._wait(None)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on it is a WebSocket's: pings tell whether somebody is there."""
        self._wait(None)
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP, or its head is too large."""
        self._say(HTTPStatus.BAD_REQUEST, NO_REQUEST)

    def pause_writing(self) -> None:
        """The caller reads more slowly than we write."""
        super().pause_writing()
        self._cancel_stall()
        self._stalled = self.loop.call_later(self._bounds.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """They have read on."""
        self._cancel_stall()
        super().resume_writing()

    def _wait(self, state: object, seconds: float = 0) -> None:
        """Give the caller so long to get past ``state``; a timer that runs for it already goes on."""
        if state is self._waits_for:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._waits_for = state
        self._timer = None if state is None else self.loop.call_later(seconds, self._too_slow)

    def _cancel_stall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self._say(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW)

    def _say(self, status: HTTPStatus, text: str) -> None:
        """Answer by ourselves, if no answer has begun, and close."""
        if not self._answering():
            self.transport.write(_answer(status, text))
        self.transport.close()

    def _answering(self) -> bool:
        """Whether an answer has begun and is not over."""
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request
        return cycle is not None and cycle.response_started and not cycle.response_complete


def _answer(status: HTTPStatus, text: str) -> bytes:
    body = f"{text}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *HEADERS,
    ]
    lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode(), *(b": ".join(each) for each in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class OpenSocket(WebSocketsSansIOProtocol):
    """One WebSocket. Who answers no ping is not waited for to take what is still unsent."""

    async def send(self, message: Any) -> None:
        """Pass on what the application says; who was answered and turned away needs no handshake any more."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True  # else uvicorn logs each refusal as a fault of the application

    def shutdown(self) -> None:
        """The server stops. Who is on the way out by themselves needs no further word."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()

    def keepalive_timeout(self) -> None:
        """No pong came in time."""
        super().keepalive_timeout()
        self.transport.abort()
