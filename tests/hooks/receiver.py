"""A receiver of webhooks on loopback, as another system would write it: checks signatures, and misbehaves as told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from helpdesk.serving import serving
from tests.staff import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one POST brought. ``signed``: by how many of the receiver's secrets."""

    id: str
    timestamp: int
    signed: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def event(self) -> str:
        """Its name."""
        return str(self.body["type"])

    @property
    def data(self) -> Any:
        """What it says."""
        return self.body["data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How one POST is answered. ``bytes``: of a body that is so long, and whose end comes only when all is let go."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    bytes: int = 0
    hangs: bool = False


HANGS = Mood(hangs=True)


class Receiver:
    """Another system. ``moods``: how the next POSTs are answered, each once; then all is well again."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = list(secrets)
        self.moods: deque[Mood] = deque()
        self.url = ""
        self.messages: list[Message] = []
        self._told = asyncio.Condition()
        self._lets_go = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        """Take messages for as long as the block lasts."""
        route = Route("/{path:path}", self._takes, methods=["GET", "POST"])
        async with serving(Starlette(routes=[route])) as url:
            self.url = f"{url}/hooks"
            try:
                yield self
            finally:
                self._lets_go.set()

    @property
    def events(self) -> list[str]:
        """The names of what came, in order, repeats too."""
        return [message.event for message in self.messages]

    async def hears(self, count: int) -> list[Message]:
        """All messages, as soon as there are so many."""
        async with asyncio.timeout(PATIENCE), self._told:
            await self._told.wait_for(lambda: len(self.messages) >= count)
        assert len(self.messages) == count, self.events
        return self.messages

    def lets_go(self) -> None:
        """Answer what hangs."""
        self._lets_go.set()

    async def _takes(self, request: Request) -> Response:
        body = await request.body()
        message = Message(
            id=request.headers.get("webhook-id", ""),
            timestamp=int(request.headers.get("webhook-timestamp", "0")),
            signed=sum(self._signed(secret, request.headers, body) for secret in self.secrets),
            body=json.loads(body) if body else {},
            headers=dict(request.headers),
        )
        async with self._told:
            self.messages.append(message)
            self._told.notify_all()
        mood = self.moods.popleft() if self.moods else Mood()
        if mood.hangs:
            await self._lets_go.wait()
        if mood.bytes:
            return StreamingResponse(self._flood(mood.bytes), mood.status, dict(mood.headers))
        return Response(status_code=mood.status, headers=dict(mood.headers))

    async def _flood(self, count: int) -> AsyncIterator[bytes]:
        for _ in range(count // 65_536):
            yield bytes(65_536)
        await self._lets_go.wait()

    @staticmethod
    def _signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(each, expected) for each in headers.get("webhook-signature", "").split())


@asynccontextmanager
async def receiver(*secrets: str) -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    async with Receiver(*secrets).listening() as opened:
        yield opened
