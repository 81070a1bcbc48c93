"""The command table and its keys: nothing misspelt, nothing twice, and always a way out."""

from __future__ import annotations

from typing import get_args

import pytest

from helpdesk.config import DeskSettings
from helpdesk.errors import BadConfig
from tui.commands import COMMANDS, Where, command, here
from tui.keymap import all_shown, key_trouble, keymap, lookup, shown, wrong_keys
from tui.likes import Likes, likes_of
from tui.presets import PLAIN, PRESETS
from tui.screens.acting import Acting
from tui.screens.incident import IncidentScreen
from tui.screens.incidents import IncidentsScreen
from tui.screens.ticket import TicketScreen
from tui.screens.worklist import WorklistScreen
from tui.themes import THEMES

DESIGN = {
    "j": "down", "down": "down", "k": "up", "up": "up", "g": "first", "G": "last", "enter": "open", "t": "take",
    "n": "next", "N": "previous", "r": "reply", "i": "note", "e": "editor", "a": "assign", "A": "mine", "w": "wait",
    "s": "snooze", "x": "solve", "X": "reopen", "exclamation_mark": "spam", "slash": "filter", "f3": "search",
    "colon": "palette", "ctrl+p": "palette", "1": "view", "9": "view", "question_mark": "keys", "q": "quit",
    "d": "dispatch", "v": "attended", "o": "outcome", "z": "undo", "Z": "redo", "space": "select", "V": "range",
}  # fmt: skip


def test_the_keys_are_those_of_the_design() -> None:
    """They stay where they are for ever."""
    found = lookup(keymap(), Where.WORKLIST)
    assert {key: found[key].id for key in DESIGN} == DESIGN
    assert lookup(keymap(), Where.TICKET)["escape"].id == "back"
    assert {key: lookup(keymap(), Where.COMPOSER)[key].id for key in ("ctrl+s", "f9")} == {
        "ctrl+s": "send",
        "f9": "send",
    }


def test_every_command_does_something_where_it_works() -> None:
    """A screen has it, or the whole desk has."""
    from tui.app import DeskApp

    screens: dict[Where, type[Acting]] = {
        Where.WORKLIST: WorklistScreen,
        Where.TICKET: TicketScreen,
        Where.INCIDENTS: IncidentsScreen,
        Where.INCIDENT: IncidentScreen,
        Where.COMPOSER: TicketScreen,
    }
    assert screens.keys() == set(Where)
    missing = [
        (each.id, where)
        for where, screen in [*screens.items(), (Where.COMPOSER, IncidentScreen)]
        for each in here(COMMANDS, where)
        if not hasattr(screen, f"do_{each.id}") and not hasattr(DeskApp, f"action_{each.id}")
    ]
    assert missing == []


def test_ids_are_unique_and_helped() -> None:
    """Each has a line of help that fits the page at 80 cells."""
    assert len({each.id for each in COMMANDS}) == len(COMMANDS)
    assert all(0 < len(each.help) <= 58 for each in COMMANDS)


@pytest.mark.parametrize(
    ("key", "trouble"),
    [
        ("kontrol+n", "no modifier"),
        ("ctrl+m", "can't tell"),
        ("ctrl+i", "can't tell"),
        ("ctrl+h", "can't tell"),
        ("questionmark", "question_mark"),
        ("pgdown", "is no key"),
        ("ctrl+N", "lower case"),
    ],
)
def test_a_key_that_would_silently_do_nothing_is_named(key: str, trouble: str) -> None:
    """Textual would take it without a word."""
    assert trouble in key_trouble(key)


@pytest.mark.parametrize("key", ["r", "R", "f9", "ctrl+s", "slash", "full_stop", "space", "shift+tab", "alt+x", "é"])
def test_real_keys_are_taken(key: str) -> None:
    """What terminals send."""
    assert key_trouble(key) == ""


def test_a_keymap_of_ones_own_replaces_the_keys() -> None:
    """reply on f2; r is free then."""
    mine = keymap({"reply": "f2"})
    assert lookup(mine, Where.TICKET)["f2"].id == "reply"
    assert "r" not in lookup(mine, Where.TICKET)
    assert shown(command(mine, "reply")) == "F2"


def test_all_that_is_wrong_with_a_keymap_is_said_at_once() -> None:
    """An unknown command with the nearest one, a dead key, a clash, and no way out."""
    with pytest.raises(BadConfig) as caught:
        keymap({"replay": "r", "note": "ctrl+m", "solve": "s", "quit": ""})
    said = str(caught.value)
    assert "did you mean reply?" in said
    assert "note: a terminal can't tell ctrl+m from enter" in said
    assert "s is already snooze" in said or "s is already solve" in said
    assert "quit: needs a key" in said


def test_what_is_wrong_names_the_setting() -> None:
    """The command that the settings gave the key to, each trouble once."""
    assert wrong_keys({"wait": "r", "replay": "f2"}) == [
        "desk.keys.replay: no such command; did you mean reply?",
        "desk.keys.wait: r is already reply in the worklist",
        "desk.keys.wait: r is already reply in the ticket",
    ]
    assert wrong_keys({"reply": "f2", "pin": "f7"}) == []


def test_the_settings_offer_the_themes_that_there_are() -> None:
    """By their short names."""
    offered = get_args(DeskSettings.model_fields["theme"].annotation)
    assert [f"desk-{name}" for name in offered] == [theme.name for theme in THEMES]
    takes = command(COMMANDS, "colours").takes
    assert takes is not None
    assert takes.values == offered


def test_keys_are_written_as_staff_know_them() -> None:
    """?, !, /, F9, page down."""
    assert all_shown(command(COMMANDS, "keys")) == "?  F1"
    assert shown(command(COMMANDS, "spam")) == "!"
    assert shown(command(COMMANDS, "page_down")) == "page down"
    assert all_shown(command(COMMANDS, "view")) == "1-9  0"


# The plain keymap


def test_the_plain_keymap_needs_no_letter() -> None:
    """F-keys, ctrl and arrows; the digits of the views stay."""
    letters = {key for each in keymap(preset="plain") for key in each.keys if len(key) == 1 and not key.isdigit()}
    assert letters == set()
    assert (
        not {"slash", "colon", "exclamation_mark", "question_mark"}
        & lookup(keymap(preset="plain"), Where.TICKET).keys()
    )


def test_the_plain_keymap_has_no_clash_and_no_dead_key() -> None:
    """As little as the table's own."""
    assert wrong_keys({}, "plain") == []
    assert {each.id for each in COMMANDS} >= PLAIN.keys()


def test_what_has_no_key_in_the_plain_keymap_says_what_to_type() -> None:
    """After the palette's key, which it has; so every command is reached wherever somebody reads."""
    plain = keymap(preset="plain")
    assert all(each.keys or shown(each) == f":{each.id}" for each in plain)
    browsing = [where for where in Where if where is not Where.COMPOSER]
    assert all("f2" in lookup(plain, where) for where in browsing)
    assert all(each.keys for each in here(plain, Where.COMPOSER))


def test_keys_of_ones_own_go_before_those_of_the_preset() -> None:
    """A clash with one of the preset's is told like any other."""
    assert lookup(keymap({"tags": "f11"}, "plain"), Where.TICKET)["f11"].id == "tags"
    assert wrong_keys({"tags": "f5"}, "plain") == [
        "desk.keys.tags: f5 is already take in the worklist",
        "desk.keys.tags: f5 is already take in the ticket",
    ]


def test_the_settings_offer_the_presets_that_there_are() -> None:
    """By their names, the default first."""
    assert get_args(DeskSettings.model_fields["keymap"].annotation) == PRESETS
    assert likes_of(DeskSettings(keymap="plain", theme="light")) == Likes(keymap="plain", theme="desk-light")
