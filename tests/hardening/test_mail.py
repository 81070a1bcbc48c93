"""Mail: what harm or an unlucky week tries. Each attack here once got through."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from functools import partial

import pytest

from channels.mime import read
from channels.mime_write import write
from helpdesk.errors import TryLater
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
    TicketId,
)
from helpdesk.store.verbs import mail as mails
from helpdesk.ticket import Flag
from tests.channels.mails import ENQUIRIES, MAILBOXES, envelope
from tests.channels.mails import LINES as MAIL_LINES
from tests.channels.test_mail_out import REPLY
from tests.conversation import Town

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
