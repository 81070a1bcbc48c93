"""`helpdesk serve` as a process of its own, on a library in a folder: started, waited for, killed, started again.

Only the process that :class:`Owner` started is ever signalled, by its own number.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.store.care import examine

ROOT = Path(__file__).parents[2]
ACCOUNT = "AC" + "0" * 32
TOKEN = "the carrier's token"

TEXTS = "+447700900100"
NOISE = "+447700900123"
CHAT = "chat"

START_SECONDS = 30
"""How long `serve` may take until it listens, on a machine that is busy."""

STOP_SECONDS = 10
"""How long it may take to end when asked to."""


def free_port() -> int:
    """A port of loopback that nobody uses now; it stays the library's over restarts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, kw_only=True)
class Library:
    """A library's folder with its settings, and where its doors are. ``mailbox`` is its own, unlike any other's."""

    folder: Path
    store: Path
    web: str
    mail_port: int
    mailbox: str

    @property
    def settings(self) -> Path:
        """Its settings file."""
        return self.folder / "helpdesk.toml"

    @property
    def socket(self) -> Path:
        """Where the owner of its store answers."""
        return self.folder / "desk.sock"

    def readers(self) -> list[int]:
        """The processes that read its mails now: they know its mailbox by name."""
        return [
            int(process.name)
            for process in Path("/proc").glob("[0-9]*")
            if b"channels.mime_process" in (line := _command(process)) and self.mailbox.encode() in line
        ]

    def unsound(self) -> tuple[str, ...]:
        """What is wrong with its store, () if nothing."""
        return examine(self.store, "main")


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # it has just ended
        return b""


def found_library(folder: Path, *, carrier: str, relay_port: int, store: Path | None = None) -> Library:
    """Write the settings of a library with two numbers, a mailbox and a chat page on free ports.

    ``store`` is its folder for the database, where that is another.
    """
    mail_port, web_port = free_port(), free_port()
    library = Library(
        folder=folder,
        store=(store or folder) / "helpdesk.sqlite",
        web=f"http://127.0.0.1:{web_port}",
        mail_port=mail_port,
        mailbox=f"help@lib{mail_port}-{os.getpid()}.example",
    )
    library.settings.write_text(
        f"""
[store]
path = {json.dumps(str(library.store))}
socket = {json.dumps(str(library.socket))}
[web]
port = {web_port}
public_url = {json.dumps(library.web)}
[sms]
account = "{ACCOUNT}"
tokens = [{json.dumps(TOKEN)}]
base_url = {json.dumps(carrier)}
catch_up_seconds = 10
[mail]
listen = "127.0.0.1:{mail_port}"
relay_port = {relay_port}
[desk]
undo_seconds = 0

[chat]
messages_per_minute = 100000
starts_per_minute = 100000
[lines.texts]
channel = "sms"
title = "Texts"
address = "{TEXTS}"
[lines.noise]
channel = "sms"
title = "Noiseline"
policy = "sealed"
kind = "noise"
address = "{NOISE}"
[lines.help]
channel = "mail"
title = "Enquiries"
address = {json.dumps(library.mailbox)}
[lines.{CHAT}]
channel = "chat"
title = "Chat"
address = "{CHAT}"
"""
    )
    return library


class Owner:
    """The process that owns a library's store.

    ``up`` is set while it listens. What it logs goes to ``owner.log`` in the library's folder. ``before``: words in
    front of the command, such as ``unshare``'s.
    """

    def __init__(self, library: Library, *, before: Sequence[str] = ()) -> None:
        self.library = library
        self.up = asyncio.Event()
        self.starts = 0
        self._before = tuple(before)
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._running().pid

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def log(self) -> str:
        """All that was logged so far."""
        return (self.library.folder / "owner.log").read_text()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Owner]:
        """Started, and ended with the block, by force if it comes to that."""
        try:
            await self.start()
            yield self
        finally:
            await self.end()

    async def end(self) -> None:
        """End it, by force, if it runs."""
        if self._process is not None:
            await self.die()

    async def start(self) -> None:
        """Start `helpdesk serve` and wait until it says that it listens."""
        self._process = await self.serve()
        self.starts += 1
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            while line := await self._process.stdout.readline():
                if line.startswith(b"Stop with"):
                    self.up.set()
                    return
        raise AssertionError(f"serve ended before it listened:\n{self.log}")

    async def serve(self, *, before: Sequence[str] = (), piped: bool = False) -> Process:
        """Start `helpdesk serve` and wait for nothing. ``piped``: what it logs goes to a pipe, not to the file."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
        with (self.library.folder / "owner.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(before or self._before),
                *(sys.executable, "-m", "helpdesk.cli", "serve", "--config", str(self.library.settings)),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE if piped else log,
                cwd=self.library.folder,
                env=environment | {"PYTHONPATH": str(ROOT)},
            )

    async def die(self) -> None:
        """kill -9, and wait until it is gone."""
        process = self._running()
        self.up.clear()
        process.kill()
        await process.communicate()
        self._process = None

    async def stop(self) -> int:
        """SIGTERM: its exit status. TimeoutError if it takes longer than it may."""
        self._running().send_signal(signal.SIGTERM)
        return await self.ends()

    async def ends(self) -> int:
        """Wait until it is gone: its exit status. TimeoutError if that takes longer than it may."""
        process = self._running()
        self.up.clear()
        async with asyncio.timeout(STOP_SECONDS):
            await process.communicate()
        self._process = None
        assert process.returncode is not None
        return process.returncode

    def fill_disk(self) -> None:
        """From now on no file of it can grow or be written: as on a full disk."""
        _limit_files(self.pid, 0)

    def free_disk(self) -> None:
        """There is space again."""
        _limit_files(self.pid, resource.RLIM_INFINITY)

    def _running(self) -> Process:
        assert self._process is not None, "the owner is not running"
        return self._process


def _limit_files(pid: int, size: int) -> None:
    """Set how large the files that a process writes may be, in bytes; what it may set for itself stays as it is."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
