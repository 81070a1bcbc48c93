"""The machine's clock is set while the help desk runs: what the desk is told, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from helpdesk import doors
from helpdesk.clock import HOUR, MINUTE, Instant, ManualClock, SystemClock, plus, uptime
from helpdesk.jumps import JUMPED, Jumps
from helpdesk.ports import Store
from helpdesk.store.opening import open_store
from helpdesk.store.verbs import notices
from tests.engines import fresh_store
from tests.service_manager import PATIENCE
from tests.test_serve import running

pytestmark = pytest.mark.usefixtures("engine")

NOON = Instant(1_780_000_000_000)


class Set(ManualClock):
    """A clock that somebody can set, either way."""

    def __init__(self) -> None:
        super().__init__(NOON)
        self.off = 0

    def now(self) -> Instant:
        """As it was set."""
        return plus(super().now(), self.off)


@dataclass
class Machine:
    """A machine with a store, and whoever looks at its clock."""

    store: Store
    clock: Set
    jumps: Jumps

    async def looks(self, *, after: float = 5, set_by: int = 0) -> list[str]:
        """So many seconds later, the clock having been set meanwhile; what the desk shows."""
        self.clock.passes(seconds=after)
        self.clock.off += set_by
        await self.jumps.look()
        return [each.text for each in await self.store.read(notices.notices)]


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    """It is called desk1."""
    clock = Set()
    async with open_store(fresh_store()) as store:
        yield Machine(store, clock, Jumps(store, clock, "desk1", passed=lambda: ManualClock.now(clock) / 1000))


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (3 * HOUR, "set forward by 3 h."),
        (-HOUR - 5 * MINUTE, "set back by 1 h 05 min."),
        (MINUTE, "forward by 1 min."),
    ],
)
async def test_a_jump_is_told(machine: Machine, by: int, words: str) -> None:
    """Which machine's, which way, how far; what to look at, and who puts right what was counted meanwhile."""
    assert await machine.looks() == []
    with structlog.testing.capture_logs() as logged:
        [text] = await machine.looks(set_by=by)
    assert words in text
    assert text.startswith("The clock of desk1 was set ")
    assert "timedatectl" in text
    assert "a lead can correct" in text
    assert logged == [{"event": "the clock jumped", "log_level": "warning", "seconds": by // 1000}]
    assert await machine.looks() == [text]


async def test_a_clock_that_is_put_right_is_no_trouble(machine: Machine) -> None:
    """At once, however it went."""
    await machine.looks(set_by=2 * HOUR)
    [text] = await machine.looks(set_by=-HOUR)
    assert "forward by 1 h." in text
    assert await machine.looks(set_by=-HOUR) == []


async def test_it_is_shown_for_a_day(machine: Machine) -> None:
    """Also over a restart, and where the clock was set back far behind it."""
    assert await machine.looks(set_by=-HOUR)
    assert await machine.looks(after=23 * 3600)
    machine.jumps = Jumps(machine.store, machine.clock, "desk1", passed=lambda: ManualClock.now(machine.clock) / 1000)
    assert await machine.looks()
    assert await machine.looks(after=2 * 3600) == []


async def test_what_time_services_put_right_every_day_is_not_told(machine: Machine) -> None:
    """Nor many of them, one after another."""
    for _ in range(100):
        assert await machine.looks(set_by=MINUTE - 1) == []


async def test_a_full_store_hears_of_it_later(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the next look that can be written."""

    async def full(*args: object, **more: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patched:
        patched.setattr(type(machine.store), "write", full)
        with pytest.raises(OSError, match="no space"):
            await machine.looks(set_by=HOUR)
    assert len(await machine.looks()) == 1


class Wrong(SystemClock):
    """The machine's own, which somebody sets."""

    off = 0

    def now(self) -> Instant:
        """As it was set."""
        return plus(super().now(), self.off)


async def test_whoever_serves_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`helpdesk serve` itself, by the machine's clock: the desk shows it, and the house stays ready."""
    monkeypatch.setattr("helpdesk.app.SystemClock", Wrong)
    monkeypatch.setattr(doors, "EVERY", 10)
    monkeypatch.setattr("platform.node", lambda: "desk1")
    async with running(tmp_path, monkeypatch) as (desk, house), asyncio.timeout(PATIENCE):
        monkeypatch.setattr(Wrong, "off", -3 * HOUR)
        while not (shown := await house().store.read(notices.notices)):
            await SystemClock().until(plus(SystemClock().now(), 10))
        assert [each.text for each in shown] == [JUMPED.format("desk1", "back", "3 h")]
        assert (await desk.asks("/readyz")).status_code == 200


def test_the_machine_s_own_count_rises() -> None:
    """And needs nobody."""
    assert 0 < uptime() <= uptime()
