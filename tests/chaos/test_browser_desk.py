"""Desks in a browser: nginx signs in by the file that is shipped, Chromium opens pages, each member has their own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyte
import pytest
from websockets.asyncio.client import connect as connected
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.chaos.elsewhere import Served, mails, served
from tests.chaos.owner import ROOT, free_port
from tests.chaos.test_proxy import MAIN, NGINX, proxied
from tests.test_certificates import made

CHROMIUM = shutil.which("chromium")
SHIPPED = ROOT / "packaging" / "nginx-desk.conf"
SECRET = "0123456789abcdef" * 4
PATIENCE = 60

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(NGINX is None, reason="there is no nginx here"),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


@dataclass(frozen=True)
class Front:
    """``public`` is where browsers come, ``inside`` what the proxy leads to."""

    served: Served
    public: str
    inside: str


def _configured(folder: Path, ports: dict[str, int], chain: Path, key: Path) -> None:
    text = SHIPPED.read_text("utf-8")
    for shipped, here in {
        "listen 443 ssl;": f"listen 127.0.0.1:{ports['public']} ssl;",
        "127.0.0.1:8090": f"127.0.0.1:{ports['inside']}",
        "/etc/letsencrypt/live/desk.library.example/fullchain.pem": str(chain),
        "/etc/letsencrypt/live/desk.library.example/privkey.pem": str(key),
        "/etc/nginx/helpdesk-desk.users": str(folder / "users"),
        "/etc/nginx/helpdesk-desk.secret": str(folder / "secret.conf"),
        "server_name desk.library.example;": "server_name localhost;",
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (folder / "helpdesk.conf").write_text(text)
    reads = "user root root;" if os.getuid() == 0 else ""  # a test's own folder is for its user alone
    (folder / "nginx.conf").write_text(reads + MAIN.format(folder=folder))
    (folder / "users").write_text("ana:{PLAIN}anas\nben:{PLAIN}bens\ncleo:{PLAIN}cleos\n")
    (folder / "secret.conf").write_text(f'proxy_set_header X-Desk-Secret "{SECRET}";\n')


@asynccontextmanager
async def _serving(served: Served, front: str, port: int, folder: Path) -> AsyncIterator[None]:
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    words = ["--server", served.server, "--public-url", front, "--homes", str(folder), "--secret", str(secret)]
    command = [sys.executable, "-m", "helpdesk.cli", "browser-desk", *words, "--port", str(port)]
    env = {**os.environ, "HELPDESK_SMS__TOKENS": "a-secret-of-the-server", "AWS_SECRET_ACCESS_KEY": "another"}
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT, env=env)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            assert b"Desks in browsers" in await process.stdout.readline()
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    """A library with one mail, two members who have a desk here, and the proxy."""
    ports = {name: free_port() for name in ("public", "inside")}
    public = f"https://localhost:{ports['public']}"
    proxy = tmp_path / "nginx"
    proxy.mkdir()
    chain, key = made(tmp_path, "localhost")
    _configured(proxy, ports, chain, key)
    async with (
        served(tmp_path, "ana", "ben") as desks,
        _serving(desks, public, ports["inside"], tmp_path),
        proxied(proxy),
    ):
        await mails(desks.library, "Where is the printer?")
        yield Front(desks, public, f"http://127.0.0.1:{ports['inside']}")


class Page:
    """What a member's browser shows: the bytes that come to its terminal, on a screen of ours."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self._screen: pyte.Screen | None = None
        self._octets = bytearray()
        self._heard = asyncio.Event()
        page.on("websocket", self._opened)

    def _opened(self, socket: Any) -> None:
        socket.on("framereceived", self._drawn)

    def _drawn(self, payload: bytes | str) -> None:
        if isinstance(payload, bytes):
            self._octets += payload
        self._heard.set()

    @property
    def text(self) -> str:
        """The screen as a large terminal has it."""
        screen = pyte.Screen(300, 120)
        pyte.ByteStream(screen).feed(bytes(self._octets))
        return "\n".join(line.rstrip() for line in screen.display)

    async def sees(self, *words: str) -> None:
        """Wait until it shows all of them."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not all(word in self.text for word in words):
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            raise AssertionError(f"not seen: {words}\n{self.text}") from None

    async def types(self, *keys: str) -> None:
        """Keys, as somebody presses them on the page."""
        for key in keys:
            await self.page.keyboard.press(key)


@asynccontextmanager
async def browsing(front: Front, *members: str) -> AsyncIterator[list[Page]]:
    """A browser for each member, who signs in with their password."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            pages = []
            for each in members:
                signs_in: Any = {"username": each, "password": f"{each}s"}
                context = await browser.new_context(http_credentials=signs_in, ignore_https_errors=True)
                page = Page(await context.new_page())
                answer = await page.page.goto(front.public)
                assert answer.status == 200
                pages.append(page)
            yield pages
        finally:
            await browser.close()


async def test_two_members_have_two_desks_and_answer_in_a_browser(front: Front) -> None:
    """Each their own name, by their own token; what one does the other sees as a colleague's."""
    async with browsing(front, "ana", "ben") as (ana, ben):
        await ana.sees("Ana · available", "printer")
        await ben.sees("Ben · available", "printer")
        assert "Ben ·" not in ana.text
        _holds_no_secret(front)
        await ana.types("r")
        await ana.sees("Reply to")
        await ana.page.keyboard.type("By the stairs")
        await ana.sees("By the stairs")
        await ana.types("Control+s")
        await ana.sees("outbox")
        await ben.types("q")
        await ben.page.get_by_text("The desk was left").wait_for(timeout=PATIENCE * 1000)


def _holds_no_secret(front: Front) -> None:
    """Each desk has its own member's folder, and nothing of the environment of whoever serves the pages."""
    homes = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            env = dict(each.split(b"=", 1) for each in (process / "environ").read_bytes().split(b"\0") if b"=" in each)
        except OSError:  # it has just ended
            continue
        if b"desk" in words and front.served.server.encode() in words:
            homes.add(env[b"HOME"].decode())
            allowed = {*b"PATH LANG LC_ALL LC_CTYPE TZ HOME COLUMNS ROWS TERM TERM_PROGRAM TEXTUAL_DRIVER".split()}
            assert env.keys() <= allowed | {b"TEXTUAL_COLOR_SYSTEM", b"PYTHONDONTWRITEBYTECODE"}
            assert SECRET.encode() not in b"".join(env.values())
            assert not any(token.encode() in b"".join(env.values()) for token in front.served.tokens.values())
    assert homes == {str(home) for home in front.served.homes.values()}


async def test_nobody_gets_by_without_signing_in_or_past_the_proxy(front: Front) -> None:
    """No password, somebody without a desk, a name of one's own, the port itself: no page, and no desk."""
    async with httpx.AsyncClient(verify=False, timeout=PATIENCE) as http:
        assert (await http.get(front.public)).status_code == 401
        assert (await http.get(front.public, auth=("ana", "bens"))).status_code == 401
        assert (await http.get(front.public, auth=("cleo", "cleos"))).status_code == 403
        claims = {"X-Desk-User": "ben", "X-Desk-Secret": "x"}
        claimed = await http.get(front.public, auth=("ana", "anas"), headers=claims)
        assert "<title>Desk: ana</title>" in claimed.text
        for headers in ({}, {"X-Desk-User": "ana"}, {"X-Desk-User": "ana", "X-Desk-Secret": "guessed"}):
            assert (await http.get(front.inside, headers=headers)).status_code == 403
            assert (await http.get(f"{front.inside}/static/textual.js", headers=headers)).status_code == 403
        known = {"X-Desk-User": "ana", "X-Desk-Secret": SECRET}
        with pytest.raises(InvalidStatus, match="403"):
            async with connected(
                f"ws{front.inside.removeprefix('http')}/desk",
                origin=Origin("https://elsewhere.example"),
                additional_headers=known,
            ):
                pass
        for user in ("../ana", "ana/../ben", "", "ANA BEN"):
            known = {"X-Desk-User": user, "X-Desk-Secret": SECRET}
            assert (await http.get(front.inside, headers=known)).status_code == 403
