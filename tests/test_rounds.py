"""Scripted staff deal with noise as people would, and whoever carries a duty phone answers it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from helpdesk.beside import beside
from helpdesk.clock import MINUTE
from helpdesk.message import IncidentId, StaffId
from helpdesk.noise.incidents import IncidentState, NoiseOutcome
from helpdesk.simulator.duty import DutyPhone
from helpdesk.simulator.handset import Arrived, Handset, Posted
from helpdesk.simulator.rounds import SECURITY, Rounds
from helpdesk.simulator.tally import counted, tally
from tests.conversation import Town
from tests.noisy import Walker, noisy, walker
from tests.people import HurriedClock

WENT = "We went to Silent study, level 3"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library with zones."""
    async with noisy() as opened:
        yield opened


@pytest.fixture
async def mia(town: Town) -> Walker:
    """A member at the desk."""
    return await walker(town, "mia")


def rounds(town: Town, actor: StaffId, seed: int = 1) -> Rounds:
    """A member's way with noise: two minutes to get there, one to look."""
    return Rounds(
        noise=town.house.desk.noise,
        actor=actor,
        clock=town.clock,
        chance=random.Random(seed),
        walks=lambda: town.time.passes(minutes=2),
        looks=lambda: town.time.passes(minutes=1),
    )


async def the_incident(mia: Walker) -> IncidentId:
    """The only one."""
    [found] = await mia.list()
    return found.id


async def test_somebody_goes_looks_and_tells(town: Town, mia: Walker) -> None:
    """Every step by the desk's own verbs; the reporter hears the library's words with the place in them."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await ana.hears("we look into it")
    round_ = rounds(town, mia.id)
    incident = await the_incident(mia)
    assert await round_.takes(incident)
    await round_.go(incident, NoiseOutcome.SPOKEN_TO)
    await ana.hears(f"{WENT} and asked for quiet.")
    over = (await mia.looks(incident)).incident
    assert (over.state, over.outcome) == (IncidentState.OVER, NoiseOutcome.SPOKEN_TO)
    assert over.attended is not None
    assert over.attended - over.began == 2 * MINUTE
    assert not await round_.takes(incident)


async def test_a_text_on_the_way_holds_nobody_up(town: Town, mia: Walker) -> None:
    """What changed meanwhile is looked at again, and both hear."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    round_ = rounds(town, mia.id)

    async def ben_texts() -> None:
        await town.time.passes(minutes=1)
        await ben.texts("loud L3A")

    round_.looks = ben_texts
    await round_.go(await the_incident(mia), NoiseOutcome.QUIET)
    for texter in (ana, ben):
        await texter.hears("In danger call 999")
        await texter.hears(f"{WENT}: it was quiet")


async def test_a_colleagues_noise_is_theirs(town: Town, mia: Walker) -> None:
    """Who comes second neither sends anybody nor tells anything."""
    await town.texter("ana").texts("loud L3A")
    await mia.dispatches("mia")
    ben = rounds(town, (await town.staff("ben")).id)
    incident = await the_incident(mia)
    assert not await ben.takes(incident)
    await ben.go(incident)
    assert [each.state for each in await mia.list()] == [IncidentState.DISPATCHED]


async def test_security_goes_where_there_is_danger(town: Town, mia: Walker) -> None:
    """Nobody of the staff goes alone, and the reporter hears who went."""
    ana = town.texter("ana")
    await ana.texts("they are fighting, L3A")
    incident = await the_incident(mia)
    await rounds(town, mia.id).go(incident)
    over = (await mia.looks(incident)).incident
    assert (over.goes, over.outcome) == (SECURITY, NoiseOutcome.SECURITY)


async def test_nobody_goes_nowhere(town: Town, mia: Walker) -> None:
    """Without a place the reporter is told so; with one that came meanwhile somebody goes."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("so loud")
    await rounds(town, mia.id).nowhere(await the_incident(mia))
    await ana.hears("we look into it")
    await ana.hears("Where is the noise?")
    await ana.hears("We did not learn where the noise was")
    await ben.texts("so loud")
    incident = await the_incident(mia)
    await ben.texts("L3A")
    await rounds(town, mia.id).nowhere(incident)
    assert (await mia.looks(incident)).incident.attended is not None


async def test_the_noise_is_counted(town: Town, mia: Walker) -> None:
    """Incidents, texters, what came of it, and what goes on."""
    ana, ben, cat = town.texter("ana"), town.texter("ben"), town.texter("cat")
    for texter in (ana, ben):
        await texter.texts("loud L3A")
    await rounds(town, mia.id).go(await the_incident(mia), NoiseOutcome.NOT_FOUND)
    await cat.texts("so loud")
    await mia.mutes(cat, hours=1)
    await cat.texts("so loud")
    found = await tally(town.house.desk, mia.id)
    assert (found.incidents, found.reporters, found.joined, found.unplaced) == (2, 3, 1, 1)
    assert (found.attended, found.going_on, found.danger, found.muted) == (2 * MINUTE, 1, 0, 1)
    assert found.outcomes == {"not_found": 1}
    assert found.text() == (
        "noise: 2 incidents told of by 3 texters, somebody there after 2 min (median): 1 not found, 1 going on; "
        "0 with danger, 1 ticket muted"
    )
    assert counted([]).attended is None


class Wire:
    """Takes what a handset sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.heard = asyncio.Event()

    async def __call__(self, handset: Handset, body: str, to: str, media: tuple[str, ...]) -> Posted:
        """Keep it."""
        self.sent.append((to, body))
        self.heard.set()
        return Posted(sid="SM1", status=200)


async def test_a_duty_phone_answers_what_asks_for_an_answer() -> None:
    """After some minutes, to the line that asked; other texts it only reads."""
    clock, wire = HurriedClock(), Wire()
    start = clock.now()
    handset = Handset("+447700900011", "duty", wire)
    phone = DutyPhone(handset, "+447700900002", clock, 1)
    async with beside(phone.run()):
        for body in ("Noise 1 was taken by kit meanwhile.", "Noise 2. Nobody has it. Reply OK to take it, NO to pass."):
            handset.rings(Arrived(sid="SM2", line="+447700900002", body=body))
        await wire.heard.wait()
    assert 2 * MINUTE <= clock.now() - start <= 5 * MINUTE
    [(to, said)] = wire.sent
    assert to == "+447700900002"
    assert said in {"OK, going", "No, I am at the other site"}
