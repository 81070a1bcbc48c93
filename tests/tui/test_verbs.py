"""What staff do at the desk, key by key, on the real local desk."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import cast

import pytest
from textual import events

from helpdesk.clock import HOUR, plus
from helpdesk.errors import TryLater
from helpdesk.message import TicketId
from helpdesk.ports import Desk
from helpdesk.thread import EntryKind
from helpdesk.ticket import State, Ticket
from helpdesk.worklist import View
from tests.tui.house import ANA, BEN, House, Unhearing
from tests.tui.seat import Seat, seat
from tui.screens.ticket import TicketScreen


async def ticket(library: House, of: TicketId) -> Ticket:
    """A ticket as the store has it."""
    return (await library.desk.thread(ANA, of)).ticket


async def test_take_next_opens_the_ticket_that_most_needs_an_answer(library: House) -> None:
    """t claims the noise text (15 minutes), not the older mail (3 days), and shows it."""
    await library.mails("Renewal", "Can I renew?")
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("t")
        await desk.sees("loud on level 3", "held for you, 10 min more", "due in 15 min")
    assert (await ticket(library, noise)).owner == ANA


async def test_take_next_says_so_when_nobody_waits(library: House) -> None:
    """t on an empty queue is a calm toast."""
    async with seat(library) as desk:
        await desk.press("t")
        await desk.told("Nobody is waiting")


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
        await desk.told("was changed by ben")
        await desk.sees("On our way.", "Ben Adeyemi has this ticket.")
        await desk.press("ctrl+s")
        await desk.told("your answer is in the outbox")


class Deaf:
    """A desk that can't take a reply now; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk
        self.keys: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    async def reply(self, *args: object, key: str = "", **kwargs: object) -> Ticket:
        """Not now."""
        self.keys.append(key)
        raise TryLater("The store is full. Free some space, then send again.")


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


@pytest.mark.parametrize(
    ("keys", "state", "words"),
    [
        (("x", "j", "enter"), State.SOLVED, "is solved"),
        (("w", "j", "enter"), State.WAITING, "waits for the patron"),
        (("exclamation_mark", "j", "enter"), State.SPAM, "is in 9 Done"),
        (("s", "enter"), State.SNOOZED, "comes back 13:00"),
        (("A",), State.OPEN, "is with you now"),
        (("c",), State.OPEN, "is yours for now"),
    ],
)
async def test_verbs_on_the_selected_row(library: House, keys: tuple[str, ...], state: State, words: str) -> None:
    """One key on the worklist changes the ticket and says so."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press(*keys)
        await desk.told(words)
    assert (await ticket(library, noise)).state is state


async def test_snooze_is_by_the_librarys_own_clock(library: House) -> None:
    """The first choice is an hour on."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("s")
        await desk.sees("in 1 hour", "tomorrow 9:00", "next Monday 9:00")
        await desk.press("enter")
        await desk.told("comes back")
    assert (await ticket(library, noise)).snoozed_until == plus(library.clock.now(), HOUR)


async def test_assign_picks_from_the_members(library: House) -> None:
    """a, down to Ben, enter."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("a")
        await desk.sees("Ana Pereira", "Ben Adeyemi")
        await desk.press("j", "enter")
        await desk.told("is with Ben Adeyemi now")
    assert (await ticket(library, noise)).owner == BEN


async def test_reopen_and_put_back(library: House) -> None:
    """X takes a solved ticket up again; u frees it for whoever is next."""
    noise = await library.texts("loud on level 3")
    await library.desk.solve(BEN, noise, (await ticket(library, noise)).version)
    async with seat(library) as desk:
        await desk.press("9")
        await desk.sees("solved")
        await desk.press("X")
        await desk.told("is open again")
        await desk.press("3")
        await desk.sees("Ben")
        await desk.press("u")
        await desk.told("is free for whoever is next")
    assert (await ticket(library, noise)).owner is None


async def test_what_can_not_be_done_says_why(library: House) -> None:
    """X on an open ticket, and any verb on nothing."""
    async with seat(library) as desk:
        await desk.press("x")
        await desk.told("No ticket is selected")
        await library.texts("loud on level 3")
        await desk.sees("loud on level 3")
        await desk.press("X")
        await desk.told("is not solved or closed")


async def test_n_goes_to_the_next_unanswered_ticket_in_both_screens(library: House) -> None:
    """From the list it moves; from an open ticket it opens."""
    first = await library.texts("loud on level 3")
    library.clock.passes(seconds=1)
    await library.texts("loud on level 4", who="+447700900102")
    library.clock.passes(seconds=1)
    await library.texts("loud on level 5", who="+447700900103")
    await library.desk.reply(ANA, first, (await ticket(library, first)).version, "Coming.", key="k")
    async with seat(library) as desk:
        await desk.press("3", "g")
        await desk.until(lambda: desk.worklist.target)
        await desk.press("n")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.name == "+447700900103")
        await desk.press("N")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.name == "+447700900102")
        await desk.press("enter")
        await desk.sees("loud on level 4")
        await desk.press("n")
        await desk.sees("loud on level 5")
        await desk.press("n")
        await desk.told("There is no unanswered ticket after this one.")


async def test_search_opens_what_it_finds(library: House) -> None:
    """/ finds while one types; enter opens."""
    await library.mails("Renewal", "Can I renew the atlas of mosses?")
    async with seat(library) as desk:
        await desk.press("slash", *"mosse")
        await desk.sees("1 message found", "atlas of mosses")
        await desk.press("enter")
        await desk.sees("Renewal", "mail to Help")


async def test_the_palette_does_what_it_names(library: House) -> None:
    """: and a word of the help."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("colon", *"done")
        await desk.sees("It is done")
        await desk.press("enter")
        await desk.sees("Solve it all the same?")
        await desk.press("j", "enter")
        await desk.told("is solved")
    assert (await ticket(library, noise)).state is State.SOLVED


async def test_views_have_the_number_keys(library: House) -> None:
    """1 to 9 and 0, in the order of the tabs."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        for key, view in enumerate(View, start=1):
            await desk.press(str(key % 10))
            assert desk.worklist.view is view
        await desk.press("1")
        await desk.sees("You have no tickets.")


def at_once(desk: Seat, *keys: str) -> None:
    """Keys as fast as a terminal can send them: nothing is taken in between."""
    for key in keys:
        desk.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_fast_keys_hit_what_the_first_one_opened(library: House) -> None:
    """s and enter in one go snooze; enter does not open the ticket."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        at_once(desk, "s", "enter")
        await desk.told("comes back 13:00")
    assert (await ticket(library, noise)).state is State.SNOOZED


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


async def test_x_x_solves_two_tickets_at_a_walking_pace_and_never_one_by_accident(library: House) -> None:
    """Two presses before the first is done mean the same ticket; a press after it means the next."""
    for level in (3, 4, 5):
        noise = await library.texts(f"loud on level {level}", who=f"+4477009001{level:02}")
        await library.desk.reply(ANA, noise, (await ticket(library, noise)).version, "Coming.", key=str(level))
        library.clock.passes(seconds=1)
    async with seat(library) as desk:
        await desk.press("1")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 1)
        at_once(desk, "x", "x")
        await desk.told("Ticket 1 is solved")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 2)
        assert not any("left this view" in toast for toast in desk.toasts)
        await desk.press("x")
        await desk.told("Ticket 2 is solved")
        await desk.until(lambda: desk.worklist.target and desk.worklist.target.number == 3)
    assert (await library.desk.counts(ANA))[View.MINE] == 1
