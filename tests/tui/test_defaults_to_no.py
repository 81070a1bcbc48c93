"""Every question that a slip would answer has No, or what harms nobody, where enter stands: desk and line alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.house import ANA, BEN, House
from tests.tui.noisy import WREN, first, loud, noisy, sent
from tests.tui.seat import seat
from tests.tui.test_taken_back import said_of_commands

TUI = Path(__file__).parents[2] / "tui"

NOT_A_QUESTION = {"line/talk.py"}
"""Where two readings of one number are told apart: neither does anything."""


def _pairs() -> Iterator[tuple[str, list[bool]]]:
    """Every list of options in the source that holds a yes and a no, with their order."""
    for path in sorted(TUI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.List) and (values := [value for each in node.elts for value in _answer(each)]):
                yield path.relative_to(TUI).as_posix(), values


def _answer(each: ast.expr) -> list[bool]:
    """What choosing an option returns, where that is yes or no."""
    if not (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "Option"):
        return []
    given = [*each.args, *(keyword.value for keyword in each.keywords if keyword.arg == "value")]
    return [value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, bool)]


def test_the_first_line_of_every_question_is_no() -> None:
    """It is where the bar stands, and what enter takes."""
    found = [(where, values) for where, values in _pairs() if where not in NOT_A_QUESTION]
    assert len({where for where, _ in found}) >= 6
    assert [where for where, values in found if values[0]] == []


QUESTIONS = {
    "asking._ask_to_leave": False,
    "chatting.do_moment_all": False,
    "chatting._ask_transcript": False,
    "incident.do_part": False,
    "many._ask": False,
    "reports._place": False,
    "sending._is_looked_over": "LOOK",
    "sorting._hand_all_the_same": False,
    "holding._ask_beside": "",
}
"""Questions whether something is to be done, and what the first line of each returns: nothing is done by it."""

CHOICES = {
    "asking.own_channels": "channels",
    "asking_closed.close": "close",
    "asking_closed._until": "close",
    "asking_closed._ask_what_opens": "open_again",
    "canned._ask_macro": "macro",
    "canned._macros": "macros",
    "chatting._hello": "composed",
    "facts.do_promise": "promise",
    "files._picked_file": "read",
    "incident._ask_into": "unite",
    "noise._ask_who_goes": "dispatch",
    "noise._ask_outcome": "composed",
    "noise.do_place": "place",
    "noise.do_mute": "mute",
    "reports._pick_miss": "read",
    "reports.action_export": "read",
    "sorting._choose": "kind",
    "sorting.do_hand": "hand",
    "sorting.do_log": "log",
    "tying._ask_which": "tie",
    "tying._choose_beside": "read",
    "verbs.do_assign": "assign",
    "verbs.do_snooze": "snooze",
}
"""Choices among equals, and the command that each is of: it can be taken back. ``read`` and ``composed``: nothing is
done yet by choosing.
"""


def _asked() -> Iterator[tuple[str, ast.AST]]:
    """Every function of the full screen that shows a card of lines to choose from."""
    for path in sorted(each for each in TUI.rglob("*.py") if "line" not in each.relative_to(TUI).parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_is_card, ast.walk(node))):
                yield f"{path.stem}.{node.name}", node


def _is_card(node: ast.AST) -> bool:
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return named and (node.func.id.endswith("Pick") or node.func.id == "LogContact")  # type: ignore[attr-defined]


def _first_value(function: ast.AST) -> object:
    """What the first line of the card returns, by its name where it has one."""
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    options = [each for each in calls if each.func.id == "Option"]  # type: ignore[attr-defined]
    value = min(options, key=lambda each: (each.lineno, each.col_offset)).args[2]
    assert isinstance(value, ast.Constant | ast.Name)
    return value.value if isinstance(value, ast.Constant) else value.id


def test_every_card_is_known_here() -> None:
    """Whoever adds one says whether it asks or lets choose; and each stands here once."""
    assert sorted(name for name, _ in _asked()) == sorted([*QUESTIONS, *CHOICES])


def test_the_first_line_of_what_asks_does_nothing() -> None:
    """Back, a look, or No."""
    functions = dict(_asked())
    assert {name: _first_value(functions[name]) for name in QUESTIONS} == QUESTIONS


def test_what_is_chosen_without_a_question_can_be_taken_back() -> None:
    """Or is undone by choosing again; a hand-over says on its card that its note stays."""
    page = said_of_commands()
    back = page["Taken back by z"] | page["Done again the other way"] | page["Taken back until it goes out"]
    assert set(CHOICES.values()) <= back | {"read", "composed", "hand"}


@pytest.mark.parametrize("keys", [("exclamation_mark",), ("x",), ("w",), ("colon", *"test", "enter")])
async def test_enter_alone_changes_nothing(library: House, keys: tuple[str, ...]) -> None:
    """Somebody waits, and whoever typed it hits enter too soon: the ticket is as it was."""
    ticket = await library.mails("Renewal", "Can I renew?")
    before = (await library.desk.thread(ANA, ticket)).ticket
    async with seat(library) as desk:
        await desk.press(*keys)
        await desk.sees(" No")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
    assert (await library.desk.thread(ANA, ticket)).ticket == before


async def test_enter_on_what_came_in_between_sends_nothing(library: House) -> None:
    """The patron wrote again while somebody answered: the first line is a look."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("held for you")
        await desk.writes("On our way.")
        await library.texts("it is quiet now, thank you")
        await desk.sees("Since you began")
        await desk.press("ctrl+s")
        await desk.sees("Look first", "Send it all the same", "Keep it as a draft")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.ticket and not desk.ticket._sending)
        assert desk.ticket.composer.text == "On our way."
    assert await sent(library, noise) == []


async def test_enter_on_what_came_in_between_texts_to_nobody() -> None:
    """The same of a text to all."""
    async with noisy() as library:
        noise = await loud(library)
        async with seat(library) as desk:
            screen = await first(desk)
            await desk.press("T")
            await desk.sees("To all")
            await desk.press(*"On our way.")
            await library.texts("even louder now", who=WREN)
            await desk.press("ctrl+s")
            await desk.sees("Look first", "Send it all the same", "Keep it as a draft")
            await desk.press("enter")
            await desk.until(lambda: desk.app.screen is screen and not screen._sending)
            assert screen.composer.text == "On our way."
        assert [await sent(library, each) for each in (noise.heron, noise.wren, noise.otter)] == [[], [], []]


async def test_enter_where_a_colleague_has_it_writes_nothing(library: House) -> None:
    """Back is the first line: no composer is open, and the claim is theirs."""
    noise = await library.texts("loud on level 3")
    await library.desk.claim(BEN, noise)
    async with seat(library) as desk:
        await desk.press("enter", "r")
        await desk.sees("Back", "Write a note", "Write an answer")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.ticket)
        assert "Reply to" not in desk.screen
    assert await sent(library, noise) == []
