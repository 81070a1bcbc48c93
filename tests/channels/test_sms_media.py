"""Files that came with a text, fetched over real HTTP on loopback: what is kept, what is left, where nobody goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from yarl import URL

from channels.sms_media import Downloads
from helpdesk.config import SmsSettings
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.message import Fetched
from helpdesk.ports import Fetcher, Sender
from helpdesk.serving import serving
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.photos import SECRET, gif, jpeg, png
from tests.channels.texting import ACCOUNT, ENQUIRIES, PATRON, Wire, texting

PDF = ("application/pdf", b"%PDF-1.7 " + SECRET)


async def sent(wire: Wire, *files: tuple[str, bytes]) -> str:
    """A text with files; its id at the carrier."""
    urls = tuple(f"http://media.example/{n}" for n in range(len(files)))
    wire.carrier.shelf.update(zip(urls, files, strict=True))
    return (await wire.carrier.handset(PATRON).texts("look", to=ENQUIRIES, media=urls)).sid


async def fetched(wire: Wire, *files: tuple[str, bytes], sealed: bool = False, **settings: object) -> Fetched:
    """What comes of fetching them."""
    wire.sms = wire.sms.model_copy(update=settings)
    async with wire.sender() as sender:
        return await sender.fetch(await sent(wire, *files), ACCOUNT, sealed=sealed)


async def test_it_is_the_port() -> None:
    """The sender of texts is a fetcher, too."""
    async with texting() as wire, wire.sender() as sender:
        ports: tuple[Sender, Fetcher] = (sender, sender)
        assert all(isinstance(port, Fetcher) for port in ports)


async def test_files_of_an_open_line_are_kept_as_they_came() -> None:
    """Under names of ours: the carrier's may say anything."""
    async with texting() as wire:
        found = await fetched(wire, ("image/jpeg", jpeg()), PDF)
    assert [(file.name, file.media_type, file.content) for file in found.files] == [
        ("picture-1.jpg", "image/jpeg", jpeg()),
        ("file-2.pdf", "application/pdf", PDF[1]),
    ]
    assert found.left == ()


async def test_of_a_sealed_line_the_bare_pictures_are_kept() -> None:
    """Whatever they are called; what is no such picture is counted, not kept."""
    pictures = [("image/jpeg", jpeg()), ("image/jpeg", png()), ("image/gif", gif())]
    async with texting() as wire:
        found = await fetched(wire, *pictures, PDF, ("image/webp", b"RIFF" + SECRET), sealed=True)
    assert [file.name for file in found.files] == ["picture-1.jpg", "picture-2.png", "picture-3.gif"]
    assert not any(SECRET[:9] in file.content for file in found.files)
    assert found.left == ("could not be cleared of what a file tells about its sender",) * 2


async def test_what_is_too_large_is_left() -> None:
    """By what it says, and by what comes."""
    async with texting() as wire:
        found = await fetched(wire, ("image/gif", b"x" * 101), ("image/gif", b"x" * 100), media_bytes=100)
    assert (len(found.files), found.left) == (1, ("is larger than is taken here",))


async def test_a_kind_that_is_not_named_is_left() -> None:
    """Also where the kind is no kind."""
    async with texting() as wire:
        found = await fetched(wire, ("text/html", b"<script>"), ("image/svg+xml", b"<svg>"), ("", b"x"))
    assert (found.files, found.left) == ((), ("is of a kind that is not taken here",) * 3)


async def test_no_more_than_ten_are_fetched() -> None:
    """The carrier takes no more either."""
    async with texting() as wire:
        found = await fetched(wire, *[PDF] * 12)
    assert (len(found.files), found.left) == (10, ("is one too many",) * 2)


async def test_nothing_is_fetched_where_nothing_shall_be() -> None:
    """No file, none wanted, none left there, another account."""
    async with texting() as wire, wire.sender() as sender:
        assert await sender.fetch(await sent(wire), ACCOUNT, sealed=False) == Fetched()
        assert await sender.fetch("SM" + "9" * 32, ACCOUNT, sealed=False) == Fetched()
        assert (await sender.fetch("SM1", "AC" + "9" * 32, sealed=False)).left
        assert (await fetched(wire, PDF, media_bytes=0)).left


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [
        (Fault(status=429, code=20429, retry_after=7), TryLater, 7),
        (Fault(status=503), TryLater, None),
        (Fault(status=401, code=20003), TryLater, None),
    ],
)
async def test_what_is_asked_for_again(fault: Fault, error: type[HelpdeskError], seconds: float | None) -> None:
    """The carrier's own trouble, and ours."""
    async with texting() as wire, wire.sender() as sender:
        sid = await sent(wire, PDF)
        wire.carrier.faults.files.append(fault)
        with pytest.raises(error) as caught:
            await sender.fetch(sid, ACCOUNT, sealed=False)
        assert getattr(caught.value, "retry_after", None) == seconds
        assert len((await sender.fetch(sid, ACCOUNT, sealed=False)).files) == 1


async def test_a_file_that_is_gone_is_left() -> None:
    """Somebody deleted it there meanwhile."""
    async with texting() as wire:
        wire.carrier.faults.files.append(Fault(status=404, code=20404))
        found = await fetched(wire, PDF, PDF)
    assert (len(found.files), found.left) == (1, ("is not at the carrier any more",))


# ---- where the carrier points to


@dataclass
class Elsewhere:
    """Another server: what it was asked, and by which authorisation."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def answers(self, request: Request) -> Response:
        """A file; an endless one; or the way back here."""
        path = request.url.path
        self.asked.append((path, request.headers.get("authorization", "")))
        if path == "/round":
            return Response(status_code=302, headers={"Location": "/round"})
        if path == "/endless":
            return StreamingResponse(_endless(), media_type="application/pdf")
        return Response(PDF[1], media_type=PDF[0])


async def _endless() -> AsyncIterator[bytes]:
    """It lets others in between two pieces, or nobody could ever tell it that its reader has gone."""
    loop = asyncio.get_running_loop()
    while True:
        turn: asyncio.Future[None] = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn
        yield b"x" * 4096


@contextlib.asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """It listens while the block lasts."""
    other = Elsewhere()
    async with serving(Starlette(routes=[Route("/{path:path}", other.answers)])) as url:
        other.url = url
        yield other


@contextlib.asynccontextmanager
async def downloads(url: str, **settings: object) -> AsyncIterator[Downloads]:
    """Downloads from a carrier at ``url``."""
    chosen = SmsSettings(base_url=url).model_copy(update=settings)
    async with aiohttp.ClientSession() as session:
        yield Downloads(session, chosen, ACCOUNT, "a token")


async def test_nobody_goes_where_the_settings_do_not_say() -> None:
    """Not to another port of this very machine: nothing is asked there, and the file is left."""
    async with texting() as wire, elsewhere() as other:
        wire.carrier.faults.points.append(f"{other.url}/file")
        found = await fetched(wire, PDF)
        assert (found.files, found.left) == ((), ("lies on a host that is not in the settings",))
        assert other.asked == []


async def test_the_carriers_own_host_may_point_on() -> None:
    """Within itself; but not in a circle."""
    async with elsewhere() as other, downloads(other.url) as found:
        assert len((await found.fetch(["/file"], sealed=False)).files) == 1
        assert (await found.fetch(["/round"], sealed=False)).left == ("lies on a host that is not in the settings",)
        assert [path for path, _ in other.asked] == ["/file", "/round", "/round", "/round"]
        assert all(authorization.startswith("Basic ") for _, authorization in other.asked)


async def test_an_endless_file_is_read_no_further() -> None:
    """It does not say how long it is."""
    async with elsewhere() as other, downloads(other.url, media_bytes=10_000) as found:
        assert (await found.fetch(["/endless"], sealed=False)).left == ("is larger than is taken here",)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://mms.twiliocdn.com/AC0/a?Signature=b", True),
        ("https://api.carrier.example/other", True),
        ("http://mms.twiliocdn.com/AC0/a", False),
        ("https://mms.twiliocdn.com:8443/a", False),
        ("https://mms.twiliocdn.com.evil.example/a", False),
        ("https://evil.example/mms.twiliocdn.com", False),
        ("https://user@mms.twiliocdn.com/a", False),
        ("https://api.carrier.example:8443/other", False),
        ("http://api.carrier.example/other", False),
        ("http://127.0.0.1/a", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("https://[::1]/a", False),
        ("file:///etc/passwd", False),
        ("ftp://mms.twiliocdn.com/a", False),
    ],
)
async def test_where_the_carrier_may_point_to(url: str, allowed: bool) -> None:
    """Its own origin, or one of the media hosts over TLS on its own port; nothing else."""
    async with downloads("https://api.carrier.example") as found:
        if allowed:
            assert found._allowed(URL(url)) == URL(url)
        else:
            with pytest.raises(Exception, match="not in the settings"):
                found._allowed(URL(url))
