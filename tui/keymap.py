"""Which key does what: the table's own keys, changed by the settings where they say so.

Textual takes any string for a key and any string for an action: a misspelt one silently does nothing.
So names, ids and clashes are checked here, and the desk can always be left.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from textual.keys import KEY_TO_UNICODE_NAME, Keys, format_key

from helpdesk.errors import BadConfig
from tui.commands import COMMANDS, Command, Where, here
from tui.presets import PLAIN, PRESETS, needs_a_letter

DEAD = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+j": "enter",
    "ctrl+left_square_bracket": "escape",
}
"""Keys that a terminal can't tell from others."""

MODIFIERS = frozenset({"ctrl", "alt", "shift", "super"})
NEEDED = ("quit", "send", "back", "keep")
"""Commands that must keep a key: without them somebody is stuck."""

_NAMED = frozenset(key.value for key in Keys if "+" not in key.value and not key.value.startswith("<"))
_FRIENDLY = {"slash": "SOLIDUS", "backslash": "REVERSE SOLIDUS", "at": "COMMERCIAL AT", "minus": "HYPHEN-MINUS",
             "plus": "PLUS SIGN", "underscore": "LOW LINE"}  # fmt: skip


def key_trouble(key: str) -> str:
    """Why Textual would never see this key, "" if it would."""
    *before, last = key.split("+")
    if strange := set(before) - MODIFIERS:
        return f"{sorted(strange)[0]!r} is no modifier; use ctrl, alt, shift or super"
    if key in DEAD:
        return f"a terminal can't tell {key} from {DEAD[key]}"
    if len(last) == 1 and last.isalnum():
        return f"write {last!r} in lower case after a modifier" if before and last.isupper() else ""
    if last in _NAMED or last in KEY_TO_UNICODE_NAME or last in _FRIENDLY or _is_unicode_name(last):
        return ""
    near = difflib.get_close_matches(last, [*_NAMED, *KEY_TO_UNICODE_NAME, *_FRIENDLY], n=1)
    return f"{last!r} is no key" + (f"; did you mean {near[0]!r}?" if near else "")


def _is_unicode_name(name: str) -> bool:
    try:
        return unicodedata.lookup(name.replace("_", " ").upper()).isprintable()
    except KeyError:
        return False


def keymap(overrides: Mapping[str, str] | None = None, preset: str = PRESETS[0]) -> tuple[Command, ...]:
    """The command table with a preset's keys, and the settings' own ("reply" = "r,f2") over them; BadConfig says all
    that is wrong with those.
    """
    if wrong := wrong_keys(overrides or {}, preset):
        raise BadConfig("\n".join(wrong))
    return _with_keys(overrides or {}, preset)


def wrong_keys(overrides: Mapping[str, str], preset: str = PRESETS[0]) -> list[str]:
    """All that is wrong with the settings' keys, a line each, by the setting's name."""
    ids, commands = [each.id for each in COMMANDS], _with_keys(overrides, preset)
    wrong = [_unknown(name, ids) for name in overrides if name not in ids]
    wrong += [f"{each.id}: {trouble}" for each in commands for key in each.keys if (trouble := key_trouble(key))]
    wrong += [f"{name}: needs a key" for name in NEEDED for each in commands if each.id == name and not each.keys]
    clashes = [line for where in Where for line in _clashes(here(commands, where), where, overrides)]
    return [f"desk.keys.{line}" for line in dict.fromkeys([*wrong, *clashes])]


def _with_keys(overrides: Mapping[str, str], preset: str) -> tuple[Command, ...]:
    table = COMMANDS if preset != "plain" else tuple(map(_plain, COMMANDS))
    return tuple(_rebound(each, overrides.get(each.id)) for each in table)


def _plain(command: Command) -> Command:
    """A command without letters; what has no key then is typed after the palette's."""
    if (keys := PLAIN.get(command.id)) is not None:
        bound = _rebound(command, keys)
        return replace(bound, shown=command.shown) if command.id == "view" else bound
    kept = tuple(key for key in command.keys if not needs_a_letter(key))
    if kept == command.keys:
        return command
    return replace(command, keys=kept, shown="" if kept else f":{command.id}")


def _unknown(name: str, ids: list[str]) -> str:
    near = difflib.get_close_matches(name, ids, n=1)
    return f"{name}: no such command" + (f"; did you mean {near[0]}?" if near else "")


def _rebound(command: Command, keys: str | None) -> Command:
    if keys is None:
        return command
    bound = tuple(key.strip() for key in keys.split(",") if key.strip())
    return replace(command, keys=bound, shown="" if bound else f":{command.id}")


def _clashes(commands: tuple[Command, ...], where: Where, overrides: Mapping[str, str]) -> list[str]:
    """Keys with two meanings in a place, told of the command whose key the settings chose."""
    owners: dict[str, str] = {}
    wrong: list[str] = []
    for each in sorted(commands, key=lambda each: each.id in overrides):
        for key in each.keys:
            if key in owners:
                wrong.append(f"{each.id}: {key} is already {owners[key]} in the {where}")
            owners.setdefault(key, each.id)
    return wrong


def lookup(commands: tuple[Command, ...], where: Where) -> dict[str, Command]:
    """Which command a key means in a place."""
    return {key: each for each in here(commands, where) for key in each.keys}


def shown(command: Command) -> str:
    """How a command's first key is written: "r", "?", "ctrl+s"."""
    return command.shown.split("  ")[0] if command.shown else key_words(command.keys[0]) if command.keys else ""


def all_shown(command: Command) -> str:
    """How all keys of a command are written: "j  ↓"."""
    return command.shown or "  ".join(key_words(key) for key in command.keys)


def key_words(key: str) -> str:
    """A key as staff write it."""
    plain = {
        "enter": "enter",
        "escape": "esc",
        "pagedown": "page down",
        "pageup": "page up",
        "ctrl+enter": "ctrl+enter",
    }
    if key in plain:
        return plain[key]
    *before, last = key.split("+")
    name = format_key(last)
    name = name.upper() if len(last) > 1 and last[0] == "f" and last[1:].isdigit() else name
    return "+".join([*before, name])
