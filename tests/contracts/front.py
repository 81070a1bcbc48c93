"""Every way in, on real sockets, with a door between it and intake that can be held shut."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from channels.loopback import Loopback
from channels.mail import Bound, MailListener
from channels.sms_webhook import SmsWebhook
from channels.webchat import webchat_routes
from helpdesk.chats import Chats
from helpdesk.clock import Instant, ManualClock
from helpdesk.config import LineSettings
from helpdesk.events import Kind, Seq
from helpdesk.house import House, open_house
from helpdesk.ids import Ids
from helpdesk.message import Address, Channel, DeliveryReport, Envelope, Inbound, LineId, Receipt
from helpdesk.ports import Door
from helpdesk.privacy import Key
from helpdesk.serving import listening, serving
from helpdesk.store.verbs import events
from tests.channels.chat_house import Visitor as Page
from tests.channels.mails import mail
from tests.channels.smsc import AGAIN, OK, Centre, centre
from tests.wire import ACCOUNT, MAILBOX, TEXT_LINE, TOKEN, hand_over, settings


@dataclass
class Gate:
    """A door that can fail, or hold its receipts back after they were written. Meets the Door port."""

    inner: Door
    failing: Exception | None = None
    written: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def _pass(self, receipt: Awaitable[Receipt]) -> Receipt:
        found = await receipt
        self.written.set()
        await self.open.wait()
        return found

    def _check(self) -> None:
        if self.failing is not None:
            raise self.failing

    async def receive(self, inbound: Inbound) -> Receipt:
        """Store it; the receipt waits while the gate is shut."""
        self._check()
        return await self._pass(self.inner.receive(inbound))

    async def keep(self, envelope: Envelope) -> Receipt:
        """Store it; the receipt waits while the gate is shut."""
        self._check()
        return await self._pass(self.inner.keep(envelope))

    async def report(self, report: DeliveryReport) -> None:
        """As behind the gate."""
        await self.inner.report(report)

    async def turned_away(self, channel: Channel, line: LineId | None, reason: str) -> None:
        """As behind the gate."""
        await self.inner.turned_away(channel, line, reason)

    async def quarantine(
        self, channel: Channel, line: LineId, external_id: str, digest: str, size: int, reason: str
    ) -> Receipt:
        """As behind the gate."""
        return await self.inner.quarantine(channel, line, external_id, digest, size, reason)

    async def cursor(self, name: str) -> Instant | None:
        """As behind the gate."""
        return await self.inner.cursor(name)

    async def move_cursor(self, name: str, when: Instant) -> None:
        """As behind the gate."""
        await self.inner.move_cursor(name, when)


@dataclass(frozen=True, slots=True)
class Front:
    """A house with all its ways in behind one gate."""

    house: House
    gate: Gate
    url: str
    smtp: Bound
    lmtp: Bound
    page: Page
    loopback: Loopback
    smsc: Centre

    async def stored(self) -> int:
        """How many messages the log knows to have come in."""
        log = await self.house.store.read(events.after, Seq(0))
        return sum(event.kind in {Kind.RECEIVED, Kind.KEPT} for event in log)

    async def looks_at_the_page(self) -> None:
        """A whole request to the same server, so that whatever else could happen meanwhile has happened."""
        async with httpx.AsyncClient(base_url=self.url) as browser:
            assert (await browser.get("/chat/chat")).status_code == 200


@asynccontextmanager
async def front() -> AsyncIterator[Front]:
    """All ways in, listening; a visitor of the chat has said hello already."""
    bound, clock = listening(), ManualClock()
    public = f"http://127.0.0.1:{bound.getsockname()[1]}"
    chosen = settings(Path("nowhere"), carrier="http://127.0.0.1:1", relay=1, public=public, changes={})
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(
            open_house(chosen, clock, private=True, master=Key(bytes(32)), senders=lambda *_: {})
        )
        gate = Gate(house.intake)
        chats = Chats(
            store=house.store,
            door=gate,
            clock=clock,
            ids=Ids(clock),
            settings=chosen,
            is_open=lambda _: True,
            published=house.rules.published,
        )
        app = Starlette(
            routes=[
                *webchat_routes(chats, chosen, clock),
                *SmsWebhook(chosen.sms, chosen.web, chosen.lines, gate).routes(),
            ]
        )
        url = await stack.enter_async_context(serving(app, on=bound))
        mailboxes = {LineId(name): line for name, line in chosen.lines_of(Channel.MAIL).items()}
        smtp, lmtp = [
            await stack.enter_async_context(_mail(house, gate, mailboxes, protocol)) for protocol in ("smtp", "lmtp")
        ]
        socket = await stack.enter_async_context(connect(url.replace("http", "ws") + "/chat/ws", origin=Origin(url)))
        page = Page(socket)
        await page.begins()
        smsc = await stack.enter_async_context(centre())
        await stack.enter_async_context(smsc.carrier(gate, chosen.lines))
        yield Front(house, gate, url, smtp, lmtp, page, Loopback(Channel.SMS, gate, clock), smsc)


def _mail(
    house: House, gate: Gate, lines: dict[LineId, LineSettings], protocol: str
) -> AbstractAsyncContextManager[Bound]:
    chosen = house.settings.mail.model_copy(update={"protocol": protocol})
    return MailListener(chosen, lines, gate, house.clock).listening()


async def by_text(front: Front, name: str, words: str) -> str:
    """The carrier's webhook: what it answered, in our words."""
    form = sorted(
        {"MessageSid": name, "AccountSid": ACCOUNT, "From": "+447700900123", "To": TEXT_LINE, "Body": words}.items()
    )
    url = front.url + "/sms/inbound"
    signature = base64.b64encode(
        hmac.digest(TOKEN.encode(), (url + "".join(key + value for key, value in form)).encode(), "sha1")
    ).decode()
    async with httpx.AsyncClient() as carrier:
        answer = await carrier.post(
            url,
            content=urlencode(form),
            headers={"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"},
        )
    return _outcome(answer.status_code, answer.text)


async def by_smpp(front: Front, name: str, words: str) -> str:
    """A message centre that gives its texts ids."""
    return {OK: "taken", AGAIN: "later"}[await front.smsc.delivers(words, to=TEXT_LINE, given=name)]


async def by_smtp(front: Front, name: str, words: str) -> str:
    """A relay that speaks SMTP."""
    return await _by_mail(front.smtp, name, words, lmtp=False)


async def by_lmtp(front: Front, name: str, words: str) -> str:
    """A relay that speaks LMTP."""
    return await _by_mail(front.lmtp, name, words, lmtp=True)


async def _by_mail(bound: Bound, name: str, words: str, *, lmtp: bool) -> str:
    reader, writer = await asyncio.open_connection(bound.host, bound.port)
    try:
        letter = mail(body=words, Message_ID=f"<{name}@patron.example>", To=MAILBOX)
        [reply] = await hand_over(reader, writer, lmtp, "ana@patron.example", [MAILBOX], letter)
    finally:
        writer.close()
        await writer.wait_closed()
    return {"250": "taken", "451": "later"}.get(reply[:3], reply) if "secret" not in reply else reply


async def by_chat(front: Front, name: str, words: str) -> str:
    """The chat page's socket. A page that loses its socket says it again on the next."""
    await front.page.sends("say", id=name, text=words)
    frame: dict[str, object] = {}
    try:
        while frame.get("id") != name or frame["type"] not in {"ack", "error"}:
            frame = json.loads(await front.page.socket.recv())
    except ConnectionClosed:
        return "later"
    return "taken" if frame["type"] == "ack" else "later" if frame.get("retry_after") else str(frame)


async def by_form(front: Front, name: str, words: str) -> str:
    """The form of the chat page."""
    filled = {"id": name, "name": "Cleo", "email": "cleo@patron.example", "question": words}
    async with httpx.AsyncClient(base_url=front.url, headers={"Origin": front.url}) as browser:
        answer = await browser.post("/chat/form", json=filled)
    return _outcome(answer.status_code, answer.text)


async def by_loopback(front: Front, name: str, words: str) -> str:
    """The reference adapter."""
    digest = hashlib.sha256(words.encode()).hexdigest()
    sender = Address(channel=Channel.SMS, value="+447700900123")
    try:
        await front.loopback.arrives(
            Inbound(
                channel=Channel.SMS, line=LineId("texts"), external_id=name, digest=digest, sender=sender, text=words
            )
        )
    except Exception:  # noqa: BLE001 -- whatever a door raises, its caller may try again
        return "later"
    return "taken"


def _outcome(status: int, said: str) -> str:
    if "secret" in said:
        return said
    return {200: "taken", 201: "taken", 503: "later"}.get(status, str(status))


WAYS_IN: dict[str, Callable[[Front, str, str], Awaitable[str]]] = {
    "sms": by_text,
    "smpp": by_smpp,
    "smtp": by_smtp,
    "lmtp": by_lmtp,
    "chat": by_chat,
    "form": by_form,
    "loopback": by_loopback,
}
"""Each hands a message in under a name of its own and says "taken", "later", or what else it was told."""
