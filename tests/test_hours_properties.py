"""Laws of working time, tried on calendars that nobody would think of.

The calendars lie around changes of the clock in five zones (Lord Howe's is half an hour), with random
spans, night spans, periods, closures, bank holidays and one-off days. An oracle written apart from the
code, minute by minute over ``zoneinfo``, says what is open.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpdesk.clock import MINUTE, Instant, instant
from helpdesk.errors import NeverOpen
from helpdesk.hours import Hours, WorkingDay, compile_hours
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import (
    Closure,
    Frozen,
    Holiday,
    OneDay,
    Period,
    Rules,
    Span,
    Spans,
    Week,
    frozen_from_text,
)

CHANGES = {
    "Europe/London": (date(2026, 10, 25), date(2027, 3, 28)),
    "Europe/Lisbon": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2027, 4, 4)),
    "Australia/Sydney": (date(2026, 10, 4), date(2027, 4, 4)),
}
BEFORE, AFTER = 4, 7
"""Days of the horizon on either side of the change."""


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    """Up to three spans of a day that don't overlap, the last perhaps past midnight."""
    marks = draw(st.lists(st.integers(0, 192), max_size=6, unique=True).map(sorted))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Span(opens * 15, closes * 15) for opens, closes in pairs if opens < 96)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    mon, tue, wed, thu, fri, sat, sun = (draw(spans()) for _ in range(7))
    return mon, tue, wed, thu, fri, sat, sun


@st.composite
def calendars(draw: st.DrawFn) -> Frozen:
    """A published calendar of twelve days around a clock change."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = draw(st.sampled_from(CHANGES[zone]))
    first, last = change - timedelta(days=BEFORE), change + timedelta(days=AFTER)
    days = st.integers(0, BEFORE + AFTER).map(lambda count: first + timedelta(days=count))
    starts = draw(st.lists(days, max_size=2, unique=True))
    rules = Rules(
        name="drawn",
        zone=zone,
        week=draw(weeks()),
        periods=tuple(
            Period(name=f"p{n}", first=day, last=day + timedelta(days=draw(st.integers(0, 6))), week=draw(weeks()))
            for n, day in enumerate(starts)
        ),
        holiday_spans=draw(spans()),
        closures=tuple(
            Closure(first=day, last=day + timedelta(days=1), reason="r") for day in draw(st.lists(days, max_size=1))
        ),
        days=tuple(
            OneDay(day=day, spans=draw(spans()), reason="r") for day in draw(st.lists(days, max_size=2, unique=True))
        ),
    )
    holidays = sorted(draw(st.lists(days, max_size=2, unique=True)))
    return replace(freeze(rules, first, last), holidays=tuple(Holiday(day=day, name="h") for day in holidays))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Frozen, Hours, Instant, Instant]:
    """A calendar and two moments of its horizon, the earlier first."""
    frozen = draw(calendars())
    hours = compile_hours(frozen)
    a, b = sorted(draw(st.integers(hours.first, hours.last)) for _ in range(2))
    return frozen, hours, Instant(a), Instant(b)


laws = settings(deadline=None, max_examples=25)
"""Enough for every run; a search with 2,000 found nothing more."""

Question = tuple[Frozen, Hours, Instant, Instant]


# The oracle


def oracle_spans(frozen: Frozen, day: date) -> Spans:
    """The spans of a day by the order of precedence, written as the design says it."""
    rules = frozen.rules
    for one in rules.days:
        if one.day == day:
            return one.spans
    if any(closure.first <= day <= closure.last for closure in rules.closures):
        return ()
    if day in {holiday.day for holiday in frozen.holidays}:
        return rules.holiday_spans
    running = [period for period in rules.periods if period.first <= day <= period.last]
    week = max(running, key=lambda period: period.first).week if running else rules.week
    return week[day.weekday()]


def oracle_openings(frozen: Frozen, day: date) -> list[tuple[Instant, Instant]]:
    """The day's spans as instants, by zoneinfo: in a gap forward, in a fold the first."""
    midnight, zone = datetime.combine(day, time()), ZoneInfo(frozen.rules.zone)

    def at(minutes: int) -> Instant:
        return instant((midnight + timedelta(minutes=minutes)).replace(tzinfo=zone, fold=0).astimezone(UTC))

    found = [(at(span.opens), at(span.closes)) for span in oracle_spans(frozen, day)]
    return [(opens, closes) for opens, closes in found if opens < closes]


def oracle_days(frozen: Frozen) -> list[date]:
    """The horizon's days and the one before it, whose night may reach in."""
    count = (frozen.last - frozen.first).days + 1
    return [frozen.first + timedelta(days=n) for n in range(-1, count)]


def oracle_minutes(frozen: Frozen) -> set[int]:
    """Every open minute since 1970."""
    return {
        minute
        for day in oracle_days(frozen)
        for opens, closes in oracle_openings(frozen, day)
        for minute in range(opens // MINUTE, closes // MINUTE)
    }


# The laws


@laws
@given(questions())
def test_spent_counts_the_open_minutes(question: Question) -> None:
    """The same as counting minute by minute."""
    frozen, hours, a, b = question
    a, b = Instant(a - a % MINUTE), Instant(b - b % MINUTE)
    between = range(a // MINUTE, b // MINUTE)
    assert hours.spent(a, b) == MINUTE * len(oracle_minutes(frozen).intersection(between))


@laws
@given(questions(), st.floats(0, 1))
def test_spent_adds_up(question: Question, share: float) -> None:
    """A stretch is the sum of its parts, wherever it is cut."""
    _, hours, a, b = question
    middle = Instant(a + int((b - a) * share))
    assert hours.spent(a, b) == hours.spent(a, middle) + hours.spent(middle, b)
    assert hours.spent(b, a) == -hours.spent(a, b)


@laws
@given(questions())
def test_spent_is_monotone_and_never_more_than_time_itself(question: Question) -> None:
    """No open time runs backwards or faster than the clock."""
    _, hours, a, b = question
    assert 0 <= hours.spent(a, b) <= b - a


@laws
@given(questions(), st.integers(1, 200 * 60 * MINUTE))
def test_due_undoes_spent(question: Question, millis: int) -> None:
    """Due is the earliest moment with that much spent; one millisecond before is too early."""
    _, hours, a, _ = question
    assume(millis <= hours.spent(a, hours.last))
    due = hours.due(a, millis)
    assert hours.spent(a, due) == millis
    assert hours.spent(a, Instant(due - 1)) < millis


@laws
@given(questions(), st.integers(1, 200 * 60 * MINUTE))
def test_before_undoes_spent(question: Question, millis: int) -> None:
    """Before is the latest moment from which that much runs; one millisecond later is too late."""
    _, hours, _, b = question
    assume(millis <= hours.spent(hours.first, b))
    begin = hours.before(b, millis)
    assert hours.spent(begin, b) == millis
    assert hours.spent(Instant(begin + 1), b) < millis


@laws
@given(questions(), st.integers(0, 50 * 60 * MINUTE), st.integers(0, 50 * 60 * MINUTE))
def test_due_is_monotone(question: Question, less: int, more: int) -> None:
    """Starting later or taking longer never falls due sooner."""
    _, hours, a, b = question
    less, more = sorted((less, more))
    assume(more <= hours.spent(b, hours.last))
    assert hours.due(a, less) <= hours.due(a, more)
    assert hours.due(a, more) <= hours.due(b, more)


@laws
@given(questions())
def test_open_is_where_time_runs(question: Question) -> None:
    """Open now means that the next millisecond counts."""
    _, hours, a, _ = question
    assume(a < hours.last)
    assert hours.is_open(a) == (hours.spent(a, Instant(a + 1)) == 1)


@laws
@given(questions())
def test_next_open_skips_nothing(question: Question) -> None:
    """It is open then, and was not in between."""
    _, hours, a, _ = question
    try:
        opening = hours.next_open(a)
    except NeverOpen:
        assert hours.spent(a, hours.last) == 0
    else:
        assert hours.is_open(opening)
        assert hours.spent(a, opening) == 0


@laws
@given(questions(), st.integers(1, 4))
def test_working_days_are_counted_one_by_one(question: Question, days: int) -> None:
    """The n-th working day, found by walking; a start in the small hours belongs to the night before."""
    frozen, hours, a, _ = question
    working = [(day, found) for day in oracle_days(frozen) if (found := oracle_openings(frozen, day))]
    today = datetime.fromtimestamp(a / 1000, ZoneInfo(frozen.rules.zone)).date()
    reached = [(day, found) for day, found in working if day <= today]
    if len(reached) > 1 and a < reached[-1][1][0][0] and a < max(closes for _, closes in reached[-2][1]):
        reached.pop()
    later = [max(closes for _, closes in found) for _, found in working[len(reached) :]]
    later = [closes for closes in later if closes <= hours.last]
    if len(later) < days:
        with pytest.raises(NeverOpen):
            hours.days_due(a, days)
    else:
        assert hours.days_due(a, days) == later[days - 1]


@laws
@given(questions(), st.integers(1, 3))
def test_the_same_time_lies_in_the_working_day(question: Question, days: int) -> None:
    """The second definition never falls due later than the first, counted from the same opening."""
    _, hours, a, _ = question
    try:
        start = hours.next_open(a)
        end = hours.days_due(start, days)
    except NeverOpen:
        return
    assert start < hours.days_due(a, days, WorkingDay.SAME_TIME) <= end


@laws
@given(calendars())
def test_the_text_holds_everything(frozen: Frozen) -> None:
    """Written and read again it is the same calendar, with the same name and the same hours."""
    again = frozen_from_text(frozen.to_text())
    assert again == frozen
    assert again.digest == frozen.digest
    assert compile_hours(again).intervals == compile_hours(frozen).intervals


@laws
@given(calendars())
def test_intervals_are_sorted_and_apart(frozen: Frozen) -> None:
    """Each opens before it closes, and none touches the next."""
    edges = [edge for interval in compile_hours(frozen).intervals for edge in interval]
    assert all(earlier < later for earlier, later in pairwise(edges))


@laws
@given(calendars(), st.integers(0, BEFORE + AFTER))
def test_closing_a_day_never_opens_another(frozen: Frozen, count: int) -> None:
    """A one-off closed day takes away its own openings at most."""
    day = frozen.first + timedelta(days=count)
    others = tuple(one for one in frozen.rules.days if one.day != day)
    shut = replace(frozen.rules, days=(*others, OneDay(day=day, spans=(), reason="shut")))
    closed = replace(frozen, rules=shut)
    before, after = oracle_minutes(frozen), oracle_minutes(closed)
    hours = compile_hours(closed)
    assert after <= before
    assert hours.spent(hours.first, hours.last) <= compile_hours(frozen).spent(hours.first, hours.last)


@laws
@given(calendars())
def test_a_calendar_without_hours_says_so(frozen: Frozen) -> None:
    """No hours, no loop: an error at once."""
    never: Week = ((), (), (), (), (), (), ())
    bare = Rules(name="never", zone=frozen.rules.zone, week=never)
    hours = compile_hours(freeze(bare, frozen.first, frozen.last))
    for ask in (hours.next_open, lambda when: hours.due(when, 1), lambda when: hours.days_due(when, 1)):
        with pytest.raises(NeverOpen, match="no opening hour at all"):
            ask(hours.first)
