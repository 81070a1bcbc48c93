"""Suspended promises: whole days, by the library's clock, of one standard or of all."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.reports.period import Days
from helpdesk.reports.suspending import rule, suspensions
from helpdesk.store.verbs.figures import Suspended
from tests.report_house import at, library, only
from tests.test_misses import suspends

pytestmark = pytest.mark.usefixtures("engine")


def strike(first: str, end: str, standard: str = "", seq: int = 1) -> Suspended:
    """A suspension of some days in London."""
    return Suspended(
        seq=Seq(seq),
        standard=standard,
        begins=at(first, "00:00"),
        ends=at(end, "00:00"),
        first=date.fromisoformat(first),
        end=date.fromisoformat(end),
        reason="Strike",
        by="lead",
        noted=at("2026-10-01"),
    )


@pytest.mark.parametrize(
    ("when", "suspended"),
    [
        (Instant(at("2026-10-25", "00:00") - 1), False),
        (at("2026-10-25", "00:00"), True),
        (Instant(at("2026-10-26", "00:00") - 1), True),
        (at("2026-10-26", "00:00"), False),
    ],
)
def test_a_suspended_day_is_whole(when: Instant, suspended: bool) -> None:
    """Also the one of 25 hours on which summer time ends."""
    assert rule([strike("2026-10-25", "2026-10-26")])("noise-texts", when) is suspended


def test_one_standard_or_every_one() -> None:
    """A strike of the guards leaves the mails' promise alone; two suspensions may overlap."""
    held = rule([strike("2026-10-05", "2026-10-08", "noise-texts"), strike("2026-10-07", "2026-10-09")])
    mail = [held("mail-answered", at(f"2026-10-{day:02}")) for day in range(4, 10)]
    noise = [held("noise-texts", at(f"2026-10-{day:02}")) for day in range(4, 10)]
    assert mail == [False, False, False, True, True, False]
    assert noise == [False, True, True, True, True, False]
    assert rule([])("noise-texts", at("2026-10-05")) is False


def test_a_report_names_those_that_touch_its_days() -> None:
    """The earliest first; one that ends as the report begins is none of its own."""
    told = [
        strike("2026-10-20", "2026-11-03", seq=3),
        strike("2026-10-01", "2026-10-09", seq=2),
        strike("2026-09-30", "2026-10-01", seq=1),
        strike("2026-11-01", "2026-11-02", seq=4),
    ]
    found = suspensions(told, Days(date(2026, 10, 1), date(2026, 11, 1)))
    assert [each.seq for each in found] == [2, 3]
    assert (found[0].days, found[0].reason) == (Days(date(2026, 10, 1), date(2026, 10, 9)), "Strike")


async def test_what_came_in_before_the_strike_counts() -> None:
    """Its promise was given, though it fell due in the strike; what came in on the day is set apart, met or missed."""
    async with library() as house:
        await house.comes("noise", at("2026-10-04", "23:55"))
        fast = await house.comes("noise", at("2026-10-05", "00:00"))
        await house.replies(fast)
        await house.comes("noise", at("2026-10-05", "23:59"))
        after = await house.comes("noise", at("2026-10-06", "00:00"))
        await house.replies(after)
        await suspends(house, "2026-10-05", "2026-10-06")
        house.clock.passes(hours=1)
        figure = only(await house.reports())
    assert (figure.met, figure.missed, figure.suspended, figure.whole) == (1, 1, 2, (2, 2))
