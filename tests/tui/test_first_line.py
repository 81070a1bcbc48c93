"""What the first line tells at a glance: at every width, and the moment it is so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.clock import HOUR, plus
from helpdesk.message import Channel, StaffId
from helpdesk.sight import OnDuty
from tests.tui.house import ANA, BEN, House
from tests.tui.rows import EYE, NOON, row
from tests.tui.seat import seat
from tests.tui.test_render import text
from tui.calling import timed
from tui.masthead import masthead, who_span
from tui.on_duty import on_duty_ways
from tui.plain import width
from tui.status import Piece, fitted, pieces
from tui.words import Tone


def told(*words: str) -> list[Piece]:
    """Pieces that can be put in one way each."""
    return [Piece(ways=(each,), tone=Tone.DIM) for each in words]


def test_the_first_line_tells_as_much_as_there_is_room_for() -> None:
    """The most needed first, on a second line where that tells more; none is wider than the screen."""
    status = told("3 selected", "#412 3 min left", "2 mine", "7 new")
    for cells in range(40, 200, 7):
        lines = masthead("Library", "", who_span("Ana", True), EYE, "", cells, status)
        assert 1 <= len(lines) <= 2
        assert all(width(text(line)) <= cells for line in lines)
    narrow, below = masthead("Moor Street Library", "", who_span("Ana Pereira", True), EYE, "", 80, status)
    (wide,) = masthead("Moor Street Library", "", who_span("Ana Pereira", True), EYE, "", 132, status)
    assert "selected" not in text(narrow)
    assert text(below) == " 3 selected · #412 3 min left · 2 mine · 7 new"
    assert "3 selected · #412 3 min left · 2 mine · 7 new" in text(wide)


def test_trouble_goes_before_all_that_the_first_line_tells() -> None:
    """And is never cut for it."""
    trouble = "no connection since 12:00, trying again"
    lines = masthead("Library", "", who_span("Ana", True), EYE, trouble, 80, told("3 selected"))
    assert trouble in [text(line).strip() for line in lines]


def test_the_first_line_says_whether_it_is_live() -> None:
    """In a word beside the time; the trouble itself says since when not."""
    who = who_span("Ana", True)
    assert "live  Mon 12:00" in text(masthead("Library", "", who, EYE, "", 80)[0])
    assert "offline  Mon 12:00" in text(masthead("Library", "", who, EYE, "no connection since 12:00", 80)[0])


def test_what_is_said_of_the_clock_shares_its_line_with_the_status() -> None:
    """As far as there is room: no third line is taken from the list."""
    status = told("2 mine", "7 new", "chat Ana 0/3 · text Ana · mail Ana, Ben")
    who = who_span("Ana Pereira", True)
    lines = masthead("Moor Street Library", "demo: one second is one minute", who, EYE, "", 80, status)
    assert [text(line) for line in lines[1:]] == [" demo: one second is one minute   2 mine · 7 new"]


WHOLE = (
    Piece(ways=("#5 due in 15 min",), tone=Tone.SOON),
    Piece(ways=("1 draft",), tone=Tone.SOON),
    Piece(ways=("3 mine",), tone=Tone.DIM),
    Piece(ways=("z takes back ticket 14 is solved", "z: ticket 14 is solved", "z: ticket 14…"), tone=Tone.DIM),
    Piece(ways=("chat Ana 0/3, Ben 1/3 · text Ana", "on: chat 2, text 1, mail 0", "on: chat, text"), tone=Tone.DIM),
    Piece(ways=("7 new",), tone=Tone.DIM),
)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (52, "#5 due in 15 min · 1 draft · 3 mine · z: ticket 14…"),
        (78, "#5 due in 15 min · 1 draft · 3 mine · z: ticket 14… · on: chat, text · 7 new"),
        (90, "#5 due in 15 min · 1 draft · 3 mine · z: ticket 14 is solved · on: chat, text · 7 new"),
        (
            130,
            "#5 due in 15 min · 1 draft · 3 mine · z takes back ticket 14 is solved"
            " · chat Ana 0/3, Ben 1/3 · text Ana · 7 new",
        ),
    ],
)
def test_each_piece_is_put_as_fully_as_there_is_room(cells: int, words: str) -> None:
    """What is due, drafts, one's own, what z takes back and who is on stand at 80 cells already."""
    assert text(fitted(WHOLE, cells)) == words


def test_who_is_on_can_be_put_in_three_ways() -> None:
    """By name, counted, and as the channels that somebody takes; names only where they are short."""
    names = {ANA: "Ana Pereira", BEN: "Ben Osei"}

    def on(staff: StaffId, *channels: Channel) -> OnDuty:
        return OnDuty(staff=staff, name=names[staff], channels=channels, chats=1, most=3, seen=EYE.now)

    both = [on(ANA, Channel.CHAT, Channel.SMS), on(BEN, Channel.CHAT)]
    assert on_duty_ways(both, {ANA: "Ana", BEN: "Ben"}) == (
        "chat Ana 1/3, Ben 1/3 · text Ana",
        "on: chat 2, text 1, mail 0",
        "on: chat, text",
    )
    assert on_duty_ways(both, names)[0] == "on: chat 2, text 1, mail 0"
    assert on_duty_ways([on(ANA)], names)[-1] == "on: nobody"
    assert on_duty_ways([], names) == ()


async def test_all_of_it_stands_at_80_cells(library: House) -> None:
    """What is due next, a draft, how many are one's own, what z takes back and who is on; new ones last."""
    await library.texts("loud on level 3")
    await library.mails("Renewal", "May I?", who="m1@example.org")
    library.clock.passes(minutes=8)
    async with seat(library, size=(80, 24)) as desk:
        await desk.press("t")
        await desk.sees("held for you")
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On level 2")
        await desk.press("escape", "escape")
        await desk.sees(" #1 7 min left · 1 draft · 1 mine · z: ticket 1 is y… · on: chat, text, mail")


async def test_what_is_due_next_is_known_on_opening_and_gone_when_it_is_done(library: House) -> None:
    """No beat of the desk passes between."""
    await library.texts("loud on level 3")
    library.clock.passes(minutes=8)
    async with seat(library) as desk:
        await desk.sees(" #1 7 min left")
        await desk.press("x", "down", "enter")
        await desk.until(lambda: " #1 7 min left" not in desk.screen)


async def test_the_next_deadline_is_told_however_far_off(library: House) -> None:
    """Quietly; what comes meanwhile and is due before it takes its place, and its colour says nothing new."""
    await library.mails("Renewal", "May I?", who="m1@example.org")
    async with seat(library) as desk:
        await desk.sees(" #1 due ")
        sitting = desk.app.sitting
        assert sitting is not None
        assert pieces(sitting)[0].tone is Tone.DIM
        await library.texts("loud on level 3")
        await desk.sees(" #2 due in 15 min")
        library.clock.passes(minutes=8)
        await desk.sees(" #2 7 min left")
        assert pieces(sitting)[0].tone is Tone.SOON


def test_nothing_is_due_next_where_nobody_waits_by_a_clock() -> None:
    """Of several it is the earliest; danger stands first in the list, and need not be it."""
    rows = [replace(row(), due=None), replace(row(), number=7, due=plus(NOON, HOUR)), replace(row(), number=8)]
    assert [each.number for each in timed(rows)] == [8]
    assert timed(rows[:1]) == timed([]) == ()


async def test_what_is_followed_is_known_on_opening(library: House) -> None:
    """A colleague's act there calls from the first minute on."""
    ticket = await library.mails("Renewal", "May I?", who="m1@example.org")
    await library.desk.ties.follow(ANA, ticket)
    async with seat(library) as desk:
        await desk.until(lambda: desk.app.sitting is not None and ticket in desk.app.sitting.followed)
