"""A chat that goes on by mail, over a real WebSocket and a real SMTP connection on loopback."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.utils import parseaddr

from channels import mime
from channels.mail import MailListener
from channels.mail_out import MailSender
from helpdesk.chatting import manner_of
from helpdesk.config import MailSettings
from helpdesk.events import Kind, Seq
from helpdesk.lines import AddressPolicy, OpenLine
from helpdesk.message import Address, Channel, LineId, Outbound, OutboxId
from helpdesk.outbox import Outbox
from helpdesk.sight import Told
from helpdesk.ticket import Flag
from tests.channels.chat_house import BEA, KEY, House, served_house, visitor
from tests.channels.mails import KeepingDoor
from tests.channels.relays import Relay


async def _post(house: House, port: int) -> None:
    """All that is due goes out by the relay, and the open pages hear of it, as they do of every fact of the log."""
    lines = {LineId(name): line for name, line in house.settings.lines.items()}
    policies: dict[LineId, AddressPolicy] = {name: OpenLine() for name in lines}
    settings = MailSettings.model_validate({"relay_port": port, "timeout_seconds": 5})
    outbox = Outbox(
        store=house.store,
        clock=house.clock,
        senders={Channel.MAIL: MailSender(settings, lines, house.settings.library.name)},
        policies=policies,
        published=house.chats._published,
        reply_key=KEY,
    )
    await outbox.deliver_due(Channel.MAIL)


async def test_a_chat_goes_on_by_mail_and_its_page_says_so() -> None:
    """The visitor gives an address; the mail goes there with what was said, and the page that is open hears the end."""
    async with served_house() as house, Relay().listening() as relay, visitor(house) as ana:
        house.desk.chatting.refit(manner_of(house.settings))
        await house.on_duty()
        await ana.begins("Ana")
        await ana.says("I must go. Please write to ana@patron.example", "m1")
        [ticket] = await house.tickets()
        turned = await house.desk.chatting.go_by_mail(
            BEA, ticket.id, ticket.version, "ana@patron.example", transcript=True
        )
        await house.desk.reply(BEA, ticket.id, turned.version, "It is on level 2.")
        assert not ana.has_heard("closed")
        await _post(house, relay.port)
        assert "RCPT TO:<ana@patron.example>" in relay.heard
        [mail] = relay.mails
        written = message_from_bytes(mail)
        assert "<desk+" in written["Reply-To"]
        body = written.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert b"It is on level 2." in body
        assert b"> You: I must go." in body
        house.chats.heard(Told(seq=Seq(99), kind=Kind.SENT, ticket=ticket.id, actor="system"))
        assert "answered you by e-mail" in (await ana.hears("closed"))["text"]
        [after] = await house.tickets()
        assert after.flags == {Flag.BY_MAIL}
        back = parseaddr(written["Reply-To"])[1]
        await _answers(house, back, "Thank you, found it.")
        thread = await house.desk.thread(BEA, ticket.id)
        assert (thread.entries[-1].text, thread.unverified) == ("Thank you, found it.", ())


async def _answers(house: House, to: str, text: str) -> None:
    """The visitor answers the mail: it comes in by our own listener, over SMTP, and is read."""
    lines = {LineId(name): line for name, line in house.settings.lines.items() if line.channel is Channel.MAIL}
    door = KeepingDoor()
    async with MailListener(MailSettings(listen="127.0.0.1:0"), lines, door, house.clock).listening() as bound:
        sender = MailSender(MailSettings.model_validate({"relay_port": bound.port, "timeout_seconds": 5}), lines, "Ana")
        await sender.send(
            Outbound(
                id=OutboxId("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                channel=Channel.MAIL,
                line=LineId("desk"),
                to=Address(channel=Channel.MAIL, value=to),
                text=text,
                subject="Re: I must go.",
                created=house.clock.now(),
            )
        )
    inbound = mime.read(door.kept[0], frozenset(line.address for line in lines.values())).inbound
    ana = Address(channel=Channel.MAIL, value="ana@patron.example", name="Ana")
    await house.chats._door.receive(replace(inbound, sender=ana))
