"""The ``?`` page: every key as it is bound here, found by a word, with what can't be done and why."""

from __future__ import annotations

import pytest

from helpdesk.desk_settings import DeskSettings
from tests.tui.house import House
from tests.tui.seat import seat
from tests.tui.test_render import text
from tui.commands import COMMANDS
from tui.elsewhere import ELSEWHERE
from tui.footer import keys_page
from tui.likes import Likes
from tui.words import Tone


def test_a_word_finds_commands_whole() -> None:
    """With what they take after ``:``, where they work, and why not."""
    lines = [text(line) for line in keys_page(COMMANDS, 80, lambda each: "No ticket is selected.", "snooze")]
    assert [line.strip() for line in lines] == [
        "(s)                Out of sight until a time",
        ":snooze tomorrow 9   in the worklist, an open ticket",
        "Not now: No ticket is selected.",
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("theme", "Light, dark, high contrast"),
        ("theme", "theme in [desk]"),
        ("color", "Light, dark, high contrast"),
        ("contrast", "Light, dark, high contrast"),
        ("dark", "Light, dark, high contrast"),
        ("font", "your terminal's"),
        ("sound", "Call nobody here"),
        ("bell", "bell, notices"),
        ("language", "speaks English"),
        ("quit", "Leave the desk"),
        ("help", "All keys"),
        ("phone", "Log a contact by phone"),
        ("delete", "Nothing is deleted at the desk"),
        ("delete", "Into spam"),
    ],
)
def test_what_somebody_would_type_is_found(typed: str, said: str) -> None:
    """As a command, or as what is a setting or the terminal's own."""
    assert said in "\n".join(text(line) for line in keys_page(COMMANDS, 80, typed=typed))


def test_the_settings_that_are_named_are_there() -> None:
    """Each stands in the sentence that names it."""
    for each in ELSEWHERE:
        for name in each.settings:
            assert name in DeskSettings.model_fields
            assert name in each.says


async def test_the_palette_says_where_else_it_is(library: House) -> None:
    """Where no command is found."""
    async with seat(library) as desk:
        await desk.press("colon", *"font")
        await desk.sees("The size of the letters is your terminal's")


async def test_a_page_shows_its_own_keys(library: House) -> None:
    """? leads to them, and back; a card says how to use it."""
    async with seat(library) as desk:
        await desk.press("R")
        await desk.sees("How our promises are kept", "? keys")
        await desk.press("question_mark")
        await desk.sees("Keys of this page", "Write this report to a file", "A page back")
        await desk.press("question_mark")
        await desk.sees("How our promises are kept")
        await desk.press("2")
        await desk.sees("[2 today]", "The log holds no contact yet.")
        await desk.press("e")
        await desk.sees("Write this report to a file")
        await desk.press("question_mark")
        await desk.sees("enter takes it, esc goes back")


def test_what_can_not_be_done_is_faint_on_the_page() -> None:
    """Its keys and its help, and its keys are in brackets."""
    lines = keys_page(COMMANDS, 80, lambda each: "no" if each.id == "solve" else "")
    (solve,) = [line for line in lines if "It is done" in text(line)]
    assert {tone for _, tone in solve} == {Tone.FAINT}
    assert text(solve).startswith(" (x) ")


async def test_the_page_finds_while_one_types_and_shows_ones_own_keys(library: House) -> None:
    """Also those that the settings chose."""
    async with seat(library, likes=Likes(bell=False, keys={"snooze": "f7"})) as desk:
        await desk.press("question_mark", *"snooz")
        await desk.sees("F7", ":snooze tomorrow 9", "Not now: No ticket is selected.")
        await desk.press(*"xyz")
        await desk.sees("No command has these words.")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_the_plain_keymap_works_without_letters(library: House) -> None:
    """F2 finds what has no key; a letter does nothing."""
    await library.texts("loud on level 3")
    async with seat(library, likes=Likes(bell=False, keymap="plain")) as desk:
        await desk.sees("F1 keys", "loud on level 3")
        await desk.press("x", "f2")
        await desk.sees("Commands")
        await desk.press(*"tags printer", "enter")
        await desk.told("Ticket 1: printer.")
        await desk.press("f1")
        await desk.sees("Keys of the desk", "ctrl+r")
