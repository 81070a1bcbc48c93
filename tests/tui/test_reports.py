"""The reports screen: what it says, by its lines; and by keys on the real local desk."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.clock import DAY, plus
from helpdesk.ports.reports import Figures, Promised
from tests.scripted_reports import FIGURES
from tests.tui.house import ANA, House
from tests.tui.seat import Seat, seat
from tests.tui.test_plain import HOSTILE
from tui.files import PIECE, put, target_of
from tui.plain import width
from tui.progress import Meter, Stopped
from tui.reports import Choice, choice_of, heading, report_lines, result, tabs
from tui.screens.miss import MissPage
from tui.screens.reports import ReportsScreen
from tui.screens.ticket import TicketScreen
from tui.words import Line, Tone

# Lines


def text(line: Line) -> str:
    """A line without its tones."""
    return "".join(part for part, _ in line).rstrip()


def page(found: Figures = FIGURES, cells: int = 78) -> list[str]:
    """The page as the reader sees it."""
    return [text(line) for line in report_lines(found, cells)]


def test_a_promise_says_its_share_result_counts_and_interval() -> None:
    """And below it what was promised, how long it took, and what stands apart."""
    lines = page()
    at = next(n for n, line in enumerate(lines) if line.startswith(" noise-texts"))
    assert re.sub(" +", " ", lines[at]) == " noise-texts 88.2 % ~ nearly met 30 of 34 73.0–95.4 %"
    assert re.sub(" +", " ", lines[at + 1]) == " 90 % in 15 working min median 4 min, P90 not reached of opening hours"


@pytest.mark.parametrize(
    ("promised", "sign", "words", "tone"),
    [
        (Promised(standard="s", promised="90", met=30, result="met"), "✓", "met", Tone.GOOD),
        (Promised(standard="s", promised="90", met=20, missed=9, result="not met"), "✗", "not met", Tone.LATE),
        (Promised(standard="s", promised="90", met=8, missed=2, result="too few to tell"), "?", "too few", Tone.PLAIN),
        (
            Promised(standard="s", promised="90", met=26, missed=4, result="not met", amber=True),
            "~",
            "nearly met",
            Tone.SOON,
        ),
        (Promised(standard="s", promised="90", pending=3), "–", "nothing yet", Tone.DIM),
    ],
)
def test_a_result_has_a_sign_beside_its_colour(promised: Promised, sign: str, words: str, tone: Tone) -> None:
    """Amber stands only below the promise, and few contacts are judged by nobody."""
    assert result(promised, 20) == (sign, words, tone)


@pytest.mark.parametrize("cells", [78, 120, 200])
def test_no_line_is_wider_than_the_screen(cells: int) -> None:
    """Whatever a standard, a footnote, a calendar or a term is called."""
    for hostile in HOSTILE:
        assert FIGURES.heat is not None
        found = replace(
            FIGURES,
            promises=(replace(FIGURES.promises[0], standard=hostile, limit=hostile),),
            footnotes=(hostile,),
            effort=(replace(FIGURES.effort[0], of=hostile),),
            heat=replace(FIGURES.heat, calendar=hostile),
        )
        assert max(width(text(line)) for line in report_lines(found, cells)) <= cells


def test_what_was_missed_is_counted_with_what_has_no_reason() -> None:
    """So that a lead sees what is left to explain."""
    assert any("4 misses; of the latest 1, 0 with no reason yet." in line for line in page())
    silent = replace(FIGURES, missed=1, misses=(replace(FIGURES.misses[0], explained=False),))
    assert any("1 miss, 1 with no reason yet." in line for line in page(silent))


def test_the_heat_map_has_blocks_numbers_and_marks() -> None:
    """Each hour says how many came, and whether any were missed, without a colour."""
    lines = page()
    at = next(n for n, line in enumerate(lines) if line.startswith(" Mon "))
    assert lines[at].split()[10] == "3!"
    assert "█" in lines[at - 1]


def test_what_nobody_said_stands_beside_the_effort() -> None:
    """40 contacts, 15 graded, 10 of which it is known whether one was enough."""
    (row,) = [line for line in page() if line.startswith(" all ")]
    assert row.split() == ["all", "5", "4", "3", "2", "1", "0", "25", "90.0", "%", "10", "30"]


def test_the_heading_says_which_days() -> None:
    """And the tab that shows stands in brackets."""
    assert text(heading(FIGURES.period)) == " Last term: autumn   21 Sep to 11 Dec 2026"
    assert "[5 term]" in text(tabs(Choice("term", 1)))


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("", Choice()),
        ("now", Choice()),
        ("today", Choice("day")),
        ("yesterday", Choice("day", 1)),
        ("this week", Choice("week")),
        ("Last  Month", Choice("month", 1)),
        ("term", Choice("term")),
        ("month 3", Choice("month", 3)),
        ("3 months back", Choice("month", 3)),
    ],
)
def test_a_period_is_said_in_words(typed: str, choice: Choice) -> None:
    """As one says it."""
    assert choice_of(typed) == choice


@pytest.mark.parametrize("typed", ["next week", "last now", "now 2", "fortnight", "last week 2", "month -1"])
def test_what_is_no_period_says_what_is(typed: str) -> None:
    """With examples."""
    with pytest.raises(ValueError, match="Say today, yesterday, this week"):
        choice_of(typed)


def test_a_file_is_written_whole_and_for_oneself(tmp_path: Path) -> None:
    """Mode 0600, also where another was there; that is left alone unless somebody says so."""
    path = tmp_path / "report.txt"
    path.write_text("mine", encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(FileExistsError):
        put(path, "theirs", Meter("Writing kB"))
    assert path.read_text(encoding="utf-8") == "mine"
    put(path, "92.3 %\n", Meter("Writing kB"), over=True)
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("92.3 %\n", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


class _Impatient(Meter):
    """Stopped as soon as some of it is done."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "done" and value:
            self.stop()


@pytest.mark.parametrize("over", [False, True])
def test_writing_that_is_stopped_writes_nothing(over: bool, tmp_path: Path) -> None:
    """Half a report is none: what was there before is there still."""
    path, meter = tmp_path / "report.txt", _Impatient("Writing kB")
    if over:
        path.write_text("mine", encoding="utf-8")
    with pytest.raises(Stopped, match="nothing was written"):
        put(path, "x" * (3 * PIECE), meter, over=over)
    assert (meter.done, meter.total) == (PIECE // 1024, 3 * PIECE // 1024)
    assert {each.name: each.read_text("utf-8") for each in tmp_path.iterdir()} == (
        {"report.txt": "mine"} if over else {}
    )


@pytest.mark.parametrize(
    ("typed", "wrong"), [("", "name of a file"), ("nowhere/x.txt", "no such folder"), (".", "file")]
)
def test_a_place_that_is_none_says_so(typed: str, wrong: str, tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(ValueError, match=wrong):
        target_of(f"{tmp_path}/{typed}" if "/" in typed else typed)


# Keys


async def late(library: House) -> int:
    """A mail that nobody answered in time, weeks ago; its ticket's number."""
    ticket = await library.mails("Where is my loan?", "I asked last week.")
    library.clock.move_to(plus(library.clock.now(), 20 * DAY))
    return (await library.desk.thread(ANA, ticket)).ticket.number


async def looking(desk: Seat, *keys: str) -> ReportsScreen:
    """The reports screen, after some keys."""
    await desk.press("R")
    await desk.until(lambda: isinstance(desk.app.screen, ReportsScreen))
    screen = desk.app.screen
    assert isinstance(screen, ReportsScreen)
    await desk.until(lambda: screen.found is not None)
    await desk.press(*keys)
    await desk.rests()
    return screen


async def test_digits_and_arrows_go_through_periods(library: House) -> None:
    """Each lens at its present period, then back and on; what is to come says so."""
    await late(library)
    async with seat(library) as desk:
        screen = await looking(desk)
        await desk.sees("[1 now]")
        for digit, words in (("2", "Today"), ("3", "This week"), ("4", "This month"), ("5", "This term")):
            await desk.press(digit)
            await desk.sees(words)
        await desk.sees("names no terms")
        await desk.press("3", "left", "left")
        await desk.sees("2 weeks back")
        await desk.press("right")
        await desk.sees("Last week")
        await desk.press("3")
        await desk.sees("This week")
        await desk.press("right")
        await desk.told("still to come")
        assert screen.choice == Choice("week")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_a_period_is_named_after_the_colon(library: House) -> None:
    """:report last month; what is none stays to be mended."""
    async with seat(library) as desk:
        await desk.press("colon", *"report last month", "enter")
        await desk.sees("Last month", "[4 month]")
        await desk.press("escape")
        await desk.press("colon", *"report fortnight", "enter")
        await desk.sees("Say today, yesterday")


async def test_a_miss_is_explained_and_opened(library: House) -> None:
    """From the list to its clocks, the reason, and the ticket."""
    number = await late(library)
    async with seat(library) as desk:
        await looking(desk, "5")
        await desk.sees("1 miss, 1 with no reason yet.")
        await desk.press("m")
        await desk.sees("What was missed", "no reason yet")
        await desk.press("enter")
        await desk.sees("Clocks", "mail-answered, first answer", "Nobody has said yet why")
        await desk.press("W", *"Two were ill", "enter")
        await desk.sees("Two were ill (you)")
        row = await library.desk.numbered(ANA, number)
        told = (await library.desk.thread(ANA, row.id)).history
        assert [each.remark for each in told if each.kind == "explained"] == ["Two were ill"]
        await desk.press("escape")
        await desk.sees("1 miss, each with its reason.")
        await desk.press("m", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, MissPage) and desk.app.screen.found is not None)
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, TicketScreen))
        await desk.sees("I asked last week.")


async def test_a_report_goes_to_a_file_and_over_none(library: House, tmp_path: Path) -> None:
    """The bytes of the desk's report, for oneself alone; what is there stays unless somebody says so."""
    await late(library)
    async with seat(library) as desk:
        await looking(desk, "5")
        desk.worklist.sitting.folder = tmp_path
        await desk.press("e", "enter")
        await desk.sees("Write the report to")
        await desk.press("enter")
        await desk.told("Written to")
        written = await library.desk.reports.written(ANA, length="term")
        path = tmp_path / written.name
        assert path.read_text(encoding="utf-8") == written.text
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_text("mine", encoding="utf-8")
        await desk.press("e", "enter")
        await desk.sees("Write the report to")
        await desk.press("enter")
        await desk.sees("is there already")
        await desk.press("enter")
        await desk.rests()
        assert path.read_text(encoding="utf-8") == "mine"


async def test_esc_stops_what_is_being_read(library: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What showed before shows again, and the desk goes on."""
    async with seat(library) as desk:
        screen = await looking(desk, "4")
        never = asyncio.Event()

        async def slow(*_: object, **__: object) -> Figures:
            await never.wait()
            raise AssertionError

        monkeypatch.setattr(library.desk.reports, "figures", slow)
        await desk.press("5")
        await desk.sees("Reading the figures", "esc stops")
        await desk.press("escape")
        await desk.sees("[4 month]", "This month")
        assert desk.app.screen is screen


async def test_the_noise_map_is_a_key_away(library: House) -> None:
    """M, and esc comes back."""
    async with seat(library) as desk:
        await looking(desk, "M")
        await desk.sees("Where and when it was noisy")
        await desk.press("escape")
        await desk.sees("[1 now]")
