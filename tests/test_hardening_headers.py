"""Every answer of the web server tells a browser to be strict: pages, errors, refusals and what is not there."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from helpdesk.hardening import HEADERS, MOST_BYTES, MOST_HEADERS, Message, Receive, Send, hardened, say
from helpdesk.serving import serving
from tests.wire import library

SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

ASKED = {
    "the chat page": ("GET", "/chat/chat", {}, 200),
    "its script": ("GET", "/chat/chat.js", {}, 200),
    "its style": ("GET", "/chat/chat.css", {}, 200),
    "no chat page": ("GET", "/chat/nobody", {}, 404),
    "the form, from nowhere": ("POST", "/chat/form", {}, 403),
    "the socket, from elsewhere": ("GET", "/chat/ws", {**SOCKET, "Origin": "https://elsewhere.example"}, 403),
    "the socket, without Origin": ("GET", "/chat/ws", SOCKET, 403),
    "a forged text": ("POST", "/sms/inbound", {}, 403),
    "the performance page, not published": ("GET", "/standards", {}, 404),
    "what is not there": ("GET", "/wp-login.php", {}, 404),
    "another method": ("DELETE", "/chat/chat", {}, 405),
    "too many headers": ("GET", "/chat/chat", {f"X-{n}": "1" for n in range(MOST_HEADERS)}, 431),
    "too many headers for a socket": ("GET", "/chat/ws", SOCKET | {f"X-{n}": "1" for n in range(MOST_HEADERS)}, 431),
}


def strict(headers: httpx.Headers) -> None:
    """All that must be said is said, once each, and nothing may run in the page."""
    for name, _ in HEADERS:
        assert len(headers.get_list(name.decode())) == 1, name
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors" in policy
    assert "base-uri 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


async def test_every_answer_is_strict(tmp_path: Path) -> None:
    """Whatever is asked for, and whatever the answer is."""
    async with library(tmp_path) as town, httpx.AsyncClient(base_url=town.doors.web) as browser:
        for name, (method, path, headers, status) in ASKED.items():
            answer = await browser.request(method, path, headers=headers)
            assert answer.status_code == status, name
            strict(answer.headers)
            assert "strict-transport-security" not in answer.headers, "the outside comes by http here"


async def test_headers_that_come_to_too_much() -> None:
    """Refused before anything behind looks at it; as many as are borne pass."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await say(scope, send, 200, "yes")

    async def heard(size: int) -> list[Message]:
        told: list[Message] = []

        async def send(message: Message) -> None:
            told.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        await hardened(app)({"type": "http", "headers": [(b"x-large", b"x" * (size - 7))]}, receive, send)
        return told

    assert (await heard(MOST_BYTES))[0]["status"] == 200
    refused = await heard(MOST_BYTES + 1)
    assert refused[0]["status"] == 431
    assert "Send fewer." in refused[1]["body"].decode()


async def test_a_page_keeps_its_own_word(tmp_path: Path) -> None:
    """Who may frame the chat is the page's to say, from chat.origins."""
    origins = {"origins": ["https://www.library.example"]}
    async with library(tmp_path, chat=origins) as town, httpx.AsyncClient(base_url=town.doors.web) as browser:
        policy = (await browser.get("/chat/chat")).headers["content-security-policy"]
        assert "frame-ancestors 'self' https://www.library.example" in policy
        assert "script-src 'self'" in policy


async def _fails(request: Request) -> Response:
    raise LookupError("what somebody wrote")


@pytest.mark.parametrize("app", [Starlette(routes=[Route("/", _fails)]), _fails])
async def test_a_fault_of_ours_is_told_strictly_too(app: object) -> None:
    """500, without the words of the fault, whether a framework stands in between or not."""
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as browser:
        answer = await browser.get("/")
    assert answer.status_code == 500
    assert "wrote" not in answer.text
    strict(answer.headers)


async def test_by_https_the_browser_is_told_to_stay(tmp_path: Path) -> None:
    """Where a proxy speaks TLS for us, public_url says so."""

    async def hello(request: Request) -> Response:
        return PlainTextResponse("open until nine")

    app = Starlette(routes=[Route("/", hello)])
    async with serving(app, https=True) as url, httpx.AsyncClient(base_url=url) as browser:
        answer = await browser.get("/")
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        assert (await browser.get("/nothing")).headers["strict-transport-security"]
