"""What concerns the whole desk: these commands' part of the table."""

from __future__ import annotations

from tui.command import BROWSING, SIT, Command, Takes

SITTING_COMMANDS: tuple[Command, ...] = (
    Command(
        id="presence",
        keys=("P",),
        label="available / away",
        help="Be available or away (chat closes when all are)",
        where=BROWSING,
        group=SIT,
        takes=Takes(words="away", values=("available", "away")),
    ),
    Command(id="switch", keys=("U",), label="switch user", help="Somebody else sits down", where=BROWSING, group=SIT),
    Command(
        id="channels",
        keys=(),
        label="my channels",
        help="Choose the channels that I take",
        where=BROWSING,
        group=SIT,
        shown=":channels",
        takes=Takes(words="chat", among="channels"),
    ),
    Command(
        id="pin",
        keys=(),
        label="PIN",
        help="Set or change my PIN",
        where=BROWSING,
        group=SIT,
        shown=":pin",
    ),
    Command(
        id="troubles",
        keys=("E",),
        label="what is not right",
        help="What is not right, whole, and what to do",
        where=BROWSING,
        group=SIT,
    ),
    Command(id="lock", keys=("L",), label="lock", help="Lock the desk", where=BROWSING, group=SIT),
    Command(
        id="palette",
        keys=("colon", "ctrl+p"),
        label="command",
        help="Find a command by its name",
        where=BROWSING,
        group=SIT,
    ),
    Command(
        id="keys", keys=("question_mark", "f1"), label="keys", help="All keys", where=BROWSING, group=SIT, footer=1
    ),
    Command(
        id="colours",
        keys=("f8",),
        label="colours",
        help="Light, dark, high contrast, the terminal's own",
        where=BROWSING,
        group=SIT,
        takes=Takes(words="contrast-dark", values=("dark", "light", "contrast-dark", "contrast-light", "ansi")),
    ),
    Command(
        id="quit",
        keys=("q", "ctrl+q"),
        label="leave",
        help="Leave the desk",
        where=BROWSING,
        group=SIT,
        footer=4,
        loud=15,
    ),
)
