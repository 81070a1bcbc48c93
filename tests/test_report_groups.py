"""What the rows of a report can be, what is suspended and corrected in them, and demand by weekday and hour."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from helpdesk.clock import HOUR, MINUTE
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import ROUND_THE_CLOCK, Period, Rules
from helpdesk.message import Channel
from helpdesk.reports import By, Report
from helpdesk.reports.period import Days, stretches
from helpdesk.reports.terms import Terms
from helpdesk.store.verbs import tickets
from tests.report_house import ANA, LONDON, Library, at, library, only
from tests.report_storm import Storm

pytestmark = pytest.mark.usefixtures("engine")

# Stretches of time


@pytest.mark.parametrize(
    ("by", "begin", "end", "keys"),
    [
        ("quarter", "2026-11-15", "2027-04-02", ["2026-Q4", "2027-Q1", "2027-Q2"]),
        ("year", "2026-11-15", "2028-01-01", ["2026", "2027"]),
        ("sconul", "2026-07-31", "2027-08-02", ["2025-26", "2026-27", "2027-28"]),
        ("sconul", "2099-08-01", "2100-08-02", ["2099-00", "2100-01"]),
        ("month", "2026-12-31", "2027-01-02", ["2026-12", "2027-01"]),
        ("year", "9998-12-31", "9999-12-31", ["9998", "9999"]),
    ],
)
def test_stretches_of_time(by: By, begin: str, end: str, keys: list[str]) -> None:
    """Cut where quarters and years begin; together they are the days asked for."""
    days = Days(date.fromisoformat(begin), date.fromisoformat(end))
    found = list(stretches(days, by))
    assert [each.key for each in found] == keys
    assert [day for each in found for day in each.days.each()] == list(days.each())


def calendar(*periods: tuple[str, str, str]) -> str:
    """A published calendar's text with these named periods: (name, first, last)."""
    week = (ROUND_THE_CLOCK,) * 7
    named = tuple(
        Period(name=name, first=date.fromisoformat(first), last=date.fromisoformat(last), week=week)
        for name, first, last in periods
    )
    rules = Rules(name="staffed", zone=LONDON, week=week, periods=named)
    return freeze(rules, date(2025, 1, 1), date(2029, 12, 31)).to_text()


def terms(days: Days, *texts: str) -> list[str]:
    """The keys and first days of a report's terms."""
    return [f"{each.key}: {each.days.begin}" for each in stretches(days, "term", Terms(texts))]


YEAR = Days(date(2026, 9, 1), date(2027, 2, 1))


def test_terms_and_what_is_between_them() -> None:
    """Named by their first days; exams within a term are a row of their own, and the term goes on after them."""
    text = calendar(("autumn", "2026-09-28", "2026-12-11"), ("exams", "2026-11-02", "2026-11-06"))
    assert terms(YEAR, text) == [
        "2026-09-01 between terms: 2026-09-01",
        "2026-09-28 autumn: 2026-09-28",
        "2026-11-02 exams: 2026-11-02",
        "2026-09-28 autumn: 2026-11-07",
        "2026-12-12 between terms: 2026-12-12",
    ]


def test_a_new_version_keeps_the_terms_before_its_first() -> None:
    """Last year's terms need not stay in the file; where the new version speaks, the old one is silent."""
    old = calendar(("summer", "2026-08-01", "2026-09-10"), ("autumn", "2026-09-21", "2026-12-18"))
    new = calendar(("autumn", "2026-09-28", "2026-12-11"))
    assert terms(YEAR, old, new) == [
        "2026-08-01 summer: 2026-09-01",
        "2026-09-11 between terms: 2026-09-11",
        "2026-09-21 autumn: 2026-09-21",
        "2026-09-28 autumn: 2026-09-28",
        "2026-12-12 between terms: 2026-12-12",
    ]


def test_without_terms_all_is_between_them() -> None:
    """One row, no failure."""
    assert terms(YEAR, calendar()) == ["2026-09-01 between terms: 2026-09-01"]


# Other rows


async def two_contacts(house: Library) -> None:
    """A text on a Friday at half past nine, met, and one on Monday at 17:05, missed."""
    await house.replies(await house.comes("noise", at("2026-10-09", "09:30")), at("2026-10-09", "09:35"))
    await house.comes("noise", at("2026-10-12", "17:05"))
    house.clock.passes(days=1)


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("hour", ["09", "17"]),
        ("weekday", ["1 Mon", "5 Fri"]),
        ("site", [""]),
        ("channel", ["sms"]),
        ("quarter", ["2026-Q4"]),
        ("sconul", ["2026-27"]),
    ],
)
async def test_rows_of_every_kind(by: By, keys: list[str]) -> None:
    """Each contact is in one row; together they are the whole."""
    async with library() as house:
        await two_contacts(house)
        made = await house.reports(by=by)
    assert [group.key for group in made.groups] == keys
    assert (sum(each.figures[0].met for each in made.groups), only(made).met) == (1, 1)
    assert (sum(each.figures[0].missed for each in made.groups), only(made).missed) == (1, 1)


async def test_a_term_that_goes_on_is_one_row(tmp_path: Path) -> None:
    """By the first calendar's published periods; a gap and a term each have their days."""
    async with library(promises=False) as house:
        await Storm(house, tmp_path, 1).begin()
        for day in ("2026-09-10", "2026-10-05", "2026-11-20", "2026-12-20"):
            await house.comes("noise", at(day))
        made = await house.reports(by="term")
    found = [(each.key, each.days.begin, only_in(made, n)) for n, each in enumerate(made.groups)]
    assert found == [
        ("2026-09-10 between terms", date(2026, 9, 10), 1),
        ("2026-09-28 autumn term", date(2026, 9, 28), 2),
        ("2026-12-12 between terms", date(2026, 12, 12), 1),
    ]


def only_in(made: Report, n: int) -> int:
    """How many texts a row counts."""
    return next(each.received for each in made.groups[n].figures if each.standard == "noise")


# Suspended and corrected


async def test_what_began_while_suspended_stands_apart(tmp_path: Path) -> None:
    """Not in the counts, and in the figure beside them; the day before is as it was."""
    async with library(promises=False) as house:
        storm = Storm(house, tmp_path, 1)
        await storm.begin()
        for day in ("2026-10-05", "2026-10-06"):
            await house.replies(await house.comes("noise", at(day, "10:00")), at(day, "10:05"))
            await house.comes("noise", at(day, "11:00"))
        house.clock.move_to(at("2026-10-20"))
        await storm.keeper.suspend(
            ANA, standard="noise", begin=date(2026, 10, 6), end=date(2026, 10, 7), why="no staff"
        )
        made = await house.reports()
    figure = only(made, "noise")
    assert (figure.met, figure.missed, figure.suspended, figure.whole) == (1, 1, 2, (2, 2))
    assert only(made, "done").suspended == 0
    assert sum(map(sum, made.heat.missed if made.heat else ())) == figure.missed + only(made, "done").missed
    assert [(each.standard, each.reason) for each in made.suspensions] == [("noise", "no staff")]


async def test_a_late_correction_shows_both_figures() -> None:
    """Answered by phone within the limit, entered a day later: met, and missed without the correction."""
    async with library() as house:
        contact = await house.comes("noise", at("2026-10-05", "10:00"))
        house.clock.move_to(at("2026-10-06"))
        before = only(await house.reports())
        seen = await house.store.read(tickets.get, contact.ticket)
        await house.desk.correct(ANA, contact.ticket, seen.version, at("2026-10-05", "10:05"), "by phone")
        after = await house.reports()
    figure = only(after)
    assert (before.met, before.missed, before.corrected, before.recorded) == (0, 1, 0, (0, 1))
    assert (figure.met, figure.missed, figure.corrected, figure.recorded) == (1, 0, 1, (0, 1))
    assert (figure.median, after.volumes[0].answered) == (5 * MINUTE, 1)


async def test_who_rings_is_answered_as_they_ring() -> None:
    """Phone and desk count in volumes; under a promise only where somebody measured how long they waited."""
    async with library() as house:
        await house.desk.log_contact(ANA, Channel.PHONE, waited=90_000)
        await house.desk.log_contact(ANA, Channel.DESK)
        made = await house.reports()
    assert [(each.channel, each.received, each.answered) for each in made.volumes] == [
        (Channel.PHONE, 1, 1),
        (Channel.DESK, 1, 1),
    ]


# Demand


async def test_demand_beside_staffed_hours(tmp_path: Path) -> None:
    """By weekday and local hour: what came in, what was missed, how long the desk was staffed of how long there was."""
    async with library(promises=False) as house:
        await Storm(house, tmp_path, 1).begin()
        await two_contacts(house)
        made = await house.reports("2026-10-05", "2026-10-26")
    heat = made.heat
    assert heat is not None
    assert (heat.calendar, heat.received[4][9], heat.received[0][17]) == ("staffed", 1, 1)
    assert (heat.missed[0][17], sum(map(sum, heat.received))) == (1, 2)
    assert heat.staffed[0][9] == heat.possible[0][9] == HOUR  # Monday the 12th; the report begins on Friday the 9th
    assert heat.staffed[5][22] == 0  # in term no late Saturdays
    assert (heat.possible[2][0], sum(map(sum, heat.possible))) == (0, 5 * 24 * HOUR)


async def test_the_hour_that_comes_twice_is_two_hours_long() -> None:
    """On 25 October there are two hours between one and two, and a day of 25."""
    async with library() as house:
        await house.comes("noise", at("2026-10-25", "00:10"))
        house.clock.move_to(at("2026-10-25", "23:00"))
        heat = (await house.reports("2026-10-25", "2026-10-26")).heat
    assert heat is not None
    assert (heat.possible[6][1], sum(heat.possible[6])) == (2 * HOUR, 25 * HOUR)
    assert heat.staffed == heat.possible
