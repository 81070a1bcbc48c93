"""The command table: everything that can be done at the desk, once.

The key bindings, the footer, the ``?`` screen, the ``:`` palette and docs/keys.md are all made from it.
Later commands are added; none moves to another key.
"""

from __future__ import annotations

from tui.chat_commands import CHAT_COMMANDS
from tui.command import (
    BROWSING,
    INCIDENT,
    LIST,
    LOOK,
    MOVE,
    NOISE,
    READING,
    TICKET,
    WORK,
    Command,
    Takes,
    Where,
)
from tui.figure_commands import FIGURE_COMMANDS
from tui.noise_commands import NOISE_COMMANDS
from tui.sitting_commands import SITTING_COMMANDS
from tui.sorting_commands import SORTING_COMMANDS
from tui.tie_commands import TIE_COMMANDS
from tui.view_commands import VIEW_COMMANDS
from tui.writing_commands import WRITING_COMMANDS

__all__ = ["COMMANDS", "MOVE", "Command", "Where", "command", "here"]

COMMANDS: tuple[Command, ...] = (
    Command(id="down", keys=("j", "down"), label="down", help="Next line", where=BROWSING, group=MOVE),
    Command(id="up", keys=("k", "up"), label="up", help="Line before", where=BROWSING, group=MOVE),
    Command(
        id="page_down", keys=("pagedown", "ctrl+f"), label="page down", help="A page on", where=BROWSING, group=MOVE
    ),
    Command(id="page_up", keys=("pageup", "ctrl+b"), label="page up", help="A page back", where=BROWSING, group=MOVE),
    Command(id="first", keys=("g", "home"), label="top", help="First line", where=BROWSING, group=MOVE),
    Command(id="last", keys=("G", "end"), label="bottom", help="Last line", where=BROWSING, group=MOVE),
    Command(
        id="open",
        keys=("enter",),
        label="open",
        help="Open what the bar stands on",
        where=LIST | NOISE,
        group=MOVE,
        footer=2,
    ),
    Command(id="back", keys=("escape",), label="back", help="Back", where=TICKET | NOISE, group=MOVE, footer=3),
    Command(
        id="take",
        keys=("t",),
        label="take next",
        help="Take the ticket that most needs an answer",
        where=READING,
        group=WORK,
        footer=3,
        loud=13,
    ),
    Command(id="next", keys=("n",), label="next", help="Next unanswered ticket", where=READING, group=MOVE, footer=9),
    Command(id="previous", keys=("N",), label="previous", help="Unanswered ticket before", where=READING, group=MOVE),
    Command(
        id="reply",
        keys=("r",),
        label="reply",
        help="Answer the patron",
        where=READING | INCIDENT,
        group=WORK,
        footer=4,
        loud=8,
    ),
    Command(
        id="note",
        keys=("i",),
        label="note",
        help="Write for colleagues only",
        where=READING | INCIDENT,
        group=WORK,
        footer=7,
        loud=11,
    ),
    Command(
        id="editor", keys=("e",), label="editor", help="Answer in $EDITOR, then look it over", where=READING, group=WORK
    ),
    Command(
        id="assign",
        keys=("a",),
        label="assign",
        help="Give it to a colleague",
        where=READING,
        group=WORK,
        footer=10,
        takes=Takes(words="a colleague", among="colleagues"),
    ),
    Command(id="mine", keys=("A",), label="to me", help="Assign it to me", where=READING, group=WORK),
    Command(
        id="claim",
        keys=("c",),
        label="claim",
        help="Hold it for a while, so that others see",
        where=READING,
        group=WORK,
    ),
    Command(
        id="release", keys=("u",), label="put back", help="Put it back for whoever is next", where=READING, group=WORK
    ),
    Command(id="wait", keys=("w",), label="waiting", help="Wait for the patron", where=READING, group=WORK, footer=8),
    Command(
        id="snooze",
        keys=("s",),
        label="snooze",
        help="Out of sight until a time",
        where=READING,
        group=WORK,
        footer=6,
        loud=14,
        takes=Takes(words="tomorrow 9", among="times"),
    ),
    Command(
        id="solve",
        keys=("x",),
        label="solve",
        help="It is done",
        where=READING,
        group=WORK,
        also="finish close resolve",
        footer=5,
        loud=12,
    ),
    Command(
        id="reopen",
        keys=("X",),
        label="reopen",
        help="Take up again what is solved or over",
        where=BROWSING,
        group=WORK,
    ),
    Command(
        id="spam",
        keys=("exclamation_mark",),
        label="spam",
        help="Into spam, or out of it",
        where=READING,
        group=WORK,
        also="delete junk remove",
    ),
    Command(
        id="tags",
        keys=("l",),
        label="tags",
        help="Give it tags, or take them away",
        where=READING,
        group=WORK,
        takes=Takes(words="printer refund"),
    ),
    *TIE_COMMANDS,
    Command(
        id="select", keys=("space",), label="select", help="Select it, or no longer, and go on", where=LIST, group=WORK
    ),
    Command(
        id="range", keys=("V",), label="select to here", help="Select all from there to here", where=LIST, group=WORK
    ),
    Command(
        id="none",
        keys=("escape",),
        label="select none",
        help="Select none; or stop what is done to many",
        where=LIST,
        group=WORK,
    ),
    Command(
        id="undo",
        keys=("z",),
        label="undo",
        help="Take back what I did last (save what was sent, and notes)",
        where=BROWSING,
        group=WORK,
        also="revert mistake",
    ),
    Command(id="redo", keys=("Z",), label="redo", help="Do again what I took back", where=BROWSING, group=WORK),
    Command(
        id="log",
        keys=("p",),
        label="log contact",
        help="Log a contact by phone or at the desk",
        where=READING,
        group=WORK,
        also="telephone call walk-in",
        footer=11,
        takes=Takes(words="desk lost card", values=("desk", "phone")),
    ),
    *CHAT_COMMANDS,
    *SORTING_COMMANDS,
    *FIGURE_COMMANDS,
    *NOISE_COMMANDS,
    *VIEW_COMMANDS,
    Command(
        id="history",
        keys=("h",),
        label="history",
        help="Show what happened to the ticket, and why",
        where=TICKET,
        group=LOOK,
        footer=9,
    ),
    Command(
        id="quotes", keys=("Q",), label="quoted text", help="Unfold or fold what mails quote", where=TICKET, group=LOOK
    ),
    Command(
        id="save",
        keys=("S",),
        label="save files",
        help="Save the files that came with it",
        where=READING,
        group=LOOK,
        takes=Takes(words="a folder"),
    ),
    Command(
        id="open_file",
        keys=("O",),
        label="open a file",
        help="Open a file that came with it (text is shown here)",
        where=READING,
        group=LOOK,
        takes=Takes(words="2"),
    ),
    *WRITING_COMMANDS,
    *SITTING_COMMANDS,
)


def command(commands: tuple[Command, ...], name: str) -> Command:
    """The command of that id; KeyError if there is none."""
    for each in commands:
        if each.id == name:
            return each
    raise KeyError(name)


def here(commands: tuple[Command, ...], where: Where) -> tuple[Command, ...]:
    """The commands that work in a place, in the table's order."""
    return tuple(each for each in commands if where in each.where)
