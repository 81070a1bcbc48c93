"""What was begun is carried through, though its answer is slow and the reader has gone on: nothing is forgotten."""

from __future__ import annotations

import asyncio
from typing import Any

from helpdesk.message import TicketId
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import ANA, House
from tests.tui.seat import Seat, seat
from tui.sitting import Sitting


class Late:
    """A desk that does what it is asked at once, and whose answer to some calls waits until the test lets it come."""

    def __init__(self, inner: Any, *calls: str) -> None:
        self._inner, self._calls = inner, calls
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "sending":
            inner = Late(found, *self._calls)
            inner.asked, inner.answers = self.asked, self.answers
            return inner
        if name not in self._calls:
            return found

        async def late(*args: object, **kwargs: object) -> object:
            done = await found(*args, **kwargs)
            self.asked.set()
            await self.answers.wait()
            return done

        return late


async def _waiting(library: House) -> TicketId:
    library.waits()
    return await library.mails("Renewal", "May I?", who="m1@example.org", name="Mina")


async def _sends_late(desk: Seat, late: Late) -> None:
    """An answer is sent: the desk has it, and nobody here knows yet."""
    await desk.press("r")
    await desk.sees("Reply to Mina by mail")
    await desk.press(*"Yes.")
    desk.app.simulate_key("ctrl+s")
    await late.asked.wait()


def _sitting(desk: Seat) -> Sitting:
    assert desk.app.sitting is not None
    return desk.app.sitting


async def test_what_was_taken_back_is_a_draft_though_its_ticket_was_left(library: House) -> None:
    """Its words are the writer's only copy. They are not put in their way where they have gone on to something else."""
    mail = await _waiting(library)
    late = Late(library.desk, "take_back")
    async with seat(library, desk=late) as desk:
        await desk.press("r")
        await desk.sees("Reply to Mina by mail")
        await desk.press(*"Yes.", "ctrl+s")
        await desk.told("your answer goes in 10 s")
        desk.app.simulate_key("z")
        await late.asked.wait()
        desk.app.screen.dismiss("")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        late.answers.set()
        await desk.told("Taken back: your reply to ticket 1.")
        await desk.sees("·draft")
        assert desk.app.screen is desk.worklist
        assert [each.text for each in _sitting(desk).drafts.of(ANA, mail)] == ["Yes."]
        await desk.press("z")
        await desk.told("There is nothing to undo.")


async def test_what_was_sent_is_no_draft_though_its_ticket_was_left(library: House) -> None:
    """And z takes it back."""
    await _waiting(library)
    late = Late(library.desk, "reply")
    async with seat(library, desk=late) as desk:
        await _sends_late(desk, late)
        desk.app.screen.dismiss("")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        late.answers.set()
        await desk.told("your answer goes in 10 s")
        await desk.until(lambda: "·draft" not in desk.screen)
        await desk.press("z")
        await desk.sees("Reply to Mina by mail", "Yes.")


async def test_keys_wait_for_what_is_being_sent(library: House) -> None:
    """A z typed ahead takes the answer back; it is no letter of it."""
    await _waiting(library)
    late = Late(library.desk, "reply")
    async with seat(library, desk=late) as desk:
        await _sends_late(desk, late)
        desk.app.simulate_key("z")
        late.answers.set()
        await desk.told("Taken back: your reply to ticket 1.")
        await desk.sees("Reply to Mina by mail", "Yes.")
        await desk.until(lambda: desk.ticket.composer.text == "Yes.")


async def test_what_is_being_sent_shows_and_esc_takes_it_back(library: House) -> None:
    """As soon as the server has said that it has it; a second esc puts the composer away."""
    await _waiting(library)
    late = Late(library.desk, "reply")
    async with seat(library, desk=late) as desk:
        await desk.press("r")
        await desk.sees("Reply to Mina by mail")
        await desk.press(*"Yes.")
        desk.app.simulate_key("ctrl+s")
        await desk.sees("Sending", "esc takes it back")
        await desk.press("escape")
        await desk.sees("stopping …")
        late.answers.set()
        await desk.told("Taken back: your reply to ticket 1.")
        await desk.sees("Reply to Mina by mail", "Yes.")


async def test_a_verb_that_takes_long_is_seen_to_work_and_done_though_the_desk_is_left(library: House) -> None:
    """The last line says so; leaving waits for it."""
    mail = await _waiting(library)
    late = Late(library.desk, "solve")
    async with seat(library, desk=late) as desk:
        await desk.press("x", "down", "enter")
        await desk.sees("Working")
        desk.app.simulate_key("q")
        late.answers.set()
        await desk.until(lambda: desk.app.return_code == 0)
        assert [deed.words for deed in _sitting(desk).deeds._done] == ["ticket 1 is solved"]
    assert (await ticket(library, mail)).state is State.SOLVED


async def test_what_is_sent_is_not_kept_again_while_more_is_waited_for(library: House) -> None:
    """The composer is away as soon as the desk has it, though what waits to go out is not known yet."""
    mail = await _waiting(library)
    late = Late(library.desk, "held")
    async with seat(library, desk=late) as desk:
        late.answers.set()
        await desk.press("r")
        await desk.sees("Reply to Mina by mail")
        late.answers.clear()
        late.asked.clear()
        await desk.press(*"Yes.")
        desk.app.simulate_key("ctrl+s")
        await late.asked.wait()
        await desk.until(lambda: desk.ticket._draft is None)
        assert list(_sitting(desk).drafts.of(ANA, mail)) == []
        late.answers.set()
        await desk.told("your answer goes in 10 s")
