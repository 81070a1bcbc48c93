"""Serves an ASGI application inside this process, for as long as a block lasts.

The web front door, the API, the desk's Unix socket, the simulated carrier and the tests all use it. The listening
socket is bound before the server starts, so a caller may connect at once; signals stay with whoever runs the process,
``X-Forwarded-*`` headers are left to the application, and nothing is logged per request. Every answer carries the
headers of :mod:`helpdesk.hardening`, and every connection keeps to the bounds of :mod:`helpdesk.callers`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from helpdesk.callers import Bounds, Caller, OpenSocket
from helpdesk.hardening import hardened

GRACE_SECONDS = 2
"""How long requests that are under way may take once the server stops."""

FEW = 20
"""So many turns of the event loop are given to connections that are about to close."""

CHAT_FRAME_BYTES = 64 * 1024
"""The largest WebSocket message, in bytes; a larger one closes its connection."""


def listening(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A bound and listening TCP socket; port 0 lets the system choose. OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle's delay on
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound


@contextlib.asynccontextmanager
async def serving(
    app: Any,
    *,
    on: socket.socket | None = None,
    tls: ssl.SSLContext | None = None,
    https: bool = False,
    closing: asyncio.Event | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - it is frozen
) -> AsyncIterator[str]:
    """Serve ``app`` on ``on`` (default: a free loopback port) and yield its URL, with no slash at the end.

    ``tls`` speaks TLS by this context; ``https`` says that the outside comes by https, be it through a proxy.
    Once ``closing`` is set, 503 answers whatever still comes in. On leaving, no new connection is taken, requests
    under way get two seconds, and the socket is closed. What the block raises arrives as it is, not in a group.
    """
    bound = on or listening()
    strict = hardened(app, https=https or tls is not None, closing=closing)
    server = _Server(_config(strict, bounds), tls, bounds)
    raised: Exception | None = None
    async with asyncio.TaskGroup() as group:
        group.create_task(_run(server, bound))
        try:
            yield _url(bound, "http" if tls is None else "https")
        except Exception as error:  # noqa: BLE001 (raised again below, outside the group)
            raised = error
        finally:
            server.stop()
    if raised is not None:
        raise raised


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals alone and stops when told, not on the next tick."""

    def __init__(self, config: uvicorn.Config, tls: ssl.SSLContext | None, bounds: Bounds) -> None:
        super().__init__(config)
        self._tls = tls
        self._bounds = bounds
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no more connections and let :meth:`serve` return."""
        self.should_exit = True
        self._stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on the given sockets; whoever connects is a :class:`Caller` and keeps to the bounds."""
        loop = asyncio.get_running_loop()

        def caller() -> asyncio.Protocol:
            return Caller(self.config, self.server_state, self._bounds)

        patience = self._bounds.handshake_seconds if self._tls else None
        self.servers = [
            await loop.create_server(
                caller,
                sock=each,
                ssl=self._tls,
                backlog=self.config.backlog,
                ssl_handshake_timeout=patience,
                ssl_shutdown_timeout=patience,
            )
            for each in sockets or []
        ]
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more; whoever was just accepted gets a transport first, or asyncio would lose their socket.

        uvicorn looks every tenth of a second whether everybody is gone: where nobody is busy nobody waits for that.
        """
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listener in server.sockets:
                loop.remove_reader(listener.fileno())
        await _turn(loop)
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(FEW):
            if not (self.server_state.connections or self.server_state.tasks):
                return
            await _turn(loop)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self._wait_tasks_to_complete()
        if late := list(self.server_state.tasks):
            for task in late:
                task.cancel("the server stops")
            await asyncio.wait(late, timeout=GRACE_SECONDS)
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the process's signal handlers as they are."""
        yield

    async def main_loop(self) -> None:
        """Refresh the Date header each second until told to stop."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._stopping.wait()


async def _turn(loop: asyncio.AbstractEventLoop) -> None:
    """Let whatever is ready run."""
    turn = loop.create_future()
    loop.call_soon(turn.set_result, None)
    await turn


async def _run(server: _Server, bound: socket.socket) -> None:
    """Serve until told to stop; cancelled, leave no socket behind."""
    try:
        await server.serve([bound])
    finally:
        for listener in getattr(server, "servers", []):
            listener.close()
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        bound.close()


def _config(app: Any, bounds: Bounds) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Caller,
        ws=OpenSocket,
        h11_max_incomplete_event_size=bounds.head_bytes,
        ws_max_size=CHAT_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _url(bound: socket.socket, scheme: str) -> str:
    if bound.family == socket.AF_UNIX:
        return f"{scheme}://localhost"
    host, port = bound.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
