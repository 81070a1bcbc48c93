"""A message's journey over the real wire, one for each channel: in, on the worklist, answered, back, and timed."""

from __future__ import annotations

import logging
import re
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from helpdesk.clock import MINUTE, moment, plus
from helpdesk.errors import Refused
from helpdesk.message import Channel, Delivery
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.standards import Outcome
from helpdesk.ticket import Flag
from tests.engines import ON_SQLITE
from tests.wire import TEXT_LINE, Town, library, outside

pytestmark = pytest.mark.usefixtures("engine")

HOURS = """
[calendars.staffed]
zone = "Europe/London"
[calendars.staffed.week]
mon-fri = "09:00-17:00"
"""


async def test_a_text_is_answered_by_text(tmp_path: Path) -> None:
    """In by a signed webhook, out by the carrier's API; the answer back joins the ticket; the clock stops."""
    async with library(tmp_path) as town:
        ana = town.texter()
        assert (await ana.texts("Loud group on level 3")).status == 200
        town.time.passes(minutes=4)
        ticket = await town.desk.replies("On our way")
        assert await ana.hears() == "On our way"
        await town.desk.learns(ticket.id, Delivery.DELIVERED)

        await ana.texts("Quiet now, thank you")
        said = await town.desk.reads(ticket.id, 3)
        assert said == ("Loud group on level 3", "On our way", "Quiet now, thank you")
        [clock] = (await town.desk.thread(ticket.id)).clocks
        assert (clock.outcome, clock.spent) == (Outcome.MET, 4 * MINUTE)


@ON_SQLITE
async def test_an_open_line_shows_who_texts(tmp_path: Path) -> None:
    """Two patrons, two tickets, each answered on their own handset; their numbers stand in the store, in plain."""
    async with library(tmp_path) as town:
        ana, dev = (town.texter(number, TEXT_LINE) for number in ("+447700900123", "+447700900124"))
        await ana.texts("Is the printer working?")
        await dev.texts("Are you open on Sunday?")
        first, second = await town.desk.sees("printer"), await town.desk.sees("Sunday")
        assert (first.name, second.name) == ("+447700900123", "+447700900124")
        await town.desk.replies("It is", to=first.id)
        await town.desk.replies("From ten", to=second.id)
        assert (await ana.hears(), await dev.hears()) == ("It is", "From ten")
        assert NUMBERS.search((tmp_path / "helpdesk.sqlite-wal").read_bytes())


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
async def test_a_mail_is_answered_by_mail(tmp_path: Path, protocol: str) -> None:
    """In over SMTP, or LMTP on a Unix socket; the reply stays in its thread, and so does the answer to it."""
    where = "127.0.0.1:0" if protocol == "smtp" else str(tmp_path / "lmtp")
    async with library(tmp_path, mail={"listen": where, "protocol": protocol}) as town:
        ben = town.mailer()
        assert (await ben.mails("Can I renew my books?", subject="Renewal")).startswith("250")
        ticket = await town.desk.sees("Can I renew")
        town.time.passes(hours=2)
        await town.desk.replies("Yes, until Friday.", to=ticket.id, then="waiting")
        assert await ben.hears() == "Yes, until Friday."
        assert (ben.last["Subject"], ben.last["In-Reply-To"]) == ("Re: Renewal", f"<1.{ben.address}>")
        await town.desk.learns(ticket.id, Delivery.SENT)

        assert (await ben.answers("Thank you!")).startswith("250")
        assert await town.desk.reads(ticket.id, 3) == ("Can I renew my books?", "Yes, until Friday.", "Thank you!")
        thread = await town.desk.thread(ticket.id)
        assert [(clock.outcome, clock.spent) for clock in thread.clocks] == [(Outcome.MET, 120 * MINUTE)]
        assert thread.history[-1].data["rule"] == "signed_address"


async def test_a_mails_clock_starts_when_the_relay_took_it(tmp_path: Path) -> None:
    """The trusted relay had it ten minutes before we did."""
    async with library(tmp_path) as town:
        town.time.passes(minutes=30)
        ben = town.mailer()
        taken = plus(town.time.now(), -10 * MINUTE)
        letter = ben.writes("Still there?").as_bytes()
        stamp = f"Received: from patron.example by relay.example; {format_datetime(moment(taken))}\r\n"
        await town.hand_in(stamp.encode() + letter)
        ticket = await town.desk.sees("Still there?")
        assert [clock.started for clock in (await town.desk.thread(ticket.id)).clocks] == [taken]


async def test_a_mail_that_bounces_brings_its_ticket_back(tmp_path: Path) -> None:
    """The mailbox refuses our reply: the entry says why, the ticket is flagged and waits again."""
    async with library(tmp_path) as town:
        ben = town.mailer()
        await ben.mails("Can I renew my books?")
        ticket = await town.desk.sees("Can I renew")
        town.postbox.mailbox(ben.address).refuses = "550 5.1.1 No such user"
        await town.desk.replies("Yes", to=ticket.id)
        entry = await town.desk.learns(ticket.id, Delivery.FAILED)
        assert entry.trouble
        back = (await town.desk.thread(ticket.id)).ticket
        assert Flag.UNDELIVERABLE in back.flags
        assert back.unanswered is not None


async def test_a_chat_is_answered_in_the_chat(tmp_path: Path) -> None:
    """In and out by one WebSocket; what was written when the connection broke is read on the next one."""
    async with library(tmp_path) as town:
        await town.staffed()
        cleo = await town.visitor("Cleo")
        assert await cleo.chats("Do you have the Fernhill map?")
        town.time.passes(seconds=20)
        ticket = await town.desk.replies("We do, on level 1.")
        assert ticket.name == "Cleo"
        assert await cleo.hears() == "We do, on level 1."
        await town.desk.learns(ticket.id, Delivery.DELIVERED)
        [clock] = (await town.desk.thread(ticket.id)).clocks
        assert (clock.outcome, clock.spent) == (Outcome.MET, 20_000)

        await cleo.page.drops()
        await town.desk.replies("Shall I keep it for you?", to=ticket.id)
        assert await cleo.hears() == "Shall I keep it for you?"
        assert await cleo.chats("Please do")
        assert len(await town.desk.reads(ticket.id, 4)) == 4


async def test_out_of_hours_the_chats_form_becomes_a_mail_ticket(tmp_path: Path) -> None:
    """The page offers the form; the question is a ticket of the mailbox and is answered by mail."""
    hours = tmp_path / "calendars.toml"
    hours.write_text(HOURS)
    async with library(tmp_path, calendars=hours, lines={"chat": {"calendar": "staffed"}}) as town:
        cleo = await town.visitor("Cleo")
        assert await cleo.leaves_a_question("When do you open?", email="cleo@patron.example") == 201
        ticket = await town.desk.sees("When do you open?")
        assert (ticket.channel, ticket.line) == (Channel.MAIL, "mail")
        await town.desk.replies("At nine.", to=ticket.id)
        assert await town.mailer("Cleo Marsh").hears() == "At nine."
        assert cleo.page.offered == "closed"


async def test_an_attached_desk_answers_too(tmp_path: Path) -> None:
    """What staff do over the owner's socket reaches the patron like all else."""
    async with library(tmp_path) as town, town.attached() as desk:
        ana = town.texter()
        await ana.texts("Loud group on level 3")
        await desk.sees("Loud group")
        await desk.replies("On our way")
        assert await ana.hears() == "On our way"


@pytest.mark.parametrize("choice", ["include", "exclude"])
async def test_a_stranger_who_writes_to_a_tickets_address_is_asked_about(tmp_path: Path, choice: str) -> None:
    """Added unverified; the next reply must say whether they get it, and they get it only then."""
    async with library(tmp_path) as town:
        ben, eve = town.mailer(), town.mailer("Eve Stone")
        await ben.mails("Can I renew my books?")
        ticket = await town.desk.sees("Can I renew")
        await town.desk.replies("Yes", to=ticket.id)
        await ben.hears()
        await eve.mails("I would like to know as well", to=str(ben.last["Reply-To"].addresses[0].addr_spec))
        await town.desk.reads(ticket.id, 3)
        [stranger] = (await town.desk.thread(ticket.id)).unverified
        assert stranger.value == eve.address
        with pytest.raises(Refused, match=eve.address):
            await town.desk.replies("Until Friday", to=ticket.id)
        whom: dict[str, Any] = {choice: (stranger,)}
        await town.desk.replies("Until Friday", to=ticket.id, **whom)
        assert await ben.hears() == "Until Friday"
        assert [mail.text.strip() for mail in eve.unread] == ["Until Friday"] * (choice == "include")


async def test_automatic_mail_is_ticketed_and_never_answered_by_itself(tmp_path: Path) -> None:
    """A person gets the acknowledgement; a robot, and a robot's answer to it, do not."""
    async with library(tmp_path, lines={"mail": {"greeting": "We have your mail."}}) as town:
        robot, ben = town.mailer("Robot"), town.mailer()
        await robot.mails("I am on holiday", Auto_Submitted="auto-replied")
        ticket = await town.desk.sees("I am on holiday")
        assert Flag.AUTOMATIC in ticket.flags
        await ben.mails("Can I renew my books?")
        assert await ben.hears() == "We have your mail."
        assert ben.last["Auto-Submitted"] == "auto-replied"
        await ben.mails(
            "I am away", to=str(ben.last["Reply-To"].addresses[0].addr_spec), Auto_Submitted="auto-generated"
        )
        await town.desk.sees("I am away")
        assert (len(robot.unread), len(ben.unread)) == (0, 1)
        assert not (await town.desk.thread(ticket.id)).clocks or ticket.unanswered is None


NUMBERS = re.compile(rb"7700\D{0,3}900\D{0,3}(123|456)")
"""The patron's number, and one that they wrote, however spaced."""


async def test_a_noise_texters_number_is_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in the store's files and write-ahead log, the key store, any log line, the screen's data or the metrics."""
    caplog.set_level(logging.DEBUG)
    async with outside(tmp_path, lines={"noise": {"greeting": "Thank you, we look into it."}}) as town:
        async with town.opens():
            await _a_noisy_evening(town)
            shown = repr([await town.desk.thread(row.id) for row in await town.desk.rows()])
            _nowhere(tmp_path, shown + await town.desk.notices())
        _nowhere(tmp_path, caplog.text + "".join(capfd.readouterr()) + "\n".join(town.carrier.transcript))


async def _a_noisy_evening(town: Town) -> None:
    """All that can happen to a sealed number: greeted, answered, failed, refused, unclear, forged."""
    ana = town.texter()
    await ana.texts("Loud on level 3, ring me: 07700 900456 or +44 7700 900123")
    assert await ana.hears() == "Thank you, we look into it."
    ticket = await town.desk.replies("On our way")
    assert await ana.hears() == "On our way"
    await town.desk.learns(ticket.id, Delivery.DELIVERED)
    town.carrier.faults.delivers.append(30005)
    await town.desk.replies("Is it better?", to=ticket.id)
    await town.desk.learns(ticket.id, Delivery.FAILED)
    town.carrier.faults.sends.append(Fault(status=429, code=20429, retry_after=5))
    await town.desk.replies("Still there?", to=ticket.id)
    await ana.texts("STOP")
    assert "no more texts" in await ana.hears()
    await town.desk.learns(ticket.id, Delivery.FAILED, time=town.time)
    assert await town.posts(town.form("Ring 07700 900123"), token="a guess") == 403


def _nowhere(folder: Path, said: str) -> None:
    files = [path for path in folder.iterdir() if path.is_file()]
    assert any(path.name.startswith("keys") for path in files)
    for path in files:
        assert not NUMBERS.search(path.read_bytes()), path.name
    assert not NUMBERS.search(said.encode())
