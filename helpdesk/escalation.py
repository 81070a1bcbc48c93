"""Away from the desk: what nobody took goes to the duty list by text or mail, one after the other.

One pass is :meth:`Escalation.check_due`. What they answer comes in by the door as everything does; the verb of
:mod:`helpdesk.store.verbs.escalating` knows it for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from helpdesk.clock import MINUTE, Clock, Instant, plus
from helpdesk.config import LineSettings, Settings
from helpdesk.ids import Ids
from helpdesk.message import Address, EntryId, LineId, OutboxId, PersonId, TicketId
from helpdesk.noise.escalation import alarm_text
from helpdesk.ports import Store
from helpdesk.standards import Published
from helpdesk.store.verbs import escalating, escalation_due
from helpdesk.store.verbs.escalating import Duty, Telling
from helpdesk.store.verbs.escalation_due import Due
from helpdesk.zones.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyList:
    """Who is told, and when: from the settings."""

    settings: Settings
    plan: Plan

    @property
    def duties(self) -> tuple[Duty, ...]:
        """In the order in which they are told."""
        found = self.settings.escalation.duty
        return tuple(
            Duty(name=name, line=LineId(each.line), address=_address(self.settings.lines, each.line, each.address))
            for name, each in found.items()
        )


def _address(lines: Mapping[str, LineSettings], line: str, value: str) -> Address:
    return Address(channel=lines[line].channel, value=value)


class Escalation:
    """Tells the duty list of what is due."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, duty: DutyList, published: Callable[[], Published]
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published
        self.refit(duty)

    def refit(self, duty: DutyList) -> None:
        """Go by another list, or other times, from now on."""
        self._rules = duty.settings.escalation
        self._library = duty.settings.library
        self._plan = duty.plan
        self._duties = duty.duties

    async def check_due(self) -> Instant | None:
        """Tell who is to be told now; returns when to look again, None if only a change can bring something."""
        if not self._duties:
            return None
        now = self._clock.now()
        await self._store.write(escalating.settle, now)
        told = [await self._tell(due, now) for due in await self._store.read(escalation_due.due, self._rules, now)]
        await self._store.write(escalating.over, now)
        then = await self._store.read(escalation_due.next_due, self._rules, now)
        soon = plus(now, MINUTE)
        return then if all(told) else soon if then is None else min(then, soon)

    async def _tell(self, due: Due, now: Instant) -> bool:
        """False where it waits, because who is to be told is told too much already."""
        if due.step > len(self._duties):
            await self._store.write(escalating.exhausted, due, now)
            return True
        if await self._store.write(escalating.held_back, self._duties[due.step - 1], now):
            return False
        zone = self._plan.get(due.zone)
        several = len(self._plan.sites) > 1
        site = zone.site if zone and several else due.alarm.site if several else ""
        alarm = replace(due.alarm, place=zone.name if zone else "", site=site)
        new = self._ids.new
        telling = Telling(
            due=due,
            duty=self._duties[due.step - 1],
            text=alarm_text(alarm, library=self._library.name, zone=self._library.zone),
            ticket=TicketId(new()),
            person=PersonId(new()),
            entry=EntryId(new()),
            outbox=OutboxId(new()),
            again=plus(now, self._rules.next_minutes * MINUTE),
        )
        await self._store.write(escalating.tell, telling, now, self._published())
        return True
