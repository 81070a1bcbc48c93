"""Cases at a busy noon: looking, the figures, who sits here, the desk itself."""

from __future__ import annotations

import os
from pathlib import Path

from helpdesk.events import Kind, Seq
from helpdesk.message import Channel
from helpdesk.sight import Told
from tests.line.cases import case
from tests.line.listener import Listener
from tests.line.noon_cases import FINE, HOT, LOAN, RENEWAL, sent_on
from tests.tui.house import ANA, BEN
from tui.tour import Guide
from tui.viewing import Viewing


@case("standing")
async def how_promises_are_kept(here: Listener) -> None:
    """Every promise is named."""
    await here.does("standing")
    for promise in (await here.library.desk.standing(ANA)).promises:
        assert f"Promise: {promise.standard}" in here.text


@case("view")
async def another_view(here: Listener) -> None:
    """By its name, by its key, from the menu."""
    number = (await here.ticket(LOAN)).number
    await here.does("view mail")
    assert f"Ticket {number}." in here.text
    assert here.heard[0] == "Mail: 3 tickets."
    await here.does("1")
    assert here.heard[0] == "Mine: 2 tickets."
    await here.does("view", "New")
    assert here.heard[-8] == "New: 7 tickets."


@case("search")
async def found(here: Listener) -> None:
    """Words in all messages, also by the key."""
    await here.does("f3 hot food")
    assert here.heard[0] == "1 message found, newest first."
    assert f"Ticket {(await here.ticket(HOT)).number}." in here.text


@case("history")
async def what_happened(here: Listener) -> None:
    """Each fact is a line."""
    await here.does(f"history {(await here.ticket(RENEWAL)).number}")
    assert "Ben Adeyemi gave it to Ana Pereira." in here.text
    assert any(line.startswith("Clock: ") and "began 12:03" in line for line in here.heard)


@case("quotes")
async def what_mails_quote(here: Listener) -> None:
    """Folded until it is asked for."""
    text = "Splendid.\n> Can I?\n> Yes."
    await here.library.mails("Re: chairs", text, who="li@example.org", quote_from=text.index(">"))
    number = (await here.ticket("Splendid")).number
    await here.does(f"open {number}")
    assert "Quoted: 2 lines." in here.text
    await here.does("quotes")
    assert "  > Can I?" in here.text


@case("save")
async def files_saved(here: Listener) -> None:
    """Into a folder that is there."""
    folder = Path(here.talk.sitting.folder or ".")
    await here.does(f"save {(await here.ticket(RENEWAL)).number} {folder}")
    assert (folder / "list of books.pdf").stat().st_size == 34_000


@case("open_file")
async def file_opened(here: Listener) -> None:
    """In the member's own viewer, as a private file."""
    folder = Path(here.talk.sitting.folder or ".")
    viewer = folder / "viewer"
    viewer.write_text(f'#!/bin/sh\ncp "$1" "{folder}/seen"\n', encoding="utf-8")
    viewer.chmod(0o700)
    here.talk.sitting.viewing = viewing = Viewing(str(viewer), environ={**os.environ, "DISPLAY": ":0"})
    await here.does(f"open_file {(await here.ticket(RENEWAL)).number}")
    viewing.remove()
    assert here.text == "Opening list of books.pdf with viewer."
    assert (folder / "seen").stat().st_size == 34_000


@case("presence")
async def here_or_away(here: Listener) -> None:
    """As colleagues see it."""
    await here.does("presence away")
    assert {each.available for each in await here.library.desk.presence() if each.staff == ANA} == {False}
    await here.does("P")
    assert {each.available for each in await here.library.desk.presence() if each.staff == ANA} == {True}


@case("channels")
async def own_channels(here: Listener) -> None:
    """A channel is left."""
    await here.does("channels chat")
    taken = {each.channel for each in await here.library.desk.presence() if each.staff == ANA and each.available}
    assert taken == {Channel.SMS, Channel.MAIL}


@case("switch")
async def somebody_else(here: Listener) -> None:
    """Ben sits down; what he does is his."""
    await here.does("switch ben")
    await here.does(f"claim {(await here.ticket(HOT)).number}")
    assert (await here.ticket(HOT)).owner == BEN


@case("pin")
async def own_pin(here: Listener) -> None:
    """Typed, not said, and asked for from then on."""
    await here.does("pin", "2468", "2468")
    assert len(here.person.secret) == 2
    members = {each.id: each for each in await here.library.desk.members()}
    assert members[ANA].has_pin
    assert await here.says("pin 2468") == 2


@case("lock")
async def locked(here: Listener) -> None:
    """Nobody goes on without the PIN."""
    await here.library.desk.set_pin(ANA, old="", new="2468")
    here.talk.sitting.know(await here.library.desk.members())
    await here.does("lock", "1111", "2468")
    assert here.wrong
    assert here.heard[-1] == "You are Ana Pereira."


@case("close", "open_again")
async def closed_by_hand(here: Listener) -> None:
    """In one line, taken back, and opened before its time."""
    await here.does("close chat until 14:00 fire alarm")
    [closing] = await here.library.desk.closings.current(ANA)
    assert (closing.what, closing.reason) == ("chat", "fire alarm")
    await here.does("undo")
    assert await here.library.desk.closings.current(ANA) == ()
    await here.does("redo")
    await here.does("open_again chat")
    assert await here.library.desk.closings.current(ANA) == ()
    assert await here.says("open_again") == 1


@case("next_chat")
async def my_chats(here: Listener) -> None:
    """Read out, and the next with something new is opened: first the visitor at the printer, then Omar."""
    mine = await here.library.chats("Is anybody there?", who="visitor-9", name="Omar")
    await here.library.desk.claim(ANA, mine)
    await here.does("next_chat")
    assert "Omar, 1 new." in here.text
    await here.does("next_chat")
    assert here.talk.here.thread is not None
    assert here.talk.here.thread.ticket.id == mine


@case("on_duty", "at_once")
async def who_is_on(here: Listener) -> None:
    """And how many chats at once."""
    await here.does("presence available")
    await here.does("at_once 4")
    await here.does("on_duty")
    assert "Ana Pereira takes chat and text and mail: 1 of 4 chats." in here.text


@case("troubles")
async def what_is_wrong(here: Listener) -> None:
    """Nothing, here."""
    await here.does("troubles")
    assert here.text.startswith("Nothing is wrong.")


@case("editor", "outside")
async def in_the_editor(here: Listener) -> None:
    """$EDITOR writes, it is looked over, it goes."""
    number = (await here.ticket(HOT)).number
    await here.does(f"editor {number}", "1")
    assert await sent_on(here, HOT) == ["On our way."]
    number = (await here.ticket(FINE)).number
    await here.does(f"keep {number} Dear Jo")
    await here.does(f"outside {number}", "1")
    assert await sent_on(here, FINE) == ["On our way."]


@case("unsent")
async def not_sent_yet(here: Listener) -> None:
    """What could not be sent is gone on with."""
    desk = here.talk.sitting.desk
    number = (await here.ticket(HOT)).number
    here.talk.sitting.desk = _Silent(desk)  # type: ignore[assignment]
    assert await here.says(f"reply {number} --yes On our way.") == 4
    here.talk.sitting.desk = desk
    await here.does("D", "1")
    assert await sent_on(here, HOT) == ["On our way."]
    await here.does("unsent")
    assert here.text == "All that you wrote to be sent is sent."


class _Silent:
    """A desk that does not answer when something is sent."""

    def __init__(self, desk: object) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> object:
        if name == "reply":
            raise OSError("gone")
        return getattr(self._desk, name)


@case("keys", "palette")
async def what_can_be_said(here: Listener) -> None:
    """All verbs, one of them, and by what it does."""
    await here.does("?")
    assert "solve [ticket]: It is done. Key: x." in here.text
    await here.does("keys solve")
    assert here.text == "solve [ticket]: It is done. Key: x."
    number = (await here.ticket(HOT)).number
    await here.does("down")
    await here.does("palette hold it", "1")
    assert "is yours for now" in here.text or number


@case("colours")
async def no_colours(here: Listener) -> None:
    """The reason is said."""
    await here.does("colours")
    assert here.text == "Line mode has no colours: there is nothing to change."


@case("redraw")
async def nothing_is_drawn(here: Listener) -> None:
    """The reason is said."""
    await here.does("redraw")
    assert here.text == "Line mode draws no screen: what was said stands above."


@case("quiet")
async def nothing_rings(here: Listener) -> None:
    """The reason is said."""
    await here.does("quiet")
    assert here.text == "Line mode rings no bell and sends no notice: news stand before the next prompt."


@case("tour")
async def touring(here: Listener) -> None:
    """It says how to begin; on the tour it goes on to the next step."""
    await here.does("tour")
    assert here.text == (
        "`helpdesk tour` in a shell shows you round in two minutes, with simulated patrons. With --line it is spoken."
    )
    here.talk.sitting.guide = guide = Guide(spoken=True)
    await here.does("list")
    assert guide.words(str).startswith("Tour 2 of 11: Say open:")
    await here.does("tour")
    assert guide.words(str).startswith("Tour 3 of 11: Say take:")


@case("quit")
async def leaving(here: Listener) -> None:
    """Asks where the channels would stop; No is what enter says."""
    here.talk.owner = True
    assert await here.says("q", "") == 1
    assert not here.talk.leaving
    await here.does("q", "2")
    assert here.talk.leaving


@case("seen")
async def looked_at(here: Listener) -> None:
    """What others changed is said of its row until it is opened, or marked as seen: one, or all."""
    await here.does("seen")
    assert here.text == "Nothing is marked as changed."
    one, two = await here.ticket(LOAN), await here.ticket(FINE)
    for ticket in (one, two):
        await here.library.desk.note(BEN, ticket.id, "Seen at the counter.")
        here.talk.hear(Told(seq=Seq(1), kind=Kind.NOTED, ticket=ticket.id, actor=BEN))
    await here.does("list open")
    assert here.text.count("Changed since you looked.") == 2
    await here.does(f"seen {one.number}")
    assert here.text == "1 ticket marked as seen."
    await here.does("seen")
    await here.does("undo")
    await here.does("list open")
    assert here.text.count("Changed since you looked.") == 1
    await here.does(f"open {two.number}")
    await here.does("list open --json")
    assert [each["changed"] for each in here.told if each["type"] == "row"] == [False] * 8
