"""Snoozed by a calendar: the menu, what is typed, what can't be, and at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from helpdesk.clock import Instant, instant
from helpdesk.hours.ahead import Moment, ToCome
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import House, house
from tests.tui.rows import LONDON, NOON
from tests.tui.seat import seat
from tui.snooze import choices, of_lines, time_to_come

CALENDARS = """
[calendars.staffed]
zone = "Europe/London"

[calendars.staffed.week]
mon-fri = ["08:30-12:30", "14:00-17:00"]

[[calendars.staffed.periods]]
name = "Spring term"
from = 2027-01-11
to = 2027-03-26
week = { mon-fri = "10:00-20:00" }
"""


def at(text: str) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


OPENS = at("2026-11-24 09:00")
TO_COME = ToCome(
    lines=("ask", "help"),
    moments=(
        Moment("after lunch", at("2026-11-23 14:00")),
        Moment("this afternoon", None, "It is closed then today."),
        Moment("when we open next", OPENS),
        Moment("next week", at("2026-11-30 10:00")),
        Moment("next term", None, "No term begins after today."),
    ),
    spans=((OPENS, at("2026-11-24 17:00")),),
    known=at("2026-11-28 00:00"),
)


def test_the_menu_says_what_the_calendar_says() -> None:
    """What is twice is one line with both names; what there is none of is not offered; what is closed says so."""
    menu = {each.words: each.shown for each in choices(NOON, LONDON, TO_COME)}
    assert menu["in 2 hours, after lunch"] == "14:00, closed then"
    assert menu["tomorrow 9:00, when we open next"] == "Tue 24 Nov 09:00"
    assert menu["tomorrow afternoon"] == "Tue 24 Nov 15:00"
    assert menu["in 2 days, Wednesday 9:00"] == "Wed 25 Nov 09:00, closed then"
    assert menu["next Monday 9:00"] == "Mon 30 Nov 09:00"
    assert menu["next week"] == "Mon 30 Nov 10:00"
    assert not {"this afternoon", "next term"} & menu.keys()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("after lunch", "2026-11-23 14:00"),
        ("when we open next", "2026-11-24 09:00"),
        ("when we open", "2026-11-24 09:00"),
        ("next week", "2026-11-30 10:00"),
        ("Monday 9", "2026-11-30 09:00"),
    ],
)
def test_what_the_calendar_says_can_be_typed(typed: str, meant: str) -> None:
    """Also where it shares its moment with another."""
    assert time_to_come(typed, NOON, LONDON, TO_COME) == at(meant)


@pytest.mark.parametrize("typed", ["next term", "Next Te"])
def test_a_moment_that_does_not_exist_says_why(typed: str) -> None:
    """Instead of how to write a time."""
    with pytest.raises(ValueError, match=r"^No term begins after today"):
        time_to_come(typed, NOON, LONDON, TO_COME)


@pytest.mark.parametrize("typed", ["in 0 minutes", "0 h", "in 0 days", "today 9"])
def test_a_time_that_has_passed_says_so(typed: str) -> None:
    """Now is no time to come."""
    with pytest.raises(ValueError, match=r"^That time has passed"):
        time_to_come(typed, NOON, LONDON, TO_COME)


def test_where_no_one_calendar_is_meant_it_says_so() -> None:
    """Tickets of lines with different hours, or a line that nobody knows."""
    with pytest.raises(ValueError, match=r"^No one calendar says when"):
        time_to_come("next term", NOON, LONDON)
    assert of_lines([TO_COME], ["help", "ask"]) is TO_COME
    assert of_lines([TO_COME], ["help", "chat"]) is None
    assert of_lines([TO_COME], []) is None


# At the desk


@pytest.fixture
async def hours(tmp_path: Path) -> AsyncIterator[House]:
    """A library with a lunch break and one term to come."""
    file = tmp_path / "calendars.toml"
    file.write_text(CALENDARS, "utf-8")
    async with house(calendars=file) as opened:
        yield opened


async def test_s_offers_what_the_lines_calendar_says(hours: House) -> None:
    """At noon of a Monday; enter takes it, and z takes it back."""
    noise = await hours.texts("loud on level 3")
    async with seat(hours) as desk:
        await desk.until(lambda: desk.app.sitting is not None and desk.app.sitting.ahead)
        await desk.press("s")
        await desk.sees("after lunch", "next week", "next term", "Mon 11 Jan 2027 10:00", "closed then")
        await desk.press("escape")
        await desk.press("colon", *"snooze next term", "enter")
        await desk.told("Ticket 1 comes back 11 Jan 2027.")
        assert (await ticket(hours, noise)).snoozed_until == at("2027-01-11 10:00")
        await desk.press("z")
        await desk.told("Taken back")
    assert (await ticket(hours, noise)).state is State.NEW


async def test_what_the_calendar_does_not_have_is_said_under_the_line(hours: House) -> None:
    """The line stays, to be put right."""
    hours.clock.passes(hours=24 * 60)
    await hours.texts("loud on level 3")
    async with seat(hours) as desk:
        await desk.until(lambda: desk.app.sitting is not None and desk.app.sitting.ahead)
        await desk.press("colon", *"snooze next term", "enter")
        await desk.sees("snooze next term", "No term begins after today in the calendar staffed")
