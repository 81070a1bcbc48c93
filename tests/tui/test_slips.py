"""Slips of a hurried hand: keys typed ahead, a key too many, a verb on the wrong moment."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual import events

from helpdesk.errors import TryLater
from helpdesk.message import ConversationId, StaffId, TicketId
from helpdesk.store.verbs import chats, rulebook
from helpdesk.thread import EntryKind, Thread
from helpdesk.ticket import State
from tests.tui.doing import at_once, ticket
from tests.tui.house import ANA, House
from tests.tui.seat import Seat, seat
from tui.screens.refusal import Refusal
from tui.screens.ticket import TicketScreen


async def two_texts(library: House) -> tuple[TicketId, TicketId]:
    """Two patrons wait."""
    first = await library.texts("loud on level 3")
    library.clock.passes(seconds=1)
    return first, await library.texts("loud on level 4", who="+447700900102")


# Spam


async def test_spam_is_asked_about_and_no_comes_first(library: House) -> None:
    """! and enter change nothing; the next ticket is never hit by a second !."""
    first, second = await two_texts(library)
    async with seat(library) as desk:
        await desk.press("exclamation_mark")
        await desk.sees("Put ticket 1, +447700900101, into spam?", "No")
        await desk.press("exclamation_mark", "enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        assert (await ticket(library, first)).state is State.NEW
        await desk.press("exclamation_mark", "j", "enter")
        await desk.told("Ticket 1 is in 9 Done as spam. z takes it back.")
    assert (await ticket(library, first)).state is State.SPAM
    assert (await ticket(library, second)).state is State.NEW


async def test_out_of_spam_needs_no_question(library: House) -> None:
    """9, !, done."""
    noise = await library.texts("loud on level 3")
    await library.desk.spam(ANA, noise, (await ticket(library, noise)).version)
    async with seat(library) as desk:
        await desk.press("9")
        await desk.sees("loud on level 3")
        await desk.press("exclamation_mark")
        await desk.told("Ticket 1 is out of spam.")
    assert (await ticket(library, noise)).state is State.OPEN


# Nobody has answered


@pytest.mark.parametrize(
    ("key", "question", "state"), [("x", "Solve it", State.SOLVED), ("w", "Wait for the patron", State.WAITING)]
)
async def test_a_patron_who_waits_is_not_put_away_by_one_key(
    library: House, key: str, question: str, state: State
) -> None:
    """It asks, says what becomes of the clock, and No is the default."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press(key)
        await desk.sees("Nobody has answered this yet.", question, "count as missed")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        assert (await ticket(library, noise)).state is State.NEW
        await desk.press(key, "j", "enter")
        await desk.told("Ticket 1")
    assert (await ticket(library, noise)).state is state


async def test_what_was_answered_is_solved_without_a_question(library: House) -> None:
    """x, and it is done."""
    noise = await library.texts("loud on level 3")
    await library.desk.reply(ANA, noise, (await ticket(library, noise)).version, "Coming.", key="k")
    async with seat(library) as desk:
        await desk.press("1")
        await desk.sees("loud on level 3")
        await desk.press("x")
        await desk.told("Ticket 1 is solved.")


# Refusals that stay


async def test_a_refused_answer_is_a_card_and_what_follows_is_no_command(library: House) -> None:
    """The visitor left: r, and then a whole sentence with x, ! and s in it."""
    chat = await library.chats("Hello?")
    await leaves(library)
    async with seat(library) as desk:
        await desk.until(lambda: desk.worklist.target)
        at_once(desk, "r", *"xsaexc", "exclamation_mark", "A")
        await desk.sees("The visitor has left this chat.", "enter or esc: go on")
        assert isinstance(desk.app.screen, Refusal)
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)
    left = await ticket(library, chat)
    assert left.state is State.NEW
    assert left.owner is None


async def leaves(library: House) -> None:
    """The visitor closes the chat."""
    published = await library.store.read(rulebook.published)
    await library.store.write(chats.finish, ConversationId("visitor-1"), library.clock.now(), published)


class Silence:
    """What an owner who is away says to every call, and on every side that a desk leads to."""

    async def __call__(self, *args: object, **kwargs: object) -> object:
        """Nothing."""
        raise TryLater("The desk's owner does not answer.")

    def __getattr__(self, name: str) -> Silence:
        return self


class Wall:
    """A desk whose owner does not answer once ``up`` is false; with ``slow``, tickets are read only when it is set."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk
        self.up = True
        self.slow: asyncio.Event | None = None

    def __getattr__(self, name: str) -> object:
        found = getattr(self._desk, name)
        if not self.up and name not in {"hello", "changes", "members", "set_presence"}:
            return self._away
        return found

    @property
    def _away(self) -> Silence:
        return Silence()

    async def thread(self, actor: StaffId, of: TicketId) -> Thread:
        """A ticket, in its own time."""
        if self.slow is not None:
            await self.slow.wait()
        if not self.up:
            await self._away()
        return await self._desk.thread(actor, of)


async def test_without_a_connection_there_is_one_card_and_the_words_are_kept(library: House) -> None:
    """r and a text while the owner is away: nothing is done to any ticket, and nothing typed ahead is a command."""
    noise = await library.texts("loud on level 3")
    wall = Wall(library)
    async with seat(library, desk=wall) as desk:  # type: ignore[arg-type]
        await desk.until(lambda: desk.worklist.target)
        wall.slow = asyncio.Event()
        at_once(desk, "r", *"xx")
        await desk.until(lambda: composed(desk) == "xx")
        wall.up = False
        wall.slow.set()
        await desk.sees("The desk's owner does not answer.")
        at_once(desk, *"xaswA")
        await desk.press("enter")
        await desk.sees("What you type goes nowhere. esc: go on")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        assert sum(isinstance(screen, Refusal) for screen in desk.app.screen_stack) == 0
        assert len(desk.toasts) <= 1
        wall.up = True
        sitting = desk.app.sitting
        assert sitting is not None
        assert [draft.text for draft in sitting.drafts.of(ANA, noise)] == ["xx"]
    assert (await ticket(library, noise)).state is State.NEW


async def test_keys_wait_until_the_ticket_is_read(library: House) -> None:
    """Enter, r and a sentence with no time between: every letter is in the reply, none was a command."""
    noise = await library.texts("loud on level 3")
    wall = Wall(library)
    async with seat(library, desk=wall) as desk:  # type: ignore[arg-type]
        await desk.until(lambda: desk.worklist.target)
        wall.slow = asyncio.Event()
        at_once(desk, "enter", "r", *"xsaxe")
        await desk.until(lambda: isinstance(desk.app.screen, TicketScreen))
        wall.slow.set()
        await desk.until(lambda: isinstance(desk.app.screen, TicketScreen) and desk.ticket.composer.text == "xsaxe")
    assert (await ticket(library, noise)).state in {State.NEW, State.OPEN}


async def test_what_is_typed_while_the_editor_starts_is_not_sent(
    library: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """e, words and ctrl+s in one go: the editor's text waits to be looked over."""
    noise = await library.texts("loud on level 3")
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "On our way.\\n" > "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with seat(library) as desk:
        monkeypatch.setattr(desk.app, "suspend", nullcontext)
        await desk.until(lambda: desk.worklist.target)
        at_once(desk, "e", *"hello", "ctrl+s")
        await desk.until(lambda: composed(desk) == "On our way.")
    assert [each.kind for each in (await library.desk.thread(ANA, noise)).entries] == [EntryKind.IN]


def composed(desk: Seat) -> str:
    """What stands in the composer, "" where no ticket is open."""
    return desk.ticket.composer.text if isinstance(desk.app.screen, TicketScreen) else ""


# Where one is, and what was kept


async def test_a_draft_is_seen_in_the_row_and_the_head(library: House) -> None:
    """Until it is sent."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("We are ab")
        await desk.press("escape")
        await desk.sees("· draft")
        await desk.press("escape")
        await desk.sees("·draft", "FROM")


async def test_leaving_a_found_ticket_leads_back_to_the_hits(library: House) -> None:
    """esc, and the same words and hits are there."""
    await library.mails("Renewal", "Can I renew the atlas of mosses?")
    async with seat(library) as desk:
        await desk.press("f3", *"mosses")
        await desk.sees("1 message found")
        await desk.press("enter")
        await desk.sees("mail to Help")
        await desk.press("escape")
        await desk.sees("1 message found", "mosses")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)


async def test_the_palette_knows_the_footers_words_and_says_when_it_finds_nothing(library: House) -> None:
    """ "snooze" finds "Out of sight until a time"; the footer shows the palette's own keys."""
    async with seat(library) as desk:
        await desk.press("colon", *"snooze")
        await desk.sees("Out of sight until a time", "enter take it")
        assert "t take next" not in desk.screen
        await desk.press(*"xyz")
        await desk.sees("Nothing found.")


async def test_after_a_taken_ticket_the_bar_stands_where_that_one_was(library: House) -> None:
    """t on the last row takes the first; after it was answered and left, the bar is at the top."""
    for level in (3, 4, 5):
        await library.texts(f"loud on level {level}", who=f"+4477009001{level:02}")
        library.clock.passes(seconds=1)
    async with seat(library) as desk:
        await desk.press("G")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 3)
        await desk.press("t")
        await desk.sees("held for you")
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("Coming.")
        await desk.press("ctrl+s")
        await desk.told("Ticket 1: your answer is in the outbox.")
        await desk.press("escape")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 2)


async def test_a_note_has_no_consequence_in_its_footer(library: House) -> None:
    """ctrl+t is not offered."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("i")
        await desk.sees("Note, for colleagues only", "ctrl+s send")
        assert "ctrl+t" not in desk.screen


async def test_keys_that_come_while_the_desk_closes_are_for_nobody(library: House) -> None:
    """A hand that goes on typing after q does not make the desk call itself broken."""
    async with seat(library) as desk:
        app = desk.app
    await app.on_event(events.Key("j", "j"))
    assert app.return_code is None
