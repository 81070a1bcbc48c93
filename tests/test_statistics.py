"""The statistics, held against published tables and against outside libraries on random samples.

The libraries reckon in floats: where a float may fall on either side of a whole number, one step is allowed.
"""

from __future__ import annotations

import doctest
import random
import re
import warnings
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.reports.restating import Cause
from helpdesk.reports.statistics import WHOLE, Answers, Chart, Signal, amber, funnel, quantile, quantiles, wilson, xmr

counts = st.integers(0, 400).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged)))
times = st.dictionaries(st.integers(0, 60), st.integers(1, 9), max_size=25)


@pytest.fixture(scope="module")
def lifelines() -> Any:
    """The outside library, which warns of its own libraries' ways while it loads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines

    return lifelines


# How sure a share is


@pytest.mark.parametrize(
    ("met", "judged", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(met: int, judged: int, low: float, high: float) -> None:
    """The four examples of Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = wilson(met, judged)
    assert found is not None
    rounded = 1.5  # ours outward, theirs to the nearest
    assert list(found) == pytest.approx([low * WHOLE, high * WHOLE], abs=rounded)


@pytest.mark.full
def test_wilson_as_statsmodels_reckons() -> None:
    """2,000 random samples, up to a million contacts: the same to the hundredth of a percent, never narrower."""
    from statsmodels.stats.proportion import proportion_confint

    chance = random.Random(1)
    for _ in range(2000):
        judged = round(10 ** chance.uniform(0, 6))
        met = chance.choice([0, judged, chance.randint(0, judged)])
        low, high = proportion_confint(met, judged, method="wilson")
        found = wilson(met, judged)
        assert found is not None
        assert -1e-6 <= low * WHOLE - found[0] < 1 + 1e-6
        assert -1e-6 <= found[1] - high * WHOLE < 1 + 1e-6


@given(counts)
def test_an_interval_holds_its_share(sample: tuple[int, int]) -> None:
    """It lies within 0 and 100 %, around the share, and what is missed is its mirror image."""
    met, judged = sample
    found, mirrored = wilson(met, judged), wilson(judged - met, judged)
    if found is None or mirrored is None:
        assert judged == 0
        return
    assert 0 <= found[0] <= met * WHOLE / judged <= found[1] <= WHOLE
    assert mirrored == (WHOLE - found[1], WHOLE - found[0])


def test_what_is_no_share_is_refused() -> None:
    """More met than judged is a mistake of ours, not a share of 110 %."""
    with pytest.raises(ValueError, match="11 of 10 is no share"):
        wilson(11, 10)
    with pytest.raises(ValueError, match="is no share"):
        funnel(10_001, 5)


# How far apart by chance


def test_a_funnel_is_the_exact_binomial() -> None:
    """Against scipy, from one contact to 100,000 and from no share at all to 100 %."""
    from scipy.stats import binom  # type: ignore[import-untyped]

    chance = random.Random(2)
    for _ in range(500):
        n, centre = (
            round(10 ** chance.uniform(0, 5)),
            chance.choice([0, 1, 5000, 9800, 9999, WHOLE, chance.randint(0, WHOLE)]),
        )
        found = funnel(centre, n)
        assert found is not None
        limits = (found.lower998, found.lower95, found.upper95, found.upper998)
        for tail, limit in zip((0.001, 0.025, 0.975, 0.999), limits, strict=True):
            count = int(binom.ppf(tail, n, centre / WHOLE))
            assert abs(limit * n / WHOLE - count) <= n / WHOLE + 1e-6, (centre, n, tail)


def test_a_funnel_narrows_with_the_root_of_its_size() -> None:
    """At 10,000 contacts of 90 % the normal formula p ± 1.96 s, as statsmodels has it, is as good; none: no limits."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(9000, 10_000, method="normal")
    found = funnel(9000, 10_000)
    assert found is not None
    assert [found.lower95, found.upper95] == pytest.approx([low * WHOLE, high * WHOLE], abs=2)
    assert found.lower998 < found.lower95 < 9000 < found.upper95 < found.upper998
    assert funnel(9000, 0) is None


def test_one_contact_is_no_outlier() -> None:
    """Whoever has one contact has 0 % or 100 %: met is never above what chance gives."""
    found = funnel(9800, 1)
    assert found is not None
    assert found.upper95 == WHOLE


# How long it took


def test_the_curve_of_a_published_trial() -> None:
    """The remission times of Freireich (1963), as every textbook reckons them: S(6) = 0.857 ... S(23) = 0.448."""
    relapsed = Counter([6, 6, 6, 7, 10, 13, 16, 22, 23])
    censored = Counter([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
    assert quantile(relapsed, censored, 50) == 23
    assert [quantile(relapsed, censored, percent) for percent in (14, 15, 55, 56)] == [6, 7, 23, None]
    assert quantile(Counter([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]), {}, 50) == 8


@pytest.mark.filterwarnings("ignore:Approximating")
@pytest.mark.full
def test_quantiles_as_lifelines_reckons(lifelines: Any) -> None:
    """150 random samples with every share of waiting contacts: the same time, or None where its curve ends above."""
    chance = random.Random(3)
    for _ in range(150):
        open_share = chance.choice([0.0, 0.2, 0.8])
        waits = [(chance.randint(0, 40), chance.random() >= open_share) for _ in range(chance.randint(1, 60))]
        answered = Counter(time for time, seen in waits if seen)
        censored = Counter(time for time, seen in waits if not seen)
        fitted = lifelines.KaplanMeierFitter().fit([time for time, _ in waits], [seen for _, seen in waits])
        for percent in (10, 50, 90):
            _same(fitted, answered, censored, percent)


def _same(fitted: Any, answered: Mapping[int, int], censored: Mapping[int, int], percent: int) -> None:
    """Where the curve equals the percentage exactly, its floats may miss it: a hair's breadth is allowed."""
    wanted = fitted.percentile(1 - percent / 100 + 1e-9)
    assert quantile(answered, censored, percent) == (None if wanted == inf else wanted)


def test_one_open_contact_changes_p90() -> None:
    """Nine answered and one that has waited longer than all: P90 is the ninth. With two waiting nobody knows it."""
    answered = {minute: 1 for minute in range(1, 10)}
    assert quantile(answered, {30: 1}, 90) == 9
    assert quantile(answered, {30: 2}, 90) is None
    assert quantile(answered, {0: 2}, 90) == 9
    assert quantile({}, {30: 2}, 50) is None


@given(times, times, st.integers(1, 100))
def test_a_quantile_is_the_curve_reckoned_exactly(
    answered: dict[int, int], censored: dict[int, int], percent: int
) -> None:
    """In fractions, step by step as the definition says, ties of the curve and the percentage included."""
    share, expected = Fraction(1), None
    for time in sorted(answered):
        waiting = sum(n for t, n in [*answered.items(), *censored.items()] if t >= time)
        share *= 1 - Fraction(answered[time], waiting)
        if expected is None and 1 - share >= Fraction(percent, 100):
            expected = time
    assert quantile(answered, censored, percent) == expected


@given(times.filter(bool), st.integers(1, 100))
def test_with_nobody_waiting_it_is_the_nearest_rank(answered: dict[int, int], percent: int) -> None:
    """A time that was really taken, never one in between."""
    ordered = sorted(Counter(answered).elements())
    assert quantile(answered, {}, percent) == ordered[-(-percent * len(ordered) // 100) - 1]


@given(times, times, st.integers(0, 60))
def test_who_waits_longer_never_makes_it_faster(answered: dict[int, int], censored: dict[int, int], more: int) -> None:
    """One more who has waited without an answer leaves every quantile where it was, or moves it up, or away."""
    for percent in (50, 90):
        before = quantile(answered, censored, percent)
        after = quantile(answered, Counter(censored) + Counter({more: 1}), percent)
        assert after is None or (before is not None and after >= before)


@given(times, times)
def test_several_quantiles_in_one_walk(answered: dict[int, int], censored: dict[int, int]) -> None:
    """The same as one by one, in the order asked for, a percentage asked for twice included."""
    percents = (90, 50, 90, 100)
    assert quantiles(Answers.of(answered), censored, percents) == tuple(
        quantile(answered, censored, each) for each in percents
    )


# What is noise

NOISE = [9000, 9200, 8900, 9100, 9300, 9000, 9100, 8800, 9000, 9200, 9100, 8900]
"""A year: its mean is 90.50 %, its mean moving range 21/11 points."""


def charted(*later: int) -> Chart:
    """A chart of a year of noise and what came after."""
    found = xmr([*NOISE, *later])
    assert found is not None
    return found


def test_limits_as_wheeler_reckons_them() -> None:
    """By hand: moves of 2, 3, 2, 2, 3, 1, 3, 2, 2, 1 and 2 points, so 90.50 ± 2.66 x 23/11."""
    moves = [abs(a - b) for a, b in pairwise(NOISE)]
    assert (sum(NOISE), sum(moves)) == (108_600, 2300)
    found = charted()
    assert (found.centre, found.lower, found.upper) == (9050, 8494, 9606)
    assert set(found.signals) == {None}


def test_limits_by_the_formula_of_control_charts() -> None:
    """2.66 is 3 / d2 with d2 = 1.128, the mean range of two from a normal curve: reckoned anew from 200,000 pairs."""
    chance = random.Random(4)
    ranges = [abs(chance.gauss(0, 1) - chance.gauss(0, 1)) for _ in range(200_000)]
    assert 3 / (sum(ranges) / len(ranges)) == pytest.approx(2.66, abs=0.02)


@pytest.mark.parametrize(
    ("later", "signals"),
    [
        ([8494], [None]),
        ([8493], [Signal.BELOW]),
        ([9607, 9050], [Signal.ABOVE, None]),
        ([9400, 9400, 9050, 9400], [Signal.NEAR_UPPER, Signal.NEAR_UPPER, None, Signal.NEAR_UPPER]),
        ([8700, 8700, 9050, 9050, 8700], [None] * 5),
        ([9051, 9040] * 4, [None] * 8),
        ([9040] * 7, [Signal.RUN_BELOW] * 7),
        ([9060] * 7, [None] * 7),
        ([9060] * 8, [Signal.RUN_ABOVE] * 8),
        ([9060] * 4 + [9050] + [9060] * 4, [None] * 9),
    ],
)
def test_signals(later: list[int], signals: list[Signal | None]) -> None:
    """On a limit is noise, beyond it none; a point on the centre ends a run. (The year ends with one below it.)"""
    assert list(charted(*later).signals[len(NOISE) :]) == signals


def test_limits_stay_within_what_a_share_can_be() -> None:
    """Near 100 % the upper limit is 100 %; what lies near the one that was cut is no signal for that."""
    found = xmr([9900, 10_000] * 6)
    assert found is not None
    assert (found.centre, found.lower, found.upper) == (9950, 9684, WHOLE)
    assert set(found.signals) == {None}


def test_too_few_points_give_no_limits() -> None:
    """Seven months, or a year that never varied: nothing says what is noise."""
    assert xmr(NOISE[:7]) is None
    assert xmr(NOISE[:8]) is not None
    assert xmr([WHOLE] * 12 + [9000]) is None


@given(st.lists(st.integers(0, WHOLE), max_size=40))
@settings(max_examples=50)
def test_a_chart_marks_what_it_shows(values: list[int]) -> None:
    """As many signals as points; whatever lies beyond a limit as printed is marked so; later points move no limit."""
    found = xmr(values)
    if found is None:
        return
    assert len(found.signals) == len(values)
    assert 0 <= found.lower <= found.centre <= found.upper <= WHOLE
    for value, signal in zip(values, found.signals, strict=True):
        assert (signal is Signal.ABOVE) == (value > found.upper)
        assert (signal is Signal.BELOW) == (value < found.lower)
    longer = xmr([*values, 0])
    assert longer is not None
    assert len(values) < 12 or (longer.lower, longer.upper) == (found.lower, found.upper)


# What is near enough to say so


@pytest.mark.parametrize(
    ("met", "judged", "promised", "points", "said"),
    [
        (90, 100, "90", 5, False),
        (899, 1000, "90", 5, True),
        (85, 100, "90", 5, True),
        (849, 1000, "90", 5, False),
        (95, 100, "97.5", 2.5, True),
        (0, 0, "90", 5, False),
        (0, 10, "3", 5, True),
        (89, 90, "100", 0, False),
        (99, 100, "90", 5, False),
    ],
)
def test_amber_lies_below_the_promise_only(met: int, judged: int, promised: str, points: float, said: bool) -> None:
    """At most so many points below it, the edge included; at the promise or above it is never amber."""
    assert amber(met, judged, promised, points) is said


# The page that explains them

PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"


def test_the_examples_on_the_page_hold() -> None:
    """Every one of docs/statistics.md is run, and gives what the page says."""
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 15
    assert found.failed == 0


def test_the_page_names_every_cause() -> None:
    """Each reason why a published figure changed has its line, and no other has one."""
    section = PAGE.read_text(encoding="utf-8").partition("## Figures that were published otherwise")[2]
    named = re.findall(r"^\| `([^`]+)` \|", section.partition("\n## ")[0], re.MULTILINE)
    assert named == [str(cause) for cause in Cause]
