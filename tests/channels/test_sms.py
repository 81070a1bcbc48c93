"""Texts in: the signed webhook, status callbacks and catching up, over real HTTP on loopback."""

from __future__ import annotations

import base64
import contextlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from channels.sms_form import is_signed, parse_form, public_address
from channels.sms_reading import Lines, clean, number_of
from helpdesk.clock import plus
from helpdesk.config import LineSettings
from helpdesk.errors import LinePaused, Refused, TryLater
from helpdesk.message import Channel, Delivery, LineId
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.serving import listening
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.texting import ACCOUNT, ENQUIRIES, NOISE, OLDER, PATRON, POOLED, SERVICE, TOKEN, texting


class _Fields(dict[str, list[str]]):
    """A form as the provider's own validator takes it."""

    def getall(self, name: str) -> list[str]:
        """All values of ``name``."""
        return self[name]


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


async def test_both_tokens_are_good_while_they_rotate_and_no_other() -> None:
    """Newer and older token sign well; a stranger's gets 403, is counted for the line, and nothing is kept."""
    async with texting() as wire:
        assert (await wire.posts(wire.form(sid="SM1"), token=TOKEN))[0] == 200
        assert (await wire.posts(wire.form(sid="SM2"), token=OLDER))[0] == 200
        assert (await wire.posts(wire.form("forged", sid="SM3"), token="a stranger's"))[0] == 403
        assert (await wire.posts(wire.form("forged", to=NOISE, sid="SM4"), signature=""))[0] == 403
        assert (await wire.posts(wire.form("forged", sid="SM5"), signature="ä" * 28))[0] == 403
    assert len(wire.door.received) == 2
    assert wire.door.quarantined == []
    assert [(channel, line) for channel, line, _ in wire.door.refused] == [
        (Channel.SMS, "enquiries"),
        (Channel.SMS, "noise"),
        (Channel.SMS, "enquiries"),
    ]
    assert "no signature" in wire.door.refused[1][2]
    assert "forged" not in str(wire.door.refused)


async def test_a_refusal_is_counted_for_the_line_in_the_path() -> None:
    """The path's name says which line to count for; a name that is no line says nothing."""
    async with texting() as wire:
        assert (await wire.posts(b"{}", path="/sms/inbound/noise"))[0] == 403
        assert (await wire.posts(b"{}", path="/sms/inbound/nothing", content_type="application/json"))[0] == 403
        assert (await wire.posts(wire.form(), path="/sms/inbound/noise"))[0] == 200
    assert [line for _, line, _ in wire.door.refused] == ["noise", None]


@pytest.mark.parametrize(
    "public",
    [
        "https://desk.library.example",
        "https://desk.library.example/",
        "https://desk.library.example/helpdesk",
        "http://desk.library.example:8443",
        "https://desk.library.example#rc=2&rp=all",
    ],
)
async def test_the_signature_covers_the_public_address(public: str) -> None:
    """Behind a proxy that speaks https, another port or a folder, what was signed is what the carrier called."""
    async with texting(public=public) as wire:
        called = public.partition("#")[0].rstrip("/") + "/sms/inbound"
        assert (await wire.posts(wire.form(), signed_for=called))[0] == 200
        assert (await wire.posts(wire.form(sid="SM2"), signed_for=wire.local + "/sms/inbound"))[0] == 403


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://desk.library.example:443", "https://desk.library.example/sms/inbound"),
        ("https://desk.library.example", "https://desk.library.example:443/sms/inbound"),
        ("http://desk.library.example", "http://desk.library.example:80/sms/inbound"),
    ],
)
async def test_the_provider_is_of_two_minds_about_ports(public: str, signed: str) -> None:
    """The scheme's own port may stand in the signed address or not."""
    async with texting(public=public) as wire:
        assert (await wire.posts(wire.form(), signed_for=signed))[0] == 200


async def test_the_raw_query_is_part_of_what_was_signed() -> None:
    """Escapes in path and query stay as they were on the wire."""
    async with texting() as wire:
        path = "/sms/inbound/no%69se?a=%7E1&b=&a=2"
        assert (await wire.posts(wire.form(), path=path))[0] == 200
        assert (await wire.posts(wire.form(sid="SM2"), path=path + "&c=3", signed_for=wire.local + path))[0] == 403


async def test_double_blank_and_unknown_fields_survive() -> None:
    """The signature covers them all, and the text is read all the same."""
    async with texting() as wire:
        form = [*wire.form(), ("ChannelMetadata", '{"a": 1}'), ("X", "2"), ("X", ""), ("X", "2"), ("", "nameless")]
        assert (await wire.posts(form))[0] == 200
        assert (await wire.posts([*form, ("Y", "")], signature=wire.carrier.signature(wire.local, form)))[0] == 403
    assert wire.door.texts == ["loud on level 3"]


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


async def test_files_and_stop_are_said_in_words() -> None:
    """Media are counted in the history; a lone STOP word says what the carrier will do."""
    async with texting() as wire:
        handset = wire.carrier.handset(PATRON)
        await handset.texts("look", to=ENQUIRIES, media=("https://media.example/1", "https://media.example/2"))
        await handset.texts(" cancel ", to=ENQUIRIES)
    assert wire.door.received[0].remarks == ("The text came with 2 files, which were left at the carrier.",)
    assert "refuses our texts until the patron texts START" in wire.door.received[1].remarks[0]


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


# ---- catching up


async def test_fifty_texts_missed_while_the_door_was_down_come_in_once_each() -> None:
    """25 met a dead server and 25 a 503; one pass fetches all with the carrier's times, a second finds nothing new."""
    async with texting() as wire, wire.catching_up() as catching:
        handset = wire.carrier.handset(PATRON)
        with listening() as unused:
            dead = f"http://127.0.0.1:{unused.getsockname()[1]}/sms/inbound"
        began = wire.clock.now()
        wire.carrier.rents(NOISE, webhook=dead)
        wire.door.shut = True
        for number in range(50):
            if number == 25:
                wire.carrier.rents(NOISE, webhook=wire.local + "/sms/inbound")
            await handset.texts(f"text {number}", to=NOISE)
            wire.clock.passes(seconds=10)
        wire.door.shut = False
        first, second = await catching.catch_up(), await catching.catch_up()
    assert wire.door.texts == [f"text {number}" for number in range(50)]
    assert (first.received, first.listed, second.received, second.listed) == (50, 50, 0, 50)
    assert all(inbound.caught_up and inbound.line == "noise" for inbound in wire.door.received)
    assert wire.door.received[7].sent_at == plus(began, 70_000)
    assert wire.door.cursors["sms:noise"] == wire.clock.now()


async def test_what_the_webhook_brought_is_the_same_text_when_listed() -> None:
    """Id and digest agree whichever way a text comes, for odd words and files as well."""
    async with texting() as wire, wire.catching_up() as catching:
        handset = wire.carrier.handset(PATRON)
        await handset.texts("a  b\r\n £ 😴\x00", to=ENQUIRIES)
        await handset.texts("", to=ENQUIRIES, media=("https://media.example/1",))
        found = await catching.catch_up()
    assert (found.listed, found.received, wire.door.duplicates) == (2, 0, 2)


async def test_pages_are_followed_and_the_oldest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """More texts than fit a page all come in, in the order in which they were sent."""
    monkeypatch.setattr("channels.sms_carrier.PAGE", 3)
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        for number in range(8):
            await wire.carrier.handset(PATRON).texts(str(number), to=NOISE)
            wire.clock.passes(seconds=1)
        wire.door.shut = False
        await catching.catch_up()
    assert wire.door.texts == [str(number) for number in range(8)]


async def test_one_bad_text_is_not_in_the_way_of_the_next() -> None:
    """A text that the desk can't take, whatever the reason, is quarantined; the rest come in; the cursor moves."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.refuses.update({"bad": Refused("it can't be read."), "worse": ZeroDivisionError()})
        for words in ("one", "bad", "worse", "two"):
            await wire.carrier.handset(PATRON).texts(words, to=NOISE)
            wire.clock.passes(seconds=1)
        found = await catching.catch_up()
    assert wire.door.texts == ["one", "two"]
    assert [reason for *_, reason in wire.door.quarantined] == ["it can't be read", "the desk could not read it"]
    assert found.quarantined == 2
    assert "sms:noise" in wire.door.cursors


async def test_a_door_that_shuts_midway_leaves_the_cursor() -> None:
    """TryLater ends the pass, the cursor stays, and the next pass brings what is missing."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        await wire.carrier.handset(PATRON).texts("one", to=NOISE)
        with pytest.raises(TryLater):
            await catching.catch_up()
        assert wire.door.cursors == {}
        wire.door.shut = False
        await catching.catch_up()
    assert wire.door.texts == ["one"]


async def test_the_overlap_reaches_behind_the_cursor() -> None:
    """A text from before the cursor that was never stored is still found within 24 hours, and not after."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        await wire.carrier.handset(PATRON).texts("too old", to=NOISE)
        wire.clock.passes(hours=2)
        await wire.carrier.handset(PATRON).texts("in time", to=NOISE)
        wire.clock.passes(hours=23)
        wire.door.shut = False
        wire.door.cursors["sms:noise"] = wire.clock.now()
        await catching.catch_up()
    assert wire.door.texts == ["in time"]


async def test_a_service_line_reads_its_other_numbers() -> None:
    """A text to a number of the pool that is no line's own address is fetched for the service's line, once."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.carrier.rents("+447700900555", webhook=wire.local + "/nowhere", service=SERVICE)
        await wire.carrier.handset(PATRON).texts("to the pool", to="+447700900555")
        await wire.carrier.handset(PATRON).texts("elsewhere", to=NOISE)
        await wire.carrier.handset(PATRON).texts("its own", to=POOLED)
        await catching.catch_up()
    assert [(inbound.text, inbound.line) for inbound in wire.door.received] == [
        ("elsewhere", "noise"),
        ("its own", "pool"),
        ("to the pool", "pool"),
    ]


async def test_our_own_replies_are_never_taken_for_texts() -> None:
    """A service's listing holds what we sent as well: it is left out."""
    async with texting() as wire, wire.catching_up() as catching, wire.sender() as sender:
        await sender.send(wire.reply(line="pool"))
        assert (await catching.catch_up()).listed == 0
    assert wire.door.received == []


async def test_erased_texts_are_not_fetched_again() -> None:
    """A text that the carrier was told to redact is not taken for another one."""
    async with texting() as wire, wire.catching_up() as catching:
        posted = await wire.carrier.handset(PATRON).texts("hello", to=NOISE)
        wire.carrier.texts.redact(posted.sid)
        assert (await catching.catch_up()).listed == 0
    assert wire.door.texts == ["hello"]


async def test_a_carrier_in_trouble_is_said_after_the_other_lines_had_their_turn() -> None:
    """One line's listing fails: the others are caught up first, then TryLater with the carrier's Retry-After."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.carrier.faults.lists.append(Fault(status=429, code=20429, retry_after=9))
        wire.carrier.rents(ENQUIRIES, webhook=wire.local + "/nowhere")
        await wire.carrier.handset(PATRON).texts("hello", to=ENQUIRIES)
        with pytest.raises(TryLater) as caught:
            await catching.catch_up()
        assert caught.value.retry_after == 9
        assert wire.door.texts == ["hello"]
        wire.carrier.faults.lists.append(Fault(garbled=True))
        with pytest.raises(TryLater):
            await catching.catch_up()
        wire.carrier.tokens = ("changed",)
        with pytest.raises(LinePaused, match="token"):
            await catching.catch_up()


# ---- the pure parts


FIELDS = st.lists(st.tuples(st.sampled_from(["Body", "To", "X", ""]), st.text(max_size=20)), max_size=8)


@given(FIELDS.filter(lambda fields: not any("\ud800" <= mark <= "\udfff" for _, v in fields for mark in v)))
def test_agrees_with_the_providers_own_validator(fields: Sequence[tuple[str, str]]) -> None:
    """Whatever the fields, blank and double ones included, our check takes the provider's signature and no other."""
    grouped = _Fields()
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    address = public_address("https://desk.library.example", "/sms/inbound", "a=1")
    signature = RequestValidator(TOKEN).compute_signature(address, grouped)
    form = parse_form(urlencode(fields).encode())
    assert is_signed(form, address=address, signature=signature, tokens=["other", TOKEN])
    assert not is_signed(form, address=address, signature=signature, tokens=["other"])
    assert not is_signed(form, address=address + "x", signature=signature, tokens=[TOKEN])


def test_a_shared_keys_signature_is_good_too() -> None:
    """The provider's newer SHA-256 signature is checked as its header names it; an unknown algorithm never passes."""
    address = "https://desk.library.example/sms/inbound"
    signature = RequestValidator(TOKEN).compute_signature(address, {"Body": "x"}, "HMAC_SHA256")
    form = parse_form(b"Body=x")
    assert is_signed(form, address=address, signature=signature, tokens=[TOKEN], algorithm="HMAC_SHA256")
    assert not is_signed(form, address=address, signature=signature, tokens=[TOKEN])
    assert not is_signed(form, address=address, signature=signature, tokens=[TOKEN], algorithm="NONE")


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
