"""Drafts come into the store while somebody types, and back from it: at another desk, after a break, after the end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from helpdesk.clock import Instant
from helpdesk.drafts import KeptDraft, Written
from helpdesk.errors import TryLater
from helpdesk.message import TicketId
from helpdesk.ports import Desk
from helpdesk.wording import TEXT_LIMIT
from tests.tui.doing import Forgetful
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import Seat, seat
from tests.tui.test_remote import Failing
from tui.app import ENDED
from tui.drafts import Draft, Drafts, begun, written
from tui.keeping import PAUSES, Keeping

ONE, OTHER = TicketId("T1"), TicketId("T2")


class Timers:
    """Timers that go off when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.runs = 0

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """One more."""
        self.waiting.append(work)

    def goes_off(self) -> None:
        """The next."""
        self.waiting.pop(0)()

    def run(self) -> None:
        """What was kept so far goes to the store."""
        self.runs += 1


def typing() -> tuple[Drafts, Timers]:
    """Drafts that are kept by timers of the test's."""
    drafts, timers = Drafts(), Timers()
    Keeping(cast(Desk, None), drafts).begins(timers.later, timers.run)
    return drafts, timers


def test_a_pause_brings_it_to_the_store() -> None:
    """One write for all that was typed before it; nothing typed, nothing brought."""
    drafts, timers = typing()
    for text in ("O", "On", "On o"):
        drafts.keep(ANA, ONE, Draft(kind="reply", text=text))
    assert len(timers.waiting) == 1
    timers.goes_off()
    assert timers.runs == 0, "something was typed since the timer was set"
    timers.goes_off()
    assert timers.runs == 1
    assert timers.waiting == []


def test_who_types_on_and_on_loses_little() -> None:
    """After a few pauses' time it goes all the same."""
    drafts, timers = typing()
    for n in range(PAUSES):
        drafts.keep(ANA, ONE, Draft(kind="reply", text="x" * (2 * n + 1)))
        drafts.keep(ANA, ONE, Draft(kind="reply", text="x" * (2 * n + 2)))
        assert timers.runs == 0
        timers.goes_off()
    assert timers.runs == 1


def test_the_same_again_is_nothing_to_bring() -> None:
    """Nor is a draft that went before the store had heard of it: but the store may have, so it is told."""
    drafts, draft = Drafts(), Draft(kind="reply", text="On our way")
    drafts.keep(ANA, ONE, draft)
    drafts.settled((ANA, ONE, "reply"), draft, stored=True)
    drafts.keep(ANA, ONE, replace(draft))
    assert drafts.ahead() == ()
    drafts.drop(ANA, ONE, "reply")
    assert drafts.ahead() == (((ANA, ONE, "reply"), None),)
    drafts.settled((ANA, ONE, "reply"), None, stored=False)
    drafts.drop(ANA, ONE, "reply")
    assert drafts.ahead() == ()


def test_what_was_typed_meanwhile_is_brought_next() -> None:
    """The store heard of the first words; those after them are still ahead of it."""
    drafts, first = Drafts(), Draft(kind="reply", text="On")
    drafts.keep(ANA, ONE, first)
    drafts.keep(ANA, ONE, replace(first, text="On our"))
    drafts.settled((ANA, ONE, "reply"), first, stored=True)
    assert drafts.unstored == 1


def kept(on: str, draft: Draft) -> KeptDraft:
    """A draft as the store has it."""
    found = written(draft)
    assert found is not None
    return KeptDraft(on=on, kind=draft.kind, number=7, kept=Instant(5), written=found)


def test_what_the_store_has_is_taken_in() -> None:
    """What another desk wrote, and what it sent; words that are ahead of the store stay, and others' drafts."""
    drafts = Drafts()
    mine, ahead, theirs = (Draft(kind="reply", text=text) for text in ("mine", "ahead", "theirs"))
    drafts.take(ANA, [kept(ONE, mine), kept(OTHER, ahead)])
    drafts.keep(ANA, OTHER, replace(ahead, text="ahead of it"))
    drafts.take(BEN, [kept(ONE, theirs)])
    elsewhere = Draft(kind="note", text="from elsewhere")
    drafts.take(ANA, [kept(ONE, elsewhere)])
    assert drafts.of(ANA, ONE) == (elsewhere,)
    assert [each.text for each in drafts.of(ANA, OTHER)] == ["ahead of it"]
    assert drafts.of(BEN, ONE) == (theirs,)


def test_a_draft_is_the_same_after_the_store() -> None:
    """Nothing is lost on the way; one without a key gets one."""
    draft = Draft(kind="outcome", text="Quiet", then="solved")
    assert begun(kept(ONE, draft)) == draft
    assert begun(replace(kept(ONE, draft), written=Written(text="a"))).key != ""


async def begins(desk: Seat, text: str) -> None:
    """Ana begins a reply to what is selected, and puts it away."""
    await desk.press("r")
    await desk.sees("Reply to")
    await desk.writes(text)
    await desk.press("escape")
    await desk.told("Draft kept")


async def stored(library: House, desk: Seat, *texts: str) -> None:
    """Wait until these are Ana's drafts in the store."""
    while tuple(each.written.text for each in await library.desk.drafts.mine(ANA)) != texts:
        await desk.pilot.pause()


async def test_it_is_found_again_at_another_desk(library: House) -> None:
    """With a mark on its row; sent there, it is gone from the store with the reply."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await begins(desk, "On our w")
        await stored(library, desk, "On our w")
    async with seat(library) as other:
        await other.sees("·draft")
        await other.press("r")
        await other.sees("On our w")
        await other.writes("ay.")
        await other.press("ctrl+s")
        await other.sees("waiting to be sent")
    assert await library.desk.drafts.mine(ANA) == ()


async def test_while_the_line_is_gone_it_stays_here_and_goes_later(library: House) -> None:
    """The store hears of it once it answers again."""
    await library.texts("loud on level 3")
    failing = Failing(library.desk, TryLater("Nobody answers."))
    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.press("enter", "r")
        await desk.sees("Reply to", "held for you")
        failing.broken = True
        await desk.writes("On our w")
        await desk.press("escape")
        await desk.told("Draft kept")
        sitting = desk.app.sitting
        assert sitting is not None
        await sitting.keeping.bring()
        assert sitting.drafts.unstored == 1
        failing.broken = False
        desk.app._beat()
        await stored(library, desk, "On our w")
        await desk.until(lambda: sitting.drafts.unstored == 0)


async def test_who_writes_is_told_that_the_store_takes_no_draft(library: House) -> None:
    """Its disk is full: once, in words, and in the first line until it takes them again; the words stay."""
    await library.texts("loud on level 3")
    forgetful = Forgetful(library)
    async with seat(library, desk=cast(Desk, forgetful)) as desk:
        await desk.press("enter", "r")
        await desk.sees("Reply to", "held for you")
        await desk.writes("On our w")
        desk.ticket.sitting.keeping.hurry()
        await desk.told("What you write is at this desk alone for now: leave it open. The store is full.")
        desk.ticket.tick()
        await desk.sees("1 draft, not kept yet", "On our w")
        forgetful.drafts = library.desk.drafts
        desk.app._beat()
        await stored(library, desk, "On our w")
        await desk.until(lambda: desk.ticket.sitting.keeping.unkept == "")
        desk.ticket.tick()
        await desk.sees("1 draft ·", "On our w")


async def test_who_writes_too_much_to_keep_is_told_so(library: House) -> None:
    """Until it is shorter it is at this desk alone; other drafts are kept meanwhile."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("enter", "r")
        await desk.sees("Reply to", "held for you")
        await desk.writes("A line.\n" * (TEXT_LIMIT // 8 + 1))
        keeping, drafts = desk.ticket.sitting.keeping, desk.ticket.sitting.drafts
        keeping.hurry()
        await desk.told("leave it open. This draft has 100,008 characters; 100,000 is the most that is kept.")
        assert drafts.unstored == 1
        desk.ticket.composer.area.text = "A line."
        await desk.until(lambda: desk.ticket.sitting.drafts.ahead() and desk.ticket.composer.text == "A line.")
        keeping.hurry()
        await stored(library, desk, "A line.")
        await desk.until(lambda: not keeping.unkept and not drafts.unstored)


async def test_what_is_sent_before_the_store_heard_of_it_never_comes_there(library: House) -> None:
    """A reply typed and sent in a breath."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("held for you")
        await desk.writes("On our way.")
        await desk.press("ctrl+s")
        await desk.sees("waiting to be sent")
        await desk.rests()
        assert await library.desk.drafts.mine(ANA) == ()


async def test_a_desk_that_is_told_to_end_keeps_what_is_half_written(library: House) -> None:
    """SIGTERM, as a machine sends it that goes down, a moment after a key."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our w")
        os.kill(os.getpid(), signal.SIGTERM)
        await desk.until(lambda: desk.app.return_code == ENDED)
    assert [each.written.text for each in await library.desk.drafts.mine(ANA)] == ["On our w"]
