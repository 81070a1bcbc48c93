"""Texts in: the webhook and the status callbacks, over real HTTP on loopback."""

from __future__ import annotations

import base64
import contextlib
import hmac
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms_form import parse_form
from channels.sms_reading import Lines, clean, number_of
from helpdesk.config import LineSettings
from helpdesk.message import Channel, Delivery, LineId
from helpdesk.phone import PhoneNumber, reveal
from tests.channels.texting import ACCOUNT, ENQUIRIES, NOISE, PATRON, SERVICE, TOKEN, texting


async def test_a_text_comes_in_whole() -> None:
    """What the patron wrote arrives once, with its line, number, id and segments, and the carrier hears 200."""
    async with texting() as wire:
        posted = await wire.carrier.handset(PATRON).texts("loud on level 3 – again £5 & + % 😴", to=NOISE)
    (inbound,) = wire.door.received
    assert posted.status == 200
    assert (inbound.channel, inbound.line, inbound.account) == (Channel.SMS, "noise", ACCOUNT)
    assert inbound.text == "loud on level 3 – again £5 & + % 😴"
    assert inbound.external_id == posted.sid
    assert isinstance(inbound.sender, PhoneNumber)
    assert reveal(inbound.sender) == PATRON
    assert (inbound.segments, inbound.sent_at, inbound.caught_up, inbound.remarks) == (1, None, False, ())


async def test_answers_with_empty_twiml_after_the_door_has_returned() -> None:
    """200 carries a response that asks the carrier to do nothing."""
    async with texting() as wire:
        assert await wire.posts(wire.form()) == (200, "<Response/>")
        assert wire.door.texts == ["loud on level 3"]


async def test_the_line_is_found_by_number_then_by_service() -> None:
    """A number that is a line wins; one of a messaging service's other numbers goes to the service's line."""
    async with texting() as wire:
        await wire.posts([*wire.form("a", to=NOISE, sid="SM1"), ("MessagingServiceSid", SERVICE)])
        await wire.posts([*wire.form("b", to="+447700900999", sid="SM2"), ("MessagingServiceSid", SERVICE)])
    assert [(inbound.text, inbound.line) for inbound in wire.door.received] == [("a", "noise"), ("b", "pool")]


def test_a_text_to_nobody_is_for_no_line() -> None:
    """A line that has a service and no number of its own is not found by a blank number."""
    pool = LineSettings(channel=Channel.SMS, title="Pool", address="", messaging_service=SERVICE)
    assert Lines({"pool": pool}).find("", "") is None
    assert Lines({"pool": pool}).find("", SERVICE) == "pool"


async def test_a_good_signature_for_an_unknown_line_is_quarantined() -> None:
    """A text to a number that nobody configured is kept as a trace without its words, and acknowledged."""
    async with texting() as wire:
        status, _ = await wire.posts(wire.form(to="+447700900999"))
    assert status == 200
    assert wire.door.received == []
    assert wire.door.quarantined == [
        (LineId("unknown"), "SM1", 15, "it was sent to a number that is no line here (add the line)")
    ]


async def test_the_same_text_twice_is_one_text() -> None:
    """The carrier may post again: the second is a duplicate and is acknowledged."""
    async with texting() as wire:
        assert [(await wire.posts(wire.form()))[0] for _ in range(3)] == [200, 200, 200]
    assert (len(wire.door.received), wire.door.duplicates) == (1, 2)


async def test_a_text_of_5_mb_is_refused_while_it_is_read() -> None:
    """413 before the body has come in, and nothing of it is kept."""
    async with texting() as wire:
        with contextlib.suppress(aiohttp.ClientConnectionError):  # the door may close while the sender still writes
            assert (await wire.posts(urlencode(wire.form()).encode() + b"x" * 5_000_000, signature="any"))[0] == 413
        assert (await wire.posts(wire.form()))[0] == 200
    assert [reason for _, _, reason in wire.door.refused] == [
        "A message from the carrier was refused: it is larger than 64 kB."
    ]
    assert wire.door.texts == ["loud on level 3"]


async def test_broken_utf8_is_read_as_well_as_can_be() -> None:
    """Bytes that are no text are replaced, the history says so, and the signature over the bytes is good."""
    async with texting() as wire:
        fields = urlencode([pair for pair in wire.form() if pair[0] != "Body"]).encode() + b"&Body=caf%E9+%FF+loud"
        assert (await wire.posts(fields, signature=_signed_bytes(wire.local + "/sms/inbound", fields)))[0] == 200
    (inbound,) = wire.door.received
    assert inbound.text == "caf\ufffd \ufffd loud"
    assert inbound.remarks == ("Some of its characters could not be read and were replaced.",)


async def test_a_declared_charset_is_heeded() -> None:
    """A form in Latin-1 that says so is read as Latin-1; an unknown charset is read as UTF-8."""
    async with texting() as wire:
        fields = urlencode([pair for pair in wire.form() if pair[0] != "Body"]).encode() + b"&Body=caf%E9"
        signature = _signed_bytes(wire.local + "/sms/inbound", fields)
        kind = "application/x-www-form-urlencoded; charset="
        assert (await wire.posts(fields, signature=signature, content_type=kind + "ISO-8859-1"))[0] == 200
        assert (await wire.posts(fields, signature=signature, content_type=kind + "punycode"))[0] == 200
    assert wire.door.texts == ["café", "caf\ufffd"]


@pytest.mark.parametrize("sender", ["PARCELCO", "whatsapp:+447700900123", "", "07700 900123"])
async def test_a_sender_that_cannot_be_answered_is_quarantined(sender: str) -> None:
    """A name, another network's address or nothing in From: a trace with no words, and 200."""
    async with texting() as wire:
        form = [("From", sender) if name == "From" else (name, value) for name, value in wire.form()]
        assert (await wire.posts(form))[0] == 200
    assert wire.door.received == []
    assert [(line, size) for line, _, size, _ in wire.door.quarantined] == [("enquiries", 15)]


async def test_a_short_code_is_a_sender() -> None:
    """Five digits can text us."""
    async with texting() as wire:
        form = [("From", "60777") if name == "From" else (name, value) for name, value in wire.form()]
        await wire.posts(form)
    assert len(wire.door.received) == 1


async def test_files_are_counted() -> None:
    """For whoever fetches them, and in the history."""
    async with texting() as wire:
        handset = wire.carrier.handset(PATRON)
        await handset.texts("look", to=ENQUIRIES, media=("https://media.example/1", "https://media.example/2"))
    assert (wire.door.received[0].files, wire.door.received[0].remarks) == (2, ("It came with 2 files.",))


async def test_only_post_is_answered() -> None:
    """A GET of the webhook is 405."""
    async with texting() as wire, wire.session.get(wire.local + "/sms/inbound") as answer:
        assert answer.status == 405


async def test_a_store_that_cannot_take_it_is_503() -> None:
    """What the door raises is never an acknowledgement: 503, with Retry-After where the door names one."""
    async with texting() as wire:
        wire.door.shut = True
        assert (await wire.posts(wire.form()))[0] == 503
        wire.door.shut = False
        wire.door.refuses["boom"] = ZeroDivisionError("boom")
        assert (await wire.posts(wire.form("boom", sid="SM2")))[0] == 503
        assert (await wire.posts(wire.form(sid="SM3")))[0] == 200
    assert wire.door.texts == ["loud on level 3"]


async def test_nothing_logged_names_number_or_words(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Good, forged, failing and caught-up texts leave neither in any log or stream."""
    caplog.set_level("DEBUG")
    async with texting() as wire, wire.catching_up() as catching, wire.sender() as sender:
        wire.door.refuses["secret words"] = ZeroDivisionError("secret words")
        await wire.carrier.handset(PATRON).texts("secret words", to=NOISE)
        await wire.posts(wire.form("secret words"), token="wrong")
        await catching.catch_up()
        await sender.send(wire.reply("secret words", line="noise"))
    shown = caplog.text + "".join(capsys.readouterr())
    assert "secret words" not in shown
    assert "900123" not in shown


# ---- status callbacks


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("queued", Delivery.SENT),
        ("sending", Delivery.SENT),
        ("sent", Delivery.SENT),
        ("delivered", Delivery.DELIVERED),
        ("undelivered", Delivery.FAILED),
        ("failed", Delivery.FAILED),
    ],
)
async def test_a_status_callback_reports_by_outbox_id(state: str, status: Delivery) -> None:
    """The carrier's word becomes ours, and the id in the path says which text it is about."""
    async with texting() as wire:
        form = [("MessageSid", "SM9"), ("MessageStatus", state), ("To", PATRON)]
        assert (await wire.posts(form, path="/sms/status/ob-7"))[0] == 200
    (report,) = wire.door.reports
    assert (report.outbox, report.status, report.provider_id) == ("ob-7", status, "SM9")


async def test_a_failed_callback_has_code_and_words() -> None:
    """Staff read why a text did not arrive; a late code on a good state is left out."""
    async with texting() as wire:
        await wire.posts([("MessageStatus", "undelivered"), ("ErrorCode", "30005")], path="/sms/status/a")
        await wire.posts([("MessageStatus", "failed"), ("ErrorCode", "39999")], path="/sms/status/b")
    assert (wire.door.reports[0].code, wire.door.reports[1].code) == ("30005", "39999")
    assert wire.door.reports[0].reason.startswith("The number is not in use any more.")
    assert wire.door.reports[1].reason


async def test_a_status_callback_must_be_signed_and_stored() -> None:
    """Forged: 403. Store down: 503. A state we don't know: 200 and nothing is reported."""
    async with texting() as wire:
        form = [("MessageStatus", "delivered")]
        assert (await wire.posts(form, path="/sms/status/a", token="forged"))[0] == 403
        assert (await wire.posts([("MessageStatus", "pondering")], path="/sms/status/a"))[0] == 200
        wire.door.shut = True
        assert (await wire.posts(form, path="/sms/status/a"))[0] == 503
    assert wire.door.reports == []


# ---- the pure parts


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form(body: bytes) -> None:
    """Parsing never fails, and what it reads can be stored."""
    form = parse_form(body)
    clean(form.get("Body")).encode()
    form.broken("Body")


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=50))
def test_clean_text_can_always_be_stored(text: str) -> None:
    """Halves of characters and NUL are replaced; whole text stays as it is."""
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned


def test_a_number_is_never_shown() -> None:
    """What is no number is None, without an error that repeats it."""
    assert number_of("PARCELCO") is None
    assert "900123" not in f"{number_of(PATRON)!r} {number_of(PATRON)}"


def _signed_bytes(address: str, body: bytes) -> str:
    """A signature over raw bytes, which the provider's validator cannot make."""
    form = parse_form(body)
    content = address.encode() + b"".join(name + value for name, value in sorted(set(form.fields)))
    return base64.b64encode(hmac.digest(TOKEN.encode(), content, "sha1")).decode()
