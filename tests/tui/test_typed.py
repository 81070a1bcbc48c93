"""Times as staff type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import Instant, instant
from tui.typed import typed_past

LONDON = ZoneInfo("Europe/London")


def at(text: str, *, fold: int = 0) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold))


NOON = at("2026-11-18 12:00")  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10:05", "2026-11-18 10:05"),
        ("10.05", "2026-11-18 10:05"),
        (" at 9:30 ", "2026-11-18 09:30"),
        ("now", "2026-11-18 12:00"),
        ("", "2026-11-18 12:00"),
        ("12 min ago", "2026-11-18 11:48"),
        ("2h", "2026-11-18 10:00"),
        ("7", "2026-11-18 11:53"),
        ("13:30", "2026-11-17 13:30"),
        ("yesterday 16:30", "2026-11-17 16:30"),
        ("today, 8:15", "2026-11-18 08:15"),
        ("Mon 9:15", "2026-11-16 09:15"),
        ("thursday at 17:00", "2026-11-12 17:00"),
        ("2 Nov 10:05", "2026-11-02 10:05"),
        ("24 December 10:05", "2025-12-24 10:05"),
        ("2 nov 2025 10:05", "2025-11-02 10:05"),
        ("2026-10-25 01:30", "2026-10-25 01:30"),
    ],
)
def test_a_time_that_has_been(typed: str, meant: str) -> None:
    """The nearest past reading; a night in which the hour comes twice means its first one."""
    assert typed_past(typed, NOON, LONDON) == at(meant)


def test_after_midnight_a_late_hour_was_yesterday() -> None:
    """Typed at ten past twelve, "23:50" was twenty minutes ago."""
    assert typed_past("23:50", at("2026-11-18 00:10"), LONDON) == at("2026-11-17 23:50")


@pytest.mark.parametrize("typed", ["soon", "25:00", "10:61", "31 Feb 10:00", "2026-13-01 10:00", "3 xyz 9:0"])
def test_what_can_t_be_read_says_how_to_write_it(typed: str) -> None:
    """With examples, whatever was wrong."""
    with pytest.raises(ValueError, match="10:05"):
        typed_past(typed, NOON, LONDON)


def test_the_year_one_is_no_time() -> None:
    """Not even where the clock was ahead of Greenwich then."""
    with pytest.raises(ValueError, match="10:05"):
        typed_past("0001-01-01 00:05", NOON, ZoneInfo("Pacific/Auckland"))


@pytest.mark.parametrize("typed", ["today 12:01", "2026-11-19 09:00"])
def test_a_time_to_come_is_refused(typed: str) -> None:
    """Nobody was attended tomorrow."""
    with pytest.raises(ValueError, match="still to come"):
        typed_past(typed, NOON, LONDON)
