"""How a patron reaches the library and hears from it: by text, by mail, in the chat. Only through the front doors.

Each way offers the same: say something (True once the library has acknowledged it), hear the next reply that a person
wrote, and leave.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Protocol

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from helpdesk.clock import MINUTE, SECOND, Clock, moment, plus
from helpdesk.simulator.chat_client import STAFF, ChatDoor, ChatVisitor
from helpdesk.simulator.handset import Handset
from helpdesk.simulator.ledger import Account
from helpdesk.simulator.postbox import Delivered, Mailbox, Postbox
from helpdesk.simulator.scenarios import Person, Scenario, Way

MAIL_WAITS = (30 * SECOND, 1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE)
"""How long a patron's mail system waits after each failed try, in milliseconds on the clock; then it gives up."""

SMTP_SECONDS = 30
"""How long one hand-over of a mail may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDoor:
    """Where mail is handed in, and the library's mailbox."""

    host: str
    port: int
    mailbox: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The library's front doors; what is "" or None is not there.

    ``handset``    gives the handset of a number at the simulated carrier
    ``texts``      the enquiries number, ``noise`` the Noiseline's
    ``postbox``    where the library's mail arrives
    ``greetings``  the automatic texts, which no patron takes for an answer
    ``question``   the one of them that asks where the noise is, "" where none does
    """

    handset: Callable[[str], Handset] | None = None
    texts: str = ""
    noise: str = ""
    mail: MailDoor | None = None
    postbox: Postbox | None = None
    chat: ChatDoor | None = None
    greetings: Collection[str] = field(default=())
    question: str = ""

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways that are open."""
        there = {
            Way.TEXT: self.handset is not None and self.texts != "",
            Way.NOISE: self.handset is not None and self.noise != "",
            Way.MAIL: self.mail is not None and self.postbox is not None,
            Way.CHAT: self.chat is not None,
        }
        return tuple(way for way, is_there in there.items() if is_there)


class Contact(Protocol):
    """One patron's conversation with the library."""

    async def says(self, text: str) -> bool:
        """Say something; True once the library has acknowledged it, False if it never did."""
        ...

    async def hears(self) -> str | None:
        """The next reply of a person, waiting for it; None once no more can come."""
        ...

    async def leaves(self) -> None:
        """Be done with it."""
        ...


@dataclass(frozen=True, slots=True)
class Where:
    """What a patron says when ``number`` texts ``question``: ``place``, after a ``pause`` of milliseconds.

    "" as the place: they don't answer.
    """

    question: str
    place: str
    number: str
    pause: tuple[int, int]


class Texting:
    """A patron who texts ``number``; the automatic question for the place they answer by the way."""

    def __init__(
        self,
        handset: Handset,
        number: str,
        account: Account,
        clock: Clock,
        greetings: Collection[str],
        *,
        where: Where | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._where = where if where is not None and where.place and where.number == number else None
        self._chance = chance or random.Random(0)
        self._handset = handset
        self._number = number
        self._account = account
        self._clock = clock
        self._greetings = greetings

    async def says(self, text: str) -> bool:
        """Send a text. The carrier holds it in any case; False: the library did not take it at once."""
        line = self._account.wrote(text, self._clock.now())
        posted = await self._handset.texts(text, to=self._number)
        line.taken = posted.status is not None and posted.status < 300
        return line.taken

    async def hears(self) -> str | None:
        """The next text from the library; not the carrier's own, and no greeting."""
        while True:
            arrived = await self._handset.next()
            if arrived.line != self._number:
                continue
            if self._where is not None and arrived.body == self._where.question:
                await self._answer(self._where)
            elif arrived.body not in self._greetings:
                return arrived.body

    async def _answer(self, where: Where) -> None:
        """Say where it is, once."""
        self._where = None
        await self._clock.until(plus(self._clock.now(), self._chance.randint(*where.pause)))
        await self.says(where.place)

    async def leaves(self) -> None:
        """Put the telephone away."""


class Mailing:
    """A patron who mails the library, and answers in the thread as a mail program does."""

    def __init__(
        self,
        door: MailDoor,
        mailbox: Mailbox,
        person: Person,
        scenario: Scenario,
        account: Account,
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self._door = door
        self._mailbox = mailbox
        self._person = person
        self._scenario = scenario
        self._account = account
        self._clock = clock
        self._chance = chance
        self._thread: list[str] = []
        self._last: Delivered | None = None

    async def says(self, text: str) -> bool:
        """Hand a mail over: the first, or an answer to the last one that came. Tried again for some hours."""
        line = self._account.wrote(text, self._clock.now())
        mail = self._opening(text) if self._last is None else self._answer(text, self._last)
        self._thread.append(str(mail["Message-ID"]))
        taken = line.taken = await self._hand_over(mail)
        return taken

    async def hears(self) -> str | None:
        """The next mail that a person wrote."""
        while True:
            mail = await self._mailbox.next()
            if not mail.automatic:
                self._last = mail
                self._thread.append(str(mail.message["Message-ID"]))
                return mail.text

    async def leaves(self) -> None:
        """Read mail again tomorrow."""

    def _opening(self, text: str) -> EmailMessage:
        mail = self._mail(self._door.mailbox, self._scenario.subject or "A question")
        quoted = f"\n\n{_quote(self._scenario.quoted)}" if self._scenario.quoted else ""
        mail.set_content(f"{text}\n\n{self._person.name}{quoted}\n")
        if self._scenario.automatic:
            mail["Auto-Submitted"] = "auto-replied"
        if self._scenario.attachment:
            content = b"%PDF-1.4\n% two receipts, made up\n" + self._chance.randbytes(600)
            mail.add_attachment(content, "application", "pdf", filename=self._scenario.attachment)
            mail.set_boundary(f"{self._chance.getrandbits(96):024x}")
        return mail

    def _answer(self, text: str, last: Delivered) -> EmailMessage:
        back = last.message.get("Reply-To") or last.message["From"]
        subject = str(last.message.get("Subject", ""))
        mail = self._mail(back.addresses[0].addr_spec, subject if subject.startswith("Re:") else f"Re: {subject}")
        mail["In-Reply-To"] = self._thread[-1]
        mail["References"] = " ".join(self._thread)
        mail.set_content(f"{text}\n\n{self._person.name}\n\n{_quote(last.text)}\n")
        return mail

    def _mail(self, to: str, subject: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP_POLICY)
        domain = self._person.mailbox.rpartition("@")[2]
        mail["From"] = f'"{self._person.name}" <{self._person.mailbox}>'
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(moment(self._clock.now()))
        mail["Message-ID"] = f"<{self._chance.getrandbits(96):024x}@{domain}>"
        return mail

    async def _hand_over(self, mail: EmailMessage) -> bool:
        content = mail.as_bytes()
        for wait in (0, *MAIL_WAITS):
            await self._clock.until(plus(self._clock.now(), wait))
            try:
                await self._send(content, mail["To"].addresses[0].addr_spec)
            except (SMTPRecipientsRefused, SMTPResponseException) as error:
                if _for_good(error):
                    return False
            except (SMTPException, OSError, TimeoutError):
                continue  # a broken connection: the next try follows
            else:
                return True
        return False

    async def _send(self, content: bytes, to: str) -> None:
        """Hand one mail in. Broken off, the connection is cut: a goodbye would be taken for the mail's text."""
        relay = SMTP(
            hostname=self._door.host,
            port=self._door.port,
            start_tls=False,
            local_hostname="mail.example",
            timeout=SMTP_SECONDS,
        )
        try:
            await relay.connect()
            await relay.sendmail(self._person.mailbox, to, content)
            with suppress(SMTPException, OSError, TimeoutError):  # the mail is taken: no goodbye changes that
                await relay.quit(timeout=2)
        finally:
            relay.close()
            _stop_if_cancelled()


def _stop_if_cancelled() -> None:
    """CancelledError if this task is to end: ``asyncio.wait_for`` of Python 3.11, in the library, can swallow it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _for_good(error: SMTPRecipientsRefused | SMTPResponseException) -> bool:
    """Whether the library said never, rather than later."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(each.code >= 500 for each in error.recipients)
    return error.code >= 500


def _quote(text: str) -> str:
    return "\n".join(["The library wrote:", *(f"> {line}".rstrip() for line in text.strip().splitlines())])


class Chatting:
    """A visitor of the chat page. ``drops``: the connection breaks once, after the first message."""

    def __init__(self, visitor: ChatVisitor, account: Account, clock: Clock, *, drops: bool = False) -> None:
        self._visitor = visitor
        self._account = account
        self._clock = clock
        self._drops = drops

    async def says(self, text: str) -> bool:
        """Say something in the chat."""
        line = self._account.wrote(text, self._clock.now())
        line.taken = await self._visitor.says(text)
        if self._drops:
            self._drops = False
            await self._visitor.drops()
        return line.taken

    async def hears(self) -> str | None:
        """The next message of a person."""
        while (heard := await self._visitor.next()) is not None:
            if heard.author == STAFF:
                return heard.text
        return None

    async def leaves(self) -> None:
        """End the chat: what is written now reaches nobody."""
        self._account.left = True
        await self._visitor.ends()


async def within(clock: Clock, millis: int, contact: Contact) -> str | None:
    """The contact's next reply, None if none came in ``millis`` milliseconds on the clock."""
    async with asyncio.TaskGroup() as group:
        reply = group.create_task(contact.hears())
        alarm = group.create_task(clock.until(plus(clock.now(), millis)))
        await asyncio.wait({reply, alarm}, return_when=asyncio.FIRST_COMPLETED)
        alarm.cancel()
        if not reply.done():
            reply.cancel()
    return None if reply.cancelled() else reply.result()


@asynccontextmanager
async def chatting(
    visitor: ChatVisitor, account: Account, clock: Clock, *, drops: bool = False
) -> AsyncIterator[Chatting]:
    """A visitor on the page for as long as the block lasts; then the page is closed, if the chat did not end."""
    async with visitor.visiting():
        try:
            yield Chatting(visitor, account, clock, drops=drops)
        finally:
            account.left = True
