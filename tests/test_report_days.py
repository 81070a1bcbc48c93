"""Days that are kept give the same reports as days folded anew, and a report as of then is the report made then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest

from helpdesk import upkeep
from helpdesk.adding import Fold
from helpdesk.clock import HOUR, instant, plus
from helpdesk.counting import spent_by
from helpdesk.daily import FORMAT, Day, day_from_text
from helpdesk.errors import Refused
from helpdesk.events import Kind, NewEvent
from helpdesk.local_days import Span, local_day, span_of
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.reports import By, as_json, report
from helpdesk.store.verbs import clocks, days, events, folding, hindsight, rulebook
from helpdesk.store.verbs.hindsight import PastClock
from tests.engines import ON_SQLITE, on_both
from tests.report_house import LONDON, at, library
from tests.report_storm import Storm
from tests.seeds import seeds

pytestmark = pytest.mark.usefixtures("engine")

BYS = get_args(By)


@asynccontextmanager
async def storm(tmp_path: Path, seed: int, deeds: int) -> AsyncIterator[Storm]:
    """A library after so many deeds."""
    async with library(promises=False) as house:
        found = Storm(house, tmp_path, seed)
        await found.begin()
        house.clock.move_to(at("2026-09-10"))
        await found.blow(deeds)
        yield found


# Kept or not


@on_both("seed", seeds(0, 4))
async def test_kept_days_change_no_byte_of_a_report(tmp_path: Path, seed: int) -> None:
    """By whatever it is: with every day that is over kept, and with none."""
    async with storm(tmp_path, seed, 220) as found:
        house = found.house
        await found.rolling.make_all(house.clock.now())
        kept = [as_json(await house.reports(by=by)) for by in BYS]
        assert await house.store.write(days.throw_away) > 20
        cold = [as_json(await house.reports(by=by)) for by in BYS]
    assert kept == cold


@on_both("seed", seeds(4, 8))
async def test_no_kept_day_is_stale(tmp_path: Path, seed: int) -> None:
    """Whatever happened since a day was kept, it is what folding gives, or it is kept no more."""
    async with storm(tmp_path, seed, 320) as found:
        store = found.house.store
        assert await store.read(days.keeping)
        assert await upkeep.check(store) == ()


async def test_what_is_done_to_an_old_ticket_takes_its_day_away(tmp_path: Path) -> None:
    """An answer weeks later changes the day on which the contact came in, and no other."""
    async with library() as house:
        rolling = Storm(house, tmp_path, 1).rolling
        old = await house.comes("noise", at("2026-09-02"))
        await house.comes("noise", at("2026-09-03"))
        house.clock.move_to(at("2026-10-01"))
        await rolling.make_all(house.clock.now())
        before = await house.store.read(days.keeping)
        await house.replies(old)
        after = await house.store.read(days.keeping)
    assert before.keys() - after.keys() == {span_of(local_day(old.began, LONDON), LONDON).begins}


async def test_a_wrong_sum_is_found(tmp_path: Path) -> None:
    """`db check` says which day, `db rebuild` makes it right."""
    async with storm(tmp_path, 1, 60) as found:
        house = found.house
        await found.rolling.make_all(house.clock.now())
        await house.store.write(_spoil)
        (said,) = await upkeep.check(house.store)
        assert said == "2026-09-12: the day's sums are not what its clocks give"
        await upkeep.rebuild(house.store, house.rulebook.published(), found.rolling, house.clock.now())
        assert await upkeep.check(house.store) == ()
        assert len(await house.store.read(days.keeping)) > 5


def _spoil(sql: Sql) -> None:
    begins, ends = span_of(local_day(at("2026-09-12"), LONDON), LONDON)
    empty = Day(zone=LONDON, begins=begins, ends=ends).to_text()
    sql("UPDATE days SET text = :empty WHERE library = :library AND begins = :begins", empty=empty, begins=begins)


# The fold


@on_both("seed", seeds(8, 11))
async def test_the_store_adds_up_as_the_rules_say(tmp_path: Path, seed: int) -> None:
    """Day by day: what one statement over the rows counts is what the rules count clock by clock."""
    async with storm(tmp_path, seed, 260) as found:
        house = found.house
        spent = spent_by(house.rulebook.published())
        for day in range(0, 200, 3):
            span = span_of(local_day(plus(at("2026-09-10"), day * 24 * HOUR), LONDON), LONDON)
            by_statement = await house.store.read(folding.fold, LONDON, span, spent)
            by_rule = await house.store.read(_one_by_one, span)
            assert by_statement.lines == by_rule.lines
            assert day_from_text(by_statement.to_text()) == by_statement


def _one_by_one(sql: Sql, span: Span) -> Day:
    counted, published = Fold(LONDON, *span), rulebook.published(sql)
    for row in sql("SELECT c.*, t.channel, t.site, t.number FROM clocks c JOIN tickets t ON t.id = c.ticket"):
        clock = PastClock(clocks.read(row), Channel(row["channel"]), row["site"], row["number"])
        if span.begins <= clock.row.started < span.ends:
            hindsight.add(counted, clock, spent_by(published))
    return counted.day()


@ON_SQLITE
@pytest.mark.parametrize(
    ("day", "moments", "hours"),
    [
        ("2026-10-25", ["2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"], [1, 1, 2]),
        ("2027-03-28", ["2027-03-28T00:30", "2027-03-28T01:30", "2027-03-28T22:30"], [0, 2, 23]),
        ("2026-07-01", ["2026-06-30T23:00", "2026-07-01T22:59"], [0, 23]),
    ],
)
def test_hours_are_local_ones(day: str, moments: list[str], hours: list[int]) -> None:
    """The hour that comes twice is one; the one that is skipped is none. Moments are UTC."""
    counted = Fold(LONDON, *span_of(date.fromisoformat(day), LONDON))
    found = [counted.hour(instant(datetime.fromisoformat(each).replace(tzinfo=UTC))) for each in moments]
    assert found == hours


@ON_SQLITE
def test_a_day_of_another_zone_or_form_is_not_taken() -> None:
    """Its hours would be other ones, or it can't be read."""
    span = span_of(date(2026, 9, 12), LONDON)
    day = Day(zone=LONDON, begins=span.begins, ends=span.ends)
    assert day_from_text(day.to_text()) == day
    assert day_from_text(day.to_text().replace(f'"format":{FORMAT}', '"format":0')) is None


# As of then


@on_both("seed", seeds(20, 26))
async def test_as_of_then_is_what_was_made_then(tmp_path: Path, seed: int) -> None:
    """Byte for byte, by whatever it is, although answers, corrections, tags, rules and restatements came since."""
    async with storm(tmp_path, seed, 60) as found:
        house, made = found.house, []
        for by in BYS:
            await found.blow(20)
            made.append((house.asks(by=by), as_json(await house.reports(by=by))))
            house.clock.passes(seconds=0.001)
        await found.blow(30)
        for kept in (False, True):
            if kept:
                await found.rolling.make_all(house.clock.now())
            for question, text in made:
                then = replace(question, now=house.clock.now(), as_of=question.now)
                assert as_json(await report(house.store, then)) == text


async def test_a_time_to_come_is_refused() -> None:
    """Nobody knows what will be in the log."""
    async with library() as house:
        with pytest.raises(Refused, match="still to come"):
            await house.reports(as_of=plus(house.clock.now(), 1))


async def test_before_anything_happened_nothing_had() -> None:
    """As of the day before the first contact the report is empty, and says of which log."""
    async with library() as house:
        await house.comes("noise", at("2026-09-05"))
        made = await house.reports(as_of=at("2026-09-04"))
        assert (made.groups, made.began, made.volumes, made.heat) == ((), None, (), None)
        assert made.log.end.seq < (await house.reports()).log.end.seq


async def test_a_clock_that_was_set_back_moves_no_end() -> None:
    """Noted at 12:10, 12:05 and 12:20: as of 12:07 is one place in the log, however long it has grown."""
    async with library(promises=False) as house:
        begun = await house.store.read(events.last)
        await house.store.write(_note, ["12:00", "12:10", "12:05", "12:20"])
        first = await house.store.read(hindsight.last_noted_by, at("2026-09-05", "12:07"))
        found = [await house.store.read(hindsight.last_noted_by, at("2026-09-05", each)) for each in ("11:59", "13:00")]
        for minute in range(21, 60):
            await house.store.write(_note, [f"12:{minute}"])
            assert await house.store.read(hindsight.last_noted_by, at("2026-09-05", "12:07")) == first
    assert first - begun in (1, 3)
    assert [each - begun for each in found] == [0, 4]


def _note(sql: Sql, clocks: list[str]) -> None:
    for clock in clocks:
        noted = at("2026-09-05", clock)
        events.append(sql, [NewEvent(kind=Kind.PRESENCE, ticket=None, when=noted, actor="ana")], noted)
