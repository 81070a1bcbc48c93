"""Texts by SMPP 3.4: one connection to a carrier's message centre, for both directions.

The wire is :mod:`channels.smpp_wire` and :mod:`channels.smpp_session`, what comes in :mod:`channels.smpp_inbox`. The
patron's number is opened by :mod:`channels.sms`, in the sending step, as for the other carrier.

SMPP has no way to ask what became of a text whose answer was lost, so that one goes again, flagged; and none to ask
for a deletion, so that the names that texts have at the carrier are kept as digests only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping

import structlog

from channels import smpp_wire as wire
from channels.smpp_codes import trouble
from channels.smpp_inbox import Inbox
from channels.smpp_reading import end, name_of, naming_key
from channels.smpp_session import Session, open_session
from channels.smpp_texts import Outgoing, outgoing
from channels.sms import number_to_text
from channels.sms_reading import Lines
from helpdesk.clock import SECOND, Clock, plus
from helpdesk.config import LineSettings, SmppSettings
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.ids import Entropy
from helpdesk.limits import ABROAD, reaches
from helpdesk.message import Channel, Outbound, OutboxId, Sent
from helpdesk.ports import Door

MOST_PARTS = 10
"""A longer text is refused: no handset is sure to show it whole."""

REMEMBERED = 10_000
"""How many names of texts are remembered for the receipts that come within one run; after it the store knows them."""

_WAITS = (1, 2, 5, 10, 30, 60)
"""How many seconds to wait after each failed connection; the last for all that follow."""

_FIRST = "The connection to the carrier is not there yet. The text waits and is tried again."
_LOST = "The connection to the carrier has ended. The text waits and is tried again."


class SmppCarrier:
    """One transceiver. Meets the ports Sender and Link: :meth:`listen` keeps it connected, and must run for sends."""

    channel = Channel.SMS

    def __init__(
        self,
        settings: SmppSettings,
        lines: Mapping[str, LineSettings],
        clock: Clock,
        *,
        entropy: Entropy = os.urandom,
    ) -> None:
        self._settings = settings
        self._lines = Lines(lines)
        self._clock = clock
        self._entropy = entropy
        self._naming = naming_key(settings)
        self._session: Session | None = None
        self._down: HelpdeskError = TryLater(_FIRST, retry_after=1)
        self._taken: dict[OutboxId, dict[int, str]] = {}
        """The names of the parts that the carrier took, of texts that it did not take whole yet."""
        self._named: dict[str, tuple[OutboxId, str]] = {}

    async def listen(self, door: Door, tell: Callable[[str], None]) -> None:
        """Stay connected and take what comes in, for good. ``tell`` hears what is wrong, and "" when it is over."""
        inbox = Inbox(self._settings, self._lines, self._clock, door, ours=self._whose, entropy=self._entropy)
        tries = 0
        while True:
            before = self._clock.now()
            await self._once(inbox, tell)
            tries = 0 if self._clock.now() >= plus(before, 60 * SECOND) else tries
            wait = _WAITS[min(tries, len(_WAITS) - 1)]
            tries += 1
            if isinstance(self._down, TryLater):
                self._down = TryLater(str(self._down), retry_after=wait + 1)
            tell(str(self._down))
            await self._clock.until(plus(self._clock.now(), wait * SECOND))

    async def send(self, message: Outbound) -> Sent:
        """Hand one text over, part by part; its parts share a reference made from the outbox id.

        Parts that the carrier took at an earlier try are not sent again.
        """
        line = self._line(message)
        recipient = number_to_text(message)
        if not reaches(line.countries, recipient):
            raise Undeliverable(ABROAD)
        reference = reference_of(message.id)
        parted = outgoing(message.text, alphabet=self._settings.alphabet, reference=reference & 0xFF)
        if len(parted.parts) > MOST_PARTS:
            raise Undeliverable("The text is longer than ten parts. Send it in two.")
        taken = self._begun(message.id)
        for place in range(len(parted.parts)):
            if place not in taken:
                body = self._body(parted, place, line, recipient, reference)
                await self._submit(message.id, place, body, taken)
        return self._sent(message.id, taken)

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """The text, where the carrier's answer came after all; else Unclear, because nobody can be asked."""
        parts = len(outgoing(message.text, alphabet=self._settings.alphabet, reference=0).parts)
        taken = self._taken.get(message.id, {})
        if len(taken) < parts:
            raise Unclear("This carrier can't be asked what it took. The text goes again, and may come twice.")
        return (self._sent(message.id, taken),)

    def _sent(self, outbox: OutboxId, taken: Mapping[int, str]) -> Sent:
        """All parts were taken. The last one's name stands for the text, in the receipts of the others, too."""
        self._taken.pop(outbox, None)
        name = taken[max(taken)]
        for each in taken.values():
            self._remember(each, outbox, name)
        return Sent(provider_id=name, segments=len(taken))

    async def _once(self, inbox: Inbox, tell: Callable[[str], None]) -> None:
        """One session, from connecting to its end. What ended it is kept for who wants to send."""
        try:
            async with open_session(self._settings, self._clock) as session:
                self._session = session
                tell("")
                await session.serve(inbox.take)
            self._down = TryLater(_LOST)
        except (TryLater, LinePaused) as error:
            self._down = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the desk goes on and the connection is tried again
            structlog.get_logger().error("an SMPP session failed", error=type(error).__name__)
            self._down = TryLater(_LOST)
        finally:
            self._session = None
            inbox.session_ended()

    async def _submit(self, outbox: OutboxId, place: int, body: bytes, taken: dict[int, str]) -> None:
        """Send one part. Its name is noted in ``taken`` when the answer comes, be it too late for this try."""
        if self._session is None:
            raise self._down.with_traceback(None)

        def heard(answer: wire.Frame) -> None:
            if not answer.status and (given := wire.message_id(answer)):
                taken[place] = name_of(given, self._naming)
                self._remember(taken[place], outbox, taken[place])

        answer = await self._session.request(wire.SUBMIT, body, heard)
        if answer.status:
            raise trouble(answer.status)
        if place not in taken:
            raise Unclear("The carrier's answer names no text: perhaps it took it, perhaps not.")

    def _body(self, parted: Outgoing, place: int, line: LineSettings, recipient: str, reference: int) -> bytes:
        return wire.submit_body(
            sender=end(line.address),
            recipient=end(recipient),
            content=parted.parts[place],
            coding=parted.coding,
            header=parted.has_headers,
            reference=reference,
        )

    def _begun(self, outbox: OutboxId) -> dict[int, str]:
        """The parts of it that were taken; the oldest texts that nobody came back to are forgotten."""
        while len(self._taken) >= REMEMBERED:
            del self._taken[next(iter(self._taken))]
        return self._taken.setdefault(outbox, {})

    def _remember(self, part: str, outbox: OutboxId, name: str) -> None:
        self._named[part] = outbox, name
        while len(self._named) > REMEMBERED:
            del self._named[next(iter(self._named))]

    def _whose(self, name: str) -> tuple[OutboxId, str]:
        """The message that has this name at the carrier, and its own; "" where only the store can know."""
        return self._named.get(name, (OutboxId(""), name))

    def _line(self, message: Outbound) -> LineSettings:
        if (line := self._lines.get(message.line)) is None:
            raise LinePaused("The line that this text goes out by is not in the settings any more. Add it again.")
        return line


def reference_of(outbox: OutboxId) -> int:
    """16 bits that say which text it is: the same at each try, so that a handset can tell a repetition."""
    return int.from_bytes(hashlib.sha256(outbox.encode()).digest()[:2], "big")
