"""What a visitor of the chat page may do.

A conversation belongs to whoever holds its token: 256 random bits that the visitor's page keeps, of which the store
has the SHA-256 alone. What a visitor says goes through the door like any other message, so an acknowledgement
follows the commit, and the same message under the same client id is stored once.

What passes by and is not stored (somebody is writing, a member of staff is here) goes through a
:class:`~helpdesk.signals.Broadcast` in memory.

Visitors are anonymous and the page is public, so the library's messages are signed "Library staff", never with a
name: who answered is in the log, and a member who wants to give their name writes it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from helpdesk.attendance import Attendance, Availability
from helpdesk.by_mail import over_words
from helpdesk.clock import MINUTE, SECOND, Clock, Instant, plus
from helpdesk.config import Settings
from helpdesk.errors import NotFound, Refused, Undeliverable
from helpdesk.events import Kind
from helpdesk.ids import Entropy, Ids
from helpdesk.message import (
    Address,
    Channel,
    ConversationId,
    Delivery,
    DeliveryReport,
    Inbound,
    LineId,
    OutboxId,
    TicketId,
)
from helpdesk.ports import Door, Store
from helpdesk.probe_text import digest, token_of
from helpdesk.sight import Told
from helpdesk.signals import Broadcast, Listener, Signal
from helpdesk.standards import Published
from helpdesk.store.verbs import by_mail, probes
from helpdesk.store.verbs import chats as verbs
from helpdesk.store.verbs.leaving import leave
from helpdesk.thread import EntryKind

WRITING = 6 * SECOND
"""How long after a letter a visitor counts as writing, in milliseconds; their page tells every three seconds."""

MAX_TEXT = 4_000
"""The longest message of a visitor, in characters."""

MAX_QUESTION = 10_000
"""The longest question of the form, in characters."""

MAX_NAME = 60
"""The longest name of a visitor, in characters."""

STAFF = "Library staff"
"""What visitors read above a reply."""

_STAFF_CAME_OR_WENT = frozenset({Kind.CLAIMED, Kind.ASSIGNED, Kind.RELEASED, Kind.REPLIED, Kind.UNDONE})

_SOMETHING_TO_READ = frozenset({Kind.RECEIVED, Kind.REPLIED, Kind.SENT})

_DOORS_MOVED = frozenset({Kind.LINES_CLOSED, Kind.LINES_OPENED, Kind.PRESENCE})
"""After these facts every open page may have to say something else about who is there."""

_QUEUE_MOVED = frozenset({Kind.CLAIMED, Kind.ASSIGNED, Kind.RELEASED, Kind.REPLIED, Kind.SOLVED, Kind.LEFT})
"""The same where they are about a chat."""

LEFT_REASON = "The visitor had left the chat before this reached them."


class Over(Refused):
    """The conversation has ended, or the token is not its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new conversation. ``token`` proves that it is one's own: this is the only copy."""

    conversation: ConversationId
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a conversation stands. ``seq``: its last message; ``staff_here``: a member of staff has taken it."""

    line: LineId
    seq: int
    staff_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message as the visitor reads it.

    ``author``     how it is signed, "" on the visitor's own
    ``client_id``  what the visitor's page called it, "" on the library's
    """

    seq: int
    mine: bool
    text: str
    author: str
    written: Instant
    client_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the form holds when nobody can chat. ``address``: a mail address, checked for its form only."""

    client_id: str
    name: str
    address: str
    text: str


class Chats:
    """Conversations with visitors.

    ``attendance`` whether somebody would answer now
    ``published``  the standards and calendars in force, which the clocks of a ticket follow
    """

    def __init__(
        self,
        *,
        store: Store,
        door: Door,
        clock: Clock,
        ids: Ids,
        settings: Settings,
        is_open: Callable[[LineId], bool],
        published: Callable[[], Published],
        entropy: Entropy = os.urandom,
    ) -> None:
        self.broadcast = Broadcast()
        self._store = store
        self._door = door
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self.attendance = Attendance(store=store, clock=clock, settings=settings, is_open=is_open, published=published)
        self._published = published
        self._entropy = entropy
        self._since = clock.now()
        self._typed: dict[ConversationId, Instant] = {}

    def refit(self, settings: Settings, is_open: Callable[[LineId], bool]) -> None:
        """Go by other settings from now on."""
        self._settings = settings
        self.attendance.refit(settings, is_open)

    async def availability(self, line: LineId) -> Availability:
        """Whether somebody would answer now. Refused for a line that is no chat page."""
        self._known(line)
        return await self.attendance.availability(line)

    async def open(self, line: LineId, name: str = "") -> Opened:
        """Begin a conversation. The ticket opens with the visitor's first message."""
        self._known(line)
        conversation = ConversationId(self._ids.new())
        token = self._entropy(32).hex()
        shown = " ".join(_plain(name).split())[:MAX_NAME]
        await self._store.write(verbs.begin, conversation, line, shown, _digest(token), self._clock.now())
        return Opened(conversation=conversation, token=token)

    async def standing(self, conversation: ConversationId, token: str) -> Standing:
        """Where one's conversation stands. Over if it has ended."""
        chat = await self._mine(conversation, token)
        here = chat.ticket is not None and await self._store.read(verbs.attended, chat.ticket, self._clock.now())
        return Standing(line=chat.line, seq=chat.seq, staff_here=here)

    async def say(self, conversation: ConversationId, token: str, client_id: str, text: str) -> int:
        """Store what the visitor says and return its number; said again under its client id, the same number.

        Returns after the commit. Over if the conversation has ended, Refused for an empty or too long text, TryLater
        where the store can't take it now.
        """
        chat = await self._mine(conversation, token)
        said = _said(text, MAX_TEXT)
        if await self._is_probe(chat, client_id, token_of(said)):
            return chat.seq + 1
        receipt = await self._door.receive(_message(chat, client_id, said))
        seq = None if receipt.entry is None else await self._store.read(verbs.seq_of, receipt.entry)
        if seq is None:
            raise Refused("This message was set aside and can't be shown here. Please ask in another way.")
        self.broadcast.concerns(conversation, receipt.ticket)
        self.broadcast.tell(conversation, Signal.MESSAGE)
        return seq

    async def _is_probe(self, chat: verbs.Chat, client_id: str, token: str) -> bool:
        """Whether it is a probe that we sent ourselves: it has come, opens no ticket and is no message."""
        named = f"{chat.id}:{client_id}"
        return bool(token) and await self._store.write(
            probes.arrived, chat.line, digest(token), named, self._clock.now()
        )

    async def history(self, conversation: ConversationId, token: str, after: int = 0) -> tuple[ChatMessage, ...]:
        """The messages after number ``after``, oldest first, at most 200; ask again for more."""
        await self._mine(conversation, token)
        found = await self._store.read(verbs.messages, conversation, after)
        return tuple(self._shown(message) for message in found)

    def _shown(self, message: verbs.Message) -> ChatMessage:
        signed = {EntryKind.OUT: STAFF, EntryKind.AUTO: self._settings.library.name}
        return ChatMessage(
            seq=message.seq,
            mine=message.kind is EntryKind.IN,
            text=message.text,
            author=signed.get(message.kind, ""),
            written=message.written,
            client_id=message.client_id,
        )

    async def seen(self, conversation: ConversationId, token: str, seq: int) -> None:
        """The visitor's page holds everything up to ``seq``: what the library wrote before that is delivered."""
        chat = await self._mine(conversation, token)
        upto = min(seq, chat.seq)
        for outbox in await self._store.write(verbs.mark_seen, conversation, upto, self._clock.now()):
            await self._door.report(DeliveryReport(outbox=outbox, status=Delivery.DELIVERED))

    def typing(self, conversation: ConversationId) -> None:
        """The visitor is writing."""
        now = self._clock.now()
        self._typed = {each: when for each, when in self._typed.items() if now - when < WRITING} | {conversation: now}
        self.broadcast.tell(conversation, Signal.VISITOR_TYPING)

    def is_writing(self, ticket: TicketId) -> bool:
        """Whether the visitor of a chat is writing just now, as far as this server hears."""
        since = plus(self._clock.now(), -WRITING)
        return any(when > since and self.broadcast.ticket_of(each) == ticket for each, when in self._typed.items())

    async def answered(self, conversation: ConversationId) -> bool:
        """Whether a member of staff has written in the conversation."""
        return await self._store.read(verbs.answered, conversation)

    async def end(self, conversation: ConversationId, token: str) -> None:
        """End one's conversation: token and name are forgotten, and staff see that the visitor has left."""
        await self._mine(conversation, token)
        await self._finish(conversation)

    @asynccontextmanager
    async def present(self, conversation: ConversationId) -> AsyncIterator[Listener]:
        """The visitor's page is open for as long as the block lasts, and hears what passes by.

        Who goes may come back until they have been away for too long.
        """
        with self.broadcast.listening(conversation) as listener:
            await self._store.write(verbs.touch, (conversation,), self._clock.now())
            chat = await self._store.read(verbs.by_id, conversation)
            self.broadcast.concerns(conversation, chat.ticket if chat else None)
            try:
                yield listener
            finally:
                await self._store.write(verbs.touch, (conversation,), self._clock.now())

    async def sweep(self, now: Instant) -> int:
        """End the conversations whose visitors have been gone for too long; how many there were.

        Whoever has a page open is there. After a start, everybody first gets the time to come back.
        """
        before = plus(now, -self._settings.chat.idle_minutes * MINUTE)
        await self._store.write(verbs.touch, self.broadcast.conversations(), now)
        if self._since > before:
            return 0
        gone = await self._store.read(verbs.idle, before)
        return sum([await self._finish(conversation, absent_since=before) for conversation in gone])

    async def _finish(self, conversation: ConversationId, *, absent_since: Instant | None = None) -> bool:
        """End it, unless the visitor came back; what has not reached them never will."""
        ended = await self._store.write(
            leave, conversation, LEFT_REASON, self._clock.now(), self._published(), absent_since=absent_since
        )
        if ended:
            self.broadcast.tell(conversation, Signal.OVER)
        return ended

    async def deliver(self, conversation: ConversationId, outbox: OutboxId) -> int:
        """Wake the visitor's pages for a message that is in the conversation already; its number.

        Undeliverable if the visitor has left. A visitor who is away for a moment reads it on coming back.
        """
        chat = await self._store.read(verbs.by_id, conversation)
        seq = await self.proof(outbox)
        if chat is None or chat.ended is not None:
            raise Undeliverable(LEFT_REASON, code="left")
        if seq is None:
            raise Undeliverable("This message is not part of the chat, so the visitor can't read it. Reply again.")
        self.broadcast.tell(conversation, Signal.MESSAGE)
        return seq

    async def proof(self, outbox: OutboxId) -> int | None:
        """The number that an outgoing message has in its conversation, None if it is in none."""
        return await self._store.read(verbs.seq_of_outbox, outbox)

    def staff_typing(self, ticket: TicketId) -> None:
        """A member of staff is writing; nothing happens where the ticket is no chat or no page is open."""
        self.broadcast.tell_ticket(ticket, Signal.STAFF_TYPING)

    def heard(self, told: Told) -> None:
        """Pass on what was done, here or at another server: whoever follows the log calls this for each event."""
        queue = told.kind in _QUEUE_MOVED and told.ticket is not None and self.broadcast.knows(told.ticket)
        if queue or told.kind in _DOORS_MOVED:
            self.broadcast.tell_all(Signal.DOORS)
        if told.ticket is None:
            return
        if told.kind in _STAFF_CAME_OR_WENT:
            self.broadcast.tell_ticket(told.ticket, Signal.STAFF_HERE)
        if told.kind in _SOMETHING_TO_READ:
            self.broadcast.tell_ticket(told.ticket, Signal.MESSAGE)
        elif told.kind is Kind.LEFT:
            self.broadcast.tell_ticket(told.ticket, Signal.OVER)

    @property
    def takes_questions(self) -> bool:
        """Whether a mail line takes the form's questions."""
        return bool(self._settings.chat.form_line)

    async def ask(self, question: Question, chat: ConversationId | None = None, token: str = "") -> None:
        """Take a question from the form: it becomes a ticket of the mail line, answered by mail.

        A chat that the visitor began first keeps its own ticket; the question says which.
        """
        if not self.takes_questions:
            raise Refused("Questions can't be left here. Please write to the library by e-mail.")
        remarks = ["written in the form of the chat page; the address is as they typed it"]
        if chat is not None and (number := await self._number_of(chat, token)) is not None:
            remarks.append(f"they had begun a chat: ticket {number}")
        await self._door.receive(_mail(question, LineId(self._settings.chat.form_line), tuple(remarks)))

    async def _number_of(self, conversation: ConversationId, token: str) -> int | None:
        chat = await self._store.read(verbs.by_token, conversation, _digest(token))
        if chat is None or chat.ticket is None:
            return None
        return await self._store.read(verbs.ticket_number, chat.ticket)

    async def _mine(self, conversation: ConversationId, token: str) -> verbs.Chat:
        chat = await self._store.read(verbs.by_token, conversation, _digest(token))
        if chat is None:
            raise Over(over_words(by_mail=await self._store.read(by_mail.carries_on, conversation)))
        return chat

    def _known(self, line: LineId) -> None:
        if line not in self._settings.lines_of(Channel.CHAT):
            raise NotFound("There is no chat under this address.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _plain(text: str) -> str:
    """The text without control characters and half characters, which no page shows and no store takes."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in whole if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f"))


def _said(text: str, longest: int) -> str:
    said = _plain(text).strip()
    if not said:
        raise Refused("Write something first.")
    if len(said) > longest:
        raise Refused(f"This message is too long: at most {longest:,} characters. Send it in parts.")
    return said


def _message(chat: verbs.Chat, client_id: str, text: str) -> Inbound:
    return Inbound(
        channel=Channel.CHAT,
        line=chat.line,
        external_id=f"{chat.id}:{client_id}",
        digest=hashlib.sha256(text.encode()).hexdigest(),
        sender=Address(channel=Channel.CHAT, value=chat.id, name=chat.name),
        text=text,
        conversation=chat.id,
    )


def _mail(question: Question, line: LineId, remarks: tuple[str, ...]) -> Inbound:
    text = _said(question.text, MAX_QUESTION)
    address = question.address.lower()
    name = " ".join(_plain(question.name).split())[:MAX_NAME]
    return Inbound(
        channel=Channel.MAIL,
        line=line,
        external_id=f"form:{question.client_id}",
        digest=hashlib.sha256(f"{address}\n{name}\n{text}".encode()).hexdigest(),
        sender=Address(channel=Channel.MAIL, value=address, name=name),
        subject="A question from the chat page",
        text=text,
        remarks=remarks,
    )
