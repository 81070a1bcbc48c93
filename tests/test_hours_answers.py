"""Questions to a calendar with the working shown: what a person reads, line by line."""

from __future__ import annotations

import textwrap
import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant
from helpdesk.errors import NeverOpen
from helpdesk.hours import Hours, WorkingDay, answers, compile_hours
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Frozen
from helpdesk.hours.moments import clock_text, length_text, moment_text, typed
from helpdesk.hours.month import days_of_month, month_text
from helpdesk.hours.timetable import rules_from_toml
from tests.test_hours_cases import CALENDARS, FIRST, LAST
from tests.test_hours_properties import Question, laws, questions


def calendar(name: str) -> Frozen:
    """A calendar of the worked cases."""
    return freeze(rules_from_toml(name, tomllib.loads(CALENDARS)[name]), FIRST, LAST)


def at(frozen: Frozen, text: str) -> Instant:
    return typed(text, compile_hours(frozen).local).when


def told(text: str) -> tuple[str, ...]:
    """The lines of an expected answer."""
    return tuple(textwrap.dedent(text).strip("\n").splitlines())


def test_due_shows_what_was_counted_and_skipped() -> None:
    """Ten minutes before the weekend, five after it."""
    office = calendar("office")
    assert answers.due(office, at(office, "2026-11-20 16:50"), 15 * MINUTE) == (
        " counted  Fri 20 Nov  16:50-17:00             10 min",
        " skipped  until Mon 23 Nov 2026 09:00         Saturday and Sunday: no hours",
        " counted  Mon 23 Nov  09:00-09:05             5 min",
        "due Mon 23 Nov 2026 09:05",
    )


def test_due_at_closing_says_what_that_means() -> None:
    """Exactly used up: an answer in the closed hours has spent no more."""
    office = calendar("office")
    assert answers.due(office, at(office, "2026-11-16 16:45"), 15 * MINUTE)[-2:] == (
        "          used up at closing: an answer before Tue 17 Nov 2026 09:00 has spent no more",
        "due Mon 16 Nov 2026 17:00",
    )


def test_closures_and_holidays_are_named() -> None:
    """Why nobody was there."""
    term = calendar("term")
    lines = answers.due(term, at(term, "2026-12-23 16:00"), 2 * HOUR)
    assert lines[1] == " skipped  until Tue 29 Dec 2026 10:00         Winter closure, 5 days"


def test_spent_and_before_show_their_working() -> None:
    """The counted stretches add up to the answer."""
    lunch = calendar("lunch")
    assert answers.spent(lunch, at(lunch, "2026-11-16 12:30"), at(lunch, "2026-11-16 14:30")) == (
        " counted  Mon 16 Nov  12:30-13:00             30 min",
        " skipped  until Mon 16 Nov 2026 14:00         closed between two openings",
        " counted  Mon 16 Nov  14:00-14:30             30 min",
        "spent 1 h",
    )
    backwards = answers.spent(lunch, at(lunch, "2026-11-16 14:30"), at(lunch, "2026-11-16 12:30"))
    assert backwards[-1] == "spent -1 h, below 0: the second time is the earlier"
    assert answers.before(lunch, at(lunch, "2026-11-16 14:05"), 15 * MINUTE)[-1] == "from Mon 16 Nov 2026 12:50"


def test_working_days_are_counted_one_by_one() -> None:
    """Each with its closing; the days between with the reason why they are none."""
    office = calendar("office")
    assert answers.days_due(office, at(office, "2026-12-23 10:00"), 3, WorkingDay.END) == told(
        """
           start  Wed 23 Dec 2026 10:00
           day 1  Thu 24 Dec, until 17:00
         skipped  Fri 25 Dec: Christmas Day
         skipped  Sat 26 Dec to Sun 27 Dec: no hours
         skipped  Mon 28 Dec: Boxing Day (observed)
           day 2  Tue 29 Dec, until 17:00
           day 3  Wed 30 Dec, until 17:00
        due Wed 30 Dec 2026 17:00
        """
    )


def test_the_same_time_of_day() -> None:
    """A start out of hours counts as at the next opening."""
    office = calendar("office")
    assert answers.days_due(office, at(office, "2026-11-21 10:15"), 1, WorkingDay.SAME_TIME) == told(
        """
           start  Sat 21 Nov 2026 10:15
                  out of hours: it counts as at Mon 23 Nov 2026 09:00
           day 1  Tue 24 Nov, until 17:00
        due Tue 24 Nov 2026 09:00
        """
    )


def test_a_night_belongs_to_its_day() -> None:
    """One in the morning is still Monday's; Tuesday's night ends on Wednesday."""
    night = calendar("night")
    assert answers.days_due(night, at(night, "2026-11-17 01:00"), 1, WorkingDay.END)[1:] == (
        "   day 1  Tue 17 Nov, until Wed 18 Nov 2026 02:00",
        "due Wed 18 Nov 2026 02:00",
    )


@pytest.mark.parametrize(
    ("start", "lines"),
    [
        ("2026-11-16 15:59", ("          in time for the same day", "due Mon 16 Nov 2026 17:00")),
        ("2026-11-16 16:00", ("          too late for the same day", "due Tue 17 Nov 2026 17:00")),
        (
            "2026-11-20 17:30",
            (
                "          too late for the same day",
                " skipped  Sat 21 Nov to Sun 22 Nov: no hours",
                "due Mon 23 Nov 2026 17:00",
            ),
        ),
    ],
)
def test_the_same_day_if_early_enough(start: str, lines: tuple[str, ...]) -> None:
    """Before four o'clock."""
    office = calendar("office")
    assert answers.same_day_due(office, at(office, start), 16 * HOUR)[1:] == lines


def test_open_and_closed_with_the_reason() -> None:
    """Until when it stays so."""
    office, always, never = calendar("office"), calendar("always"), calendar("never")
    assert answers.is_open(office, at(office, "2026-11-16 10:00")) == (
        "     why  default week",
        "open until Mon 16 Nov 2026 17:00",
    )
    assert answers.is_open(office, at(office, "2026-12-28 10:00")) == (
        "     why  Boxing Day (observed)",
        "closed until Tue 29 Dec 2026 09:00",
    )
    assert answers.is_open(always, at(always, "2026-12-28 10:00"))[-1] == "open until as far as is known"
    assert answers.is_open(never, at(never, "2026-12-28 10:00")) == (
        "closed, and no opening is known after Mon 28 Dec 2026 10:00",
    )


def test_a_calendar_without_an_answer_says_so_at_once() -> None:
    """As the arithmetic does."""
    never = calendar("never")
    with pytest.raises(NeverOpen, match="no opening hour at all"):
        answers.due(never, at(never, "2026-11-16 10:00"), MINUTE)


@laws
@given(questions())
def test_every_answer_can_be_shown(question: Question) -> None:
    """On any calendar, around any change of the clock: the working never fails where there is an answer."""
    frozen, hours, a, b = question
    assert answers.spent(frozen, a, b)
    assert answers.is_open(frozen, a)
    if (millis := hours.spent(a, b)) > 0:
        assert answers.due(frozen, a, millis)[-1].startswith("due ")
        assert answers.before(frozen, b, millis)[-1].startswith("from ")
    if working := _days_known(hours, a):
        for by in WorkingDay:
            assert answers.days_due(frozen, a, working, by)[-1].startswith("due ")


def _days_known(hours: Hours, start: Instant) -> int:
    """2 where the second working day is known by either definition, else 0."""
    try:
        for by in WorkingDay:
            hours.days_due(start, 2, by)
    except NeverOpen:
        return 0
    return 2


# Times as they are typed and read


@pytest.mark.parametrize(
    ("text", "means", "said"),
    [
        ("2026-11-02 09:30", "Mon 2 Nov 2026 09:30", ""),
        ("2026-11-02T09:30:15", "Mon 2 Nov 2026 09:30:15", ""),
        ("2026-11-02", "Mon 2 Nov 2026 00:00", ""),
        ("2027-03-28 01:30", "Sun 28 Mar 2027 02:30", "the clock skips 2027-03-28 01:30: 2027-03-28 02:30 is meant"),
        (
            "2026-10-25 01:30",
            "Sun 25 Oct 2026 01:30 (00:30 UTC)",
            "2026-10-25 01:30 comes twice: the first is meant, 00:30 UTC",
        ),
        ("2026-10-25 01:30+00:00", "Sun 25 Oct 2026 01:30 (01:30 UTC)", ""),
        ("2026-07-01T12:00Z", "Wed 1 Jul 2026 13:00", ""),
    ],
)
def test_typed_times(text: str, means: str, said: str) -> None:
    """By the calendar's clock; where it leaves a doubt, how it was understood is said."""
    local = compile_hours(freeze(calendar("office").rules, date(2026, 1, 1), date(2027, 12, 31))).local
    found = typed(text, local)
    assert (moment_text(found.when, local), found.said) == (means, said)


@pytest.mark.parametrize("text", ["", "soon", "2026-11-31 09:00", "9:30", "02/11/2026 09:30"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With how to write it."""
    with pytest.raises(ValueError, match="write a time as 2026-11-02 09:30"):
        typed(text, compile_hours(calendar("office")).local)


def test_half_an_hour_that_comes_twice() -> None:
    """On Lord Howe Island 01:30 to 02:00 comes twice in April, and 02:00 to 02:30 never in October."""
    local = compile_hours(calendar("lord-howe")).local
    assert "comes twice" in typed("2027-04-04 01:45", local).said
    assert typed("2027-04-04 01:15", local).said == ""
    assert "skips" in typed("2026-10-04 02:15", local).said
    assert clock_text(typed("2026-10-04 02:15", local).when, local) == "02:45"


def test_lengths() -> None:
    """As a person says them."""
    said = [
        length_text(n) for n in (0, 15 * MINUTE, 2 * HOUR, 2 * HOUR + 5 * MINUTE, 90 * SECOND, -MINUTE, 30 * SECOND)
    ]
    assert said == ["0 min", "15 min", "2 h", "2 h 05 min", "1 min 30 s", "-1 min", "30 s"]


# A month


def test_a_month_with_its_reasons() -> None:
    """ISO weeks, sums, the reason wherever the hours are not the week's own."""
    term = calendar("term")
    text = month_text("term", days_of_month(2026, 12, lambda _: term))
    assert text.splitlines()[:9] == [
        "wk  day         open          hours",
        "49  Tue  1 Dec  08:00-22:00   14:00  Autumn term",
        "    Wed  2 Dec  08:00-22:00   14:00  Autumn term",
        "    Thu  3 Dec  08:00-22:00   14:00  Autumn term",
        "    Fri  4 Dec  08:00-22:00   14:00  Autumn term",
        "    Sat  5 Dec  10:00-16:00    6:00  Autumn term",
        "    Sun  6 Dec  closed            -  Autumn term",
        "                    week 49   62:00",
        "50  Mon  7 Dec  00:00-24:00   24:00  Exams",
    ]
    assert "    Tue 29 Dec  10:00-14:00    4:00  One morning for the exam boards" in text
    assert "    Thu 24 Dec  closed            -  Winter closure" in text
    assert text.splitlines()[-1] == "term, December 2026: 250:00 hours on 19 days"


@pytest.mark.parametrize(
    ("name", "year", "month", "line"),
    [
        ("always", 2026, 10, "Sun 25 Oct  00:00-24:00   25:00  clocks go back 1 h at 02:00: a day of 25 h"),
        ("always", 2027, 3, "Sun 28 Mar  00:00-24:00   23:00  clocks go forward 1 h at 01:00: a day of 23 h"),
        ("lord-howe", 2027, 4, "Sun  4 Apr  00:00-24:00   24:30  clocks go back 30 min at 02:00: a day of 24 h 30 min"),
        ("gap", 2027, 3, "Sun 28 Mar  01:15-01:45    0:30  clocks go forward 1 h at 01:00: a day of 23 h"),
        ("swallowed", 2027, 3, "Sun 28 Mar  01:45-02:15       -  clocks go forward 1 h at 01:00: a day of 23 h"),
    ],
)
def test_a_change_of_the_clock_is_marked(name: str, year: int, month: int, line: str) -> None:
    """The hours are as long as they truly are."""
    frozen = calendar(name)
    assert line in month_text(name, days_of_month(year, month, lambda _: frozen))


@pytest.mark.parametrize(
    ("name", "border"),
    [(name, "00:00") for name in ("office", "lunch", "essex", "always", "term", "london-nights", "new-york")]
    + [("night", "05:00")],
)
def test_the_days_add_up_to_the_year(name: str, border: str) -> None:
    """The sum of a year's days is what the arithmetic says of the year; a night counts to the day it began."""
    frozen = freeze(calendar(name).rules, FIRST, date(2028, 1, 31))
    days = [day for month in range(1, 13) for day in days_of_month(2027, month, lambda _: frozen)]
    begin, end = at(frozen, f"2027-01-01 {border}"), at(frozen, f"2028-01-01 {border}")
    assert sum(day.millis for day in days) == compile_hours(frozen).spent(begin, end)
    assert [day.day for day in days] == [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]


def test_two_versions_in_one_month() -> None:
    """Each day by the version that holds on it."""
    office, lunch = calendar("office"), calendar("lunch")
    days = days_of_month(2026, 11, lambda day: office if day < date(2026, 11, 16) else lunch)
    assert [day.spans for day in days[12:16]] == ["09:00-17:00", "closed", "closed", "09:00-13:00, 14:00-17:00"]
    assert len({day.version for day in days}) == 2


def test_a_month_outside_the_horizon() -> None:
    """Is not guessed."""
    office = calendar("office")
    with pytest.raises(NeverOpen, match="publish it again"):
        days_of_month(2028, 1, lambda _: office)
