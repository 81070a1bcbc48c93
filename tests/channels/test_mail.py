"""Mail in, over real sockets: what is taken, what is refused, and what a reply promises."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib
import pytest

from channels.mail import Bound, MailListener
from helpdesk.clock import MINUTE, ManualClock, moment, plus
from helpdesk.config import MailSettings
from helpdesk.errors import BadConfig, TryLater
from helpdesk.message import Channel, Envelope, Receipt
from tests.channels.mails import ENQUIRIES, LINES, MAILBOX, RECORDS, KeepingDoor, mail

RECORDS_BOX = LINES[RECORDS].address


@asynccontextmanager
async def listening(door: KeepingDoor, **settings: object) -> AsyncIterator[Bound]:
    """A listener on a free port of loopback, unless ``settings`` say otherwise."""
    chosen = MailSettings.model_validate({"listen": "127.0.0.1:0", **settings})
    async with MailListener(chosen, LINES, door, ManualClock()).listening() as bound:
        yield bound


@asynccontextmanager
async def relay(bound: Bound) -> AsyncIterator[aiosmtplib.SMTP]:
    """A relay that is connected."""
    async with aiosmtplib.SMTP(
        hostname=bound.host, port=bound.port, start_tls=False, timeout=30, local_hostname="relay.example"
    ) as client:
        yield client


async def hand_in(bound: Bound, content: bytes, *recipients: str, sender: str = "ana@patron.example") -> None:
    """Hand one mail in, as a relay does."""
    async with relay(bound) as client:
        await client.sendmail(sender, list(recipients or (MAILBOX,)), content)


@asynccontextmanager
async def wire(bound: Bound) -> AsyncIterator[Wire]:
    """A bare connection, for what no decent client says."""
    if bound.path:
        reader, writer = await asyncio.open_unix_connection(bound.path)
    else:
        reader, writer = await asyncio.open_connection(bound.host, bound.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


class Wire:
    """Says lines and hears codes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def hears(self) -> str:
        """The last line of the next reply."""
        async with asyncio.timeout(30):
            while (line := await self.reader.readline())[3:4] == b"-":
                pass
        return line.decode().strip()

    async def says(self, line: str) -> str:
        """Say one line and hear the reply."""
        self.writer.write(line.encode() + b"\r\n")
        return await self.hears()

    async def opens(self, *recipients: str, hello: str = "EHLO") -> None:
        """Come as far as the text of a mail to ``recipients``."""
        await self.hears()
        await self.says(f"{hello} relay.example")
        await self.says("MAIL FROM:<ana@patron.example>")
        for recipient in recipients:
            assert (await self.says(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.says("DATA")).startswith("354")


async def test_a_mail_is_kept_as_it_came() -> None:
    """Bytes, envelope and digest; 250 says that it is stored."""
    door = KeepingDoor()
    async with listening(door) as bound:
        assert bound.port > 0
        await hand_in(bound, mail(), "Enquiries+abcdefgh2@Library.example")
    [kept] = door.kept
    assert kept.content == mail()
    assert kept.line == ENQUIRIES
    assert kept.sender == "ana@patron.example"
    assert kept.recipients == ("Enquiries+abcdefgh2@Library.example",)
    assert kept.relayed_at is None


async def test_dots_eight_bits_and_long_lines_come_through_unchanged() -> None:
    """Lines of five megabytes too: a limit of 1,000 would lose the mail for good."""
    content = b"Subject: x\r\n\r\n.dot\r\n..\r\n\xff\xfe\r\n" + b"x" * 5_000_000 + b"\r\n.\r\r\n\n.\n\r\nend\r\n"
    door = KeepingDoor()
    async with listening(door) as bound, wire(bound) as line:
        await line.opens(MAILBOX)
        line.writer.write(content.replace(b"\r\n.", b"\r\n.."))
        assert await line.says(".") == "250 2.6.0 Kept"
    assert door.kept[0].content == content


async def test_an_empty_mail_is_kept_too() -> None:
    """Whether it can be read is decided later."""
    door = KeepingDoor()
    async with listening(door) as bound, wire(bound) as line:
        await line.opens(MAILBOX)
        assert await line.says(".") == "250 2.6.0 Kept"
    assert door.kept[0].content == b""


async def test_a_dot_behind_a_bare_newline_ends_nothing() -> None:
    """Nobody smuggles a second mail in behind it."""
    door = KeepingDoor()
    async with listening(door) as bound, wire(bound) as line:
        await line.opens(MAILBOX)
        line.writer.write(b"one\n.\nMAIL FROM:<x@y.example>\r\n")
        assert await line.says(".") == "250 2.6.0 Kept"
    assert len(door.kept) == 1


@pytest.mark.parametrize(
    "recipient", ["nobody@library.example", "enquiries@elsewhere.example", "ana@patron.example", "enquiries"]
)
async def test_nothing_is_relayed(recipient: str) -> None:
    """Only our mailboxes: 550 to all others, while ours in the same mail are taken."""
    door = KeepingDoor()
    async with listening(door) as bound, wire(bound) as line:
        await line.hears()
        await line.says("EHLO relay.example")
        await line.says("MAIL FROM:<ana@patron.example>")
        assert await line.says(f"RCPT TO:<{recipient}>") == "550 5.1.1 No such mailbox here"
        assert (await line.says(f"RCPT TO:<{MAILBOX}>")).startswith("250")
    assert door.kept == []


async def test_strangers_are_turned_away() -> None:
    """554 instead of a greeting, and the desk is told."""
    door = KeepingDoor()
    async with listening(door, trusted_peers=["192.0.2.0/24"]) as bound, wire(bound) as line:
        assert await line.hears() == "554 5.7.1 Mail is taken from trusted relays only"
        assert await line.reader.read() == b""
    assert door.turned == ["a mail host that is not in mail.trusted_peers"]


async def test_a_network_of_relays_is_trusted() -> None:
    """A setting may name a network."""
    door = KeepingDoor()
    async with listening(door, trusted_peers=["127.0.0.0/8"]) as bound:
        await hand_in(bound, mail())
    assert len(door.kept) == 1


@pytest.mark.parametrize(
    "error", [TryLater("the disk of secret.example is full"), ValueError("secret"), KeyError("secret")]
)
async def test_what_goes_wrong_is_never_a_permanent_no(error: Exception) -> None:
    """451 without a word of why: the relay comes again, and then it is kept."""
    door = KeepingDoor(failing=error)
    async with listening(door) as bound:
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await hand_in(bound, mail())
        assert refused.value.code == 451
        assert "secret" not in refused.value.message
        door.failing = None
        await hand_in(bound, mail())
    assert len(door.kept) == 1


async def test_the_size_is_said_and_held() -> None:
    """SIZE in the greeting, 552 to a mail that announces too much, 552 to one that only turns out to be."""
    door = KeepingDoor()
    async with listening(door, max_bytes=10_000) as bound, relay(bound) as client:
        await client.ehlo()
        assert client.esmtp_extensions["size"] == "10000"
        with pytest.raises(aiosmtplib.SMTPSenderRefused) as announced:
            await client.mail("ana@patron.example", options=["SIZE=10001"])
        assert announced.value.code == 552
        await client.mail("ana@patron.example")
        await client.rcpt(MAILBOX)
        with pytest.raises(aiosmtplib.SMTPDataError) as sent:
            await client.data(mail(body="x" * 10_000))
        assert sent.value.code == 552
        await client.sendmail("ana@patron.example", [MAILBOX], mail())
    assert [len(kept.content) for kept in door.kept] == [len(mail())]


async def test_too_large_is_said_while_it_is_still_being_sent() -> None:
    """The relay need not send the rest; if it does, the conversation goes on."""
    door = KeepingDoor()
    async with listening(door, max_bytes=10_000) as bound, wire(bound) as line:
        await line.opens(MAILBOX)
        line.writer.write(b"x" * 200_000)
        assert await line.hears() == "552 5.3.4 The mail is larger than the help desk takes"
        line.writer.write(b"\r\n" * 100_000 + b".\r\n")
        assert (await line.says("NOOP")).startswith("250")
    assert door.kept == []


async def test_over_lmtp_each_recipient_hears_for_themselves() -> None:
    """One line stores it, the other can't: 250, 451, 250, in the order of the recipients."""
    door = KeepingDoor(failing=TryLater("full"), failing_lines=frozenset({RECORDS}))
    async with listening(door, protocol="lmtp") as bound, wire(bound) as line:
        await line.opens(MAILBOX, RECORDS_BOX, f"enquiries+abcdefgh2@{MAILBOX.partition('@')[2]}", hello="LHLO")
        line.writer.write(mail() + b".\r\n")
        assert [(await line.hears())[:3] for _ in range(3)] == ["250", "451", "250"]
        assert (await line.says("NOOP")).startswith("250")
    [kept] = door.kept
    assert kept.recipients == (MAILBOX, "enquiries+abcdefgh2@library.example")


async def test_over_lmtp_too_large_is_said_to_each_recipient() -> None:
    """A client that waits for its second reply would hang."""
    async with listening(KeepingDoor(), protocol="lmtp", max_bytes=10_000) as bound, wire(bound) as line:
        await line.opens(MAILBOX, RECORDS_BOX, hello="LHLO")
        line.writer.write(b"x" * 20_000 + b"\r\n.\r\n")
        assert [(await line.hears())[:3] for _ in range(2)] == ["552", "552"]


async def test_over_smtp_one_failure_brings_the_whole_mail_back() -> None:
    """SMTP has one reply: what was stored already is known again by its digest."""
    door = KeepingDoor(failing=TryLater("full"), failing_lines=frozenset({RECORDS}))
    async with listening(door) as bound:
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await hand_in(bound, mail(), MAILBOX, RECORDS_BOX)
        assert refused.value.code == 451
        door.failing = None
        await hand_in(bound, mail(), MAILBOX, RECORDS_BOX)
    assert [kept.line for kept in door.kept] == [ENQUIRIES, ENQUIRIES, RECORDS]
    assert len({kept.digest for kept in door.kept}) == 1


async def test_a_unix_socket(tmp_path: Path) -> None:
    """Its file's mode says who may come; it is gone afterwards."""
    path = tmp_path / "lmtp.sock"
    door = KeepingDoor()
    async with listening(door, listen=str(path), protocol="lmtp", trusted_peers=[]) as bound:
        assert path.stat().st_mode & 0o007 == 0
        async with wire(bound) as line:
            await line.opens(MAILBOX, hello="LHLO")
            line.writer.write(mail())
            assert await line.says(".") == "250 2.6.0 Kept"
    assert not path.exists()
    assert len(door.kept) == 1


async def test_an_empty_sender_and_one_that_is_not_utf8() -> None:
    """A bounce has no sender; a broken one is kept as text that can be stored."""
    door = KeepingDoor()
    async with listening(door) as bound, wire(bound) as line:
        await hand_in(bound, mail(), sender="")
        await line.hears()
        await line.says("EHLO relay.example")
        line.writer.write(b"MAIL FROM:<\xff@patron.example>\r\n")
        assert (await line.hears()).startswith("250")
        await line.says(f"RCPT TO:<{MAILBOX}>")
        await line.says("DATA")
        assert (await line.says(".")).startswith("250")
    assert [kept.sender for kept in door.kept] == ["", "\ufffd@patron.example"]


@pytest.mark.parametrize(("minutes", "believed"), [(-30, True), (-60 * 24 * 8, False), (5, False)])
async def test_the_relays_time_counts_if_it_is_earlier(minutes: int, believed: bool) -> None:
    """Half an hour in the relay's queue is ours to answer for; eight days or the future are not the relay's word."""
    when = plus(ManualClock().now(), minutes * MINUTE)
    line = f"Received: from x by relay; {moment(when):%a, %d %b %Y %H:%M:%S} +0000\r\n".encode()
    door = KeepingDoor()
    async with listening(door) as bound:
        await hand_in(bound, line + mail())
    assert door.kept[0].relayed_at == (when if believed else None)


async def test_a_mail_in_hand_is_stored_before_the_listener_ends() -> None:
    """Closing waits for the commit, and the relay still hears 250; who has nothing in hand hears 421."""
    gate = asyncio.Event()

    class SlowDoor(KeepingDoor):
        async def keep(self, envelope: Envelope) -> Receipt:
            waiting.set()
            await gate.wait()
            return await KeepingDoor.keep(self, envelope)

    door, waiting = SlowDoor(), asyncio.Event()
    listener = listening(door)
    bound = await listener.__aenter__()
    async with asyncio.TaskGroup() as group, wire(bound) as idle:
        await idle.hears()
        sending = group.create_task(hand_in(bound, mail()))
        await waiting.wait()
        ending = group.create_task(listener.__aexit__(None, None, None))
        assert (await idle.reader.read()).startswith(b"421 4.3.2 ")
        assert not ending.done()
        gate.set()
        await sending
    assert len(door.kept) == 1


async def test_a_store_that_does_not_come_back_holds_up_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The relay hears no 250, and so it keeps the mail and comes again."""
    monkeypatch.setattr("channels.mail.LAST_SECONDS", 0.05)
    waiting = asyncio.Event()

    class StuckDoor(KeepingDoor):
        async def keep(self, envelope: Envelope) -> Receipt:
            waiting.set()
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")

    async with asyncio.TaskGroup() as group:
        async with listening(StuckDoor()) as bound:
            sending = group.create_task(_refused(bound))
            await waiting.wait()
        await sending


async def _refused(bound: Bound) -> None:
    with pytest.raises(aiosmtplib.SMTPException):
        await hand_in(bound, mail())


async def test_ten_relays_at_once() -> None:
    """Nothing is lost and nothing is mixed up."""
    door = KeepingDoor()

    async def relays(name: int) -> None:
        async with relay(bound) as client:
            for number in range(10):
                await client.sendmail("ana@patron.example", [MAILBOX], mail(Subject=f"{name}-{number}"))

    async with listening(door) as bound, asyncio.TaskGroup() as group:
        for name in range(10):
            group.create_task(relays(name))
    wanted = {mail(Subject=f"{name}-{number}") for name in range(10) for number in range(10)}
    assert {kept.content for kept in door.kept} == wanted


async def test_a_relay_that_goes_away_in_the_middle_leaves_nothing() -> None:
    """Half a mail is no mail, and the next one is welcome."""
    door = KeepingDoor()
    async with listening(door) as bound:
        async with wire(bound) as line:
            await line.opens(MAILBOX)
            line.writer.write(b"Subject: half")
        await hand_in(bound, mail())
    assert [kept.content for kept in door.kept] == [mail()]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"listen": "nowhere"}, "host:port"),
        ({"listen": "127.0.0.1:http"}, "host:port"),
        ({"listen": "127.0.0.1:70000"}, "host:port"),
        ({"trusted_peers": ["relay.example"]}, "relay.example"),
    ],
)
async def test_wrong_settings_say_what_to_write(settings: dict[str, object], said: str) -> None:
    """Nothing starts, and the message names the key."""
    with pytest.raises(BadConfig, match=said):
        async with listening(KeepingDoor(), **settings):
            pass


async def test_an_address_in_use_is_said() -> None:
    """Another program has the port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(BadConfig, match="listen"):
            async with listening(KeepingDoor(), listen=f"127.0.0.1:{other.getsockname()[1]}"):
                pass


def test_only_mail_lines_have_mailboxes() -> None:
    """A text line's address is no mailbox."""
    sms = LINES[ENQUIRIES].model_copy(update={"channel": Channel.SMS})
    listener = MailListener(MailSettings(), {ENQUIRIES: sms}, KeepingDoor(), ManualClock())
    assert listener.line_of(MAILBOX) is None
