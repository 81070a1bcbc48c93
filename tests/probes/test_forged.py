"""A probe's token can't hide a patron's text: it counts once, for its line, for a day, and alone."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from helpdesk.clock import DAY, Instant
from helpdesk.message import Channel, Inbound, LineId, OutboxId
from helpdesk.phone import PhoneNumber
from helpdesk.ports.probes import Reached
from helpdesk.probe_text import digest, new_token, probe_text, token_in, token_of
from helpdesk.store.verbs import probes
from helpdesk.store.verbs.probes import Fresh
from tests.conversation import Town, library
from tests.probes.scene import scene, until
from tests.staff import SAM
from tests.wire import TEXT_LINE


async def out(town: Town, line: str = "text", *, token: str = "") -> str:
    """A probe that is out; its token."""
    token = token or new_token()
    store, now = town.house.store, town.time.now
    fresh = Fresh(id=f"P{town.next_number()}", line=LineId(line), channel=Channel.SMS)
    await store.write(probes.want, (fresh,), now, Instant(now + 60_000), SAM)
    outbox = OutboxId("0" * 26)
    await store.write(probes.take, fresh.id, digest(token), outbox, now, Instant(now + 60_000))
    await store.write(
        probes.sent, fresh.id, Reached(shows="It came.", missing="Look."), None, now, Instant(now + 60_000)
    )
    return token


async def state(town: Town) -> str:
    """How the one probe stands."""
    [probe] = await town.house.store.read(probes.latest)
    return str(probe.state)


def text(line: str, said: str, sid: str) -> Inbound:
    """A text from somebody."""
    return Inbound(
        channel=Channel.SMS,
        line=LineId(line),
        external_id=sid,
        digest=hashlib.sha256(said.encode()).hexdigest(),
        sender=PhoneNumber("+447700900123"),
        text=said,
    )


async def arrives(town: Town, line: str, said: str, sid: str = "SM1") -> bool:
    """A text comes in; whether it became a ticket."""
    return (await town.house.intake.receive(text(line, said, sid))).ticket is not None


async def test_a_token_counts_once() -> None:
    """The same message again is the same probe; another one with its words is a patron's."""
    async with library() as town:
        said = probe_text(await out(town))
        assert not await arrives(town, "text", said, "SM1")
        assert await state(town) == "passed"
        assert not await arrives(town, "text", said, "SM1")
        assert await arrives(town, "text", said, "SM2")


async def test_a_token_counts_for_its_line() -> None:
    """On another it is a text like any other, and the probe is still out."""
    async with library() as town:
        said = probe_text(await out(town))
        assert await arrives(town, "noise", said)
        assert await state(town) == "sent"


@pytest.mark.parametrize("around", ["Fire! {}", "{} fire on level 3", "{}\nfire", "{}x"])
async def test_a_token_covers_no_other_words(around: str) -> None:
    """Whoever had one could hide nothing with it."""
    async with library() as town:
        said = around.format(probe_text(await out(town)))
        assert await arrives(town, "text", said)
        assert await state(town) == "sent"


@pytest.mark.parametrize("said", [probe_text("0" * 32), "Help desk line check", "help desk line check " + "a" * 32])
async def test_nobody_can_guess_one(said: str) -> None:
    """What is no token of ours is a text."""
    async with library() as town:
        await out(town)
        assert await arrives(town, "text", said)


async def test_a_token_is_good_for_a_day() -> None:
    """Then it is words."""
    async with library() as town:
        said = probe_text(await out(town))
        town.clock.move_to(Instant(town.clock.now() + DAY))
        assert await arrives(town, "text", said)


async def test_a_text_from_a_real_handset_with_a_used_token(tmp_path: Path) -> None:
    """Through the carrier and the webhook: whoever saw it on the way gets a ticket, as everybody does."""
    async with scene(tmp_path) as here:
        await here.probes("texts")
        said = next(text.body for text in here.town.carrier.texts if text.direction == "inbound")
        ana = here.town.texter(line=TEXT_LINE)
        await ana.texts(said)
        await here.town.desk.sees("Help desk line check")


async def test_the_token_is_kept_nowhere(tmp_path: Path) -> None:
    """Neither in the store nor in the log: only its digest."""
    async with scene(tmp_path) as here:
        await here.probes()
        tokens = {match for text in here.town.carrier.texts for match in re.findall("[0-9a-f]{32}", text.body)}
        assert len(tokens) == 2
        held = b"".join(path.read_bytes() for path in _files(tmp_path))
        assert [token for token in tokens if token.encode() in held] == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_tokens_in_mails_survive_what_gateways_add() -> None:
    """A banner above, a disclaimer below, a mark in the subject."""
    token = new_token()
    assert token_in(f"[EXTERNAL] {probe_text(token)}", "") == token
    assert token_in("", f"CAUTION: external.\n\n{probe_text(token)}\n\n-- \nThis mail is confidential.") == token
    assert token_in("Hello", "Help desk line check") == ""
    assert token_of(f"  {probe_text(token)}\n") == token


async def test_what_answers_a_probe_is_no_ticket(tmp_path: Path) -> None:
    """A bounce tells why it failed; an absence note about it is dropped; a person who answers it is heard."""
    async with scene(tmp_path) as here:
        here.brings_back = False
        await here.town.house.probing.begin(SAM, lines=("mail",))
        await here.sent("mail")
        [sent] = here.town.postbox.mailbox("enquiries@library.example").mails
        named = str(sent.message["Message-ID"])
        ben = here.town.mailer()
        await ben.mails("I am away", Auto_Submitted="auto-replied", In_Reply_To=named)
        await here.town.hand_in(_bounce(named), "enquiries@library.example", sender="")

        async def is_failed() -> bool:
            return "(5.1.1)" in (await here.latest())["mail"].said

        await until(is_failed)

        async def nothing_waits() -> bool:
            return not await here.rows("raw")

        await until(nothing_waits)
        assert await here.rows("tickets") == 0
        await ben.mails("What is this?", In_Reply_To=named)
        await here.town.desk.sees("What is this?")


def _bounce(message_id: str) -> bytes:
    return f"""\
From: MAILER-DAEMON@relay.example
To: enquiries@library.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

It could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; enquiries@library.example
Action: failed
Status: 5.1.1

--x
Content-Type: text/rfc822-headers

Message-ID: {message_id}
--x--
""".replace("\n", "\r\n").encode()
