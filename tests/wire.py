"""A library and its patrons over real doors: signed webhooks, SMTP or LMTP, WebSockets. The words are the desk's own.

::

    async with library(tmp_path) as town:
        ana = town.texter()
        await ana.texts("loud on level 3")
        town.time.passes(minutes=4)
        ticket = await town.desk.replies("On our way")
        assert await ana.hears() == "On our way"

Every server is real and listens on loopback; the clock stands still until it is told to move. Nothing here waits by
sleeping: staff look again after each change that the desk hears of.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr
from websockets.asyncio.client import connect as connected
from websockets.typing import Origin

from helpdesk.api.remote import connect
from helpdesk.api.server import desk_socket
from helpdesk.clock import ManualClock
from helpdesk.config import MailSettings, Settings
from helpdesk.doors import Doors, open_doors
from helpdesk.house import House, open_house
from helpdesk.message import Channel
from helpdesk.serving import listening
from helpdesk.simulator.carrier import Carrier, inbound_form
from helpdesk.simulator.carrier_store import Text
from helpdesk.simulator.chat_client import ChatDoor, ChatVisitor
from helpdesk.simulator.handset import Handset, Posted
from helpdesk.simulator.postbox import Delivered, Mailbox, Postbox
from tests.channels.chat_house import Visitor as Page
from tests.conversation import QUIET
from tests.engines import fresh_store
from tests.staff import PATIENCE, SAM, Staff
from tests.store.calls import sqlite_of

ACCOUNT = "AC" + "1" * 32
TOKEN = "the carrier's secret"
NOISELINE = "+447700900001"
TEXT_LINE = "+447700900002"
MAILBOX = "enquiries@library.example"
Form = list[tuple[bytes, bytes]]
"""A posted form: names and values, as they are on the wire."""

ZONES = Path(__file__).with_name("zones.toml")

Changes = Mapping[str, Any]
"""Settings that differ from the usual ones, nested as in the file."""


def settings(folder: Path, *, carrier: str, relay: int, public: str, changes: Changes) -> Settings:
    """A library with a sealed and an open SMS line, a mailbox and a chat page."""
    usual = {
        "library": {"name": "Fernhill Library"},
        "store": {"path": folder / "helpdesk.sqlite"},
        "web": {"public_url": public},
        "lines": {
            "noise": {
                "channel": "sms",
                "title": "Noiseline",
                "policy": "sealed",
                "kind": "noise",
                "address": NOISELINE,
            },
            "texts": {"channel": "sms", "title": "Texts", "address": TEXT_LINE},
            "mail": {"channel": "mail", "title": "Enquiries", "address": MAILBOX},
            "chat": {"channel": "chat", "title": "Chat", "address": "chat"},
        },
        "sms": {"account": ACCOUNT, "tokens": [SecretStr(TOKEN)], "base_url": carrier},
        "mail": {"listen": "127.0.0.1:0", "relay_port": relay},
        "chat": {"form_line": "mail"},
        "texts": QUIET,
        "zones": ZONES,
        "desk": {"undo_seconds": 0},
    }
    return Settings.model_validate(_merged(usual, changes))


def _merged(usual: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    both = {**usual, **changes}
    for name in usual.keys() & changes.keys():
        if isinstance(usual[name], Mapping):
            both[name] = _merged(usual[name], changes[name])
    return both


class Texter:
    """A patron with a handset, who texts one line."""

    def __init__(self, handset: Handset, line: str) -> None:
        self.handset = handset
        self.line = line

    async def texts(self, body: str) -> Posted:
        """Text the line; what its webhook answered."""
        return await self.handset.texts(body, to=self.line)

    async def hears(self) -> str:
        """The next text to arrive."""
        async with asyncio.timeout(PATIENCE):
            return (await self.handset.next()).body


class Mailer:
    """A patron with a mailbox. ``last``: the mail heard last."""

    def __init__(self, town: Town, address: str, name: str) -> None:
        self.address = address
        self.last = EmailMessage()
        self._town = town
        self._name = name
        self._box: Mailbox = town.postbox.mailbox(address)
        self._written = 0

    @property
    def unread(self) -> Sequence[Delivered]:
        """All mails that ever came."""
        return self._box.mails

    def writes(self, text: str, *, to: str = MAILBOX, subject: str = "A question", **headers: str) -> EmailMessage:
        """A mail, not sent yet. ``headers``: further ones, with underscores for hyphens."""
        self._written += 1
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"{self._name} <{self.address}>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{self._written}.{self.address}>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return mail

    async def mails(self, text: str, *, to: str = MAILBOX, subject: str = "A question", **headers: str) -> str:
        """Write to the library; what the relay was told."""
        mail = self.writes(text, to=to, subject=subject, **headers)
        [reply] = await self._town.hand_in(mail.as_bytes(), to, sender=self.address)
        return reply

    async def answers(self, text: str) -> str:
        """Answer the mail heard last, as mail programs do."""
        back = getaddresses([str(self.last.get("Reply-To", self.last["From"]))])[0][1]
        named = str(self.last["Message-ID"])
        return await self.mails(
            text, to=back, subject=f"Re: {self.last['Subject']}", In_Reply_To=named, References=named
        )

    async def hears(self) -> str:
        """The words of the next mail to arrive."""
        async with asyncio.timeout(PATIENCE):
            delivered = await self._box.next()
        self.last = delivered.message
        return delivered.text.strip()


class Visitor:
    """A visitor of the chat page."""

    def __init__(self, page: ChatVisitor, name: str, town: Town) -> None:
        self.page = page
        self.name = name
        self._town = town

    async def chats(self, text: str) -> bool:
        """Say something; whether it was taken."""
        async with asyncio.timeout(PATIENCE):
            return await self.page.says(text)

    async def hears(self) -> str:
        """The library's next message."""
        async with asyncio.timeout(PATIENCE):
            heard = await self.page.next()
        assert heard is not None, "the chat is over"
        return heard.text

    async def leaves_a_question(self, text: str, *, email: str) -> int:
        """Fill in the form for when nobody can chat; the HTTP status of the answer."""
        form = {"id": "f-1", "name": self.name, "email": email, "question": text}
        url = self._town.doors.web
        async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as browser:
            return (await browser.post("/chat/form", json=form)).status_code


@dataclass
class Town:
    """The carrier, everybody's mailbox and the patrons; and, while it is open, the library."""

    folder: Path
    time: ManualClock
    carrier: Carrier
    carrier_url: str
    postbox: Postbox
    relay_port: int
    changes: Changes = field(default_factory=dict)
    _open: tuple[House, Doors, AsyncExitStack] | None = None

    @asynccontextmanager
    async def opens(self) -> AsyncIterator[Town]:
        """The library is open while the block lasts; the carrier knows where its webhook is."""
        with closing(listening()) as bound:
            public = f"http://127.0.0.1:{bound.getsockname()[1]}"
            chosen = settings(
                self.folder, carrier=self.carrier_url, relay=self.relay_port, public=public, changes=self.changes
            )
            async with open_house(chosen, self.time) as house:
                for number in (NOISELINE, TEXT_LINE):
                    self.carrier.rents(number, webhook=public + "/sms/inbound")
                await house.desk.sign_in(SAM, name="Sam Quill")
                async with open_doors(house, web=bound) as doors, AsyncExitStack() as visitors:
                    self._open = house, doors, visitors
                    try:
                        yield self
                    finally:
                        self._open = None

    @property
    def house(self) -> House:
        """The library's parts."""
        return self._opened[0]

    @property
    def doors(self) -> Doors:
        """Where they listen."""
        return self._opened[1]

    @property
    def desk(self) -> Staff:
        """Sam, at the desk in the owner's process."""
        return Staff(self.house.desk)

    @property
    def _opened(self) -> tuple[House, Doors, AsyncExitStack]:
        assert self._open is not None, "the library is closed: enter opens() first"
        return self._open

    def texter(self, number: str = "+447700900123", line: str = NOISELINE) -> Texter:
        """A patron who texts."""
        return Texter(self.carrier.handset(number), line)

    def mailer(self, name: str = "Ben Carter") -> Mailer:
        """A patron who mails, from an address made of their name."""
        return Mailer(self, f"{name.split()[0].lower()}@patron.example", name)

    async def visitor(self, name: str = "Cleo") -> Visitor:
        """A patron who has the chat page open until the library closes."""
        url = self.doors.web
        door = ChatDoor(url=url.replace("http", "ws") + "/chat/ws", origin=url, line="chat")
        page = ChatVisitor(door, self.time, name, random.Random(name))
        await self._opened[2].enter_async_context(page.visiting())
        return Visitor(page, name, self)

    @asynccontextmanager
    async def attached(self) -> AsyncIterator[Staff]:
        """Sam, at a desk that is attached to the owner's socket."""
        path = self.folder / "desk"
        async with desk_socket(self.house.desk, path), connect(path) as desk:
            yield Staff(desk)

    def form(self, body: str, *, number: str = "+447700900123", line: str = NOISELINE, sid: str = "SM1") -> Form:
        """A text's form as the carrier posts it."""
        text = Text(
            sid=sid,
            account=ACCOUNT,
            direction="inbound",
            sender=number,
            recipient=line,
            body=body,
            status="received",
            created=self.time.now(),
        )
        return [(name.encode(), value.encode()) for name, value in inbound_form(text)]

    async def posts(self, form: Form, *, path: str = "/sms/inbound", token: str = TOKEN) -> int:
        """Post a form to the webhook by hand, signed with ``token``; the HTTP status."""
        url = self.doors.web + path
        signed = url.encode() + b"".join(name + value for name, value in sorted(form))
        signature = base64.b64encode(hmac.digest(token.encode(), signed, "sha1")).decode()
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        async with httpx.AsyncClient(verify=False) as client:  # plain HTTP: reading certificates takes 50 ms
            return (await client.post(url, content=urlencode(form).encode(), headers=headers)).status_code

    @asynccontextmanager
    async def broken_store(self, how: Literal["full", "read-only"]) -> AsyncIterator[None]:
        """While the block lasts, the store's file can't grow, or can't be written at all."""
        breaks, mends = {
            "full": ("max_page_count = 1", f"max_page_count = {2**32 - 2}"),
            "read-only": ("query_only = ON", "query_only = OFF"),
        }[how]
        writer = sqlite_of(self.house.store).writer
        await writer.execute_fetchall(f"PRAGMA {breaks}")
        try:
            yield
        finally:
            await writer.execute_fetchall(f"PRAGMA {mends}")

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """The chat page's bare socket, for what its script never says."""
        url = self.doors.web
        async with connected(url.replace("http", "ws") + "/chat/ws", origin=Origin(url), max_size=None) as socket:
            yield Page(socket)

    async def staffed(self) -> None:
        """Sam takes chats."""
        await self.house.desk.set_presence(SAM, Channel.CHAT, True)

    async def hand_in(self, mail: bytes, *to: str, sender: str = "ben@patron.example") -> tuple[str, ...]:
        """Hand a mail in as a relay does; the last replies: one for each recipient over LMTP, else one for all."""
        chosen = self.house.settings.mail
        reader, writer = await _dialled(chosen, self.doors)
        try:
            return await hand_over(reader, writer, chosen.protocol == "lmtp", sender, to or (MAILBOX,), mail)
        finally:
            writer.close()
            await writer.wait_closed()


async def _dialled(chosen: MailSettings, doors: Doors) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if "/" in chosen.listen:
        return await asyncio.open_unix_connection(chosen.listen)
    return await asyncio.open_connection(doors.mail_host, doors.mail_port)


async def hand_over(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    lmtp: bool,
    sender: str,
    to: Sequence[str],
    mail: bytes,
) -> tuple[str, ...]:
    """One mail's whole conversation on a fresh connection; the last replies."""
    await _reply(reader)
    hello = "LHLO relay.example" if lmtp else "EHLO relay.example"
    for line in (hello, f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{each}>" for each in to), "DATA"):
        writer.write(line.encode() + b"\r\n")
        if (reply := await _reply(reader))[0] not in "23":
            return (reply,)
    body = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    writer.write((b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
    await writer.drain()
    return tuple([await _reply(reader) for _ in (to if lmtp else ("all",))])


async def _reply(reader: asyncio.StreamReader) -> str:
    """The last line of the next reply; "" where the other side hung up."""
    async with asyncio.timeout(PATIENCE):
        while (line := await reader.readline())[3:4] == b"-":
            pass
    return line.decode().strip()


@asynccontextmanager
async def outside(folder: Path, **changes: Any) -> AsyncIterator[Town]:
    """The town with its library still closed; ``changes`` to its settings, nested as in the file."""
    clock = ManualClock()
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=clock)
    postbox = Postbox()
    if (store := fresh_store()) is not None:
        changes = _merged({"store": {"url": store.url}}, changes)
    async with carrier.serving() as url, postbox.listening() as relay:
        yield Town(folder, clock, carrier, url, postbox, relay.port, changes)


@asynccontextmanager
async def library(folder: Path, **changes: Any) -> AsyncIterator[Town]:
    """The town with its library open."""
    async with outside(folder, **changes) as town, town.opens():
        yield town
