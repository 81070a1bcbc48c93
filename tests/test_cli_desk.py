"""`helpdesk desk` in a terminal of 80 by 24: as the store's owner, and attached to one."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyte
import pytest

from helpdesk.clock import SystemClock
from helpdesk.house import open_house
from helpdesk.message import Channel, StaffId
from helpdesk.settings.file import load
from tests.test_cli import CHAT

DOWN, ENTER = b"\x1b[B", b"\r"
SECONDS = 20.0


class Terminal:
    """A terminal with the desk in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)

    def shows(self, words: str) -> None:
        """Read what the desk draws until ``words`` stand on the screen."""
        while not any(words in line for line in self._screen.display):
            drawn = self._drawn()
            assert drawn, f"{words!r} did not come:\n" + "\n".join(self._screen.display)
            self._stream.feed(drawn)

    def press(self, *keys: bytes) -> None:
        """Type."""
        for key in keys:
            os.write(self._master, key)

    def rests(self) -> None:
        """Read away what is drawn in the next moment."""
        if select.select([self._master], [], [], 0.1)[0]:
            self._stream.feed(self._drawn())

    def left(self) -> int:
        """The exit status, once the desk has gone; what it still draws is read away."""
        while self._drawn():
            pass
        return self.process.wait(SECONDS)

    def _drawn(self) -> bytes:
        """What is drawn next; nothing once the desk has gone, or after a long silence."""
        try:
            return os.read(self._master, 65536) if select.select([self._master], [], [], SECONDS)[0] else b""
        except OSError:  # its end of the terminal is closed
            return b""


@contextmanager
def desk() -> Iterator[Terminal]:
    """`helpdesk desk` in a terminal of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    command = [sys.executable, "-m", "helpdesk.cli", "desk"]
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a chat page and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helpdesk.toml").write_text(CHAT)
    return tmp_path


@pytest.mark.full
def test_with_nobody_about_it_owns_the_store(folder: Path) -> None:
    """It says that the channels stop when it is left, and leaves nothing behind that is not the library's."""
    with desk() as terminal:
        terminal.shows("Nobody is waiting")
        assert (folder / "helpdesk.sock").exists()
        terminal.press(b"q")
        terminal.shows("runs the channels")
        terminal.press(DOWN, ENTER)
        assert terminal.left() == 0
    assert not (folder / "helpdesk.sock").exists()
    assert (folder / "helpdesk.log").read_text() == ""


@pytest.mark.full
def test_keys_of_ones_own(folder: Path) -> None:
    """The settings move "leave" to F10; q means nothing then."""
    (folder / "helpdesk.toml").write_text(CHAT + '\n[desk]\nkeys = { quit = "f10" }\n')
    with desk() as terminal:
        terminal.shows("F10 leave")
        terminal.press(b"q", b"\x1b[21~")
        terminal.shows("runs the channels")
        terminal.press(DOWN, ENTER)
        assert terminal.left() == 0


def test_keys_that_mean_nothing_are_refused_before_the_desk_opens(folder: Path) -> None:
    """By the setting's name and with the remedy; `helpdesk check` says the same."""
    (folder / "helpdesk.toml").write_text(CHAT + '\n[desk]\nkeys = { replay = "r" }\n')
    with desk() as terminal:
        terminal.shows("desk.keys.replay: no such command")
        assert terminal.left() == 2
    assert not (folder / "helpdesk.sqlite").exists()
    checked = subprocess.run([sys.executable, "-m", "helpdesk.cli", "check"], capture_output=True, check=False)
    assert b"desk.keys.replay: no such command; did you mean reply?" in checked.stdout
    assert checked.returncode == 1


def logged(folder: Path) -> None:
    """The store, with one contact by phone."""

    async def log() -> None:
        settings = load(folder / "helpdesk.toml")
        async with open_house(settings, SystemClock()) as house:
            await house.bare.sign_in(StaffId("mia"), name="Mia")
            await house.bare.log_contact(StaffId("mia"), Channel.PHONE, text="wants a room")

    asyncio.run(log())


def drafted(store: Path) -> list[str]:
    """What is drafted in the store, as another process reads it."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM drafts")]


@pytest.mark.full
def test_a_killed_desk_takes_no_draft_along(folder: Path) -> None:
    """Nobody pressed a key to keep it: a moment after the last letter it is in the store."""
    logged(folder)
    with desk() as terminal:
        terminal.shows("Nobody is waiting")
        terminal.press(b"9")
        terminal.shows("wants a room")
        terminal.press(b"i")
        terminal.shows("Note, for colleagues only")
        terminal.press(b"ring back at noon")
        terminal.shows("ring back at noon")
        while drafted(folder / "helpdesk.sqlite") != ["ring back at noon"]:
            terminal.rests()
        os.killpg(terminal.process.pid, signal.SIGKILL)
        assert terminal.left() == -signal.SIGKILL
    with desk() as terminal:
        terminal.shows("Nobody is waiting")
        terminal.press(b"9")
        terminal.shows("draft")
        terminal.press(b"i")
        terminal.shows("ring back at noon")


@pytest.mark.full
def test_beside_an_owner_it_attaches_and_leaves_it_running(folder: Path) -> None:
    """`helpdesk serve` goes on when the desk is left."""
    serve = [sys.executable, "-m", "helpdesk.cli", "serve"]
    with subprocess.Popen(serve, stdout=-1) as owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline().startswith(b"store")
            with desk() as terminal:
                terminal.shows("Nobody is waiting")
                terminal.press(b"q")
                assert terminal.left() == 0
            assert owner.poll() is None
            assert (folder / "helpdesk.sock").exists()
        finally:
            owner.terminate()
        owner.communicate()
    assert owner.returncode == 0
