"""The ``?`` page: every key as it is bound here, found by a word, with what can't be done and why."""

from __future__ import annotations

from tests.tui.house import House
from tests.tui.seat import seat
from tests.tui.test_render import text
from tui.commands import COMMANDS
from tui.footer import keys_page
from tui.likes import Likes
from tui.words import Tone


def test_a_word_finds_commands_whole() -> None:
    """With what they take after ``:``, where they work, and why not."""
    lines = [text(line) for line in keys_page(COMMANDS, 80, lambda each: "No ticket is selected.", "snooze")]
    assert [line.strip() for line in lines] == [
        "s                 Out of sight until a time",
        ":snooze tomorrow 9   in the worklist, an open ticket",
        "Not now: No ticket is selected.",
    ]


def test_what_can_not_be_done_is_faint_on_the_page() -> None:
    """Its keys and its help."""
    lines = keys_page(COMMANDS, 80, lambda each: "no" if each.id == "solve" else "")
    (solve,) = [line for line in lines if "It is done" in text(line)]
    assert {tone for _, tone in solve} == {Tone.FAINT}


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
