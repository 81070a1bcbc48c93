"""Noise in a report: by whom it is made, as of when, under which names; told, exported, shown and published."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from helpdesk.clock import Instant
from helpdesk.message import LineId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.reports import Question, Report, as_csv, as_json, as_text, report
from helpdesk.reports.benchmark.ours import ours
from helpdesk.reports.contents import Noise, ZoneNoise
from helpdesk.reports.hiding import Shown
from helpdesk.reports.noise import KINDS, OUTCOMES
from helpdesk.reports.page import as_html
from helpdesk.reports.page.public import performance_page
from helpdesk.reports.page.reaching import Reaching
from helpdesk.reports.question import question_for
from helpdesk.reports.suppression import noise as suppressed
from helpdesk.settings.zoning import zone_plan
from helpdesk.store.verbs import days
from tests.conversation import QUIET, Town
from tests.loud.storm import noise_storm
from tests.made_noise import NOISE
from tests.made_reports import autumn, empty
from tests.noisy import noisy, walker
from tests.page_reading import Page
from tests.seeds import seeds
from tests.test_suppression import highest, lowest

SMALL = 5


def asks(town: Town, *, as_of: Instant | None = None) -> Question:
    """A question about everything, by the library's settings and plan."""
    settings = town.house.settings
    return question_for(settings, town.time.now, as_of=as_of, plan=zone_plan(settings))


async def reports(town: Town) -> Report:
    """The report, now."""
    return await report(town.house.store, asks(town))


def noise_of(found: Report) -> Noise:
    """Its noise, which is there."""
    assert found.noise is not None
    return found.noise


# What is counted


async def test_three_texts_about_one_noise() -> None:
    """Who told, when, where, what it was, how soon somebody went, and what came of it."""
    async with noisy(texts=QUIET) as town:
        mia = await walker(town, "mia")
        for name in ("ana", "ben", "cai"):
            await town.texter(name).texts("music, L3A")
            await town.time.passes(minutes=2)
        await mia.attends()
        await mia.concludes(NoiseOutcome.MOVED)
        found = noise_of(await reports(town))
    (zone,) = found.zones
    assert (zone.zone, zone.name, zone.site) == ("l3-silent", "Silent study, level 3", "main")
    assert (zone.told, zone.heard, zone.answered, zone.kinds["music"], zone.outcomes["moved"]) == (3, 1, 3, 1, 1)
    assert (zone.went.n, zone.went.median) == (1, 6 * 60_000)
    assert found.unplaced.told == 0
    assert {"Quiet study, level 2", "Group study, level 1"} <= set(found.silent)


async def test_texts_without_a_place_and_those_set_apart() -> None:
    """Each has a number of its own, and neither is in a zone."""
    async with noisy(texts=QUIET) as town:
        ana, mia = town.texter("ana"), await walker(town, "mia")
        await ana.texts("so loud here")
        await mia.mutes(ana, hours=2)
        await ana.texts("loud loud loud L3A", named="again")
        await town.time.passes(minutes=30)
        found = noise_of(await reports(town))
    assert (found.zones, found.unplaced.told, found.muted, found.limited) == ((), 1, 1, 0)


async def test_a_zone_that_left_the_plan_goes_by_its_id() -> None:
    """Nobody renames what was counted."""
    async with noisy(texts=QUIET) as town:
        await town.texter("ana").texts("loud L3A")
        found = noise_of(await report(town.house.store, replace(asks(town), zones=())))
    assert [(each.zone, each.name, each.site) for each in found.zones] == [("l3-silent", "l3-silent", "")]


async def test_a_library_without_a_line_for_noise_has_no_section() -> None:
    """With one, and no text, it says that there was none."""
    async with noisy(texts=QUIET) as town:
        asked = asks(town)
        assert (await report(town.house.store, replace(asked, noisy=False))).noise is None
        assert LineId("noise") in town.house.settings.lines
        quiet = await report(town.house.store, asked)
    assert "No text told of noise." in as_text(quiet)
    assert "No text told of noise." in Page(as_html(quiet)).text


# As of then, kept or not


@pytest.mark.parametrize("seed", seeds(40, 43))
async def test_as_of_then_is_what_was_made_then(seed: int) -> None:
    """Byte for byte, with days kept and with none, although noises were attended, parted and placed since."""
    async with noise_storm(seed, 25) as storm:
        town, made = storm.town, []
        for _ in range(4):
            made.append((asks(town), as_json(await reports(town))))
            town.time.clock.passes(seconds=0.001)
            await storm.blow(15)
        for kept in (False, True):
            if kept:
                await storm.rolling.make_all(town.time.now)
            else:
                await town.house.store.write(days.throw_away)
            for question, text in made:
                then = replace(question, now=town.time.now, as_of=question.now)
                assert as_json(await report(town.house.store, then)) == text


# How it is told


def test_every_line_of_the_text_fits() -> None:
    """Also where it was noisy round the clock, with thousands of texts, and names are long."""
    loud = _zone("x" * 40, [[1234] * 24] * 7)
    for found in (NOISE, Noise(zones=(loud,), unplaced=_zone("", [[0] * 24] * 7), total=loud)):
        told = as_text(autumn(noise=found))
        assert max(map(len, told.splitlines())) <= 80
    assert "Texts by zone and hour, 3 hours together from the one named" in told


def test_the_page_has_its_maps_as_tables() -> None:
    """Numbers for everybody: each zone by hour, each weekday by hour, both with their sums."""
    page = Page(as_html(autumn()))
    zones, week = page.table("Zone", "14", "In all"), page.table("Day", "14", "In all")
    assert zones.column("14") == ["89", "53", "17", "6", "11"]
    assert week.column("In all") == ["178", "199", "178", "250", "113", "43", "73"]
    assert page.table("Zone", "To half within").column("Texts")[-1] == "1,034"


def test_machines_get_all_of_it() -> None:
    """Zones with their weeks in JSON, hour by hour in CSV."""
    noise = json.loads(as_json(autumn()))["noise"]
    assert [each["texts"] for each in noise["zones"]] == [547, 328, 87, 24]
    assert sum(map(sum, noise["total"]["noises_by_weekday_and_hour"])) == noise["total"]["noises"] == 426
    assert 'l3-silent,"Silent study, level 3",main,4,14,20,' in as_csv(autumn(), "noise")
    assert json.loads(as_json(empty()))["noise"] is None


def test_no_noise_in_a_benchmark() -> None:
    """What other libraries get is the same with it and without."""
    assert ours(autumn()) == ours(autumn(noise=None))


# What is published


def test_nothing_is_published_of_noise_unless_the_library_wants_it() -> None:
    """The setting is off: no zone, no number."""
    assert "noisy" not in _published(noise=False)
    assert "Silent study" not in _published(noise=False)


def test_the_public_map_hides_small_numbers() -> None:
    """Zones by hour; what is under five is not shown, and the sums of rows don't give it away."""
    page = Page(_published(noise=True))
    table = page.table("Zone", "14", "In all")
    assert table.column("14")[:2] == ["89", "53"]
    shown = {cell for hour in ("09", "10", "11") for cell in table.column(hour)}
    assert not shown & {"1", "2", "3", "4"}
    assert "Not shown" in page.text


def _published(*, noise: bool) -> str:
    return performance_page(autumn(), Reaching(), small=SMALL, noise=noise)


@pytest.mark.parametrize("seed", seeds(0, 3))
def test_no_hidden_hour_of_a_zone_can_be_worked_out(seed: int) -> None:
    """Loud rooms by day, a text now and then elsewhere: an outside solver can't tell a small number either."""
    chance = random.Random(seed)
    weeks = [[[chance.choice([0, 0, 0, 1, 2, busy]) for _ in range(24)] for _ in range(7)] for busy in (9, 6, 1, 1)]
    *zones, unplaced = [_zone(f"zone-{n}" if n < 3 else "", week) for n, week in enumerate(weeks)]
    found = Noise(zones=tuple(zones), unplaced=unplaced, total=NOISE.total)
    cells = [each.by_hour for each in (*found.zones, found.unplaced)]
    seen: Shown = suppressed(found, SMALL)
    hidden = [(r, c) for r, row in enumerate(seen.cells) for c, n in enumerate(row) if n is None]
    assert hidden
    assert all(seen.cells[r][c] is None for r in range(4) for c in range(24) if 0 < cells[r][c] < SMALL)
    for r, c in chance.sample(hidden, min(6, len(hidden))):
        least, most = lowest(cells, seen, r, c), highest(cells, seen, r, c)
        assert least < most >= SMALL


def _zone(zone: str, week: Sequence[Sequence[int]]) -> ZoneNoise:
    counts = tuple(map(tuple, week))
    return ZoneNoise(
        zone=zone,
        name=zone,
        texts=counts,
        noises=counts,
        kinds=dict.fromkeys(KINDS, 0),
        outcomes=dict.fromkeys(OUTCOMES, 0),
    )
