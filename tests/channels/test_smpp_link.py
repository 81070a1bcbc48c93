"""The connection to a message centre: signing in, staying alive, coming back; against a peer that misbehaves."""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.smpp import SmppCarrier
from helpdesk.beside import beside
from helpdesk.clock import ManualClock, SystemClock, moment
from helpdesk.errors import LinePaused, TryLater
from tests.channels.doorway import Doorway
from tests.channels.smsc import PATIENCE, Centre, centre, free_port, reply
from tests.channels.texting import LINES

BIND, ENQUIRE, UNBIND, NACK, RESPONSE = 0x09, 0x15, 0x06, 0x8000_0000, 0x8000_0000
Frame = tuple[int, int, int, bytes]
"""Command, status, sequence, body."""


@dataclass
class Peer:
    """A message centre that does what a test says. ``binds``: the statuses that it answers us with, then 0."""

    binds: list[int] = field(default_factory=list)
    greets: bytes = b""
    port: int = 0
    frames: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)
    writer: asyncio.StreamWriter | None = None

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        self.writer = writer
        writer.write(self.greets)
        try:
            while True:
                length, *head = struct.unpack(">IIII", await reader.readexactly(16))
                command, status, sequence = head
                self.frames.put_nowait((command, status, sequence, await reader.readexactly(length - 16)))
                if command == BIND:
                    self.says(BIND | RESPONSE, sequence, self.binds.pop(0) if self.binds else 0, b"SMSC\x00")
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()

    def says(self, command: int, sequence: int, status: int = 0, body: bytes = b"") -> None:
        """Write one frame."""
        assert self.writer is not None
        self.writer.write(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)

    async def hears(self, command: int) -> Frame:
        """The next frame of that command; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            while (frame := await self.frames.get())[0] != command:
                continue
        return frame

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
        """On loopback, until the block ends."""
        async with await asyncio.start_server(self.met, "127.0.0.1", 0, ssl=tls) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self
            server.close()


@dataclass
class Ours:
    """Our side, and what it says is wrong, in order; "" for nothing."""

    carrier: SmppCarrier
    clock: ManualClock
    told: asyncio.Queue[str]

    async def says(self) -> str:
        """The next thing that it says."""
        async with asyncio.timeout(PATIENCE):
            return await self.told.get()


@asynccontextmanager
async def connecting(port: int, **changed: object) -> AsyncIterator[Ours]:
    """Our side, trying to connect."""
    clock = ManualClock()
    told: asyncio.Queue[str] = asyncio.Queue()
    carrier = SmppCarrier(Centre(port).settings(**changed), LINES, clock)
    async with beside(carrier.listen(Doorway(), told.put_nowait)):
        yield Ours(carrier, clock, told)


async def test_we_sign_in_and_take_our_leave() -> None:
    """With name and password, as version 3.4; at the end we say so."""
    async with Peer().listening() as peer:
        async with connecting(peer.port, system_type="desk") as ours:
            assert await ours.says() == ""
        *_, body = await peer.hears(BIND)
        assert body == b"desk\x00pw\x00desk\x00\x34\x00\x00\x00"
        await peer.hears(UNBIND)


@pytest.mark.parametrize(
    ("status", "word"), [(0x0E, "password"), (0x0F, "system_id"), (0x0D, "refuses"), (0x99, "refuses")]
)
async def test_who_is_not_let_in_is_our_matter(status: int, word: str) -> None:
    """The desk is told in words, the line rests; the next try may go well."""
    async with Peer(binds=[status]).listening() as peer, connecting(peer.port) as ours:
        assert word in await ours.says()
        with pytest.raises(LinePaused) as caught:
            await ours.carrier.send(reply())
        assert caught.value.code == f"0x{status:08X}"
        ours.clock.passes(seconds=1)
        assert await ours.says() == ""


async def test_a_session_that_lingers_there_passes() -> None:
    """The carrier says "already bound" until it has noticed that the former connection is gone."""
    async with Peer(binds=[0x05]).listening() as peer, connecting(peer.port) as ours:
        assert "already" in await ours.says()
        with pytest.raises(TryLater):
            await ours.carrier.send(reply())


async def test_who_cant_be_reached_is_tried_again_less_and_less_often() -> None:
    """After 1, 2, 5, 10, 30 and then every 60 seconds; whoever wants to send hears when."""
    with free_port() as port:
        async with connecting(port) as ours:
            for wait in (1, 2, 5, 10, 30, 60, 60):
                assert "can't be reached" in await ours.says()
                with pytest.raises(TryLater) as caught:
                    await ours.carrier.send(reply())
                assert caught.value.retry_after == wait + 1
                assert ours.clock.next_wake == ours.clock.now() + wait * 1000
                ours.clock.passes(seconds=wait)


async def test_nothing_is_sent_before_we_are_connected() -> None:
    """It waits: nothing of it was written."""
    carrier = SmppCarrier(Centre(1).settings(), LINES, ManualClock())
    with pytest.raises(TryLater):
        await carrier.send(reply())


async def test_a_sign_of_life_is_asked_for() -> None:
    """Every half minute; while it is given the session goes on."""
    async with Peer().listening() as peer, connecting(peer.port) as ours:
        assert await ours.says() == ""
        for _ in range(3):
            await _watches(peer, ours)
            ours.clock.passes(seconds=30)
            _, _, sequence, _ = await peer.hears(ENQUIRE)
            peer.says(ENQUIRE | RESPONSE, sequence)
        assert ours.told.empty()


async def test_a_carrier_that_says_nothing_is_left() -> None:
    """The connection looks whole, and nobody is there: another is made."""
    async with Peer().listening() as peer, connecting(peer.port, timeout_seconds=0.2) as ours:
        while await ours.says():
            ours.clock.passes(seconds=60)
        await _watches(peer, ours)
        ours.clock.passes(seconds=30)
        assert "has ended" in await ours.says()
        while await _tried(ours):
            continue


async def _tried(ours: Ours) -> str:
    ours.clock.passes(seconds=60)
    return await ours.says()


async def _watches(peer: Peer, ours: Ours) -> None:
    """Until our side waits for the time of its next question."""
    async with asyncio.timeout(PATIENCE):
        while ours.clock.next_wake is None:
            peer.says(ENQUIRE, 1)
            await peer.hears(ENQUIRE | RESPONSE)


async def test_the_carriers_own_questions_are_answered() -> None:
    """A sign of life, something that we don't know, its leave."""
    async with Peer().listening() as peer, connecting(peer.port) as ours:
        assert await ours.says() == ""
        peer.says(ENQUIRE, 7)
        assert (await peer.hears(ENQUIRE | RESPONSE))[2] == 7
        peer.says(0x102, 8)
        assert (await peer.hears(NACK))[1:3] == (0x03, 8)
        peer.says(UNBIND, 9)
        assert (await peer.hears(UNBIND | RESPONSE))[2] == 9
        assert "has ended" in await ours.says()


@pytest.mark.parametrize("greets", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 64, b"\x00" * 16])
async def test_what_is_no_message_centre_is_said(greets: bytes) -> None:
    """Another server on that port: the settings are to be looked at."""
    async with Peer(greets=greets).listening() as peer, connecting(peer.port) as ours:
        assert "host and port" in await ours.says()
        with pytest.raises(LinePaused):
            await ours.carrier.send(reply())


async def test_rubbish_in_the_middle_ends_the_session_alone() -> None:
    """We connect again."""
    async with Peer().listening() as peer, connecting(peer.port) as ours:
        assert await ours.says() == ""
        assert peer.writer is not None
        peer.writer.write(b"\xff" * 32)
        assert "has ended" in await ours.says()
        ours.clock.passes(seconds=1)
        assert await ours.says() == ""


async def test_texts_that_wait_for_an_answer_are_few() -> None:
    """The next is written when one of them was answered."""
    async with centre() as smsc, smsc.carrier(Doorway(), window=2) as ours, asyncio.TaskGroup() as group:
        smsc.silent = 2
        sending = [group.create_task(ours.send(reply(outbox=f"ob{n}"))) for n in range(3)]
        await smsc.until(lambda: len(smsc.kept) == 2)
        assert smsc.texts == []
        smsc.kept[0].accept("first")
        await smsc.until(lambda: len(smsc.texts) == 1)
        smsc.kept[1].accept("second")
    assert len({each.result().provider_id for each in sending}) == 3


async def test_tls_is_spoken_to_whom_the_certificate_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a known authority made for this host."""
    context, certificate = _certified("127.0.0.1", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Peer().listening(context) as peer, connecting(peer.port, tls=True) as ours:
        assert await ours.says() == ""
        assert (await peer.hears(BIND))[3].startswith(b"desk\x00pw\x00")


@pytest.mark.parametrize("host", ["127.0.0.9", "127.0.0.1"])
async def test_no_password_goes_to_whom_we_cant_trust(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate for another host, or of nobody that is known: our matter, in words."""
    context, certificate = _certified(host, tmp_path)
    if host != "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Peer().listening(context) as peer, connecting(peer.port, tls=True) as ours:
        assert "certificate" in await ours.says()
        assert peer.frames.empty()


async def test_tls_is_not_given_up_for_one_who_does_not_speak_it() -> None:
    """It is said, and nothing goes out in clear."""
    async with Peer(greets=b"\x00" * 16).listening() as peer, connecting(peer.port, tls=True) as ours:
        assert "TLS" in await ours.says()


def _certified(host: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS with a certificate for an address, and the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a message centre")])
    today = moment(SystemClock().now())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate
