"""Texts out: handing over, error codes, unclear time-outs and looking up, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from channels.sms import SmsSender
from channels.sms_codes import MEANINGS, meaning
from helpdesk.clock import ManualClock, moment, plus
from helpdesk.config import SmsSettings, WebSettings
from helpdesk.errors import BadConfig, HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.message import Address, Channel, ConversationId, Delivery, LineId, Matter, Outbound, OutboxId
from helpdesk.serving import listening
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.texting import ACCOUNT, LINES, NOISE, PATRON, POOLED, SERVICE, TOKEN, Wire, texting

SHORT = 0.4
"""Seconds: the time limit of a sender that shall run into it."""

SECRET = "my card is lost"
RAISED = {Matter.PATRON: Undeliverable, Matter.OURS: LinePaused, Matter.PASSING: TryLater}


async def test_a_reply_reaches_the_patron_and_its_callbacks_the_door() -> None:
    """Handed over once, with the outbox id in the callback's address; sent and delivered are reported by it."""
    async with texting() as wire, wire.sender() as sender:
        sent = await sender.send(wire.reply("On our way – 2 min"))
        arrived = await wire.carrier.handset(PATRON).next()
        await wire.door.hears(2)
    assert (arrived.body, arrived.line, arrived.sid) == (
        "On our way – 2 min",
        LINES["enquiries"].address,
        sent.provider_id,
    )
    assert sent.segments == 1
    assert [(report.outbox, report.status) for report in wire.door.reports] == [
        ("ob1", Delivery.SENT),
        ("ob1", Delivery.DELIVERED),
    ]


async def test_a_sealed_lines_number_is_opened_only_to_send() -> None:
    """A number that was just unsealed reaches the patron from the sealed line's own number."""
    async with texting() as wire, wire.sender() as sender:
        await sender.send(wire.reply(line="noise"))
        assert (await wire.carrier.handset(PATRON).next()).line == NOISE


async def test_a_pooled_line_sends_through_its_service() -> None:
    """A line with a messaging service names the service and leaves the number to the carrier."""
    async with texting() as wire, wire.sender() as sender:
        await sender.send(wire.reply(line="pool"))
        assert (await wire.carrier.handset(PATRON).next()).line == POOLED
        assert [text.service for text in wire.carrier.texts] == [SERVICE]


async def test_a_long_text_counts_its_segments() -> None:
    """What the carrier charges for comes back with the receipt."""
    async with texting() as wire, wire.sender() as sender:
        assert (await sender.send(wire.reply("x" * 161))).segments == 2


async def test_every_code_is_raised_by_whose_matter_it_is() -> None:
    """The table decides; the words are ours, never the carrier's."""
    async with texting() as wire, wire.sender() as sender:
        for code, known in MEANINGS.items():
            wire.carrier.faults.sends.append(Fault(code=int(code)))
            with pytest.raises(HelpdeskError) as caught:
                await sender.send(wire.reply())
            assert type(caught.value) is RAISED[known.matter], code
            assert str(caught.value) == known.words
            assert getattr(caught.value, "code", code) == code
        assert len(wire.carrier.texts) == 0


TRAPS = {
    Matter.PATRON: ["21610", "21211", "21614", "30004", "30005", "30006"],
    Matter.OURS: ["20003", "21408", "21606", "21612", "30007", "30032", "30034"],
    Matter.PASSING: ["20429", "30001", "21611", "30003", "30008", "30036"],
}


@pytest.mark.parametrize("matter", TRAPS)
def test_the_known_codes_are_in_their_class(matter: Matter) -> None:
    """The provider's common codes, each for the patron, for us or passing."""
    assert {meaning(code).matter for code in TRAPS[matter]} == {matter}


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [
        (Fault(status=429, code=20429, retry_after=7), TryLater, 7),
        (Fault(status=429), TryLater, None),
        (Fault(status=500), TryLater, None),
        (Fault(status=503, retry_after=120), TryLater, 120),
        (Fault(status=502), Unclear, None),
        (Fault(status=504), Unclear, None),
        (Fault(status=401), LinePaused, None),
        (Fault(status=403), LinePaused, None),
        (Fault(status=404), LinePaused, None),
        (Fault(status=302), LinePaused, None),
        (Fault(status=400, code=29999), Undeliverable, None),
        (Fault(status=400), Undeliverable, None),
        (Fault(garbled=True, taken=True), Unclear, None),
    ],
)
async def test_bare_answers_are_judged_by_their_status(
    fault: Fault, error: type[HelpdeskError], seconds: float | None
) -> None:
    """Without a code that we know, the HTTP status decides, and Retry-After is kept."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.sends.append(fault)
        with pytest.raises(error) as caught:
            await sender.send(wire.reply())
    assert type(caught.value) is error
    assert getattr(caught.value, "retry_after", None) == seconds


async def test_retry_after_may_be_a_date() -> None:
    """A date in Retry-After becomes seconds by our clock."""
    clock = ManualClock()
    date = moment(plus(clock.now(), 90_000)).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
    busy = b"HTTP/1.1 503 No\r\nRetry-After: " + date + b"\r\nContent-Length: 0\r\n\r\n"
    async with answering(busy) as url, _sender_to(url, clock) as sender:
        with pytest.raises(TryLater) as caught:
            await sender.send(_reply(clock))
    assert caught.value.retry_after == 90


async def test_one_request_and_no_more() -> None:
    """A 5xx is not posted again by the transport: trying again is the outbox's business."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.sends.extend([Fault(status=500), Fault(status=500)])
        with pytest.raises(TryLater):
            await sender.send(wire.reply())
        assert len(wire.carrier.faults.sends) == 1


async def test_after_stop_staff_are_told_why() -> None:
    """The patron's STOP makes the next reply undeliverable, in words."""
    async with texting() as wire, wire.sender() as sender:
        await wire.carrier.handset(PATRON).texts("STOP", to=NOISE)
        with pytest.raises(Undeliverable, match="The patron has texted STOP") as caught:
            await sender.send(wire.reply(line="noise"))
        assert caught.value.code == "21610"
        await wire.carrier.handset(PATRON).texts("START", to=NOISE)
        await sender.send(wire.reply(line="noise"))


# ---- unclear


async def test_a_timeout_is_unclear_and_the_text_is_found_if_it_was_taken() -> None:
    """The carrier took it and never answered: Unclear, and find() proves that it went."""
    async with texting() as wire, wire.sender() as sender, wire.sender(seconds=SHORT) as hasty:
        wire.carrier.faults.sends.append(Fault(silent=True, taken=True))
        with pytest.raises(Unclear):
            await hasty.send(wire.reply())
        (found,) = await sender.find(wire.reply())
        assert [text.sid for text in wire.carrier.texts] == [found.provider_id]


async def test_a_timeout_of_a_text_that_was_not_taken_finds_nothing() -> None:
    """The request was lost: find() is empty, so the outbox may send again."""
    async with texting() as wire, wire.sender() as sender, wire.sender(seconds=SHORT) as hasty:
        wire.carrier.faults.sends.append(Fault(silent=True))
        with pytest.raises(Unclear):
            await hasty.send(wire.reply())
        assert await sender.find(wire.reply()) == ()


async def test_find_takes_nothing_for_another_text() -> None:
    """Another patron, line, wording, time or direction is no candidate; the same text twice is two."""
    async with texting() as wire, wire.sender() as sender:
        await sender.send(wire.reply("On our way", outbox="old"))
        wire.clock.passes(hours=1)
        message = wire.reply("On our way")
        await sender.send(wire.reply("On our way", line="noise", outbox="a"))
        await sender.send(wire.reply("Another", outbox="b"))
        stranger = Address(channel=Channel.SMS, value="+447700900124")
        await sender.send(replace(wire.reply("On our way", outbox="c"), to=stranger))
        await wire.carrier.handset(PATRON).texts("On our way", to=LINES["enquiries"].address)
        assert await sender.find(message) == ()
        first = await sender.send(message)
        assert [sent.provider_id for sent in await sender.find(message)] == [first.provider_id]
        await sender.send(replace(message, again=True))
        assert len(await sender.find(message)) == 2


async def test_find_tells_what_we_sent_from_what_a_line_of_ours_received() -> None:
    """A text from one of our numbers to another is two records at the carrier; only the outgoing one is proof."""
    async with texting() as wire, wire.sender() as sender:
        await wire.carrier.handset(LINES["enquiries"].address).texts("On our way", to=NOISE)
        between = replace(wire.reply("On our way"), to=Address(channel=Channel.SMS, value=NOISE))
        assert await sender.find(between) == ()


async def test_find_sees_a_text_that_still_waits_at_the_carrier() -> None:
    """A queued text has no date sent yet, and is found all the same; one of a pool by its service."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.delay = 3600
        for line in ("enquiries", "pool"):
            await sender.send(wire.reply(line=line))
            assert len(await sender.find(wire.reply(line=line))) == 1


async def test_find_itself_may_fail_later() -> None:
    """A carrier that can't list now raises TryLater, never an empty answer."""
    async with texting() as wire, wire.sender(seconds=SHORT) as sender:
        for fault in (Fault(status=503), Fault(silent=True), Fault(garbled=True), Fault(status=504)):
            wire.carrier.faults.lists.append(fault)
            with pytest.raises(TryLater):
                await sender.find(wire.reply())


async def test_a_carrier_that_is_not_there_is_for_later() -> None:
    """Connection refused: nothing was written, so the text may be tried again."""
    clock = ManualClock()
    with listening() as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    async with _sender_to(url, clock) as sender:
        with pytest.raises(TryLater):
            await sender.send(_reply(clock))


async def test_a_connection_that_breaks_after_the_request_is_unclear() -> None:
    """The carrier read the request and hung up."""
    clock = ManualClock()
    async with answering(b"") as url, _sender_to(url, clock) as sender:
        with pytest.raises(Unclear):
            await sender.send(_reply(clock))


# ---- what cannot be sent at all


@pytest.mark.parametrize(
    "to",
    [
        Address(channel=Channel.SMS, value="07700 900123"),
        Address(channel=Channel.MAIL, value="ana@library.example"),
        ConversationId("chat-1"),
    ],
)
async def test_what_is_no_number_is_undeliverable(to: Address | ConversationId) -> None:
    """Nothing is handed to the carrier for a recipient that is no telephone number."""
    async with texting() as wire, wire.sender() as sender:
        with pytest.raises(Undeliverable):
            await sender.send(replace(wire.reply(), to=to))
        assert len(wire.carrier.texts) == 0


async def test_a_line_that_is_gone_pauses() -> None:
    """A text for a line that the settings no longer have is kept until it is back."""
    async with texting() as wire, wire.sender() as sender:
        with pytest.raises(LinePaused, match="settings"):
            await sender.send(replace(wire.reply(), line=LineId("gone")))


async def test_without_account_or_token_nothing_starts() -> None:
    """BadConfig says which settings to fill in."""
    with pytest.raises(BadConfig, match="account and tokens"):
        async with SmsSender(SmsSettings(), WebSettings(), LINES, ManualClock()):
            pass


async def test_the_processs_own_variables_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """TWILIO_* variables of the machine neither redirect us nor sign us in elsewhere."""
    for name in ("TWILIO_REGION", "TWILIO_EDGE", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.setenv(name, "elsewhere")
    async with texting() as wire, wire.sender() as sender:
        assert (await sender.send(wire.reply())).provider_id.startswith("SM")


async def test_no_error_shows_the_number() -> None:
    """However a text fails, neither the error nor anything in its chain or traceback holds the number or the words."""
    async with texting() as wire, wire.sender(seconds=SHORT) as sender:
        faults = [Fault(code=21211), Fault(status=503), Fault(silent=True), Fault(garbled=True), Fault(status=401)]
        wire.carrier.faults.sends.extend(faults)
        for _ in faults:
            shown = await _failure(sender, wire)
            assert "900123" not in shown
            assert SECRET not in shown


async def _failure(sender: SmsSender, wire: Wire) -> str:
    """The whole traceback of a text that fails, and the error's own fields; it stands in no chain."""
    with pytest.raises(HelpdeskError) as caught:
        await sender.send(wire.reply(SECRET, line="noise"))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    return "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))


def _reply(clock: ManualClock) -> Outbound:
    return Outbound(
        id=OutboxId("ob1"),
        channel=Channel.SMS,
        line=LineId("enquiries"),
        to=Address(channel=Channel.SMS, value=PATRON),
        text="On our way",
        created=clock.now(),
    )


def _sender_to(url: str, clock: ManualClock) -> SmsSender:
    settings = SmsSettings(account=ACCOUNT, tokens=(SecretStr(TOKEN),), base_url=url, timeout_seconds=2)
    return SmsSender(settings, WebSettings(), LINES, clock)


@contextlib.asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A server that reads one request, writes ``answer`` and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    bound = listening()
    async with await asyncio.start_server(serve, sock=bound):
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


async def test_a_country_that_is_not_allowed_is_not_texted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the sending step knows a sealed number's country: nothing goes out, and staff read why."""
    abroad = LINES["noise"].model_copy(update={"countries": ("353",)})
    monkeypatch.setitem(LINES, "noise", abroad)
    async with texting() as wire, wire.sender() as sender:
        with pytest.raises(Undeliverable, match="may not text the patron's country"):
            await sender.send(wire.reply(line="noise"))
        assert len(wire.carrier.texts) == 0
