"""One POST to a real receiver, and what can go wrong on the way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpdesk.api.hook_sender import hook_sender
from helpdesk.clock import ManualClock
from helpdesk.ports.hooks import Answer
from helpdesk.serving import listening
from tests.channels.certificates import certified
from tests.hooks.receiver import HANGS, Mood, receiver

CLOCK = ManualClock()


async def posted(url: str, *, allow_private: bool = False, seconds: float = 5) -> Answer:
    """What came of a small message."""
    async with hook_sender(CLOCK, allow_private=allow_private, seconds=seconds) as sender:
        return await sender.post(url, b"{}", {"webhook-id": "msg_1"})


async def test_a_message_as_it_arrives() -> None:
    """JSON, with our name and no cookies; any 2xx is a success."""
    async with receiver() as wall:
        wall.moods.append(Mood(status=202))
        answer = await posted(wall.url)
        [message] = wall.messages
    assert (answer.taken, answer.status, answer.trouble) == (True, 202, "")
    assert message.headers["content-type"] == "application/json"
    assert message.headers["user-agent"].startswith("library-helpdesk/")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    """They are told of: the URL must be mended."""
    async with receiver() as wall:
        wall.moods.append(Mood(status=status, headers={"Location": f"{wall.url}/elsewhere"}))
        answer = await posted(wall.url)
        assert len(wall.messages) == 1
    assert not answer.taken
    assert "a redirect" in answer.trouble


async def test_a_receiver_that_hangs_is_left() -> None:
    """After the limit the try has failed."""
    async with receiver() as wall:
        wall.moods.append(HANGS)
        answer = await posted(wall.url, seconds=0.2)
        wall.lets_go()
    assert answer.status is None
    assert answer.trouble == "Not taken: no answer within 0.2 s."


async def test_a_long_answer_is_not_read() -> None:
    """Ten megabytes, and no end of them: the status is all that we wait for."""
    async with receiver() as wall:
        wall.moods.append(Mood(status=200, bytes=10_000_000))
        answer = await posted(wall.url)
    assert answer.taken


async def test_a_receiver_that_hangs_up() -> None:
    """No answer at all."""
    with listening() as bound:
        port = bound.getsockname()[1]
    answer = await posted(f"http://127.0.0.1:{port}/")
    assert answer.trouble == "Not taken: it can't be connected to."


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    """TLS is checked: the message is not sent."""
    context = certified(tmp_path)

    async def nobody(reader: Any, writer: Any) -> None:
        writer.close()

    server = await asyncio.start_server(nobody, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await posted(f"https://127.0.0.1:{port}/")
    assert answer.trouble == "Not taken: its certificate is not trusted."


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
    ],
)
async def test_private_addresses_are_never_connected_to(url: str) -> None:
    """However they are written; what no name service takes for an address is no name either."""
    answer = await posted(url, seconds=2)
    assert answer.status is None
    assert answer.trouble.startswith("Not taken: ")
    assert "connected" not in answer.trouble
    assert "no answer" not in answer.trouble


Lookup = Callable[..., Any]


def _names(addresses: list[str]) -> Lookup:
    """A name service that gives one of these each time it is asked."""

    async def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return getaddrinfo


@pytest.mark.parametrize("allow_private", [False, True])
async def test_a_public_name_that_leads_to_this_machine(allow_private: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, also where private addresses are allowed: the receiver here never hears of it."""
    async with receiver() as wall:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", _names(["127.0.0.1"]), raising=False)
        port = wall.url.split(":")[2].partition("/")[0]
        answer = await posted(f"http://wall.library.example:{port}/", allow_private=allow_private)
    assert (
        answer.trouble
        == "Not taken: wall.library.example leads back to this machine. Write localhost if that is meant."
    )
    assert wall.messages == []


async def test_a_name_is_looked_up_for_each_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that moves to a private address between two messages is refused at the second."""
    asked = ["203.0.113.7", "10.0.0.9"]
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", _names(asked), raising=False)
    async with hook_sender(CLOCK, allow_private=False, seconds=0.2) as sender:
        first = await sender.post("https://wall.library.example/", b"{}", {})
        second = await sender.post("https://wall.library.example/", b"{}", {})
    assert "leads" in first.trouble  # documentation addresses are not public either
    assert "leads to a private address" in second.trouble


async def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said in words."""

    async def unknown(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown, raising=False)
    answer = await posted("https://wall.library.example/")
    assert answer.trouble == "Not taken: its name can't be found."


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Thu, 28 May 2026 20:27:40 GMT", 60.0), ("Thu, 28 May 2020 20:27:40 GMT", 0.0), ("soon", None)],
)
async def test_how_long_a_receiver_asks_us_to_wait(header: str, seconds: float | None) -> None:
    """Seconds, or a date; nothing where it can't be read."""
    async with receiver() as wall:
        wall.moods.append(Mood(status=503, headers={"Retry-After": header}))
        assert (await posted(wall.url)).retry_after == seconds
