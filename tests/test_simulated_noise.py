"""A day of simulated noise over loopback channels: one seed, one log, byte for byte; and nobody is left waiting."""

from __future__ import annotations

import random
from collections import Counter
from importlib import resources
from itertools import islice
from pathlib import Path

import pytest

from helpdesk.clock import plus
from helpdesk.events import Kind
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.simulator.patrons import Errand, errands
from helpdesk.simulator.rounds import Rounds
from helpdesk.simulator.scenarios import Way, texts
from helpdesk.simulator.tally import Tally, tally
from tests.conversation import LINES, Texter, Town
from tests.noisy import Walker, noisy, walker

QUESTION = "Where is the noise?"
FEW, MANY = 8, 40
"""So many noises: some, and each of the scripts once and some again."""


async def reports(town: Town, errand: Errand) -> None:
    """Somebody texts; who is asked for the place says it, who knows it; others hear the same noise soon after."""
    texter = Texter(town, errand.person.id, number=errand.person.number)
    await town.time.comes(plus(town.time.now, errand.after))
    await texter.texts(errand.says[0])
    await town.settles()
    if errand.scenario.where and any(QUESTION in each.text for each in texter.heard):
        await town.time.passes(minutes=1)
        await texter.texts(errand.scenario.where)
    for text in errand.scenario.pesters:
        await texter.texts(text)


async def sees_to(town: Town, mia: Walker, rounds: Rounds) -> None:
    """One round through all that goes on."""
    for incident in await mia.list():
        if incident.zone:
            await rounds.go(incident.id)
        else:
            await rounds.nowhere(incident.id)
    await town.settles()


async def a_day(seed: int, zones: Path, count: int) -> tuple[list[str], Tally]:
    """Noises by a seed, seen to every few minutes: the log, and what came of it."""
    lines = {**LINES, "noise": LINES["noise"].model_copy(update={"site": "main"})}
    async with noisy(seed=seed, zones=zones, lines=lines) as town:
        mia = await walker(town, "mia")
        rounds = Rounds(
            noise=town.house.desk.noise,
            actor=mia.id,
            clock=town.clock,
            chance=random.Random(seed),
            walks=lambda: town.time.passes(minutes=2),
            looks=lambda: town.time.passes(minutes=1),
        )
        for number, errand in enumerate(islice(errands(seed, texts(), (Way.NOISE,)), count)):
            for each in (errand, *errand.company):
                await reports(town, each)
            if number % 2:
                await sees_to(town, mia, rounds)
            await town.time.passes(minutes=5)
        return [repr(event) for event in await town.log()], await tally(town.house.desk, mia.id)


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    """The demo's plan."""
    plan = tmp_path / "zones.toml"
    plan.write_bytes(resources.files("helpdesk.zones").joinpath("demo_zones.toml").read_bytes())
    return plan


async def test_one_seed_gives_one_log(zones: Path) -> None:
    """Ids, names, handles and outcomes too; another seed gives another day."""
    first = await a_day(7, zones, FEW)
    assert first == await a_day(7, zones, FEW)
    assert first[0] != (await a_day(8, zones, FEW))[0]


@pytest.mark.full
async def test_a_day_with_every_script_ends_well(zones: Path) -> None:
    """Noise that several tell of, that has no place, danger, and a nuisance; and nothing goes on at the end."""
    log, counted = await a_day(7, zones, MANY)
    assert counted.going_on == 0
    assert counted.reporters > counted.incidents >= MANY // 2
    assert counted.danger >= 1
    came = {NoiseOutcome.SPOKEN_TO, NoiseOutcome.QUIET, NoiseOutcome.SECURITY, NoiseOutcome.NO_PLACE}
    assert set(counted.outcomes) >= came
    kinds = Counter(line.split("Kind.")[1].split(":")[0] for line in log)
    assert all(kinds[kind.name] for kind in (Kind.JOINED, Kind.PLACED, Kind.DISPATCHED, Kind.ATTENDED, Kind.SET_APART))
