"""A carrier's message centre on a real socket: smpp34's own server, which shares no code with our session.

::

    async with centre() as smsc:                # listens; takes every bind
        async with smsc.carrier(door) as ours:  # our side, connected to it
            await smsc.delivers("loud on level 3")
            await ours.send(reply)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import smpp34
from pydantic import SecretStr

from channels.smpp import SmppCarrier
from channels.smpp_reading import name_of, naming_key
from helpdesk.beside import beside
from helpdesk.clock import ManualClock
from helpdesk.config import LineSettings, SmppSettings
from helpdesk.message import Address, Channel, LineId, Outbound, OutboxId
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Door
from tests.channels.texting import ENQUIRIES, LINES, PATRON

PATIENCE = 30.0
"""How long a test waits for what must come, in seconds."""

RECEIPTED_MESSAGE_ID, USER_MESSAGE_REFERENCE = 0x001E, 0x0204
"""Tags of optional fields."""

OK, AGAIN = 0x00, 0x64
"""Statuses: taken, and to be handed in again."""

Event = smpp34.Esme | smpp34.SubmitSmEvent | smpp34.Unbound


@dataclass
class Submitted:
    """A part of a text as the message centre took it, and the id that it gave it."""

    event: smpp34.SubmitSmEvent
    id: str

    @property
    def reference(self) -> int:
        """Which text it is: 16 bits that we gave it."""
        [value] = [bytes(tlv.value) for tlv in self.event.tlvs if tlv.tag == USER_MESSAGE_REFERENCE]
        return int.from_bytes(value, "big")


@dataclass
class Centre:
    """The message centre.

    ``refuses``: statuses for the next texts, 0 takes one; ``silent``: how many of them get no answer;
    ``names``: the ids of the next; ``leaves``: it ends the session instead of answering the next.
    """

    port: int
    clock: ManualClock = field(default_factory=ManualClock)
    refuses: list[int] = field(default_factory=list)
    silent: int = 0
    leaves: bool = False
    names: list[str] = field(default_factory=list)
    texts: list[Submitted] = field(default_factory=list)
    sessions: list[smpp34.Esme] = field(default_factory=list)
    kept: list[smpp34.SubmitSmEvent] = field(default_factory=list)
    """Those without an answer."""
    told: list[str] = field(default_factory=list)
    """What our side says is wrong, in words, "" for nothing."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    down: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def settings(self, **changed: object) -> SmppSettings:
        """Ours, for this message centre."""
        usual = {"host": "127.0.0.1", "port": self.port, "system_id": "desk", "password": SecretStr("pw"), "tls": False}
        return SmppSettings.model_validate({**usual, "timeout_seconds": 5, **changed})

    def name(self, message: str) -> str:
        """Our name for a text that has this id here."""
        return name_of(message, naming_key(self.settings()))

    @asynccontextmanager
    async def carrier(
        self, door: Door, lines: Mapping[str, LineSettings] = LINES, **changed: object
    ) -> AsyncIterator[SmppCarrier]:
        """Our side, connected."""
        ours = SmppCarrier(self.settings(**changed), lines, self.clock)
        before = len(self.sessions)

        def tell(words: str) -> None:
            self.told.append(words)
            (self.down if words else self.up).set()

        async with beside(ours.listen(door, tell)):
            await self.connected(before)
            yield ours

    async def connected(self, before: int) -> None:
        """Wait until there are more than so many sessions, and our side knows it, too: however often it tries."""
        async with asyncio.timeout(PATIENCE), beside(self._let_it_try()):
            await self.up.wait()
        await self.until(lambda: len(self.sessions) > before)

    async def _let_it_try(self) -> None:
        """Each time that our side waits for the time of its next try, let that come."""
        while True:
            await self.down.wait()
            self.down.clear()
            self.clock.passes(seconds=60)

    async def reconnects(self) -> None:
        """The session ends, and our side makes another."""
        before = len(self.sessions)
        self.up.clear()
        await self.hangs_up()
        await self.connected(before)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds that the message centre hears of."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(true)

    async def delivers(
        self,
        content: bytes | str,
        *,
        sender: str = PATRON,
        to: str = ENQUIRIES,
        kind: int = 0,
        coding: int = 0,
        tlvs: list[smpp34.Tlv] | None = None,
        source_kind: int = 1,
        given: str = "",
    ) -> int:
        """Hand a text in, under an id if one is ``given``; the status that we answer."""
        named = [smpp34.Tlv(RECEIPTED_MESSAGE_ID, given.encode() + b"\x00")] if given else []
        answer = await self.sessions[-1].deliver_sm(
            to.removeprefix("+"),
            content.encode("ascii") if isinstance(content, str) else content,
            source_addr=sender.removeprefix("+"),
            source_addr_ton=source_kind,
            source_addr_npi=1,
            dest_addr_ton=1 if to.startswith("+") else 3,
            dest_addr_npi=1,
            esm_class=kind,
            data_coding=coding,
            tlvs=[*named, *(tlvs or [])],
        )
        return answer.command_status

    async def reports(self, message: str, stat: str) -> int:
        """Hand a delivery receipt in, in the words that most carriers use."""
        words = f"id:{message} sub:001 dlvrd:001 submit date:2606011200 done date:2606011201 stat:{stat} err:000 text:"
        return await self.delivers(words, kind=0x04)

    async def hangs_up(self) -> None:
        """End the session."""
        await self.sessions[-1].unbind()

    async def work(self, server: smpp34.Server) -> None:
        """Take what comes, for good."""
        while True:
            event = await server.next()
            async with self._news:
                self._take(event)
                self._news.notify_all()
            if self.leaves and isinstance(event, smpp34.SubmitSmEvent):
                self.leaves = False
                await self.hangs_up()

    def _take(self, event: Event) -> None:
        if isinstance(event, smpp34.Esme):
            self.sessions.append(event)
        elif isinstance(event, smpp34.SubmitSmEvent):
            self._answer(event)

    def _answer(self, event: smpp34.SubmitSmEvent) -> None:
        if self.silent or self.leaves:
            self.silent -= bool(self.silent)
            self.kept.append(event)
        elif self.refuses and (status := self.refuses.pop(0)):
            event.reject(status)
        else:
            name = self.names.pop(0) if self.names else f"A{len(self.texts):08x}"
            self.texts.append(Submitted(event, name))
            event.accept(self.texts[-1].id)


@asynccontextmanager
async def centre() -> AsyncIterator[Centre]:
    """A message centre that listens on loopback until the block ends."""
    with free_port() as port:
        server = smpp34.Server("127.0.0.1", port, system_id="SMSC")
        await server.start()
        smsc = Centre(port)
        try:
            async with beside(smsc.work(server)):
                yield smsc
        finally:
            await server.stop()


@contextmanager
def free_port() -> Iterator[int]:
    """A port that nobody else is given while the block lasts, and that a server may listen on.

    smpp34's server does not tell which port it was given. A socket that is bound and does not listen holds one, and
    lets a server listen there.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def reply(text: str = "On our way", *, line: str = "enquiries", outbox: str = "ob1", to: str = PATRON) -> Outbound:
    """A reply to the patron: to a number on the sealed line, to an address on the others."""
    return Outbound(
        id=OutboxId(outbox),
        channel=Channel.SMS,
        line=LineId(line),
        to=PhoneNumber(to) if line == "noise" else Address(channel=Channel.SMS, value=to),
        text=text,
        created=ManualClock().now(),
    )


async def says_something_else(smsc: Centre) -> None:
    """A text to nobody goes back and forth."""
    assert await smsc.delivers("ping", to="+447700900998") == 0
