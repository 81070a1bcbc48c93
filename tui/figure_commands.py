"""What is said of a ticket for the figures' sake: these commands' part of the table."""

from __future__ import annotations

from tui.command import BROWSING, FIGURES, READING, Command, Takes

FIGURE_COMMANDS: tuple[Command, ...] = (
    Command(
        id="explain",
        keys=("W",),
        label="why late",
        help="Say why it was late, for the manager's report",
        where=READING,
        group=FIGURES,
        takes=Takes(words="two of us were ill"),
    ),
    Command(
        id="promise",
        keys=(),
        label="promise news",
        help="Note that news is promised to the patron by a time",
        where=READING,
        group=FIGURES,
        shown=":promise",
        takes=Takes(words="tomorrow 9", among="times"),
    ),
    Command(
        id="correct",
        keys=(),
        label="correct",
        help="Correct when it was answered; both figures are kept",
        where=READING,
        group=FIGURES,
        shown=":correct",
        takes=Takes(words="10:05 by phone"),
    ),
    Command(
        id="test",
        keys=(),
        label="test",
        help="A probe or a training contact: out of the figures, or back",
        where=READING,
        group=FIGURES,
        shown=":test",
    ),
    Command(
        id="standing",
        keys=("R",),
        label="our promises",
        help="How promises are kept: now, today, week, month, term",
        where=BROWSING,
        group=FIGURES,
        footer=12,
        loud=17,
    ),
    Command(
        id="report",
        keys=(),
        label="report",
        help="The figures of a period, its misses, and a file of it",
        where=BROWSING,
        group=FIGURES,
        shown=":report",
        takes=Takes(words="last month", values=("today", "yesterday", "week", "month", "term", "last month")),
    ),
)
