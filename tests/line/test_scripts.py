"""What stands on a line, and what a program is told."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.errors import NotAllowed, Stale, TryLater
from tests.line.listener import at_noon, in_noise
from tui.line.asking import Option, picked
from tui.line.said import Said
from tui.line.session import script
from tui.line.shapes import (
    entry_shape,
    incident_shape,
    moment_shape,
    notice_shape,
    reporter_shape,
    row_shape,
)
from tui.line.spoken import aloud
from tui.line.wrong import NOT_UNDERSTOOD, Left, NotUnderstood, status_of


def test_words_are_never_looked_into() -> None:
    """Options stand before the words or behind the number at their front."""
    said = Said('412 --then solved It costs --then 5 "pounds".', ("then=",), words=True)
    assert said.options == {"then": "solved"}
    assert said.number() == 412
    assert said.words() == 'It costs --then 5 "pounds".'


def test_options_stand_anywhere_where_no_words_follow() -> None:
    """A number, an option, a word, in any order."""
    said = Said("412 ben --yes", ())
    assert (said.number(), said.words(), "yes" in said) == (412, "ben", True)
    with pytest.raises(NotUnderstood, match="takes no --force"):
        Said("412 --force", (), verb="solve")


def test_one_pair_of_quotes_goes() -> None:
    """As a shell's habit has it; quotes within stay."""
    assert Said('"Yes, until 9 pm."', words=True).words() == "Yes, until 9 pm."
    assert Said('"Yes" or "no"', words=True).words() == '"Yes" or "no"'


def test_an_incident_is_named_by_an_i() -> None:
    """Wherever one is; a word that begins so is none."""
    assert Said("i3 ben").incident() == 3
    assert Said("incident 3").incident() == 3
    assert Said("in 3 hours").incident() is None


def test_a_choice_is_picked_by_number_or_beginning() -> None:
    """What fits twice is asked for again."""
    options = [Option(words=words, value=words) for words in ("in 1 hour", "in 3 hours", "tomorrow 9:00")]
    assert picked(options, "2").value == "in 3 hours"
    assert picked(options, "TOM").value == "tomorrow 9:00"
    with pytest.raises(NotUnderstood, match=r"Several fit 'in'\. There is: in 1 hour; in 3 hours"):
        picked(options, "in")


def test_short_words_are_said_in_full() -> None:
    """A screen reader spells "min" and "Mon"."""
    assert aloud("due Mon 11:00") == "due Monday 11:00"
    assert aloud("8 min late") == "8 minutes late"
    assert aloud("1 h") == "1 hour"
    assert aloud("14 Dec") == "14 December"


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotUnderstood(""), 2), (Stale(""), 3), (TryLater(""), 4), (OSError(), 4), (NotAllowed(""), 5), (Left(""), 1)],
)
def test_an_exit_status_says_what_happened(error: Exception, status: int) -> None:
    """docs/line-mode.md lists them."""
    assert status_of(error) == status


async def test_a_program_hears_json() -> None:
    """An object a line, times with zone and milliseconds; --json may stand on the line itself."""
    async with at_noon(json=True, asks=False) as here:
        await here.does("list --view mail")
        assert [each["type"] for each in here.told] == ["row"] * 3
        assert here.told[0]["opened"] == "2026-11-23T12:00:00.000+00:00"
        await here.does("show 2")
        assert [each["type"] for each in here.told] == ["ticket", "entry", "entry"]
        assert here.told[1]["files"][0]["name"] == "list of books.pdf"
        await here.does("solve 4 --yes")
        assert [each["type"] for each in here.told] == ["done"]
    async with at_noon() as here:
        await here.does("show 2 --json")
        assert here.told[0]["subject"] == "Renewal of three books"
        await here.does("show 2")
        assert here.heard[0].startswith("Ticket 2.")


def test_the_page_names_every_field_that_a_program_is_given() -> None:
    """docs/line-mode.md is the contract: types and their fields."""
    page = (Path(__file__).parents[2] / "docs" / "line-mode.md").read_text(encoding="utf-8")
    named = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    shapes: dict[str, Callable[..., object]] = {
        "row": row_shape,
        "entry": entry_shape,
        "incident": incident_shape,
        "reporter": reporter_shape,
        "moment": moment_shape,
        "trouble": notice_shape,
    }
    for type_, shape in shapes.items():
        for field in re.findall(r'^        "(\w+)":', inspect.getsource(shape), re.MULTILINE):
            assert f"`{field}`" in named[type_], (type_, field)


async def test_no_number_of_a_sealed_line_is_told() -> None:
    """Whatever is asked for, in words or as JSON."""
    async with in_noise() as here:
        for line in ("list", "open 1", "history 1", "incidents", "open i1", "search loud", "standing", "map"):
            for more in ("", " --json"):
                assert await here.says(line + more) == 0
                assert "447700900" not in here.text, line


async def test_a_script_is_asked_nothing() -> None:
    """A question is refused in words that say how to answer it on the line."""
    async with at_noon(asks=False) as here:
        assert await here.says("solve 4") == 2
        assert here.wrong[0].endswith("Say it again with --yes.")
        assert await here.says("assign 4") == 2
        assert "Say one of: Ana Pereira; Ben Adeyemi." in here.wrong[0]


async def test_a_script_ends_at_the_first_line_that_fails() -> None:
    """Unless it shall keep going; its status is the first failure's, and says which line it was."""
    for keep_going, last in ((False, ()), (True, ("fines",))):
        async with at_noon(asks=False) as here:
            here.person.lines.extend(["# a comment", "", "tags 4 food", "solve 4711", "tags 1 fines"])
            assert await script(here.talk, keep_going=keep_going) == 1
            assert (await here.ticket("hot food")).tags == ("food",)
            assert (await here.ticket("shows a fine")).tags == last
            assert here.wrong == ["There is no ticket 4711.", "That was line 4: solve 4711"]


@pytest.mark.parametrize("line", ["list tag:\udcff", "save_view \udcff\udcfe", "\udcff"])
async def test_a_line_that_is_not_utf_8_is_not_understood(line: str) -> None:
    """Python hands on such bytes, of a pipe or of the shell's command, as halves of signs that no store can take."""
    async with at_noon(asks=False) as here:
        assert await here.says(line) == NOT_UNDERSTOOD
        assert "not UTF-8" in here.wrong[0]
        await here.does("list tag:naïve")


async def test_a_script_writes_lines_up_to_a_dot() -> None:
    """And sends them: nobody is there to look them over."""
    async with at_noon(asks=False) as here:
        here.person.lines.extend(["reply 1", "Dear Jo,", "it is gone.", ".", "tags 1 fines"])
        assert await script(here.talk) == 0
        thread = await here.thread("shows a fine")
        assert thread.entries[-1].text == "Dear Jo,\nit is gone."
        assert thread.ticket.tags == ("fines",)
