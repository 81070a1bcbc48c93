"""kill -9 of a desk at which somebody writes: what they had written is there when they open it again."""

from __future__ import annotations

import getpass
import os
import signal
import sys
from pathlib import Path

import pytest

from helpdesk.api.remote import connect
from helpdesk.clock import SystemClock, plus
from helpdesk.message import Channel, StaffId
from tests.chaos.owner import TEXTS
from tests.chaos.town import Town, town
from tests.tui.terminal import terminal

ME = StaffId(getpass.getuser())


@pytest.mark.full
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_what_is_half_written_outlives_the_desk(tmp_path: Path, size: tuple[int, int]) -> None:
    """The row says that there is a draft, and r goes on with it; what is sent then goes out once."""
    async with town(tmp_path) as place, place.owner.running():
        tag = place.ledger.asks(Channel.SMS)
        await place.handset(1).texts(f"{tag} Is it loud?", to=TEXTS)
        await place.all_are_kept()
        desk = (sys.executable, "-m", "helpdesk.cli", "desk", "--config", str(place.library.settings))
        async with terminal(desk, size=size) as screen:
            await screen.sees(tag, "? keys")
            screen.press("r")
            await screen.sees("Reply to")
            screen.press("On our way.")
            await screen.sees("11 of 160")
            await _kept(place, "On our way.")
            os.kill(screen.process.pid, signal.SIGKILL)
            assert await screen.ended() == -signal.SIGKILL
        async with terminal(desk, size=size) as screen:
            await screen.sees("draft", "? keys")
            screen.press("r")
            await screen.sees("Reply to", "On our way.", "11 of 160")
            screen.press("\x13")
            await screen.sees("esc back", "delivered")
        assert [each.body for each in place.handset(1).inbox].count("On our way.") == 1


async def _kept(place: Town, text: str) -> None:
    """Wait until the store has the draft."""
    clock = SystemClock()
    async with connect(place.library.socket) as desk:
        while [each.written.text for each in await desk.drafts.mine(ME)] != [text]:
            await clock.until(plus(clock.now(), 50))
