"""The Python client from another machine: certificates, tokens, lost connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from helpdesk.api.remote import by_token, connect_to, remote_desk
from helpdesk.api.routes import Offered
from helpdesk.api.signing_in import has_sign_in
from helpdesk.api.wire import Wire
from helpdesk.errors import BadConfig, NotAllowed, Refused, SignedOut, TryLater
from helpdesk.events import Seq
from helpdesk.sight import Told
from helpdesk.ticket import Ticket
from tests.contracts.desk import ANA, BEN, Library, library
from tests.scripted_desk import TICKET, TOLD

TICKETS = TypeAdapter(Ticket).dump_json(TICKET)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the API."""
    async with library() as opened:
        yield opened


async def test_a_desk_with_a_token_is_its_members(marsh: Library, tmp_path: Path) -> None:
    """It knows whose it is, acts as nobody else, and ends when its member may no longer."""
    async with marsh.tokens(Offered(desk=marsh.desk), tmp_path) as desks:
        ana, ben = desks[ANA], desks[BEN]
        assert (ana.actor, ben.actor) == (ANA, BEN)
        ticket = await ana.claim(ANA, await marsh.mail())
        assert ticket.owner == ANA
        with pytest.raises(NotAllowed, match="as ben and as nobody else"):
            await ben.claim(ANA, ticket.id)


async def test_a_token_that_is_revoked_opens_nothing_more(marsh: Library, tmp_path: Path) -> None:
    """Calls and live lines end at once, in words."""
    async with marsh.online(Offered(desk=marsh.desk), tmp_path) as (url, roster):
        issued = await roster.issue(ANA, BEN, name="laptop")
        async with connect_to(url, issued.text, authority=tmp_path / "cert.pem") as ben:
            changes = ben.changes(Seq(0))
            assert (await anext(changes)).seq == 1
            await roster.revoke(ANA, issued.token.id)
            with pytest.raises(SignedOut):
                await ben.counts(BEN)
            with pytest.raises(SignedOut, match="may not watch any more"):
                await exhausted(changes)


async def exhausted(changes: AsyncIterator[Told]) -> None:
    """Listen until there is nothing more."""
    async for _ in changes:
        pass


async def test_who_can_not_show_who_they_are(marsh: Library, tmp_path: Path) -> None:
    """A certificate that nobody vouches for, or of another name: Refused, with what to do. Nothing was sent."""
    async with marsh.online(Offered(desk=marsh.desk), tmp_path) as (url, _):
        with pytest.raises(
            Refused, match=r"can't show that it is who it should be.*\[desk\] of ~/.config/helpdesk/helpdesk.toml"
        ):
            async with connect_to(url, "hd_token"):
                pass
        with pytest.raises(Refused, match="can't show"):
            async with connect_to(url.replace("127.0.0.1", "localhost"), "hd_token", authority=tmp_path / "cert.pem"):
                pass
        async with by_token(url, "hd_token") as wire:
            with pytest.raises(Refused, match="can't show"):
                await anext(remote_desk(wire).changes(Seq(0)))
        with pytest.raises(SignedOut):
            async with connect_to(url, "hd_token", authority=tmp_path / "cert.pem"):
                pass


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://desk.library.example", "not encrypted"),
        ("desk.library.example", "is no server"),
        ("ftp://desk.library.example", "is no server"),
        ("https://", "is no server"),
        ("https://ana:secret@desk.library.example", "is no server"),
        ("https://desk.library.example?token=x", "is no server"),
        ("https://[desk", "is no server"),
        ("https://desk:99999", "is no server"),
        ("https://desk.library.example/foo", r"has a path.*Write https://desk\.library\.example\.$"),
        ("http://localhost:8000/desk/", r"has a path.*Write http://localhost:8000\.$"),
    ],
)
async def test_a_url_that_no_token_goes_to(url: str, words: str) -> None:
    """A slip in the settings gives no token away."""
    with pytest.raises(BadConfig, match=words):
        async with connect_to(url, "hd_token"):
            pass


async def test_an_authority_that_can_not_be_read(tmp_path: Path) -> None:
    """The file is named."""
    (tmp_path / "no.pem").write_text("no certificate")
    for name in ("no.pem", "nothing.pem"):
        with pytest.raises(BadConfig, match=name):
            async with connect_to("https://desk.library.example", "hd_token", authority=tmp_path / name):
                pass


async def test_nobody_answers_there() -> None:
    """The server is named, and it is worth trying again."""
    with pytest.raises(TryLater, match=r"Nobody answers at http://127\.0\.0\.1:1 "):
        async with connect_to("http://127.0.0.1:1", "hd_token"):
            pass
    async with by_token("http://127.0.0.1:1", "hd_token") as wire:
        with pytest.raises(TryLater, match="Nobody answers"):
            await anext(remote_desk(wire).changes(Seq(0)))


async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that speaks HTTP alone: a greeting of TLS is no request to it."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_who_answers_without_tls_is_told_apart_from_nobody() -> None:
    """A call, a live line and the sign-in: it is said, and nothing was sent."""
    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Refused, match="answers there without TLS"):
            async with connect_to(url, "hd_token"):
                pass
        async with by_token(url, "hd_token") as wire:
            with pytest.raises(Refused, match="answers there without TLS"):
                await anext(remote_desk(wire).changes(Seq(0)))
        with pytest.raises(Refused, match="answers there without TLS"):
            await has_sign_in(url)


class Flaky:
    """A server that hangs up on the first requests instead of answering, and then answers."""

    def __init__(self, losing: int, body: bytes) -> None:
        self.asked: list[str] = []
        self._losing = losing
        self._body = body

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.partition(b" HTTP")[0].decode())
        if len(self.asked) > self._losing:
            length = f"content-length: {len(self._body)}\r\n".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n" + length + b"\r\n" + self._body)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Its URL."""
        async with await asyncio.start_server(self.talk, "127.0.0.1", 0) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_what_may_be_asked_twice_is_asked_again() -> None:
    """A read, a claim, a keyed write whose connection was lost; once more, and no more."""
    flaky = Flaky(1, b"[]")
    async with flaky.serving() as url, by_token(url, "hd_token") as wire:
        desk = remote_desk(wire)
        assert await desk.presence() == ()
        assert flaky.asked == ["GET /api/v1/presence"] * 2
    flaky = Flaky(1, TICKETS)
    async with flaky.serving() as url, by_token(url, "hd_token") as wire:
        assert (await remote_desk(wire).note(ANA, TICKET.id, "rang", key="k")).number == TICKET.number
    flaky = Flaky(2, b"[]")
    async with flaky.serving() as url, by_token(url, "hd_token") as wire:
        with pytest.raises(TryLater, match="broke off"):
            await remote_desk(wire).presence()
        assert len(flaky.asked) == 2


async def test_what_must_not_be_done_twice_is_not_asked_again() -> None:
    """Whether it was done nobody knows: the caller looks."""
    flaky = Flaky(1, TICKETS)
    async with flaky.serving() as url, by_token(url, "hd_token") as wire:
        desk = remote_desk(wire)
        with pytest.raises(TryLater, match="Look again whether it was done"):
            await desk.note(ANA, TICKET.id, "rang")
        assert len(flaky.asked) == 1


async def flood(line: ServerConnection) -> None:
    """More changes than a caller who does something else takes in, and then nothing more."""
    for _ in range(100):
        await line.send(json.dumps([to_jsonable_python(TOLD)]))
    await line.wait_closed()


async def test_a_line_whose_goodbye_is_cut_short_is_let_go() -> None:
    """Who is stopped while the server's goodbye stands behind changes that nobody read leaves no connection behind."""
    lines: list[ClientConnection] = []

    @asynccontextmanager
    async def watch(after: Seq) -> AsyncIterator[ClientConnection]:
        async with connect(f"ws://127.0.0.1:{port}", proxy=None, compression=None) as line:
            lines.append(line)
            yield line

    async with serve(flood, "127.0.0.1", 0, compression=None) as server, httpx.AsyncClient(verify=False) as client:
        port = server.sockets[0].getsockname()[1]
        changes = cast("AsyncGenerator[Told]", Wire(client, watch).changes(Seq(0)))
        assert await anext(changes) == TOLD
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await changes.aclose()
        assert lines[0].transport.is_closing()
