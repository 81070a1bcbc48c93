"""A library whose lines are probed: carrier, relay and web are real, on loopback, and what goes wrong is real, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpdesk.beside import beside
from helpdesk.clock import ManualClock, SystemClock
from helpdesk.events import Event, Seq
from helpdesk.ports.probes import Probe, ProbeState
from helpdesk.simulator.carrier import Carrier
from helpdesk.simulator.postbox import Delivered, Postbox
from helpdesk.store.verbs import events
from tests.staff import PATIENCE, SAM, eventually
from tests.wire import ACCOUNT, MAILBOX, TOKEN, Town


@dataclass
class Scene:
    """A town, as far as probes are concerned. ``brings_back``: whether the relay delivers what we send ourselves."""

    town: Town
    brings_back: bool = True

    async def probes(self, *lines: str, texts: bool = True) -> dict[str, Probe]:
        """Probe these lines, or all, and wait until they are over."""
        begun = await self.town.house.probing.begin(SAM, lines=lines, texts=texts)
        return await self.over(*(probe.line for probe in begun))

    async def over(self, *lines: str) -> dict[str, Probe]:
        """The latest probes of some lines, as soon as all are over."""

        async def look() -> dict[str, Probe] | None:
            found = await self.latest()
            return {line: found[line] for line in lines} if all(found[line].state.over for line in lines) else None

        return await eventually(self.town.house.bare, look)

    async def sent(self, line: str) -> None:
        """Wait until a line's probe is out."""

        async def is_out() -> bool:
            return (await self.latest())[line].state is ProbeState.SENT

        await until(is_out)

    async def relays_again(self) -> None:
        """What the relay kept goes to our listener."""
        for mail in self.town.postbox.mailbox(MAILBOX).mails:
            await self._hand_in(mail)

    async def latest(self) -> dict[str, Probe]:
        """The latest probe of each line."""
        return {probe.line: probe for probe in await self.town.house.probing.latest(SAM)}

    async def notices(self) -> str:
        """What the desk is told."""
        return await self.town.desk.notices()

    async def log(self) -> list[Event]:
        """The whole log."""
        return await self.town.house.store.read(events.after, Seq(0), 100_000)

    async def rows(self, table: str) -> int:
        """How many rows a table has."""
        return int((await self.town.house.store.read(lambda sql: sql(f"SELECT count(*) AS n FROM {table}")))[0]["n"])

    async def _relays(self) -> None:
        """The relay delivers mail for our mailbox to our listener, as it does with patrons' mail."""
        box = self.town.postbox.mailbox(MAILBOX)
        while True:
            mail = await box.next()
            if self.brings_back:
                await self._hand_in(mail)

    async def _hand_in(self, mail: Delivered) -> None:
        content = mail.message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        await self.town.hand_in(content, MAILBOX, sender=MAILBOX)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again until something holds of which no change tells."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.get_running_loop().run_in_executor(None, bool)


@asynccontextmanager
async def scene(folder: Path, **changes: Any) -> AsyncIterator[Scene]:
    """The library is open; its clock shows the time of day, as other machines' do."""
    clock = ManualClock(SystemClock().now())
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=clock)
    postbox = Postbox()
    async with carrier.serving() as url, postbox.listening() as relay:
        town = Town(folder, clock, carrier, url, postbox, relay.port, changes)
        async with town.opens():
            opened = Scene(town)
            async with beside(opened._relays()):
                yield opened
