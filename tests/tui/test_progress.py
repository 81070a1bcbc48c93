"""Long tasks: how far they have come stands in the last line, esc stops them, and what has become of it is told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk.message import TicketId
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import House, house
from tests.tui.seat import seat
from tests.tui.slow import Slow
from tui.plain import width
from tui.progress import AFTER, Meter, progress_line, progress_words
from tui.words import Line


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with an open store."""
    async with house() as opened:
        yield opened


def _text(line: Line) -> str:
    return "".join(words for words, _ in line)


def _meter(doing: str, done: int, total: int, seconds: float = 1, **more: Any) -> Meter:
    meter = Meter(doing, total, seconds=lambda: seconds, **more)
    meter.done = done
    return meter


def test_a_bar_says_its_numbers_too() -> None:
    """Nobody need read its length, nor its colour."""
    text = _text(progress_line(_meter("Solving", 7, 14), "esc", 80))
    assert "Solving 7 of 14, 50 %" in text
    assert text.count("█") == text.count("░") == 10
    assert "esc stops" in text


@pytest.mark.parametrize("cells", [20, 40, 60, 80])
def test_the_line_fits_the_narrowest_screen(cells: int) -> None:
    """The bar goes first, then how to stop; the words stay."""
    meter = _meter("Putting into spam", 170, 400, stops="stops after this one")
    text = _text(progress_line(meter, "esc", cells))
    assert "Putting into spam 170 of 400, 42 %" in text
    assert width(text) <= max(cells, len(" Putting into spam 170 of 400, 42 % "))


def test_what_cannot_be_counted_says_how_long_it_takes() -> None:
    """No share is made up, and no bar drawn."""
    assert progress_words(_meter("Searching", 0, 0, seconds=0.5)) == "Searching …"
    line = _text(progress_line(_meter("Searching", 0, 0, seconds=4.2), "esc", 80))
    assert line == " Searching, 4 s    esc stops"


@pytest.mark.parametrize(("seconds", "shows"), [(0, False), (AFTER - 0.01, False), (AFTER, True)])
def test_what_is_over_soon_is_not_shown(seconds: float, shows: bool) -> None:
    """A line that flickers helps nobody."""
    assert _meter("Solving", 0, 3, seconds=seconds).shows is shows


def test_all_of_it_alone_is_a_hundred() -> None:
    """199 of 200 is not done."""
    assert progress_words(_meter("Solving", 199, 200)) == "Solving 199 of 200, 99 %"


async def test_a_call_that_is_stopped_gives_nothing() -> None:
    """At once, and the caller goes on."""
    meter, asked = Meter("Searching"), asyncio.Event()

    async def never() -> int:
        asked.set()
        await asyncio.Event().wait()
        return 1

    async def reader() -> None:
        await asked.wait()
        meter.stop()
        meter.stop()

    async with asyncio.TaskGroup() as group:
        found = group.create_task(meter.unless_stopped(never()))
        group.create_task(reader())
    assert found.result() is None


async def test_a_call_that_times_out_by_itself_was_not_stopped() -> None:
    """Its own error arrives."""

    async def late() -> None:
        raise TimeoutError("the line is slow")

    with pytest.raises(TimeoutError, match="the line is slow"):
        await Meter("Searching").unless_stopped(late())


# At the desk


async def _solved(library: House, count: int) -> list[TicketId]:
    return [await library.mails(f"Renewal {n}", "May I?", who=f"m{n}@example.org") for n in range(count)]


async def test_taking_back_many_can_be_stopped_and_goes_on_with_the_same_key(library: House) -> None:
    """It says how many are back; z does the rest, and then it is one deed again."""
    mails = await _solved(library, 3)
    slow = Slow(library.desk, "undo", free=1)
    async with seat(library, desk=slow) as desk:
        await desk.press("space", "space", "space", "x", "j", "enter")
        await desk.told("3 tickets are solved.")
        await desk.press("z")
        await desk.sees("Taking back 1 of 3, 33 % ██████░░░░░░░░░░░░░░   esc stops after this one")
        await desk.press("escape")
        slow.goes_on.set()
        await desk.told("Stopped: 2 of 3 are taken back; z goes on with the rest.")
        states = [(await ticket(library, each)).state for each in mails]
        assert sorted(states) == [State.NEW, State.NEW, State.SOLVED]
        await desk.press("z")
        await desk.told("Taken back: 3 tickets are solved.")
    assert [(await ticket(library, each)).state for each in mails] == [State.NEW] * 3


async def test_esc_leaves_a_ticket_that_does_not_come(library: House) -> None:
    """Back to the list, as it was."""
    await _solved(library, 1)
    async with seat(library, desk=Slow(library.desk, "thread")) as desk:
        await desk.press("enter")
        await desk.sees("Reading the ticket", "esc leaves it")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_esc_stops_a_view_that_does_not_come_before_any_other_key(library: House) -> None:
    """Keys typed ahead wait for the list; esc does not."""
    await _solved(library, 1)
    slow = Slow(library.desk, "worklist", free=1)
    async with seat(library, desk=slow) as desk:
        desk.app.simulate_key("3")
        await desk.sees("Reading", "esc stops")
        await desk.press("escape")
        await desk.told("Stopped. What you see may not be up to date; the next change reads it again.")


async def test_a_search_is_stopped_and_the_words_stay(library: House) -> None:
    """They can be typed on, or searched for once more."""
    await _solved(library, 1)
    slow = Slow(library.desk, "search")
    async with seat(library, desk=slow) as desk:
        await desk.press("f3", *"may")
        await desk.sees("Searching", "esc stops")
        await desk.press("escape")
        await desk.sees("Stopped. Type on, or press enter to search for the same again.")
        slow.goes_on.set()
        await desk.press("backspace")
        await desk.sees("1 message found")


async def test_esc_leaves_figures_that_do_not_come(library: House) -> None:
    """The list is there at once."""
    async with seat(library, desk=Slow(library.desk, "standing")) as desk:
        await desk.press("R")
        await desk.sees("Reading the figures, 1 s", "esc stops")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_a_report_that_is_being_made_is_stopped(library: House) -> None:
    """The figures go on showing, and nothing is asked about a file; the second time it is made."""
    slow = Slow(library.desk)
    reports = slow.reports = Slow(library.desk.reports, "written")
    async with seat(library, desk=slow) as desk:
        await desk.press("R", "4")
        await desk.sees("This month")
        await desk.press("e")
        await desk.sees("Write this report to a file")
        await desk.press("enter")
        await desk.sees("Making the report", "esc stops")
        await desk.press("escape")
        await desk.told("Stopped: no report was made.")
        await desk.sees("This month", "to a file")
        reports.goes_on.set()
        await desk.press("e")
        await desk.sees("Write this report to a file")
        await desk.press("enter")
        await desk.sees("Write the report to")


async def test_a_file_that_does_not_come_is_not_waited_for(library: House, tmp_path: Path) -> None:
    """One large file over a slow line: esc stops it at once, not after it."""
    await library.mails("Renewal", "See the list.", files=(("list.pdf", b"books"),))
    async with seat(library, desk=Slow(library.desk, "attachment")) as desk:
        desk.worklist.sitting.folder = tmp_path
        await desk.press("S")
        await desk.sees("Save 1 file of ticket 1")
        await desk.press("enter")
        await desk.sees("Saving 0 of 1", "esc stops")
        await desk.press("escape")
        await desk.told("Stopped: 0 of 1 file saved")
    assert os.listdir(tmp_path) == []
