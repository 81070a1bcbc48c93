"""Mail: taken over SMTP with ten connections (budget: 500/s), read (250/s), 4 ms of CPU a mail in all.

The relay is a process of its own (this file, run with a port), so that its work is not counted as ours. The door keeps
nothing: the store has its own bench. Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import hashlib
import resource
import sys
from pathlib import Path
from time import perf_counter, process_time

import pytest

from channels.mail import MailListener
from channels.mime_worker import MailReader
from helpdesk.clock import SystemClock, plus
from helpdesk.config import LineSettings, MailSettings, Settings, StoreSettings, WebSettings
from helpdesk.doors import open_doors
from helpdesk.house import open_house
from helpdesk.message import Channel, Envelope, LineId, StaffId
from helpdesk.worklist import View
from tests.channels.mails import KeepingDoor

MAILS = 2_000
CONNECTIONS = 10
LINES = {LineId("m"): LineSettings(channel=Channel.MAIL, title="Enquiries", address="desk@library.example")}
_TEXT = "Dear library, is the silent floor open on Sunday, and may I book a desk there?\r\n" * 20
_QUOTE = "On Mon, 1 Jun 2026 at 10:00, The Library <desk@library.example> wrote:\r\n" + "> We open at nine.\r\n" * 10
MAIL = (
    "Received: from patron.example by relay; Mon, 1 Jun 2026 10:00:00 +0000\r\n"
    "From: =?utf-8?Q?Ana_R=C3=A9ader?= <ana@patron.example>\r\nTo: desk@library.example\r\nSubject: Sunday\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="cut"\r\n'
    "Message-ID: <%d@patron.example>\r\n\r\n"
    f"--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{_TEXT}\r\n{_QUOTE}\r\n"
    f"--cut\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{_TEXT}</p>\r\n--cut--\r\n"
)


async def _deliver(port: int, mails: range) -> None:
    """One relay's connection: each mail is a whole transaction, waiting for every reply."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"HELO relay.example\r\n")
    await reader.readline()
    for number in mails:
        for said in ("MAIL FROM:<ana@patron.example>", "RCPT TO:<desk@library.example>", "DATA", MAIL % number + "."):
            writer.write(said.encode() + b"\r\n")
            reply = await reader.readline()
        assert reply.startswith(b"250"), reply
    writer.close()


async def _relay(port: int) -> None:
    async with asyncio.TaskGroup() as group:
        for start in range(CONNECTIONS):
            group.create_task(_deliver(port, range(start, MAILS, CONNECTIONS)))


@pytest.mark.bench
async def test_mails_taken_per_second() -> None:
    """From the first connection to the last 250."""
    door = KeepingDoor()
    settings = MailSettings(listen="127.0.0.1:0")
    root = str(Path(__file__).parents[2])
    async with MailListener(settings, LINES, door, SystemClock()).listening() as bound:
        spent, began = process_time(), perf_counter()
        relay = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.bench_mail", str(bound.port), cwd=root
        )
        assert await relay.wait() == 0
        took, spent = perf_counter() - began, process_time() - spent
    assert len(door.kept) == MAILS
    print(f"\nmail taken: {MAILS / took:,.0f}/s (the relay's start included), CPU {spent / MAILS * 1e3:.2f} ms a mail")


@pytest.mark.bench
async def test_mails_read_per_second() -> None:
    """One guarded process; ours and its CPU together."""
    mails = [_envelope(MAIL % number) for number in range(MAILS)]
    before = _children()
    async with MailReader(MailSettings(), LINES, count=1) as reader:
        await reader.read(mails[0])
        spent, began = process_time(), perf_counter()
        for kept in mails:
            assert (await reader.read(kept)).inbound.quote_from
        took, spent = perf_counter() - began, process_time() - spent
    theirs = _children() - before
    print(
        f"\nmail read: {MAILS / took:,.0f}/s, CPU {spent / MAILS * 1e3:.2f} ms a mail here "
        f"and {theirs / MAILS * 1e3:.2f} ms in the reader (its start included)"
    )


@pytest.mark.bench
async def test_mails_on_the_worklist_per_second(tmp_path: Path) -> None:
    """The whole house on a file: the last 250 follows its commit, then the last ticket stands on the worklist."""
    clock, root = SystemClock(), str(Path(__file__).parents[2])
    settings = Settings(
        store=StoreSettings(path=tmp_path / "helpdesk.sqlite"),
        web=WebSettings(port=0),
        lines={name: line for name, line in LINES.items()},
        mail=MailSettings(listen="127.0.0.1:0"),
    )
    async with open_house(settings, clock) as house:
        children = _children()
        async with open_doors(house) as doors:
            spent, began = process_time(), perf_counter()
            relay = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.bench.bench_mail", str(doors.mail_port), cwd=root
            )
            assert await relay.wait() == 0
            taken, relaying = perf_counter() - began, _children() - children
            while (await house.desk.counts(StaffId("sam")))[View.OPEN] < MAILS:
                await clock.until(plus(clock.now(), 20))
            placed, spent = perf_counter() - began, process_time() - spent
    reading = _children() - children - relaying
    cpu = (spent + reading) / MAILS * 1e3
    print(
        f"\nmail, the whole house, {CONNECTIONS} connections: 250 after commit {MAILS / taken:,.0f}/s (budget 500), "
        f"on the worklist {MAILS / placed:,.0f}/s (budget 250), "
        f"CPU {cpu:.2f} ms a mail (budget 4; {reading / MAILS * 1e3:.2f} of it in the readers)"
    )


def _envelope(text: str) -> Envelope:
    content = text.encode()
    return Envelope(
        line=LineId("m"),
        sender="ana@patron.example",
        recipients=("desk@library.example",),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asyncio.run(_relay(int(sys.argv[1])))
