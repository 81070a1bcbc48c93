"""A term of noise, with evenings, weekends, lunch hours and a clock change: the report against a naive fold."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.reports.contents import Week, Went, ZoneNoise
from helpdesk.rolling import Rolling
from tests.loud.naive import Sums, fold, half
from tests.loud.storm import ZONE
from tests.loud.term import played, term
from tests.loud.test_noise_report import noise_of, reports


def _told(found: ZoneNoise) -> dict[str, object]:
    weeks = {"texts": found.texts, "noises": found.noises}
    return {
        **{
            name: {(d, h): n for d, row in enumerate(week) for h, n in enumerate(row) if n}
            for name, week in weeks.items()
        },
        "kinds": {name: n for name, n in found.kinds.items() if n},
        "outcomes": {name: n for name, n in found.outcomes.items() if n},
        "staffed": found.staffed,
        "answered": found.answered,
        "went": found.went,
        "went_away": found.went_away,
    }


def _cells(week: Week) -> dict[tuple[int, int], int]:
    return {(day, hour): n for day, row in enumerate(week) for hour, n in enumerate(row) if n}


def _naive(sums: Sums) -> dict[str, object]:
    return {
        "texts": dict(sums.texts),
        "noises": dict(sums.noises),
        "kinds": dict(sums.kinds),
        "outcomes": dict(sums.outcomes),
        "staffed": sums.staffed,
        "answered": sums.answered,
        "went": _went(sums.went),
        "went_away": _went(sums.went_away),
    }


def _went(times: list[int]) -> Went:
    middle = half(times)
    return Went(len(times), None if middle is None else middle * 1000)


async def _agree(folder: Path, noises: int, seed: int) -> None:
    plan = term(seed, noises)
    async with played(folder, plan) as town:
        await Rolling(town.house.store, ZONE).make_all(town.time.now)
        found = noise_of(await reports(town))
    zones = {each.zone: _told(each) for each in (*found.zones, found.unplaced) if each.told}
    assert found.calendar == "staffed"
    assert zones == {zone: _naive(sums) for zone, sums in fold(plan).items()}


async def test_a_small_term_as_the_naive_fold_has_it(tmp_path: Path) -> None:
    """Zone by zone: texts and noises by weekday and hour, kinds, outcomes, and how soon somebody went."""
    await _agree(tmp_path, noises=30, seed=2026)


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_whole_term_as_the_naive_fold_has_it(tmp_path: Path, seed: int) -> None:
    """Three months, over the night on which the clocks go back."""
    await _agree(tmp_path, noises=120, seed=seed)
