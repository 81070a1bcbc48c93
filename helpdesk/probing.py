"""Is the line alive? Sends ourselves a message by each line and waits until it is back.

One pass is :meth:`Probing.check_due`: the daily probes whose time has come are asked for, what is asked for is sent,
what did not come back in time has failed. That one came back says the door (:mod:`helpdesk.intake`,
:mod:`helpdesk.chats`), which lets a probe no further. With several servers each probe is one server's.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.clock import MINUTE, Clock, Instant, instant, plus
from helpdesk.config import Settings
from helpdesk.errors import HelpdeskError, NotFound
from helpdesk.ids import Entropy, Ids
from helpdesk.lines import limits_of
from helpdesk.local_days import local_day
from helpdesk.message import Channel, EntryId, LineId, OutboxId, PersonId, StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.ports.probes import Errand, Probe, Prober, Reached
from helpdesk.probe_text import digest, new_token, probe_text
from helpdesk.standards import Published
from helpdesk.store.verbs import probes as verbs
from helpdesk.store.verbs import probes_told
from helpdesk.store.verbs.escalating import Duty
from helpdesk.store.verbs.probes import Fresh
from helpdesk.tables import nearest_end

SECONDS = 90.0
"""How long one probe may take until it is out, in seconds."""


class Probing:
    """Sends probes, and satisfies :class:`helpdesk.ports.probes.Probes`."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        settings: Settings,
        probers: Mapping[Channel, Prober],
        published: Callable[[], Published],
        duties: Sequence[Duty] = (),
        entropy: Entropy = os.urandom,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._probers = probers
        self._published = published
        self._duties = duties
        self._entropy = entropy
        self._ids = Ids(clock, entropy)
        self._limits = limits_of(settings)
        self._probed: date | None = None
        """The day of which every line has had its daily probe."""

    def refit(self, settings: Settings, duties: Sequence[Duty]) -> None:
        """Go by other settings from now on."""
        self._settings, self._duties, self._limits = settings, duties, limits_of(settings)
        self._probed = None

    async def latest(self, actor: StaffId) -> tuple[Probe, ...]:
        """The latest probe of each line that was ever probed, by line."""
        return await self._store.read(verbs.latest)

    async def begin(self, actor: StaffId, *, lines: tuple[str, ...] = (), texts: bool = True) -> tuple[Probe, ...]:
        """Probe these lines now, or all."""
        known = self._settings.lines
        if (missing := next((name for name in lines if name not in known), None)) is not None:
            raise NotFound(f"There is no line {missing!r}; {nearest_end(missing, known)}")
        wanted = tuple(name for name in lines or known if texts or self._is_free(name))
        fresh = self._fresh(wanted, texts=texts)
        now = self._clock.now()
        return await self._store.write(verbs.want, fresh, now, self._until(now), actor)

    def _fresh(self, lines: Sequence[str], *, texts: bool, day: str = "") -> tuple[Fresh, ...]:
        channels = {name: self._settings.lines[name].channel for name in lines}
        return tuple(
            Fresh(id=self._ids.new(), line=LineId(name), channel=channel, day=day, texts=texts)
            for name, channel in channels.items()
            if channel in self._probers
        )

    def _until(self, now: Instant) -> Instant:
        return plus(now, self._settings.probe.minutes * MINUTE)

    async def check_due(self) -> Instant | None:
        """Give up what is late, ask for the daily probes that are due, send what is asked for; when to look again."""
        now = self._clock.now()
        due = await self._store.read(verbs.next_due)
        if due is not None and due <= now:
            await self._give_up(now)
        daily, began = await self._begin_daily(now)
        if began or (due is not None and due <= now):
            async with asyncio.TaskGroup() as tasks:
                for probe in await self._store.read(verbs.wanted, now):
                    tasks.create_task(self._run(probe))
            due = await self._store.read(verbs.next_due)
        return min((when for when in (daily, due) if when is not None), default=None)

    async def _give_up(self, now: Instant) -> None:
        """What did not come back in time has failed."""
        for probe in await self._store.read(verbs.late, now):
            await self._fail(probe, f"It did not come back within {self._settings.probe.minutes} min. {probe.said}")

    async def _begin_daily(self, now: Instant) -> tuple[Instant | None, bool]:
        """Ask for today's probes once their time has come. When the next ones are due, if ever; whether any began."""
        probe, zone = self._settings.probe, ZoneInfo(self._settings.library.zone)
        if not probe.at:
            return None, False
        today = local_day(now, zone.key)
        due = instant(datetime.combine(today, time.fromisoformat(probe.at), zone))
        if now < due or today == self._probed:
            return due if now < due else self._tomorrow(today), False
        lines = [name for name in probe.lines or self._settings.lines if self._is_free(name) or probe.texts]
        had = await self._store.read(verbs.had, today.isoformat())
        left = [name for name in lines if name in self._settings.lines and name not in had]
        if fresh := self._fresh(left, texts=probe.texts, day=today.isoformat()):
            await self._store.write(verbs.want, fresh, now, self._until(now), "system")
        else:
            self._probed = today
        return self._tomorrow(today), bool(fresh)

    def _tomorrow(self, today: date) -> Instant:
        at, zone = time.fromisoformat(self._settings.probe.at), ZoneInfo(self._settings.library.zone)
        return instant(datetime.combine(today + timedelta(days=1), at, zone))

    def _is_free(self, line: str) -> bool:
        """Whether a line can be probed without a text: a message centre has no account to look at."""
        texting = line in self._settings.lines_of(Channel.SMS)
        return not (texting and self._settings.sms.carrier == "smpp")

    async def _run(self, wanted: Probe) -> None:
        """Send a probe. Whatever a prober raises ends in the store, not in the loop."""
        now, token, outbox = self._clock.now(), new_token(self._entropy), OutboxId(self._ids.new())
        until = self._until(now)
        probe = await self._store.write(verbs.take, wanted.id, digest(token), outbox, now, until)
        if probe is None:
            return
        errand = Errand(line=probe.line, text=probe_text(token), outbox=outbox, created=now, texts=probe.texts)
        try:
            async with asyncio.timeout(SECONDS):
                reached = await self._probers[probe.channel].send(errand)
        except HelpdeskError as error:
            await self._fail(probe, str(error))
        except TimeoutError:
            await self._fail(probe, f"It could not be sent within {SECONDS:.0f} s.")
        except Exception as error:  # noqa: BLE001 - a fault of the prober ends its probe, and is told as one
            await self._fail(probe, f"The program failed at it ({type(error).__name__}).")
        else:
            await self._sent(probe, reached)

    async def _sent(self, probe: Probe, reached: Reached) -> None:
        limits = self._limits.get(reached.by) if reached.by is not None else None
        now = self._clock.now()
        await self._store.write(verbs.sent, probe.id, reached, limits, now, self._until(now))

    async def _fail(self, probe: Probe, why: str) -> None:
        failed = await self._store.write(verbs.fail, probe.id, why.strip(), self._clock.now())
        if failed is not None and failed.daily and self._settings.probe.tell_duty:
            await self._tell(failed)

    async def _tell(self, failed: Probe) -> None:
        """The first on the duty list who is reached by another line; nobody where there is none."""
        duty = next((each for each in self._duties if each.line != failed.line), None)
        if duty is None:
            return
        new = self._ids.new
        text = f"{self._settings.library.name}: line {failed.line} failed its daily probe. See `helpdesk check --live`."
        ids = probes_told.Minted(
            ticket=TicketId(new()), person=PersonId(new()), entry=EntryId(new()), outbox=OutboxId(new())
        )
        await self._store.write(probes_told.tell, duty, text, ids, self._clock.now(), self._published())
