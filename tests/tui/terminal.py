"""A real terminal for a test: a command on a pseudo-terminal, its screen kept by pyte."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds that a screen may take to come, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Link:
    """A line between the command and the terminal: ``delay`` seconds for a key to come there and its answer to come
    back, ``rate`` bytes a second towards the terminal. What doesn't fit waits at the command's side, as over SSH.
    """

    delay: float
    rate: float


AT_HAND = Link(0, float("inf"))
"""No line between: the terminal sits on the machine."""

GULP = 512
"""Bytes that a slow line takes at a time."""


class Terminal:
    """The master's side: what the command shows, and the keys it gets."""

    def __init__(
        self, master: int, process: asyncio.subprocess.Process, size: tuple[int, int], link: Link = AT_HAND
    ) -> None:
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self.octets = 0
        self.written = bytearray()
        self.process = process
        self._stream = pyte.ByteStream(self.screen)
        self._master = master
        self.modes = termios.tcgetattr(master)
        self._link = link
        self._heard = asyncio.Event()
        self._ended = False

    def take(self) -> None:
        """Take in what the command wrote; a slow line is busy with it for a while, and it arrives later."""
        slow = self.slow
        try:
            data = os.read(self._master, GULP if slow else 65536)
        except OSError:
            data = b""
        loop = asyncio.get_running_loop()
        if slow or not data:
            loop.remove_reader(self._master)
        if slow and data:
            loop.call_later(len(data) / self._link.rate, self.listen)
            loop.call_later(self._link.delay, self._show, data)
        else:
            self._show(data)

    def listen(self) -> None:
        """Hear what the command writes, from now on."""
        if not self._ended:
            asyncio.get_running_loop().add_reader(self._master, self.take)

    def end(self) -> None:
        """Hear nothing more."""
        self._ended = True
        asyncio.get_running_loop().remove_reader(self._master)

    def goes(self) -> None:
        """The terminal is gone, as when its program was killed: no signal tells the command."""
        if not self._ended:
            self.end()
            os.close(self._master)

    def _show(self, data: bytes) -> None:
        self.octets += len(data)
        self.written += data
        self._stream.feed(data)
        self._heard.set()

    @property
    def text(self) -> str:
        """The screen, line by line."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the terminal's cursor stands: column and line, from 0."""
        return self.screen.cursor.x, self.screen.cursor.y

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was found: its modes, its own screen, its cursor; no mouse, no paste marks."""
        said, off = bytes(self.written), (b"?1049l", b"?25h", b"?1000l", b"?1003l", b"?2004l")
        on = [mark[:-1] + (b"l" if mark.endswith(b"h") else b"h") for mark in off]
        marks = all(
            said.rfind(b"\x1b[" + last) > said.rfind(b"\x1b[" + first) for last, first in zip(off, on, strict=True)
        )
        return marks and termios.tcgetattr(self._master) == self.modes

    def press(self, keys: str) -> None:
        """Send keys as the terminal does: "\\r" is enter, "\\x1b" escape, "\\x13" ctrl+s."""
        os.write(self._master, keys.encode())

    async def sees(self, *words: str, within: float = PATIENCE) -> None:
        """Wait until the screen shows all of it; fails with the screen."""
        await self.until(lambda: all(word in self.text for word in words), f"not seen: {words}", within=within)

    async def until(self, true: Callable[[], bool], otherwise: str, *, within: float = PATIENCE) -> None:
        """Wait, from one output to the next, until the screen is as it should be."""
        try:
            async with asyncio.timeout(within):
                while not true():
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            raise AssertionError(f"{otherwise}\n{self.text}\ncursor at {self.cursor}") from None

    async def ended(self, within: float = PATIENCE) -> int:
        """Wait for the command's end; its exit status."""
        async with asyncio.timeout(within):
            return await self.process.wait()

    @property
    def slow(self) -> bool:
        """Whether there is a line between."""
        return self._link is not AT_HAND

    @property
    def megabytes(self) -> float:
        """What the command has in memory now (RSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    @property
    def processor_seconds(self) -> float:
        """What the command has used so far, in user and system mode."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def terminal(
    command: Sequence[str],
    *,
    size: tuple[int, int] = (80, 24),
    env: Mapping[str, str] | None = None,
    link: Link = AT_HAND,
) -> AsyncIterator[Terminal]:
    """Run a command on a terminal of that size, at the other end of ``link``; it is ended with the block."""
    master, slave = pty.openpty()
    columns, lines = size
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    surroundings = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})}
    for name in {"COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_DRIVER"} - set(env or {}):
        surroundings.pop(name, None)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=surroundings, start_new_session=True
    )
    os.close(slave)
    shown = Terminal(master, process, size, link)
    shown.listen()
    try:
        yield shown
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        shown.goes()
