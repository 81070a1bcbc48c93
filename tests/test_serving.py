"""Serving an application inside this process."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from helpdesk.serving import listening, serving


async def _hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("open until nine")


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


APP = Starlette(routes=[Route("/", _hello), WebSocketRoute("/chat", _echo)])


async def test_answers_at_once_on_a_free_loopback_port() -> None:
    """The URL can be asked as soon as the block begins."""
    async with serving(APP) as url, aiohttp.ClientSession() as session, session.get(url) as answer:
        assert await answer.text() == "open until nine"
        assert "server" not in answer.headers


async def test_speaks_websocket() -> None:
    """A WebSocket opens on the same port, without compression."""
    async with serving(APP) as url, aiohttp.ClientSession() as session, session.ws_connect(url + "/chat") as chat:
        await chat.send_str("hello")
        assert await chat.receive_str() == "hello"
        assert chat.compress == 0


async def test_is_gone_afterwards() -> None:
    """The port is closed when the block ends."""
    async with serving(APP) as url:
        port = int(url.rpartition(":")[2])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


async def test_what_the_block_raises_arrives_as_it_is() -> None:
    """An error inside the block is not wrapped in a group."""
    with pytest.raises(LookupError, match="mine"):
        async with serving(APP):
            raise LookupError("mine")


async def test_a_cancelled_block_leaves_no_socket() -> None:
    """Cancelling whoever serves closes the port as well, and the cancellation is passed on."""
    bound = listening()
    port = bound.getsockname()[1]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), serving(APP, on=bound):
            await asyncio.Event().wait()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


async def test_a_taken_port_is_an_error_before_anything_starts() -> None:
    """Two doors cannot listen on one port."""
    with listening() as first, pytest.raises(OSError):
        listening(port=first.getsockname()[1])


async def test_small_answers_are_not_held_back() -> None:
    """Accepted connections run without Nagle's delay, which cost 40 ms an answer on a connection kept alive."""
    with listening() as bound:
        assert bound.proto == socket.IPPROTO_TCP
