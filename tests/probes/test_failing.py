"""What is wrong with a line, and that its probe says so: relay, webhook, tokens, account, origin, clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels.probes.chat import ChatProber
from channels.probes.sms import SmsProber
from channels.probes.web import Web, web
from helpdesk.clock import ManualClock, SystemClock, plus
from helpdesk.config import LineSettings, SmsSettings, WebSettings
from helpdesk.errors import HelpdeskError
from helpdesk.message import Channel, LineId, OutboxId
from helpdesk.ports.probes import Errand, ProbeState, Reached
from helpdesk.serving import listening, serving
from helpdesk.simulator.carrier_faults import Fault
from tests.probes.scene import Scene, scene, until
from tests.wire import ACCOUNT, NOISELINE, TEXT_LINE, TOKEN


async def failed(here: Scene, line: str, *, texts: bool = True) -> str:
    """What a line's probe says, which fails; the desk says it, too."""
    probe = (await here.probes(line, texts=texts))[line]
    assert probe.state is ProbeState.FAILED
    assert f"Line {line} failed its probe: {probe.said}" in await here.notices()
    return probe.said


async def test_the_relay_is_down(tmp_path: Path) -> None:
    """Told at once; once it is up again the next probe passes, and the desk is at rest."""
    with listening() as bound:
        port = bound.getsockname()[1]
    async with scene(tmp_path, mail={"relay_port": port}) as here:
        said = await failed(here, "mail")
        assert f"The mail relay 127.0.0.1:{port} can't be reached" in said
        assert "tried again" not in said


async def test_the_relay_refuses_us(tmp_path: Path) -> None:
    """In words of ours, with the relay's code."""
    async with scene(tmp_path) as here:
        here.town.postbox.mailbox("enquiries@library.example").refuses = "550 5.1.1 no such user"
        assert "Check the address" in await failed(here, "mail")
        here.town.postbox.mailbox("enquiries@library.example").refuses = ""
        assert (await here.probes("mail"))["mail"].state is ProbeState.PASSED
        assert await here.notices() == ""


async def test_the_relay_does_not_bring_it_back(tmp_path: Path) -> None:
    """After five minutes it has failed; if it comes late it is still no ticket, and the probe says how late."""
    async with scene(tmp_path) as here:
        here.brings_back = False
        [probe] = await here.town.house.probing.begin(here.town.desk.name, lines=("mail",))
        await here.sent("mail")
        here.town.time.passes(minutes=5)
        said = (await here.over("mail"))["mail"].said
        assert said.startswith("It did not come back within 5 min. The relay took it. Look at its queue")
        here.town.time.passes(minutes=7)
        here.brings_back = True
        await here.relays_again()

        async def told() -> bool:
            return (await here.latest())["mail"].said == "It came back after all, 12 min late."

        await until(told)
        assert await here.rows("tickets") == 0
        assert probe.line == "mail"


async def test_the_carrier_calls_somebody_else(tmp_path: Path) -> None:
    """The text is fetched by catching up: the line lives, but late; that is a failure, and no ticket."""
    async with scene(tmp_path) as here:
        here.town.carrier.rents(NOISELINE, webhook="http://127.0.0.1:9/sms/inbound")
        await here.town.house.probing.begin(here.town.desk.name, lines=("noise",))
        await here.sent("noise")

        async def delivered() -> bool:
            return "line 1 got a text of ours" in here.town.carrier.transcript

        await until(delivered)
        here.town.time.passes(minutes=2)
        said = (await here.over("noise"))["noise"].said
        assert said.startswith("It had to be fetched from the carrier, whose call did not reach us: texts come late.")
        assert "/sms/inbound" in said
        assert await here.rows("tickets") == 0
        assert await here.town.house.keys.count() == 0


async def test_the_carrier_takes_nothing(tmp_path: Path) -> None:
    """Our account is at fault: said with the line that could not send."""
    async with scene(tmp_path) as here:
        here.town.carrier.faults.sends.append(Fault(status=401, code=20003))
        assert "The carrier takes no texts of line texts: " in await failed(here, "noise")


async def test_the_carrier_can_t_deliver(tmp_path: Path) -> None:
    """A callback says so; it is no message of a stranger's."""
    async with scene(tmp_path) as here:
        here.town.carrier.faults.delivers.append(30005)
        assert "The provider could not deliver it (30005)." in await failed(here, "noise")
        assert "not ours" not in await here.notices()


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (lambda carrier: setattr(carrier, "tokens", ("another",)), "The carrier does not know us (401)"),
        (lambda carrier: setattr(carrier, "standing", "suspended"), "our account is suspended"),
        (lambda carrier: carrier.numbers.clear(), "The account has no such number"),
        (lambda carrier: carrier.rents(TEXT_LINE, webhook="https://old.example/sms/inbound"), "does not call us"),
    ],
)
async def test_what_the_carrier_says_of_us(tmp_path: Path, breaks: Callable[[Any], None], said: str) -> None:
    """Looked at without a text."""
    async with scene(tmp_path) as here:
        assert "No text was sent" in (await here.probes("texts", texts=False))["texts"].said
        breaks(here.town.carrier)
        assert said in await failed(here, "texts", texts=False)
        assert not [text for text in here.town.carrier.texts if text.direction == "outbound-api"]


async def test_one_text_line_alone_is_looked_at(tmp_path: Path) -> None:
    """No carrier takes a text from a number to itself."""
    async with scene(tmp_path) as here:
        lines = {"texts": here.town.house.settings.lines["texts"]}
        found = here.town.house.settings.model_copy(update={"lines": lines})
        prober = here.town.house.probing._probers[Channel.SMS]
        assert isinstance(prober, SmsProber)
        alone = SmsProber(found.sms, found.web, lines, prober._sender, prober._asks)
        await here.town.house.probing.begin(here.town.desk.name, lines=("texts",))
        reached = await alone.send(_errand("texts"))
        assert "No text was sent" in reached.shows


def _errand(line: str) -> Errand:
    text = f"Help desk line check {'0' * 32}"
    return Errand(line=LineId(line), text=text, outbox=OutboxId("0" * 26), created=SystemClock().now(), texts=True)


@asynccontextmanager
async def fronted(routes: list[Route]) -> AsyncIterator[str]:
    """Somebody who answers at our public address."""
    async with serving(Starlette(routes=routes)) as url:
        yield url


def answers(status: int, path: str = "/{path:path}", text: str = "") -> Route:
    """A route that gives one answer to everything."""

    async def answer(request: Request) -> Response:
        return Response(text, status)

    return Route(path, answer, methods=["GET", "POST"])


async def looked(public_url: str, asks: Web, carrier: str) -> Reached:
    """A look at the account and at the webhook at a public address."""
    line = LineSettings(channel=Channel.SMS, title="Texts", address=TEXT_LINE)
    settings = SmsSettings.model_validate({"account": ACCOUNT, "tokens": [TOKEN], "base_url": carrier})
    prober = SmsProber(settings, WebSettings(public_url=public_url), {"texts": line}, Silent(), asks)
    return await prober.send(_errand("texts"))


class Silent:
    """A sender that is never asked."""

    channel = Channel.SMS

    async def send(self, message: Any) -> Any:
        """Nobody should."""
        raise AssertionError

    async def find(self, message: Any) -> Any:
        """Nor this."""
        raise AssertionError


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "refused a call that we signed"),
        (404, "nobody knows our webhook: the proxy must pass /sms/"),
        (301, "is redirected, and the carrier's signature does not hold then"),
        (502, "Our webhook answered 502"),
    ],
)
async def test_what_stands_at_our_public_address(tmp_path: Path, status: int, said: str) -> None:
    """A proxy that gets in the way of the carrier's calls."""
    async with scene(tmp_path) as here, web(SystemClock()) as asks, fronted([answers(status)]) as front:
        here.town.carrier.rents(TEXT_LINE, webhook=f"{front}/sms/inbound")
        with pytest.raises(HelpdeskError, match=said):
            await looked(front, asks, here.town.carrier_url)


async def test_nobody_answers_at_our_public_address(tmp_path: Path) -> None:
    """The webhook's host is down."""
    with listening() as bound:
        dead = f"http://127.0.0.1:{bound.getsockname()[1]}"
    async with scene(tmp_path) as here, web(SystemClock()) as asks:
        here.town.carrier.rents(TEXT_LINE, webhook=f"{dead}/sms/inbound")
        with pytest.raises(HelpdeskError, match=r"The address in web\.public_url can't be reached"):
            await looked(dead, asks, here.town.carrier_url)


async def test_the_page_opens_at_another_site(tmp_path: Path) -> None:
    """web.public_url leads to a site that the chat does not admit: visitors there would be refused, and so are we."""
    async with scene(tmp_path) as here, web(SystemClock()) as asks:
        port = here.town.doors.web.rpartition(":")[2]
        elsewhere = f"http://localhost:{port}/chat/chat"
        front = Route("/chat/chat", lambda request: RedirectResponse(elsewhere))
        async with fronted([front]) as url:
            with pytest.raises(
                HelpdeskError, match=f"The page opens at http://localhost:{port}, and the chat is refused"
            ):
                await ChatProber(WebSettings(public_url=url), asks).send(_errand("chat"))


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ([answers(404)], "The chat page is not there"),
        ([answers(200, text="Under construction")], "The chat page is not there"),
    ],
)
async def test_the_page_is_not_there(routes: list[Route], said: str) -> None:
    """A proxy that passes nothing on, or a site that is another."""
    async with web(SystemClock()) as asks, fronted(routes) as url:
        with pytest.raises(HelpdeskError, match=said):
            await ChatProber(WebSettings(public_url=url), asks).send(_errand("chat"))


@pytest.mark.parametrize(("minutes", "said"), [(10, "10 min ahead of"), (-10, "10 min behind")])
async def test_a_clock_that_is_wrong_is_told_of(tmp_path: Path, minutes: int, said: str) -> None:
    """The line lives; the desk is warned, because every timing is wrong."""
    async with scene(tmp_path) as here:
        real = here.town.time
        ours = ManualClock(plus(SystemClock().now(), minutes * 60_000))
        asks = here.town.house.probing._probers[Channel.CHAT]._asks  # type: ignore[attr-defined]
        asks._clock = ours
        found = await here.probes("chat", "texts", texts=False)
        assert {probe.state for probe in found.values()} == {ProbeState.PASSED}
        assert all(f"This machine's clock is {said}" in probe.said for probe in found.values())
        assert "The probe of line texts found: This machine's clock" in await here.notices()
        asks._clock = real
        await here.probes("chat", "texts", texts=False)
        assert await here.notices() == ""


async def test_a_proxy_that_passes_no_websockets() -> None:
    """The page opens, and its socket is answered as if it were a page."""

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        status, text = ("200 OK", b"<script src=chat.js>") if b"GET /chat/chat" in asked else ("404 Not Found", b"")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    async with server, web(SystemClock()) as asks:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(HelpdeskError, match="socket answered 404: the proxy must pass WebSockets"):
            await ChatProber(WebSettings(public_url=url), asks).send(_errand("chat"))
