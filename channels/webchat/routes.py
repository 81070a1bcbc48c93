"""What the web server mounts for the chat: the page of each line, its script and style, the form, the socket.

The page loads nothing from elsewhere and holds no inline script or style; its Content-Security-Policy says so to the
browser. No cookie is set, and nothing of a request is logged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from importlib.resources import files
from string import Template

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from channels.webchat import form
from channels.webchat.visit import HELLO_SECONDS, House, Visit
from helpdesk.chats import MAX_NAME, MAX_QUESTION, MAX_TEXT, Chats
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.errors import Refused, TryLater
from helpdesk.message import LineId
from helpdesk.visitors import Origins, Proxies, Rate, in_words

FORM_BYTES = 64 * 1024
"""The largest form taken, in bytes."""

FORMS_PER_MINUTE = 30
"""Forms that one address may send; a campus may sit behind it."""

_NOT_STORED = "We could not store your question just now. Please send it again in a minute."

_SCRIPT = "text/javascript; charset=utf-8"
_ASSETS = {"chat.css": "text/css; charset=utf-8", "chat.js": _SCRIPT, "form.js": _SCRIPT, "memory.js": _SCRIPT}

Endpoint = Callable[[Request], Awaitable[Response]]


def webchat_routes(
    chats: Chats, settings: Settings, clock: Clock, *, hello_seconds: float = HELLO_SECONDS
) -> list[BaseRoute]:
    """The routes under ``/chat``: one page per chat line, one socket and one form for all."""
    origins = Origins(settings.web.public_url, settings.chat.origins)
    proxies = Proxies(settings.web.trusted_proxies)
    house = House(
        chats=chats,
        clock=clock,
        starts=Rate(clock, settings.chat.starts_per_minute),
        messages=Rate(clock, settings.chat.messages_per_minute),
        wait_seconds=settings.chat.wait_seconds,
        hello_seconds=hello_seconds,
    )
    forms = Rate(clock, FORMS_PER_MINUTE)
    return [
        WebSocketRoute("/chat/ws", _socket(house, origins, proxies)),
        Route("/chat/form", _form(chats, forms, origins, proxies), methods=["POST"]),
        *(Route(f"/chat/{name}", _asset(name, kind), methods=["GET"]) for name, kind in _ASSETS.items()),
        Route("/chat/{line}", _page(chats, settings, origins), methods=["GET"]),
    ]


def _socket(house: House, origins: Origins, proxies: Proxies) -> Callable[[WebSocket], Awaitable[None]]:
    async def socket(websocket: WebSocket) -> None:
        if not origins.admits(websocket.headers.get("origin")):
            await websocket.send_denial_response(_not_our_page())
            return
        await websocket.accept()
        await Visit(websocket, house, _visitor(websocket, proxies)).run()

    return socket


def _visitor(connection: Request | WebSocket, proxies: Proxies) -> str:
    peer = connection.client.host if connection.client else ""
    return proxies.visitor(peer, connection.headers.getlist("x-forwarded-for"))


def _not_our_page() -> Response:
    return PlainTextResponse(
        "This page may not use the chat. Open the library's own chat page; staff: see chat.origins and "
        "web.public_url in the settings.\n",
        status_code=403,
    )


def _form(chats: Chats, forms: Rate, origins: Origins, proxies: Proxies) -> Endpoint:
    async def take(request: Request) -> Response:
        if not origins.admits(request.headers.get("origin")):
            return _not_our_page()
        body = await _body(request)
        if body is None:
            return _answer(413, "This is too long to send. Please shorten it.")
        try:
            filled = form.read(body)
        except form.WrongFields as wrong:
            return _answer(422, str(wrong), fields=wrong.fields)
        if wait := forms.take(_visitor(request, proxies)):
            text = f"Many questions are coming in just now. Please try again in {in_words(wait)}."
            return _answer(429, text, retry_after=wait)
        try:
            await chats.ask(filled.question, filled.conversation, filled.token)
        except Refused as refused:
            return _answer(409, str(refused))
        except TryLater:
            return _answer(503, _NOT_STORED)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the question is not stored: they may send it again
            structlog.get_logger().error("a form could not be stored", error=type(error).__name__)
            return _answer(503, _NOT_STORED)
        return _answer(201, "Thank you. Your question has reached us, and the answer comes by e-mail.")

    return take


async def _body(request: Request) -> bytes | None:
    """The request's body, None if it is larger than a form can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            return None
    return bytes(body)


def _answer(status: int, text: str, **more: object) -> Response:
    return JSONResponse({"text": text, **more}, status_code=status, headers={"Cache-Control": "no-store"})


def _asset(name: str, media_type: str) -> Endpoint:
    content = files("channels.webchat").joinpath(name).read_bytes()
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Content-Type": media_type}

    async def asset(request: Request) -> Response:
        return Response(content, headers=headers)

    return asset


def _page(chats: Chats, settings: Settings, origins: Origins) -> Endpoint:
    template = Template(files("channels.webchat").joinpath("chat.html").read_text(encoding="utf-8"))
    headers = _page_headers(origins)

    async def page(request: Request) -> Response:
        line = LineId(request.path_params["line"])
        try:
            availability = await chats.availability(line)
        except Refused as refused:
            return PlainTextResponse(f"{refused}\n", status_code=404)
        except TryLater:
            return PlainTextResponse("The chat is not available just now. Please try again soon.\n", status_code=503)
        values = {
            "library": settings.library.name,
            "line": line,
            "availability": availability.value,
            "until": chats.attendance.closed_until(line),
            "form": "yes" if chats.takes_questions else "no",
            "max_text": str(MAX_TEXT),
            "max_name": str(MAX_NAME),
            "max_question": str(MAX_QUESTION),
        }
        shown = template.substitute({name: escape(value) for name, value in values.items()})
        return HTMLResponse(shown, headers=headers)

    return page


def _page_headers(origins: Origins) -> dict[str, str]:
    socket = origins.own.replace("http", "ws", 1)
    ancestors = " ".join(("'self'", *origins.further))
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        f"connect-src 'self' {socket}",
        "form-action 'self'",
        "base-uri 'none'",
        f"frame-ancestors {ancestors}",
        "require-trusted-types-for 'script'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
