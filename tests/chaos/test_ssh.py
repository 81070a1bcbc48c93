"""The desk over SSH, by a real sshd and the very lines that the page for whoever runs it gives."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import shutil
import stat
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk.api.remote import connect
from helpdesk.message import StaffId
from tests.chaos.elsewhere import HELPDESK, Served, mails, served
from tests.chaos.owner import ROOT, free_port
from tests.tui.terminal import Terminal, terminal

SSHD = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")
SHIPPED = ROOT / "packaging" / "sshd-desk.conf"
PATIENCE = 30
ANA = StaffId("ana")

pytestmark = [pytest.mark.full, pytest.mark.skipif(SSHD is None, reason="there is no sshd here")]

MAIN = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/member.pub
PasswordAuthentication no
PermitRootLogin yes
StrictModes no
Subsystem sftp internal-sftp
Include {folder}/desk.conf
"""


@dataclass(frozen=True)
class Door:
    """An sshd that leads to a desk, and nowhere else."""

    served: Served
    folder: Path
    port: int

    def ssh(self, *options: str) -> tuple[str, ...]:
        """The member's own ssh."""
        user = pwd.getpwuid(os.getuid()).pw_name
        known = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
        key = ("-F", "none", "-i", f"{self.folder}/member", "-p", str(self.port))
        return ("ssh", *key, *known, *options, f"{user}@127.0.0.1")


def _configured(folder: Path, port: int, desk: Served) -> None:
    """The lines as they are shipped, for a group of ours and a server here."""
    text = SHIPPED.read_text("utf-8")
    group = grp.getgrgid(os.getgid()).gr_name
    command = f"env HOME={desk.homes['ana']} PYTHONPATH={ROOT} {HELPDESK}"
    for shipped, here in {
        "Match Group helpdesk-desk": f"Match Group {group}",
        "none helpdesk desk --server https://help.library.example": f"none {command} desk --server {desk.server}",
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (folder / "desk.conf").write_text(text)
    (folder / "sshd.conf").write_text(MAIN.format(port=port, folder=folder))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it parts with its rights


async def _key(path: Path) -> None:
    made = await asyncio.create_subprocess_exec("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
    assert await made.wait() == 0


@asynccontextmanager
async def _listening(folder: Path) -> AsyncIterator[None]:
    assert SSHD is not None
    process = await asyncio.create_subprocess_exec(SSHD, "-D", "-e", "-f", str(folder / "sshd.conf"), stderr=PIPE)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while b"Server listening" not in (line := await process.stderr.readline()):
                assert line, "sshd did not start"
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """A library with one ticket, and the way to its desk."""
    port = free_port()
    folder = tmp_path / "ssh"
    folder.mkdir()
    await _key(folder / "host")
    await _key(folder / "member")
    async with served(tmp_path, "ana") as desk:
        await mails(desk.library, "Where is the printer?")
        _configured(folder, port, desk)
        async with _listening(folder):
            yield Door(desk, folder, port)


@asynccontextmanager
async def _sitting(door: Door, size: tuple[int, int] = (80, 24), **env: str) -> AsyncIterator[Terminal]:
    async with terminal(door.ssh("-tt"), size=size, env=env) as screen:
        yield screen


async def test_a_member_has_the_desk_as_wide_as_their_terminal_and_q_ends_it(door: Door) -> None:
    """By the token of their system user, which nobody else may read; nothing moves by itself."""
    tokens = door.served.homes["ana"] / ".config" / "helpdesk" / "tokens.json"
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    async with _sitting(door, (132, 40)) as screen:
        await screen.sees("Ana · available", "printer")
        assert max(len(line) for line in screen.text.split("\n")) > 100
        screen.press("q")
        assert await screen.ended() == 0


async def test_what_was_half_written_is_kept_when_the_line_breaks(door: Door) -> None:
    """The desk at the other end ends within seconds, and at the next one the reply is there."""
    async with _sitting(door) as screen:
        await screen.sees("printer")
        screen.press("\r")
        await screen.sees("Where is the printer?")
        screen.press("r")
        await screen.sees("Reply to")
        screen.press("By the stairs")
        await screen.sees("By the stairs")
        [desk] = _desks(door)
        screen.process.kill()
        await screen.process.wait()
    async with asyncio.timeout(PATIENCE):
        while desk.exists():
            await asyncio.to_thread(os.sched_yield)
    async with connect(door.served.library.socket) as at_home:
        [kept] = await at_home.drafts.mine(ANA)
        assert kept.written.text == "By the stairs"


def _desks(door: Door) -> list[Path]:
    """The desks that run for this library's server now, as the system knows them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if door.served.server.encode() in words and b"helpdesk.cli" in words:
            found.append(process)
    return found


@pytest.mark.parametrize("asked", ["id", "sftp"])
async def test_there_is_nothing_but_the_desk(door: Door, asked: str) -> None:
    """Neither a shell's command nor files: whatever is asked for, the desk is what runs."""
    words = ("-s", "sftp") if asked == "sftp" else ("id",)
    command = (*door.ssh(*words[:-1]), words[-1])
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(b"")
    assert b"uid=" not in out
    assert asked == "sftp" or b"The desk needs a terminal" in err
    assert process.returncode or not out


async def test_no_tunnel_leads_through_it(door: Door) -> None:
    """The listener is the member's own ssh; at the other end nobody connects."""
    port, inside = free_port(), door.served.server.rpartition(":")[2]
    async with _sitting_with(door, "-L", f"{port}:127.0.0.1:{inside}") as screen:
        await screen.sees("Ana · available")
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /api/v1/hello HTTP/1.0\r\n\r\n")
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()


@asynccontextmanager
async def _sitting_with(door: Door, *options: str) -> AsyncIterator[Terminal]:
    async with terminal(door.ssh("-tt", *options)) as screen:
        yield screen
