"""TLS by certificate files: spoken, renewed without a break, refused in words where they can't be used."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from helpdesk.callers import Bounds
from helpdesk.certificates import Certificate
from helpdesk.clock import DAY, Instant, moment, plus
from helpdesk.errors import BadConfig
from helpdesk.serving import listening, serving

NAMES = ("web.tls_certificate", "web.tls_key")
START = Instant(1_780_000_000_000)


def made(folder: Path, name: str, *, days: int = 90) -> tuple[Path, Path]:
    """A certificate of this machine by its own word, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment(START) - datetime.timedelta(days=10_000))
        .not_valid_after(moment(plus(START, days * DAY)) + datetime.timedelta(days=10_000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


async def _hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.url.scheme)


APP = Starlette(routes=[Route("/", _hello)])


async def _name(port: int) -> str:
    """The name in the certificate that a new connection is shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    subject = x509.load_der_x509_certificate(shown).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


async def test_tls_is_spoken(tmp_path: Path) -> None:
    """The URL is https, the application knows it, and the browser is told to stay with it."""
    chain, key = made(tmp_path, "first")
    certificate = Certificate(chain, key, names=NAMES)
    trusting = ssl.create_default_context(cafile=str(chain))
    trusting.check_hostname = False
    async with (
        serving(APP, tls=certificate.context) as url,
        httpx.AsyncClient(base_url=url, verify=trusting) as browser,
    ):
        answer = await browser.get("/")
    assert url.startswith("https://")
    assert answer.text == "https"
    assert answer.headers["strict-transport-security"]


async def test_a_renewed_certificate_drops_nobody(tmp_path: Path) -> None:
    """A connection that is open goes on; the next one sees the new certificate."""
    chain, key = made(tmp_path, "first")
    certificate = Certificate(chain, key, names=NAMES)
    trusting = ssl.create_default_context(cafile=str(chain))
    trusting.check_hostname = False
    with listening() as bound:
        port = bound.getsockname()[1]
        async with (
            serving(APP, on=bound, tls=certificate.context) as url,
            httpx.AsyncClient(base_url=url, verify=trusting) as browser,
        ):
            await browser.get("/")
            assert await _name(port) == "first"
            for path, fresh in zip((chain, key), made(tmp_path, "second"), strict=True):
                path.write_bytes(fresh.read_bytes())
            certificate.read()
            assert (await browser.get("/")).text == "https"
            assert await _name(port) == "second"


async def test_a_pair_that_does_not_work_changes_nothing(tmp_path: Path) -> None:
    """Half of a renewal is refused, and the one before is still shown."""
    chain, key = made(tmp_path, "first")
    certificate = Certificate(chain, key, names=NAMES)
    before = certificate.expires
    chain.write_bytes(made(tmp_path, "second", days=400)[0].read_bytes())
    with pytest.raises(BadConfig, match=r"web\.tls_key: .*first\.key does not go with .*first\.pem"):
        certificate.read()
    assert certificate.expires == before
    with listening() as bound:
        async with serving(APP, on=bound, tls=certificate.context):
            assert await _name(bound.getsockname()[1]) == "first"


def test_when_it_ends_is_known(tmp_path: Path) -> None:
    """In UTC, whatever the machine's zone."""
    chain, key = made(tmp_path, "first", days=30)
    assert Certificate(chain, key, names=NAMES).expires == plus(START, 10_030 * DAY)


def _gone(chain: Path, key: Path) -> None:
    key.unlink()


def _no_certificate(chain: Path, key: Path) -> None:
    chain.write_text("see the other file")


def _locked(chain: Path, key: Path) -> None:
    held = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    key.write_bytes(held.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_gone, r"web\.tls_key: .*first\.key can't be read \(No such file"),
        (_no_certificate, r"web\.tls_certificate: .*first\.pem holds no certificate"),
        (_locked, r"web\.tls_key: .*without a passphrase"),
    ],
)
def test_what_is_wrong_is_said(spoil: object, said: str, tmp_path: Path) -> None:
    """The setting, the file and the remedy; nobody is asked for a passphrase."""
    assert callable(spoil)
    chain, key = made(tmp_path, "first")
    spoil(chain, key)
    with pytest.raises(BadConfig, match=said):
        Certificate(chain, key, names=NAMES)


async def test_a_handshake_that_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    """Who connects and says nothing is let go before there is anything to encrypt."""
    certificate = Certificate(*made(tmp_path, "first"), names=NAMES)
    with listening() as bound:
        port = bound.getsockname()[1]
        async with serving(APP, on=bound, tls=certificate.context, bounds=Bounds(handshake_seconds=0.1)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            async with asyncio.timeout(20):
                assert await reader.read() == b""
            writer.close()
