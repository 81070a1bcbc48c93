"""How work is sorted: these commands' part of the table."""

from __future__ import annotations

from tui.command import FIGURES, READING, WORK, Command, Takes

SORTING_COMMANDS: tuple[Command, ...] = (
    Command(
        id="hand",
        keys=(),
        label="hand over",
        help="Give it to a colleague, with a note, which stays",
        where=READING,
        group=WORK,
        shown=":hand",
        takes=Takes(words="Ben she rings again at 3", among="colleagues"),
    ),
    Command(
        id="kind",
        keys=(),
        label="kind",
        help="Say what it is about: an enquiry, a complaint ...",
        where=READING,
        group=WORK,
        shown=":kind",
        takes=Takes(words="complaint", among="kinds"),
    ),
    Command(
        id="site",
        keys=(),
        label="site",
        help="Say to which site it belongs",
        where=READING,
        group=WORK,
        shown=":site",
        takes=Takes(words="Main", among="sites"),
    ),
    Command(
        id="read",
        keys=(),
        label="READ level",
        help="READ level of the work, and whether one contact was enough",
        where=READING,
        group=FIGURES,
        shown=":read",
        takes=Takes(words="2 yes", values=("1", "2", "3", "4", "5", "6", "yes", "no", "none")),
    ),
)
