"""A library in which anything happens to noises at any time: what its days and reports must be right about.

Deeds are drawn from a seed and done through the real door and desk; what the desk refuses does not happen.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from helpdesk.clock import MINUTE, plus
from helpdesk.config import NoiseSettings
from helpdesk.errors import HelpdeskError
from helpdesk.message import StaffId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ports import Sql
from helpdesk.rolling import Rolling
from helpdesk.store.verbs import incident_rows, tickets
from helpdesk.ticket import Ticket
from tests.conversation import QUIET, Town
from tests.noisy import noisy
from tests.passing import rarely_swept

SAID = ("so loud", "loud L3A", "loud L2B", "music L3A", "phone on L1C", "fire, L3A", "thanks")
ZONES = ("", "l3-silent", "l2-quiet", "l1-group")
ZONE = "Europe/London"


class NoiseStorm:
    """Whatever happens next, by a seed."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)
        self.rolling = Rolling(town.house.store, ZONE)
        self.texters = [town.texter(name) for name in ("ana", "ben", "cai", "dee", "eve")]
        self.mia = StaffId("mia")

    async def blow(self, deeds: int) -> None:
        """So many deeds, minutes to a day apart."""
        await self.town.staff(self.mia)
        for _ in range(deeds):
            with rarely_swept():
                await self.town.time.passes(minutes=self.chance.choice([0.5, 3, 11, 40, 400, 1500]))
            deed = self.chance.choices([self._texts, self._on_a_noise, self._on_a_ticket, self._rolls], [40, 30, 30, 5])
            with suppress(HelpdeskError):
                await deed[0]()

    async def _texts(self) -> None:
        await self.chance.choice(self.texters).texts(self.chance.choice(SAID))

    async def _rolls(self) -> None:
        await self.rolling.go_on(self.town.time.now)

    async def _on_a_noise(self) -> None:
        kept = await self.town.house.store.read(incident_rows.kept)
        every = sorted(kept.values(), key=lambda each: each.number)
        if not every:
            return
        one, other = self.chance.choice(every[-5:]), self.chance.choice(every)
        noise, on = self.town.house.desk.noise, (self.mia, one.id, one.version)
        inside = [each.id for each in await self._tickets() if each.incident == one.id]
        earlier = plus(self.town.time.now, -self.chance.randrange(30) * MINUTE)
        acts: list[Callable[[], Awaitable[object]]] = [
            lambda: noise.dispatch(*on, "security"),
            lambda: noise.attend(*on, earlier),
            lambda: noise.attend(*on, self.town.time.now),
            lambda: noise.conclude(*on, self.chance.choice(list(NoiseOutcome)), text="Quiet."),
            lambda: noise.conclude(*on, NoiseOutcome.QUIET),
            lambda: noise.reply_all(*on, "On our way."),
            lambda: noise.reopen(*on),
            lambda: noise.unite(*on, other.number),
            lambda: noise.part(*on, tuple(inside[:1])),
        ]
        await self.chance.choice(acts)()

    async def _on_a_ticket(self) -> None:
        every = await self._tickets()
        if not every:
            return
        one, other = self.chance.choice(every[-6:]), self.chance.choice(every)
        desk, on = self.town.house.desk, (self.mia, one.id, one.version)
        acts: list[Callable[[], Awaitable[object]]] = [
            lambda: desk.noise.place(*on, self.chance.choice(ZONES)),
            lambda: desk.noise.place(*on, self.chance.choice(ZONES)),
            lambda: desk.attended(*on, self.town.time.now),
            lambda: desk.reply(*on, "Done.", then="solved"),
            lambda: desk.noise.mute(*on, self.chance.choice([0, 12, 48])),
            lambda: desk.merge(*on, other.number),
            lambda: desk.spam(*on),
            lambda: desk.test(*on),
            lambda: desk.solve(*on),
            lambda: desk.reopen(*on),
        ]
        await self.chance.choice(acts)()

    async def _tickets(self) -> list[Ticket]:
        return await self.town.house.store.read(every_ticket)


def every_ticket(sql: Sql) -> list[Ticket]:
    """All tickets, the earliest first."""
    return [tickets.read(row) for row in sql("SELECT * FROM tickets WHERE library = :library ORDER BY number")]


@asynccontextmanager
async def noise_storm(seed: int, deeds: int) -> AsyncIterator[NoiseStorm]:
    """A library after so many deeds."""
    async with noisy(texts=QUIET, noise=NoiseSettings(most_texts=3, limit_minutes=60)) as town:
        found = NoiseStorm(town, seed)
        await found.blow(deeds)
        yield found
