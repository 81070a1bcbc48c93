"""What is said of chats at the desk: openers, who was told to wait, whether a colleague can take one more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpdesk.macros import Macro
from helpdesk.message import Channel, StaffId
from helpdesk.sight import OnDuty
from helpdesk.thread import EntryKind, Thread
from helpdesk.ticket import Ticket
from tui.plain import one_line
from tui.words import plural

NO_OPENER = "There is no opener yet: a macro with a line opener: yes. :macros writes one."

WITHOUT, WITH = "Only what I write", "With what was said in the chat"
"""Whether the first mail carries what was said."""

MAIL_MEANS = "The chat ends as your first mail goes out; its page says so. What they answer comes to this ticket."
ADDRESS = "name@example.org"


def openers(macros: Iterable[Macro]) -> tuple[Macro, ...]:
    """The macros that a chat can be begun with."""
    return tuple(each for each in macros if each.opener)


def greets(key: str, found: Sequence[Macro]) -> str:
    """What is offered as a chat is taken; "" where there is nothing to offer."""
    if not key or not found:
        return ""
    return f"{key} begins with {one_line(found[0].name) if len(found) == 1 else 'an opener'}."


def wants_greeting(ticket: Ticket, thread: Thread) -> bool:
    """Whether it is a chat in which nobody of ours has written yet."""
    return ticket.goes_by is Channel.CHAT and all(entry.kind is not EntryKind.OUT for entry in thread.entries)


def told_words(told: int) -> str:
    """To how many it was said that somebody is with them in a moment."""
    return f"{plural(told, 'visitor')} told: with you in a moment." if told else "No visitor of yours waits untold."


def why_not_ready(to: StaffId, name: str, on: Iterable[OnDuty]) -> str:
    """Why a colleague is not ready for one more chat, as a sentence; "" if they are."""
    found = next((each for each in on if each.staff == to), None)
    who = one_line(name)
    if found is None:
        return f"{who} is not at the desk."
    if Channel.CHAT not in found.channels:
        return f"{who} takes no chats just now."
    return "" if found.room else f"{who} has {found.chats} of {plural(found.most, 'chat')}."
