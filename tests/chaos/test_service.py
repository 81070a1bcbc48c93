"""`helpdesk serve` as a service: told to, it reloads and stops; what was acknowledged as it stopped is there."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.clock import stopwatch
from helpdesk.message import Channel
from tests.chaos.owner import ROOT, STOP_SECONDS, Owner
from tests.chaos.town import Town, town
from tests.service_manager import PATIENCE, Manager, listening_manager

REQUESTS, CHATS = 500, 50


@pytest.fixture
async def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Manager]:
    """The service manager of every process that is started here."""
    async with listening_manager(tmp_path) as opened:
        monkeypatch.setenv("NOTIFY_SOCKET", opened.address)
        monkeypatch.setenv("WATCHDOG_USEC", "300000")
        yield opened


async def reload(owner: Owner) -> tuple[int | None, str]:
    """`helpdesk reload`: its exit status, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "helpdesk.cli", "reload", "--config", str(owner.library.settings)),
        stdout=PIPE,
        stderr=PIPE,
        cwd=owner.library.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode, (out + err).decode()


@pytest.mark.full
async def test_a_service_from_start_to_stop(tmp_path: Path, manager: Manager) -> None:
    """What systemd is told over a whole life, and what `systemctl reload` gets to see."""
    async with town(tmp_path) as place, place.owner.running() as owner:
        assert (await manager.hears("READY=1"))["STATUS"] == "ready"
        await manager.hears("WATCHDOG=1")

        settings = owner.library.settings
        good = settings.read_text()
        settings.write_text(good + "[noise]\nmost_texts = 3\n")
        assert await reload(owner) == (0, "noise.most_texts: 6, now 3\n")
        assert (await manager.hears("RELOADING=1"))["MONOTONIC_USEC"]
        await manager.hears("READY=1")

        settings.write_text(good + "[noise]\nmost_texts = 0\n")
        status, said = await reload(owner)
        assert status == 2
        assert "noise.most_texts: should be greater than or equal to 1" in said

        settings.write_text(good)
        os.kill(owner.pid, signal.SIGHUP)
        await manager.hears("RELOADING=1")
        await manager.hears("READY=1")
        assert '"changed": ["noise.most_texts: 3, now 6"]' in owner.log

        assert await owner.stop() == 0
        await manager.hears("STOPPING=1")


@pytest.mark.full
async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """Whoever will not wait does not have to; the next start finds a sound store."""
    async with town(tmp_path) as place, place.owner.running() as owner:
        assert await _texts(place, 1) == Counter({200: 1})
        os.kill(owner.pid, signal.SIGSTOP)
        os.kill(owner.pid, signal.SIGTERM)
        os.kill(owner.pid, signal.SIGINT)
        os.kill(owner.pid, signal.SIGCONT)
        assert await owner.ends() in {0, -signal.SIGINT, -signal.SIGTERM}
        assert place.library.unsound() == ()


@pytest.mark.full
async def test_a_stop_in_the_middle_of_everything(tmp_path: Path) -> None:
    """500 requests and 50 chats are under way: it ends within ten seconds, and all that was acknowledged is there."""
    async with town(tmp_path) as place, place.owner.running() as owner, asyncio.TaskGroup() as tasks:
        chatting = [tasks.create_task(_chats(place, n)) for n in range(CHATS)]
        texting = tasks.create_task(_texts(place, REQUESTS))
        async with asyncio.timeout(PATIENCE):
            await place.ledger.grows(questions=CHATS)
        seconds = stopwatch()
        assert await owner.stop() == 0, owner.log
        print(f"stopped within {seconds():.1f} s; {sum(place.kept().values())} questions kept")
        assert seconds() < STOP_SECONDS
        assert place.library.unsound() == ()
        for each in chatting:
            each.cancel()
        answers = await texting
        assert answers[200] == place.ledger.taken_by(Channel.SMS)
        assert set(answers) <= {200, 503, None}, answers
        assert place.ledger.taken <= place.kept().keys()
        assert "Traceback" not in owner.log
        assert "took too long" not in owner.log


async def _chats(place: Town, n: int) -> None:
    """A visitor who talks until the chat is over."""
    async with place.visiting(f"Visitor {n}") as visitor:
        while True:
            tag = place.ledger.asks(Channel.CHAT)
            if await visitor.says(f"{tag} Is the printer working?"):
                place.ledger.took(tag)


async def _texts(place: Town, count: int) -> Counter[int | None]:
    """So many patrons text at once; how the webhook answered."""

    async def one(number: int) -> int | None:
        tag = place.ledger.asks(Channel.SMS)
        posted = await place.handset(number).texts(f"{tag} Too loud here.", to="+447700900100")
        if posted.status == 200:
            place.ledger.took(tag)
        return posted.status

    async with asyncio.TaskGroup() as tasks:
        sent = [tasks.create_task(one(number)) for number in range(count)]
    return Counter(task.result() for task in sent)
