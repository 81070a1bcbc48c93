"""One contract for the desk, in the owner's process and attached to it: what staff can do, and what they are told."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any

import pytest

from helpdesk.clock import MINUTE, Instant, plus
from helpdesk.errors import NotAllowed, NotFound, Refused, Stale, TryLater
from helpdesk.events import Kind, Seq
from helpdesk.message import Attachment, Channel, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.sight import Told
from helpdesk.standards import Measure, Outcome
from helpdesk.store.verbs import notices as notice_verbs
from helpdesk.thread import EntryKind
from helpdesk.ticket import Flag, State, Then
from helpdesk.worklist import View
from tests.contracts.desk import ANA, BEN, CAI, SIDES, ByMember, Library, library

pytestmark = pytest.mark.usefixtures("engine")

NOBODY = TicketId("0" * 26)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below, or in what stands beside it."""
    beside = [
        Path(__file__).with_name(f"test_{name}_contract.py") for name in ("statements", "standing", "pins", "undo")
    ]
    source = "".join(path.read_text("utf-8") for path in (Path(__file__), *beside) if path.exists())
    for name, method in vars(Desk).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"desk.{name}(" in source, name


async def test_says_hello(desk: Desk, marsh: Library) -> None:
    """The owner's clock, its pace, and where the log stands."""
    before = await desk.hello()
    await marsh.mail()
    after = await desk.hello()
    assert (after.library, after.zone, after.pace, after.said) == ("main", "Europe/London", 60.0, "demo")
    assert after.now == marsh.clock.now()
    assert after.lines == {"help": "Enquiries"}
    assert after.seq > before.seq


async def test_signs_in(desk: Desk) -> None:
    """A new member is added by name and can be picked from then on; with a token one signs in as its owner alone."""
    assert (await desk.sign_in(ANA)).name == "Ana"
    if isinstance(desk, ByMember):
        with pytest.raises(NotAllowed, match="as ana and as nobody else"):
            await desk.sign_in(StaffId("dee"), name="Dee")
        return
    assert (await desk.sign_in(StaffId("dee"), name="Dee")).name == "Dee"
    assert [member.name for member in await desk.members()] == ["Ana", "Ben", "Cai", "Dee"]
    with pytest.raises(Refused):
        await desk.sign_in(StaffId(""))


async def test_presence(desk: Desk, marsh: Library) -> None:
    """Who takes chats now, and since when they were seen."""
    await desk.set_presence(ANA, Channel.CHAT, True)
    [here] = await desk.presence()
    assert (here.staff, here.channel, here.available, here.seen) == (ANA, Channel.CHAT, True, marsh.clock.now())
    await desk.set_presence(ANA, Channel.CHAT, False)
    assert [one.available for one in await desk.presence()] == [False]


async def test_the_worklist_in_pages(desk: Desk, marsh: Library) -> None:
    """Rows in order, a total, and anchors from which the next page starts."""
    wrote = [await marsh.mail(f"Question {n}") for n in range(5)]
    first = await desk.worklist(ANA, View.UNANSWERED, count=3)
    assert [row.id for row in first.rows] == wrote[:3]
    assert (first.view, first.start, first.total) == (View.UNANSWERED, 0, 5)
    assert first.rows[0].preview == "Question 0"
    assert first.rows[0].channel is Channel.MAIL
    assert first.rows[0].due is not None
    second = await desk.worklist(ANA, View.UNANSWERED, start=3, count=3, near=first.anchors[-1])
    assert [row.id for row in second.rows] == wrote[3:]
    assert (await desk.worklist(ANA, View.CHAT)).rows == ()


async def test_other_contacts_of_the_same_person(desk: Desk, marsh: Library) -> None:
    """The latest first, with where each stands; nobody else's, and none that is spam."""
    first, _ = await marsh.mail("Question 1"), await marsh.mail("hello", sender="jo@example.org")
    second, third = await marsh.mail("Question 2"), await marsh.mail("Buy now")
    marsh.clock.passes(seconds=1)
    await desk.solve(ANA, second, 1)
    await desk.spam(ANA, third, 1)
    assert [(each.number, each.state) for each in (await desk.thread(ANA, first)).contacts] == [(3, State.SOLVED)]
    assert [each.number for each in (await desk.thread(ANA, second)).contacts] == [1]


async def test_a_ticket_by_its_number(desk: Desk, marsh: Library) -> None:
    """As it stands in the worklist, whichever view it is in; of a number that none has, so."""
    first, second = await marsh.mail("Question 1"), await marsh.mail("Question 2")
    rows = {row.id: row for row in (await desk.worklist(ANA, View.OPEN)).rows}
    assert await desk.numbered(ANA, rows[second].number) == rows[second]
    solved = await desk.solve(ANA, first, rows[first].version)
    assert (await desk.numbered(ANA, solved.number)).state is State.SOLVED
    with pytest.raises(NotFound, match="no ticket 4711"):
        await desk.numbered(ANA, 4711)


async def test_counts(desk: Desk, marsh: Library) -> None:
    """How many tickets stand in each view, by view."""
    await marsh.mail()
    await marsh.mail(sender="joan@example.org")
    await desk.take_next(ANA)
    counts = await desk.counts(ANA)
    assert (counts[View.OPEN], counts[View.MINE], counts[View.SMS]) == (2, 1, 0)
    assert (await desk.counts(BEN))[View.MINE] == 0
    assert all(isinstance(view, View) for view in counts)


async def test_a_thread(desk: Desk, marsh: Library) -> None:
    """The ticket, what was written, its history, its clocks and who is on it."""
    asked = await marsh.mail("Can I renew?\n> “old”")
    ticket = await desk.claim(ANA, asked)
    await desk.reply(ANA, asked, ticket.version, "Done – until June. ✓")
    thread = await desk.thread(BEN, asked)
    assert [entry.kind for entry in thread.entries] == [EntryKind.IN, EntryKind.OUT]
    assert thread.entries[1].text == "Done – until June. ✓"
    assert [moment.kind for moment in thread.history][:2] == [Kind.OPENED, Kind.RECEIVED]
    assert thread.history[-1].actor == ANA
    assert [(row.measure, row.outcome) for row in thread.clocks] == [(Measure.FIRST_RESPONSE, Outcome.MET)]
    assert [who.value for who in thread.participants] == ["mina@example.org"]
    with pytest.raises(NotFound):
        await desk.thread(ANA, NOBODY)


async def test_an_attachment(desk: Desk, marsh: Library) -> None:
    """The very bytes that came."""
    content = bytes(range(256)) * 40
    digest = hashlib.sha256(content).hexdigest()
    asked = await marsh.mail(files=(Attachment(name="a.bin", media_type="x/y", content=content, digest=digest),))
    [file] = (await desk.thread(ANA, asked)).entries[0].files
    assert (file.name, file.size) == ("a.bin", len(content))
    assert await desk.attachment(ANA, file.digest) == content
    with pytest.raises(NotFound):
        await desk.attachment(ANA, "0" * 64)


async def test_take_next(desk: Desk, marsh: Library) -> None:
    """Each gets another ticket; then nobody waits."""
    first, second = await marsh.mail(), await marsh.mail(sender="joan@example.org")
    taken = [await desk.take_next(ANA), await desk.take_next(BEN)]
    assert [ticket.id for ticket in taken if ticket] == [first, second]
    assert await desk.take_next(CAI) is None


async def test_a_claim_names_its_holder(desk: Desk, marsh: Library) -> None:
    """The loser is told who won; the claim ends by itself, or by release."""
    asked = await marsh.mail()
    ticket = await desk.claim(ANA, asked)
    assert ticket.held_until is not None
    assert ticket.held_until > marsh.clock.now()
    with pytest.raises(Stale) as caught:
        await desk.claim(BEN, asked)
    assert caught.value.by == ANA
    released = await desk.release(ANA, asked, ticket.version)
    assert released.owner is None
    assert (await desk.claim(BEN, asked)).owner == BEN
    with pytest.raises(NotFound):
        await desk.claim(ANA, NOBODY)


@pytest.mark.parametrize(
    ("then", "state"), [("open", State.OPEN), ("waiting", State.WAITING), ("solved", State.SOLVED)]
)
async def test_reply(desk: Desk, marsh: Library, then: Then, state: State) -> None:
    """The reply is written down and the ticket is left as asked."""
    asked = await marsh.mail()
    version = (await desk.thread(ANA, asked)).ticket.version
    after = await desk.reply(ANA, asked, version, "Yes.", then=then)
    assert (after.state, after.owner, after.unanswered) == (state, ANA, None)
    with pytest.raises(Refused):
        await desk.reply(ANA, asked, after.version, "  \n")


async def test_a_reply_is_written_once(desk: Desk, marsh: Library) -> None:
    """The same key with the same text gives the first result, with another text it is refused."""
    asked = await marsh.mail()
    version = (await desk.thread(ANA, asked)).ticket.version
    first = await desk.reply(ANA, asked, version, "Yes.", key="k1")
    assert await desk.reply(ANA, asked, version, "Yes.", key="k1") == first
    assert len((await desk.thread(ANA, asked)).entries) == 2
    with pytest.raises(Refused):
        await desk.reply(ANA, asked, first.version, "No.", key="k1")


async def test_a_stale_reply_names_who_was_first(desk: Desk, marsh: Library) -> None:
    """A colleague, or the patron, wrote meanwhile."""
    asked = await marsh.mail()
    seen = (await desk.thread(BEN, asked)).ticket.version
    await desk.reply(ANA, asked, seen, "Yes.")
    with pytest.raises(Stale) as caught:
        await desk.reply(BEN, asked, seen, "No.")
    assert caught.value.by == ANA
    seen = (await desk.thread(BEN, asked)).ticket.version
    await marsh.mail("Thanks, and one more thing", to=asked)
    with pytest.raises(Stale, match="the patron"):
        await desk.reply(BEN, asked, seen, "No.")


@pytest.mark.parametrize("include", [True, False])
async def test_an_unverified_writer_must_be_settled(desk: Desk, marsh: Library, include: bool) -> None:
    """Somebody who was not on the ticket wrote to it: the next reply says whether they are in."""
    asked = await marsh.mail()
    await marsh.mail("I am her friend", sender="kit@example.org", to=asked)
    thread = await desk.thread(ANA, asked)
    assert [who.value for who in thread.unverified] == ["kit@example.org"]
    assert Flag.UNVERIFIED in thread.ticket.flags
    with pytest.raises(Refused, match=r"kit@example\.org"):
        await desk.reply(ANA, asked, thread.ticket.version, "Yes.")
    yes, no = (thread.unverified, ()) if include else ((), thread.unverified)
    await desk.reply(ANA, asked, thread.ticket.version, "Yes.", include=yes, exclude=no)
    after = await desk.thread(ANA, asked)
    assert after.unverified == ()
    assert ("kit@example.org" in [who.value for who in after.participants]) is include


async def test_note(desk: Desk, marsh: Library) -> None:
    """For colleagues only: it answers nothing, and is written once."""
    asked = await marsh.mail()
    for _ in range(2):
        ticket = await desk.note(ANA, asked, "She rang, too.", key="n1")
    assert ticket.unanswered is not None
    assert [entry.kind for entry in (await desk.thread(ANA, asked)).entries] == [EntryKind.IN, EntryKind.NOTE]
    with pytest.raises(NotFound):
        await desk.note(ANA, NOBODY, "Hm.")


async def test_assign(desk: Desk, marsh: Library) -> None:
    """For good, to somebody who is on the staff."""
    asked = await marsh.mail()
    version = (await desk.thread(ANA, asked)).ticket.version
    with pytest.raises(NotFound):
        await desk.assign(ANA, asked, version, StaffId("nobody"))
    ticket = await desk.assign(ANA, asked, version, BEN)
    assert (ticket.owner, ticket.held_until) == (BEN, None)
    with pytest.raises(Stale):
        await desk.assign(ANA, asked, version, ANA)


async def test_wait(desk: Desk, marsh: Library) -> None:
    """Waiting on the patron, once."""
    asked = await marsh.mail()
    ticket = await desk.claim(ANA, asked)
    waiting = await desk.wait(ANA, asked, ticket.version)
    assert waiting.state is State.WAITING
    with pytest.raises(Refused, match="waiting"):
        await desk.wait(ANA, asked, waiting.version)


async def test_snooze(desk: Desk, marsh: Library) -> None:
    """Until a time that is still to come."""
    asked = await marsh.mail()
    ticket = await desk.claim(ANA, asked)
    later = plus(marsh.clock.now(), 5 * MINUTE)
    with pytest.raises(Refused):
        await desk.snooze(ANA, asked, ticket.version, Instant(0))
    snoozed = await desk.snooze(ANA, asked, ticket.version, later)
    assert (snoozed.state, snoozed.snoozed_until) == (State.SNOOZED, later)


async def test_solve_and_reopen(desk: Desk, marsh: Library) -> None:
    """Done, and taken up again; neither twice."""
    asked = await marsh.mail()
    ticket = await desk.claim(ANA, asked)
    solved = await desk.solve(ANA, asked, ticket.version)
    assert solved.state is State.SOLVED
    assert solved.closes is not None
    with pytest.raises(Refused):
        await desk.solve(ANA, asked, solved.version)
    reopened = await desk.reopen(BEN, asked, solved.version)
    assert reopened.state is State.OPEN
    with pytest.raises(Refused):
        await desk.reopen(BEN, asked, reopened.version)


async def test_spam(desk: Desk, marsh: Library) -> None:
    """Out of the queue, and back."""
    asked = await marsh.mail()
    version = (await desk.thread(ANA, asked)).ticket.version
    spam = await desk.spam(ANA, asked, version)
    assert spam.state is State.SPAM
    with pytest.raises(Refused, match="spam"):
        await desk.solve(ANA, asked, spam.version)
    assert (await desk.spam(ANA, asked, spam.version)).state is State.OPEN


async def test_search(desk: Desk, marsh: Library) -> None:
    """The newest entries first, with the words around the match."""
    old = await marsh.mail("The printer on level 2 is out of paper")
    new = await marsh.mail("Which printer takes A3?", sender="joan@example.org")
    found = await desk.search(ANA, "printer")
    assert [hit.row.id for hit in found] == [new, old]
    assert "level 2" in found[1].excerpt
    assert len(await desk.search(ANA, "printer", limit=1)) == 1
    assert await desk.search(ANA, "scanner") == ()


async def test_typing(desk: Desk, marsh: Library) -> None:
    """Whoever keeps the chats hears of it; the log does not."""
    asked = await marsh.mail()
    before = (await desk.hello()).seq
    await desk.typing(ANA, asked)
    assert marsh.typed == [asked]
    assert (await desk.hello()).seq == before


async def test_notices(desk: Desk, marsh: Library) -> None:
    """Trouble stays until it is over."""
    assert await desk.notices() == ()
    await marsh.store.write(notice_verbs.raise_notice, "door", "warning", "{n} turned away", marsh.clock.now())
    [notice] = await desk.notices()
    assert (notice.level, notice.text, notice.since) == ("warning", "1 turned away", marsh.clock.now())


async def test_changes(desk: Desk, marsh: Library) -> None:
    """From a sequence number on, without gaps, and live."""
    start = (await desk.hello()).seq
    asked = await marsh.mail()
    async with aclosing(_stream(desk, start)) as changes:
        heard = [await anext(changes), await anext(changes)]
        await desk.claim(ANA, asked)
        heard.append(await anext(changes))
    assert [told.seq for told in heard] == [start + 1, start + 2, start + 3]
    assert [told.kind for told in heard] == [Kind.OPENED, Kind.RECEIVED, Kind.CLAIMED]
    assert heard[2] == Told(seq=heard[2].seq, kind=Kind.CLAIMED, ticket=asked, actor=ANA)
    async with aclosing(_stream(desk, heard[1].seq)) as changes:
        assert await anext(changes) == heard[2]


def _stream(desk: Desk, after: Seq) -> Any:
    return desk.changes(after)


async def test_a_closed_store_is_try_later(desk: Desk, marsh: Library) -> None:
    """Nothing is acknowledged that could not be kept."""
    asked = await marsh.mail()
    marsh.store.stop()
    with pytest.raises(TryLater):
        await desk.note(ANA, asked, "Hm.")


@pytest.mark.parametrize("sides", [("local", "remote"), ("remote", "remote")])
async def test_two_desks_take_one_ticket(marsh: Library, tmp_path: Path, sides: tuple[str, str]) -> None:
    """At the same moment, from an embedded and an attached desk: one has it, the other is told who."""
    asked = await marsh.mail()
    async with AsyncExitStack() as stack:
        desks = []
        for number, side in enumerate(sides):
            folder = tmp_path / str(number)
            folder.mkdir()
            desks.append(await stack.enter_async_context(marsh.side(side, folder)))
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(_claimed(desk, who, asked)) for desk, who in zip(desks, (ANA, BEN), strict=True)]
    results = [each.result() for each in tries]
    [winner] = [who for who, lost_to in results if lost_to is None]
    [(_, told)] = [result for result in results if result[1] is not None]
    assert told == winner
    assert (await marsh.desk.thread(ANA, asked)).ticket.owner == winner


async def _claimed(desk: Desk, who: StaffId, asked: TicketId) -> tuple[StaffId, str | None]:
    """Who tried, and to whom they lost; None if they won."""
    try:
        await desk.claim(who, asked)
    except Stale as error:
        return who, error.by
    return who, None
