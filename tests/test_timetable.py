"""Calendars as a library writes them: what is read, and how mistakes are told."""

from __future__ import annotations

import re
import textwrap
import tomllib
from datetime import date
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig
from helpdesk.hours import timetable
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Frozen, Planner, Rules, Span
from helpdesk.hours.timetable import calendars_from_toml, read_calendars, rules_from_toml


def rules(text: str) -> Rules:
    return rules_from_toml("main", tomllib.loads(textwrap.dedent(text)))


def documented() -> tuple[Rules, ...]:
    """The example of the module's docstring."""
    found = re.search(r"::\n\n(.*?)\n\nA period", timetable.__doc__ or "", re.DOTALL)
    assert found
    return calendars_from_toml(tomllib.loads(textwrap.dedent(found[1]))["calendars"])


@pytest.fixture(scope="module")
def published() -> Frozen:
    return freeze(documented()[0], date(2026, 9, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "spans", "reason"),
    [
        (date(2026, 11, 16), ["09:00-13:00", "14:00-19:00"], "default week"),
        (date(2026, 11, 20), ["09:00-26:00"], "default week"),
        (date(2026, 11, 21), [], "default week"),
        (date(2026, 11, 22), ["00:00-24:00"], "default week"),
        (date(2026, 11, 14), ["10:00-14:00"], "Open day"),
        (date(2026, 12, 25), [], "Winter closure"),
        (date(2027, 3, 26), ["10:00-16:00"], "Good Friday"),
        (date(2027, 6, 21), ["10:00-16:00"], "Summer vacation"),
        (date(2027, 9, 25), [], "Summer vacation"),
        (date(2027, 9, 27), ["09:00-13:00", "14:00-19:00"], "default week"),
    ],
)
def test_the_documented_example(published: Frozen, day: date, spans: list[str], reason: str) -> None:
    """It reads as it says, with the reason for each day."""
    plan = Planner(published).plan(day)
    assert [str(span) for span in plan.spans] == spans
    assert plan.reason == reason


PAGE = Path(__file__).parents[1] / "docs" / "calendars.md"
BLOCKS = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_page_s_examples_are_read(block: str) -> None:
    """What docs/calendars.md tells people to write is taken."""
    assert calendars_from_toml(tomllib.loads(block)["calendars"])


def test_the_unstaffed_desk_of_the_page() -> None:
    """Closed with the building and on days of its own; the building stays open on those."""
    [building, staffed] = [
        freeze(rules, date(2026, 1, 1), date(2027, 12, 31))
        for rules in calendars_from_toml(tomllib.loads(BLOCKS[1])["calendars"])
    ]
    for day, doors, desk in (
        (date(2026, 12, 22), "default week", "Building open, desk unstaffed"),
        (date(2026, 12, 25), "Winter closure", "Winter closure"),
        (date(2026, 11, 18), "default week", "Staff training in the morning; the building is open"),
    ):
        assert (Planner(building).plan(day).reason, Planner(staffed).plan(day).reason) == (doors, desk)


def test_closed_with_another_calendar() -> None:
    """The chat's calendar closes whenever the main one does, and in a week of its own: open building, no staff."""
    _, chat = documented()
    assert [closure.reason for closure in chat.closures] == ["Building open, desk unstaffed", "Winter closure"]
    frozen = freeze(chat, date(2026, 9, 1), date(2027, 12, 31))
    assert Planner(frozen).plan(date(2027, 4, 6)).reason == "Building open, desk unstaffed"
    assert Planner(frozen).plan(date(2026, 12, 28)).reason == "Winter closure"


def test_a_version_has_a_first_day() -> None:
    """Only where it is written: without one a calendar counts from when it is published."""
    main, chat = documented()
    assert main.from_date == date(2026, 9, 1)
    assert chat.from_date is None


def test_a_period_within_another_is_no_mistake() -> None:
    """Exams within a term, up to its last day, and periods that follow each other."""
    term = '{name = "T", from = 2027-01-11, to = 2027-03-26, week = {}}'
    exams = '{name = "E", from = 2027-03-15, to = 2027-03-26, week = {}}'
    after = '{name = "V", from = 2027-03-27, to = 2027-04-20, week = {}}'
    found = rules(f'zone = "UTC"\nweek = {{}}\nperiods = [{after}, {exams}, {term}]')
    assert len(found.periods) == 3


def test_everything_that_is_wrong_is_found() -> None:
    """One thing of each calendar, so that a file is mended in one go."""
    found, wrong = read_calendars({"a": {"zone": "Utc"}, "b": {"zone": "UTC"}, "c": {"zone": "UTC", "week": {}}})
    assert found == ()
    assert [str(error).partition(":")[0] for error in wrong] == ["calendars.a.zone", "calendars.b.week"]


def test_spans_are_sorted() -> None:
    """However they were written."""
    found = rules('zone = "UTC"\nweek = { mon = ["14:00-17:00", "09:00-13:00"] }')
    assert found.week[0] == (Span(540, 780), Span(840, 1020))


def test_long_weekdays_and_ranges() -> None:
    """Monday, mon and ranges of them mean the same."""
    short = rules('zone = "UTC"\nweek = { mon-wed = "09:00-10:00" }')
    long = rules('zone = "UTC"\nweek = { monday-tuesday = "09:00-10:00", wednesday = "09:00-10:00" }')
    assert short == long


MISTAKES = [
    ('zone = "Europe/Londn"', "zone: 'Europe/Londn' is not a time zone; did you mean 'Europe/London'?"),
    ('zone = "../etc/passwd"', "zone: '../etc/passwd' is not a time zone"),
    ("zone = 7", "zone: write some text in quotes, not 7"),
    ("", "zone: is missing"),
    ('zone = "UTC"', "week: is missing"),
    ('week = { mon = "17:00-09:00" }', "week.mon: '17:00-09:00' ends before it starts"),
    ('week = { mon = "09:00" }', 'week.mon: write hours as "09:00-17:30"'),
    ('week = { mon = "9-17" }', "week.mon: write a time as"),
    ('week = { mon = "09:60-17:00" }', "week.mon: '09:60' is not a time"),
    ('week = { mon = "20:00-48:01" }', "week.mon: '48:01' is not a time between 00:00 and 48:00"),
    ('week = { mon = "24:00-26:00" }', "put it on the next day"),
    ("week = { mon = 9 }", "week.mon: write text in quotes or a list of such"),
    ('week = { mon = ["09:00-13:00", "12:00-17:00"] }', "09:00-13:00 and 12:00-17:00 overlap"),
    ('week = { mno = "09:00-17:00" }', "week.mno: is not a weekday or a range of them; did you mean 'mon'?"),
    ('week = { fri-mon = "09:00-17:00" }', "runs backwards"),
    ('week = { mon-fri = "09:00-17:00", wed = "09:00-12:00" }', "week.wed: wed is written twice"),
    ('week = {}\nbank_holiday = "scotland"', "bank_holiday: is not a known key; did you mean 'bank_holidays'?"),
    ('week = {}\nbank_holidays = "scottland"', "bank_holidays: no bank holidays are known for 'scottland'"),
    ('week = {}\nbank_holiday_hours = "10:00-12:00"', "bank_holidays: is missing"),
    ("week = {}\nclosures = 3", "closures: write [[calendars.main.closures]]"),
    ("week = {}\nclosures = [3]", "closures[1]: write a table of keys here"),
    (
        'week = {}\nclosures = [{from = 2027-01-04, to = 2026-12-24, reason = "x"}]',
        "closures[1].to: 2026-12-24 lies before the start, 2027-01-04",
    ),
    ("week = {}\nclosures = [{from = 2027-01-04, to = 2027-01-05}]", "closures[1].reason: is missing"),
    ('week = {}\nclosures = [{from = "soon", to = 2027-01-05}]', "closures[1].from: write a date"),
    ("week = {}\nclosures = [{from = 2027-01-04T10:00:00, to = 2027-01-05}]", "closures[1].from: write a date"),
    (
        'week = {}\nperiods = [{name = "T", from = 2027-02-01, to = 2027-01-01, week = {}}]',
        "periods[1].to: 2027-01-01 lies before the start",
    ),
    (
        'week = {}\nperiods = [{name = "T", from = 2027-01-01, to = 2027-01-02, week = {}},'
        ' {name = "U", from = 2027-01-01, to = 2027-01-03, week = {}}]',
        "periods: 'T' and 'U' both start on 2027-01-01",
    ),
    (
        'week = {}\nperiods = [{name = "T", from = 2027-01-11, to = 2027-04-02, week = {}},'
        ' {name = "V", from = 2027-03-29, to = 2027-04-20, week = {}}]',
        "periods: 'T' and 'V' overlap from 2027-03-29 to 2027-04-02, and neither lies within the other",
    ),
    ('week = {}\nfrom = "January"', "from: write a date such as 2026-12-24"),
    ('week = {}\nclosures_of = "other"', "closures_of: there is no other calendar 'other'; leave it out"),
    (
        'week = {}\ndays = [{date = 2027-01-01, reason = "x"}, {date = 2027-01-01, reason = "y"}]',
        "days: 2027-01-01 is written twice",
    ),
    ('week = {}\ndays = [{date = 2027-01-01, reason = "x", hour = []}]', "days[1].hour: is not a known key; did you"),
]


@pytest.mark.parametrize(("text", "remedy"), MISTAKES, ids=[text[:50] for text, _ in MISTAKES])
def test_a_mistake_names_its_key_and_the_remedy(text: str, remedy: str) -> None:
    """Nobody has to read the code to mend a calendar."""
    whole = text if "zone" in text or not text else f'zone = "UTC"\n{text}'
    with pytest.raises(BadConfig) as error:
        calendars_from_toml({"main": tomllib.loads(whole)})
    assert str(error.value).startswith("calendars.main.")
    assert remedy in str(error.value)


def test_the_file_s_own_name_leads() -> None:
    """A caller that read a file puts its name in front."""
    with pytest.raises(BadConfig, match=r"^hours.toml: calendars.main.zone"):
        calendars_from_toml({"main": {}}, "hours.toml: calendars")


def test_a_calendar_that_is_no_table() -> None:
    """Even that is told in words."""
    with pytest.raises(BadConfig, match=r"calendars\.main: write a table"):
        calendars_from_toml({"main": 3})
