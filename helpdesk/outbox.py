"""Deliver what staff wrote: lease, send, and say what became of it. One pass over a channel is
:meth:`Outbox.deliver_due`.

A reply is never lost and never sent twice in silence. A send that ended unclear is looked up at the provider first:
one match was sent, no match goes again, more than one a person decides. Where a channel can't look (mail), the
message goes again under its own id, and the ticket's history says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType

from helpdesk import tokens
from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, plus, stopwatch
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.events import SYSTEM, Kind, NewEvent
from helpdesk.limits import Bucket, Limits
from helpdesk.lines import AddressPolicy
from helpdesk.message import Address, Channel, ConversationId, LineId, Outbound, OutboxId, Sent
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Sender, Sql, Store, Tracer
from helpdesk.segments import segments
from helpdesk.standards import Published
from helpdesk.store.verbs import delivery, events, leasing, notices, optouts, outbox, people, spending
from helpdesk.store.verbs.outbox import Parcel
from helpdesk.ticket import OPTED_OUT

LEASE = 2 * MINUTE
"""How long one try may take before it counts as unclear, in milliseconds."""

GRACE = 10 * SECOND
"""How long what a dead process was sending may still be on its way, in milliseconds; then it is looked up."""

BACKOFF = (30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR)
"""How long to wait after each failed try; after the last the message counts as undeliverable."""

LONGEST = DAY
"""The longest wait between two tries, whatever a provider asks for, in milliseconds."""

LAST_SECONDS = 5.0
"""How long a stop waits for what is being sent, in seconds."""

SENDING = (Channel.SMS, Channel.MAIL, Channel.CHAT)
"""The channels that a message can go out by."""

PAUSE = 15 * MINUTE
"""How long a paused line rests before its next try, in milliseconds."""


class Outbox:
    """Sends what waits, through the sender of each channel."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        senders: Mapping[Channel, Sender],
        policies: Mapping[LineId, AddressPolicy],
        published: Callable[[], Published],
        reply_key: bytes,
        limits: Mapping[LineId, Limits] = MappingProxyType({}),
    ) -> None:
        self._store = store
        self._clock = clock
        self._senders = senders
        self._policies = policies
        self._published = published
        self._reply_key = reply_key
        self._limits = limits
        self._buckets = {line: Bucket(each.per_second) for line, each in limits.items()}
        self._latest = Instant(0)
        self._asks_again = Instant(0)
        self._passes = 0
        self._in_hand: set[OutboxId] = set()
        self._ending: Callable[[], float] | None = None
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    def refit(self, limits: Mapping[LineId, Limits]) -> None:
        """Go by other limits from now on. A line whose rate stays goes on where it was."""
        for line, each in limits.items():
            before = self._limits.get(line)
            if before is None or before.per_second != each.per_second:
                self._buckets[line] = Bucket(each.per_second)
        self._limits = limits

    async def take_over(self) -> int:
        """Take up what an owner that died had in hand; returns how many messages. Once, before the first pass."""
        now = self._clock.now()
        await self._store.write(outbox.clock_set_back, now, plus(now, LONGEST))
        await self._store.write(leasing.begin_again, now)
        return await self._store.write(outbox.left_in_hand, plus(now, GRACE))

    async def deliver_due(self, channel: Channel) -> Instant | None:
        """Send what is due on a channel; returns when its next message falls due, None if nothing waits.

        Channels have passes of their own, so that a slow relay keeps no chat waiting.
        """
        now = await self._now()
        due = await self._next_due(channel, now)
        if due is None or due > now:
            return due
        if self._ending:
            return None
        with self._at_work():
            parcels = await self._leased(channel, now)
            async with asyncio.TaskGroup() as tasks:
                tries = [tasks.create_task(self._deliver(parcel)) for parcel in parcels]
        if unkept := next((error for each in tries if (error := each.result()) is not None), None):
            raise unkept
        return await self._next_due(channel, self._clock.now())

    async def _leased(self, channel: Channel, now: Instant) -> list[Parcel]:
        tokens = {line: bucket.tokens(now) for line, bucket in self._buckets.items()}
        parcels = await self._store.write(
            leasing.lease, channel, now, plus(now, LEASE), limits=self._limits, tokens=tokens
        )
        for parcel in parcels:
            self._in_hand.add(parcel.id)
            if bucket := self._buckets.get(parcel.line):
                bucket.take(1)
        return parcels

    async def _next_due(self, channel: Channel, now: Instant) -> Instant | None:
        """When the next message may be tried, by its own time and by its line's rate."""
        resting = tuple(line for line, bucket in self._buckets.items() if bucket.tokens(now) < 1)
        times = [await self._store.read(leasing.next_due, channel, resting=resting)]
        for line in resting:
            due = await self._store.read(leasing.next_due, channel, only=line)
            times.append(None if due is None else max(due, self._buckets[line].ready(now)))
        return min((when for when in times if when is not None), default=None)

    async def _now(self) -> Instant:
        """The present moment; where the clock was set back, what waits by the old one is put right."""
        now, before = self._clock.now(), self._latest
        self._latest = now
        if now < before:
            await self._store.write(outbox.clock_set_back, now, plus(now, LONGEST))
        return now

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._passes += 1
        self._at_rest.clear()
        try:
            yield
        finally:
            self._passes -= 1
            if not self._passes:
                self._at_rest.set()

    def end(self) -> None:
        """From now on nothing new is begun: what is leased goes back, what is being sent is finished."""
        self._ending = self._ending or stopwatch()

    async def finish(self) -> None:
        """Begin nothing new, and give what is being sent some seconds, so that a stop leaves nothing in doubt.

        The seconds count from :meth:`end`.
        """
        self.end()
        assert self._ending is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS - self._ending()):
                await self._at_rest.wait()

    async def let_go(self) -> None:
        """Hand back what was still being sent when its loop ended: after a short grace whoever comes next looks it up.

        A store that can't be written keeps the lease; it counts as unclear once it is over.
        """
        if self._in_hand:
            with suppress(TryLater):
                not_before = plus(self._clock.now(), GRACE)
                await self._store.write(leasing.left_unclear, sorted(self._in_hand), not_before)
            self._in_hand.clear()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that messages go out by. One that lost its last line has no sender: what waits there is shown
        as paused, not forgotten.
        """
        return SENDING

    async def _deliver(self, parcel: Parcel) -> TryLater | None:
        """One try. What the store can't keep is returned, so that one message's trouble cancels no other's sending.

        The row stays leased then: when the lease is over it counts as unclear and is looked up.
        """
        try:
            await self._try(parcel)
        except TryLater as error:
            return error
        self._in_hand.discard(parcel.id)
        return None

    async def _try(self, parcel: Parcel) -> None:
        """One try, and what it came to. Whatever a sender raises ends in the store, not in the loop."""
        unclear = parcel.unclear
        try:
            sent = await self._sent_before(parcel) if unclear else None
            unclear = False
            if sent is None:
                await self._is_wanted(parcel)
                message = await self._message(parcel)
                if self._ending:
                    raise _Ending
                sent = await self._sender(parcel).send(message)
        except _Ending:
            await self._store.write(leasing.hand_back, parcel.id, self._clock.now())
        except Undeliverable as error:
            await self._store.write(delivery.gave_up, parcel.id, error.code, str(error), *self._rules())
        except LinePaused as error:
            await self._pause(parcel, error, unclear)
        except Unclear as error:
            await self._later(parcel, error, unclear=True)
        except _AskAPerson as error:
            await self._store.write(outbox.ask_a_person, parcel, str(error), error.candidates, self._clock.now())
        except HelpdeskError as error:
            await self._later(parcel, error, unclear=unclear)
        except Exception as error:  # noqa: BLE001 - a fault of the sender: whether it went out, nobody knows
            await self._later(parcel, Unclear(f"The sender failed ({type(error).__name__})."), unclear=True)
        else:
            await self._store.write(_sent, parcel, sent, self._limits.get(parcel.line), *self._rules())

    def _rules(self) -> tuple[Instant, Published]:
        return self._clock.now(), self._published()

    async def _sent_before(self, parcel: Parcel) -> Sent | None:
        """Whether an unclear try succeeded; None says: send (again). What proves another message proves not this."""
        try:
            found = await self._sender(parcel).find(await self._message(parcel))
        except Unclear:
            await self._store.write(outbox.send_again, parcel, *self._rules())
            return None
        ids = tuple(each.provider_id for each in found)
        taken = await self._store.read(
            outbox.proofs_of_others, parcel.id, parcel.channel, parcel.conversation, provider_ids=ids
        )
        found = tuple(each for each in found if each.provider_id not in taken)
        if len(found) > 1:
            raise _AskAPerson(
                f"The provider holds {len(found)} messages that could be this one. Look there before sending it again.",
                tuple(each.provider_id for each in found),
            )
        return found[0] if found else None

    def _sender(self, parcel: Parcel) -> Sender:
        if (sender := self._senders.get(parcel.channel)) is None:
            raise _gone(parcel)
        return sender

    async def _message(self, parcel: Parcel) -> Outbound:
        return Outbound(
            id=parcel.id,
            channel=parcel.channel,
            line=parcel.line,
            to=await self._reach(parcel),
            text=parcel.text,
            subject=parcel.subject,
            token=tokens.sign(self._reply_key, parcel.ticket) if parcel.channel is Channel.MAIL else "",
            references=parcel.references,
            copies=parcel.copies,
            author=parcel.author,
            automatic=parcel.automatic,
            again=parcel.again or parcel.unclear,
            created=parcel.created,
        )

    async def _is_wanted(self, parcel: Parcel) -> None:
        """Undeliverable to a patron who has texted STOP meanwhile."""
        texter = optouts.who(parcel.address, parcel.conversation)
        if parcel.channel is Channel.SMS and texter and await self._store.read(optouts.has, parcel.line, texter):
            raise Undeliverable(OPTED_OUT, code=outbox.STOPPED)

    async def _reach(self, parcel: Parcel) -> Address | PhoneNumber | ConversationId:
        """Where it goes; a sealed address is opened here, just before the send."""
        if parcel.channel is Channel.CHAT and parcel.conversation is not None:
            return parcel.conversation
        policy = self._policies.get(parcel.line)
        if policy is None:
            raise _gone(parcel)
        if parcel.conversation is not None:
            sealed = await self._store.read(people.sealed_address, parcel.conversation)
            if sealed is None:
                raise Undeliverable("This conversation is over and shredded: nobody can reach the texter again.")
            return await policy.reach(sealed)
        if parcel.address is None:
            raise Undeliverable("This ticket has no address to send to.")
        return await policy.reach(parcel.address)

    async def _later(self, parcel: Parcel, error: HelpdeskError, *, unclear: bool = False) -> None:
        if parcel.tries >= len(BACKOFF):
            reason = f"Gave up after {parcel.tries + 1} tries. The last one said: {error}"
            await self._store.write(delivery.gave_up, parcel.id, "", reason, *self._rules())
            return
        wait = BACKOFF[parcel.tries]
        if isinstance(error, TryLater) and error.retry_after is not None:
            wait = max(wait if parcel.tries else 0, round(min(error.retry_after, LONGEST / SECOND) * SECOND))
        not_before = plus(self._clock.now(), wait)
        await self._store.write(_defer, parcel, not_before, str(error), unclear, *self._rules())

    async def _pause(self, parcel: Parcel, error: LinePaused, unclear: bool) -> None:
        await self._store.write(_pause, parcel, error.code, str(error), unclear, self._clock.now())

    async def trace_due(self) -> Instant | None:
        """Ask once after texts of which the provider has not spoken for a day; returns when the next is to be asked."""
        tracer: object = self._senders.get(Channel.SMS)
        if not isinstance(tracer, Tracer):
            return None
        now = self._clock.now()
        if now < self._asks_again <= plus(now, HOUR):
            return self._asks_again
        for message, provider_id in await self._store.read(delivery.untold, plus(now, -DAY)):
            try:
                said = await tracer.trace(message, provider_id) if provider_id else None
            except HelpdeskError:
                self._asks_again = plus(now, HOUR)
                return self._asks_again
            await self._store.write(delivery.traced, message, said, *self._rules())
        oldest = await self._store.read(delivery.next_untold)
        return None if oldest is None else plus(oldest, DAY)

    async def resume_due(self) -> Instant | None:
        """Let lines that rested long enough try again; returns when the next one may."""
        now = self._clock.now()
        waiting = await self._store.read(notices.paused)
        for line, since in waiting.items():
            if plus(since, PAUSE) <= now:
                await self._store.write(_resume, line, now)
        return min((plus(since, PAUSE) for since in waiting.values() if plus(since, PAUSE) > now), default=None)


class _Ending(Exception):
    """We stop before anything of this message was sent."""


class _AskAPerson(HelpdeskError):
    """The provider holds more than one message that could be ours: the ids of ``candidates``."""

    def __init__(self, message: str, candidates: tuple[str, ...]) -> None:
        super().__init__(message)
        self.candidates = candidates


def _gone(parcel: Parcel) -> LinePaused:
    return LinePaused(f"Line {parcel.line} is not in the settings any more. Put it back to send what waits.")


def _sent(sql: Sql, parcel: Parcel, sent: Sent, limits: Limits | None, now: Instant, published: Published) -> None:
    outbox.sent(sql, parcel, sent.provider_id, now, published)
    if limits is not None:
        parts = max(sent.segments, segments(parcel.text).parts)
        spending.count(sql, parcel.line, limits, parts, now)
    notices.clear_notice(sql, notices.paused_key(parcel.line))
    notices.clear_notice(sql, _waiting_key(parcel))


def _defer(
    sql: Sql, parcel: Parcel, not_before: Instant, reason: str, unclear: bool, now: Instant, published: Published
) -> None:
    """A try failed: the entry says why it waits, and from the second time on the desk says it of the line."""
    outbox.defer(sql, parcel, not_before, reason, now, published, unclear=unclear)
    if parcel.tries:
        text = f"Replies on line {parcel.line} wait to be sent. {reason}"
        notices.raise_notice(sql, _waiting_key(parcel), "warning", text, now)


def _pause(sql: Sql, parcel: Parcel, code: str, reason: str, unclear: bool, now: Instant) -> None:
    """Our account is at fault: the line rests, its messages wait, the desk is told. It counts as no try."""
    outbox.later(sql, parcel, now, reason, unclear=unclear, tries=parcel.tries)
    notices.rest_line(sql, parcel.line, code, reason, now)


def _resume(sql: Sql, line: LineId, now: Instant) -> None:
    """The line may try again; the event wakes its delivery."""
    if notices.resume_line(sql, line):
        data: dict[str, str | int | bool | None] = {"line": line}
        events.append(sql, [NewEvent(kind=Kind.LINE_RESUMED, ticket=None, when=now, actor=SYSTEM, data=data)], now)


def _waiting_key(parcel: Parcel) -> str:
    return f"waiting:{parcel.line}"
