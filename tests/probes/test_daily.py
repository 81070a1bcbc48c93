"""Daily probes: once a day, in the library's own time, loud where they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from helpdesk.clock import HOUR, MINUTE, Instant
from helpdesk.config import EscalationSettings, ProbeSettings
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind
from helpdesk.message import Channel
from helpdesk.ports.probes import Errand, Prober, ProbeState, Reached
from helpdesk.probing import Probing
from tests.conversation import Town, library
from tests.staff import SAM

pytestmark = pytest.mark.usefixtures("engine")

AT = ProbeSettings(at="07:30")
EVENING = Instant(1_780_000_000_000)
"""28 May 2026, 21:26 in London."""


class Scripted:
    """A prober that does as it is told: it goes out, it can't, or it breaks."""

    def __init__(self) -> None:
        self.sent: list[Errand] = []
        self.raises: Exception | None = None
        self.waits = asyncio.Event()
        self.waits.set()

    async def send(self, errand: Errand) -> Reached:
        """Out, unless told otherwise; it comes back through the door when the test says so."""
        self.sent.append(errand)
        await self.waits.wait()
        if self.raises is not None:
            raise self.raises
        return Reached(shows="It came.", missing="Look at it.")


class Probed:
    """A library with scripted probers."""

    def __init__(self, town: Town, prober: Scripted) -> None:
        self.town = town
        self.prober = prober

    def server(self) -> Probing:
        """What probes on one server."""
        house = self.town.house
        probers: dict[Channel, Prober] = dict.fromkeys((Channel.MAIL, Channel.SMS, Channel.CHAT), self.prober)
        return Probing(
            store=house.store,
            clock=house.clock,
            settings=house.settings,
            probers=probers,
            published=house.rules.published,
            duties=house.probing._duties,
        )

    async def failures(self) -> list[str]:
        """What the desk says."""
        return [notice.text for notice in await self.town.house.desk.notices() if "failed" in notice.text]

    def until(self, hour: int, minute: int = 0) -> None:
        """It is that time in London, summer time, the next day that it is."""
        wanted = (hour - 1) * HOUR + minute * MINUTE
        now = self.town.clock.now()
        today = now - now % (24 * HOUR)
        self.town.clock.move_to(Instant(today + wanted if today + wanted >= now else today + 24 * HOUR + wanted))


@asynccontextmanager
async def probed(**sections: Any) -> AsyncIterator[Probed]:
    """A library that is probed at half past seven."""
    async with library(**{"probe": AT, **sections}) as town:
        yield Probed(town, Scripted())


async def test_once_a_day_at_its_time() -> None:
    """Not before, and not again; the next day again. Every line by itself, none by a text."""
    async with probed() as here:
        server = here.server()
        here.until(7)
        assert await server.check_due() == here.town.time.now + 30 * MINUTE
        assert here.prober.sent == []
        here.until(7, 30)
        await server.check_due()
        assert {errand.line for errand in here.prober.sent} == set(here.town.house.settings.lines)
        assert {errand.texts for errand in here.prober.sent} == {False}
        await here.server().check_due()
        assert len(here.prober.sent) == 5
        here.until(7)
        here.until(7, 30)
        await server.check_due()
        assert len(here.prober.sent) == 10


async def test_off_by_default() -> None:
    """Nothing is sent that nobody asked for."""
    async with probed(probe=ProbeSettings()) as here:
        here.until(7, 30)
        assert await here.server().check_due() is None
        assert here.prober.sent == []


async def test_only_the_lines_that_are_named() -> None:
    """And texts only where that is said."""
    async with probed(probe=ProbeSettings(at="07:30", lines=("noise", "help"), texts=True)) as here:
        here.until(8)
        await here.server().check_due()
        assert {(errand.line, errand.texts) for errand in here.prober.sent} == {("noise", True), ("help", True)}


async def test_two_servers_probe_once() -> None:
    """Both at the same moment; and one that starts later does not begin again."""
    async with probed() as here:
        here.until(7, 30)
        async with asyncio.TaskGroup() as tasks:
            for server in (here.server(), here.server()):
                tasks.create_task(server.check_due())
        await here.server().check_due()
        assert len(here.prober.sent) == len(here.town.house.settings.lines)


async def test_what_does_not_come_back_is_loud() -> None:
    """An error at the desk for each line, a fact in the log; it stands until a probe passes."""
    async with probed(probe=ProbeSettings(at="07:30", lines=("help",))) as here:
        server = here.server()
        here.until(7, 30)
        due = await server.check_due()
        assert due == here.town.time.now + 5 * MINUTE
        here.town.clock.move_to(Instant(due))
        await server.check_due()
        assert await here.failures() == ["Line help failed its probe: It did not come back within 5 min. Look at it."]
        told = [event.data for event in await here.town.log() if event.kind is Kind.PROBE_FAILED]
        assert told == [{"line": "help", "channel": "mail", "took": None}]
        here.until(20)
        await here.town.house.watch.check_due()
        assert len(await here.failures()) == 1
        [probe] = await server.begin(SAM, lines=("help",))
        await server.check_due()
        errand = here.prober.sent[-1]
        await here.town.mailer("ourselves").mails(errand.text)
        assert await here.failures() == []
        [latest] = await server.latest(SAM)
        assert (latest.id, latest.state, latest.said) == (probe.id, ProbeState.PASSED, "It came.")


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (Refused("The relay is down."), "The relay is down."),
        (ValueError("x"), "The program failed at it (ValueError)."),
    ],
)
async def test_what_can_t_be_sent_is_loud_at_once(raised: Exception, said: str) -> None:
    """In words; of a fault of ours only its kind."""
    async with probed(probe=ProbeSettings(at="07:30", lines=("help",))) as here:
        here.prober.raises = raised
        here.until(7, 30)
        await here.server().check_due()
        assert await here.failures() == [f"Line help failed its probe: {said}"]


async def test_the_duty_list_is_told_only_where_that_is_set() -> None:
    """Its first who is reached by another line than the one that failed."""
    duty = {
        "ward": {"address": "ward@library.example", "line": "help"},
        "lead": {"address": "+447700900501", "line": "text"},
    }
    escalation = EscalationSettings.model_validate({"duty": duty})
    for tells, told in ((False, []), (True, ["+447700900501"])):
        probe = ProbeSettings(at="07:30", lines=("help",), tell_duty=tells)
        async with probed(probe=probe, escalation=escalation) as here:
            here.prober.raises = Refused("The relay is down.")
            here.until(7, 30)
            await here.server().check_due()
            await here.town.settles()
            sent = here.town.wires[Channel.SMS].sent
            assert [each.to.value for each in sent] == told  # type: ignore[union-attr]
            assert all("line help failed its daily probe" in each.text for each in sent)


async def test_a_process_that_died_with_a_probe_in_hand() -> None:
    """Another takes it up after a while, with a new token; nobody is alarmed."""
    async with probed(probe=ProbeSettings(at="07:30", lines=("help",))) as here:
        here.until(7, 30)
        here.prober.waits.clear()
        async with asyncio.TaskGroup() as tasks:
            dying = tasks.create_task(here.server().check_due())
            while not here.prober.sent:
                await asyncio.get_running_loop().run_in_executor(None, bool)
            dying.cancel()
        here.prober.waits.set()
        await here.server().check_due()
        assert len(here.prober.sent) == 1
        here.town.clock.move_to(Instant(here.town.clock.now() + 2 * MINUTE))
        await here.server().check_due()
        first, second = here.prober.sent
        assert first.text != second.text
        await here.town.mailer("ourselves").mails(second.text)
        await here.town.mailer("ourselves").mails(first.text)
        assert await here.town.house.store.read(lambda sql: sql("SELECT 1 FROM tickets")) == []
        assert await here.failures() == []
        assert (await here.server().latest(SAM))[0].state is ProbeState.PASSED


async def test_asked_for_by_hand() -> None:
    """A line that is not there is NotFound; one that is under way is not begun again."""
    async with probed() as here:
        server = here.server()
        with pytest.raises(NotFound, match="did you mean 'help'"):
            await server.begin(SAM, lines=("hlp",))
        assert len(await server.begin(SAM, lines=("help",))) == 1
        assert await server.begin(SAM, lines=("help",)) == ()
        assert {probe.line for probe in await server.begin(SAM)} == set(here.town.house.settings.lines) - {"help"}


async def test_probes_are_forgotten_after_thirty_days() -> None:
    """With all that was said of them."""
    async with probed() as here:
        await here.server().begin(SAM)
        here.town.clock.passes(days=31)
        await here.town.house.watch.check_due()
        assert await here.server().latest(SAM) == ()
