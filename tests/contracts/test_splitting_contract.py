"""One contract for splitting a ticket, from the owner's process and attached to it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.errors import NotFound, Refused, Stale
from helpdesk.events import Kind
from helpdesk.message import Address, Attachment, Channel, EntryId, Inbound, LineId, TicketId
from helpdesk.ports import Desk
from helpdesk.store.verbs import erasing
from helpdesk.thread import Thread
from helpdesk.ticket import State, Ticket
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

MINA = Address(channel=Channel.MAIL, value="mina@example.org", name="Mina")
PLAN = Attachment(name="plan.pdf", media_type="application/pdf", content=b"%PDF", digest="d" * 64)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk; whatever happened there, its log gives what it keeps."""
    async with library() as opened:
        yield opened
        assert await upkeep.check(opened.store) == ()


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _mails(marsh: Library, named: str, text: str, *, answers: tuple[str, ...] = ()) -> TicketId:
    """Mina writes, a minute later."""
    marsh.clock.passes(minutes=1)
    receipt = await marsh.intake.receive(
        Inbound(
            channel=Channel.MAIL,
            line=LineId("help"),
            external_id=f"<{named}@example.org>",
            digest=hashlib.sha256(named.encode()).hexdigest(),
            sender=MINA,
            subject="Renewal",
            text=text,
            references=tuple(f"<{each}@example.org>" for each in answers),
            attachments=(PLAN,) if not answers else (),
        )
    )
    assert receipt.ticket is not None
    return receipt.ticket


async def _asked(marsh: Library) -> TicketId:
    """A ticket of two mails that ask two things."""
    ticket = await _mails(marsh, "one", "Can I renew?")
    assert await _mails(marsh, "two", "And is the lift mended?", answers=("one",)) == ticket
    return ticket


async def _split(desk: Desk, ticket: TicketId, *which: int, subject: str = "The lift") -> Ticket:
    thread = await desk.thread(ANA, ticket)
    entries = tuple(thread.entries[each].id for each in which)
    return await desk.ties.split(ANA, ticket, thread.ticket.version, entries, subject)


def _texts(thread: Thread) -> list[str]:
    return [entry.text for entry in thread.entries]


def _started(thread: Thread) -> dict[str, int]:
    return {clock.standard: clock.started for clock in thread.clocks}


async def test_a_message_becomes_a_ticket_of_its_own(desk: Desk, marsh: Library) -> None:
    """Same patron and line, new, nobody's; its clock runs from when the message came in, not from the split."""
    first = await _asked(marsh)
    came = (await desk.thread(ANA, first)).entries[1].written
    marsh.clock.passes(hours=2)
    made = await _split(desk, first, 1)
    new, old = await desk.thread(ANA, made.id), await desk.thread(ANA, first)
    assert (made.subject, made.state, made.owner, made.person) == ("The lift", State.NEW, None, old.ticket.person)
    assert (made.opened, made.unanswered, made.preview) == (came, came, "And is the lift mended?")
    assert (_texts(new), _texts(old)) == (["And is the lift mended?"], ["Can I renew?"])
    assert set(_started(new).values()) == {came}
    assert set(_started(old).values()) == {old.ticket.opened}
    assert (old.ticket.preview, old.ticket.unanswered) == ("Can I renew?", old.ticket.opened)
    assert [each.kind for each in new.history] == [Kind.OPENED, Kind.RECEIVED, Kind.SPLIT]
    assert (old.history[-1].kind, old.history[-1].other) == (Kind.SPLIT, made.number)
    assert new.history[-1].other == old.ticket.number


async def test_the_message_that_opened_it_is_copied(desk: Desk, marsh: Library) -> None:
    """A mail that asks two things: both tickets have it, with its file, and both wait since it came in."""
    first = await _mails(marsh, "one", "Can I renew? And is the lift mended?")
    made = await _split(desk, first, 0)
    new, old = await desk.thread(ANA, made.id), await desk.thread(ANA, first)
    assert _texts(new) == _texts(old) == ["Can I renew? And is the lift mended?"]
    assert [file.name for each in (new, old) for file in each.entries[0].files] == ["plan.pdf", "plan.pdf"]
    assert made.opened == made.unanswered == old.ticket.unanswered == old.ticket.opened
    await marsh.store.write(erasing.whole, [first], marsh.clock.now())
    assert _texts(await desk.thread(ANA, made.id)) == ["Can I renew? And is the lift mended?"]
    assert await desk.attachment(ANA, PLAN.digest) == PLAN.content


async def test_what_answers_the_moved_message_comes_to_the_new_ticket(desk: Desk, marsh: Library) -> None:
    """And what answers the first stays with the first."""
    first = await _asked(marsh)
    made = await _split(desk, first, 1)
    assert await _mails(marsh, "three", "It is still broken.", answers=("two",)) == made.id
    assert await _mails(marsh, "four", "Thanks for renewing.", answers=("one",)) == first


async def test_what_was_answered_stays_answered(desk: Desk, marsh: Library) -> None:
    """The reply stays where it was written: the first ticket owes nothing, the new one does."""
    first = await _mails(marsh, "one", "Can I renew?")
    version = (await desk.thread(ANA, first)).ticket.version
    await desk.reply(ANA, first, version, "Yes.")
    await _mails(marsh, "two", "And is the lift mended?", answers=("one",))
    made = await _split(desk, first, 2)
    old = (await desk.thread(ANA, first)).ticket
    assert (old.unanswered, old.answered is not None) == (None, True)
    assert (made.unanswered, made.answered) == (made.opened, None)


async def test_it_is_taken_back(desk: Desk, marsh: Library) -> None:
    """All is where it was written; the number is spent, closed, in no figure, and points back."""
    first = await _asked(marsh)
    before = await desk.thread(ANA, first)
    made = await _split(desk, first, 0, 1)
    await desk.undo(ANA, made.id, made.version)
    after, gone = await desk.thread(ANA, first), await desk.thread(ANA, made.id)
    assert after.entries == before.entries
    assert after.clocks == before.clocks
    assert (after.ticket.preview, after.ticket.unanswered) == (before.ticket.preview, before.ticket.unanswered)
    assert after.merged_in == ()
    assert (gone.ticket.state, gone.merged_into, gone.entries, gone.clocks) == (
        State.CLOSED,
        after.ticket.number,
        (),
        (),
    )
    assert await _mails(marsh, "three", "It is still broken.", answers=("two",)) == first


async def test_once_somebody_worked_on_it_it_stays(desk: Desk, marsh: Library) -> None:
    """Stale, with the name of who did; nor can a colleague take it back."""
    first = await _asked(marsh)
    made = await _split(desk, first, 1)
    with pytest.raises(Refused, match="Only who did"):
        await desk.undo(BEN, made.id, made.version)
    await desk.claim(BEN, made.id)
    with pytest.raises(Stale) as caught:
        await desk.undo(ANA, made.id, made.version)
    assert caught.value.by == BEN


async def test_what_can_not_be_split_off(desk: Desk, marsh: Library) -> None:
    """A reply, a note, nothing, what is not there, with no subject, on an old screen."""
    first = await _asked(marsh)
    await desk.note(ANA, first, "Ask the caretaker.")
    thread = await desk.thread(ANA, first)
    version, two, note = thread.ticket.version, thread.entries[1].id, thread.entries[2].id
    for entries in ((), (note,), (two, note), (EntryId("nothing"),)):
        with pytest.raises(Refused, match="what the patron wrote"):
            await desk.ties.split(ANA, first, version, entries, "The lift")
    with pytest.raises(Refused, match="a subject"):
        await desk.ties.split(ANA, first, version, (two,), "  ")
    with pytest.raises(Stale):
        await desk.ties.split(ANA, first, version - 1, (two,), "The lift")
    with pytest.raises(NotFound):
        await desk.ties.split(ANA, TicketId("0" * 26), version, (two,), "The lift")


async def test_a_key_makes_it_repeatable(desk: Desk, marsh: Library) -> None:
    """A second call is the first one's ticket."""
    first = await _asked(marsh)
    thread = await desk.thread(ANA, first)
    entries = (thread.entries[1].id,)
    made = [
        (await desk.ties.split(ANA, first, thread.ticket.version, entries, "The lift", key="k")).id for _ in range(2)
    ]
    assert made[0] == made[1]
