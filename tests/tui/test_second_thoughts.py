"""A reply waits before it goes out: the countdown in sight, and z, which puts it before its writer again."""

from __future__ import annotations

import pytest

from helpdesk.clock import MINUTE, SECOND, Instant, plus
from helpdesk.message import Channel, IncidentId, OutboxId, StaffId, TicketId
from helpdesk.ports.sending import Held
from helpdesk.store.verbs import leasing
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import Seat, seat
from tui.second_thoughts import going_words
from tui.words import left

NOON = Instant(1_780_000_000_000)


@pytest.fixture
def waiting(library: House) -> House:
    """The library; its replies wait ten seconds, those to many thirty."""
    library.waits()
    return library


def held(number: int, seconds: int, actor: StaffId = ANA, texts: int = 1, incident: str = "") -> Held:
    """A reply to a ticket that goes in some seconds."""
    return Held(
        act=OutboxId(f"O{number}"),
        actor=actor,
        ticket=TicketId(f"T{number}"),
        number=number,
        incident=IncidentId(incident) if incident else None,
        goes=plus(NOON, seconds * SECOND),
        texts=texts,
    )


@pytest.mark.parametrize(
    ("millis", "words"),
    [(0, "0 s"), (1, "1 s"), (10 * SECOND, "10 s"), (9 * SECOND + 1, "10 s"), (2 * MINUTE, "2 min")],
)
def test_a_second_that_has_begun_is_one(millis: int, words: str) -> None:
    """The countdown never says nought while there is time."""
    assert left(plus(NOON, millis), NOON) == words


def test_the_first_line_says_what_of_mine_waits() -> None:
    """A colleague's is no business of mine; what has gone isn't either."""
    assert going_words([], ANA, NOON, "z") == ""
    assert going_words([held(3, 5, actor=BEN)], ANA, NOON, "z") == ""
    assert going_words([held(3, 0)], ANA, NOON, "z") == ""
    assert going_words([held(3, 5)], ANA, NOON, "z") == "reply to 3 goes in 5 s · z takes it back"
    assert going_words([held(3, 5), held(4, 9)], ANA, NOON, "z") == (
        "reply to 3 goes in 5 s, 1 other after it · z takes the last back"
    )
    assert going_words([held(3, 5, texts=4, incident="I")], ANA, NOON, "z").startswith("4 texts go in 5 s")


async def _answers(library: House, of: TicketId) -> list[str]:
    thread = await library.desk.thread(ANA, of)
    return [entry.text for entry in thread.entries if entry.kind is EntryKind.OUT]


async def _sends(desk: Seat, text: str, *then: str) -> None:
    await desk.press("r")
    await desk.sees("Reply to")
    await desk.writes(text)
    await desk.press(*then, "ctrl+s")


async def test_the_countdown_is_in_sight_in_the_thread_and_above_it(waiting: House) -> None:
    """In words, second by second."""
    await waiting.texts("loud on level 3")
    async with seat(waiting) as desk:
        await _sends(desk, "On our way.")
        await desk.told("your answer goes in 10 s; z takes it back")
        await desk.sees("· goes in 10 s", "reply to 1 goes in 10 s · z takes it back")
        waiting.clock.passes(seconds=4)
        await desk.sees("· goes in 6 s", "reply to 1 goes in 6 s · z takes it back")
        waiting.clock.passes(seconds=6)
        await desk.sees("waiting to be sent")
        await desk.until(lambda: "takes it back" not in desk.screen)
        await desk.press("z")
        await desk.told("There is nothing to undo.")


async def test_a_clock_that_is_set_forward_leaves_no_countdown_standing(waiting: House) -> None:
    """An hour in one step: its time is up, in the thread as above it."""
    await waiting.texts("loud on level 3")
    async with seat(waiting) as desk:
        await _sends(desk, "On our way.")
        await desk.sees("· goes in 10 s")
        await desk.rests()
        waiting.clock.passes(hours=1)
        await desk.sees("waiting to be sent")
        await desk.until(lambda: "goes in" not in desk.screen)


async def test_z_puts_it_before_its_writer_again(waiting: House) -> None:
    """The entry is gone, the words are in the composer; put right, they go out once."""
    noise = await waiting.texts("loud on level 3")
    async with seat(waiting) as desk:
        await _sends(desk, "On our why.")
        await desk.sees("goes in 10 s")
        await desk.press("z")
        await desk.told("Taken back: your reply to ticket 1.")
        await desk.sees("Reply to +447700900101 by text")
        await desk.until(lambda: desk.ticket.composer.text == "On our why.")
        assert await _answers(waiting, noise) == []
        assert "takes it back" not in desk.screen
        desk.ticket.composer.area.clear()
        await desk.writes("On our way.")
        await desk.press("ctrl+s")
        await desk.sees("goes in 10 s")
    assert await _answers(waiting, noise) == ["On our way."]


async def test_from_the_list_z_leads_back_into_the_ticket(waiting: House) -> None:
    """It was solved with the reply and out of sight: now it is open, with the words and what was chosen."""
    noise = await waiting.texts("loud on level 3")
    async with seat(waiting) as desk:
        await _sends(desk, "We have been there.", "ctrl+t", "ctrl+t")
        await desk.sees("Nobody is waiting for an answer.", "reply to 1 goes in 10 s")
        await desk.press("z")
        await desk.sees("Reply to +447700900101", "is solved", "We have been there.")
        assert (await ticket(waiting, noise)).state is not State.SOLVED


async def test_what_was_begun_meanwhile_stands_below(waiting: House) -> None:
    """A second reply that is half written is not lost."""
    await waiting.texts("loud on level 3")
    async with seat(waiting) as desk:
        await _sends(desk, "On our way.")
        await desk.sees("goes in 10 s")
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("By the way")
        await desk.press("escape", "z")
        await desk.until(lambda: desk.ticket.composer.text == "On our way.\n\nBy the way")


async def test_another_desk_of_the_same_member_takes_it_back(waiting: House) -> None:
    """It waits in the store: a desk that is opened meanwhile knows of it; a colleague's desk only shows it."""
    noise = await waiting.texts("loud on level 3")
    found = await waiting.desk.claim(ANA, noise)
    await waiting.desk.reply(ANA, noise, found.version, "On our way.", key="k")
    async with seat(waiting, actor=BEN) as colleague:
        await colleague.press("4", "enter")
        await colleague.sees("goes in 10 s")
        await colleague.press("z")
        await colleague.told("There is nothing to undo.")
    async with seat(waiting) as desk:
        await desk.sees("reply to 1 goes in 10 s")
        await desk.press("z")
        await desk.sees("Reply to +447700900101", "On our way.")
    assert await _answers(waiting, noise) == []


async def test_once_it_goes_out_z_says_so(waiting: House) -> None:
    """The server's clock was ahead of this desk's: the words say that it is too late."""
    noise = await waiting.texts("loud on level 3")
    async with seat(waiting) as desk:
        await _sends(desk, "On our way.")
        await desk.sees("goes in 10 s")
        await desk.rests()
        later = plus(waiting.clock.now(), MINUTE)
        await waiting.store.write(leasing.lease, Channel.SMS, later, plus(later, MINUTE))
        await desk.press("z")
        await desk.told("gone out already")
    assert await _answers(waiting, noise) == ["On our way."]


async def test_a_line_of_a_chat_goes_at_once(waiting: House) -> None:
    """Whoever talks with somebody sees what they said."""
    await waiting.chats("Hello?")
    async with seat(waiting) as desk:
        await _sends(desk, "Hello!")
        await desk.sees("waiting to be sent")
        assert "goes in" not in desk.screen
