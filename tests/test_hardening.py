"""What somebody who means harm, or an unlucky week, tries: each attack here once got through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest

from channels.loopback import Loopback
from channels.mime import read
from channels.mime_write import write
from helpdesk.chats import Chats, Over
from helpdesk.clock import DAY, MINUTE, Instant, ManualClock, plus
from helpdesk.config import LibrarySettings, LineSettings, Settings, StoreSettings
from helpdesk.errors import Refused, TryLater, Unclear
from helpdesk.house import open_house
from helpdesk.masking import mask
from helpdesk.message import (
    Address,
    Channel,
    Delivery,
    DeliveryReport,
    Envelope,
    Inbound,
    LineId,
    Outbound,
    Reading,
    Sent,
    StaffId,
    TicketId,
)
from helpdesk.ports import Door
from helpdesk.store.care import back_up
from helpdesk.store.keys import KeyStore
from helpdesk.store.verbs import mail as mails
from helpdesk.ticket import Flag
from tests.channels.mails import ENQUIRIES, MAILBOXES, envelope
from tests.channels.mails import LINES as MAIL_LINES
from tests.channels.test_mail_out import REPLY
from tests.channels.texting import NOISE, texting
from tests.conversation import LINES, MASTER, QUIET, Town, library


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


@asynccontextmanager
async def kept(
    folder: Path, lines: dict[str, LineSettings], clock: ManualClock, wire: type[Loopback] = Loopback
) -> AsyncIterator[Town]:
    """A library whose store lies in ``folder``: what closes can open again, with other lines."""
    wires: dict[Channel, Loopback] = {}

    def senders(door: Door, chats: Chats) -> dict[Channel, Loopback]:
        channels = {line.channel for line in lines.values()}
        wires.update({each: wire(each, door, clock) for each in channels})
        return wires

    store = StoreSettings(path=folder / "desk.sqlite", keys=folder / "keys.sqlite")
    settings = Settings(library=LibrarySettings(name="Fernhill Library"), store=store, lines=lines, texts=QUIET)
    async with open_house(settings, clock, master=MASTER, senders=senders) as house:
        yield Town(house, wires, clock)


def all_bytes(folder: Path) -> bytes:
    """Whatever lies in a folder."""
    return b"".join(each.read_bytes() for each in folder.iterdir() if each.is_file())


# Mail

HIDDEN = "=?utf-8?b?aGkNCkJjYzogZXZlQHguZXhhbXBsZQ0KDQo=?="
"""An encoded word of two line ends and a Bcc header: the standard library decodes it once more as it is set."""


@pytest.mark.parametrize(
    "wild",
    [
        replace(REPLY, subject=HIDDEN),
        replace(REPLY, to=Address(channel=Channel.MAIL, value="ana@patron.example", name=HIDDEN)),
        replace(REPLY, references=(f"<{HIDDEN}@x.example>",)),
    ],
)
def test_an_encoded_line_end_adds_no_header(wild: Outbound) -> None:
    """Twice encoded, it comes as plain text through the reading of a mail, and must stay text."""
    mail = message_from_bytes(write(wild, MAIL_LINES[ENQUIRIES], "Library").as_bytes())
    assert "Bcc" not in mail
    assert mail.get_content_type() == "text/plain"


BOUNCE = """\
From: MAILER-DAEMON@relay.example
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; Kit@Example.org
Action: failed
Status: 5.2.2

Final-Recipient: rfc822; ben@example.org
Action: relayed
Status: 2.0.0

--x
Content-Type: text/rfc822-headers

Message-ID: <{outbox}@library.example>
--x--
"""


async def test_a_copy_that_bounces_does_not_void_the_patron_s_answer(town: Town) -> None:
    """The friend's mailbox is full: the patron has read the answer, and the report must not call it a miss."""
    ben, kit, mia = town.mailer("ben"), town.mailer("kit"), await town.staff("mia")
    await ben.mails("Can I renew?")
    await kit.mails("I am his friend", to=ben.ticket)
    thread = await mia.opens(ben.ticket)
    await town.house.desk.reply(mia.id, ben.ticket, mia.before.version, "Yes.", include=thread.unverified)
    sent = await ben.hears("Yes.")
    for each in read(envelope(BOUNCE.format(outbox=sent.id).encode()), MAILBOXES).reports:
        await town.house.intake.report(each)
    thread = await mia.opens(ben.ticket)
    assert thread.entries[-1].delivery is Delivery.DELIVERED
    assert thread.ticket.flags == frozenset()
    await town.house.intake.report(DeliveryReport(outbox=sent.id, status=Delivery.FAILED, recipient="ben@example.org"))
    assert Flag.UNDELIVERABLE in (await mia.opens(ben.ticket)).ticket.flags


async def test_large_mails_are_not_taken_out_all_at_once(town: Town) -> None:
    """A queue of mails of the largest size must not fill the memory: what fits is read, the rest comes after it."""
    for n in range(5):
        await town.house.intake.keep(replace(envelope(bytes(400 + n)), line=LineId("help")))
    wait = partial(town.house.store.read, mails.to_parse)
    assert len(await wait(most=1000)) == 2
    assert len(await wait(most=10)) == 1
    assert len(await wait()) == 5


class Troubled:
    """A reader that can't start for the first mail."""

    def __init__(self, *said: Inbound | TryLater) -> None:
        self.said = list(said)

    async def read(self, envelope: Envelope) -> Reading:
        """The next thing to say."""
        said = self.said.pop(0)
        if isinstance(said, TryLater):
            raise said
        return Reading(inbound=said)


async def test_trouble_over_one_mail_cancels_no_other(town: Town) -> None:
    """It is told as itself, for the desk to show, and the mails behind it are read."""
    ben, intake = town.mailer("ben"), town.house.intake
    intake._reader = Troubled(TryLater("It does not start."), ben.mail("Can I renew?"), ben.mail("Once more"))
    for content in (b"1", b"2"):
        await intake.keep(replace(envelope(content), line=LineId("help")))
    with pytest.raises(TryLater, match="does not start"):
        await intake.parse_due()
    assert [str(event.kind) for event in await town.log()].count("received") == 1
    assert await intake.parse_due() == 1


async def test_the_signed_address_of_a_ticket_that_is_gone(town: Town) -> None:
    """After a restore, or once a ticket is forgotten, its patron still answers: that is a new contact, not a fault."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    receipt = await ben.mails("Thank you, one more thing", to=TicketId("0" * 26))
    assert receipt.ticket is not None
    assert (await mia.opens(receipt.ticket)).entries[0].text == "Thank you, one more thing"


# Lines

NUMBER = "+447700900101"
SEALED = {"noise": LINES["noise"]}
OPEN = {"noise": LINES["noise"].model_copy(update={"policy": "open"})}


@pytest.mark.parametrize(("before", "after"), [(SEALED, OPEN), (OPEN, SEALED)])
async def test_a_text_is_the_same_after_its_line_was_opened_or_sealed(
    before: dict[str, LineSettings], after: dict[str, LineSettings], tmp_path: Path
) -> None:
    """Catching up shows it again: taken anew on an open line, it would show whose it was."""
    clock = ManualClock()
    async with kept(tmp_path, before, clock) as town:
        ana, wire = town.texter("ana"), town.wires[Channel.SMS]
        text = ana.text("loud on level 3", named="SM1", account="AC" + "0a" * 16)
        first = await wire.arrives(text)
    async with kept(tmp_path, after, clock) as town:
        assert await town.wires[Channel.SMS].arrives(text) == replace(first, duplicate=True)
    if before is SEALED:
        assert ana.number.encode() not in all_bytes(tmp_path)


async def test_what_was_set_aside_is_taken_once_its_line_is_known(town: Town) -> None:
    """Catching up brings the text itself: the trace in quarantine does not stand in its way."""
    ana, door = town.texter("ana", line="text"), town.house.intake
    text = ana.text("Are you open?", named="SM1")
    await door.quarantine(Channel.SMS, LineId("unknown"), "SM1", text.digest, 13, "no such line")
    receipt = await town.wires[Channel.SMS].arrives(text)
    assert not receipt.duplicate
    assert (await town.wires[Channel.SMS].arrives(text)).duplicate


async def test_the_trace_of_a_text_does_not_give_back_its_words(town: Town) -> None:
    """A digest of a few masked digits is found by trying them all: what is set aside has a keyed one."""
    digest = town.texter("ana").text(f"call {NUMBER}", named="SM1").digest
    await town.house.intake.quarantine(Channel.SMS, LineId("noise"), "SM1", digest, 18, "its sender is no number")
    [row] = await town.house.store.read(lambda sql: sql("SELECT digest FROM received"))
    assert digest not in row["digest"]


@pytest.mark.parametrize("gap", ["_", ",", "*", ":", "\n", "\u200b", "\u2009", "\ufe0f\u20e3"])
def test_a_number_typed_with_odd_gaps_is_masked(gap: str) -> None:
    """Between all digits, or as people group them."""
    assert mask(f"call 07700{gap}900{gap}101 now") == "call [number] now"
    assert "7" not in mask(gap.join("07700900101"))


async def test_a_texter_whose_key_was_lost_can_be_answered_again(tmp_path: Path) -> None:
    """The key store was put back from an earlier day: what waits is undeliverable, the next text mends it."""
    clock = ManualClock()
    async with kept(tmp_path, SEALED, clock) as town:
        await town.house.keys.epochs(LineId("noise"), clock.now())
        copy = (tmp_path / "keys.sqlite").read_bytes(), (tmp_path / "keys.sqlite-wal").read_bytes()
        await town.texter("ana").texts("loud on level 3", named="SM1")
    (tmp_path / "keys.sqlite").write_bytes(copy[0])
    (tmp_path / "keys.sqlite-wal").write_bytes(copy[1])
    clock.move_to(plus(clock.now(), MINUTE))
    async with kept(tmp_path, SEALED, clock) as town:
        ana, mia = town.texter("ana"), await town.staff("mia")
        await ana.texts("still loud", named="SM2")
        assert (await mia.opens(ana.ticket)).ticket.number == 1
        await mia.replies("On our way")
        await ana.hears("On our way")


async def test_an_epoch_of_a_clock_that_was_wrong_is_left(tmp_path: Path) -> None:
    """A clock a year ahead made a key; set right, the line does not go on under it for a year."""
    right, wrong = ManualClock().now(), plus(ManualClock().now(), 365 * DAY)
    async with KeyStore.open(tmp_path / "keys.sqlite", MASTER, ManualClock()) as keys:
        [ahead] = await keys.epochs(LineId("noise"), wrong)
        now, then = await keys.epochs(LineId("noise"), right)
        assert then == ahead
        assert await keys.epochs(LineId("noise"), plus(right, 1)) == (now, then)


async def test_what_was_shredded_does_not_come_back_as_new(town: Town) -> None:
    """After a week with the desk off, catching up shows texts again whose conversation is over by then."""
    ana = town.texter("ana")
    await ana.texts("loud on level 3", named="SM1")
    await town.time.passes(days=8)
    before = await town.log()
    assert (await ana.texts("loud on level 3", named="SM1")).duplicate
    assert await town.log() == before
    rows = await town.house.store.read(lambda sql: sql("SELECT external_id, ticket, entry FROM received"))
    assert [(row["ticket"], row["entry"]) for row in rows] == [(None, None)]
    assert "SM1" not in rows[0]["external_id"]
    assert not (await ana.texts("loud again", named="SM2")).duplicate


class Carrier(Loopback):
    """Looks a text up as a carrier does: by whom it went to and what it says, for it does not know our ids."""

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """All that could be it; a mail relay can't look."""
        if self.channel is Channel.MAIL:
            return await super().find(message)
        alike = (place for place, each in enumerate(self.sent, 1) if each.text == message.text)
        return tuple(Sent(provider_id=f"loopback-{place}") for place in alike)


async def test_the_same_words_twice_are_two_replies(tmp_path: Path) -> None:
    """The first "Yes." at the carrier is no proof that the second went out."""
    async with kept(tmp_path, {"text": LINES["text"]}, ManualClock(), Carrier) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await mia.replies("Yes.")
        await ana.hears("Yes.")
        town.wires[Channel.SMS].fails(Unclear("It did not answer."))
        await mia.replies("Yes.")
        await town.time.passes(minutes=5)
        await ana.hears("Yes.")
        town.wires[Channel.SMS].fails(Unclear("It took it, and did not say so."), taken=True)
        await mia.replies("Yes.")
        await town.time.passes(minutes=5)
        assert len(ana.heard) == 3
        assert [each.text for each in await town.house.desk.notices()] == []


async def test_a_restored_store_does_not_send_again_in_silence(tmp_path: Path) -> None:
    """What waited when the copy was made went out since: looked up where one can look, else flagged."""
    lines, clock = {"text": LINES["text"], "help": LINES["help"]}, ManualClock()
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    async with kept(first, lines, clock, Carrier) as town:
        ana, ben, mia = town.texter("ana", line="text"), town.mailer("ben"), await town.staff("mia")
        await ana.texts("Are you open?")
        await ben.mails("Can I renew?")
        for ticket in (ana.ticket, ben.ticket):
            await mia.opens(ticket)
            await mia.replies("Yes.")
        back_up(first / "desk.sqlite", second / "desk.sqlite")
        await town.settles()
        gone = town.wires[Channel.SMS].sent
        assert len(gone) == 1
    async with kept(second, lines, clock, Carrier) as town:
        town.wires[Channel.SMS].sent += gone
        await town.settles()
        assert len(town.wires[Channel.SMS].sent) == 1
        assert [each.again for each in town.wires[Channel.MAIL].sent] == [True]
        assert "resent_unclear" in await town.kinds(ben.ticket)


class Unsteady(ManualClock):
    """A clock that somebody sets right."""

    def set_back(self, millis: int) -> None:
        """Show an earlier time."""
        self._now = plus(self._now, -millis)


async def test_a_clock_set_back_keeps_no_reply_waiting(tmp_path: Path) -> None:
    """Written while the clock was a year ahead, by this owner or one before: neither waits for a year."""
    clock, lines = Unsteady(), {"text": LINES["text"]}
    clock.passes(days=365)
    async with kept(tmp_path, lines, clock) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await town.settles()
        await mia.replies("Yes.")
        clock.set_back(DAY)
        await ana.hears("Yes.")
        town.wires[Channel.SMS].fails(TryLater("busy"))
        await mia.replies("Until nine.")
        await town.settles()
        clock.set_back(300 * DAY)
    async with kept(tmp_path, lines, clock) as town:
        await town.texter("ana", line="text").hears("Until nine.")


async def test_a_clock_set_back_does_not_blind_catching_up() -> None:
    """The cursor was moved by a clock a year ahead; what the webhook could not bring is fetched all the same."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        await wire.carrier.handset(NUMBER).texts("loud on level 3", to=NOISE)
        wire.door.shut = False
        wire.door.cursors["sms:noise"] = plus(wire.clock.now(), 365 * DAY)
        await catching.catch_up()
    assert wire.door.texts == ["loud on level 3"]


async def test_who_leaves_a_chat_has_left_whatever_the_clock_says() -> None:
    """A clock set back by a second must not keep the token alive on a shared computer."""
    clock = Unsteady()
    async with library(clock=clock) as town:
        ana = town.visitor("ana")
        await ana.chats("Hello?")
        clock.set_back(1000)
        await ana.leaves()
        with pytest.raises(Over):
            await ana.chats("Still there?")


@pytest.mark.parametrize("seconds", [1e12, float("inf")])
async def test_no_provider_puts_a_reply_off_for_years(town: Town, seconds: float) -> None:
    """Retry-After is the provider's word, and may be anything."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    await ana.texts("Are you open?")
    town.wires[Channel.SMS].fails(TryLater("busy", retry_after=seconds))
    await mia.replies("Yes.")
    await town.time.passes(days=1)
    await ana.hears("Yes.")


async def test_a_reply_by_a_channel_that_lost_its_last_line_is_not_forgotten(tmp_path: Path) -> None:
    """The desk says so, and it goes out once the line is back."""
    clock, text, mail = ManualClock(), {"text": LINES["text"]}, {"help": LINES["help"]}
    async with kept(tmp_path, {**text, **mail}, clock) as town:
        ana, mia = town.texter("ana", line="text"), await town.staff("mia")
        await ana.texts("Are you open?")
        await mia.replies("Until nine.")
    async with kept(tmp_path, mail, clock) as town:
        await town.settles()
        assert "Line text is not in the settings" in next(each.text for each in await town.house.desk.notices())
    clock.passes(minutes=15)
    async with kept(tmp_path, {**text, **mail}, clock) as town:
        ana = town.texter("ana", line="text")
        await ana.hears("Until nine.")


# The desk


async def test_half_a_letter_in_a_reply_is_left_out(town: Town) -> None:
    """A terminal or another program may hand in half a surrogate pair: no store takes it, so it goes."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    await mia.replies("On our\ud800 way")
    await ana.hears("On our way")
    with pytest.raises(Refused, match="nothing to send"):
        await mia.notes("\ud800")


@pytest.mark.parametrize("name", ["\ud800", "\x1b[31mMia", "Mia\nSystem", "M" * 65])
async def test_a_name_is_one_short_line(town: Town, name: str) -> None:
    """It stands on every screen and over every reply."""
    with pytest.raises(Refused, match="64 letters"):
        await town.house.desk.sign_in(StaffId("eve"), name=name)


async def test_nobody_snoozes_for_ever(town: Town) -> None:
    """A time that no calendar holds would stand in the way of whoever opens the ticket."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    ticket = (await mia.opens(ana.ticket)).ticket
    for until in (2**62, 10**30):
        with pytest.raises(Refused, match="a year at most"):
            await town.house.desk.snooze(mia.id, ticket.id, ticket.version, Instant(until))
