"""One contract for what staff do with chats besides writing in them, from the owner's process and attached to it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.chatting import Manner
from helpdesk.clock import SECOND
from helpdesk.errors import Refused, Stale
from helpdesk.events import Kind
from helpdesk.message import Address, Channel, ConversationId, Inbound, LineId, TicketId
from helpdesk.ports import Desk
from helpdesk.ports.chatting import Chatting
from helpdesk.standards import Outcome
from helpdesk.store.verbs import chats, leasing, outbox, subjects
from helpdesk.store.verbs.leaving import leave
from helpdesk.taking_back import Windows
from helpdesk.thread import EntryKind, Thread
from helpdesk.ticket import Flag, State
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

MINA = "mina@example.org"


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library with a chat that goes on by its mailbox; whatever happened there, its log gives what it keeps."""
    async with library() as opened:
        opened.desk.chatting.refit(
            Manner(library="Marsh", line=LineId("help"), ours=frozenset({"help@library.example"}))
        )
        opened.desk.sending.windows = Windows(10 * SECOND, 10 * SECOND)
        yield opened
        assert await upkeep.check(opened.store) == ()


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Chatting).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"chatting.{name}(" in source, name


async def _says(marsh: Library, name: str, text: str = "Hello?") -> TicketId:
    """A visitor says something; the first time they begin a chat with it."""
    marsh.clock.passes(seconds=1)
    chat, now = ConversationId(name), marsh.clock.now()
    if await marsh.store.read(chats.by_id, chat) is None:
        await marsh.store.write(chats.begin, chat, LineId("chat"), name, name.encode(), now)
    receipt = await marsh.intake.receive(
        Inbound(
            channel=Channel.CHAT,
            line=LineId("chat"),
            external_id=f"{name}:{now}",
            digest=f"{name}{now}",
            sender=Address(channel=Channel.CHAT, value=name, name=name),
            text=text,
            conversation=chat,
        )
    )
    assert receipt.ticket is not None
    return receipt.ticket


async def _held(desk: Desk, marsh: Library, name: str) -> TicketId:
    """A chat that Ana has."""
    ticket = await _says(marsh, name)
    await desk.claim(ANA, ticket)
    return ticket


async def _turned(desk: Desk, marsh: Library, *, transcript: bool = False) -> Thread:
    """Ana's chat with Mina, which goes on by mail."""
    asked = await _held(desk, marsh, "Mina")
    version = (await desk.thread(ANA, asked)).ticket.version
    await desk.chatting.go_by_mail(ANA, asked, version, MINA, transcript=transcript)
    return await desk.thread(ANA, asked)


async def test_in_a_moment_is_said_and_answers_nothing(desk: Desk, marsh: Library) -> None:
    """The visitor reads it as an automatic message; they wait as before, and so do the clocks."""
    asked = await _says(marsh, "Mina")
    before = await desk.thread(ANA, asked)
    assert await desk.chatting.in_a_moment(ANA, asked) == (asked,)
    after = await desk.thread(ANA, asked)
    assert [(each.kind, each.text) for each in after.entries[1:]] == [(EntryKind.AUTO, "With you in a moment.")]
    assert after.ticket.unanswered == before.ticket.unanswered
    assert after.ticket.version == before.ticket.version
    assert after.clocks == before.clocks
    assert any(row.outcome is Outcome.PENDING for row in after.clocks)
    said = await marsh.store.read(chats.messages, ConversationId("Mina"), 0)
    assert [each.text for each in said] == ["Hello?", "With you in a moment."]


async def test_in_a_moment_to_all_of_ones_own_who_wait(desk: Desk, marsh: Library) -> None:
    """Not to a colleague's, nor to who is answered, was told so already or has left."""
    waits, told, answered, left = [await _held(desk, marsh, name) for name in ("A", "B", "C", "D")]
    bens = await _says(marsh, "E")
    await desk.claim(BEN, bens)
    await desk.chatting.in_a_moment(ANA, told)
    await desk.reply(ANA, answered, (await desk.thread(ANA, answered)).ticket.version, "Yes.")
    rules = marsh.desk._published()
    await marsh.store.write(leave, ConversationId("D"), "left", marsh.clock.now(), rules)
    assert await desk.chatting.in_a_moment(ANA) == (waits,)
    assert await desk.chatting.in_a_moment(ANA) == ()
    assert left not in (waits, told)
    await _says(marsh, "B", "Still there?")
    assert await desk.chatting.in_a_moment(ANA) == (told,)


async def test_in_a_moment_says_why_it_is_not_said(desk: Desk, marsh: Library) -> None:
    """Twice in a row, to nobody who waits, by mail."""
    asked, mail = await _held(desk, marsh, "Mina"), await marsh.mail()
    await desk.chatting.in_a_moment(ANA, asked)
    with pytest.raises(Refused, match="told so already"):
        await desk.chatting.in_a_moment(ANA, asked)
    with pytest.raises(Refused, match="no chat"):
        await desk.chatting.in_a_moment(ANA, mail)
    await desk.reply(ANA, asked, (await desk.thread(ANA, asked)).ticket.version, "Yes.")
    with pytest.raises(Refused, match="Nobody waits"):
        await desk.chatting.in_a_moment(ANA, asked)


async def test_in_a_moment_leaves_what_was_done_before_to_be_undone(desk: Desk, marsh: Library) -> None:
    """z right after it takes back the claim, not what was said."""
    asked = await _says(marsh, "Mina")
    claimed = await desk.claim(ANA, asked)
    await desk.chatting.in_a_moment(ANA, asked)
    assert (await desk.undo(ANA, asked, claimed.version)).owner is None


async def test_a_chat_goes_on_by_mail_and_back_comes_the_answer(desk: Desk, marsh: Library) -> None:
    """The reply is a mail that can be taken back, the chat is over once it has gone, and all of it is one ticket."""
    thread = await _turned(desk, marsh)
    ticket = thread.ticket
    assert (ticket.goes_by, ticket.channel, ticket.flags) == (Channel.MAIL, Channel.CHAT, frozenset({Flag.BY_MAIL}))
    assert (ticket.owner, thread.participants[-1].value) == (ANA, MINA)
    await desk.reply(ANA, ticket.id, ticket.version, "It is on level 2.")
    [held] = await desk.sending.held(ANA)
    assert held.goes == marsh.clock.now() + 10 * SECOND
    marsh.clock.passes(seconds=11)
    [parcel] = await _sent(marsh)
    assert (parcel.channel, parcel.line, parcel.text, parcel.conversation) == (
        Channel.MAIL,
        LineId("help"),
        "It is on level 2.",
        None,
    )
    assert parcel.address is not None
    assert (parcel.address.value, parcel.address.name) == (MINA, "Mina")
    chat = await marsh.store.read(chats.by_id, ConversationId("Mina"))
    assert chat is not None
    assert chat.ended is not None
    assert chat.name == ""
    assert await marsh.mail("Thank you. And the copy?", sender=MINA, to=ticket.id) == ticket.id
    after = await desk.thread(ANA, ticket.id)
    assert [(each.kind, each.text) for each in after.entries] == [
        (EntryKind.IN, "Hello?"),
        (EntryKind.OUT, "It is on level 2."),
        (EntryKind.IN, "Thank you. And the copy?"),
    ]
    assert (after.ticket.unanswered, after.unverified) == (marsh.clock.now(), ())


async def _sent(marsh: Library) -> list[outbox.Parcel]:
    """All that is due goes out by mail."""
    now, rules = marsh.clock.now(), marsh.desk._published()
    parcels = list(await marsh.store.write(leasing.lease, Channel.MAIL, now, now))
    for parcel in parcels:
        await marsh.store.write(outbox.sent, parcel, f"<{parcel.id}@library.example>", now, rules)
    return parcels


async def test_turning_to_mail_is_undone_until_something_went(desk: Desk, marsh: Library) -> None:
    """It is a chat again, whose visitor is there; their address is known to nobody any more."""
    turned = (await _turned(desk, marsh)).ticket
    back = await desk.undo(ANA, turned.id, turned.version)
    assert (back.goes_by, back.flags, back.person) == (Channel.CHAT, frozenset(), None)
    assert (await desk.thread(ANA, turned.id)).participants[0].channel is Channel.CHAT
    with pytest.raises(Exception, match=r"nobody|Nobody|not|known"):
        await marsh.store.read(subjects.find, [MINA])
    await desk.reply(ANA, turned.id, back.version, "Here.")
    assert [each.text for each in await marsh.store.read(chats.messages, ConversationId("Mina"), 1)] == ["Here."]


async def test_a_reply_by_mail_is_taken_back_whole(desk: Desk, marsh: Library) -> None:
    """Its words come back without the transcript, which the next one carries; then the turn can be taken back, too."""
    turned = (await _turned(desk, marsh, transcript=True)).ticket
    await desk.reply(ANA, turned.id, turned.version, "It is on level 2.")
    [held] = await desk.sending.held(ANA)
    taken = await desk.sending.take_back(ANA, held.act)
    assert taken.text == "It is on level 2."
    now = (await desk.thread(ANA, turned.id)).ticket
    assert (now.goes_by, now.unanswered is not None) == (Channel.MAIL, True)
    await desk.undo(ANA, turned.id, turned.version)
    assert (await desk.thread(ANA, turned.id)).ticket.goes_by is Channel.CHAT


async def test_the_first_mail_carries_what_was_said(desk: Desk, marsh: Library) -> None:
    """Quoted, with no colleague's note in it; the thread folds it, and the second mail has it no more."""
    asked = await _held(desk, marsh, "Mina")
    await desk.note(ANA, asked, "Sounds urgent.")
    version = (await desk.thread(ANA, asked)).ticket.version
    turned = await desk.chatting.go_by_mail(ANA, asked, version, f" {MINA.upper()} ", transcript=True)
    replied = await desk.reply(ANA, asked, turned.version, "It is on level 2.")
    marsh.clock.passes(seconds=11)
    [first] = await _sent(marsh)
    assert first.text == "It is on level 2.\n\nOur chat so far:\n> You: Hello?"
    entry = (await desk.thread(ANA, asked)).entries[-1]
    assert entry.text[: entry.quote_from].strip() == "It is on level 2."
    await desk.reply(ANA, asked, (await desk.thread(ANA, asked)).ticket.version, "And the copy is on 3.")
    marsh.clock.passes(seconds=11)
    [second] = await _sent(marsh)
    assert second.text == "And the copy is on 3."
    assert replied.goes_by is Channel.MAIL


async def test_a_visitor_who_left_is_reached_by_mail(desk: Desk, marsh: Library) -> None:
    """They gave their address and went: the answer goes out, and solved it can come back for a fortnight."""
    asked = await _held(desk, marsh, "Mina")
    await marsh.store.write(leave, ConversationId("Mina"), "left", marsh.clock.now(), marsh.desk._published())
    version = (await desk.thread(ANA, asked)).ticket.version
    turned = await desk.chatting.go_by_mail(ANA, asked, version, MINA)
    assert Flag.LEFT not in turned.flags
    solved = await desk.reply(ANA, asked, turned.version, "Level 2.", then="solved")
    assert (solved.state, solved.closes) == (State.SOLVED, marsh.clock.now() + 14 * 24 * 3600 * SECOND)


async def test_who_leaves_the_page_meanwhile_has_not_left(desk: Desk, marsh: Library) -> None:
    """The mail reaches them wherever they are."""
    turned = (await _turned(desk, marsh)).ticket
    await marsh.store.write(leave, ConversationId("Mina"), "left", marsh.clock.now(), marsh.desk._published())
    after = await desk.thread(ANA, turned.id)
    assert after.ticket.flags == {Flag.BY_MAIL}
    assert Kind.LEFT not in [each.kind for each in after.history]


@pytest.mark.parametrize(
    "typed",
    ["", "mina", "mina@", "@example.org", "mina@example", "mina@example.org\nBcc: x@y.example",
     "Mina <mina@example.org>", "mina@exa\u202emple.org", "mina..x@example.org", f"{'a' * 250}@example.org",
     "help@library.example"],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused(marsh: Library, typed: str) -> None:
    """In words; nothing has changed."""
    asked = await _held(marsh.desk, marsh, "Mina")
    before = (await marsh.desk.thread(ANA, asked)).ticket
    with pytest.raises(Refused, match=r"no e-mail address|library's own"):
        await marsh.desk.chatting.go_by_mail(ANA, asked, before.version, typed)
    assert (await marsh.desk.thread(ANA, asked)).ticket == before


_PROMISES = """
[standards.chat-answered]
title = "We answer chats within an hour."
measure = "first_response"
limit = "1 h"
share = 90
covers = { channels = ["chat"] }
from = 2020-01-01

[standards.chat-again]
title = "And again within an hour."
measure = "next_response"
limit = "1 h"
share = 90
covers = { channels = ["chat"] }
from = 2020-01-01

[standards.mail-again]
title = "We answer mails again within a day."
measure = "next_response"
limit = "24 h"
share = 90
covers = { channels = ["mail"] }
from = 2020-01-01
"""


async def test_the_clocks_of_a_chat_that_goes_on_by_mail(tmp_path: Path) -> None:
    """The chat's runs until the mail has gone, by the mail's own time; then what comes by mail is timed as mail is."""
    (tmp_path / "standards.toml").write_text(_PROMISES, encoding="utf-8")
    async with library(tmp_path / "standards.toml") as marsh:
        desk = marsh.desk
        desk.chatting.refit(Manner(line=LineId("help")))
        desk.sending.windows = Windows(10 * SECOND, 10 * SECOND)
        turned = (await _turned(desk, marsh)).ticket
        assert _outcomes(await desk.thread(ANA, turned.id)) == {"chat-answered": Outcome.PENDING}
        marsh.clock.passes(minutes=30)
        await desk.reply(ANA, turned.id, turned.version, "Level 2.")
        marsh.clock.passes(seconds=11)
        await _sent(marsh)
        [clock] = (await desk.thread(ANA, turned.id)).clocks
        assert (clock.outcome, clock.spent) == (Outcome.MET, 30 * 60 * SECOND + 10 * SECOND)
        await marsh.mail("And the copy?", sender=MINA, to=turned.id)
        assert _outcomes(await desk.thread(ANA, turned.id)) == {
            "chat-answered": Outcome.MET,
            "mail-again": Outcome.PENDING,
        }
        assert await upkeep.check(marsh.store) == ()


def _outcomes(thread: Thread) -> dict[str, Outcome]:
    return {row.standard: row.outcome for row in thread.clocks}


async def test_only_a_chat_goes_on_by_mail(desk: Desk, marsh: Library) -> None:
    """No text of the Noiseline, no mail, nothing twice, nothing that a colleague has changed."""
    noise = await marsh.text()
    with pytest.raises(Refused, match="no chat"):
        await desk.chatting.go_by_mail(ANA, noise, (await desk.thread(ANA, noise)).ticket.version, MINA)
    turned = (await _turned(desk, marsh)).ticket
    with pytest.raises(Stale):
        await desk.chatting.go_by_mail(ANA, turned.id, turned.version - 1, MINA)
    with pytest.raises(Refused, match="already"):
        await desk.chatting.go_by_mail(ANA, turned.id, turned.version, MINA)
    with pytest.raises(Refused, match="no chat with a visitor"):
        await desk.chatting.in_a_moment(ANA, turned.id)
    marsh.desk.chatting.refit(Manner())
    with pytest.raises(Refused, match="form_line"):
        await desk.chatting.go_by_mail(ANA, turned.id, turned.version, MINA)


async def test_a_visitor_is_told_that_a_colleague_has_taken_over(desk: Desk, marsh: Library) -> None:
    """As the settings say; the note is not for them, and it answers nothing."""
    marsh.desk.sorting.refit(await marsh.desk.sorting.sorts(ANA), "{first_name} has taken over.")
    asked = await _held(desk, marsh, "Mina")
    before = await desk.thread(ANA, asked)
    await desk.sorting.hand_over(ANA, asked, before.ticket.version, BEN, "Wants the atlas.")
    said = await marsh.store.read(chats.messages, ConversationId("Mina"), 1)
    assert [each.text for each in said] == ["Ben has taken over."]
    after = await desk.thread(ANA, asked)
    assert (after.ticket.owner, after.ticket.unanswered) == (BEN, before.ticket.unanswered)
    assert {row.outcome for row in after.clocks} == {row.outcome for row in before.clocks}
