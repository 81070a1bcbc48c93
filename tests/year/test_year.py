"""A year of traffic, term and vacation, a strike and two clock changes: the report against a naive fold of the plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.reports import Figure, Report, report
from helpdesk.reports.question import Question
from helpdesk.standards import Outcome
from tests.year.library import END, FIRST, LONDON, MADE, Chance
from tests.year.naive import Sums, fold, kaplan_meier
from tests.year.played import Play, year


async def _report(play: Play) -> Report:
    question = Question(
        zone=str(LONDON), library="Three Sites Library", now=MADE, begin=FIRST, end=END, by="month", few=1
    )
    return await report(play.store, question)


def _sums(figure: Figure) -> dict[str, object]:
    return {
        "met": figure.met,
        "missed": figure.missed,
        "pending": figure.pending,
        "left early": figure.left_early,
        "left out": figure.set_apart,
        "suspended": figure.suspended,
        "recorded": figure.recorded,
        "whole": figure.whole,
        "corrected": figure.corrected,
        "median": figure.median,
        "p90": figure.p90,
    }


def _naive(sums: Sums) -> dict[str, object]:
    def times(percent: int) -> int | None:
        seconds = kaplan_meier(sums.answered, sums.waiting, percent)
        return None if seconds is None else seconds * 1000

    kinds = ("met", "missed", "pending", "left early", "left out", "suspended")
    return {
        **{kind: sums.counts[kind] for kind in kinds},
        "recorded": (sums.recorded["met"], sums.recorded["missed"]),
        "whole": (sums.whole["met"], sums.whole["missed"]),
        "corrected": sums.corrected,
        "median": times(50),
        "p90": times(90),
    }


async def _agree(folder: Path, contacts: int, seed: int) -> None:
    plans = Chance(seed).year(contacts)
    wanted = {key: _naive(sums) for key, sums in fold(plans).items()}
    async with year(folder, plans) as play:
        found = await _report(play)
    told = {(figure.standard, group.key): _sums(figure) for group in found.groups for figure in group.figures}
    assert told.keys() == wanted.keys()
    for key, figures in wanted.items():
        assert told[key] == figures, key


async def test_a_small_year_as_the_naive_fold_has_it(tmp_path: Path) -> None:
    """Month by month, standard by standard: counts, corrections, the strike, median and P90."""
    await _agree(tmp_path, contacts=250, seed=2026)


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_whole_year_as_the_naive_fold_has_it(tmp_path: Path, seed: int) -> None:
    """Thousands of contacts, so that every hour of the clock changes and of the strike has some."""
    await _agree(tmp_path, contacts=3000, seed=seed)


def test_the_plan_has_everything_that_can_go_wrong() -> None:
    """The naive fold of the small year sees each kind of ending, or the comparison would show little."""
    seen = {kind for sums in fold(Chance(2026).year(250)).values() for kind, n in sums.counts.items() if n}
    assert seen == {"met", "missed", "left early", "left out", "suspended"} | ({"pending"} & seen)
    assert len(Outcome) == 6
