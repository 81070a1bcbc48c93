"""Whole keymaps to choose from: the table's own, and one for people who know no vim.

``plain`` needs no letter: arrows, F-keys and ctrl. What has no key of its own there is reached through F2, which finds
every command by its name; a command that is new in the table loses its letters there by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PRESETS = ("vim", "plain")
"""What the setting ``keymap`` offers, the default first."""

PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "down": "down",
        "up": "up",
        "page_down": "pagedown",
        "page_up": "pageup",
        "first": "home",
        "last": "end",
        "keys": "f1",
        "palette": "f2,ctrl+p",
        "filter": "ctrl+k",
        "search": "f3",
        "incidents": "f4",
        "take": "f5",
        "next": "f6",
        "previous": "f7",
        "view": "1,2,3,4,5,6,7,8,9,0",
        "reply": "ctrl+r",
        "note": "ctrl+n",
        "editor": "ctrl+e",
        "assign": "ctrl+g",
        "mine": "ctrl+t",
        "release": "ctrl+u",
        "wait": "ctrl+w",
        "snooze": "ctrl+l",
        "solve": "ctrl+d",
        "reopen": "ctrl+o",
        "log": "f10",
        "undo": "ctrl+z",
        "redo": "ctrl+y",
        "redraw": "shift+f5",
        "quit": "ctrl+q",
    }
)
"""Keys by command id. All other commands keep those of their keys that are neither letters nor signs."""


def needs_a_letter(key: str) -> bool:
    """Whether a key is a letter or a sign, which nobody finds without being told."""
    return key not in _KEPT and (len(key) == 1 or "_" in key or key in _SIGNS)


_KEPT = frozenset("0123456789")
_SIGNS = frozenset(
    {"slash", "colon", "comma", "minus", "plus", "at", "semicolon", "apostrophe", "backslash", "asterisk"}
)
