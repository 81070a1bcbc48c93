"""The page of promises as text: straight columns, and words beside every colour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpdesk.clock import HOUR, Instant, plus
from helpdesk.message import Channel, TicketId
from helpdesk.sight import HeatMap, Kept, Nearing, PromiseNow, Standing
from helpdesk.standards import Measure
from tests.tui.rows import ANA, EYE, NOON
from tests.tui.test_plain import HOSTILE
from tui.plain import width
from tui.standing import CELL, standing_lines
from tui.words import Line, Tone

NONE = (0,) * 24
BUSY = (0,) * 9 + (3, 120, 2, 0) + (0,) * 11
MISSED = (0,) * 9 + (1,) + (0,) * 14
STAFFED = (0,) * 9 + (1, 1, 0, 1) + (0,) * 11

HEAT = HeatMap(
    begin=date(2026, 11, 2),
    end=date(2026, 11, 30),
    calendar="staffed",
    received=(BUSY, *[NONE] * 6),
    missed=(MISSED, *[NONE] * 6),
    staffed=(STAFFED, *[NONE] * 6),
    possible=((HOUR,) * 24,) * 7,
)
PROMISE = PromiseNow(
    standard="noise-texts",
    title="We answer Noiseline texts.",
    measure=Measure.FIRST_RESPONSE,
    limit="15 working min",
    promised="90",
    today=Kept(),
    week=Kept(met=12, missed=1, pending=1, share=9230, result="met"),
    month=Kept(met=40, missed=6, share=8695, result="not met", amber=True),
)
LATE = Nearing(
    ticket=TicketId("t"),
    number=1042,
    channel=Channel.SMS,
    standard="noise-texts",
    measure=Measure.FIRST_RESPONSE,
    due=plus(NOON, -HOUR),
    lapses=plus(NOON, -HOUR),
    owner=ANA,
    name="Quiet Heron",
    subject="",
)
STANDING = Standing(now=Instant(NOON), today=date(2026, 11, 21), promises=(PROMISE,), late=(LATE,), heat=HEAT)


def text(line: Line) -> str:
    """A line without its tones."""
    return "".join(part for part, _ in line).rstrip()


def page(standing: Standing = STANDING, cells: int = 80) -> list[str]:
    """The page as the reader sees it."""
    return [text(line) for line in standing_lines(standing, EYE, cells)]


def test_a_promise_is_two_lines_with_a_column_for_each_stretch() -> None:
    """Share and result, and under it the counts; nothing yet is a dash."""
    assert page()[:4] == [
        " Promise                today             this week         this month",
        "",
        " noise-texts            –                 92.3 % met        86.9 % nearly met",
        " 90 % in 15 working min none came         12 of 13, 1 waits 40 of 46",
    ]


@pytest.mark.parametrize(
    ("kept", "words", "tone"),
    [
        (Kept(met=1, missed=9, share=1000, result="not met"), "10.0 % not met", Tone.LATE),
        (Kept(met=9, missed=1, share=9000, result="met"), "90.0 % met", Tone.GOOD),
        (Kept(met=2, share=10_000, result="too few to tell"), "100.0 % too few", Tone.PLAIN),
    ],
)
def test_a_result_stands_in_words_beside_its_colour(kept: Kept, words: str, tone: Tone) -> None:
    """Nothing rests on colour."""
    lines = standing_lines(replace(STANDING, promises=(replace(PROMISE, today=kept),)), EYE, 80)
    assert (words.ljust(CELL), tone) in lines[2]


def test_suspended_contacts_are_named() -> None:
    """They are in no share, so they must not look like none."""
    promise = replace(PROMISE, today=Kept(suspended=3))
    assert "3 suspended" in page(replace(STANDING, promises=(promise,)))[3]


def test_the_heat_map_marks_misses_and_unstaffed_hours() -> None:
    """A number for each hour: ! some missed, ~ not staffed, a dot for nobody; three digits keep the column."""
    monday = next(line for line in page() if line.startswith(" Mon"))
    assert monday == " Mon" + " " * 28 + " 3!99  2~ · "[: len(monday) - 32].rstrip()
    assert any(line.endswith("by the hour; calendar: staffed") for line in page())
    assert page()[-1].startswith(" !  some were missed   ~  not staffed   ·  nobody came")


def test_a_late_clock_says_who_has_it() -> None:
    """How late, the number, the promise, by what, who, and its owner."""
    (line,) = [each for each in page() if "1042" in each]
    assert line.split() == "1 h late 1042 noise-texts · text · Quiet Heron you".split()


@pytest.mark.parametrize("cells", [80, 100, 200])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_push_no_column(hostile: str, cells: int) -> None:
    """Whatever a patron is called, and whatever a standard is."""
    late = replace(LATE, name=hostile, subject=hostile)
    found = standing_lines(replace(STANDING, late=(late,), promises=(replace(PROMISE, standard=hostile),)), EYE, cells)
    assert max(width(text(line)) for line in found) <= cells


def test_nothing_in_force_is_said() -> None:
    """With what to do."""
    assert page(Standing(now=Instant(0), today=date(2026, 11, 21)))[0].startswith(" No promise is in force.")
