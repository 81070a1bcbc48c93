"""A library whose store is closed and opened again, and all that lies in its folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from channels.loopback import Loopback
from helpdesk.chats import Chats
from helpdesk.clock import ManualClock
from helpdesk.config import DeskSettings, LibrarySettings, LineSettings, Settings, StoreSettings
from helpdesk.house import open_house
from helpdesk.message import Channel
from helpdesk.ports import Door
from tests.conversation import MASTER, QUIET, Town

AT_ONCE = DeskSettings(undo_seconds=0)
"""What staff write goes out at once."""


@asynccontextmanager
async def kept(
    folder: Path, lines: dict[str, LineSettings], clock: ManualClock, wire: type[Loopback] = Loopback
) -> AsyncIterator[Town]:
    """A library whose store lies in ``folder``: what closes can open again, with other lines."""
    wires: dict[Channel, Loopback] = {}

    def senders(door: Door, chats: Chats) -> dict[Channel, Loopback]:
        channels = {line.channel for line in lines.values()}
        wires.update({each: wire(each, door, clock) for each in channels})
        return wires

    store = StoreSettings(path=folder / "desk.sqlite", keys=folder / "keys.sqlite")
    settings = Settings(
        library=LibrarySettings(name="Fernhill Library"), store=store, lines=lines, texts=QUIET, desk=AT_ONCE
    )
    async with open_house(settings, clock, master=MASTER, senders=senders) as house:
        yield Town(house, wires, clock)


def all_bytes(folder: Path) -> bytes:
    """Whatever lies in a folder."""
    return b"".join(each.read_bytes() for each in folder.iterdir() if each.is_file())
