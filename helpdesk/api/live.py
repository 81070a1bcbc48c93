"""Live lines: what happens, pushed to whoever watches, over a WebSocket.

``GET /api/v1/live?after=<seq>`` goes on from an event's place in the log. Each message is a JSON array of what happened
since the one before, in order and without a gap. Nothing is expected from the other side. A line that ends says why:

=====  ==========================================================================================
code   meaning
=====  ==========================================================================================
1000   the other side has left
1003   the other side sent something
1011   trouble here: the last message is a problem document instead of an array
1012   the owner of the store stops: connect again, from the last sequence number seen
4401   whoever watches may not any more (disabled, revoked)
=====  ==========================================================================================

However many watch, each change is read from the log and written as JSON once: by the :class:`Tail`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from itertools import takewhile
from typing import Any, cast
from urllib.parse import parse_qs

import structlog
from pydantic import TypeAdapter
from starlette.types import Receive, Scope, Send

from helpdesk.api.answering import Door, headers_of, problem, refuse_line
from helpdesk.api.identity import Identity
from helpdesk.api.problems import Misread, told
from helpdesk.api.routes import ENDED, Opened
from helpdesk.errors import HelpdeskError, NotAllowed
from helpdesk.events import Seq
from helpdesk.sight import Told

TOLD: TypeAdapter[Told] = TypeAdapter(Told)

HELD = 4096
"""How many changes are held for those who are a little behind; who is further behind reads them from the log."""

AT_ONCE = 500
"""The most changes in one message."""

LEFT, UNEXPECTED, TROUBLE, STOPPING = 1000, 1003, 1011, 1012

_log = structlog.get_logger()

Changes = Callable[[Seq], AsyncIterator[Told]]
"""What happens after a place in the log, as a Desk gives it."""


class Tail:
    """The latest changes, read and written down once for all who watch."""

    def __init__(self, changes: Changes, begin: Seq) -> None:
        self._changes = changes
        self._held: deque[tuple[Seq, bytes]] = deque()
        self._gone = self._last = begin
        self._news = asyncio.Event()
        self._wanted = asyncio.Event()
        self._trouble: HelpdeskError | None = None

    async def follow(self) -> None:
        """Read on for as long as it lasts. Trouble reaches all who watch; the next to come makes it try again."""
        while True:
            await self._wanted.wait()
            self._trouble = None
            try:
                async for change in self._changes(self._last):
                    self._hold(change)
            except HelpdeskError as error:
                self._trouble = error
            except Exception as error:  # noqa: BLE001 - a bug must end neither this nor the house
                _log.error("changes failed", kind=type(error).__name__)
                self._trouble = HelpdeskError("The owner of the store failed at this. Its log says why.")
            self._wanted.clear()
            self._wake()

    def _hold(self, change: Told) -> None:
        self._held.append((change.seq, TOLD.dump_json(change)))
        self._last = change.seq
        if len(self._held) > HELD:
            self._gone, _ = self._held.popleft()
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def after(self, seq: Seq) -> AsyncGenerator[list[bytes], None]:
        """What happens after ``seq``, as it happens, some at a time. HelpdeskError where it can't be read."""
        self._wanted.set()
        while True:
            if seq < self._gone:
                async with aclosing(cast(AsyncGenerator[Told, None], self._changes(seq))) as earlier:
                    async for change in earlier:
                        yield [TOLD.dump_json(change)]
                        seq = change.seq
                        if seq >= self._gone:
                            break
            elif new := self._since(seq):
                seq = new[-1][0]
                yield [written for _, written in new]
            elif self._trouble is not None and not self._wanted.is_set():
                raise self._trouble
            else:
                await self._news.wait()

    def _since(self, seq: Seq) -> list[tuple[Seq, bytes]]:
        if self._last <= seq:
            return []
        return list(takewhile(lambda each: each[0] > seq, reversed(self._held)))[::-1][:AT_ONCE]


class Live:
    """The live lines, as an ASGI application. ``closing`` ends them all."""

    def __init__(self, tail: Tail, opened: Opened, door: Door, closing: asyncio.Event) -> None:
        self._tail = tail
        self._opened = opened
        self._door = door
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One line, from its request to its end."""
        try:
            identity, after = await self._admitted(scope)
        except HelpdeskError as error:
            await (refuse_line(send, problem(error)) if scope["type"] == "websocket" else problem(error).send(send))
            return
        await receive()  # that they want to connect
        await send({"type": "websocket.accept"})
        await self._push(identity, after, receive, send)

    async def _admitted(self, scope: Scope) -> tuple[Identity, Seq]:
        headers = headers_of(scope)
        if scope["type"] != "websocket":
            raise Misread("This is a WebSocket: ask for it with Upgrade: websocket.")
        if not self._door.ours(headers):
            raise NotAllowed("A page of another site may not watch this desk.")
        identity = await self._door.admitted(scope, headers)
        await self._opened(identity).may_watch()
        return identity, _start(scope["query_string"])

    async def _push(self, identity: Identity, after: Seq, receive: Receive, send: Send) -> None:
        code = await first(
            self._tell(after, send), _left(receive), when(self._closing, STOPPING), when(identity.ended, ENDED)
        )
        if code != LEFT:
            with suppress(RuntimeError):  # they left at the same moment
                await send({"type": "websocket.close", "code": code, "reason": ""})

    async def _tell(self, after: Seq, send: Send) -> int:
        try:
            async with aclosing(self._tail.after(after)) as changes:
                async for some in changes:
                    await send({"type": "websocket.send", "text": f"[{b','.join(some).decode()}]"})
        except HelpdeskError as error:
            await send({"type": "websocket.send", "text": told(error)[1].decode()})
        except OSError:  # gone while it was written to
            return LEFT
        return TROUBLE


def _start(query: bytes) -> Seq:
    after = parse_qs(query.decode("latin-1")).get("after", [""])
    if len(after) != 1 or not after[0].isascii() or not after[0].isdigit() or len(after[0]) > 15:
        raise Misread("Say after which event to start: ?after=0.", wrong=(("query.after", "a whole number"),))
    return Seq(int(after[0]))


async def _left(receive: Receive) -> int:
    return LEFT if (await receive())["type"] == "websocket.disconnect" else UNEXPECTED


async def when(event: asyncio.Event, code: int) -> int:
    """``code``, as soon as the event is set."""
    await event.wait()
    return code


async def first(*ends: Coroutine[Any, Any, int]) -> int:
    """What the first of several to end returns; the others are cancelled."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in ends]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
    return max(task.result() for task in done)
