"""The days of a period that is named by its length, with and without terms."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from helpdesk.errors import Refused
from helpdesk.ports.reports import Length
from helpdesk.reports.spans import period
from helpdesk.reports.terms import Terms
from helpdesk.rulebook import drafts
from tests.report_house import LONDON, at

TODAY = date(2026, 11, 23)
NONE = Terms()

CALENDAR = """
[calendars.staffed]
zone = "Europe/London"
[calendars.staffed.week]
mon-fri = "09:00-17:00"
[[calendars.staffed.periods]]
name = "summer term"
from = 2026-04-20
to = 2026-06-12
week = { mon-fri = "08:00-22:00" }
[[calendars.staffed.periods]]
name = "autumn term"
from = 2026-09-21
to = 2026-12-11
week = { mon-fri = "08:00-22:00" }
"""


@pytest.fixture
def terms(tmp_path: Path) -> Terms:
    """A calendar with two terms, as it would be published."""
    hours = tmp_path / "hours.toml"
    hours.write_text(CALENDAR, encoding="utf-8")
    made = drafts(hours, None, now=at("2026-03-01"), zone=LONDON)
    return Terms(text for _, text in made.calendars)


@pytest.mark.parametrize(
    ("length", "back", "begin", "end", "over"),
    [
        ("day", 0, "2026-11-23", "2026-11-24", False),
        ("day", 1, "2026-11-22", "2026-11-23", True),
        ("week", 0, "2026-11-23", "2026-11-30", False),
        ("week", 1, "2026-11-16", "2026-11-23", True),
        ("month", 0, "2026-11-01", "2026-12-01", False),
        ("month", 11, "2025-12-01", "2026-01-01", True),
    ],
)
def test_a_period_is_whole_days(length: Length, back: int, begin: str, end: str, over: bool) -> None:
    """Weeks begin on Monday; what goes on has its days to come, too."""
    found = period(length, back, TODAY, NONE)
    assert (f"{found.begin}", f"{found.end}", found.over) == (begin, end, over)


def test_a_term_is_the_published_calendar_s(terms: Terms) -> None:
    """This one, and the one before it; an earlier one was never published."""
    now, before = period("term", 0, TODAY, terms), period("term", 1, TODAY, terms)
    assert (now.name, f"{now.begin}", f"{now.end}", now.note) == ("autumn term", "2026-09-21", "2026-12-12", "")
    assert (before.name, before.over) == ("summer term", True)
    with pytest.raises(Refused, match="No published calendar names an earlier"):
        period("term", 2, TODAY, terms)


def test_between_terms_it_is_the_last_one(terms: Terms) -> None:
    """And it says so."""
    found = period("term", 0, date(2026, 8, 1), terms)
    assert found.name == "summer term"
    assert found.note == "Today lies between terms: summer term was the last one."


def test_without_terms_it_is_three_months() -> None:
    """With the present one; and it says why."""
    found, before = period("term", 0, TODAY, NONE), period("term", 1, TODAY, NONE)
    assert (f"{found.begin}", f"{found.end}") == ("2026-09-01", "2026-12-01")
    assert (f"{before.begin}", f"{before.end}") == ("2026-06-01", "2026-09-01")
    assert found.note.startswith("The published calendar names no terms")


@pytest.mark.parametrize("length", ["day", "week", "month", "term"])
def test_what_can_t_be_is_refused(length: Length) -> None:
    """What is to come, and what is before all time."""
    with pytest.raises(Refused, match="still to come"):
        period(length, -1, TODAY, NONE)
    with pytest.raises(Refused, match="before all time"):
        period(length, 1_000_000, TODAY, NONE)
