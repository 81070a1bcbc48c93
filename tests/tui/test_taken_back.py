"""What can be taken back: docs/staff.md says so of every command that changes something, and the desk keeps to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpdesk.events import Kind
from helpdesk.permissions import NEEDS, Permission
from helpdesk.store.verbs.undoing import TAKEN_BACK
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import Seat, seat
from tui.meaning import AT_ONCE, HANDING, TOLD_AT_ONCE
from tui.roles import CALLS

STAFF = Path(__file__).parents[2] / "docs" / "staff.md"

BY = {
    Kind.CLAIMED: "claim take",
    Kind.RELEASED: "release",
    Kind.ASSIGNED: "assign mine",
    Kind.PAUSED: "wait",
    Kind.RESUMED: "snooze",
    Kind.SNOOZED: "snooze",
    Kind.SOLVED: "solve",
    Kind.REOPENED: "reopen",
    Kind.SPAM: "spam",
    Kind.NOT_SPAM: "spam",
    Kind.PUT_BACK: "reopen",
    Kind.TAGGED: "tags",
    Kind.SORTED: "kind site",
    Kind.GRADED: "read",
    Kind.TESTED: "test",
    Kind.MERGED: "merge tie",
    Kind.LINKED: "merge",
    Kind.SPLIT: "split",
    Kind.TURNED_TO_MAIL: "by_mail",
    Kind.ATTENDED: "attended",
    Kind.CORRECTED: "correct",
    Kind.EXPLAINED: "explain",
    Kind.PROMISED: "promise",
    Kind.PLACED: "place",
    Kind.JOINED: "place unite",
    Kind.PARTED: "part",
    Kind.DISPATCHED: "dispatch",
    Kind.CONCLUDED: "outcome",
    Kind.INCIDENT_REOPENED: "reopen",
}
"""The commands that write each fact that can be taken back."""


def said_of_commands() -> dict[str, set[str]]:
    """The four lists of the page, by how they begin."""
    text = STAFF.read_text(encoding="utf-8").split("By the commands' names:")[1].split("\n\n")[1]
    items = re.split(r"^- ", text, flags=re.MULTILINE)[1:]
    heads = [(re.match(r"\*\*(.+?)\*\*", item), item) for item in items]
    return {head[1].replace("`", "").rstrip(":"): _names(item[head.end() :]) for head, item in heads if head}


def _names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def test_the_page_says_of_every_command_that_changes_something_whether_it_can_be_taken_back() -> None:
    """Once each: a new command has its place there before it lands."""
    changes = {command for command, call in CALLS.items() if NEEDS[call] in {Permission.WORK, Permission.LEAD}}
    said = [name for names in said_of_commands().values() for name in names]
    assert sorted(said) == sorted(changes)


def test_every_fact_that_can_be_taken_back_is_of_a_command_that_the_page_names_so() -> None:
    """And every such fact has a command."""
    assert set(BY) == TAKEN_BACK
    named = said_of_commands()["Taken back by z"]
    assert {name for names in BY.values() for name in names.split()} <= named


def test_what_is_sent_or_noted_is_no_such_fact() -> None:
    """The page says that it stays."""
    assert TAKEN_BACK.isdisjoint({Kind.REPLIED, Kind.NOTED, Kind.INCIDENT_NOTED, Kind.UNSENT, Kind.MUTED})


SAID_BEFORE = {
    "note": (("i",), "once kept it stays"),
    "hand": (("colon", *"hand", "enter"), HANDING),
    "hello": (("H",), AT_ONCE),
    "moment": (("colon", *"moment"), "with you in a moment (it stays)"),
    "moment_all": (("colon", *"moment_all", "enter"), TOLD_AT_ONCE),
}
"""What is pressed on a chat up to the point where one more key would do it, and what stands there by then."""


async def _shows(desk: Seat, words: str) -> None:
    """Wait until the screen says it, wherever it breaks the lines."""
    await desk.until(lambda: "".join(words.split()) in "".join(desk.screen.replace("│", "").split()))


def test_all_that_stays_has_a_sentence_that_says_so_before() -> None:
    """Whoever adds such a command says so where it is done, and here."""
    assert set(SAID_BEFORE) == said_of_commands()["Not taken back"]


@pytest.mark.parametrize("command", SAID_BEFORE)
async def test_what_stays_says_so_before_it_is_done(library: House, command: str) -> None:
    """On the screen, and nothing is done yet."""
    await library.desk.macros.save(ANA, "Hello", "Hello, Ana here.", opener=True)
    chat = await library.chats("Hello?")
    keys, words = SAID_BEFORE[command]
    async with seat(library) as desk:
        await desk.press(*keys)
        await _shows(desk, words)
    thread = await library.desk.thread(ANA, chat)
    assert [entry.text for entry in thread.entries] == ["Hello?"]
    assert thread.ticket.owner != BEN


async def test_a_line_in_a_chat_says_that_it_goes_at_once(library: House) -> None:
    """A mail waits, and says nothing of the kind; where the library lets none wait, it says so, too."""
    library.waits()
    await library.chats("Hello?")
    async with seat(library) as desk:
        await desk.press("enter", "r")
        await desk.sees("Reply to Visitor by chat", AT_ONCE)
    await library.mails("Renewal", "Can I renew?")
    async with seat(library) as desk:
        await desk.press("5", "enter", "r")
        await desk.sees("Reply to Mina Okafor by mail")
        assert AT_ONCE not in desk.screen
    library.waits(0, 0)
    async with seat(library) as desk:
        await desk.press("5", "enter", "r")
        await desk.sees("Reply to Mina Okafor by mail", AT_ONCE)


async def test_enter_alone_tells_no_visitor(library: House) -> None:
    """No is where the bar stands."""
    chat = await library.chats("Hello?")
    await library.desk.claim(ANA, chat)
    async with seat(library) as desk:
        await desk.press("colon", *"moment_all", "enter")
        await desk.sees("Tell them")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
    assert len((await library.desk.thread(ANA, chat)).entries) == 1


async def test_a_hand_over_without_a_note_is_taken_back(library: House) -> None:
    """It is an assignment like any other."""
    mail = await library.mails("Renewal", "Can I renew?")
    async with seat(library) as desk:
        await desk.press("colon", *"hand", "enter")
        await desk.sees("Hand ticket 1 over", "Ben")
        await desk.press("enter")
        await desk.told("Ticket 1 is with Ben Adeyemi now.")
        await desk.press("z")
        await desk.told("Taken back: ticket 1 is with Ben Adeyemi now.")
    assert (await library.desk.thread(ANA, mail)).ticket.owner is None
