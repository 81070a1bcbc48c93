"""The store's disk is full: each door says "later", the desk says why, and all goes on when there is space again."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from helpdesk.api.remote import RemoteDesk
from helpdesk.api.remote import connect as connect_desk
from helpdesk.errors import TryLater
from helpdesk.message import Channel, StaffId
from helpdesk.worklist import View
from tests.chaos.owner import CHAT, START_SECONDS, TEXTS, Owner
from tests.chaos.town import Town, mail, town

ANA = StaffId("ana")


@pytest.mark.full
async def test_every_door_says_later(tmp_path: Path) -> None:
    """451, 503, an error with a time to try again; staff hear it in words; nothing is half done."""
    async with town(tmp_path) as place, place.owner.running(), chatting(place) as chat, desk(place) as ana:
        assert await texted(place, 1) == 200
        ticket = await place.eventually(first_unanswered, seconds=10)
        place.owner.fill_disk()
        assert await mailed(place) == 451
        assert await texted(place, 2) == 503
        assert (await said(chat, "m1", "Hello?"))["retry_after"] > 0
        assert await new_chat(place) == 1013
        with pytest.raises(TryLater, match="can't be written"):
            await ana.claim(ANA, ticket)
        notice = next(each for each in await ana.notices() if each.key == "store")
        assert notice.level == "error"
        assert "can't be written" in notice.text
        place.owner.free_disk()
        assert await mailed(place) == 250
        assert await texted(place, 3) == 200
        assert (await said(chat, "m1", "Hello?"))["type"] == "ack"
        assert await new_chat(place) == 1000
        assert (await ana.claim(ANA, ticket)).owner == ANA
        assert "store" not in {each.key for each in await ana.notices()}
        assert await place.owner.stop() == 0
    assert place.library.unsound() == ()


@pytest.mark.full
async def test_a_stop_while_the_disk_is_full(tmp_path: Path) -> None:
    """SIGTERM still ends it cleanly."""
    async with town(tmp_path) as place, place.owner.running(), chatting(place):
        assert await texted(place, 1) == 200
        place.owner.fill_disk()
        assert await texted(place, 2) == 503
        assert await place.owner.stop() == 0
    assert place.library.unsound() == ()


@pytest.mark.full
async def test_a_start_while_the_disk_is_full(tmp_path: Path) -> None:
    """Without a store or with one: one line that says what can't be written; the next start is as if nothing was."""
    async with town(tmp_path) as place:
        for _ in range(2):
            said = await start_on_a_full_disk(place.owner)
            assert len(said.splitlines()) == 1, said
            assert "can't be" in said
            async with place.owner.running():
                assert await mailed(place) == 250
                assert await place.owner.stop() == 0
    assert place.library.unsound() == ()


@pytest.mark.full
async def test_a_disk_that_really_fills(tmp_path: Path) -> None:
    """A file system of 6 MB, filled to the last byte: what got 250 is there, what got 451 is not, before and after."""
    mount = tmp_path / "disk"
    mount.mkdir()
    if (why := cannot_mount(mount)) != "":
        pytest.skip(f"no file system of our own can be mounted here: {why}")
    async with town(tmp_path, store=mount, before=mounting(mount)) as place, place.owner.running():
        inside = Path(f"/proc/{place.owner.pid}/root{mount}")
        assert await mailed(place) == 250
        took = await mailed_until(place, 451, filler=inside / "filler")
        assert took < LARGE
        (inside / "filler").unlink()
        assert await mailed(place) == 250
        async with desk(place):  # Ana is on the list of staff from here on
            await place.eventually(lambda ana: all_parsed(ana, took + 2), seconds=20)
        assert await place.owner.stop() == 0


async def start_on_a_full_disk(owner: Owner) -> str:
    """What a start says that may write no file."""
    process = await owner.serve(before=("sh", "-c", 'ulimit -f 0; exec "$@"', "sh"), piped=True)
    async with asyncio.timeout(START_SECONDS):
        _, said = await process.communicate()
    assert process.returncode in {1, 2}
    return said.decode()


LARGE = 200
"""Mails of 20 kB that no disk of 6 MB holds."""


def mounting(mount: Path) -> tuple[str, ...]:
    """Words before a command that give it a small disk of its own."""
    return ("unshare", "-m", "sh", "-c", f'mount -t tmpfs -o size=6m,mode=0700 none "{mount}" && exec "$@"', "sh")


def cannot_mount(mount: Path) -> str:
    """Why not, "" if it can be done."""
    try:
        done = subprocess.run([*mounting(mount), "true"], capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return done.stderr.strip() if done.returncode else ""


async def mailed_until(place: Town, code: int, *, filler: Path) -> int:
    """Fill the disk, then mail until that answer comes; how many mails were taken."""
    fill(filler)
    for taken in range(LARGE):
        if await mailed(place, words=f"{taken:05d} " * 3000) == code:
            return taken
    return LARGE


def fill(path: Path) -> None:
    """Write until there is no space."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


async def all_parsed(ana: RemoteDesk, count: int) -> bool | None:
    """Whether so many mails are there to be found."""
    return len(await ana.search(ANA, "question", limit=200)) == count or None


@asynccontextmanager
async def desk(place: Town) -> AsyncIterator[RemoteDesk]:
    """Ana at an attached desk."""
    async with connect_desk(place.library.socket) as attached:
        await attached.sign_in(ANA, name="Ana")
        yield attached


async def first_unanswered(ana: RemoteDesk) -> Any:
    """The first ticket that waits, None if none does."""
    rows = (await ana.worklist(ANA, View.UNANSWERED)).rows
    return rows[0].id if rows else None


async def texted(place: Town, number: int) -> int | None:
    """What the webhook answers to a text."""
    tag = place.ledger.asks(Channel.SMS)
    return (await place.handset(number).texts(f"{tag} Too loud.", to=TEXTS)).status


async def mailed(place: Town, *, words: str = "When do you open?") -> int:
    """What the library answers to a mail."""
    tag = place.ledger.asks(Channel.MAIL)
    content = mail(place.library.mailbox, sender="mina@patron.example", words=f"{tag} {words}")
    try:
        await aiosmtplib.send(content, port=place.library.mail_port, timeout=20)
    except aiosmtplib.SMTPResponseException as error:
        return error.code
    return 250


@asynccontextmanager
async def chatting(place: Town) -> AsyncIterator[ClientConnection]:
    """A visitor's socket, their conversation begun."""
    async with socket(place) as chat:
        await chat.send(json.dumps({"type": "hello", "line": CHAT, "name": "Mina"}))
        assert json.loads(await chat.recv())["type"] == "welcome"
        yield chat


def socket(place: Town) -> connect:
    """A socket from the library's own page."""
    url = place.library.web.replace("http", "ws", 1) + "/chat/ws"
    return connect(url, origin=Origin(place.library.web), proxy=None)


async def said(chat: ClientConnection, name: str, text: str) -> Any:
    """The answer to a message: its acknowledgement or its error."""
    await chat.send(json.dumps({"type": "say", "id": name, "text": text}))
    async with asyncio.timeout(10):
        async for frame in chat:
            found = json.loads(frame)
            if found.get("id") == name and found["type"] in {"ack", "error"}:
                return found
    raise AssertionError("the socket closed")


async def new_chat(place: Town) -> int | None:
    """With which code a new chat ends that says hello, and goodbye if it may."""
    async with socket(place) as chat:
        await chat.send(json.dumps({"type": "hello", "line": CHAT, "name": "Ben"}))
        try:
            await chat.recv()
            await chat.send(json.dumps({"type": "end"}))
            while True:
                await chat.recv()
        except ConnectionClosed:
            return chat.close_code
