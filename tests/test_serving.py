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


async def _waits(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("here")
    await socket.receive()


async def test_who_is_asked_while_it_stops_says_later() -> None:
    """A connection that was open hears 503 and when to come again; so does a new one, until nobody listens."""
    closing = asyncio.Event()
    async with serving(APP, closing=closing) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert answer.status == 200
        closing.set()
        async with session.get(url) as answer:
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await session.ws_connect(url + "/chat")


async def test_a_stop_tells_those_who_listen_that_it_comes_back() -> None:
    """1012: the page connects again by itself."""
    app = Starlette(routes=[WebSocketRoute("/", _waits)])
    async with aiohttp.ClientSession() as session:
        async with serving(app) as url:
            chat = await session.ws_connect(url)
            await chat.receive_str()
        end = await chat.receive()
        assert (end.type, end.data) == (aiohttp.WSMsgType.CLOSE, 1012)


async def test_a_stop_waits_for_nobody_who_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes nothing any more is cut off, once, and the stop goes on."""
    monkeypatch.setattr("helpdesk.serving.GRACE_SECONDS", 0.05)
    flooded = asyncio.Event()

    async def floods(socket: WebSocket) -> None:
        await socket.accept()
        for _ in range(200):
            await socket.send_text("x" * 60_000)
            flooded.set()

    app = Starlette(routes=[WebSocketRoute("/", floods)])
    async with aiohttp.ClientSession() as session:
        async with serving(app) as url:
            chat = await session.ws_connect(url)
            await flooded.wait()
        await chat.close()


async def test_a_request_that_does_not_end_holds_up_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets its seconds, is cancelled, and hears nothing that could be taken for yes."""
    monkeypatch.setattr("helpdesk.serving.GRACE_SECONDS", 0.05)
    began, ended = asyncio.Event(), asyncio.Event()

    async def stuck(request: Request) -> PlainTextResponse:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return PlainTextResponse("never")

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
        async with serving(Starlette(routes=[Route("/", stuck)])) as url:
            asking = tasks.create_task(_status(session, url))
            await began.wait()
        assert ended.is_set()
        assert await asking != 200


async def _status(session: aiohttp.ClientSession, url: str) -> int | None:
    """The answer's status, None where there was none."""
    try:
        async with session.get(url) as answer:
            return answer.status
    except aiohttp.ClientError:
        return None
