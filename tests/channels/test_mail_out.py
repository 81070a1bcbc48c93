"""Mail out: what is written, and whose fault it is when it does not go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import mime
from channels.mail import MailListener
from channels.mail_out import MailSender
from channels.mime_write import write
from helpdesk import tokens
from helpdesk.clock import Instant, ManualClock
from helpdesk.config import MailSettings
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.message import Address, Channel, ConversationId, LineId, Outbound, OutboxId, TicketId
from tests.channels.certificates import certified
from tests.channels.mails import ENQUIRIES, LINES, MAILBOX, MAILBOXES, KeepingDoor, envelope
from tests.channels.relays import GONE, SILENT, Relay

LIBRARY = "Ashby & Søn Library"
REPLY = Outbound(
    id=OutboxId("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    channel=Channel.MAIL,
    line=ENQUIRIES,
    to=Address(channel=Channel.MAIL, value="ana@patron.example", name="Ana Réader"),
    text="We open at nine.\n.\nFrom nine to five – every day.",
    subject="Opening hours",
    token="abcdefgh2",
    references=("<first@patron.example>", "<one@patron.example>"),
    copies=("ben@patron.example",),
    created=Instant(1_780_000_000_000),
)


def sender(port: int, **settings: object) -> MailSender:
    """Sends through a relay on this port of loopback."""
    return MailSender(
        MailSettings.model_validate({"relay_port": port, "timeout_seconds": 5, **settings}), LINES, LIBRARY
    )


def written(outbound: Outbound) -> Mapping[str, str]:
    """The headers of the mail, as they are on the wire."""
    mail = message_from_bytes(write(outbound, LINES[ENQUIRIES], LIBRARY).as_bytes())
    return {name: str(value) for name, value in mail.raw_items()}


def test_a_reply_stands_in_its_thread() -> None:
    """Its id is ours, it names what it answers, and the way back carries the token."""
    headers = written(REPLY)
    assert headers["Message-ID"] == "<01ARZ3NDEKTSV4RRFFQ69G5FAV@library.example>"
    assert headers["In-Reply-To"] == "<one@patron.example>"
    assert headers["References"] == "<first@patron.example> <one@patron.example>"
    assert "<enquiries+abcdefgh2@library.example>" in headers["Reply-To"]
    assert f"<{MAILBOX}>" in headers["From"]
    assert headers["Subject"] == "Re: Opening hours"
    assert headers["Cc"] == "ben@patron.example"
    assert headers["Date"] == "Thu, 28 May 2026 20:26:40 +0000"
    assert "Auto-Submitted" not in headers


def test_automatic_mail_says_so() -> None:
    """So that no other program answers it."""
    assert written(replace(REPLY, automatic=True))["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    ("subject", "references", "shown"),
    [
        ("Re: Hours", REPLY.references, "Re: Hours"),
        ("AW: Zeiten", REPLY.references, "AW: Zeiten"),
        ("Hours", (), "Hours"),
        ("", (), "Your message to Library"),
        ("a\r\nBcc: eve@x.example", (), "a Bcc: eve@x.example"),
    ],
)
def test_subjects(subject: str, references: tuple[str, ...], shown: str) -> None:
    """One Re: and no more, never none at all, and no way into the headers."""
    mail = write(replace(REPLY, subject=subject, references=references), LINES[ENQUIRIES], "Library")
    assert mail["Subject"] == shown
    assert mail["Bcc"] is None


def test_a_long_thread_keeps_its_ids_whole() -> None:
    """The first and the latest; none is folded away or encoded."""
    names = tuple(f"<{number:03}-{'x' * 200}@patron.example>" for number in range(60))
    headers = written(replace(REPLY, references=names))
    assert headers["In-Reply-To"] == names[-1]
    assert tuple(headers["References"].split()) == (names[0], *names[-20:])


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_nothing_a_patron_writes_adds_a_header(name: str, subject: str, text: str) -> None:
    """Names, subjects and texts of any kind: the headers are ours, and the text comes out as it went in."""
    wild = replace(REPLY, to=Address(channel=Channel.MAIL, value="ana@patron.example", name=name), subject=subject)
    raw = write(replace(wild, text=text), LINES[ENQUIRIES], LIBRARY).as_bytes()
    known = {"from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"}
    mail = message_from_bytes(raw)
    assert {name.lower() for name in mail} <= known | {"content-type", "content-transfer-encoding", "mime-version"}
    assert mime.read(envelope(raw), MAILBOXES, lambda text: None).inbound.recipients[:2] == (
        MAILBOX,
        "ana@patron.example",
    )


async def test_a_reply_comes_through_and_its_answer_finds_the_way_back() -> None:
    """Over a real socket into our own listener: what was written is what is read."""
    ticket = TicketId("01ARZ3NDEKTSV4RRFFQ69G5FAV")
    token = tokens.sign(b"k" * 32, ticket)
    to_us = Address(channel=Channel.MAIL, value=f"enquiries+{token}@library.example")
    door = KeepingDoor()
    listener = MailListener(MailSettings(listen="127.0.0.1:0"), LINES, door, ManualClock())
    async with listener.listening() as bound:
        sent = await sender(bound.port).send(replace(REPLY, to=to_us, copies=(), token=token))
    assert sent.provider_id == "2.6.0 Kept"
    inbound = mime.read(door.kept[0], MAILBOXES).inbound
    assert inbound.text == REPLY.text
    assert inbound.external_id == "<01ARZ3NDEKTSV4RRFFQ69G5FAV@library.example>"
    assert inbound.sender is not None
    assert inbound.sender.name == LIBRARY  # type: ignore[union-attr]
    assert [tokens.verify(b"k" * 32, found) for found in inbound.tokens] == [ticket]


async def test_everybody_gets_it_and_the_relay_is_told_goodbye() -> None:
    """Bounces come back to the line's mailbox."""
    async with Relay().listening() as relay:
        sent = await sender(relay.port).send(REPLY)
    assert sent.provider_id == "2.0.0 queued as A1"
    assert relay.heard[0] == "EHLO library.example"
    assert f"MAIL FROM:<{MAILBOX}>" in relay.heard
    assert {"RCPT TO:<ana@patron.example>", "RCPT TO:<ben@patron.example>", "QUIT"} <= set(relay.heard)


@pytest.mark.parametrize(
    ("answers", "error", "code"),
    [
        ({"GREETING": "421 Busy"}, TryLater, None),
        ({"GREETING": "554 Not you"}, LinePaused, "554"),
        ({"GREETING": GONE}, TryLater, None),
        ({"MAIL": "451 4.3.0 Later"}, TryLater, None),
        ({"MAIL": "550 5.7.1 Not your address"}, LinePaused, "5.7.1"),
        ({"MAIL": "530 5.7.0 Sign in first"}, LinePaused, "5.7.0"),
        ({"RCPT": "450 4.2.1 Greylisted"}, TryLater, None),
        ({"RCPT": "550 5.1.1 Unknown"}, Undeliverable, "5.1.1"),
        ({"RCPT": "550 Unknown"}, Undeliverable, "550"),
        ({"RCPT": GONE}, TryLater, None),
        ({"DATA": "451 4.3.0 Later"}, TryLater, None),
        ({".": "452 4.3.1 Disk full"}, TryLater, None),
        ({".": "554 5.7.1 Looks like spam"}, Undeliverable, "5.7.1"),
        ({".": GONE}, Unclear, None),
    ],
)
async def test_whose_fault_it_is(answers: dict[str, str], error: type[HelpdeskError], code: str | None) -> None:
    """The moment's, ours, the recipient's, or nobody knows."""
    async with Relay(answers).listening() as relay:
        with pytest.raises(error) as raised:
            await sender(relay.port).send(REPLY)
    assert type(raised.value) is error
    assert code is None or getattr(raised.value, "code", None) == code
    assert "ana@" not in str(raised.value)


@pytest.mark.parametrize(("where", "error"), [("MAIL", TryLater), (".", Unclear)])
async def test_a_relay_that_falls_silent(where: str, error: type[HelpdeskError]) -> None:
    """Before the text it is tried again; after it nobody knows."""
    async with Relay({where: SILENT}).listening() as relay:
        with pytest.raises(error):
            await sender(relay.port, timeout_seconds=0.1).send(REPLY)


async def test_a_relay_that_is_silent_after_taking_it_has_taken_it() -> None:
    """The goodbye changes nothing."""
    async with Relay({"QUIT": GONE}).listening() as relay:
        assert (await sender(relay.port).send(REPLY)).provider_id == "2.0.0 queued as A1"


async def test_nobody_listens() -> None:
    """The relay is down: later."""
    async with Relay().listening() as relay:
        port = relay.port
    with pytest.raises(TryLater):
        await sender(port).send(REPLY)


async def test_a_copy_that_is_refused_does_not_hold_up_the_patrons_mail() -> None:
    """The patron's own address counts."""
    async with Relay({"RCPT ben@patron.example": "550 5.1.1 Unknown"}).listening() as relay:
        await sender(relay.port).send(REPLY)
    assert len(relay.mails) == 1


async def test_signing_in() -> None:
    """A refused password is ours to mend; a relay without sign-in too. The password is in no message."""
    settings = {"relay_user": "desk", "relay_password": "hunter2"}
    async with Relay({"EHLO": "250-relay\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 No"}).listening() as relay:
        with pytest.raises(LinePaused) as refused:
            await sender(relay.port, **settings).send(REPLY)
    assert refused.value.code == "5.7.8"
    assert "hunter2" not in str(refused.value)
    async with Relay().listening() as relay:
        with pytest.raises(LinePaused, match="relay_user"):
            await sender(relay.port, **settings).send(REPLY)
        with pytest.raises(LinePaused, match="relay_tls"):
            await sender(relay.port, relay_tls="starttls").send(REPLY)


@pytest.mark.parametrize("spoken", ["starttls", "tls"])
async def test_an_encrypted_relay(spoken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed in and sent only where the certificate is trusted; otherwise later, never in the clear."""
    offers = {
        "EHLO": "250-relay\r\n250-STARTTLS\r\n250 AUTH PLAIN",
        "STARTTLS": "220 Go on",
        "AUTH": "235 2.7.0 Welcome",
    }
    settings = {"relay_tls": spoken, "relay_user": "desk", "relay_password": "hunter2"}
    async with Relay(offers, tls=certified(tmp_path), wrapped=spoken == "tls").listening() as relay:
        with pytest.raises(TryLater):
            await sender(relay.port, **settings).send(REPLY)
        assert not any(line.startswith(("AUTH", "MAIL")) for line in relay.heard)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        await sender(relay.port, **settings).send(REPLY)
    assert any(line.startswith("AUTH PLAIN") for line in relay.heard)
    assert len(relay.mails) == 1


@pytest.mark.parametrize(
    "value", ["", "ana", "ana@", "a b@x.example", "ana@x.example\r\nRCPT TO:<eve@x.example>", "ä@x.example"]
)
async def test_what_is_no_address_is_undeliverable(value: str) -> None:
    """Said before anything is sent; staff can correct it."""
    async with Relay().listening() as relay:
        with pytest.raises(Undeliverable):
            await sender(relay.port).send(replace(REPLY, to=Address(channel=Channel.MAIL, value=value)))
    assert relay.heard == []


async def test_a_domain_of_other_letters_is_written_in_ascii() -> None:
    """Every relay takes that form."""
    to = Address(channel=Channel.MAIL, value="ana@bücherei.example")
    async with Relay().listening() as relay:
        await sender(relay.port).send(replace(REPLY, to=to))
    assert "RCPT TO:<ana@xn--bcherei-n2a.example>" in relay.heard


async def test_other_destinations_and_lines() -> None:
    """A chat is no mail address, and a line that is not in the settings sends nothing."""
    with pytest.raises(Undeliverable):
        await sender(1).send(replace(REPLY, to=ConversationId("x")))
    with pytest.raises(LinePaused, match="gone"):
        await sender(1).send(replace(REPLY, line=LineId("gone")))


async def test_a_relay_cannot_be_asked() -> None:
    """So the mail goes again under the same Message-ID."""
    with pytest.raises(Unclear):
        await sender(1).find(REPLY)
