"""The footer, the ``?`` page and docs/keys.md are made from the command table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.test_render import text
from tui.commands import COMMANDS, Where, here
from tui.footer import footer, keys_markdown, keys_page
from tui.keymap import all_shown
from tui.plain import width
from tui.words import Tone

DOCS = Path(__file__).parents[2] / "docs" / "keys.md"


@pytest.mark.parametrize("where", list(Where))
@pytest.mark.parametrize("cells", [40, 80, 132, 200])
def test_the_footer_fits(where: Where, cells: int) -> None:
    """What is needed least goes first; nothing is cut in the middle."""
    made = text(footer(COMMANDS, where, lambda each: "", cells)).rstrip()
    assert width(made) <= cells


def test_the_way_to_all_keys_stays_longest() -> None:
    """Even on a very narrow screen."""
    assert text(footer(COMMANDS, Where.WORKLIST, lambda each: "", 30)).split()[-2:] == ["?", "keys"]


def test_what_can_not_be_done_is_faint_and_in_brackets() -> None:
    """The key is still there, and says why when it is pressed; all others stand where they stood."""
    made = footer(COMMANDS, Where.WORKLIST, lambda each: "no ticket" if each.id == "reply" else "", 80)
    assert ("r ", Tone.FAINT) in made
    assert ("t ", Tone.ACCENT) in made
    assert text(made).replace("(", " ").replace(")", " ") == text(footer(COMMANDS, Where.WORKLIST, lambda each: "", 80))
    assert "  (r reply)  " in text(made)


@pytest.mark.parametrize("cells", [80, 160])
def test_the_keys_page_has_every_command(cells: int) -> None:
    """One line each, no line wider than the screen."""
    lines = [text(line) for line in keys_page(COMMANDS, cells)]
    assert all(width(line) <= cells for line in lines)
    for each in COMMANDS:
        assert any(each.help in line and all_shown(each) in line for line in lines), each.id


def test_the_footer_names_only_commands_of_the_place() -> None:
    """The composer's footer has no single letters: they are typed there."""
    shown = text(footer(COMMANDS, Where.COMPOSER, lambda each: "", 200))
    assert all(each.label in shown for each in here(COMMANDS, Where.COMPOSER) if each.footer)
    assert "solve  " not in shown


def test_the_docs_are_the_table() -> None:
    """Write docs/keys.md with ``keys_markdown(COMMANDS)`` when the table changed."""
    assert DOCS.read_text(encoding="utf-8") == keys_markdown(COMMANDS)
