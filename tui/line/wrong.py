"""What can be wrong with a line that somebody said, and which exit status each trouble has."""

from __future__ import annotations

import re

from helpdesk.errors import BadConfig, HelpdeskError, NotAllowed, Stale, TryLater

DONE, REFUSED, NOT_UNDERSTOOD, CHANGED, UNANSWERED, NOT_YOURS = range(6)
"""Exit statuses: done; refused; the line is wrong; somebody changed it first; nobody answered; not for your role."""

_SURROGATES = re.compile("[\ud800-\udfff]")
"""What stands in a line for its bytes that are no text, as ``surrogateescape`` has it."""


class NotUnderstood(HelpdeskError):
    """No such verb, option or choice; a word is missing. The words say what can be said instead."""


class NotUtf8(NotUnderstood):
    """A line has bytes that are no text in UTF-8. ``line``: what can be read of it, with a sign for each that can't."""

    def __init__(self, words: str, line: str) -> None:
        super().__init__(words)
        self.line = line


def readable(line: str, otherwise: str) -> str:
    """The line; NotUtf8 with what has become of it where some of its bytes are not UTF-8: they came as surrogates."""
    if _SURROGATES.search(line) is None:
        return line
    raise NotUtf8(
        f"That line has bytes in it that are not UTF-8. {otherwise}", _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", line)
    )


class Left(HelpdeskError):
    """Whoever was asked left the question: nothing is done."""


def status_of(error: Exception) -> int:
    """The exit status that an error stands for."""
    match error:
        case NotUnderstood() | BadConfig():
            return NOT_UNDERSTOOD
        case Stale():
            return CHANGED
        case TryLater() | OSError():
            return UNANSWERED
        case NotAllowed():
            return NOT_YOURS
    return REFUSED
