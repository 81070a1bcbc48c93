"""Whoever holds a connection without saying anything is let go, and there is room for so many."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from helpdesk.callers import NO_REQUEST, TOO_SLOW, Bounds
from helpdesk.serving import listening, serving

PATIENCE = 20
"""Seconds that a test waits for what must happen."""

SHORT, LONG = 0.1, 600.0
"""A bound that is met in the test, and one that never is."""


PIECE, PIECES = bytes(65_536), 1000


async def _taken(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def _flood(over: asyncio.Event) -> AsyncIterator[bytes]:
    """More than any socket holds; ``over`` is set when it is taken, or nobody takes it any more."""
    for _ in range(PIECES):
        yield PIECE
    over.set()


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())


APP = Starlette(
    routes=[
        Route("/", _taken, methods=["GET", "POST"]),
        WebSocketRoute("/echo", _echo),
    ]
)


@asynccontextmanager
async def served(app: Any = APP, **bounds: float) -> AsyncIterator[tuple[str, int]]:
    """The application with some bounds as given and the others out of reach: its URL and port."""
    usual: dict[str, Any] = {"head_seconds": LONG, "body_seconds": LONG, "write_seconds": LONG}
    with listening() as bound:
        port = bound.getsockname()[1]
        async with serving(app, on=bound, bounds=Bounds(**(usual | bounds))) as url:
            yield url, port


@asynccontextmanager
async def caller(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _all(reader: asyncio.StreamReader) -> bytes:
    """All that is said until the other side closes."""
    async with asyncio.timeout(PATIENCE):
        return await reader.read()


async def _until_cut(reader: asyncio.StreamReader) -> bytes:
    """The same of a line that may be reset: what is still on its way to them then is lost."""
    try:
        return await _all(reader)
    except ConnectionError:
        return b""


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: desk\r\nX-Slow: "])
async def test_a_request_that_never_ends_is_not_waited_for(said: bytes) -> None:
    """Nothing, or half a head: 408 with the strict headers, and the connection is closed."""
    async with served(head_seconds=SHORT) as (_, port), caller(port) as (reader, writer):
        writer.write(said)
        answer = await _all(reader)
        assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert TOO_SLOW.encode() in answer
        assert b"content-security-policy: default-src 'none'" in answer


async def test_who_drips_bytes_gains_no_time() -> None:
    """The bound is for the whole head: a header a moment does not start it anew."""
    async with served(head_seconds=SHORT) as (_, port), caller(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            answer = group.create_task(_until_cut(reader))
            while not answer.done():
                writer.write(b"X-Drip: 1\r\n")
                await asyncio.wait([answer], timeout=SHORT / 10)
        assert answer.result()[:13] in {b"HTTP/1.1 408 ", b""}


async def test_a_body_that_never_ends_is_not_waited_for() -> None:
    """The head came in time, the body does not."""
    async with served(body_seconds=SHORT) as (_, port), caller(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 10\r\n\r\nhalf")
        assert (await _all(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_second_request_that_never_ends_is_not_waited_for() -> None:
    """A connection that was good once is bounded, too."""
    with listening() as bound, socket.create_connection(bound.getsockname()) as early:
        early.sendall(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")  # it lies there before anybody looks
        async with serving(APP, on=bound, bounds=Bounds(head_seconds=SHORT)):
            reader, writer = await asyncio.open_connection(sock=early)
            async with asyncio.timeout(PATIENCE):
                assert (await reader.readuntil(b"0 bytes")).startswith(b"HTTP/1.1 200 ")
            writer.write(b"GET / HT")
            assert (await _all(reader)).startswith(b"HTTP/1.1 408 ")
            writer.close()


async def test_who_does_not_read_the_answer_is_cut_off() -> None:
    """An answer that nobody takes is not held for ever: what was on its way is all that they get."""
    over = asyncio.Event()

    async def flood(request: Request) -> StreamingResponse:
        return StreamingResponse(_flood(over))

    with socket.socket() as deaf:
        async with served(Starlette(routes=[Route("/", flood)]), write_seconds=SHORT) as (_, port):
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(deaf, ("127.0.0.1", port))
            await loop.sock_sendall(deaf, b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")
            got = 0
            async with asyncio.timeout(PATIENCE):
                await over.wait()
                while part := await loop.sock_recv(deaf, 65_536):
                    got += len(part)
            assert got < PIECES * len(PIECE)


async def test_who_comes_when_all_places_are_taken_is_told_so() -> None:
    """503 to the one above the bound, at once; when somebody leaves, the next is served."""
    async with served(connections=2) as (url, port):
        async with caller(port) as (first, writer), caller(port):
            writer.write(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")
            await first.readuntil(b"0 bytes")
            async with caller(port) as (third, _):
                assert (await _all(third)).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        async with httpx.AsyncClient(base_url=url) as browser:
            assert (await browser.get("/")).status_code == 200


async def test_an_open_chat_outlives_the_bounds() -> None:
    """What is a WebSocket by now is no slow request."""
    async with (
        served(body_seconds=SHORT) as (url, port),
        connect(url.replace("http", "ws") + "/echo") as chat,
        caller(port) as (reader, writer),
    ):
        writer.write(b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 10\r\n\r\nhalf")
        await _all(reader)  # somebody else's time is up meanwhile
        await chat.send("still here")
        assert await chat.recv() == "still here"


async def test_a_head_that_is_too_large_is_refused() -> None:
    """400, and nothing of it reaches the application."""
    async with served(head_bytes=2048) as (_, port), caller(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: desk\r\nX-Large: " + b"x" * 4096)
        answer = await _all(reader)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"content-security-policy" in answer


async def test_what_is_no_http_is_refused() -> None:
    """A TLS hello on a plain port, say."""
    async with served() as (_, port), caller(port) as (reader, writer):
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        answer = await _all(reader)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert NO_REQUEST.encode() in answer


async def test_an_answer_under_way_is_not_spoilt() -> None:
    """Rubbish behind a request that is being answered puts no second answer into the first."""
    async with served() as (_, port), caller(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n\x00\x00\r\n\r\n")
        answer = await _all(reader)
        assert answer.count(b"HTTP/1.1 200 ") == 1
        assert answer.index(b"HTTP/1.1 200 ") == 0
