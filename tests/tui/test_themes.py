"""Colours: five themes, none needed. What a tone says stands there as a word or a sign, too."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest
from rich.style import Style

from helpdesk.clock import MINUTE, plus
from helpdesk.ticket import Flag
from helpdesk.worklist import View
from tests.tui.house import House
from tests.tui.rows import EYE, NOON, row
from tests.tui.seat import Seat, seat
from tests.tui.terminal import terminal
from tests.tui.test_render import text
from tui.columns import layout
from tui.likes import Likes
from tui.masthead import who_span
from tui.render import row_line
from tui.tabs import Going, tabs
from tui.themes import THEMES
from tui.words import FLAGS, MARKS, Tone, countdown

OPENED = (sys.executable, "-m", "tests.tui.opened")
_SGR = re.compile(rb"\x1b\[([0-9;]*)m")


def colours(written: bytes) -> set[int]:
    """The numbers of all colours that were asked for."""
    numbers = {int(each or 0) for found in _SGR.findall(written) for each in found.split(b";")}
    return numbers & {*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: str(theme.name))
async def test_every_theme_shows_the_desk(library: House, theme: object) -> None:
    """The list, a ticket, a question over it, the palette and the keys."""
    await library.texts("loud on level 3")
    name = str(getattr(theme, "name", ""))
    async with seat(library, likes=Likes(bell=False, theme=name)) as desk:
        await desk.sees("loud on level 3")
        await desk.press("a")
        await desk.sees("Give ticket 1 to")
        await desk.press("escape", "enter")
        await desk.sees("text to")
        await desk.press("colon")
        await desk.sees("Commands")
        await desk.press("escape", "question_mark")
        await desk.sees("Keys of the desk")


async def test_f8_goes_through_all_themes_and_says_which(library: House) -> None:
    """And comes back to the first."""
    async with seat(library) as desk:
        for theme in (*THEMES[1:], THEMES[0]):
            await desk.press("f8")
            assert desk.app.theme == theme.name
        await desk.told("Colours: dark.")


def drawn(desk: Seat) -> list[list[tuple[str, Style | None]]]:
    """All that the screen shows, and in which colours."""
    strips = desk.app.screen._compositor.render_strips()
    return [[(part.text, part.style) for part in strip.simplify()] for strip in strips]


async def test_another_theme_is_the_same_as_if_the_desk_had_opened_in_it(library: House) -> None:
    """On the list and in a ticket that lay over it, in every tone."""
    await library.texts("loud on level 3")

    async def looks(first: str, then: str) -> list[object]:
        async with seat(library, size=(160, 40), likes=Likes(bell=False, theme=first)) as desk:
            await desk.press("enter")
            await desk.sees("text to")
            desk.app.theme = then
            await desk.rests()
            ticket = drawn(desk)
            await desk.press("escape")
            await desk.sees("FROM")
            await desk.rests()
            return [ticket, drawn(desk)]

    names = [str(theme.name) for theme in THEMES]
    for first, then in zip(names, names[1:] + names[:1], strict=True):
        assert await looks(first, then) == await looks(then, then)


async def test_nothing_moves_by_itself(library: House) -> None:
    """No animation, at this terminal or over SSH, and no cursor that blinks."""
    async with seat(library) as desk:
        assert desk.app.animation_level == "none"
        await desk.press("colon")
        await desk.sees("Commands")
        assert not any(getattr(each, "cursor_blink", False) for each in desk.app.screen.query("Input, TextArea"))


async def test_no_color_means_none() -> None:
    """NO_COLOR: the whole desk without a colour; the marked row is turned round."""
    async with terminal(OPENED, env={"NO_COLOR": "1"}) as screen:
        await screen.sees("hot food", "? keys")
        screen.press("ja")
        await screen.sees("Give ticket")
        assert colours(bytes(screen.written)) == set()
        assert b"\x1b[7m" in screen.written or any(b"7" in found.split(b";") for found in _SGR.findall(screen.written))


async def test_the_cursor_stands_on_the_marked_line_of_a_question() -> None:
    """And goes with it."""
    async with terminal(OPENED) as screen:
        await screen.sees("hot food", "? keys")
        screen.press("s")
        await screen.sees("in 2 hours")
        lines = screen.text.splitlines()
        first = next(at for at, line in enumerate(lines) if "in 1 hour" in line)
        await screen.until(lambda: screen.cursor[1] == first, f"the cursor is not on line {first}")
        screen.press("j")
        await screen.until(lambda: screen.cursor[1] == first + 1, f"the cursor is not on line {first + 1}")


# Not by colour alone


def test_a_clock_says_in_words_how_it_stands() -> None:
    """Late, close, calm and none: each its own words."""
    dues = (plus(NOON, -MINUTE), plus(NOON, MINUTE), plus(NOON, 30 * MINUTE), None)
    found = [countdown(due, NOON, EYE.zone) for due in dues]
    assert [tone for _, tone in found] == [Tone.LATE, Tone.SOON, Tone.PLAIN, Tone.DIM]
    assert [re.sub(r"[0-9]+ \w+", "", words).split() for words, _ in found] == [
        ["late"], ["left"], ["due", "in"], ["no", "clock"],
    ]  # fmt: skip


def test_every_flag_has_a_word_of_its_own() -> None:
    """In the head and in the row."""
    for table in (FLAGS, MARKS):
        assert len({words for words, _ in table.values()}) == len(table) == len(Flag)


def test_a_row_that_waits_is_marked_and_so_is_the_selected_one() -> None:
    """By a sign at the edge, whatever the colours."""
    cells = layout(80)
    waits = text(row_line(row(), EYE, cells))
    assert waits != text(row_line(replace(row(), unanswered=None), EYE, cells))
    assert text(row_line(row(), EYE, cells, selected=True)).startswith("▌")


def test_danger_and_absence_are_words_or_signs() -> None:
    """Of the tab of noise, and of who sits here."""
    calm, grave = (text(tabs({}, View.OPEN, 120, Going(2, danger, "I"))[0]) for danger in (False, True))
    assert calm.endswith("Noise 2")
    assert grave.endswith("Noise 2!")
    assert who_span("Ana", True)[0] != who_span("Ana", False)[0]
