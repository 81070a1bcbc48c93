"""What can be wrong with a line that somebody said, and which exit status each trouble has."""

from __future__ import annotations

from helpdesk.errors import BadConfig, HelpdeskError, NotAllowed, Stale, TryLater

DONE, REFUSED, NOT_UNDERSTOOD, CHANGED, UNANSWERED, NOT_YOURS = range(6)
"""Exit statuses: done; refused; the line is wrong; somebody changed it first; nobody answered; not for your role."""


class NotUnderstood(HelpdeskError):
    """No such verb, option or choice; a word is missing. The words say what can be said instead."""


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
