"""One visitor's socket, from hello to goodbye.

Two sides run beside each other: what the visitor sends is read frame by frame, and what the conversation holds is
sent in the order of its numbers. The sending side is only ever woken by a signal and reads from the store, so nothing
is lost or out of order however signals and frames cross. Everything a visit holds ends with it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from channels.webchat import frames
from helpdesk.attendance import Availability
from helpdesk.beside import beside
from helpdesk.chats import Chats, Over
from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import HelpdeskError, Refused, TryLater
from helpdesk.message import ConversationId, LineId
from helpdesk.signals import Listener, Signal
from helpdesk.visitors import Rate, in_words

HELLO_SECONDS = 10.0
"""How long a socket may stay open before it says who it is."""

PATIENCE = 3
"""So many broken frames, and the socket is closed."""

_RETRY_SECONDS = 5.0

DONE, POLICY, LATER = 1000, 1008, 1013
"""Close codes: all said; it did not keep to the protocol; try again later."""


@dataclass(frozen=True, slots=True)
class House:
    """What all visits share."""

    chats: Chats
    clock: Clock
    starts: Rate
    messages: Rate
    wait_seconds: int
    hello_seconds: float = HELLO_SECONDS


class _Closed(Exception):
    """We close the socket with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Visit:
    """A socket that was accepted. ``origin``: the visitor's address, as the key to count new chats by."""

    def __init__(self, socket: WebSocket, house: House, origin: str) -> None:
        self._socket = socket
        self._house = house
        self._chats = house.chats
        self._origin = origin
        self._conversation = ConversationId("")
        self._token = ""
        self._line = LineId("")
        self._sent = 0
        self._seen = 0
        self._broken = 0
        self._offered = False
        self._told: dict[str, object] = {}

    async def run(self) -> None:
        """Serve the visitor until one side closes."""
        code = DONE
        try:
            await self._visit()
        except* WebSocketDisconnect:
            pass  # the visitor closed it; closing it again does nothing
        except* _Closed as closed:
            code = _code(closed)
        except* TryLater:
            code = LATER
        await self._close(code)

    async def _visit(self) -> None:
        try:
            async with asyncio.timeout(self._house.hello_seconds):
                await self._greet()
        except TimeoutError:
            raise _Closed(POLICY) from None
        async with self._chats.present(self._conversation) as listener, beside(self._tell(listener), self._offer()):
            await self._hear()

    async def _greet(self) -> None:
        """Read until the visitor has begun a conversation or gone on with theirs."""
        while not self._conversation:
            try:
                frame = frames.read(await self._receive())
                match frame:
                    case frames.Hello():
                        await self._begin(frame)
                    case frames.Resume():
                        await self._resume(frame)
                    case _:
                        raise frames.BadFrame('Begin with "hello", or "resume" with your conversation and token.')
            except frames.BadFrame as error:
                await self._complain(error)
            except Over as over:
                await self._goodbye(str(over))
            except Refused as error:
                await self._send("error", text=str(error))
                raise _Closed(POLICY) from None

    async def _begin(self, hello: frames.Hello) -> None:
        wait = self._house.starts.take(self._origin)
        if wait:
            text = f"Many chats are starting just now. Please try again in {in_words(wait)}."
            await self._send("error", text=text, retry_after=wait)
            raise _Closed(LATER)
        opened = await self._chats.open(hello.line, hello.name)
        self._line, self._token = hello.line, opened.token
        await self._welcome(opened.conversation, token=opened.token)

    async def _resume(self, resume: frames.Resume) -> None:
        standing = await self._chats.standing(resume.conversation, resume.token)
        self._line, self._token = standing.line, resume.token
        self._sent = self._seen = min(resume.after, standing.seq)
        await self._chats.seen(resume.conversation, resume.token, self._seen)
        await self._welcome(resume.conversation)

    async def _welcome(self, conversation: ConversationId, **token: str) -> None:
        standing = await self._chats.standing(conversation, self._token)
        self._told = await self._doors()
        await self._send(
            "welcome", conversation=conversation, **token, seq=standing.seq, **self._told, staff=standing.staff_here
        )
        self._conversation = conversation

    async def _hear(self) -> None:
        """What the visitor sends, until they go."""
        while True:
            try:
                frame = frames.read(await self._receive())
            except frames.BadFrame as error:
                await self._complain(error)
                continue
            try:
                await self._take(frame)
            except Over as over:
                await self._goodbye(str(over))

    async def _take(self, frame: frames.Frame) -> None:
        match frame:
            case frames.Say():
                await self._say(frame)
            case frames.Typing():
                self._chats.typing(self._conversation)
            case frames.Seen():
                await self._note_seen(frame.seq)
            case frames.End():
                await self._chats.end(self._conversation, self._token)
                await self._goodbye("This chat has ended.")
            case _:
                await self._complain(frames.BadFrame("This conversation has begun already. Open a new socket."))

    async def _say(self, say: frames.Say) -> None:
        """Store a message and acknowledge it, or say why not."""
        wait = self._house.messages.take(self._conversation)
        if wait:
            text = f"You are writing faster than we can take. This goes in {in_words(wait)}."
            await self._send("error", id=say.id, text=text, retry_after=wait)
            return
        try:
            seq = await self._chats.say(self._conversation, self._token, say.id, say.text)
        except Over:
            raise
        except TryLater as later:
            retry = later.retry_after or _RETRY_SECONDS
            text = "We could not store this just now. It is kept here and goes again."
            await self._send("error", id=say.id, text=text, retry_after=retry)
        except HelpdeskError as refused:
            await self._send("error", id=say.id, text=str(refused))
        else:
            await self._send("ack", id=say.id, seq=seq)

    async def _note_seen(self, seq: int) -> None:
        """Only what this socket was sent counts, and only once."""
        held = min(seq, self._sent)
        if held > self._seen:
            self._seen = held
            await self._chats.seen(self._conversation, self._token, held)

    async def _tell(self, listener: Listener) -> None:
        """What the conversation holds, as it comes."""
        try:
            await self._catch_up()
            while True:
                await self._pass_on(await listener.next())
        except Over as over:
            await self._goodbye(str(over))

    async def _pass_on(self, signals: frozenset[Signal]) -> None:
        if Signal.OVER in signals:
            raise Over("This chat has ended. You can start a new one.")
        if Signal.MESSAGE in signals:
            await self._catch_up()
        if Signal.STAFF_HERE in signals:
            standing = await self._chats.standing(self._conversation, self._token)
            await self._send("staff_here", here=standing.staff_here)
        if Signal.DOORS in signals:
            await self._tell_doors()
        if Signal.STAFF_TYPING in signals:
            await self._send("staff_typing")

    async def _doors(self) -> dict[str, object]:
        """Who is there, until when it is closed, and the visitor's place among those who wait."""
        attendance = self._chats.attendance
        return {
            "availability": await attendance.availability(self._line),
            "until": attendance.closed_until(self._line),
            "place": await attendance.place(self._conversation) if self._conversation else 0,
        }

    async def _tell_doors(self) -> None:
        """It may be otherwise now: the page hears what differs from what it was told."""
        found = await self._doors()
        if found == self._told:
            return
        self._told = found
        await self._send("doors", **found)
        if found["availability"] is Availability.CLOSED:
            await self._send_offer(Availability.CLOSED)

    async def _send_offer(self, reason: Availability) -> None:
        """The form, once."""
        if not self._offered:
            self._offered = True
            await self._send("offer", reason=reason)

    async def _catch_up(self) -> None:
        """Send every message that this socket has not had."""
        while found := await self._chats.history(self._conversation, self._token, self._sent):
            for message in found:
                await self._send(
                    "message",
                    seq=message.seq,
                    mine=message.mine,
                    author=message.author,
                    text=message.text,
                    written=message.written,
                    id=message.client_id,
                )
                self._sent = message.seq

    async def _offer(self) -> None:
        """Offer the form, once, if nobody can chat: out of hours, or nobody available for the waiting time."""
        reason = await self._chats.availability(self._line)
        while reason is not Availability.CLOSED:
            await self._house.clock.until(plus(self._house.clock.now(), self._house.wait_seconds * SECOND))
            if await self._chats.answered(self._conversation):
                return
            reason = await self._chats.availability(self._line)
            if reason is Availability.NOBODY:
                break
        await self._send_offer(reason)

    async def _receive(self) -> str | None:
        """The next frame's text, None for a binary frame."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"], message.get("reason"))
        text: str | None = message.get("text")
        return text

    async def _send(self, kind: str, **fields: object) -> None:
        """Send a frame. To a visitor who has just gone nothing is sent: the receiving side hears of it."""
        try:
            await self._socket.send_text(frames.written(kind, **fields))
        except (WebSocketDisconnect, WebSocketDisconnected):
            return

    async def _complain(self, error: HelpdeskError) -> None:
        self._broken += 1
        await self._send("error", text=str(error))
        if self._broken >= PATIENCE:
            raise _Closed(POLICY)

    async def _goodbye(self, text: str) -> None:
        await self._send("closed", text=text)
        raise _Closed(DONE)

    async def _close(self, code: int) -> None:
        try:
            await self._socket.close(code)
        except (WebSocketDisconnect, WebSocketDisconnected):
            return


def _code(closed: BaseExceptionGroup[_Closed]) -> int:
    """The close code, wherever in the group it is."""
    first = closed.exceptions[0]
    return _code(first) if isinstance(first, BaseExceptionGroup) else first.code
