"""Opening hours for programs of others: the documented page runs, and the facade is the same arithmetic."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from helpdesk.clock import moment
from helpdesk.errors import BadConfig, NeverOpen
from helpdesk.hours.opening import OpeningHours, opening_hours
from tests.test_hours_properties import Question, laws, questions

PAGE = Path(__file__).parents[1] / "docs" / "hours-api.md"


def test_the_page_runs() -> None:
    """Every example of docs/hours-api.md gives what stands below it."""
    parser = doctest.DocTestParser()
    page = parser.get_doctest(PAGE.read_text("utf-8"), {}, "hours-api.md", str(PAGE), 0)
    assert len(page.examples) > 20
    said: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(page, out=said.append)
    assert failed == 0, "".join(said)


@laws
@given(questions())
def test_the_same_answers_as_inside(question: Question) -> None:
    """Datetimes at the edge change nothing."""
    frozen, hours, a, b = question
    facade = OpeningHours(frozen.to_text())
    begin, end = moment(a), moment(b)
    spent = facade.spent(begin, end)
    assert spent == timedelta(milliseconds=hours.spent(a, b))
    assert facade.is_open(begin) == hours.is_open(a)
    assert len(facade.openings()) == len(hours.intervals)
    if spent:
        assert facade.due(begin, spent) == moment(hours.due(a, hours.spent(a, b)))
        assert facade.before(end, spent) == moment(hours.before(b, hours.spent(a, b)))
        assert facade.next_open(begin) == moment(hours.next_open(a))


OFFICE = '[calendars.office]\nzone = "Europe/London"\nweek = { mon-fri = "09:00-17:00" }\n'


def test_what_a_caller_gets_wrong() -> None:
    """A naive time, a limit below nothing, a day outside, a text that is no TOML."""
    office = opening_hours(OFFICE, first=date(2026, 1, 1), last=date(2026, 12, 31))["office"]
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no time zone"):
        office.is_open(datetime(2026, 6, 1, 12))  # noqa: DTZ001 - the point of it
    with pytest.raises(ValueError, match="not negative"):
        office.due(noon, timedelta(minutes=-1))
    with pytest.raises(ValueError, match="counted from 1"):
        office.days_due(noon, 0)
    with pytest.raises(NeverOpen, match="publish it again"):
        office.is_open(datetime(2028, 6, 1, 12, tzinfo=UTC))
    with pytest.raises(BadConfig, match="not TOML"):
        opening_hours("[calendars", first=date(2026, 1, 1), last=date(2026, 12, 31))


def test_answers_are_in_the_calendar_s_zone() -> None:
    """Whatever zone the question was asked in."""
    office = opening_hours(OFFICE, first=date(2026, 1, 1), last=date(2026, 12, 31))["office"]
    opening = office.next_open(datetime(2026, 6, 6, 12, tzinfo=UTC))
    assert str(opening) == "2026-06-08 09:00:00+01:00"
