"""The pure parts of a report: days and weeks, shares and results, quantiles, and how they are worded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from helpdesk.clock import HOUR, MINUTE, SECOND
from helpdesk.reports import Figure, Result
from helpdesk.reports.period import Days, stretches
from helpdesk.reports.words import length, share

LONDON = "Europe/London"


# Days and weeks


def test_a_day_has_its_own_length() -> None:
    """25 hours at the end of summer time, 23 at its beginning."""
    lengths = []
    for day in (date(2026, 10, 25), date(2027, 3, 28), date(2027, 3, 29)):
        begin, end = Days(day, day + timedelta(days=1)).instants(LONDON)
        lengths.append((end - begin) // HOUR)
    assert lengths == [25, 23, 24]


def test_weeks_are_iso_weeks() -> None:
    """They start on Monday; 2026 has 53 of them, and its last reaches into January."""
    found = list(stretches(Days(date(2026, 12, 24), date(2027, 1, 6)), "week"))
    assert [(each.key, each.days.begin.day) for each in found] == [("2026-W52", 24), ("2026-W53", 28), ("2027-W01", 4)]


# Shares, results and times


@pytest.mark.parametrize(
    ("met", "missed", "promised", "result"),
    [
        (0, 0, "90", Result.TOO_FEW),
        (19, 0, "90", Result.TOO_FEW),
        (18, 2, "90", Result.MET),
        (17, 3, "90", Result.NOT_MET),
        (20, 0, "100", Result.MET),
        (39, 1, "97.5", Result.MET),
        (38, 2, "97.5", Result.NOT_MET),
        (8996, 1004, "90", Result.NOT_MET),
    ],
)
def test_the_point_figure_decides(met: int, missed: int, promised: str, result: Result) -> None:
    """Twenty are enough; exactly the share promised is met."""
    assert Figure(standard="s", promised=promised, met=met, missed=missed).result is result


def test_a_share_is_never_rounded_up() -> None:
    """89.96 % must not read as the 90 % that it is not."""
    assert share(Figure(standard="s", promised="90", met=8996, missed=1004).share) == "89.9 %"
    assert share(Figure(standard="s", promised="90").share) == "–"


@pytest.mark.parametrize(
    ("millis", "working", "said"),
    [
        (None, False, "–"),
        (0, False, "0 s"),
        (1, False, "1 s"),
        (60 * SECOND, False, "1 min 00 s"),
        (13 * MINUTE, False, "13 min"),
        (15 * MINUTE + 1, False, "16 min"),
        (65 * MINUTE, False, "1 h 05 min"),
        (24 * HOUR - 1, False, "1 d 0 h"),
        (51 * HOUR, False, "2 d 3 h"),
        (51 * HOUR, True, "51 h 00 min"),
    ],
)
def test_lengths_of_time(millis: int | None, working: bool, said: str) -> None:
    """Rounded up; opening hours are never turned into days of 24 hours."""
    assert length(millis, working=working) == said
