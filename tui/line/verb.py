"""What a verb is: a line of the table that says what it takes and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.line.said import Said
from tui.line.talk import Talk

Do = Callable[[Talk, Said], Awaitable[None]]
"""Carries a verb out. Its errors are told in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb.

    ``id``       the command's id in :mod:`tui.commands`, or its own where the full screen needs none
    ``takes``    what may stand behind it, as help writes it: "[ticket] [words]"
    ``help``     what it does where that is not what the command's help says, "" for that
    ``options``  its own options; one that takes a value ends in "="
    ``words``    the rest of the line is somebody's words: it is never looked into
    ``also``     other names
    """

    id: str
    do: Do
    takes: str = ""
    help: str = ""
    options: tuple[str, ...] = ()
    words: bool = False
    also: tuple[str, ...] = ()
