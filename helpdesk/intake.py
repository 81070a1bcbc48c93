"""The door: every message comes in here, is stored once, and only then acknowledged.

Mail takes two commits: its bytes are kept first (:meth:`Intake.keep`), then read by the guarded worker and placed
(:meth:`Intake.parse_due`). All other channels come parsed. Whose message it is, the line's address policy says;
which ticket it belongs to, :mod:`helpdesk.matching`.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from helpdesk import tokens
from helpdesk.clock import HOUR, Clock, Instant
from helpdesk.config import LineSettings
from helpdesk.errors import HelpdeskError, Refused, Stale, TryLater
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.ids import Ids
from helpdesk.lines import AddressPolicy, Known
from helpdesk.listening import Listening
from helpdesk.matching import THREAD_WINDOW, decide
from helpdesk.message import (
    Address,
    Attachment,
    Channel,
    ConversationId,
    DeliveryReport,
    EntryId,
    Envelope,
    Inbound,
    LineId,
    OutboxId,
    PersonId,
    RawId,
    Reading,
    Receipt,
    TicketId,
)
from helpdesk.ports import Reader, Sql, Store
from helpdesk.privacy import Identified
from helpdesk.probe_text import digest, token_in, token_of
from helpdesk.standards import Published
from helpdesk.store.verbs import delivery, events, mail, notices, people, probes
from helpdesk.store.verbs.receiving import Arrival, Minted, receive
from helpdesk.ticket import Flag

_OURS = re.compile(r"<([0-9A-HJKMNP-TV-Z]{26})@", re.IGNORECASE)
"""A Message-ID of ours: the outbox id before the at sign."""

READERS = 4
"""Mails that are read side by side."""


class Intake:
    """See :class:`helpdesk.ports.Door`.

    ``earlier``  keys of reply addresses before ``reply_key``, each until when
    ``closed``   says of a line, in a sentence, until when it is closed by hand; "" where it is not
    ``duty``     by which line and address the duty list is told: from there a message may be an answer to that
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        lines: Mapping[LineId, LineSettings],
        policies: Mapping[LineId, AddressPolicy],
        published: Callable[[], Published],
        reply_key: bytes,
        earlier: Sequence[tuple[bytes, Instant]] = (),
        reader: Reader | None = None,
        listening: Listening | None = None,
        duty: Collection[tuple[LineId, str]] = (),
        closed: Callable[[Channel, LineId], str] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._lines = lines
        self._policies = policies
        self._published = published
        self._reply_key = reply_key
        self._earlier = earlier
        self._reader = reader
        self._listening = listening
        self._duty = frozenset(duty)
        self._closed = closed

    def refit(
        self, lines: Mapping[LineId, LineSettings], listening: Listening, duty: Collection[tuple[LineId, str]]
    ) -> None:
        """Go by other settings from now on."""
        self._lines, self._listening, self._duty = lines, listening, frozenset(duty)

    async def receive(self, inbound: Inbound) -> Receipt:
        """Store a parsed message and say where it went. A probe of ours goes no further: no handle, no ticket."""
        inbound = _storable(inbound)
        if await self._is_probe(inbound, token_of(inbound.text)):
            return Receipt(ticket=None, entry=None)
        policy = self._policy(inbound.line)
        who = await policy.identify(inbound, self._clock.now(), known=self._known(inbound.line))
        try:
            return await self._place(policy, inbound, who)
        except Stale:
            who = await policy.identify(inbound, self._clock.now())
            return await self._place(policy, inbound, who)

    async def _is_probe(self, inbound: Inbound, token: str) -> bool:
        """Whether it is a probe that we sent ourselves; it is noted that it came back."""
        return bool(token) and await self._store.write(
            probes.arrived,
            inbound.line,
            digest(token),
            inbound.external_id,
            self._clock.now(),
            caught_up=inbound.caught_up,
        )

    def _policy(self, line: LineId) -> AddressPolicy:
        """The line's own policy: none is assumed, or a sealed line that was left out would show its senders."""
        policy = self._policies.get(line)
        if policy is None:
            raise Refused(f"There is no line {line} in the settings. Put it there, or send to another.")
        return policy

    def _known(self, line: LineId) -> Known:
        async def look(handles: tuple[bytes, ...]) -> ConversationId | None:
            return await self._store.read(people.live_conversation, line, handles, self._clock.now())

        return look

    async def _place(self, policy: AddressPolicy, inbound: Inbound, who: Identified) -> Receipt:
        arrival = self._understood(policy, inbound, who)
        deciding = partial(decide, window=self._thread(inbound.line))
        return await self._store.write(receive, arrival, deciding, self._clock.now(), self._published())

    def _thread(self, line: LineId) -> int:
        """How long after the last word a text goes on with its ticket, in milliseconds."""
        return self._lines[line].thread_hours * HOUR if line in self._lines else THREAD_WINDOW

    def _understood(self, policy: AddressPolicy, inbound: Inbound, who: Identified) -> Arrival:
        """What is to be stored of it, with what was heard in it before it was masked."""
        if self._listening is None:
            return self._arrival(policy.cleaned(inbound), who)
        line = self._lines.get(inbound.line)
        heard = self._listening.hears(inbound, line)
        said = replace(inbound, remarks=(*inbound.remarks, *heard.remarks))
        arrival = self._arrival(policy.cleaned(said, keep=heard.spans), who)
        noise = self._listening.noise(inbound, heard, line, self._clock.now())
        return replace(arrival, noise=noise, help=self._listening.help(inbound))

    def _arrival(self, inbound: Inbound, who: Identified, flags: frozenset[Flag] = frozenset()) -> Arrival:
        line = self._lines.get(inbound.line)
        verified = (tokens.verify(key, token) for token in inbound.tokens for key in self._signing_keys())
        return Arrival(
            inbound=inbound,
            who=who,
            minted=self._minted(),
            tokens=tuple(ticket for ticket in verified if ticket is not None),
            ours=_named(inbound),
            kind=line.kind if line else "enquiry",
            site=line.site if line else "",
            greeting=self._greeting(inbound.line, line),
            flags=flags,
            on_duty=who.address is not None and (inbound.line, who.address.value) in self._duty,
        )

    def _greeting(self, name: LineId, line: LineSettings | None) -> str:
        """What a line says by itself, and until when it is closed; a line that says nothing stays silent."""
        if line is None or not line.greeting:
            return ""
        note = self._closed(line.channel, name) if self._closed is not None else ""
        return f"{line.greeting.rstrip()} {note}" if note else line.greeting

    def _signing_keys(self) -> list[bytes]:
        """Under which keys a reply address is good: the present one, and earlier ones for a while."""
        now = self._clock.now()
        return [self._reply_key, *(key for key, until in self._earlier if now < until)]

    def _minted(self) -> Minted:
        new = self._ids.new
        return Minted(
            ticket=TicketId(new()),
            entry=EntryId(new()),
            person=PersonId(new()),
            acknowledgement=EntryId(new()),
            outbox=OutboxId(new()),
        )

    async def keep(self, envelope: Envelope) -> Receipt:
        """Keep a mail's bytes: once this returns, the relay may forget it."""
        fresh = await self._store.write(mail.keep, RawId(self._ids.new()), envelope, self._clock.now())
        return Receipt(ticket=None, entry=None, duplicate=not fresh)

    async def parse_due(self) -> int:
        """Read and place the mails that were kept, oldest first; one pass. Returns how many it dealt with.

        Trouble of the system is raised when all had their turn: one mail's trouble cancels no other's reading.
        """
        kept = await self._store.read(mail.to_parse)
        limit = asyncio.Semaphore(READERS)
        async with asyncio.TaskGroup() as tasks:
            tries = [tasks.create_task(self._parse(each, limit)) for each in kept]
        if trouble := next((error for each in tries if (error := each.result()) is not None), None):
            raise trouble
        return len(kept)

    async def _parse(self, kept: mail.Kept, limit: asyncio.Semaphore) -> TryLater | OSError | None:
        """Read and place one mail. Whatever is wrong with it ends in quarantine; trouble of the system is returned."""
        try:
            await self._read_and_place(kept, limit)
        except (TryLater, OSError) as error:
            return error
        return None

    async def _read_and_place(self, kept: mail.Kept, limit: asyncio.Semaphore) -> None:
        async with limit:
            if self._reader is None:
                raise RuntimeError("mail was kept, but this intake was made without a reader")
            try:
                reading = await self._reader.read(kept.envelope)
                await self._place_read(kept, reading)
            except (TryLater, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - no mail may stand in the way of the next
                ours = isinstance(error, HelpdeskError)
                inbound = _unreadable(kept, str(error) if ours else f"a fault in the program ({type(error).__name__}).")
                arrival = self._arrival(inbound, Identified(), frozenset({Flag.QUARANTINED}))
                await self._settle(kept, arrival, ())

    async def _place_read(self, kept: mail.Kept, reading: Reading) -> None:
        inbound = _storable(replace(reading.inbound, sent_at=_taken(kept)))
        token = token_in(inbound.subject, inbound.text)
        if await self._is_probe(inbound, token) or await self._is_about_probe(reading):
            await self._store.write(mail.drop, kept.id)
            return
        policy = self._policy(inbound.line)
        who = await policy.identify(inbound, self._clock.now())
        await self._settle(kept, self._arrival(policy.cleaned(inbound), who), reading.reports)

    async def _is_about_probe(self, reading: Reading) -> bool:
        """Whether a program answers a probe, or says what became of it: a bounce, an absence note."""
        bounced = [await self._store.write(probes.reported, each, self._clock.now()) for each in reading.reports]
        if any(bounced) or not reading.inbound.automatic:
            return any(bounced)
        return await self._store.read(probes.is_ours, _named(reading.inbound))

    async def _settle(self, kept: mail.Kept, arrival: Arrival, reports: tuple[DeliveryReport, ...]) -> None:
        await self._store.write(_place_mail, kept.id, arrival, reports, self._clock.now(), self._published())

    async def report(self, report: DeliveryReport) -> None:
        """Note what the provider says of a message; one that is not ours is counted and shown."""
        known = await self._store.write(delivery.report, report, self._clock.now(), self._published())
        if not known and not await self._store.write(probes.reported, report, self._clock.now()):
            await self._notice("report:unknown", "{n} delivery reports named messages that are not ours.")

    async def turned_away(self, channel: Channel, line: LineId | None, reason: str) -> None:
        """Count what was refused at the door, by line, and tell the desk."""
        where = f"{channel} line {line}" if line else f"{channel}"
        key = f"door:{channel}:{line or ''}:{reason}"
        await self._notice(key, f"{{n}} refused at the {where}: {reason.rstrip('.')}. Nothing of them was kept.")

    async def _notice(self, key: str, text: str) -> None:
        await self._store.write(_count_refusal, key, text, self._clock.now())

    async def quarantine(
        self, channel: Channel, line: LineId, external_id: str, digest: str, size: int, reason: str
    ) -> Receipt:
        """A visible ticket for what can't be read or has no line: time, size and reason, no content.

        It stands under a name of its own, so that the message itself can still be taken once its line is known; and
        its digest is keyed, because a plain one would give back, by trying, what a sealed line does not keep.
        """
        inbound = Inbound(
            channel=channel,
            line=line,
            external_id=f"aside:{_letters(external_id)}",
            digest=hmac.digest(self._reply_key, f"quarantine:{digest}".encode(), "sha256").hex(),
            sender=None,
            subject="Could not be taken",
            text=f"A message of {size} bytes came in and could not be taken: {reason}.",
        )
        arrival = self._arrival(inbound, Identified(), frozenset({Flag.QUARANTINED}))
        arrival = replace(arrival, greeting="")
        return await self._store.write(receive, arrival, decide, self._clock.now(), self._published())

    async def cursor(self, name: str) -> Instant | None:
        """How far a line's catching up has come."""
        return await self._store.read(notices.cursor, name)

    async def move_cursor(self, name: str, when: Instant) -> None:
        """Remember how far catching up has come."""
        await self._store.write(notices.move_cursor, name, when)


def _named(inbound: Inbound) -> tuple[OutboxId, ...]:
    """The messages of ours that it names as what it answers."""
    found = (_OURS.match(reference) for reference in inbound.references)
    return tuple(OutboxId(match[1].upper()) for match in found if match)


def _storable(inbound: Inbound) -> Inbound:
    """The message without what no database takes: half letters (lone surrogates) and NUL."""
    sender = inbound.sender
    return replace(
        inbound,
        external_id=_letters(inbound.external_id),
        text=_letters(inbound.text),
        subject=_letters(inbound.subject),
        sender=replace(sender, value=_letters(sender.value), name=_letters(sender.name))
        if isinstance(sender, Address)
        else sender,
        references=tuple(_letters(each) for each in inbound.references),
        remarks=tuple(_letters(each) for each in inbound.remarks),
        attachments=tuple(
            replace(file, name=_letters(file.name), media_type=_letters(file.media_type))
            for file in inbound.attachments
        ),
    )


def _letters(text: str) -> str:
    """Letter for letter, so that offsets hold."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "?")


def _taken(kept: mail.Kept) -> Instant:
    """When the clocks start: when we took it, or when the trusted relay did, if that was earlier."""
    relayed = kept.envelope.relayed_at
    return kept.noted if relayed is None else min(relayed, kept.noted)


def _unreadable(kept: mail.Kept, reason: str) -> Inbound:
    size = len(kept.envelope.content)
    return Inbound(
        channel=Channel.MAIL,
        line=kept.envelope.line,
        external_id=f"digest:{kept.envelope.digest}",
        digest=kept.envelope.digest,
        sender=None,
        subject="Mail that could not be read",
        text=f"A mail of {size} bytes was kept, but could not be read: {reason} It is attached as it came.",
        sent_at=_taken(kept),
        attachments=(_as_it_came(kept.envelope),),
    )


def _as_it_came(envelope: Envelope) -> Attachment:
    """A mail's bytes as a file: staff can save it and open it elsewhere."""
    return Attachment(name="mail.eml", media_type="message/rfc822", content=envelope.content, digest=envelope.digest)


def _place_mail(
    sql: Sql,
    raw: RawId,
    arrival: Arrival,
    reports: tuple[DeliveryReport, ...],
    now: Instant,
    published: Published,
) -> Receipt:
    """A mail's second commit: ticket, entry, events, and its bytes are marked as dealt with."""
    if not mail.waits(sql, raw):
        return Receipt(ticket=None, entry=None, duplicate=True)
    receipt = receive(sql, arrival, decide, now, published)
    mail.finish(sql, raw, "quarantined" if receipt.quarantined else "parsed", receipt.ticket)
    for each in reports:
        delivery.report(sql, each, now, published)
    return receipt


def _count_refusal(sql: Sql, key: str, text: str, now: Instant) -> None:
    """Count it; the log hears of the first and of every hundredth, so that a flood can't fill it."""
    n = notices.raise_notice(sql, key, "warning", text, now)
    if n == 1 or n % 100 == 0:
        data: dict[str, Fact] = {"key": key, "n": n}
        events.append(sql, [NewEvent(kind=Kind.REFUSED_AT_DOOR, ticket=None, when=now, actor=SYSTEM, data=data)], now)
