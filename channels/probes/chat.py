"""A probe of a chat page: open it as a browser does, connect, say something, hear that it was stored, leave."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from channels.probes.web import Web
from channels.sms_form import public_address
from helpdesk.config import WebSettings
from helpdesk.errors import Refused, TryLater
from helpdesk.ports.probes import Errand, Reached

PAGE = "the address in web.public_url"
SECONDS = 15.0
"""How long the conversation may take."""


class ChatProber:
    """Visits our own chat page."""

    def __init__(self, settings: WebSettings, asks: Web) -> None:
        self._public_url = settings.public_url
        self._asks = asks

    async def send(self, errand: Errand) -> Reached:
        """The page, its socket, one message."""
        page = await self._asks.ask(
            "GET", public_address(self._public_url, f"/chat/{errand.line}"), whose=PAGE, follow=True
        )
        if page.status != 200 or "chat.js" not in page.text:
            raise Refused(
                f"The chat page is not there ({page.status}): web.public_url must lead to this machine, and a proxy"
                " must pass /chat/ on."
            )
        try:
            async with asyncio.timeout(SECONDS):
                await self._converse(str(page.url.origin()), errand)
        except TimeoutError:
            raise TryLater(
                f"The chat's socket fell silent for {SECONDS:.0f} s. Does the proxy pass WebSockets?"
            ) from None
        return Reached(
            shows="The page opened, its socket connected, and a message was stored.",
            missing="The page took a message, and nothing came in here. Is web.public_url another machine's?",
            warning=page.warning,
        )

    async def _converse(self, origin: str, errand: Errand) -> None:
        """As the page's script does, from the site that the page came from."""
        try:
            async with self._asks.session.ws_connect(
                f"{origin.replace('http', 'ws', 1)}/chat/ws", origin=origin, max_msg_size=100_000
            ) as socket:
                await socket.send_json({"type": "hello", "line": errand.line, "name": ""})
                await _hears(socket, "welcome")
                await socket.send_json({"type": "say", "id": "probe", "text": errand.text})
                await _hears(socket, "ack")
                await socket.send_json({"type": "end"})
                await _hears(socket, "closed")
        except aiohttp.WSServerHandshakeError as error:
            raise Refused(self._not_let_in(error.status, origin)) from None
        except (aiohttp.ClientError, OSError) as error:
            raise TryLater(f"The chat's socket can't be opened ({type(error).__name__}). Look at the proxy.") from None

    def _not_let_in(self, status: int, origin: str) -> str:
        if status == 403:
            return (
                f"The page opens at {origin}, and the chat is refused to visitors there: set web.public_url to it, or"
                " add it to chat.origins."
            )
        return f"The chat's socket answered {status}: the proxy must pass WebSockets on to /chat/ws."


async def _hears(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next frame of a kind; Refused, with the page's words, where the chat says that it can't."""
    while True:
        message = await socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise TryLater(f"The chat's socket closed before {kind!r} came.")
        frame = json.loads(message.data)
        if frame["type"] == kind:
            return dict(frame)
        if frame["type"] in {"error", "closed"}:
            raise Refused(f"The chat says: {frame.get('text', '')}")
