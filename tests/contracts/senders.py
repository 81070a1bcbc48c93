"""The far side of every sender, made to behave as a test wants: the reference adapter, a carrier, a relay, a chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol

from channels.loopback import Loopback
from channels.mail_out import MailSender
from channels.smpp import SmppCarrier, reference_of
from channels.smpp_texts import words
from channels.sms import SmsSender
from channels.webchat import ChatSender
from helpdesk.chats import Opened
from helpdesk.clock import ManualClock
from helpdesk.config import MailSettings
from helpdesk.errors import LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.message import Address, Channel, LineId, Outbound, OutboxId
from helpdesk.ports import Sender
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.store.verbs import outbox as outbox_verbs
from helpdesk.ticket import Ticket
from tests.channels.chat_house import BEA, House, chat_house
from tests.channels.doorway import Doorway
from tests.channels.mails import ENQUIRIES
from tests.channels.mails import LINES as MAIL_LINES
from tests.channels.relays import GONE, Relay
from tests.channels.smsc import Centre, centre
from tests.channels.smsc import reply as reply_by_smpp
from tests.channels.texting import LINES as SMS_LINES
from tests.channels.texting import PATRON, Wire, texting

FIRST = OutboxId("01JZ0000000000000000000001")
SECOND = OutboxId("01JZ0000000000000000000002")
NOBODYS_PORT = 1
"""A port of loopback that nobody listens on."""


class Trouble(StrEnum):
    """What may go wrong with a hand-over, by what is to be done next."""

    LATER = "later"
    PATRON = "patron"
    OURS = "ours"
    UNCLEAR = "unclear"
    UNCLEAR_LOST = "unclear_lost"
    """As unclear to us as the other, but the message never went."""


class FarSide(Protocol):
    """A sender, and the patron at its other end.

    ``sender``   hands over
    ``cut_off``  one of the same kind whose provider can't be reached
    """

    @property
    def sender(self) -> Sender: ...

    @property
    def cut_off(self) -> Sender: ...

    async def reply(self, outbox: OutboxId = FIRST, text: str = "On our way") -> Outbound:
        """A reply to the patron under that id."""
        ...

    async def fails(self, trouble: Trouble) -> None:
        """Let the next hand-over fail so."""
        ...

    async def mends(self) -> None:
        """Let all go well again."""
        ...

    async def arrived(self) -> list[tuple[str, str]]:
        """What reached the patron: the proof that each message carries (our id), and its words."""
        ...


class _LoopbackSide:
    def __init__(self) -> None:
        clock = ManualClock()
        self.sender = Loopback(Channel.SMS, Doorway(), clock)
        self.cut_off = Loopback(Channel.SMS, Doorway(), clock)
        self.cut_off.fails(TryLater("Nobody answers."))
        self._now = clock.now()

    async def reply(self, outbox: OutboxId = FIRST, text: str = "On our way") -> Outbound:
        to = Address(channel=Channel.SMS, value=PATRON)
        return Outbound(id=outbox, channel=Channel.SMS, line=LineId("texts"), to=to, text=text, created=self._now)

    async def fails(self, trouble: Trouble) -> None:
        errors = {
            Trouble.LATER: TryLater("Later."),
            Trouble.PATRON: Undeliverable("Never.", code="21610"),
            Trouble.OURS: LinePaused("Our account.", code="20003"),
        }
        self.sender.fails(errors.get(trouble, Unclear("No answer.")), taken=trouble is Trouble.UNCLEAR)

    async def mends(self) -> None:
        """A scripted failure is over once it happened."""

    async def arrived(self) -> list[tuple[str, str]]:
        return [(str(sent.id), sent.text) for sent in self.sender.sent]


class _SmsSide:
    def __init__(self, wire: Wire, sender: SmsSender, cut_off: SmsSender) -> None:
        self.sender = sender
        self.cut_off = cut_off
        self._wire = wire

    async def reply(self, outbox: OutboxId = FIRST, text: str = "On our way") -> Outbound:
        return self._wire.reply(text, outbox=outbox)

    async def fails(self, trouble: Trouble) -> None:
        faults = {
            Trouble.LATER: Fault(status=429, code=20429, retry_after=7),
            Trouble.PATRON: Fault(status=400, code=21610),
            Trouble.OURS: Fault(status=401, code=20003),
            Trouble.UNCLEAR: Fault(garbled=True, taken=True),
            Trouble.UNCLEAR_LOST: Fault(garbled=True),
        }
        self._wire.carrier.faults.sends.append(faults[trouble])

    async def mends(self) -> None:
        """A scripted failure is over once it happened."""

    async def arrived(self) -> list[tuple[str, str]]:
        texts = [text for text in self._wire.carrier.texts if text.recipient == PATRON]
        return [(text.status_callback.rpartition("/")[2], text.body) for text in texts]


class _SmppSide:
    def __init__(self, smsc: Centre, sender: SmppCarrier) -> None:
        self.sender = sender
        self.cut_off = SmppCarrier(smsc.settings(), SMS_LINES, smsc.clock)
        self._smsc = smsc

    async def reply(self, outbox: OutboxId = FIRST, text: str = "On our way") -> Outbound:
        return reply_by_smpp(text, outbox=outbox)

    async def fails(self, trouble: Trouble) -> None:
        statuses = {Trouble.LATER: 0x58, Trouble.PATRON: 0x0B, Trouble.OURS: 0x0A}
        if trouble in statuses:
            self._smsc.refuses.append(statuses[trouble])
        else:
            self._smsc.leaves = True

    async def mends(self) -> None:
        """A scripted failure is over once it happened."""

    async def arrived(self) -> list[tuple[str, str]]:
        """The carrier holds 16 bits that are made from the id; those of both ids that are used here differ."""
        ids = {reference_of(each): each for each in (FIRST, SECOND)}
        return [
            (ids[text.reference], words(bytes(text.event.short_message), text.event.data_coding, "gsm")[0])
            for text in self._smsc.texts
        ]


class _MailSide:
    def __init__(self, relay: Relay) -> None:
        self.sender = _mail_sender(relay.port)
        self.cut_off = _mail_sender(NOBODYS_PORT)
        self._relay = relay

    async def reply(self, outbox: OutboxId = FIRST, text: str = "On our way") -> Outbound:
        return Outbound(
            id=outbox,
            channel=Channel.MAIL,
            line=ENQUIRIES,
            to=Address(channel=Channel.MAIL, value="ana@patron.example", name="Ana Reader"),
            text=text,
            created=ManualClock().now(),
        )

    async def fails(self, trouble: Trouble) -> None:
        answers = {
            Trouble.LATER: {"RCPT": "450 4.2.0 Greylisted"},
            Trouble.PATRON: {"RCPT": "550 5.1.1 No such user"},
            Trouble.OURS: {"MAIL": "550 5.7.1 Not you"},
            Trouble.UNCLEAR: {".": GONE},
        }
        self._relay.answers = answers[trouble]

    async def mends(self) -> None:
        self._relay.answers = {}

    async def arrived(self) -> list[tuple[str, str]]:
        mails = [message_from_bytes(mail, policy=policy.default) for mail in self._relay.mails]
        return [(_ours(mail), str(mail.get_content()).strip()) for mail in mails]


def _mail_sender(port: int) -> MailSender:
    return MailSender(MailSettings(relay_port=port, timeout_seconds=5), MAIL_LINES, "Fernhill Library")


def _ours(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


class _ChatSide:
    def __init__(self, house: House, closed: House, chat: Opened, ticket: Ticket) -> None:
        self.sender = ChatSender(house.chats)
        self.cut_off = ChatSender(closed.chats)
        self._house = house
        self._chat = chat
        self._ticket = ticket

    async def reply(self, outbox: OutboxId = FIRST, text: str = "On our way") -> Outbound:
        """A reply is in the chat from its commit on, under the id that it got there; SECOND is in no chat."""
        if outbox == FIRST:
            await self._house.desk.reply(BEA, self._ticket.id, self._ticket.version, text)
            [outbox] = await self._house.outbox._store.read(outbox_verbs.sent_ids, self._ticket.id)
        return Outbound(
            id=outbox,
            channel=Channel.CHAT,
            line=LineId("chat"),
            to=self._chat.conversation,
            text=text,
            created=self._house.clock.now(),
        )

    async def fails(self, trouble: Trouble) -> None:
        await self._house.chats.end(self._chat.conversation, self._chat.token)

    async def mends(self) -> None:
        """A chat that is over stays over."""

    async def arrived(self) -> list[tuple[str, str]]:
        ids = await self._house.outbox._store.read(outbox_verbs.sent_ids, self._ticket.id)
        messages = await self._house.chats.history(self._chat.conversation, self._chat.token, 0)
        return [(ids[0], message.text) for message in messages if not message.mine]


@asynccontextmanager
async def _loopback() -> AsyncIterator[FarSide]:
    yield _LoopbackSide()


@asynccontextmanager
async def _sms() -> AsyncIterator[FarSide]:
    async with texting() as wire, wire.sender() as sender:
        nowhere = wire.sms.model_copy(update={"base_url": f"http://127.0.0.1:{NOBODYS_PORT}"})
        async with SmsSender(nowhere, wire.web, SMS_LINES, wire.clock) as cut_off:
            yield _SmsSide(wire, sender, cut_off)


@asynccontextmanager
async def _smpp() -> AsyncIterator[FarSide]:
    async with centre() as smsc, smsc.carrier(Doorway()) as sender:
        yield _SmppSide(smsc, sender)


@asynccontextmanager
async def _mail() -> AsyncIterator[FarSide]:
    async with Relay().listening() as relay:
        yield _MailSide(relay)


@asynccontextmanager
async def _webchat() -> AsyncIterator[FarSide]:
    async with chat_house() as closed:
        pass
    async with chat_house() as house:
        await house.on_duty()
        chat = await house.chats.open(LineId("chat"), "Cleo")
        await house.chats.say(chat.conversation, chat.token, "c1", "Is anybody there?")
        [ticket] = await house.tickets()
        yield _ChatSide(house, closed, chat, ticket)


FAR_SIDES: dict[str, Callable[[], AbstractAsyncContextManager[FarSide]]] = {
    "loopback": _loopback,
    "sms": _sms,
    "smpp": _smpp,
    "mail": _mail,
    "webchat": _webchat,
}
"""Every sender there is, by its name."""

TROUBLES: dict[str, tuple[Trouble, ...]] = {
    "loopback": tuple(Trouble),
    "sms": tuple(Trouble),
    "smpp": (Trouble.LATER, Trouble.PATRON, Trouble.OURS, Trouble.UNCLEAR),
    "mail": (Trouble.LATER, Trouble.PATRON, Trouble.OURS, Trouble.UNCLEAR),
    "webchat": (Trouble.PATRON,),
}
"""What can happen to each at all. A chat's reply lies in our own store: it can only have nobody to read it."""

LOOKING = ("loopback", "sms", "webchat")
"""Those whose provider can be asked what it took."""
