"""A message comes in: once, and with what staff must know of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.clock import HOUR, MINUTE, ManualClock
from helpdesk.errors import Refused, Unparseable
from helpdesk.events import Event, Kind
from helpdesk.message import Channel, DeliveryReport, Envelope, Inbound, LineId, Reading
from helpdesk.store.verbs import outbox
from helpdesk.store.verbs.receiving import CONFLICT
from helpdesk.thread import EntryKind
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.arriving import attachment, inbound
from tests.conversation import Mailer, Town, library
from tests.engines import ON_SQLITE

pytestmark = pytest.mark.usefixtures("engine")


async def received(town: Town) -> list[Event]:
    """Every event that says a message came."""
    return [event for event in await town.log() if event.kind is Kind.RECEIVED]


# Once


async def test_the_same_message_comes_twice(town: Town) -> None:
    """The second receipt names the first's ticket and entry, and nothing is written."""
    ana = town.texter("ana", line="text")
    first = await ana.texts("Are you open?", named="SM7")
    before = await town.log()
    second = await ana.texts("Are you open?", named="SM7")
    assert second == replace(first, duplicate=True)
    assert await town.log() == before


async def test_the_same_id_with_other_words_is_kept_and_flagged(town: Town) -> None:
    """A Message-ID is the sender's claim: another mail under it is another mail."""
    ben = town.mailer("ben")
    first = await ben.mails("Can I renew?", named="<1@example.org>")
    second = await ben.mails("Can I pay?", named="<1@example.org>")
    assert not second.duplicate
    assert second.ticket != first.ticket
    assert [event.data["conflict"] for event in await received(town)] == [False, True]
    assert second.ticket is not None
    history = (await (await town.staff("mia")).opens(second.ticket)).history
    assert CONFLICT in [moment.remark for moment in history]
    assert (await ben.mails("Can I pay?", named="<1@example.org>")).entry == second.entry


@ON_SQLITE
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=14))
def test_once_in_any_interleaving(sent: list[tuple[int, int]]) -> None:
    """Sent again and again, all at once and in any order: each message is stored once, and all its receipts agree."""

    async def told() -> None:
        async with library() as town:
            mailers = [town.mailer(name) for name in ("ana", "ben", "cai", "dee")]
            mails = [mailers[who].mail(f"Question {n}", named=f"<{who}.{n}@x>") for who, n in sent]
            async with asyncio.TaskGroup() as tasks:
                each = [tasks.create_task(town.wires[Channel.MAIL].arrives(mail)) for mail in mails]
            receipts = {mail.external_id: set[object]() for mail in mails}
            for mail, task in zip(mails, each, strict=True):
                receipts[mail.external_id].add((task.result().ticket, task.result().entry))
            assert all(len(found) == 1 for found in receipts.values())
            assert sum(not task.result().duplicate for task in each) == len(set(sent))
            assert len(await received(town)) == len(set(sent))

    asyncio.run(told())


async def test_many_texts_of_one_stranger_at_once_make_one_ticket(town: Town) -> None:
    """Whoever comes first opens it; the others go on with it, under the same friendly name."""
    ana = town.texter("ana")
    async with asyncio.TaskGroup() as tasks:
        each = [tasks.create_task(ana.texts(f"loud {n}")) for n in range(6)]
    assert len({task.result().ticket for task in each}) == 1
    mia = await town.staff("mia")
    thread = await mia.opens(ana.ticket)
    assert sorted(entry.text for entry in thread.entries) == [f"loud {n}" for n in range(6)]
    assert {entry.author for entry in thread.entries} == {thread.ticket.name}


# What a ticket looks like


async def test_what_is_stored_of_a_mail(town: Town) -> None:
    """Text, subject, files, who wrote, what the reader noticed; the preview leaves the quote out."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    text = "Can I\n  renew?\n> on Monday you wrote"
    file = attachment("loan.pdf", b"%PDF")
    await ben.mails(
        text, subject="Loan", quote_from=text.index(">"), attachments=(file, file), remarks=("charset guessed",)
    )
    thread = await mia.opens(ben.ticket)
    [entry] = thread.entries
    assert (entry.text, entry.author, entry.quote_from) == (text, "Ben", text.index(">"))
    assert [each.digest for each in entry.files] == [file.digest] * 2
    assert await town.house.desk.attachment(mia.id, file.digest) == b"%PDF"
    assert (thread.ticket.subject, thread.ticket.name, thread.ticket.preview) == ("Loan", "Ben", "Can I renew?")
    assert (thread.ticket.number, thread.ticket.state, thread.ticket.version) == (1, State.NEW, 1)
    assert [(moment.kind, moment.remark) for moment in thread.history] == [
        (Kind.OPENED, ""),
        (Kind.RECEIVED, "charset guessed"),
    ]
    assert [event.data["rule"] for event in await town.log(ben.ticket)] == ["new_contact"] * 2


async def test_a_text_is_called_by_its_first_words(town: Town) -> None:
    """Whole ones, for good; the preview shows the latest."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("There is somebody with a very loud saxophone on level 3, beside the windows")
    await ana.texts("Thank you!")
    ticket = (await mia.opens(ana.ticket)).ticket
    assert ticket.subject == "There is somebody with a very loud saxophone on level 3,"
    assert ticket.preview == "Thank you!"


@pytest.mark.parametrize(
    ("text", "subject"), [("loud", "loud"), ("lou " * 40, "lou " * 14 + "lou"), ("x" * 99, "x" * 60)]
)
async def test_a_text_of_any_length_has_a_subject(town: Town, text: str, subject: str) -> None:
    """Up to sixty characters."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts(text)
    assert (await mia.opens(ana.ticket)).ticket.subject == subject


async def test_the_log_holds_no_word_and_no_address(town: Town) -> None:
    """Ids, enums, numbers and times only."""
    ben = town.mailer("benedict")
    await ben.mails("My secret question", subject="Secret", remarks=("a secret remark",))
    told = repr(await town.log())
    assert "ecret" not in told
    assert "benedict" not in told.lower()


async def test_a_message_caught_up_later_counts_from_the_carrier_s_time(town: Town) -> None:
    """The clock starts when the carrier took it; never in the future."""
    ana = town.texter("ana", line="text")
    early, late = town.time.now - 5 * MINUTE, town.time.now + HOUR
    for sent, began in ((early, early), (late, town.time.now)):
        receipt = await town.house.intake.receive(ana.text("Hello?", sent_at=sent, caught_up=True))
        assert receipt.ticket is not None
        opened = [event for event in await received(town) if event.data["entry"] == receipt.entry]
        assert [event.when for event in opened] == [began]
        assert opened[0].noted == town.time.now


async def test_automatic_mail_is_ticketed_and_waits_for_nobody(town: Town) -> None:
    """No greeting, no clock that counts, nobody unanswered."""
    ben, mia = town.mailer("ben", line="greeted"), await town.staff("mia")
    await ben.mails("I am away.", automatic=True)
    await ben.hears_nothing()
    thread = await mia.opens(ben.ticket)
    assert (thread.ticket.flags, thread.ticket.unanswered) == (frozenset({Flag.AUTOMATIC}), None)
    assert (await town.house.desk.counts(mia.id))[View.UNANSWERED] == 0


async def test_a_mail_without_a_sender(town: Town) -> None:
    """It is a ticket; nobody can be answered."""
    mia = await town.staff("mia")
    receipt = await town.house.intake.receive(inbound(Channel.MAIL, "greeted", None, "Hello?", "<1@x>"))
    assert receipt.ticket is not None
    assert (await mia.opens(receipt.ticket)).ticket.name == "unknown sender"
    with pytest.raises(Refused, match="no sender"):
        await mia.replies("Hello!")


async def test_a_line_that_is_not_in_the_settings(town: Town) -> None:
    """No policy is guessed: a sealed line that was left out would show its senders."""
    ana = town.texter("ana", line="forgotten")
    with pytest.raises(Refused, match="forgotten"):
        await ana.texts("loud")
    assert await received(town) == []


async def test_what_has_no_line_is_seen_all_the_same(town: Town) -> None:
    """A trace in quarantine: size and reason, no content; once."""
    mia = await town.staff("mia")
    for _ in range(2):
        receipt = await town.house.intake.quarantine(Channel.SMS, LineId("+44"), "SM1", "00", 512, "no such line")
    assert receipt.ticket is not None
    assert receipt.duplicate
    thread = await mia.opens(receipt.ticket)
    assert Flag.QUARANTINED in thread.ticket.flags
    assert "512 bytes" in thread.entries[0].text
    assert "no such line" in thread.entries[0].text


# Greetings


async def test_a_greeting_is_sent_once_a_ticket(town: Town) -> None:
    """To the patron of a new contact; it answers nothing."""
    ben, mia = town.mailer("ben", line="greeted"), await town.staff("mia")
    await ben.mails("Can I renew?")
    assert (await ben.hears("we have it")).automatic
    await ben.mails("Hello?", to=ben.ticket)
    await ben.hears_nothing()
    thread = await mia.opens(ben.ticket)
    assert [entry.kind for entry in thread.entries] == [EntryKind.IN, EntryKind.AUTO, EntryKind.IN]
    assert thread.ticket.unanswered is not None


async def test_two_robots_do_not_talk_for_ever(town: Town) -> None:
    """Thirty in ten minutes to one address, then sixty in thirty: the caps hold, and every mail is ticketed."""
    robot, ben = town.mailer("robot", line="greeted"), town.mailer("ben", line="greeted")
    for span, most in ((0, 30), (10 * MINUTE + 1, 60)):
        town.clock.move_to(type(town.time.now)(town.time.now + span))
        for n in range(35):
            await robot.mails(f"Hello {n}")
        await town.settles()
        assert len(robot.heard) == most
    assert len(await received(town)) == 70
    await ben.mails("Hello")
    await ben.hears("we have it")
    assert outbox.CAPS[0] == (10 * MINUTE, 30)


# Mail in two commits


class Scripted:
    """A reader that says what it was told to."""

    def __init__(self, *said: Inbound | Exception, reports: tuple[DeliveryReport, ...] = ()) -> None:
        self.said = list(said)
        self.reports = reports

    async def read(self, envelope: Envelope) -> Reading:
        """The next thing to say."""
        said = self.said.pop(0)
        if isinstance(said, Exception):
            raise said
        return Reading(inbound=said, reports=self.reports)


def envelope(content: bytes, line: str = "help") -> Envelope:
    """A mail as the relay hands it over."""
    return Envelope(
        line=LineId(line),
        sender="b@example.org",
        recipients=("help@library.example",),
        content=content,
        digest=f"{content!r}",
    )


async def test_a_mail_is_kept_then_placed(town: Town) -> None:
    """Kept once; placed once, however often it is asked for."""
    ben, intake = town.mailer("ben"), town.house.intake
    intake._reader = Scripted(ben.mail("Can I renew?"))
    assert not (await intake.keep(envelope(b"1"))).duplicate
    assert (await intake.keep(envelope(b"1"))).duplicate
    assert await intake.parse_due() == 1
    assert await intake.parse_due() == 0
    assert [str(event.kind) for event in await town.log() if event.actor == "patron"] == ["kept", "opened", "received"]


@pytest.mark.parametrize(
    "fault", [Unparseable("Too deep."), ZeroDivisionError("a fault of ours"), Refused("no such line")]
)
async def test_a_bad_mail_is_in_quarantine_and_in_nobody_s_way(town: Town, fault: Exception) -> None:
    """Whatever goes wrong with it: it is a visible ticket, and the next mail is read."""
    ben, mia, intake = town.mailer("ben"), await town.staff("mia"), town.house.intake
    intake._reader = Scripted(fault, ben.mail("Can I renew?"))
    for content in (b"bad", b"good"):
        await intake.keep(envelope(content))
    assert await intake.parse_due() == 2
    assert await intake.parse_due() == 0
    page = await town.house.desk.worklist(mia.id, View.MAIL)
    flags = {row.subject: row.flags for row in page.rows}
    assert flags["Mail that could not be read"] == {Flag.QUARANTINED}
    assert len(flags) == 2


async def test_a_mail_of_a_line_that_is_gone(town: Town) -> None:
    """Taken while the line was in the settings, read when it was no more: quarantine."""
    ben, intake = town.mailer("ben", line="gone"), town.house.intake
    intake._reader = Scripted(ben.mail("Can I renew?"))
    await intake.keep(envelope(b"1", "gone"))
    assert await intake.parse_due() == 1
    assert await intake.parse_due() == 0
    assert len(await received(town)) == 1


async def test_half_a_letter_is_no_obstacle(town: Town) -> None:
    """What no database takes (half a surrogate pair) is replaced, in whatever field it comes."""
    broken = "caf\ud800"
    mia = await town.staff("mia")
    sender = Mailer(town, "ben").address
    mail = inbound(
        Channel.MAIL, "help", replace(sender, name=broken), broken, f"<{broken}@x>", subject=broken, digest="d"
    )
    receipt = await town.house.intake.receive(mail)
    assert (await town.house.intake.receive(mail)).duplicate
    assert receipt.ticket is not None
    thread = await mia.opens(receipt.ticket)
    assert {thread.entries[0].text, thread.ticket.subject, thread.ticket.name} == {"caf?"}


async def test_a_report_of_a_stranger_s_message_is_counted(town: Town) -> None:
    """It is shown, with how often it happened, and changes nothing."""
    for _ in range(3):
        await town.wires[Channel.SMS].reports("NOBODY")  # type: ignore[arg-type]
    [notice] = await town.house.desk.notices()
    assert notice.text.startswith("3 delivery reports")


async def test_what_is_turned_away_is_counted_by_line(town: Town) -> None:
    """The log hears of the first and of each hundredth."""
    for _ in range(101):
        await town.house.intake.turned_away(Channel.SMS, LineId("noise"), "forged signature")
    [notice] = await town.house.desk.notices()
    assert notice.text.startswith("101 refused at the sms line noise")
    assert [event.data["n"] for event in await town.log() if event.kind is Kind.REFUSED_AT_DOOR] == [1, 100]


async def test_cursors_go_forward_only(town: Town) -> None:
    """Catching up never forgets how far it came."""
    intake, now = town.house.intake, ManualClock().now()
    assert await intake.cursor("noise") is None
    for when in (now + 5, now, now + 3):
        await intake.move_cursor("noise", type(now)(when))
    assert await intake.cursor("noise") == now + 5


async def test_a_lists_mail_is_somebodys_question_that_nothing_answers_by_itself(town: Town) -> None:
    """No greeting, yet somebody waits: it stands among the unanswered."""
    ben, mia = town.mailer("ben", line="greeted"), await town.staff("mia")
    await ben.mails("Does our seminar get a shelf?", keep_quiet=True)
    await town.settles()
    ticket = await mia.takes_next()
    assert ticket is not None
    assert ticket.unanswered is not None
    assert ben.heard == []
