"""What can be done with a chat besides writing in it: these commands' part of the table."""

from __future__ import annotations

from tui.command import READING, WORK, Command, Takes

CHAT_COMMANDS: tuple[Command, ...] = (
    Command(
        id="hello",
        keys=("H",),
        label="say hello",
        help="Begin a chat with an opener, looked over first",
        where=READING,
        group=WORK,
        takes=Takes(words="Hello"),
    ),
    Command(
        id="moment",
        keys=("K",),
        label="with you soon",
        help="Tell a visitor: with you in a moment (it stays)",
        where=READING,
        group=WORK,
    ),
    Command(
        id="moment_all",
        keys=(),
        label="with you all soon",
        help="Tell all of mine who wait so (asks first)",
        where=READING,
        group=WORK,
        shown=":moment_all",
    ),
    Command(
        id="by_mail",
        keys=(),
        label="on by mail",
        help="Go on by e-mail with a visitor, in the same ticket",
        where=READING,
        group=WORK,
        shown=":by_mail",
        takes=Takes(words="mina@example.org"),
    ),
)
