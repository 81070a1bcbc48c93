"""Moments to come by a calendar: each by example, and laws on calendars that nobody would think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import DAY, HOUR, Instant, instant
from helpdesk.hours import compile_hours
from helpdesk.hours.ahead import NAMES, Moment, ahead, is_term
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Closure, Frozen, Period, Rules, Span, Week, always_open
from helpdesk.hours.localtime import day_number
from helpdesk.hours.moments import day_of
from tests.test_hours_properties import calendars, laws

AGAIN = "Ask whoever keeps it to publish it again."
LONDON = ZoneInfo("Europe/London")


def at(text: str) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


def week(*weekday: str, sunday: tuple[str, ...] = ()) -> Week:
    """The same spans from Monday to Saturday."""
    spans = tuple(_span(each) for each in weekday)
    return (spans, spans, spans, spans, spans, spans, tuple(_span(each) for each in sunday))


def _span(text: str) -> Span:
    opens, closes = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return Span(opens, closes)


TERMS = (
    Period(name="Autumn term", first=date(2026, 9, 28), last=date(2026, 12, 11), week=week("08:00-22:00")),
    Period(name="Half term", first=date(2026, 12, 14), last=date(2026, 12, 18), week=week("10:00-12:00")),
    Period(name="Spring term", first=date(2027, 1, 11), last=date(2027, 3, 26), week=week("10:30-22:00")),
)
CLOSED = (Closure(first=date(2026, 12, 24), last=date(2027, 1, 3), reason="Winter closure"),)


def calendar(rules: Rules | None = None, *, last: date = date(2027, 12, 31)) -> Frozen:
    """A library that closes over lunch outside term, and on Sundays."""
    own = Rules(
        name="main",
        zone="Europe/London",
        week=week("09:00-13:00", "14:00-18:00"),
        periods=TERMS,
        closures=CLOSED,
    )
    return freeze(rules or own, date(2026, 1, 1), last)


def moment(name: str, now: str, frozen: Frozen | None = None, shut: str = "") -> Moment:
    """One of the moments at a wall time."""
    found = ahead([frozen or calendar()], at(now), shut=at(shut) if shut else None)
    return next(each for each in found.moments if each.name == name)


@pytest.mark.parametrize(
    ("name", "now", "meant"),
    [
        ("after lunch", "2026-11-18 10:00", "2026-11-18 13:30"),
        ("after lunch", "2026-09-16 10:00", "2026-09-16 14:00"),
        ("this afternoon", "2026-11-18 10:00", "2026-11-18 15:00"),
        ("when we open next", "2026-11-18 10:00", "2026-11-19 08:00"),
        ("when we open next", "2026-11-18 06:00", "2026-11-18 08:00"),
        ("when we open next", "2026-11-18 22:00", "2026-11-19 08:00"),
        ("when we open next", "2026-09-16 10:00", "2026-09-16 14:00"),
        ("when we open next", "2026-11-21 21:00", "2026-11-23 08:00"),
        ("when we open next", "2026-12-23 17:00", "2027-01-04 09:00"),
        ("next week", "2026-11-18 10:00", "2026-11-23 09:00"),
        ("next week", "2026-11-22 10:00", "2026-11-23 09:00"),
        ("next week", "2027-01-04 12:00", "2027-01-11 10:30"),
        ("next term", "2026-11-18 10:00", "2027-01-11 10:30"),
        ("next term", "2026-09-16 10:00", "2026-09-28 09:00"),
    ],
)
def test_moments_are_those_of_the_calendar(name: str, now: str, meant: str) -> None:
    """A break over lunch, closing time itself, Sunday, a closure, a week and a term that begin later than nine."""
    assert moment(name, now).until == at(meant)


def test_a_closing_by_hand_moves_what_comes_before_its_end() -> None:
    """A fire alarm at ten until 14:00: the next opening is the end of it, and lunch is not to be had."""
    assert moment("when we open next", "2026-11-18 10:00", shut="2026-11-18 14:00").until == at("2026-11-18 14:00")
    assert moment("after lunch", "2026-11-18 10:00", shut="2026-11-18 14:00").until is None
    assert moment("this afternoon", "2026-11-18 10:00", shut="2026-11-18 14:00").until == at("2026-11-18 15:00")
    assert moment("when we open next", "2026-11-18 10:00", shut="2026-11-18 23:00").until == at("2026-11-19 08:00")


@pytest.mark.parametrize(
    ("name", "now", "said"),
    [
        ("after lunch", "2026-11-18 13:30", "It is past that today."),
        ("this afternoon", "2026-11-22 10:00", "It is closed then today."),
        ("next week", "2026-12-22 10:00", "The calendar main has no hours next week"),
        ("next term", "2027-02-01 10:00", "No term begins after today in the calendar main, as published until"),
    ],
)
def test_what_there_is_none_of_says_why(name: str, now: str, said: str) -> None:
    """In a sentence, and there is no moment then."""
    found = moment(name, now)
    assert found.until is None
    assert found.why.startswith(said)


def test_a_calendar_that_is_over_or_never_opens_says_what_to_do() -> None:
    """Every moment is asked for in vain, and nothing loops."""
    never = calendar(Rules(name="shut", zone="Europe/London", week=week()))
    for each in ahead([never], at("2026-11-18 10:00")).moments:
        assert each.why == "The calendar shut has no opening hour at all. Ask whoever keeps it to give it some."
    for each in ahead([calendar()], at("2028-01-05 10:00")).moments:
        assert each.why == f"The calendar main is published for 1 Jan 2026 to 31 Dec 2027 only. {AGAIN}"
    last = moment("when we open next", "2026-11-21 20:00", calendar(last=date(2026, 11, 22)))
    assert last.why == f"The calendar main does not open again, as published until 22 Nov 2026. {AGAIN}"


def test_what_never_closes_has_no_next_opening_and_all_else() -> None:
    """It says so; next week is Monday at nine."""
    always = calendar(always_open(zone="Europe/London"))
    found = moment("when we open next", "2026-11-18 10:00", always)
    assert found.why == "The calendar always is open without a break, as published until 31 Dec 2027."
    assert moment("next week", "2026-11-18 10:00", always).until == at("2026-11-23 09:00")


def test_where_a_calendar_ends_the_one_published_after_it_answers() -> None:
    """For what the first knows no more."""
    short = calendar(last=date(2026, 11, 22))
    found = ahead([short, calendar()], at("2026-11-18 10:00"))
    assert [each.until for each in found.moments if each.name == "next week"] == [at("2026-11-23 09:00")]
    assert ahead([short, calendar()], at("2026-11-25 10:00")).moments[2].until == at("2026-11-26 08:00")


@pytest.mark.parametrize("name", ["Autumn term", "Semester 2", "TERM 1", "Michaelmas 2026", "Summer Trimester"])
def test_terms_are_known_by_their_names(name: str) -> None:
    """In the words that libraries use."""
    assert is_term(name)


@pytest.mark.parametrize("name", ["Exams", "Out of term", "Half term", "Summer vacation", "Long-term loans", "Easter"])
def test_what_is_no_term_is_not_taken_for_one(name: str) -> None:
    """Also where the word stands in it."""
    assert not is_term(name)


def test_openings_are_told_for_three_weeks() -> None:
    """So that a time that somebody picks can be told to be closed; beyond, nothing is claimed."""
    now = at("2026-11-18 10:00")
    found = ahead([calendar()], now)
    assert found.spans[0] == (now, at("2026-11-18 22:00"))
    assert found.known == now + 22 * DAY
    assert found.shut(at("2026-11-22 09:00"))
    assert not found.shut(at("2026-11-23 09:00"))
    assert not found.shut(at("2027-01-01 09:00"))


# Laws


@st.composite
def questions(draw: st.DrawFn) -> tuple[Frozen, Instant, Instant | None]:
    """A calendar around a change of the clock, some of its periods terms; a moment of it; perhaps closed by hand."""
    frozen = draw(calendars())
    names = draw(st.lists(st.sampled_from(["Term 1", "Exams"]), min_size=2, max_size=2))
    periods = tuple(replace(each, name=name) for each, name in zip(frozen.rules.periods, names, strict=False))
    frozen = replace(frozen, rules=replace(frozen.rules, periods=periods))
    hours = compile_hours(frozen)
    now = Instant(draw(st.integers(hours.first - HOUR, hours.last + HOUR)))
    shut = draw(st.none() | st.integers(1, 3 * DAY).map(lambda length: Instant(now + length)))
    return frozen, now, shut


@laws
@given(questions())
def test_a_moment_lies_ahead_and_in_opening_hours_or_says_why(asked: tuple[Frozen, Instant, Instant | None]) -> None:
    """Through changes of the clock, closures, nights, horizons that end, and calendars that never open."""
    frozen, now, shut = asked
    hours, found = compile_hours(frozen), ahead([frozen], now, shut=shut)
    assert tuple(each.name for each in found.moments) == NAMES
    for each in found.moments:
        assert (each.until is None) == bool(each.why)
        if each.until is not None:
            assert now < each.until
            assert shut is None or each.until >= shut
            assert hours.is_open(each.until)
            assert each.until >= found.known or not found.shut(each.until)


@laws
@given(questions())
def test_the_next_opening_comes_after_a_stretch_that_is_closed(asked: tuple[Frozen, Instant, Instant | None]) -> None:
    """No opening is passed over: between the hours that run now and it, nothing is open."""
    frozen, now, _ = asked
    hours = compile_hours(frozen)
    until = next(each.until for each in ahead([frozen], now).moments if each.name == "when we open next")
    if until is not None:
        running = next((closes for opens, closes in hours.intervals if opens <= now < closes), now)
        assert hours.spent(running, until) == 0
        assert not hours.is_open(Instant(until - 1))


@laws
@given(questions())
def test_weeks_and_terms_are_the_calendars_own(asked: tuple[Frozen, Instant, Instant | None]) -> None:
    """Next week is between its Monday and its Sunday, as is next term between its first day and its last."""
    frozen, now, shut = asked
    local = compile_hours(frozen).local
    found = {each.name: each.until for each in ahead([frozen], now, shut=shut).moments}
    today = day_of(now, local)
    if (until := found["next week"]) is not None:
        assert 0 < day_number(day_of(until, local)) - day_number(today) + today.weekday() - 6 <= 7
    if (until := found["next term"]) is not None:
        day = day_of(until, local)
        terms = [each for each in frozen.rules.periods if each.name == "Term 1" and each.first > today]
        assert any(each.first <= day <= each.last for each in terms)
