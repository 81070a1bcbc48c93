"""What the carrier hands in by SMPP: texts put together from their parts, and word of what became of ours.

**Acknowledged means stored**: a part is acknowledged when the whole text is stored, never before. So nothing has to be
kept of half a text, and nothing of it is lost: what was not acknowledged the carrier hands in again. Where a part
does not come within some seconds (some carriers send the next only when the last was acknowledged), what is there is
handed over with a mark where the rest is missing, and the rest follows as a text of its own.

**Once**: most carriers give a text no id. It gets one of ours, at random; a text that may be one that we took already
(the same words from the same number, the answer perhaps lost) gets the same again, and so counts as a duplicate.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from channels.smpp_codes import AGAIN, OK, STATES
from channels.smpp_reading import Arrival, Place, Told, naming_key, read_delivery
from channels.smpp_texts import is_text, joined
from channels.smpp_wire import Frame
from channels.sms_reading import UNKNOWN_LINE, Lines, Received, clean, hand_over, quarantine
from helpdesk.clock import MINUTE, SECOND, Clock, Instant, plus
from helpdesk.config import SmppSettings
from helpdesk.errors import Refused, Unparseable
from helpdesk.ids import Entropy
from helpdesk.message import Delivery, DeliveryReport, OutboxId
from helpdesk.ports import Door
from helpdesk.privacy import handle

RESENT = 5 * SECOND
"""A text that comes again while it is being stored is the same one after so long: its sender waited for an answer."""

DOUBT = MINUTE
"""When a session ends, the answers of its last minute may not have arrived."""

KEPT = 60 * MINUTE
"""How long a text is remembered whose answer may not have arrived."""


@dataclass(slots=True)
class _Name:
    """A text that was taken, or is being taken. ``doubtful``: its answer may not have arrived."""

    name: str
    when: Instant
    answered: bool = False
    doubtful: bool = False


class Names:
    """Names for texts to which the carrier gives none. Remembers digests under a key of this process, in memory."""

    def __init__(self, clock: Clock, entropy: Entropy) -> None:
        self._clock = clock
        self._entropy = entropy
        self._known: dict[bytes, _Name] = {}

    def name(self, fingerprint: bytes) -> str:
        """A new name; the same as before for a text that may be the same."""
        self._forget()
        now, known = self._clock.now(), self._known.pop(fingerprint, None)
        again = known is not None and (known.doubtful or (not known.answered and plus(known.when, RESENT) <= now))
        name = known.name if known is not None and again else "smpp:" + self._entropy(16).hex()
        self._known[fingerprint] = _Name(name, now)
        return name

    def answered(self, fingerprint: bytes) -> None:
        """It is stored, and the carrier is told."""
        known = self._known.pop(fingerprint, None)
        name = known.name if known else ""
        self._known[fingerprint] = _Name(name, self._clock.now(), answered=True)

    def repeats(self, fingerprint: bytes) -> bool:
        """Whether this is stored already, and comes again because our answer was lost."""
        known = self._known.get(fingerprint)
        return known is not None and known.answered and known.doubtful

    def session_ended(self) -> None:
        """What was answered shortly before, or not at all, may come again."""
        since = plus(self._clock.now(), -DOUBT)
        for known in self._known.values():
            known.doubtful = known.doubtful or not known.answered or known.when >= since

    def _forget(self) -> None:
        """Drop what can't come again, from the oldest on."""
        now = self._clock.now()
        while self._known:
            oldest = next(iter(self._known))
            known = self._known[oldest]
            if plus(known.when, KEPT if known.doubtful or not known.answered else DOUBT) >= now:
                return
            del self._known[oldest]


@dataclass(slots=True)
class _Group:
    """The parts of a text that came so far, by place. ``whole``: all are there. ``outcome``: what all are answered."""

    parts: dict[int, Arrival] = field(default_factory=dict)
    prints: dict[int, bytes] = field(default_factory=dict)
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def add(self, place: Place, arrival: Arrival, itself: bytes) -> None:
        """One more part; one that comes again takes its own place."""
        self.parts[place.number] = arrival
        self.prints[place.number] = itself
        if len(self.parts) == place.total:
            self.whole.set()


class Inbox:
    """Takes frames of the carrier's texts to the door. ``ours``: the message and its name, by the name of a part."""

    def __init__(
        self,
        settings: SmppSettings,
        lines: Lines,
        clock: Clock,
        door: Door,
        *,
        ours: Callable[[str], tuple[OutboxId, str]],
        entropy: Entropy = os.urandom,
    ) -> None:
        self._settings = settings
        self._lines = lines
        self._clock = clock
        self._door = door
        self._ours = ours
        self._naming = naming_key(settings)
        self._key = entropy(32)
        self._names = Names(clock, entropy)
        self._groups: dict[bytes, _Group] = {}

    async def take(self, frame: Frame) -> int:
        """Store what a frame brings; the status to answer with. Whatever is raised means "not stored"."""
        try:
            found = read_delivery(
                frame, country=self._settings.country, alphabet=self._settings.alphabet, key=self._naming
            )
        except Unparseable as error:
            return await self._aside(frame, str(error))
        if isinstance(found, Told):
            return await self._report(found)
        if found is None:
            return OK
        if found.place is None:
            return await self._store({1: found}, 1)
        return await self._part(found, found.place)

    def session_ended(self) -> None:
        """The carrier may not have heard our last answers, and hands in again what waits for its other parts."""
        self._names.session_ended()
        self._groups.clear()

    async def _part(self, arrival: Arrival, place: Place) -> int:
        """The first part waits for the others; all are answered as the whole is."""
        key = self._digest(arrival, b"%d/%d" % (place.reference, place.total))
        itself = self._digest(arrival, b"%d/%d/%d" % (place.reference, place.total, place.number) + arrival.content)
        if self._names.repeats(itself):
            return OK
        group = self._groups.get(key)
        if group is not None and group.prints.get(place.number, itself) == itself:
            group.add(place, arrival, itself)
            return await asyncio.shield(group.outcome)
        group = self._groups[key] = _Group()  # the first part, or that of another text by the same reference
        group.add(place, arrival, itself)
        try:
            return await self._together(key, group, place.total)
        finally:
            self._drop(key, group)
            group.outcome.cancel()  # nothing where all were told already

    async def _together(self, key: bytes, group: _Group, total: int) -> int:
        """Store what came of a text once it is whole, or once the rest is late: that will be another text then."""
        await self._whole_or_late(group.whole)
        if not group.whole.is_set():
            self._drop(key, group)
        try:
            status = await self._store(group.parts, total)
        except Exception:
            group.outcome.set_result(AGAIN)
            raise
        for each in group.prints.values():
            self._names.answered(each)
        group.outcome.set_result(status)
        return status

    def _drop(self, key: bytes, group: _Group) -> None:
        """What comes from now on belongs to another text."""
        if self._groups.get(key) is group:
            del self._groups[key]

    async def _whole_or_late(self, whole: asyncio.Event) -> None:
        """Wait for the last part, or until it is late."""
        late = plus(self._clock.now(), self._settings.parts_seconds * SECOND)
        async with asyncio.TaskGroup() as race:
            came = race.create_task(_seen(whole))
            time = race.create_task(self._clock.until(late))
            came.add_done_callback(lambda _: time.cancel())
            time.add_done_callback(lambda _: came.cancel())

    async def _store(self, parts: dict[int, Arrival], total: int) -> int:
        """Hand a text over, as whole as it is."""
        first = parts[min(parts)]
        contents = {place: part.content for place, part in parts.items()}
        text, broken = joined(contents, total, first.coding, self._settings.alphabet)
        fingerprint = self._digest(first, b"".join(contents[place] for place in sorted(contents)))
        given = _one_name([part.name for _, part in sorted(parts.items())])
        received = Received(
            sid=given or self._names.name(fingerprint),
            account="",
            sender=first.sender,
            recipient=first.recipient,
            body=clean(text),
            segments=len(parts),
            broken=broken,
            short=first.short,
        )
        line = self._lines.find(first.recipient, "")
        if is_text(first.coding):
            await hand_over(received, line, self._door)
        else:
            await quarantine(received, line or UNKNOWN_LINE, self._door, "it is data for a program, and no words")
        self._names.answered(fingerprint)
        return OK

    async def _aside(self, frame: Frame, reason: str) -> int:
        """Keep a trace of what can't be read: its size and the reason, nothing of it."""
        fingerprint = hmac.digest(self._key, frame.body, "sha256")
        nothing = Received(sid=self._names.name(fingerprint), account="", sender=None, recipient="", body="")
        await quarantine(nothing, UNKNOWN_LINE, self._door, reason)
        self._names.answered(fingerprint)
        return OK

    async def _report(self, told: Told) -> int:
        """What became of a text of ours. One that nobody knows is counted at the door, and told no more."""
        state = STATES[told.stat]
        failed = state.delivery is Delivery.FAILED
        outbox, name = self._ours(told.name)
        report = DeliveryReport(
            outbox=outbox,
            status=state.delivery,
            provider_id=name,
            code=told.stat if failed else "",
            reason=state.words,
            matter=state.matter,
        )
        try:
            await self._door.report(report)
        except Refused:
            return OK
        return OK

    def _digest(self, arrival: Arrival, content: bytes) -> bytes:
        """What tells texts apart in memory: sender, number texted and content, under a key of this process."""
        who = handle(self._key, arrival.sender) if arrival.sender is not None else b""
        return hmac.digest(self._key, b"\x00".join((who, arrival.recipient.encode(), content)), "sha256")


def _one_name(given: list[str]) -> str:
    """One name for a text whose parts all have names at the carrier, "" where one has none."""
    if not all(given):
        return ""
    return given[0] if len(given) == 1 else "smpp:" + hashlib.sha256("".join(given).encode()).hexdigest()[:32]


async def _seen(event: asyncio.Event) -> None:
    await event.wait()
