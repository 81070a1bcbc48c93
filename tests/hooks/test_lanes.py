"""Hooks in a house whose loops run: each is told at once, and none waits for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.errors import TryLater
from helpdesk.ports import Sql
from helpdesk.store.verbs import hooks as verbs
from tests.hooks.receiver import HANGS, receiver
from tests.staff import SAM
from tests.wire import TEXT_LINE, Town, library


async def asks(town: Town, n: int) -> None:
    """Somebody new texts the library."""
    await town.texter(f"+4477009001{n:02}", TEXT_LINE).texts(f"Question {n}")


async def test_a_receiver_that_hangs_keeps_nobody_waiting(tmp_path: Path) -> None:
    """One hears nothing of its end; the other hears all, as it happens."""
    async with receiver() as slow, receiver() as quick, library(tmp_path) as town:
        hooks = town.house.hooks.local
        slow.moods.append(HANGS)
        await hooks.add(SAM, "slow", url=slow.url, events=("ticket.opened",))
        await asks(town, 0)
        await slow.hears(1)
        await hooks.add(SAM, "quick", url=quick.url, events=("ticket.opened",))
        for n in range(1, 4):
            await asks(town, n)
        await quick.hears(3)
        assert len(slow.messages) == 1
        slow.lets_go()
        await slow.hears(4)


async def test_hooks_come_and_go_while_the_house_runs(tmp_path: Path) -> None:
    """Added, it is told at once; disabled, it is told nothing; enabled, it makes up for it; removed, it is gone."""
    async with receiver() as wall, library(tmp_path) as town:
        hooks = town.house.hooks.local
        await hooks.add(SAM, "wall", url=wall.url, events=("ticket.opened",))
        await asks(town, 0)
        await wall.hears(1)
        await hooks.disable(SAM, "wall")
        await asks(town, 1)
        await town.desk.has(2)
        await hooks.enable(SAM, "wall")
        await wall.hears(2)
        await hooks.remove(SAM, "wall")
        await asks(town, 2)
        await town.desk.has(3)
        await hooks.add(SAM, "wall", url=wall.url, events=("ticket.opened",))
        await asks(town, 3)
        numbers = [message.data["ticket"]["number"] for message in await wall.hears(3)]
        assert numbers == [1, 2, 4]


async def test_a_store_that_broke_off_ends_no_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of hooks can't be read for a moment: the house goes on, and looks again."""
    reads, names = iter(range(1000)), verbs.names

    def breaks_off(sql: Sql) -> tuple[str, ...]:
        if next(reads) == 0:
            raise TryLater("The store can't be read just now.")
        return tuple(names(sql))

    async with receiver() as wall, library(tmp_path) as town:
        monkeypatch.setattr(verbs, "names", breaks_off)
        await town.house.hooks.local.add(SAM, "wall", url=wall.url, events=("ticket.opened",))
        await asks(town, 0)
        await asks(town, 1)
        await wall.hears(2)
        assert next(reads) > 1
