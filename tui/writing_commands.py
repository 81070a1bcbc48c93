"""What can be done while somebody writes: these commands' part of the table."""

from __future__ import annotations

from tui.command import BROWSING, COMPOSER, READING, WRITE, Command, Takes

WRITING_COMMANDS: tuple[Command, ...] = (
    Command(
        id="send",
        keys=("ctrl+s", "f9", "ctrl+enter"),
        label="send",
        help="Send it",
        where=COMPOSER,
        group=WRITE,
        footer=2,
        shown="ctrl+s  F9",
    ),
    Command(
        id="keep",
        keys=("escape",),
        label="keep draft",
        help="Leave the draft for later; nothing is lost",
        where=COMPOSER,
        group=WRITE,
        footer=3,
    ),
    Command(
        id="then",
        keys=("ctrl+t",),
        label="open/waiting/solved",
        help="Then: stays open, waits, or is solved",
        where=COMPOSER,
        group=WRITE,
        footer=4,
    ),
    Command(
        id="outside", keys=("ctrl+o",), label="$EDITOR", help="Go on in $EDITOR", where=COMPOSER, group=WRITE, footer=5
    ),
    Command(
        id="lookalikes",
        keys=("f4", "alt+g"),
        label="plain",
        help="Plain signs for those that make a text dear (’ as ')",
        where=COMPOSER,
        group=WRITE,
        footer=6,
    ),
    Command(
        id="macro",
        keys=("m",),
        label="macro",
        help="Answer with a macro: filled in, then looked over",
        where=READING,
        group=WRITE,
        takes=Takes(words="opening times"),
    ),
    Command(
        id="insert",
        keys=("f3", "alt+m"),
        label="macro",
        help="Put a macro in where the cursor stands",
        where=COMPOSER,
        group=WRITE,
        footer=7,
    ),
    Command(
        id="quote",
        keys=("f6", "alt+q"),
        label="quote",
        help="Quote the patron's last words; or type > on a new line",
        where=COMPOSER,
        group=WRITE,
        footer=8,
    ),
    Command(
        id="macros",
        keys=(),
        label="macros",
        help="Write and change macros",
        where=READING,
        group=WRITE,
        shown=":macros",
    ),
    Command(
        id="unsent",
        keys=("D",),
        label="not sent yet",
        help="Go on with what could not be sent while the line was gone",
        where=BROWSING,
        group=WRITE,
    ),
    Command(
        id="thread_up",
        keys=("ctrl+up",),
        label="thread up",
        help="Scroll the thread up while you write",
        where=COMPOSER,
        group=WRITE,
    ),
    Command(
        id="thread_down",
        keys=("ctrl+down",),
        label="thread down",
        help="Scroll the thread down while you write",
        where=COMPOSER,
        group=WRITE,
    ),
)
