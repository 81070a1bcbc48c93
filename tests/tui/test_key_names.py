"""Sentences name the keys that the reader has: in every keymap, and nowhere by a letter of another."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from helpdesk.message import Channel
from helpdesk.permissions import Role
from helpdesk.ticket import Flag, State
from tests.tui.house import House
from tests.tui.rows import ANA, NOON, row
from tests.tui.seat import seat
from tui.allowed import target, why_not, why_not_about
from tui.commands import COMMANDS
from tui.key_names import with_keys
from tui.keymap import keymap, shown
from tui.likes import Likes

TUI = Path(__file__).parents[2] / "tui"
BY_HAND = re.compile(
    r"\((?:[A-Za-z!]|j, k|esc|enter|F\d+)\)(?:\.?\"|\. [A-Z])"
    r"|[\". ](?:z|t|o|i|r|s|x|f|D|O|Q|R|M) (?:takes|closes|hands|says|brings|links|goes|shows|unfolds)\b"
)


def test_a_command_in_a_sentence_becomes_its_key() -> None:
    """What else stands in braces, a patron's words say, stays."""
    table = {each.id: each for each in keymap({"reopen": "f5"})}
    assert with_keys("Reopen it first ({key:reopen}). {open} {", lambda name: shown(table[name])) == (
        "Reopen it first (F5). {open} {"
    )


@pytest.mark.parametrize("preset", ["vim", "plain"])
def test_every_reason_names_keys_that_work(preset: str) -> None:
    """For every command, on every kind of ticket: a key of this keymap, or what is typed after a colon."""
    table = keymap({}, preset)
    keys = {each.id: shown(each) for each in table}
    states, flags = list(State), [frozenset[Flag](), *(frozenset({flag}) for flag in Flag)]
    reasons = {
        why_not(command.id, target(row(state=state, flags=flag, channel=channel)), ANA, NOON, role=Role.LEAD)
        for command, state, flag, channel in itertools.product(
            COMMANDS, states, flags, (Channel.SMS, Channel.PHONE, Channel.CHAT)
        )
    }
    reasons |= {why_not(command.id, None, ANA, NOON) for command in COMMANDS}
    reasons |= {why_not_about(command.id, None) for command in COMMANDS}
    named = [name for reason in reasons for name in re.findall(r"\{key:(\w+)\}", reason)]
    assert {"reopen", "spam", "note", "down"} <= set(named)
    for reason in reasons:
        said = with_keys(reason, keys.__getitem__)
        assert "{" not in said
        for inside in re.findall(r"\(([^)]+)\)", said):
            assert set(inside.split(", ")) <= set(keys.values()), said


def test_no_sentence_of_the_desk_names_a_key_by_hand() -> None:
    """It would be wrong for whoever has another keymap."""
    for file in sorted(TUI.rglob("*.py")):
        if "line" not in file.parts and file.name != "tour.py":
            text = re.sub(r'""".*?"""|#[^\n]*', "", file.read_text("utf-8"), flags=re.DOTALL)
            found = [line.strip() for line in text.splitlines() if BY_HAND.search(line)]
            assert not found, f"{file}: {found}"


async def test_with_the_plain_keymap_a_reason_names_its_keys(library: House) -> None:
    """An empty list, and a ticket that is in spam: no letter that does nothing."""
    noise = await library.texts("loud on level 3")
    async with seat(library, likes=Likes(bell=False, keymap="plain")) as desk:
        await desk.press("1")
        await desk.sees("You have no tickets. F5 takes the one")
        await desk.press("ctrl+r")
        await desk.sees("Move to one first (↓, ↑).")
        await desk.press("escape")
        await library.desk.spam(ANA, noise, 1)
        await desk.press("9")
        await desk.sees("loud on level 3")
        await desk.press("ctrl+r")
        await desk.sees("Take it out of spam first (:spam).")
