"""Replies and notes, key by key, on the real local desk: written, kept, sent, refused."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import cast

import pytest
from textual.events import Paste

from helpdesk.ports import Desk
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.tui.doing import Deaf, at_once, ticket
from tests.tui.house import ANA, BEN, House, Unhearing
from tests.tui.seat import seat
from tui.screens.ticket import TicketScreen


@pytest.mark.parametrize("key", ["ctrl+s", "f9", "ctrl+enter"])
async def test_a_reply_goes_out_once(library: House, key: str) -> None:
    """r, the words, and any of the sending keys: the thread shows the reply, the draft is gone."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to +447700900101 by text", "1 text, 0 of 160")
        await desk.writes("On our way.")
        await desk.sees("1 text, 11 of 160")
        await desk.press(key, key)
        await desk.told("your answer is in the outbox")
        await desk.sees("waiting to be sent")
        assert desk.app.sitting is not None
        assert desk.app.sitting.drafts.count == 0
    replies = [entry for entry in (await library.desk.thread(ANA, noise)).entries if entry.kind is EntryKind.OUT]
    assert [entry.text for entry in replies] == ["On our way."]


async def test_a_reply_can_solve_the_ticket_and_leads_back(library: House) -> None:
    """ctrl+t twice chooses solved; after sending, the worklist is back."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("stays open")
        await desk.press("ctrl+t")
        await desk.sees("waits for the patron")
        await desk.press("ctrl+t")
        await desk.sees("is solved")
        await desk.writes("We have been there.")
        await desk.press("ctrl+s")
        await desk.sees("Nobody is waiting for an answer.")
    assert (await ticket(library, noise)).state is State.SOLVED


async def test_escape_keeps_the_draft_and_r_goes_on_with_it(library: House) -> None:
    """What was typed is there again, also after the ticket was left."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("We are ab")
        await desk.press("escape")
        await desk.told("Draft kept")
        await desk.press("escape", "r")
        await desk.sees("We are ab")
        assert desk.ticket.composer.text == "We are ab"


async def test_a_stale_reply_names_the_winner_and_keeps_the_text(library: House) -> None:
    """Ben assigns the ticket before Ana's desk hears of it: her text stays, and the second try goes through."""
    noise = await library.texts("loud on level 3")
    async with seat(library, desk=cast(Desk, Unhearing(library))) as desk:
        await desk.press("r")
        await desk.sees("held for you")
        await desk.writes("On our way.")
        target = desk.ticket.target
        assert target is not None
        await library.desk.assign(BEN, noise, target.version, BEN)
        await desk.press("ctrl+s")
        await desk.sees("has changed while you were writing", "Ben Adeyemi gave it to Ben Adeyemi")
        await desk.press("enter")
        await desk.sees("On our way.", "Ben Adeyemi has this ticket.")
        await desk.press("ctrl+s")
        await desk.told("your answer is in the outbox")


async def test_a_reply_that_can_not_be_taken_now_stays_and_keeps_its_key(library: House) -> None:
    """TryLater says what to do; trying again carries the same key, so it can't go out twice."""
    await library.texts("loud on level 3")
    deaf = Deaf(library)
    async with seat(library, desk=deaf) as desk:  # type: ignore[arg-type]
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our way.")
        await desk.press("ctrl+s")
        await desk.sees("The store is full")
        await desk.press("escape")
        assert desk.ticket.composer.text == "On our way."
        await desk.press("ctrl+s")
        await desk.until(lambda: len(deaf.keys) == 2)
    assert deaf.keys[0] == deaf.keys[1] != ""


async def test_an_empty_reply_is_not_sent(library: House) -> None:
    """ctrl+s on nothing says so."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.press("ctrl+s")
        await desk.told("nothing to send")


async def test_a_note_is_for_colleagues(library: House) -> None:
    """i writes a note: no segments, no consequence, and the ticket stays unanswered."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("i")
        await desk.sees("Note, for colleagues only")
        assert "of 160" not in desk.screen
        await desk.writes("Third time this week.")
        await desk.press("ctrl+t")
        await desk.told("A note changes nothing")
        await desk.press("ctrl+s")
        await desk.sees("you, note for colleagues")
    assert (await ticket(library, noise)).unanswered is not None


async def test_strangers_are_asked_about_before_a_reply_goes(library: House) -> None:
    """Somebody wrote to the ticket without being on it: who gets the reply is ticked first."""
    first = await library.mails("Renewal", "Can I renew?")
    shown = await ticket(library, first)
    await library.desk.reply(ANA, first, shown.version, "Which books?", key="k")
    sent = await library.store.read(lambda sql: sql("SELECT id FROM outbox")[0]["id"])
    again = await library.mails(
        "Re: Renewal", "Mine too!", who="eve@example.org", name="Eve", references=(f"<{sent}@library.example>",)
    )
    assert again == first
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Eve <eve@example.org> wrote here without being on the ticket")
        await desk.writes("Until January.")
        await desk.press("ctrl+s")
        await desk.sees("Who gets this reply?", "Eve <eve@example.org>")
        await desk.press("escape")
        await desk.sees("Until January.")
        await desk.press("ctrl+s")
        await desk.sees("Who gets this reply?")
        await desk.press("space", "enter")
        await desk.told("your answer is in the outbox")
    thread = await library.desk.thread(ANA, first)
    assert "eve@example.org" in {each.value for each in thread.participants}
    assert thread.unverified == ()


async def test_letters_that_follow_r_at_once_are_text_not_commands(library: House) -> None:
    """r and then "xx!" while the ticket is still being read: nothing is solved, every letter is there."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        at_once(desk, "r", "x", "e", "x", "q")
        await desk.until(lambda: isinstance(desk.app.screen, TicketScreen) and desk.ticket.composer.text == "xexq")
        await desk.sees("held for you")
    assert (await ticket(library, noise)).state is State.OPEN


async def test_a_reply_sent_right_after_its_last_letter_is_whole(library: House) -> None:
    """ctrl+s does not overtake what was typed before it."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("held for you")
        at_once(desk, *"coming", "ctrl+s")
        await desk.told("your answer is in the outbox")
    assert (await library.desk.thread(ANA, noise)).entries[-1].text == "coming"


async def test_a_ticket_in_the_editor_comes_back_to_be_looked_over(
    library: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """e: what the editor wrote stands in the composer; nothing is sent yet."""
    noise = await library.texts("loud on level 3")
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "On our way.\\n" >> "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with seat(library) as desk:
        monkeypatch.setattr(desk.app, "suspend", nullcontext)
        await desk.press("e")
        await desk.until(
            lambda: isinstance(desk.app.screen, TicketScreen) and desk.ticket.composer.text == "On our way."
        )
        monkeypatch.setenv("VISUAL", "no-such-editor --wait")
        await desk.press("ctrl+o")
        await desk.told("no-such-editor could not be started")
        assert desk.ticket.composer.text == "On our way."
    assert len((await library.desk.thread(ANA, noise)).entries) == 1


async def test_sending_at_once_is_not_stale_through_ones_own_claim(library: House) -> None:
    """r, the words and ctrl+s in one go: the claim that r makes is not somebody else's change."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        at_once(desk, "r", *"coming", "ctrl+s")
        await desk.told("your answer is in the outbox")
    assert (await library.desk.thread(ANA, noise)).entries[-1].text == "coming"


# What is told meanwhile


@pytest.mark.parametrize("lines", [1, 30])
async def test_a_toast_leaves_the_newest_line_and_the_composer_in_sight(library: House, lines: int) -> None:
    """It stands below the thread where there is room, else over the thread's first lines."""
    await library.mails("Atlas", "\n".join(["Is the atlas in?"] * (lines - 1) + ["Thank you, and see you soon."]))
    async with seat(library, toasts=True) as desk:
        await desk.press("r")
        await desk.sees("held for you", "see you soon.")
        await desk.press("ctrl+s")
        await desk.sees("There is nothing to send yet.", "see you soon.", "Reply to Mina Okafor")
        (toast,) = desk.app.screen.query("Toast")
        assert desk.ticket.view.region.contains_region(toast.region)


async def test_what_is_said_in_a_chat_waits_in_no_outbox(library: House) -> None:
    """It goes at once; the thread shows what becomes of it."""
    await library.chats("Hello?", name="Mina")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("held for you")
        await desk.writes("Hello Mina.")
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.app.screen.query_one("#composer").display is False)
        await desk.rests()
        assert desk.toasts == []


# What is held to write


async def test_going_back_with_nothing_written_frees_the_ticket(library: House) -> None:
    """It was held for the answer alone; what is kept as a draft stays held."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("held for you")
        await desk.press("escape", "escape")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        await desk.rests()
        assert (await ticket(library, noise)).owner is None
        await desk.press("r")
        await desk.sees("held for you")
        await desk.writes("We are ab")
        await desk.press("escape")
        await desk.told("Draft kept")
        await desk.rests()
    assert (await ticket(library, noise)).owner == ANA


async def test_what_was_taken_before_stays_held(library: House) -> None:
    """t holds it, whatever is written after that."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("t")
        await desk.sees("held for you")
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.press("escape")
        await desk.rests()
    assert (await ticket(library, noise)).owner == ANA


async def test_an_editor_that_is_left_with_nothing_written_leads_back(
    library: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The composer goes, and the ticket is free."""
    noise = await library.texts("loud on level 3")
    monkeypatch.setenv("VISUAL", "true")
    async with seat(library) as desk:
        monkeypatch.setattr(desk.app, "suspend", nullcontext)
        await desk.until(lambda: desk.worklist.target)
        await desk.press("e")
        await desk.told("Nothing was written.")
        await desk.rests()
        assert desk.app.screen.query_one("#composer").display is False
    assert (await ticket(library, noise)).owner is None


async def test_where_one_writes_stays_in_sight(library: House) -> None:
    """Of fifty lines that are pasted at once the last, though what they come to takes a line more; on a smaller screen,
    too.
    """
    await library.texts("loud on level 3")
    async with seat(library, size=(80, 24)) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        composer = desk.ticket.composer
        composer.area.post_message(Paste("\n".join(f"line {n}" for n in range(1, 51))))
        await desk.sees("line 50", "texts")
        await desk.until(lambda: composer.area.content_region.contains_point(desk.app.cursor_position))
        await desk.pilot.resize_terminal(60, 15)
        await desk.sees("line 50")
        await desk.until(lambda: composer.area.content_region.contains_point(desk.app.cursor_position))
