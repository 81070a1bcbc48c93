"""What ties a ticket to others, and to who follows it: these commands' part of the table."""

from __future__ import annotations

from tui.command import LOOK, READING, WORK, Command, Takes

TIE_COMMANDS: tuple[Command, ...] = (
    Command(
        id="tie",
        keys=("f",),
        label="link or merge",
        help="Link it to another ticket, or merge it into one",
        where=READING,
        group=WORK,
    ),
    Command(
        id="merge",
        keys=(),
        label="merge",
        help="Merge it into another: it is closed, that one goes on",
        where=READING,
        group=WORK,
        shown=":merge",
        takes=Takes(words="412"),
    ),
    Command(
        id="link",
        keys=(),
        label="link",
        help="Link it to another ticket: both go on",
        where=READING,
        group=WORK,
        shown=":link",
        takes=Takes(words="412"),
    ),
    Command(
        id="unlink",
        keys=(),
        label="unlink",
        help="Link it to another ticket no longer",
        where=READING,
        group=WORK,
        shown=":unlink",
        takes=Takes(words="412"),
    ),
    Command(
        id="split",
        keys=(),
        label="split",
        help="Make a ticket of its own of some of its messages",
        where=READING,
        group=WORK,
        shown=":split",
        takes=Takes(words="the broken lift"),
    ),
    Command(
        id="follow",
        keys=("y",),
        label="follow",
        help="Follow it: hear what happens on it; again: no longer",
        where=READING,
        group=WORK,
    ),
    Command(
        id="beside",
        keys=("B",),
        label="open beside",
        help="Open a ticket that is named on this one",
        where=READING,
        group=LOOK,
        takes=Takes(words="412"),
    ),
)
