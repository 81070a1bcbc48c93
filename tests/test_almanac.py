"""What is taken from the outside world when a calendar is published."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import HOUR, Instant, instant, moment
from helpdesk.errors import BadConfig
from helpdesk.hours.almanac import bank_holidays, freeze, shifts
from helpdesk.hours.calendars import always_open
from helpdesk.hours.localtime import LocalTime


def utc(year: int, month: int, day: int) -> Instant:
    return instant(datetime(year, month, day, tzinfo=UTC))


def year(nation: str, number: int) -> dict[date, str]:
    days = bank_holidays(nation, date(number, 1, 1), date(number, 12, 31))
    return {holiday.day: holiday.name for holiday in days}


@pytest.mark.parametrize(
    ("nation", "number", "count"),
    [
        ("england-and-wales", 2022, 10),
        ("england-and-wales", 2026, 8),
        ("england-and-wales", 2027, 8),
        ("scotland", 2022, 11),
        ("scotland", 2026, 10),
        ("scotland", 2027, 9),
        ("northern-ireland", 2022, 12),
        ("northern-ireland", 2026, 10),
    ],
)
def test_counts_are_the_official_ones(nation: str, number: int, count: int) -> None:
    """As published by the government, jubilees, a funeral and a proclamation included."""
    assert len(year(nation, number)) == count


def test_a_substitute_stands_for_its_weekend_day() -> None:
    """Boxing Day 2026 is a Saturday: the Monday is the bank holiday, the Saturday an ordinary one."""
    days = year("england-and-wales", 2026)
    assert date(2026, 12, 28) in days
    assert date(2026, 12, 26) not in days


def test_a_substitute_may_come_before_or_in_the_next_year() -> None:
    """New Year's Day 2028, a Saturday, is observed in the United States on Friday 31 December 2027."""
    assert date(2027, 12, 31) in year("US", 2027)
    assert date(2028, 1, 1) not in year("US", 2028)


def test_a_weekend_day_without_a_substitute_stays() -> None:
    """German holidays on a Sunday are simply lost to the worker, and are holidays still."""
    assert date(2027, 10, 3) in year("DE-BY", 2027)


def test_subdivisions_have_holidays_of_their_own() -> None:
    """Epiphany is one in Bavaria and none in Berlin."""
    assert date(2027, 1, 6) in year("DE-BY", 2027)
    assert date(2027, 1, 6) not in year("DE-BE", 2027)


@pytest.mark.parametrize(
    ("nation", "remedy"),
    [
        ("GB", "use one of england-and-wales, scotland, northern-ireland"),
        ("GB-ENG", "use one of england-and-wales"),
        ("Scottland", "did you mean 'scotland'?"),
        ("england", "did you mean 'england-and-wales'?"),
        ("DE-BX", "DE has no part 'BX'; known: Augsburg, BB, BE"),
        ("XX", "a code such as PT or DE-BY"),
    ],
)
def test_an_unknown_nation_is_refused_with_a_remedy(nation: str, remedy: str) -> None:
    """Plain GB too: it mixes three nations."""
    with pytest.raises(BadConfig) as error:
        year(nation, 2026)
    assert remedy in str(error.value)


def test_names_don_t_follow_the_machine_s_language() -> None:
    """The same calendar gives the same bytes on a Portuguese machine and on an English one."""
    code = (
        "from datetime import date; from helpdesk.hours.almanac import bank_holidays;"
        "print([h.name for h in bank_holidays('PT', date(2027, 1, 1), date(2027, 12, 31))])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            capture_output=True,
            check=True,
            env={**os.environ, "LANGUAGE": language, "LANG": language},
        ).stdout
        for language in ("pt_PT", "en_US", "C")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    "zone",
    ["Europe/London", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"],
)
def test_the_frozen_table_tells_the_same_time_as_the_zone(zone: str) -> None:
    """Every half hour of a year, there and back."""
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    local = LocalTime(shifts(ZoneInfo(zone), first, last))
    for wall in range(utc(2026, 1, 1), utc(2027, 1, 1), HOUR // 2):
        shown = moment(Instant(wall)).replace(tzinfo=ZoneInfo(zone))
        assert local.at(wall) == instant(shown)
        again = moment(local.at(wall)).astimezone(ZoneInfo(zone))
        assert local.local(local.at(wall)) == instant(again.replace(tzinfo=UTC))


def test_half_an_hour_is_a_change_too() -> None:
    """Lord Howe Island moves by thirty minutes."""
    found = shifts(ZoneInfo("Australia/Lord_Howe"), date(2026, 9, 1), date(2026, 12, 1))
    assert [shift.offset for shift in found] == [10.5 * HOUR, 11 * HOUR]


def test_a_horizon_that_runs_backwards_is_refused() -> None:
    """Before anything is published."""
    with pytest.raises(BadConfig, match=r"ends .* before it starts"):
        freeze(always_open(), date(2027, 1, 1), date(2026, 1, 1))
