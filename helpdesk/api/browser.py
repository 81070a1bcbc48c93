"""The desk in a browser: a page with a terminal, and behind it a desk for whom the proxy in front has signed in.

Nobody signs in here. A proxy on the same machine does that, and says who it is in ``X-Desk-User``; that it is the
proxy who says so is proven by ``X-Desk-Secret``, which nobody else knows. Each page has a process of its own, the
ordinary ``helpdesk desk --server``, by the token in its member's own folder and with an environment that holds what
is listed in :data:`PASSED_ON` and nothing more. What the page draws with is textual-serve's script; its server is not
used: it knows no sign-in, takes any page's WebSocket, and hands its whole environment on.
"""

from __future__ import annotations

import asyncio
import hmac
import importlib.util
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from helpdesk.beside import beside
from helpdesk.errors import BadConfig
from helpdesk.extras import install

USER, SECRET = "x-desk-user", "x-desk-secret"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""What a desk gets of the environment of whoever started this; all else is set here."""

MOST = 4
"""So many desks one member may have open at a time."""

ENDS = 10.0
"""Within so many seconds a desk whose page is gone has ended; what is half written is kept before."""

SHORTEST = 32
"""Signs in the shortest secret."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_FILES = {
    "textual.js": "js/textual.js",
    "xterm.css": "css/xterm.css",
    "font.ttf": "fonts/RobotoMono-VariableFont_wght.ttf",
}

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Desk: {user}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/xterm.css"><link rel="stylesheet" href="/desk.css">
<script src="/static/textual.js"></script><script src="/desk.js"></script></head>
<body><p class="over">The desk was left, or the line broke. What you wrote is kept. <a href="/">Open it again</a></p>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{socket}" data-font-size="16"></div>
</body></html>
"""
_STYLE = """@font-face { font-family: "Roboto Mono"; src: url("/static/font.ttf"); font-weight: 100 700; }
html, body { margin: 0; height: 100%; background: #101418; color: #e6e6e6; font: 16px "Roboto Mono", monospace; }
.textual-terminal { width: 100vw; height: 100vh; }
.over { display: none; position: fixed; inset: 40% 0 auto 0; z-index: 9; text-align: center; margin: 0; padding: 1em;
  background: #101418; }
.over a { color: #9cf; }
body.-closed .over { display: block; }
"""

_SCRIPT = """"use strict";
// Keys go to the desk from the first, with no click before.
new MutationObserver((_, seen) => {
  document.querySelector(".xterm-helper-textarea")?.focus();
  if (document.body?.classList.contains("-first-byte")) seen.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserDesk:
    """``server``: whose desk it is; ``origin``: how browsers reach the page, as in https://desk.library.example.

    ``homes`` holds a folder for each member, named as the proxy calls them, with the token that ``helpdesk login``
    keeps in it.
    """

    server: str
    origin: str
    homes: Path
    secret: str = field(repr=False)

    def home_of(self, user: str) -> Path | None:
        """The folder of a member, None for whom no desk was set up."""
        home = self.homes / user
        return home if (home / ".config" / "helpdesk" / "tokens.json").is_file() else None


def secret_in(file: Path) -> str:
    """The secret of a file that its owner alone can read; BadConfig else."""
    try:
        mode, text = file.stat().st_mode, file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadConfig(f"{file} can't be read. Name the file that the secret is in.") from None
    if mode & 0o077:
        raise BadConfig(f"{file} can be read by others: chmod 600 it, and write another secret into it.")
    if len(text) < SHORTEST:
        raise BadConfig(f"The secret in {file} is too short: openssl rand -hex 32 makes one.")
    return text


def browser_desk(desk: BrowserDesk) -> Starlette:
    """What is to be served on loopback, behind the proxy. BadConfig where the extra is not installed."""
    pages = _Pages(desk, _scripts())
    routes = [
        Route("/", pages.page),
        Route("/desk.css", pages.style),
        Route("/desk.js", pages.script),
        Route("/static/{name}", pages.file),
        WebSocketRoute("/desk", pages.sits),
    ]
    return Starlette(routes=routes)


def surroundings(given: Mapping[str, str], home: Path, columns: int, rows: int) -> dict[str, str]:
    """The environment of a desk: what is passed on of the ``given`` one, its member's folder, and its screen."""
    passed = {name: given[name] for name in PASSED_ON if name in given}
    screen = {"COLUMNS": str(columns), "ROWS": str(rows), "TEXTUAL_COLOR_SYSTEM": "truecolor", "TERM": "xterm-256color"}
    driver = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "TERM_PROGRAM": "textual"}
    return {**passed, **screen, **driver, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def _scripts() -> Path:
    found = importlib.util.find_spec("textual_serve")
    if found is None or not found.submodule_search_locations:
        raise BadConfig(f"The desk in a browser needs a package: {install('browser-desk')}")
    return Path(found.submodule_search_locations[0]) / "static"


class _Pages:
    """The page, what it draws with, and the desks behind it."""

    def __init__(self, desk: BrowserDesk, scripts: Path) -> None:
        self._desk, self._scripts = desk, scripts
        self._open = Counter[str]()

    def _member(self, headers: Headers) -> tuple[str, Path]:
        """Who is signed in, and their folder. 403 where it is not the proxy who says so, or nobody is."""
        secrets, users = headers.getlist(SECRET), headers.getlist(USER)
        proven = len(secrets) == 1 and hmac.compare_digest(secrets[0].encode(), self._desk.secret.encode())
        if not proven or len(users) != 1:
            raise HTTPException(403, "Come by the address that your library gives out, and sign in there.")
        user = users[0].strip().casefold()
        home = self._desk.home_of(user) if _NAME.fullmatch(user) else None
        if home is None:
            raise HTTPException(403, "No desk was set up for you here. Ask whoever runs the help desk.")
        return user, home

    async def page(self, request: Request) -> Response:
        """The page."""
        user, _ = self._member(request.headers)
        socket = f"ws{self._desk.origin.removeprefix('http')}/desk"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
            f"connect-src {socket.removesuffix('/desk')}; img-src data:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return HTMLResponse(_PAGE.format(user=escape(user), socket=escape(socket)), headers=headers)

    async def style(self, request: Request) -> Response:
        """How it looks."""
        self._member(request.headers)
        return Response(_STYLE, media_type="text/css")

    async def script(self, request: Request) -> Response:
        """What gives it the keys."""
        self._member(request.headers)
        return Response(_SCRIPT, media_type="text/javascript")

    async def file(self, request: Request) -> Response:
        """One of the few files that it draws with."""
        self._member(request.headers)
        path = _FILES.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        return FileResponse(self._scripts / path)

    async def sits(self, socket: WebSocket) -> None:
        """A desk, for as long as its page is open. Nobody else's page may open one."""
        user, home = self._member(socket.headers)
        if socket.headers.getlist("origin") != [self._desk.origin]:
            raise HTTPException(403, "Another page can't open a desk.")
        if self._open[user] >= MOST:
            raise HTTPException(429, f"You have {MOST} desks open. Close one of them.")
        self._open[user] += 1
        try:
            await socket.accept()
            columns, rows = (_cells(socket.query_params.get(name, "")) for name in ("width", "height"))
            async with self._desk_of(home, columns or 80, rows or 24) as process:
                await _between(socket, process)
        finally:
            self._open[user] -= 1

    @asynccontextmanager
    async def _desk_of(self, home: Path, columns: int, rows: int) -> AsyncIterator[Process]:
        command = (sys.executable, "-I", "-m", "helpdesk.cli", "desk", "--server", self._desk.server)
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            cwd=home,
            env=surroundings(os.environ, home, columns, rows),
            start_new_session=True,
        )
        try:
            yield process
        finally:
            await _ended(process)


def _cells(typed: str) -> int:
    """So many columns or rows, 0 for what is no number of them."""
    return min(max(int(typed), 20), 500) if typed.isdecimal() and len(typed) < 5 else 0


async def _between(socket: WebSocket, process: Process) -> None:
    """Keys go to the desk, and what it draws to the page, until one of them is gone."""
    assert process.stdin is not None
    async with beside(_draw(socket, process)):
        with suppress(WebSocketDisconnect, RuntimeError, ConnectionError, KeyError):  # KeyError: bytes, no text
            while True:
                for packet in _heard(await socket.receive_text()):
                    process.stdin.write(packet)
                await process.stdin.drain()


def _heard(said: str) -> list[bytes]:
    """What the page says, as the desk takes it; nothing of what it can't mean."""
    try:
        kind, told = json.loads(said)[:2] if said.count(",") else (json.loads(said)[0], None)
    except (ValueError, TypeError, IndexError, KeyError, RecursionError):
        return []
    if kind == "stdin" and isinstance(told, str):
        return [_packet(b"D", told.encode("utf-8", "replace"))]
    if kind == "resize" and isinstance(told, dict):
        width, height = (_cells(str(told.get(name, ""))) for name in ("width", "height"))
        size = {"type": "resize", "width": width, "height": height}
        return [_packet(b"M", json.dumps(size).encode())] if width and height else []
    return [_packet(b"M", json.dumps({"type": kind}).encode())] if kind in ("focus", "blur") else []


def _packet(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "big") + payload


async def _draw(socket: WebSocket, process: Process) -> None:
    """What the desk draws, to the page; the page is told when it was left. Other things that it says are not passed."""
    assert process.stdout is not None
    with suppress(asyncio.IncompleteReadError, WebSocketDisconnect, RuntimeError, ConnectionError):
        while await process.stdout.readline() not in (b"__GANGLION__\n", b""):
            pass
        while True:
            head = await process.stdout.readexactly(5)
            payload = await process.stdout.readexactly(int.from_bytes(head[1:], "big"))
            if head[:1] == b"D":
                await socket.send_bytes(payload)
    with suppress(WebSocketDisconnect, RuntimeError, ConnectionError):
        await socket.close()


async def _ended(process: Process) -> None:
    """The page is gone: the desk keeps what is half written, and ends; by force, if it takes too long."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGHUP)
    try:
        async with asyncio.timeout(ENDS):
            await _drained(process)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())


async def _drained(process: Process) -> None:
    """Wait for its end, and let it write meanwhile."""
    with suppress(TimeoutError):
        await process.communicate()
