"""What is written to the terminal: no more than reads otherwise, and never another picture than Textual's own."""

from __future__ import annotations

import random

import pyte
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.painting import News, Paper
from tui.pen import Ink, turned

SIZE = Size(40, 6)
WORDS = ("due in 4 min", "  ", "Question 7", "●", "…", "字幕", "cafe\u0301", "👍", " ", "│", "new", "          ")
STYLES = (
    Style(),
    Style.parse("bold white on blue"),
    Style.parse("white on blue"),
    Style.parse("reverse"),
    Style.parse("underline"),
    Style.parse("bold underline red"),
    Style.parse("dim italic on #102030"),
    Style.parse("bright_white on bright_black"),
    Style.parse("color(110) on color(233)"),
    Style.parse("strike #aabbcc"),
    Style.parse("green link https://library.example"),
)


def some(chance: random.Random, cells: int) -> Strip:
    """Words in styles, so many cells."""
    segments = [Segment(chance.choice(WORDS), chance.choice(STYLES)) for _ in range(12)]
    return Strip(segments).adjust_cell_length(cells)


def update_of(chance: random.Random) -> LayoutUpdate:
    """Something drawn in the left half, the right one, or both: a sign is never cut in two, Textual sees to that."""
    x, width = chance.choice([(0, 20), (20, 20), (0, 40)])
    y = chance.randrange(SIZE.height)
    region = Region(x, y, width, chance.randint(1, SIZE.height - y))
    return LayoutUpdate([[some(chance, region.width)] for _ in range(region.height)], region)


def shown(screen: pyte.Screen) -> list[list[object]]:
    """Each cell with its looks; of a blank what is seen."""
    return [[seen(screen.buffer[y][x]) for x in range(SIZE.width)] for y in range(SIZE.height)]


def seen(cell: pyte.screens.Char) -> object:
    """Of a blank cell its ground counts."""
    blank = not cell.data.strip() and not (cell.reverse or cell.underscore)
    return (" ", cell.bg) if blank else cell


def picture() -> tuple[pyte.Screen, pyte.Stream]:
    """An empty terminal, which goes to no new line by itself."""
    screen = pyte.Screen(*SIZE)
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


@pytest.mark.parametrize("seed", range(12))
def test_the_terminal_shows_what_textual_draws(seed: int) -> None:
    """Update after update, with wide signs, and marks that stand on others."""
    chance, console, paper = random.Random(seed), Console(), Paper()
    (ours, our_bytes), (theirs, their_bytes) = picture(), picture()
    paper.fit(SIZE)
    for _ in range(60):
        update = update_of(chance)
        our_bytes.feed(News(update, paper).render_segments(console))
        their_bytes.feed(update.render_segments(console))
        assert shown(ours) == shown(theirs)
        assert ours.cursor.attrs == theirs.cursor.attrs  # nothing is left set for whoever writes next


def whole(words: str) -> LayoutUpdate:
    """One line of the terminal, all of it."""
    return LayoutUpdate([[Strip([Segment(words, STYLES[1])]).adjust_cell_length(SIZE.width, STYLES[1])]], SIZE.region)


def test_what_stands_there_is_not_written_again() -> None:
    """The same is nothing; of a countdown it is a figure; after a resize it is all."""
    console, paper = Console(), Paper()
    paper.fit(SIZE)
    first = paper.bytes_of(whole("due in 14 min"), console)
    assert "due in 14 min" in first
    assert paper.bytes_of(whole("due in 14 min"), console) == ""
    assert "3" in (changed := paper.bytes_of(whole("due in 13 min"), console))
    assert "min" not in changed
    assert changed.startswith("\x1b[1;9H")
    paper.fit(Size(SIZE.width, SIZE.height + 1))
    assert "due in 13 min" in paper.bytes_of(whole("due in 13 min"), console)
    paper.forget()
    assert "due in 13 min" in paper.bytes_of(whole("due in 13 min"), console)


def test_a_blank_is_a_blank_whatever_its_ink() -> None:
    """Cells that look the same are left alone, though their styles differ; a turned one does not look the same."""
    console, paper = Console(), Paper()
    paper.fit(SIZE)

    def blank(style: str) -> str:
        return paper.bytes_of(LayoutUpdate([[Strip.blank(SIZE.width, Style.parse(style))]], SIZE.region), console)

    assert blank("white on blue")
    assert blank("bold yellow on blue") == ""
    assert blank("yellow on blue reverse")
    assert blank("underline on blue")


def test_a_colour_is_said_once() -> None:
    """Between words of one ground only the ink changes, and between blanks nothing."""
    console, paper = Console(), Paper()
    paper.fit(SIZE)
    segments = [
        Segment(text, Style.parse(style))
        for text, style in (
            ("new", "color(110) on color(233)"),
            ("  ", "on color(233)"),
            ("mail", "color(247) on color(233)"),
        )
    ]
    said = paper.bytes_of(LayoutUpdate([[Strip(segments)]], Region(0, 0, 9, 1)), console)
    assert said == "\x1b[1H\x1b[38;5;110;48;5;233mnew  \x1b[38;5;247mmail\x1b[0m"


@pytest.mark.parametrize(
    ("was", "ink", "said"),
    [
        (Ink(), Ink(), ""),
        (Ink("31", "44"), Ink("31", "44", frozenset("1")), "\x1b[1m"),
        (Ink("31", "44", frozenset("12")), Ink("31", "44", frozenset("2")), "\x1b[22;2m"),
        (Ink("38;5;110", "44", frozenset("4")), Ink("38;5;110", "44"), "\x1b[24m"),
        (Ink("38;5;110", "48;5;233", frozenset("147")), Ink(), "\x1b[0m"),
        (Ink("31", "48;2;1;2;3"), Ink("", "48;2;1;2;3"), "\x1b[39m"),
    ],
)
def test_only_what_differs_is_said(was: Ink, ink: Ink, said: str) -> None:
    """Bold and dim are left off by one word; where little stays, all is set anew."""
    assert turned(was, ink) == said
