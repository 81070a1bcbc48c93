"""``:`` with what a command takes: what a line means, and that it is done without a question."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import Instant, instant
from helpdesk.ticket import State
from tests.tui.doing import at_once, ticket
from tests.tui.house import BEN, House
from tests.tui.seat import Seat, seat
from tui.colon import completed, matching, named, nothing_more, one_of
from tui.commands import COMMANDS, Where, command, here
from tui.completing import AMONG
from tui.noise import hours_of
from tui.snooze import time_to_come

LONDON = ZoneInfo("Europe/London")
HERE = here(COMMANDS, Where.WORKLIST)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("snooze tomorrow 9", ("snooze", "tomorrow 9")),
        (":snooze  tomorrow  9", ("snooze", "tomorrow 9")),
        ("Snooze", ("snooze", "")),
        ("sno fri", ("snooze", "fri")),
        ("to me", ("mine", "")),
        ("why late two of us were ill", ("explain", "two of us were ill")),
        ("merge 412", ("merge", "412")),
        ("page down", ("page_down", "")),
        ("zebra", None),
        ("s", None),
        ("my pin", None),
        ("", None),
    ],
)
def test_a_line_names_a_command_and_what_it_takes(line: str, meant: tuple[str, str] | None) -> None:
    """By its id or its label, or the start of one; what could mean several means none."""
    said = named(line, HERE)
    assert (said and (said.command.id, said.rest)) == meant


def test_commands_are_found_by_what_they_do() -> None:
    """Those whose name begins so come first."""
    assert matching("out of sight", HERE)[0].id == "snooze"
    assert next(each.id for each in matching("re", HERE)) in {"reply", "release", "reopen"}
    assert matching("xyzzy", HERE) == []


def test_a_value_is_meant_by_its_start_or_a_part_of_it() -> None:
    """What could be several is asked for again, and what there is is named."""
    staff = {"Ana Pereira": "ana", "Anna Marsh": "anna", "Ben Okafor": "ben"}
    assert one_of("ben", staff, "colleague") == "ben"
    assert one_of("pereira", staff, "colleague") == "ana"
    with pytest.raises(ValueError, match="may be Ana Pereira or Anna Marsh"):
        one_of("an", staff, "colleague")
    with pytest.raises(ValueError, match=r"no colleague “zoe”\. There are Ana Pereira, Anna Marsh or Ben Okafor"):
        one_of("zoe", staff, "colleague")


def test_values_are_completed_as_they_are_typed() -> None:
    """Those that begin so first, then those that hold the words."""
    values = ["in 1 hour", "tomorrow 9:00", "tomorrow afternoon", "this afternoon"]
    assert completed("tom", values) == ["tomorrow 9:00", "tomorrow afternoon"]
    assert completed("after", values) == ["tomorrow afternoon", "this afternoon"]


def at(text: str) -> Instant:
    """A wall time in London."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tomorrow 9", "2026-11-19 09:00"),
        ("tomorrow at 9:30", "2026-11-19 09:30"),
        ("tomorrow", "2026-11-19 09:00"),
        ("tomorrow aft", "2026-11-19 15:00"),
        ("14:00", "2026-11-18 14:00"),
        ("2pm", "2026-11-18 14:00"),
        ("9", "2026-11-19 09:00"),
        ("fri", "2026-11-20 09:00"),
        ("wed", "2026-11-25 09:00"),
        ("next monday", "2026-11-23 09:00"),
        ("Mon 9.15", "2026-11-23 09:15"),
        ("2 Dec 10:00", "2026-12-02 10:00"),
        ("2 jan", "2027-01-02 09:00"),
        ("in 20 min", "2026-11-18 12:20"),
        ("2 h", "2026-11-18 14:00"),
        ("in 3 days", "2026-11-21 09:00"),
        ("2 weeks", "2026-12-02 09:00"),
    ],
)
def test_a_time_to_come_is_read(typed: str, meant: str) -> None:
    """As staff say it, at noon of a Wednesday."""
    assert time_to_come(typed, at("2026-11-18 12:00"), LONDON) == at(meant)


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "today 9", "31 Feb 9:00", "13pm am", "tomorrow tomorrow", "99"])
def test_what_is_no_time_to_come_says_how_to_write_one(typed: str) -> None:
    """Also what has passed."""
    with pytest.raises(ValueError, match="Write a time to come as"):
        time_to_come(typed, at("2026-11-18 12:00"), LONDON)


@pytest.mark.parametrize(
    ("typed", "hours"), [("4", 4), ("4 hours", 4), ("for a day", 24), ("a week", 168), ("no more", 0)]
)
def test_hours_are_read(typed: str, hours: int) -> None:
    """As the menu has them, or as a number."""
    assert hours_of(typed) == hours


@pytest.mark.parametrize("typed", ["", "0", "soon", "-3", "4 weeks", "²"])
def test_what_is_no_number_of_hours_says_so(typed: str) -> None:
    """And how to write it."""
    with pytest.raises(ValueError, match="for how many hours"):
        hours_of(typed)


def test_what_commands_take_is_there_to_be_completed() -> None:
    """Each list that the table names exists; each example is short enough for the line that shows it."""
    taking = [each for each in COMMANDS if each.takes is not None]
    assert {each.takes.among for each in taking if each.takes} - {""} <= AMONG.keys()
    assert all(each.takes and 0 < len(each.takes.words) <= 24 for each in taking)


def test_words_after_a_command_that_takes_none_are_named() -> None:
    """Nothing is swallowed."""
    assert nothing_more(command(COMMANDS, "solve"), "it now") == (
        "“solve” takes nothing after it: “it now” means nothing here."
    )


# At the desk


async def says(desk: Seat, line: str) -> None:
    """Type a line after ``:``."""
    await desk.press("colon")
    await desk.sees("Commands")
    await desk.press(*line, "enter")


async def test_a_ticket_is_snoozed_by_a_line(library: House) -> None:
    """Nothing is asked."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await says(desk, "snooze tomorrow 9")
        await desk.told("Ticket 1 comes back Tue 09:00.")
    assert (await ticket(library, noise)).state is State.SNOOZED


async def test_lines_do_what_pickers_do(library: House) -> None:
    """A colleague, tags, a view, a contact, a reason."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await says(desk, "tags printer refund")
        await desk.told("Ticket 1: printer refund.")
        await says(desk, "assign ben")
        await desk.told("Ticket 1 is with Ben")
        await says(desk, "log phone lost card")
        await desk.told("Logged as ticket 2")
        await says(desk, "view open")
        await desk.until(lambda: desk.worklist.view.name == "OPEN")
        await says(desk, "colours light")
        assert desk.app.theme == "desk-light"
        await says(desk, "presence away")
        await desk.sees("away")
    now = await ticket(library, noise)
    assert (now.owner, now.tags) == (BEN, ("printer", "refund"))


async def test_what_can_not_be_read_stands_under_the_line(library: House) -> None:
    """The line is there to be put right; nothing was done."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await says(desk, "snooze someday")
        await desk.sees("snooze someday", "Write a time to come as")
        await desk.press(*["backspace"] * 7, *"friday", "enter")
        await desk.told("comes back Fri 09:00")
    assert (await ticket(library, noise)).state is State.SNOOZED


async def test_a_command_that_takes_nothing_says_so(library: House) -> None:
    """The words stay there."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await says(desk, "lock zebra")
        await desk.sees("“lock” takes nothing after it")


async def test_tab_completes_and_the_arrows_choose(library: House) -> None:
    """A line is begun, finished by the desk, and done."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("colon", *"assi", "tab")
        await desk.sees("assign", "Ben Adeyemi")
        await desk.press(*"ade", "tab", "enter")
        await desk.told("is with Ben")
    assert (await ticket(library, noise)).owner == BEN


async def test_a_line_typed_in_one_breath_is_done(library: House) -> None:
    """However fast it comes."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        at_once(desk, "colon", *"tags printer", "enter")
        await desk.told("Ticket 1: printer.")
    assert (await ticket(library, noise)).tags == ("printer",)


@pytest.mark.parametrize("line", ["snooze", "solve"])
async def test_what_can_not_be_done_says_why(library: House, line: str) -> None:
    """In the line of the command, before it is chosen."""
    async with seat(library) as desk:
        await desk.press("colon", *line)
        await desk.sees("No ticket is selected. Move to one first (j, k).")
