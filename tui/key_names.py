"""Sentences that name a command, ``Reopen it first ({key:reopen}).``, said with the key that its reader has. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from tui.commands import COMMANDS

_NAMED = re.compile(r"\{key:([a-z_]+)\}")
_KNOWN = frozenset(each.id for each in COMMANDS)


def with_keys(words: str, key_of: Callable[[str], str]) -> str:
    """The sentence with keys (in line mode: verbs) for commands; what else stands in braces stays as it is."""
    return _NAMED.sub(lambda found: key_of(found[1]) if found[1] in _KNOWN else found[0], words)
