"""A library that has kept a little of everything: what copies, exports and upgrades must bring across."""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from helpdesk.clock import ManualClock, plus
from helpdesk.message import Attachment, Channel, Envelope, LineId
from helpdesk.store.moving import TABLES
from tests.conversation import Town, library
from tests.passing import rarely_swept

STORE = "helpdesk.sqlite"
ZONE = "Europe/London"
LIMITED = (
    "import resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))\n"
    "from helpdesk.cli import run\n"
    "sys.exit(run(sys.argv[2:]))\n"
)
"""Runs a command where no file may grow beyond so many bytes: the system refuses the write, as a full disk does."""


@asynccontextmanager
async def kept_library(folder: Path) -> AsyncIterator[Town]:
    """It has been open for five weeks. Nobody has settled what came in last: a reply waits in the outbox."""
    async with library(folder=folder, clock=ManualClock()) as town:
        await _five_weeks_ago(town)
        await town.time.passes(days=35)
        await _today(town)
        yield town


async def _five_weeks_ago(town: Town) -> None:
    """Mail with a file that was answered and solved, a noise that was attended, a chat, a call, and its staff."""
    mia, ben = await town.staff("mia"), await town.staff("ben")
    await town.house.desk.set_pin(ben.id, old="", new="4711")
    file = Attachment(name="form.pdf", media_type="application/pdf", content=b"%PDF\x00\xff", digest=_digest(b"form"))
    ana = town.mailer("ana")
    await ana.mails("Can I renew “Dubliners”?", subject="Renewal", attachments=(file,))
    await town.time.passes(minutes=40)
    await mia.replies("Done: it is yours until Friday.", then="solved")
    await ana.hears("Done")
    mia.ticket = await town.house.desk.tag(mia.id, mia.before.id, mia.before.version, ("loans",))
    await town.texter("bo").texts("loud on level 3")
    await town.time.passes(minutes=3)
    taken = await ben.takes_next()
    assert taken is not None
    await town.house.desk.attended(ben.id, taken.id, taken.version, plus(town.time.now, -60_000))
    cy = town.visitor("cy")
    await cy.chats("Are you open on Sunday?")
    await town.house.desk.log_contact(mia.id, Channel.PHONE, text="Asked for a map", key="k1")


async def _today(town: Town) -> None:
    """Mail that nobody answered yet, a text whose answer waits, a STOP, bytes that nobody has read."""
    mia = await town.staff("mia")
    await town.mailer("dee").mails("Is the scanner mended?", subject="Scanner")
    await town.time.passes(hours=26)
    eve = town.texter("eve", line="text")
    await eve.texts("Is my book in?")
    await town.texter("flo", line="text").texts("STOP")
    await town.texter("gus").texts("music on level 4, please keep this from them")
    await mia.opens(eve.ticket)
    await mia.replies("Yes: it waits at the desk.")
    await mia.notes("Told her twice already.")
    content = b"From: hal@example.org\r\nSubject: later\r\n\r\nRead me later.\r\n"
    await town.house.intake.keep(
        Envelope(
            line=LineId("help"),
            sender="hal@example.org",
            recipients=("help@library.example",),
            content=content,
            digest=_digest(content),
        )
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def made(folder: Path) -> Path:
    """Its folder when it is closed. It is lived through once; each gets a copy."""
    return Path(shutil.copytree(_lived_through(), folder, dirs_exist_ok=True))


@cache
def _lived_through() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kept-library-"))
    atexit.register(shutil.rmtree, folder)

    async def lived() -> None:
        async with kept_library(folder):
            pass

    with rarely_swept():
        asyncio.run(lived())
    (folder / "helpdesk.toml").write_text("")
    return folder


def fill(connection: sqlite3.Connection) -> None:
    """Give every table of a store that has no row yet three of them: what stands in them is made up."""
    for table in TABLES:
        if connection.execute(f"SELECT 1 FROM {table.name}").fetchone():
            continue
        types = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        for n in range(3):
            values = {name: _made_up(table.name, name, types[name], n) for name in table.columns}
            named = ", ".join(values)
            put = ", ".join(f":{name}" for name in values)
            connection.execute(f"INSERT INTO {table.name} (library, {named}) VALUES ('main', {put})", values)


def _made_up(table: str, name: str, kind: str, n: int) -> object:
    value = {"INTEGER": n + 1, "BLOB": bytes([n, 255]), "TEXT": f"{table} {name} {n} “é”"}
    return value[kind]


def names(folder: Path, pattern: str = "*") -> list[str]:
    """What lies in a folder, sorted."""
    return sorted(each.name for each in folder.glob(pattern))


def limited(size: int, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own in ``folder``, in which no file may grow beyond ``size`` bytes."""
    command = [sys.executable, "-c", LIMITED, str(size), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=50)


async def limited_aside(size: int, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The same, while this process goes on."""
    return await asyncio.to_thread(limited, size, *arguments, folder=folder)
