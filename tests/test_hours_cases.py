"""Working time, case by case: a table that a person can check with a paper calendar.

Each case names a calendar, asks one question and gives the answer with the reasoning. Times are on the
calendar's own wall clock, ``UTC`` after one says otherwise (for hours that a clock change repeats). The
weekday is written out and checked, so that the table can be trusted without looking it up.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import Instant, instant, moment
from helpdesk.errors import NeverOpen
from helpdesk.hours import Hours, WorkingDay, compile_hours
from helpdesk.hours.almanac import freeze
from helpdesk.hours.timetable import rules_from_toml
from helpdesk.standards.promises import limit_from_text

CALENDARS = """
[office]                            # one span a day, closed on bank holidays
zone = "Europe/London"
bank_holidays = "england-and-wales"
week = { mon-fri = "09:00-17:00" }

[lunch]                             # closed over lunch; short Saturdays
zone = "Europe/London"
week = { mon-fri = ["09:00-13:00", "14:00-17:00"], sat = "10:00-12:00" }

[essex]                             # bank holidays have hours of their own
zone = "Europe/London"
bank_holidays = "england-and-wales"
bank_holiday_hours = ["10:00-12:00", "14:00-18:00"]
week = { mon-fri = "09:00-17:00" }

[scots]
zone = "Europe/London"
bank_holidays = "scotland"
week = { mon-fri = "09:00-17:00" }

[night]                             # until 02:00 the next morning
zone = "Europe/London"
week = { mon-fri = "18:00-26:00" }

[always]
zone = "Europe/London"
week = { daily = "00:00-24:00" }

[never]
zone = "Europe/London"
week = {}

[term]                              # periods, a closure and one-off days
zone = "Europe/London"
bank_holidays = "england-and-wales"
week = { mon-fri = "09:00-17:00" }
[[term.periods]]
name = "Autumn term"
from = 2026-10-05
to = 2026-12-11
week = { mon-fri = "08:00-22:00", sat = "10:00-16:00" }
[[term.periods]]
name = "Exams"
from = 2026-12-07
to = 2026-12-11
week = { mon-fri = "00:00-24:00" }
[[term.closures]]
from = 2026-12-24
to = 2027-01-03
reason = "Winter closure"
[[term.days]]
date = 2026-11-18
reason = "Staff training"
[[term.days]]
date = 2026-12-29
hours = "10:00-14:00"
reason = "One morning for the exam boards"
[[term.days]]
date = 2027-05-03
hours = "12:00-16:00"
reason = "Open on the bank holiday"

[london-nights]                     # spans in the hours that clock changes touch
zone = "Europe/London"
week = { sun = "00:30-03:00" }

[gap]                               # a span inside the hour that spring skips
zone = "Europe/London"
week = { sun = "01:15-01:45" }

[swallowed]                         # begins in the skipped hour, ends soon after it
zone = "Europe/London"
week = { sun = "01:45-02:15" }

[saturday-night]                    # a night span over the clock change
zone = "Europe/London"
week = { sat = "20:00-28:00" }

[two-days]                          # to the end of the following day: 48:00
zone = "Europe/London"
week = { fri = "10:00-48:00" }

[lisbon]
zone = "Europe/Lisbon"
week = { daily = "00:00-24:00" }

[new-york]
zone = "America/New_York"
week = { sat = "20:00-28:00" }

[lord-howe]
zone = "Australia/Lord_Howe"
week = { daily = "00:00-24:00" }

[sydney]
zone = "Australia/Sydney"
week = { daily = "00:00-06:00" }
"""

FIRST, LAST = date(2026, 8, 1), date(2027, 12, 31)


class Case(NamedTuple):
    """``asked`` is "spent A..B", "due A + LIMIT", "before A - LIMIT", "open A", "next A", "same A + n days"."""

    calendar: str
    asked: str
    answer: str
    because: str


CASES = [
    # One span a day
    Case("office", "spent Mon 2026-11-16 09:00..Mon 2026-11-16 17:00", "8:00", "a whole day"),
    Case("office", "spent Mon 2026-11-16 10:15..Mon 2026-11-16 10:30", "0:15", "within one span"),
    Case("office", "spent Mon 2026-11-16 16:45..Tue 2026-11-17 09:10", "0:25", "15 before closing, 10 after"),
    Case("office", "spent Fri 2026-11-20 16:00..Mon 2026-11-23 10:00", "2:00", "the weekend does not count"),
    Case("office", "spent Sat 2026-11-21 08:00..Sun 2026-11-22 20:00", "0:00", "closed all along"),
    Case("office", "spent Mon 2026-11-16 10:00..Mon 2026-11-23 10:00", "40:00", "five days of 8 h"),
    Case("office", "spent Tue 2026-11-17 10:00..Mon 2026-11-16 16:00", "-2:00", "backwards counts below 0"),
    Case("office", "due Mon 2026-11-16 10:00 + 15 min", "Mon 2026-11-16 10:15", "within one span"),
    Case("office", "due Mon 2026-11-16 16:50 + 15 min", "Tue 2026-11-17 09:05", "10 today, 5 tomorrow"),
    Case("office", "due Mon 2026-11-16 16:45 + 15 min", "Mon 2026-11-16 17:00", "at closing is closing time"),
    Case("office", "due Fri 2026-11-20 17:00 + 15 min", "Mon 2026-11-23 09:15", "closing is closed: all on Monday"),
    Case("office", "due Sat 2026-11-21 23:00 + 4 h", "Mon 2026-11-23 13:00", "starts at the next opening"),
    Case("office", "due Mon 2026-11-16 07:00 + 8 h", "Mon 2026-11-16 17:00", "the whole day, to the minute"),
    Case("office", "due Mon 2026-11-16 09:00 + 480 s", "Mon 2026-11-16 09:08", "from the moment of opening"),
    Case("office", "before Tue 2026-11-17 09:10 - 25 min", "Mon 2026-11-16 16:45", "10 today, 15 yesterday"),
    Case("office", "before Mon 2026-11-16 17:00 - 8 h", "Mon 2026-11-16 09:00", "from opening, not last closing"),
    Case("office", "before Sun 2026-11-22 12:00 - 1 h", "Fri 2026-11-20 16:00", "back over the weekend"),
    Case("office", "open Mon 2026-11-16 09:00", "yes", "an opening includes its first moment"),
    Case("office", "open Mon 2026-11-16 17:00", "no", "and not its last"),
    Case("office", "open Sat 2026-11-21 10:00", "no", "Saturday has no hours"),
    Case("office", "next Mon 2026-11-16 11:00", "Mon 2026-11-16 11:00", "open already"),
    Case("office", "next Fri 2026-11-20 17:00", "Mon 2026-11-23 09:00", "closed from that moment"),
    # Lunch
    Case("lunch", "spent Mon 2026-11-16 12:30..Mon 2026-11-16 14:30", "1:00", "the lunch hour does not count"),
    Case("lunch", "due Mon 2026-11-16 12:50 + 15 min", "Mon 2026-11-16 14:05", "10 before lunch, 5 after"),
    Case("lunch", "due Mon 2026-11-16 08:00 + 4 h", "Mon 2026-11-16 13:00", "used up exactly when lunch begins"),
    Case("lunch", "due Mon 2026-11-16 13:30 + 15 min", "Mon 2026-11-16 14:15", "starts when lunch ends"),
    Case("lunch", "due Fri 2026-11-20 16:30 + 1 h", "Sat 2026-11-21 10:30", "Saturday counts here"),
    Case("lunch", "before Mon 2026-11-16 14:05 - 15 min", "Mon 2026-11-16 12:50", "back over lunch"),
    Case("lunch", "open Mon 2026-11-16 13:59", "no", "still at lunch"),
    # Bank holidays
    Case("office", "due Thu 2026-12-24 16:30 + 1 h", "Tue 2026-12-29 09:30", "25th, weekend, 28th in lieu of the 26th"),
    Case("office", "spent Fri 2026-08-28 16:00..Tue 2026-09-01 10:00", "2:00", "31 August is a bank holiday"),
    Case("office", "open Mon 2026-12-28 10:00", "no", "Boxing Day is taken on the Monday"),
    Case("scots", "open Mon 2026-08-31 10:00", "yes", "Scotland had its summer holiday on 3 August"),
    Case("scots", "open Mon 2026-11-30 10:00", "no", "Saint Andrew's Day"),
    Case("essex", "spent Mon 2026-08-31 09:00..Mon 2026-08-31 17:00", "5:00", "10-12 and 14-17 of 14-18"),
    Case("essex", "due Mon 2026-08-31 11:55 + 15 min", "Mon 2026-08-31 14:10", "5 before the gap, 10 after"),
    # Periods, closures, one-off days
    Case("term", "open Fri 2026-10-02 18:00", "no", "before term: the default week"),
    Case("term", "open Mon 2026-10-05 18:00", "yes", "the period's first day belongs to it"),
    Case("term", "open Sat 2026-11-14 11:00", "yes", "Saturdays in term"),
    Case("term", "open Tue 2026-12-08 03:00", "yes", "exams start later than term: they win"),
    Case("term", "due Fri 2026-12-11 23:30 + 1 h", "Mon 2026-12-14 09:30", "exams end at midnight; then default"),
    Case("term", "due Tue 2026-11-17 21:30 + 1 h", "Thu 2026-11-19 08:30", "staff training on Wednesday"),
    Case("term", "due Wed 2026-12-23 16:00 + 2 h", "Tue 2026-12-29 11:00", "a one-off day beats the closure"),
    Case("term", "due Tue 2026-12-29 13:00 + 2 h", "Mon 2027-01-04 10:00", "the closure goes on after it"),
    Case("term", "open Mon 2027-05-03 13:00", "yes", "a one-off day beats the bank holiday"),
    Case("term", "open Sun 2026-12-06 12:00", "no", "the day before exams is a Sunday in term"),
    Case("term", "due Sun 2026-12-06 20:00 + 1 h", "Mon 2026-12-07 01:00", "exams open at midnight"),
    Case("term", "spent Mon 2026-12-07 00:00..Sat 2026-12-12 00:00", "120:00", "five days of 24 h"),
    Case("term", "open Tue 2026-12-29 14:00", "no", "the one-off day has closed again"),
    Case("term", "due Wed 2026-12-23 16:00 + 1 working day", "Tue 2026-12-29 14:00", "the one-off day is one"),
    # Past midnight
    Case("night", "open Tue 2026-11-17 01:59", "yes", "Monday's night"),
    Case("night", "open Sat 2026-11-21 01:00", "yes", "Friday's night runs into Saturday"),
    Case("night", "open Mon 2026-11-16 01:00", "no", "Sunday had no night"),
    Case("night", "due Fri 2026-11-20 23:00 + 4 h", "Mon 2026-11-23 19:00", "3 h until 02:00, 1 h on Monday"),
    Case("night", "spent Mon 2026-11-16 17:00..Tue 2026-11-17 03:00", "8:00", "one night"),
    Case("night", "before Tue 2026-11-17 03:00 - 1 h", "Tue 2026-11-17 01:00", "back from the end of the night"),
    Case("two-days", "open Sat 2026-11-21 23:59", "yes", "48:00 is the end of the day after"),
    Case("two-days", "open Sun 2026-11-22 00:00", "no", "and not a moment more"),
    Case("two-days", "spent Fri 2026-11-20 00:00..Mon 2026-11-23 00:00", "38:00", "14 h of Friday, all of Saturday"),
    Case("two-days", "due Fri 2026-11-20 22:00 + 26 h", "Sun 2026-11-22 00:00", "exactly at the end"),
    Case("two-days", "due Sat 2026-11-21 08:00 + 1 working day", "Sun 2026-11-29 00:00", "a span is its day's"),
    # Round the clock
    Case("always", "spent Mon 2026-11-16 00:00..Tue 2026-11-17 00:00", "24:00", "no minute lost at midnight"),
    Case("always", "due Mon 2026-11-16 23:59 + 2 min", "Tue 2026-11-17 00:01", "midnight is no border"),
    # Clock changes
    Case("always", "spent Sun 2027-03-28 00:00..Mon 2027-03-29 00:00", "23:00", "London springs forward"),
    Case("always", "spent Sun 2026-10-25 00:00..Mon 2026-10-26 00:00", "25:00", "London falls back"),
    Case("always", "due Sat 2026-10-24 12:00 + 24 h", "Sun 2026-10-25 11:00", "24 true hours over a day of 25"),
    Case("london-nights", "spent Sun 2027-03-28 00:00..Sun 2027-03-28 06:00", "1:30", "2.5 h less the lost one"),
    Case("london-nights", "spent Sun 2026-10-25 00:00..Sun 2026-10-25 06:00", "3:30", "2.5 h and the hour again"),
    Case("london-nights", "due Sun 2026-10-25 00:30 + 1 h", "Sun 2026-10-25 00:30 UTC", "01:30 comes twice: the first"),
    Case("saturday-night", "spent Sat 2027-03-27 18:00..Sun 2027-03-28 12:00", "7:00", "20:00-04:00 lost an hour"),
    Case("saturday-night", "spent Sat 2026-10-24 18:00..Sun 2026-10-25 12:00", "9:00", "and won one"),
    Case("saturday-night", "due Sat 2026-10-24 23:00 + 3 h", "Sun 2026-10-25 01:00 UTC", "1 h to midnight, 2 on"),
    Case("saturday-night", "due Sat 2027-03-27 23:30 + 2 h", "Sun 2027-03-28 02:30", "02:00 came after 01:00"),
    Case("saturday-night", "before Sun 2026-10-25 04:00 - 4 h", "Sun 2026-10-25 00:00 UTC", "04:00 is GMT: 4 back"),
    Case("gap", "next Sun 2027-03-28 00:00", "Sun 2027-03-28 02:15", "01:15 is skipped: shifted by the hour"),
    Case("gap", "spent Sun 2027-03-28 00:00..Mon 2027-03-29 00:00", "0:30", "the shifted span keeps its length"),
    Case("gap", "spent Sun 2026-10-25 00:00..Mon 2026-10-26 00:00", "0:30", "a repeated span is kept once"),
    Case("gap", "open Sun 2026-10-25 01:30 UTC", "no", "the second 01:30 is closed"),
    Case("swallowed", "spent Sun 2027-03-28 00:00..Mon 2027-03-29 00:00", "0:00", "02:45 to 02:15: dropped"),
    Case("lisbon", "spent Sun 2027-03-28 00:00..Mon 2027-03-29 00:00", "23:00", "Lisbon changes with London"),
    Case("new-york", "spent Sat 2027-03-13 20:00..Sun 2027-03-14 12:00", "7:00", "20:00-04:00 lost 02:00-03:00"),
    Case("new-york", "spent Sat 2026-10-31 20:00..Sun 2026-11-01 12:00", "9:00", "01:00-02:00 came twice"),
    Case("new-york", "due Sat 2027-03-13 23:00 + 4 h", "Sun 2027-03-14 04:00", "03:00 came after 02:00"),
    Case("lord-howe", "spent Sun 2026-10-04 00:00..Mon 2026-10-05 00:00", "23:30", "half an hour forward"),
    Case("lord-howe", "spent Sun 2027-04-04 00:00..Mon 2027-04-05 00:00", "24:30", "half an hour back"),
    Case("sydney", "spent Sun 2026-10-04 00:00..Sun 2026-10-04 12:00", "5:00", "six hours less one"),
    Case("sydney", "spent Sun 2027-04-04 00:00..Sun 2027-04-04 12:00", "7:00", "six hours and one"),
    # Working days: the end of the n-th after the day of the start
    Case("office", "due Mon 2026-11-16 10:00 + 1 working day", "Tue 2026-11-17 17:00", "the day after, to closing"),
    Case("office", "due Mon 2026-11-16 20:00 + 1 working day", "Tue 2026-11-17 17:00", "its day is Monday still"),
    Case("office", "due Wed 2026-11-18 10:00 + 3 working days", "Mon 2026-11-23 17:00", "Thu, Fri, Mon"),
    Case("office", "due Sat 2026-11-21 10:00 + 1 working day", "Mon 2026-11-23 17:00", "Saturday is none itself"),
    Case("office", "due Wed 2026-12-23 10:00 + 3 working days", "Wed 2026-12-30 17:00", "24, 29, 30 December"),
    Case("essex", "due Fri 2026-08-28 10:00 + 1 working day", "Mon 2026-08-31 18:00", "open on the holiday: it counts"),
    Case("lunch", "due Fri 2026-11-20 10:00 + 1 working day", "Sat 2026-11-21 12:00", "a short day is a day"),
    Case("night", "due Tue 2026-11-17 01:00 + 1 working day", "Wed 2026-11-18 02:00", "01:00 is Monday's night"),
    Case("night", "due Tue 2026-11-17 03:00 + 1 working day", "Thu 2026-11-19 02:00", "after 02:00 it is Tuesday"),
    Case("always", "due Sat 2026-10-24 12:00 + 1 working day", "Mon 2026-10-26 00:00", "the end of the day of 25 h"),
    # Working days: the same time of day
    Case("office", "same Mon 2026-11-16 10:15 + 3 working days", "Thu 2026-11-19 10:15", "three days on"),
    Case("office", "same Fri 2026-11-20 10:15 + 1 working day", "Mon 2026-11-23 10:15", "over the weekend"),
    Case("office", "same Sat 2026-11-21 10:15 + 1 working day", "Tue 2026-11-24 09:00", "as at Monday's opening"),
    Case("office", "same Mon 2026-11-16 20:00 + 1 working day", "Wed 2026-11-18 09:00", "as at Tuesday's opening"),
    Case("lunch", "same Fri 2026-11-20 16:00 + 1 working day", "Sat 2026-11-21 12:00", "no later than its closing"),
    Case("always", "same Sat 2026-10-24 12:00 + 1 working day", "Sun 2026-10-25 12:00", "25 h, the same wall time"),
    # No answer
    Case("never", "due Mon 2026-11-16 10:00 + 1 min", "never", "no hours at all"),
    Case("never", "next Mon 2026-11-16 10:00", "never", "no hours at all"),
    Case("never", "due Mon 2026-11-16 10:00 + 1 working day", "never", "nor a working day"),
    Case("never", "spent Mon 2026-11-16 10:00..Tue 2026-11-17 10:00", "0:00", "none is a fair answer to this one"),
    Case("office", "due Fri 2027-12-31 16:00 + 2 h", "never", "past the horizon"),
    Case("office", "before Mon 2026-08-03 10:00 - 2 h", "never", "before the horizon"),
    Case("office", "spent Mon 2026-11-16 10:00..Mon 2028-01-03 10:00", "never", "its hours are not known"),
]


def test_the_table_is_long_enough() -> None:
    """Sixty cases by hand were promised; none is asked twice, and every calendar of the table is."""
    assert len({(case.calendar, case.asked) for case in CASES}) == len(CASES) >= 60
    assert {case.calendar for case in CASES} == set(tomllib.loads(CALENDARS))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.calendar}: {case.asked}")
def test_case(case: Case) -> None:
    """The arithmetic gives what a person reckoned."""
    assert ask(case) == case.answer, case.because


def ask(case: Case) -> str:
    """The answer of the compiled calendar, written as the table writes it."""
    hours, zone = compiled(case.calendar)
    verb, _, rest = case.asked.partition(" ")
    try:
        return ANSWERS[verb](hours, zone, rest)
    except NeverOpen:
        return "never"


@cache
def compiled(name: str) -> tuple[Hours, ZoneInfo]:
    """A calendar of the table, read, frozen and compiled as a library's own would be."""
    rules = rules_from_toml(name, tomllib.loads(CALENDARS)[name])
    return compile_hours(freeze(rules, FIRST, LAST)), ZoneInfo(rules.zone)


def read(text: str, zone: tzinfo) -> Instant:
    """ "Mon 2026-11-16 10:15", with "UTC" behind it where that is meant."""
    weekday, _, rest = text.strip().partition(" ")
    wall = datetime.fromisoformat(rest.removesuffix(" UTC"))
    assert wall.strftime("%a") == weekday, f"{text!r} is a {wall:%a}"
    return instant(wall.replace(tzinfo=UTC if rest.endswith("UTC") else zone))


def same_moment(when: Instant, zone: tzinfo) -> str:
    """The instant as the table writes it: UTC where the wall clock shows it twice."""
    local = moment(when).astimezone(zone)
    ambiguous = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{moment(when):%a %Y-%m-%d %H:%M} UTC" if ambiguous else f"{local:%a %Y-%m-%d %H:%M}"


def spent(hours: Hours, zone: tzinfo, rest: str) -> str:
    a, _, b = rest.partition("..")
    minutes = hours.spent(read(a, zone), read(b, zone)) // 60_000
    return f"{'-' * (minutes < 0)}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def due(hours: Hours, zone: tzinfo, rest: str) -> str:
    start, _, words = rest.partition(" + ")
    limit = limit_from_text(words)
    if limit.days:
        return same_moment(hours.days_due(read(start, zone), limit.days), zone)
    return same_moment(hours.due(read(start, zone), limit.millis), zone)


def before(hours: Hours, zone: tzinfo, rest: str) -> str:
    end, _, words = rest.partition(" - ")
    return same_moment(hours.before(read(end, zone), limit_from_text(words).millis), zone)


def same(hours: Hours, zone: tzinfo, rest: str) -> str:
    start, _, words = rest.partition(" + ")
    days = limit_from_text(words).days
    return same_moment(hours.days_due(read(start, zone), days, WorkingDay.SAME_TIME), zone)


def is_open(hours: Hours, zone: tzinfo, rest: str) -> str:
    return "yes" if hours.is_open(read(rest, zone)) else "no"


def next_open(hours: Hours, zone: tzinfo, rest: str) -> str:
    return same_moment(hours.next_open(read(rest, zone)), zone)


ANSWERS = {"spent": spent, "due": due, "before": before, "same": same, "open": is_open, "next": next_open}
