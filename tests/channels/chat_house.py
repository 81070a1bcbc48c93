"""A help desk with a chat line: store, intake, chats, a desk and an outbox, for the tests of the chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from channels.webchat import ChatSender, webchat_routes
from helpdesk.chats import Chats
from helpdesk.clock import HOUR, ManualClock, plus
from helpdesk.closing import LocalClosings
from helpdesk.config import ChatSettings, LibrarySettings, LineSettings, Settings, WebSettings
from helpdesk.desk import About, LocalDesk
from helpdesk.duty import LocalDuty
from helpdesk.events import Kind, Seq
from helpdesk.ids import Ids
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, OpenLine
from helpdesk.message import Channel, LineId, StaffId
from helpdesk.outbox import Outbox
from helpdesk.ports import Door, Store
from helpdesk.rulebook import Rulebook
from helpdesk.serving import listening
from helpdesk.sight import Told
from helpdesk.signals import Signal
from helpdesk.standards import Closing
from helpdesk.store.sqlite import open_store
from helpdesk.ticket import Ticket
from helpdesk.worklist import View
from tests.serving import serving

LINE = LineId("chat")
BEA = StaffId("bea")
KEY = bytes(32)


def settings_for(url: str = "http://127.0.0.1:8080", **chat: object) -> Settings:
    """A library with a chat page and a mailbox for its form."""
    return Settings(
        library=LibrarySettings(name="Fernhill Library"),
        web=WebSettings(public_url=url),
        lines={
            "chat": LineSettings(channel=Channel.CHAT, title="Chat", address="chat"),
            "desk": LineSettings(channel=Channel.MAIL, title="Enquiries", address="desk@library.example"),
        },
        chat=ChatSettings.model_validate({"form_line": "desk", **chat}),
    )


@dataclass
class House:
    """All of it. ``hours``: whether the chat line is open now."""

    settings: Settings
    clock: ManualClock
    chats: Chats
    desk: LocalDesk
    outbox: Outbox
    store: Store
    hours: dict[str, bool] = field(default_factory=dict)
    url: str = ""

    async def on_duty(self) -> None:
        """Bea takes chats."""
        await self.desk.sign_in(BEA, name="Bea Quill")
        await self.desk.set_presence(BEA, Channel.CHAT, True)

    async def closes(self) -> Closing:
        """Bea closes the chat by hand for an hour, and the pages hear of it."""
        closing = await self.desk.closings.close(BEA, "chat", plus(self.clock.now(), HOUR), "Fire alarm.")
        self.chats.heard(Told(seq=closing.seq, kind=Kind.LINES_CLOSED, ticket=None, actor=BEA))
        return closing

    async def opens(self, closing: Closing) -> None:
        """She opens it again."""
        await self.desk.closings.open(BEA, closing.seq)
        self.chats.heard(Told(seq=Seq(closing.seq + 1), kind=Kind.LINES_OPENED, ticket=None, actor=BEA))

    def moves(self) -> None:
        """The queue has moved: every page looks who is there."""
        self.chats.broadcast.tell_all(Signal.DOORS)

    async def tickets(self) -> list[Ticket]:
        """Every open ticket, as staff see it."""
        page = await self.desk.worklist(BEA, View.OPEN)
        return [(await self.desk.thread(BEA, row.id)).ticket for row in page.rows]

    async def replies(self, text: str) -> Ticket:
        """Bea answers the ticket that most needs it, and the outbox delivers."""
        [ticket] = [each for each in await self.tickets() if each.channel is Channel.CHAT]
        after = await self.desk.reply(BEA, ticket.id, ticket.version, text)
        await self.outbox.deliver_due(Channel.CHAT)
        return after


@asynccontextmanager
async def chat_house(
    settings: Settings | None = None,
    *,
    path: Path | None = None,
    clock: ManualClock | None = None,
    door: Callable[[Door], Door] = lambda door: door,
) -> AsyncIterator[House]:
    """A help desk without a web server. ``door`` may put something in front of intake."""
    settings = settings or settings_for()
    hours = {"open": True}
    time = clock or ManualClock()
    async with open_store(path) as store:
        ids = Ids(time)
        rules = Rulebook(store, time)
        published = rules.published
        lines = {LineId(name): line for name, line in settings.lines.items()}
        policies: dict[LineId, AddressPolicy] = {name: OpenLine() for name in lines}
        intake = Intake(
            store=store,
            clock=time,
            ids=ids,
            lines=lines,
            policies=policies,
            published=published,
            reply_key=KEY,
        )
        chats = Chats(
            store=store,
            door=door(intake),
            clock=time,
            ids=ids,
            settings=settings,
            is_open=lambda _: hours["open"],
            published=published,
        )
        desk = LocalDesk(
            store=store,
            clock=time,
            ids=ids,
            published=published,
            about=About(library=settings.library.name, zone="Europe/London"),
            typing=chats.staff_typing,
            duty=LocalDuty(store, time, writing=chats.is_writing),
            closings=LocalClosings(
                store=store, clock=time, ids=ids, published=published, load=rules.load, lines={LINE: Channel.CHAT}
            ),
        )
        outbox = Outbox(
            store=store,
            clock=time,
            senders={Channel.CHAT: ChatSender(chats)},
            policies=policies,
            published=published,
            reply_key=KEY,
        )
        yield House(settings=settings, clock=time, chats=chats, desk=desk, outbox=outbox, store=store, hours=hours)


@asynccontextmanager
async def served_house(
    *, hello_seconds: float = 10.0, door: Callable[[Door], Door] = lambda door: door, **chat: object
) -> AsyncIterator[House]:
    """A help desk whose chat page is served on loopback."""
    async with AsyncExitStack() as stack:
        bound = listening()
        settings = settings_for(f"http://127.0.0.1:{bound.getsockname()[1]}", **chat)
        house = await stack.enter_async_context(chat_house(settings, door=door))
        routes = webchat_routes(house.chats, settings, house.clock, hello_seconds=hello_seconds)
        house.url = await stack.enter_async_context(serving(Starlette(routes=routes), on=bound))
        yield house


Frame = dict[str, Any]


class Visitor:
    """A visitor's page on one socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._passed: list[Frame] = []
        self.conversation = ""
        self.token = ""

    async def sends(self, kind: str, **fields: object) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def hears(self, kind: str) -> Frame:
        """The next frame of a kind; others wait for whoever asks for theirs."""
        for frame in self._passed:
            if frame["type"] == kind:
                self._passed.remove(frame)
                return frame
        while True:
            fresh: Frame = json.loads(await self.socket.recv())
            if fresh["type"] == kind:
                return fresh
            self._passed.append(fresh)

    def has_heard(self, kind: str) -> bool:
        """Whether a frame of this kind has come that nobody asked for yet."""
        return any(frame["type"] == kind for frame in self._passed)

    async def begins(self, name: str = "Ana") -> Frame:
        """Begin a conversation."""
        await self.sends("hello", line=LINE, name=name)
        welcome = await self.hears("welcome")
        self.conversation, self.token = welcome["conversation"], welcome["token"]
        return welcome

    async def resumes(self, other: Visitor, after: int = 0) -> Frame:
        """Go on with the conversation of another socket."""
        self.conversation, self.token = other.conversation, other.token
        await self.sends("resume", conversation=self.conversation, token=self.token, after=after)
        return await self.hears("welcome")

    async def says(self, text: str, name: str) -> int:
        """Say something under a client id; its number, once it is acknowledged."""
        await self.sends("say", id=name, text=text)
        seq: int = (await self.hears("ack"))["seq"]
        return seq

    async def reads(self, count: int) -> list[tuple[int, str]]:
        """The next messages: number and text."""
        found = [await self.hears("message") for _ in range(count)]
        return [(each["seq"], each["text"]) for each in found]

    async def closed(self) -> int | None:
        """The close code, once the other side has closed."""
        await self.socket.wait_closed()
        return self.socket.close_code


@asynccontextmanager
async def visitor(house: House, *, origin: str | None = None, **headers: str) -> AsyncIterator[Visitor]:
    """A page that has opened its socket. ``origin``: the page's, if it is not our own."""
    url = house.url.replace("http", "ws") + "/chat/ws"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with connect(url, origin=Origin(origin or house.url), additional_headers=named) as socket:
        yield Visitor(socket)
