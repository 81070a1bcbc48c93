"""An hour at a busy desk, minute by minute: sixty contacts, three members of staff, two of them at other machines.

Whatever a desk does in an hour happens in it: danger among noise, claims that collide, a reply to a ticket that has
changed, second thoughts, a hand-over, a mail that bounces, a chat that is left, a channel closed by hand. At the end
nothing is lost, the log bears all of it out, and the report is what a person with a tally sheet would have counted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.api.remote import connect
from helpdesk.api.server import desk_socket
from helpdesk.clock import HOUR, MINUTE, plus
from helpdesk.errors import Stale, Undeliverable
from helpdesk.message import Channel, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.reports import report
from helpdesk.reports.question import Question
from helpdesk.standards import Bar
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.conversation import Mailer, Patron, Texter, Town, Visitor
from tests.noisy import Walker, noisy, walker

TALLY = {
    Channel.MAIL: (19, 14),
    Channel.SMS: (20, 18),
    Channel.CHAT: (12, 11),
    Channel.PHONE: (3, 3),
    Channel.DESK: (5, 5),
}
"""By channel: how many came, and how many a person answered. One mail more was spam: 60 in all."""

KEPT = {
    "mail-answered": (14, 0, 5, 0),
    "noise-texts": (12, 2, 1, 0),
    "chat-claimed": (10, 1, 0, 1),
}
"""By promise: kept, broken, not answered yet, left before anybody could."""

WAITING = {"bounced", "mail 18", "mail 19", "mail 20", "text 5", "noise 15"}
"""Who still waits at the end of the hour, in sight on the worklist; mail 12 lies among those put off."""


@dataclass
class Hour:
    """The hour: the town, its staff, and all who came, by the name that the script gives them."""

    town: Town
    mia: Walker
    ben: Walker
    cai: Walker
    came: dict[str, Patron] = field(default_factory=dict)

    def known(self, name: str, patron: Patron) -> Patron:
        """Somebody came."""
        assert name not in self.came
        self.came[name] = patron
        return patron

    async def mails(self, name: str, text: str = "Can I renew my loan?") -> TicketId:
        """Somebody writes a mail."""
        mailer = Mailer(self.town, name.replace(" ", "-"))
        self.known(name, mailer)
        await mailer.mails(text, subject=name)
        return mailer.ticket

    async def texts(self, name: str, text: str, line: str = "noise") -> TicketId:
        """Somebody sends a text."""
        texter = self.town.texter(name, line=line)
        self.known(name, texter)
        await texter.texts(text)
        return texter.ticket

    async def chats(self, name: str) -> Visitor:
        """Somebody begins a chat."""
        visitor = self.town.visitor(name)
        self.known(name, visitor)
        await visitor.chats("Is anybody there?")
        return visitor

    async def answers(self, who: Walker, ticket: TicketId, text: str = "Yes, until nine.") -> None:
        """A member opens a ticket, answers it and solves it; the ten seconds go by."""
        await who.opens(ticket)
        await who.replies(text, then="solved")
        await self.town.time.passes(seconds=11)

    async def takes_chat(self, who: Walker) -> TicketId:
        """A member takes the chat that waits, and answers it."""
        ticket = await who.takes_next()
        assert ticket is not None
        assert ticket.channel is Channel.CHAT
        await who.replies("Hello, how can I help?", then="solved")
        return ticket.id


@pytest.fixture
async def hour(tmp_path: Path) -> AsyncIterator[Hour]:
    """Twelve o'clock: Mia sits at the owner's desk, Ben and Cai at desks that are attached to it."""
    async with noisy(desk={"undo_seconds": 10}) as town, attached(town, tmp_path) as (ben, cai):
        yield Hour(town, await walker(town, "mia"), ben, cai)


@asynccontextmanager
async def attached(town: Town, folder: Path) -> AsyncIterator[tuple[Walker, Walker]]:
    """Two members at desks of their own processes."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(desk_socket(town.house.desk, folder / "desk.sock"))
        found = []
        for name in ("ben", "cai"):
            desk = await stack.enter_async_context(connect(folder / "desk.sock"))
            found.append(await walker(town, name, desk))
        ben, cai = found
        yield ben, cai


async def test_a_busy_hour(hour: Hour) -> None:
    """Sixty contacts from twelve to one."""
    begin = hour.town.time.now
    await the_first_quarter(hour)
    await the_second_quarter(hour)
    await the_third_quarter(hour)
    await hour.town.time.comes(plus(begin, 45 * MINUTE))
    await the_last_quarter(hour)
    await hour.town.time.comes(plus(begin, HOUR))
    await nothing_is_lost(hour)
    await the_figures_are_the_tally(hour)


async def the_first_quarter(hour: Hour) -> None:
    """Five mails, a noise that five tell of, four chats, and people at the counter."""
    town, mia, ben, cai = hour.town, hour.mia, hour.ben, hour.cai
    for n in range(1, 6):
        await hour.answers(mia, await hour.mails(f"mail {n}"))
    noise = [await hour.texts(f"noise {n}", "so loud, L3A") for n in range(1, 6)]
    incident = await ben.dispatches("security")
    await town.time.passes(minutes=6)
    await ben.attends()
    await ben.concludes(NoiseOutcome.SPOKEN_TO, "We asked them to be quiet.")
    assert incident.number == 1
    assert {(await mia.opens(each)).ticket.state for each in noise} == {State.SOLVED}
    for n in range(1, 5):
        await hour.chats(f"chat {n}")
        await town.time.passes(seconds=20)
        await hour.takes_chat((mia, ben, cai, ben)[n - 1])
    for who, channel in ((mia, Channel.DESK), (ben, Channel.DESK), (cai, Channel.PHONE)):
        await who.desk.log_contact(who.id, channel, text="Where is the scanner?")


async def the_second_quarter(hour: Hour) -> None:
    """Danger goes first; two reach for the same chat; somebody writes while the answer is written."""
    town, mia, ben, cai = hour.town, hour.mia, hour.ben, hour.cai
    quiet = await hour.texts("noise 7", "music in the corridor")
    danger = await hour.texts("noise 6", "two men are fighting on level 3")
    first = (await mia.desk.worklist(mia.id, View.UNANSWERED)).rows[0]
    assert first.id == danger
    await hour.answers(mia, danger, "Security is on its way. In danger call 999.")
    await hour.answers(ben, quiet, "We look into it.")

    await hour.chats("chat 5")
    chat = await mia.takes_next()
    assert chat is not None
    with pytest.raises(Stale, match="mia has ticket"):
        await cai.desk.claim(cai.id, chat.id)
    await mia.replies("Hello, how can I help?", then="solved")

    await hour.mails("mail 14")
    writer = hour.came["mail 14"]
    assert isinstance(writer, Mailer)
    await ben.opens(writer.ticket)
    await writer.mails("I found it, but where do I return it?", to=writer.ticket)
    with pytest.raises(Stale):
        await ben.replies("Look on level 2.")
    await hour.answers(ben, writer.ticket, "At the desk on the ground floor.")

    slip = await hour.mails("mail 15")
    await cai.opens(slip)
    await cai.replies("No.", then="solved")
    [held] = await cai.desk.sending.held(cai.id)
    await cai.desk.sending.take_back(cai.id, held.act)
    await hour.answers(cai, slip, "No, it is on loan. Shall we keep it for you?")

    late = await hour.chats("chat 9")
    await town.time.passes(seconds=90)
    await hour.takes_chat(ben)
    assert late.opened is not None
    for n in range(6, 11):
        await hour.answers(mia, await hour.mails(f"mail {n}"))
    for n in range(8, 13):
        await hour.answers(cai, await hour.texts(f"noise {n}", "loud again"), "We look into it.")
    for n in range(1, 5):
        await hour.answers(ben, await hour.texts(f"text {n}", "When do you close?", line="text"))


async def the_third_quarter(hour: Hour) -> None:
    """A hand-over, a nap, a slip of the finger, spam, and mail that can't be delivered; two noises wait too long."""
    town, mia, ben, cai = hour.town, hour.mia, hour.ben, hour.cai
    too_late = [await hour.texts(f"noise {n}", "noisy here") for n in (13, 14)]
    for who, channel in ((mia, Channel.DESK), (ben, Channel.DESK), (cai, Channel.PHONE)):
        await who.desk.log_contact(who.id, channel, text="Printing")

    over = await hour.mails("mail 13", "Could you get me a chapter from the British Library?")
    seen = (await mia.opens(over)).ticket
    given = await mia.desk.sorting.hand_over(mia.id, over, seen.version, ben.id, "You know the form.")
    assert given.owner == ben.id
    await hour.answers(ben, over, "Yes, here is how.")

    await cai.opens(await hour.mails("mail 12"))
    await cai.snoozes(minutes=120)

    slip = await hour.mails("mail 16")
    await mia.opens(slip)
    solved = await mia.solves()
    assert (await mia.desk.undo(mia.id, slip, solved.version)).state is not State.SOLVED
    await hour.answers(mia, slip)

    spam = (await cai.opens(await hour.mails("mail 17", "You have won a prize"))).ticket
    await cai.desk.spam(cai.id, spam.id, spam.version)

    bounced = await hour.mails("bounced")
    town.wires[Channel.MAIL].fails(Undeliverable("There is no such mailbox.", code="550"))
    await hour.answers(ben, bounced)
    thread = await ben.opens(bounced)
    assert thread.ticket.flags == frozenset({Flag.UNDELIVERABLE})

    await town.time.passes(minutes=16)
    for each in too_late:
        await hour.answers(cai, each, "We are there now.")


async def the_last_quarter(hour: Hour) -> None:
    """The chat closes for a drill and opens early; a visitor leaves; what comes in last waits in sight."""
    town, mia, ben, cai = hour.town, hour.mia, hour.ben, hour.cai
    closing = await mia.desk.closings.close(mia.id, "chat", plus(town.time.now, 30 * MINUTE), "fire drill")
    assert any("fire drill" in each.text for each in await ben.desk.notices())
    await town.time.passes(minutes=2)
    await mia.desk.closings.open(mia.id, closing.seq)
    assert not any("fire drill" in each.text for each in await ben.desk.notices())

    gone = await hour.chats("chat 10")
    await town.time.passes(seconds=20)
    await gone.leaves()
    await town.time.passes(minutes=2)
    await mia.takes_next()
    await mia.solves()
    for n, who in ((6, mia), (7, ben), (8, cai), (11, mia), (12, ben)):
        await hour.chats(f"chat {n}")
        await town.time.passes(seconds=15)
        await hour.takes_chat(who)
    for who, channel in ((mia, Channel.DESK), (ben, Channel.PHONE)):
        await who.desk.log_contact(who.id, channel)
    await town.time.passes(minutes=2)
    for n in (18, 19, 20):
        await hour.mails(f"mail {n}")
    await hour.texts("text 5", "Are you open on Sunday?", line="text")
    await hour.texts("noise 15", "a bit loud")


async def nothing_is_lost(hour: Hour) -> None:
    """All who came have a ticket; it is answered, left, spam, put off, or in sight; the log bears it out."""
    town, mia = hour.town, hour.mia
    assert len(hour.came) + 8 == 60
    open_ = (await mia.desk.worklist(mia.id, View.UNANSWERED, count=200)).rows
    waiting = {row.id for row in open_}
    names = {each.ticket: name for name, each in hour.came.items() if each.receipts}
    assert {names[each] for each in waiting} == WAITING
    assert [row.subject for row in (await mia.desk.worklist(mia.id, View.SNOOZED)).rows] == ["mail 12"]
    for patron in hour.came.values():
        if isinstance(patron, Mailer | Texter) and patron.ticket not in waiting:
            thread = await mia.opens(patron.ticket)
            assert thread.ticket.state in {State.SOLVED, State.SNOOZED, State.SPAM}, thread.ticket
    assert await upkeep.check(town.house.store) == ()


async def the_figures_are_the_tally(hour: Hour) -> None:
    """The report of the hour, beside what was counted by hand."""
    town = hour.town
    question = Question(zone="Europe/London", library="Fernhill Library", now=town.time.now, noisy=True)
    made = await report(town.house.store, question)
    assert {each.channel: (each.received, each.answered) for each in made.volumes} == TALLY
    [apart] = [each.set_apart for each in made.volumes if each.set_apart]
    assert apart == {Bar.SPAM: 1}
    found = {each.standard: (each.met, each.missed, each.pending, each.left_early) for each in made.total.figures}
    assert found == KEPT
