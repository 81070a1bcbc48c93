"""Stopping and starting: in good order under load, after a death, and where another owner runs."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import Process
from collections import Counter
from pathlib import Path

import pytest

from helpdesk.beside import beside
from helpdesk.message import Channel
from helpdesk.simulator.carrier_faults import Fault
from tests.chaos.owner import STOP_SECONDS
from tests.chaos.town import town


@pytest.mark.full
async def test_sigterm_under_load(tmp_path: Path) -> None:
    """It ends within ten seconds with status 0; what was acknowledged is there, and nothing is left in doubt."""
    async with town(tmp_path) as place, place.busy(), place.owner.running():
        place.may_say(60)
        async with asyncio.timeout(30):
            await place.ledger.grows(questions=30, answers=5)
            await place.postbox.took.wait()
        assert await place.owner.stop() == 0, place.owner.log
        assert place.library.unsound() == ()
        assert not place.library.socket.exists()
        assert place.ledger.taken <= place.kept().keys()
        doubtful = [row for row in place.in_hand() if row[2] != "waiting"]
        assert not doubtful, "a stop in good order waits for what is being sent"


@pytest.mark.full
async def test_a_socket_that_a_dead_owner_left(tmp_path: Path) -> None:
    """It is replaced, and the new owner answers on it."""
    async with town(tmp_path) as place:
        async with place.owner.running():
            pass
        assert place.library.socket.is_socket()
        async with place.owner.running():
            tag = place.ledger.asks(Channel.SMS)
            await place.handset(1).texts(tag, to="+447700900100")
            await place.all_are_kept()
            assert place.kept() == Counter([tag])


@pytest.mark.full
async def test_its_readers_of_mail_die_with_it(tmp_path: Path) -> None:
    """kill -9 of the owner leaves no process behind."""
    async with town(tmp_path) as place:
        async with place.owner.running():
            place.may_say(5)
            async with beside(place.mailer("mina")), asyncio.timeout(30):
                await place.all_are_kept()
            readers = [handle_of(pid) for pid in place.library.readers()]
            assert readers
        for handle in readers:
            await ended(handle)


@pytest.mark.full
async def test_a_carrier_that_says_nothing(tmp_path: Path) -> None:
    """A text that hangs at the carrier does not hold up the stop; the next owner looks it up: it arrives once."""
    async with town(tmp_path) as place, place.busy(texters=1, mailers=0, visitors=0):
        place.carrier.faults.sends.append(Fault(silent=True, taken=True))
        async with place.owner.running():
            place.may_say(4)
            await place.carrier.took.wait()
            assert await place.owner.stop() == 0
        async with place.owner.running():
            await place.settles()
            assert set(place.arrived_by(Channel.SMS).values()) == {1}


def handle_of(pid: int) -> int:
    """A handle of a process, readable once it has ended."""
    return os.pidfd_open(pid)


async def ended(handle: int) -> None:
    """Wait until a process is gone."""
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, gone.set)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await gone.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


@pytest.mark.full
async def test_a_second_owner_is_refused(tmp_path: Path) -> None:
    """It says who holds the store, touches nothing and ends with status 1; the first works on."""
    async with town(tmp_path) as place, place.owner.running():
        second = await place.owner.serve()
        assert await _status(second) == 1
        assert f"is in use by helpdesk serve, process {place.owner.pid}." in place.owner.log
        assert "Traceback" not in place.owner.log
        tag = place.ledger.asks(Channel.SMS)
        await place.handset(1).texts(tag, to="+447700900100")
        await place.all_are_kept()
        assert await place.owner.stop() == 0


async def _status(process: Process) -> int | None:
    async with asyncio.timeout(STOP_SECONDS):
        await process.communicate()
    return process.returncode
