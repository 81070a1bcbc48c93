"""A library in which anything happens at any time: what reports must be right about whatever comes to pass.

Deeds are drawn from a seed and done through the real door and desk; what the desk refuses does not happen.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, moment, plus
from helpdesk.config import LibrarySettings, Settings
from helpdesk.errands import LocalKeeper
from helpdesk.errors import HelpdeskError
from helpdesk.events import Seq
from helpdesk.message import Channel
from helpdesk.rolling import Rolling
from helpdesk.rulebook import drafts
from helpdesk.store.verbs import figures, tickets
from helpdesk.ticket import Ticket
from tests.report_house import ANA, Contact, Library

CALENDARS = """
[calendars.staffed]
zone = "Europe/London"
[calendars.staffed.week]
mon-fri = ["09:00-13:00", "14:00-19:00"]
sat = "22:00-26:00"
[[calendars.staffed.periods]]
name = "autumn term"
from = 2026-09-28
to = 2026-12-11
week = { mon-fri = "08:00-22:00", sun = "12:00-18:00" }
[[calendars.staffed.closures]]
from = 2026-11-09
to = 2026-11-09
reason = "Flood"
"""

STANDARDS = """
[standards.noise]
title = "Noise"
measure = "first_response"
limit = "15 working min"
calendar = "staffed"
share = 90
covers = { channels = ["sms"] }
attended_answers = true
from = 2021-08-01

[standards.next]
title = "Each message"
measure = "next_response"
limit = "4 working hours"
calendar = "staffed"
share = 90
from = 2021-08-01

[standards.news]
title = "News as promised"
measure = "keep_informed"
limit = "as promised"
share = 95
from = 2021-08-01

[standards.done]
title = "Done"
measure = "resolution"
limit = "3 working days"
calendar = "staffed"
share = 80
from = 2021-08-01

[standards.urgent]
title = "Refunds"
measure = "first_response"
limit = "2 h"
share = 97.5
covers = { tags = ["refund"] }
from = 2021-08-01

[standards.chats]
title = "Chats"
measure = "claimed"
limit = "60 s"
share = 98
covers = { channels = ["chat"] }
from = 2021-08-01

[standards.desk]
title = "The desk"
measure = "first_response"
limit = "3 min"
share = 95
covers = { channels = ["phone", "desk"] }
from = 2021-08-01
"""


class Storm:
    """Whatever happens next, by a seed."""

    def __init__(self, house: Library, files: Path, seed: int) -> None:
        self.house, self.chance = house, random.Random(seed)
        self.rolling = Rolling(house.store, house.zone)
        self._settings = Settings(
            library=LibrarySettings(zone=house.zone), calendars=files / "hours.toml", standards=files / "standards.toml"
        )
        (files / "hours.toml").write_text(CALENDARS, encoding="utf-8")
        (files / "standards.toml").write_text(STANDARDS, encoding="utf-8")
        self._files = files
        self.keeper = LocalKeeper(self._settings, house.clock, house.store, house.rulebook)

    async def begin(self) -> None:
        """What the library promises is published."""
        found = drafts(
            self._settings.calendars, self._settings.standards, now=self.house.clock.now(), zone=self.house.zone
        )
        await self.house.rulebook.publish(found)

    async def blow(self, deeds: int) -> None:
        """So many deeds, minutes to days apart."""
        for _ in range(deeds):
            passes = self.chance.choice([20 * SECOND, 5 * MINUTE, HOUR, 5 * HOUR, DAY // 2, 2 * DAY])
            self.house.clock.move_to(plus(self.house.clock.now(), 1 + self.chance.randrange(passes)))
            deed = self.chance.choices(self._deeds(), weights=self._weights())[0]
            with suppress(HelpdeskError):
                await deed()

    def _deeds(self) -> list[Callable[[], Awaitable[object]]]:
        return [self._comes, self._on_a_ticket, self._served, self._suspends, self._lifts, self._publishes, self._rolls]

    def _weights(self) -> list[int]:
        return [40, 60, 6, 2, 1, 2, 6]

    async def _comes(self) -> None:
        line = self.chance.choice(["noise", "help", "chat"])
        await self.house.comes(line, automatic=line == "help" and self.chance.random() < 0.1)

    async def _served(self) -> None:
        """Somebody rings or comes to the desk, perhaps about what they wrote before."""
        waited = self.chance.choice([None, 0, 90 * SECOND, 10 * MINUTE])
        site, channel = self.chance.choice(["", "law"]), self.chance.choice([Channel.PHONE, Channel.DESK])
        served = await self.house.desk.log_contact(ANA, channel, site=site, waited=waited)
        if self.chance.random() < 0.3 and self.house.contacts:
            other = self.chance.choice(self.house.contacts)
            into = await self.house.store.read(tickets.get, other.ticket)
            await self.house.desk.merge(ANA, served.id, served.version, into.number)

    async def _on_a_ticket(self) -> None:
        """Something is done to one of the latest tickets, or to an old one."""
        if not self.house.contacts:
            return
        recent = self.house.contacts[-6:] if self.chance.random() < 0.8 else self.house.contacts
        contact = self.chance.choice(recent)
        found = await self.house.store.read(tickets.get, contact.ticket)
        deeds = (self._answers, self._answers, self._talks, self._states, self._turns)
        await self.chance.choice(deeds)(contact, found)

    async def _answers(self, contact: Contact, found: Ticket) -> None:
        desk = self.house.desk
        match self.chance.randrange(5):
            case 0:
                await desk.claim(ANA, found.id)
            case 1 if contact.replies:
                await self.house.bounces(contact)
            case _:
                then = self.chance.choice(["open", "waiting", "solved"])
                await desk.reply(ANA, found.id, found.version, "On our way.", then=then)  # type: ignore[arg-type]
                contact.replies.append(self.house.clock.now())

    async def _talks(self, contact: Contact, found: Ticket) -> None:
        if contact.channel is Channel.CHAT and self.chance.random() < 0.3:
            await self.house.leaves(contact)
        else:
            await self.house.writes_again(contact)

    async def _states(self, contact: Contact, found: Ticket) -> None:
        desk, now = self.house.desk, self.house.clock.now()
        since = Instant(self.chance.randrange(found.opened, now + 1))
        match self.chance.randrange(6):
            case 0:
                await desk.attended(ANA, found.id, found.version, since)
            case 1:
                await desk.correct(ANA, found.id, found.version, since, "by phone")
            case 2:
                await desk.promise(ANA, found.id, found.version, plus(now, self.chance.randrange(HOUR, 3 * DAY)))
            case 3:
                await desk.tag(ANA, found.id, found.version, self.chance.choice([("refund",), ("printer",), ()]))
            case 4:
                await desk.test(ANA, found.id, found.version)
            case 5:
                await desk.explain(ANA, found.id, found.version, "short of staff")

    async def _turns(self, contact: Contact, found: Ticket) -> None:
        desk = self.house.desk
        match self.chance.randrange(5):
            case 0:
                await desk.spam(ANA, found.id, found.version)
            case 1:
                await desk.wait(ANA, found.id, found.version)
            case 2:
                await desk.solve(ANA, found.id, found.version)
            case 3:
                await desk.reopen(ANA, found.id, found.version)
            case 4:
                effort, enough = self.chance.choice([None, 1, 3, 6]), self.chance.choice([None, True, False])
                await desk.sorting.grade(ANA, found.id, found.version, effort=effort, first_contact=enough)

    async def _suspends(self) -> None:
        today = moment(self.house.clock.now()).date()
        begin = today + timedelta(days=self.chance.randrange(-20, 10))
        whose = self.chance.choice(["", "noise", "done"])
        end = begin + timedelta(days=self.chance.randrange(1, 6))
        await self.keeper.suspend(ANA, standard=whose, begin=begin, end=end, why="strike")

    async def _lifts(self) -> None:
        held = await self.house.store.read(figures.suspensions)
        if held:
            await self.keeper.unsuspend(ANA, suspension=Seq(self.chance.choice(held).seq))

    async def _publishes(self) -> None:
        """Another share, another limit, other hours; or the hours since last week were other ones."""
        share, limit = self.chance.choice([85, 90, 95]), self.chance.choice(["15", "20"])
        told = STANDARDS.replace("share = 90", f"share = {share}", 1).replace("15 working", f"{limit} working")
        (self._files / "standards.toml").write_text(told, encoding="utf-8")
        opens = self.chance.choice(["08:00", "09:00", "10:00"])
        hours = CALENDARS.replace('mon-fri = "08:00-22:00"', f'mon-fri = "{opens}-22:00"')
        (self._files / "hours.toml").write_text(hours, encoding="utf-8")
        await self.keeper.publish(restate_from=self._restated(), why="wrong until now")

    def _restated(self) -> date | None:
        now = moment(self.house.clock.now()).date()
        return now - timedelta(days=7) if self.chance.random() < 0.4 else None

    async def _rolls(self) -> None:
        await self.rolling.go_on(self.house.clock.now())
