"""nginx in front of `helpdesk serve`, by the very file that the operations page gives to its readers."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import shutil
import ssl
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from websockets.asyncio.client import connect as connected
from websockets.typing import Origin

from helpdesk.api.remote import connect
from helpdesk.message import StaffId
from tests.chaos.owner import ACCOUNT, CHAT, ROOT, TEXTS, TOKEN, Owner, found_library, free_port
from tests.test_certificates import made

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
PATIENCE = 30

pytestmark = [pytest.mark.full, pytest.mark.skipif(NGINX is None, reason="there is no nginx here")]

CONFIG = ROOT / "packaging" / "nginx.conf"
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/helpdesk.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """The help desk behind its proxy. ``public`` is how the outside reaches it, ``web`` and ``api`` are the ports
    behind.
    """

    owner: Owner
    public: str
    web: int
    api: int
    trusting: ssl.SSLContext

    @asynccontextmanager
    async def browser(self, address: str = "127.0.0.2", url: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """Somebody with an address of their own; by default they come by the proxy."""
        transport = httpx.AsyncHTTPTransport(verify=self.trusting, local_address=address)
        async with httpx.AsyncClient(base_url=url or self.public, transport=transport, timeout=PATIENCE) as client:
            yield client

    async def chats(self, address: str, *, direct: bool = False, forwarded: str = "") -> dict[str, Any]:
        """Somebody begins a chat, ``direct``: past the proxy, and says that they come from ``forwarded``; the first
        frame that they are sent.
        """
        url = f"ws://127.0.0.1:{self.web}" if direct else self.public.replace("https", "wss")
        async with connected(
            f"{url}/chat/ws",
            origin=Origin(self.public),
            ssl=None if direct else self.trusting,
            additional_headers={"X-Forwarded-For": forwarded} if forwarded else None,
            local_addr=(address, 0),
        ) as chat:
            await chat.send(json.dumps({"type": "hello", "line": CHAT, "name": "Ana"}))
            async with asyncio.timeout(PATIENCE):
                frame: dict[str, Any] = json.loads(await chat.recv())
            return frame


def configuration(folder: Path, ports: dict[str, int], chain: Path, key: Path) -> str:
    """The file as it is shipped, its addresses moved to loopback and its certificate to ours."""
    text = CONFIG.read_text("utf-8")
    for shipped, here in {
        "listen 80;": f"listen 127.0.0.1:{ports['plain']};",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports['public']} ssl;",
        "127.0.0.1:8080": f"127.0.0.1:{ports['web']}",
        "127.0.0.1:8081": f"127.0.0.1:{ports['api']}",
        "/etc/letsencrypt/live/help.library.example/fullchain.pem": str(chain),
        "/etc/letsencrypt/live/help.library.example/privkey.pem": str(key),
        "server_name help.library.example;": "server_name localhost;",
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (folder / "helpdesk.conf").write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    return text


@asynccontextmanager
async def proxied(folder: Path) -> AsyncIterator[None]:
    """nginx runs by ``folder``'s files while the block lasts."""
    assert NGINX is not None
    arguments = ("-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr")
    process = await asyncio.create_subprocess_exec(NGINX, *arguments, stderr=PIPE)
    assert process.stderr is not None
    try:
        said = b""
        async with asyncio.timeout(PATIENCE):
            while b"start worker process " not in said:
                line = await process.stderr.readline()
                assert line, said.decode()
                said += line
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    """The help desk with its proxy before it."""
    ports = {name: free_port() for name in ("plain", "public", "api")}
    library = found_library(tmp_path, carrier="http://127.0.0.1:9", relay_port=9)
    ports["web"] = int(library.web.rpartition(":")[2])
    public = f"https://localhost:{ports['public']}"
    text = library.settings.read_text()
    text = text.replace(f'public_url = "{library.web}"', f'public_url = "{public}"\ntrusted_proxies = ["127.0.0.1"]')
    text = text.replace("starts_per_minute = 100000", "starts_per_minute = 1")
    text += f'[api]\nport = {ports["api"]}\npublic_url = "{public}"\ntrusted_proxies = ["127.0.0.1"]\n'
    library.settings.write_text(text)
    proxy = tmp_path / "nginx"
    proxy.mkdir()
    chain, key = made(tmp_path, "localhost")
    configuration(proxy, ports, chain, key)
    trusting = ssl.create_default_context(cafile=str(chain))
    async with proxied(proxy), Owner(library).running() as owner:
        yield Front(owner, public, ports["web"], ports["api"], trusting)


async def test_pages_and_chats_pass(front: Front) -> None:
    """The page with its strict headers, and the chat's WebSocket; over plain HTTP one is sent to https."""
    async with front.browser() as browser:
        page = await browser.get(f"/chat/{CHAT}")
        assert page.status_code == 200
        assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
        assert page.headers["strict-transport-security"]
        assert "nginx/" not in page.headers.get("server", "")
    assert (await front.chats("127.0.0.2"))["type"] == "welcome"


async def test_the_carriers_webhook_passes(front: Front) -> None:
    """Its signature covers the public URL; what is said of forwarding changes nothing about it."""
    form = {"MessageSid": "SM1", "AccountSid": ACCOUNT, "From": "+447700900300", "To": TEXTS, "Body": "Are you open?"}
    url = f"{front.public}/sms/inbound"
    signed = url + "".join(name + value for name, value in sorted(form.items()))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
    forwarded = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "http"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", **forwarded}
    async with front.browser() as browser:
        good = await browser.post(url, content=urlencode(form), headers={"X-Twilio-Signature": signature, **headers})
        assert good.status_code == 200
        bad = await browser.post(url, content=urlencode(form), headers={"X-Twilio-Signature": "bm8=", **headers})
        assert bad.status_code == 403


async def test_desks_on_other_machines_pass(front: Front) -> None:
    """With a token, through the proxy; behind it, nobody who comes another way is answered in clear."""
    ana = StaffId("ana")
    async with connect(front.owner.library.socket) as desk:
        await desk.sign_in(ana, name="Ana")
        issued = await desk.roster.issue(ana, ana, name="laptop")
    headers = {"Authorization": f"Bearer {issued.text}"}
    async with front.browser() as browser:
        assert (await browser.get("/api/v1/hello", headers=headers)).status_code == 200
        assert (await browser.get("/api/v1/views", headers=headers)).status_code == 200
        assert (await browser.get("/api/v1/views")).status_code == 401
    async with front.browser("127.0.0.3", f"http://127.0.0.1:{front.api}") as elsewhere:
        answer = await elsewhere.get("/api/v1/views", headers={**headers, "X-Forwarded-For": "127.0.0.1"})
        assert answer.status_code in {401, 403}


async def test_a_visitors_address_is_the_proxys_word_alone(front: Front) -> None:
    """One chat a minute from an address, whatever the visitor says of theirs, by the proxy or past it."""
    ana, ben, cleo = "127.0.0.2", "127.0.0.3", "127.0.0.4"
    assert (await front.chats(ana))["type"] == "welcome"
    assert (await front.chats(ana))["type"] == "error"
    assert (await front.chats(ana, forwarded="198.51.100.7"))["type"] == "error"
    assert (await front.chats(ben, forwarded="198.51.100.7"))["type"] == "welcome"
    assert (await front.chats(cleo, direct=True, forwarded="198.51.100.7"))["type"] == "welcome"
    assert (await front.chats(cleo, direct=True, forwarded="198.51.100.8"))["type"] == "error"


async def test_figures_stay_inside(front: Front) -> None:
    """From outside they are not there, nor is what is wrong with us; on the machine they are."""
    async with front.browser() as browser:
        assert (await browser.get("/metrics")).status_code == 404
        assert (await browser.get("/readyz")).status_code == 404
        assert (await browser.get("/healthz")).status_code == 200
    async with front.browser("127.0.0.1", f"http://127.0.0.1:{front.web}") as inside:
        assert (await inside.get("/metrics")).status_code == 200
        assert (await inside.get("/readyz?exclude=trouble")).status_code == 200  # the carrier is not there
