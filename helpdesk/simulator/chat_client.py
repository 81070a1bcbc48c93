"""A visitor of the chat page: the other end of its protocol (:mod:`channels.webchat.frames`), as its script speaks it.

A message keeps its client id until it is acknowledged and goes again on every new connection, so it arrives once. A
connection that breaks is opened again, and the conversation goes on after the last message that this side holds.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin

from helpdesk.beside import beside
from helpdesk.clock import SECOND, Clock, plus

TRIES = 8
"""So many connections may fail in a row, then the visitor gives up."""

WAIT = 5 * SECOND
"""How long to wait on the clock before the next try, in milliseconds, times the tries so far."""

STAFF = "Library staff"
"""How a message is signed that a person wrote."""

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDoor:
    """Where chats begin: the socket's URL (ws://...), the page's origin, the chat line."""

    url: str
    origin: str
    line: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What the library wrote. ``author`` is who signed it."""

    text: str
    author: str


@dataclass(slots=True)
class _Saying:
    text: str
    taken: asyncio.Future[bool]
    tries: int = 0


class ChatVisitor:
    """One visitor and their conversation.

    ::

        async with visitor.visiting():
            if await visitor.says("Is the printer working?"):
                reply = await visitor.next()
    """

    def __init__(self, door: ChatDoor, clock: Clock, name: str, chance: random.Random) -> None:
        self.inbox: list[Heard] = []
        self.offered = ""
        """Why the form was offered ("closed" or "nobody"), "" if it was not."""
        self.over = False
        """Whether the conversation has ended, or the visitor gave up."""
        self._door = door
        self._clock = clock
        self._name = name
        self._chance = chance
        self._conversation = ""
        self._token = ""
        self._held = 0
        self._failed = 0
        self._saying: dict[str, _Saying] = {}
        self._socket: ClientConnection | None = None
        self._unread: asyncio.Queue[Heard | None] = asyncio.Queue()
        self._gone = asyncio.Event()

    @asynccontextmanager
    async def visiting(self) -> AsyncIterator[ChatVisitor]:
        """Be on the page until the block ends; what breaks meanwhile is opened again."""
        async with beside(self._stay()):
            yield self

    async def says(self, text: str) -> bool:
        """Say something. True once the library has stored it, False if it never will."""
        if self.over:
            return False
        name = f"{self._chance.getrandbits(96):024x}"
        saying = _Saying(text, asyncio.get_running_loop().create_future())
        self._saying[name] = saying
        if self._token:
            await self._send("say", id=name, text=text)
        return await saying.taken

    async def next(self) -> Heard | None:
        """The library's next message that was not read yet, waiting for it; None once no more can come."""
        heard = await self._unread.get()
        if heard is None:
            self._unread.put_nowait(None)
        return heard

    async def ends(self) -> None:
        """End the conversation for good."""
        if not self.over:
            await self._send("end")
            await self._gone.wait()

    async def drops(self) -> None:
        """Lose the connection, as in a tunnel; it comes back by itself."""
        if self._socket is not None:
            await self._socket.close()

    async def _stay(self) -> None:
        while not self.over and self._failed < TRIES:
            self._failed += 1
            with suppress(OSError, TimeoutError, WebSocketException):  # tried again, as a browser does
                await self._connection()
            self._socket = None
            if not self.over:
                await self._clock.until(plus(self._clock.now(), self._failed * WAIT))
        self._give_up()

    def _give_up(self) -> None:
        self.over = True
        for saying in self._saying.values():
            if not saying.taken.done():
                saying.taken.set_result(False)
        self._unread.put_nowait(None)
        self._gone.set()

    async def _connection(self) -> None:
        """One connection, from its opening to its end."""
        origin = Origin(self._door.origin)
        async with (
            connect(self._door.url, origin=origin, proxy=None, compression=None, close_timeout=2) as socket,
            asyncio.TaskGroup() as later,
        ):
            self._socket = socket
            if self._token:
                await self._send("resume", conversation=self._conversation, token=self._token, after=self._held)
            else:
                await self._send("hello", line=self._door.line, name=self._name)
            waiting: list[asyncio.Task[None]] = []
            with suppress(ConnectionClosed):
                async for frame in socket:
                    if again := await self._take(json.loads(frame)):
                        waiting.append(later.create_task(again))
            for task in waiting:
                task.cancel()

    async def _take(self, frame: Frame) -> Coroutine[Any, Any, None] | None:
        """Act on a frame; what must be done later is returned."""
        match frame["type"]:
            case "welcome":
                await self._welcomed(frame)
            case "message":
                await self._hear(frame)
            case "ack":
                self._settle(frame["id"], taken=True)
            case "error":
                return self._stumble(frame)
            case "offer":
                self.offered = frame["reason"]
            case "closed":
                self.over = True
        return None

    async def _welcomed(self, frame: Frame) -> None:
        """Say, or say again, what is not acknowledged yet."""
        self._failed = 0
        self._conversation = frame["conversation"]
        self._token = frame.get("token", self._token)
        for name, saying in list(self._saying.items()):
            await self._send("say", id=name, text=saying.text)

    async def _hear(self, frame: Frame) -> None:
        if frame["seq"] <= self._held:
            return
        self._held = frame["seq"]
        if not frame["mine"]:
            heard = Heard(frame["text"], frame["author"])
            self.inbox.append(heard)
            self._unread.put_nowait(heard)
            await self._send("seen", seq=self._held)

    def _settle(self, name: str, *, taken: bool) -> None:
        saying = self._saying.pop(name, None)
        if saying is not None and not saying.taken.done():
            saying.taken.set_result(taken)

    def _stumble(self, frame: Frame) -> Coroutine[Any, Any, None] | None:
        """Something was not taken: where that may help, it is said again later."""
        name, wait = frame.get("id", ""), frame.get("retry_after")
        saying = self._saying.get(name)
        if saying is None:
            return None
        saying.tries += 1
        if wait is None or saying.tries >= TRIES:
            self._settle(name, taken=False)
            return None
        return self._say_again(name, wait)

    async def _say_again(self, name: str, seconds: float) -> None:
        await self._clock.until(plus(self._clock.now(), round(seconds * SECOND)))
        if name in self._saying:
            await self._send("say", id=name, text=self._saying[name].text)

    async def _send(self, kind: str, **fields: object) -> None:
        """Send a frame; where the connection has just broken, the next one sees to what matters."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps({"type": kind, **fields}))
