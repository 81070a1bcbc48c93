"""What a kept draft costs: how many a second one store takes, on its file with every commit on the disk.

A member who types sends one each second at most, whoever types without a pause one each three. Prints; asserts nothing.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from helpdesk.clock import stopwatch
from helpdesk.drafts import Written
from helpdesk.message import StaffId, TicketId
from tests.conversation import library

COUNT = 2_000
TEXT = "Thank you for telling us. Somebody is on the way to level 3, and we will let you know how it went. " * 3


async def kept(folder: Path, writers: int) -> float:
    """Drafts a second, kept by so many members at once."""
    async with library(folder=folder) as town:
        ana, mia = town.mailer("ana"), await town.staff("mia")
        await ana.mails("Can I renew?", subject="Renewal")
        await mia.opens(ana.ticket)
        drafts, ticket = town.house.bare.drafts, ana.ticket

        async def types(writer: int) -> None:
            for n in range(COUNT // writers):
                words = Written(text=f"{TEXT} {n}", key=f"k{writer}")
                await drafts.keep(StaffId(f"member{writer}"), TicketId(ticket), "reply", words)

        watch = stopwatch()
        async with asyncio.TaskGroup() as group:
            for writer in range(writers):
                group.create_task(types(writer))
        return COUNT / watch()


@pytest.mark.bench
def test_drafts_a_second(tmp_path: Path) -> None:
    """By one member after the other, and by 64 at once, who share commits."""
    found = {}
    for writers in (1, 64):
        folder = tmp_path / str(writers)
        folder.mkdir()
        found[writers] = asyncio.run(kept(folder, writers))
    for writers, rate in found.items():
        print(f"\ndrafts kept a second, {writers} at once: {rate:,.0f}")
