"""Line mode does all that the full screen does: each command of the table has a verb, tried against the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.keys import _character_to_key

import tests.line.canned_cases
import tests.line.chat_cases
import tests.line.desk_cases
import tests.line.figure_cases
import tests.line.noise_cases
import tests.line.noon_cases
import tests.line.tying_cases  # noqa: F401 - what is imported registers its cases
from helpdesk.commands.line import _verbs
from tests.line.cases import AT_NOON, IN_NOISE, REASONS
from tests.line.listener import at_noon, in_noise
from tui.commands import COMMANDS, Command, Where
from tui.line.keys import key_of, key_said
from tui.line.table import VERBS, by_id, by_key

IDS = [each.id for each in COMMANDS]


def test_every_command_has_a_verb_and_a_case() -> None:
    """Whoever adds a command adds its verb (tui/line says how) and a case that tries it."""
    assert [each for each in IDS if each not in {verb.id for verb in VERBS}] == []
    assert [each for each in IDS if each not in AT_NOON and each not in IN_NOISE] == []
    assert [each for each in REASONS if each not in IDS] == []


def test_the_shell_completes_every_verb() -> None:
    """Its tab offers what the table has: each command of the desk, and what line mode adds."""
    offered = _verbs("")
    assert offered == sorted(verb.id for verb in VERBS)
    assert set(IDS) <= set(offered)
    assert _verbs("sno") == ["snooze"]
    assert _verbs("nothing of the kind") == []


def test_no_verb_is_there_twice() -> None:
    """A name means one verb."""
    names = [name for verb in VERBS for name in (verb.id, *verb.also)]
    assert len(names) == len(set(names))


TRIED = {tried: commands for commands, tried in ((each, AT_NOON.get(each)) for each in IDS) if tried is not None}
"""Each case once, by a command that it is of: one case may try several."""


@pytest.mark.parametrize("command", TRIED.values())
async def test_a_verb_does_at_noon_what_its_command_does(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the desk's own state."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "On our way." > "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with at_noon() as here:
        here.talk.sitting.folder = tmp_path
        await AT_NOON[command](here)


LOUD = {tried: commands for commands, tried in IN_NOISE.items()}


@pytest.mark.parametrize("command", LOUD.values())
async def test_a_verb_does_in_noise_what_its_command_does(command: str) -> None:
    """Against the desk's own state."""
    async with in_noise() as here:
        await IN_NOISE[command](here)


@pytest.mark.parametrize("command", REASONS)
async def test_a_verb_without_a_meaning_says_why(command: str) -> None:
    """It is understood, and says that there is nothing to do."""
    async with at_noon() as here:
        await here.does(command)
        assert here.text == REASONS[command]


@pytest.mark.parametrize("command", COMMANDS, ids=IDS)
async def test_each_key_of_the_full_screen_is_a_verb(command: Command) -> None:
    """Whoever knows the keys need not learn the names; a key of the composer is none of them."""
    for key in command.keys:
        for where in command.where - {Where.COMPOSER}:
            found = by_key(key_said(key), COMMANDS, where)
            assert found is not None, (key, where)
            assert by_id(found.id).id == command.id


@pytest.mark.parametrize(
    "sign", ["!", "/", "?", ":", "x", "X", "1", "@", "_", "-", "+", "\\", "#", "ctrl+s", "f9", "enter"]
)
def test_a_key_is_named_as_textual_names_it(sign: str) -> None:
    """Line mode loads no Textual, and yet means the same keys."""
    named = _character_to_key(sign) if len(sign) == 1 else sign
    assert key_of(sign) == named
    assert key_said(named) == sign
