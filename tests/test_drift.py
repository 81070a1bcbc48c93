"""A server whose clock differs from the database's: who is told, in which words, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from helpdesk import doors, drift, leading
from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, ManualClock, SystemClock, plus
from helpdesk.config import StoreSettings
from helpdesk.drift import LIMIT, Drift, difference
from helpdesk.loops import Troubles
from helpdesk.meters import Meters
from helpdesk.readiness import Readiness
from helpdesk.store.commits import SharedStore
from helpdesk.store.keys import KeyStore
from helpdesk.store.opening import open_store
from helpdesk.store.verbs import notices
from tests.conversation import MASTER
from tests.postgres import Server
from tests.service_manager import PATIENCE
from tests.test_serve import running

NOON = Instant(1_780_000_000_000)


def at(millis: int) -> Instant:
    """An instant, as so many milliseconds after noon."""
    return plus(NOON, millis)


@pytest.mark.parametrize(
    ("before", "after", "off"),
    [(-5, 5, 0), (-60_000, 60_000, 0), (0, 0, 0), (700, 900, 700), (-900, -700, -700), (12_000, 90_000, 12_000)],
)
def test_only_what_is_certain_counts(before: int, after: int, off: int) -> None:
    """An answer that took a minute proves nothing; what lies before the question, or after the answer, does."""
    assert difference(at(before), NOON, at(after)) == off


def test_two_servers_within_the_limit_never_both_lead() -> None:
    """One ahead and one behind, each by as much as goes untold: a leader has laid its work down before."""
    assert 2 * LIMIT <= leading.MARGIN


@dataclass
class Machine:
    """A server, the database's clock, and what its readiness says."""

    store: SharedStore
    theirs: ManualClock
    ours: ManualClock
    readiness: Readiness
    drift: Drift

    async def looks(self, *, off: int) -> list[str]:
        """Its clock is ahead by so many milliseconds; what the desks show."""
        self.ours.move_to(plus(self.theirs.now(), off))
        await self.drift.look()
        return [each.text for each in await self.store.read(notices.notices)]

    @property
    def wrong(self) -> dict[str, str]:
        """What is not well."""
        return {check.name: check.why for check in self.readiness.checks() if not check.ok}


class Wound(ManualClock):
    """A clock that can be set back, too."""

    def __init__(self) -> None:
        super().__init__(NOON)
        self._now = NOON

    def now(self) -> Instant:
        """As it was set."""
        return self._now

    def move_to(self, when: Instant) -> None:
        """Set it."""
        self._now = when


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    """It is called desk1; the store is one that has a clock of its own."""
    theirs, ours = Wound(), Wound()
    async with open_store(None) as store, KeyStore.open(None, MASTER, ours) as keys:
        store.clocked = lambda sql: theirs.now()
        readiness = Readiness(store, keys, Troubles(), ours, Meters())
        yield Machine(store, theirs, ours, readiness, Drift(store, ours, "desk1", tell=readiness.clock_differs))


@pytest.mark.parametrize(("off", "words"), [(12_000, "12 seconds ahead of"), (-65_400, "65 seconds behind")])
async def test_it_is_told_at_every_desk(machine: Machine, off: int, words: str) -> None:
    """Whose clock, by how much, which way, and what to do; readiness and the log say so, too."""
    with structlog.testing.capture_logs() as logged:
        [text] = await machine.looks(off=off)
        assert len(await machine.looks(off=off)) == 1
    assert text.startswith(f"The clock of desk1 is {words} the database's.")
    assert "NTP" in text
    assert "timedatectl" in text
    assert logged == [{"event": "the clock differs", "log_level": "error", "seconds": off // SECOND}]
    assert "differs from the database's" in machine.wrong["trouble"]
    assert machine.readiness.alive()
    [notice] = await machine.store.read(notices.notices)
    assert (notice.key, notice.level) == ("clock:desk1", "error")


async def test_it_is_over_when_the_clock_is_right(machine: Machine) -> None:
    """With the next look, also for a process that was started meanwhile."""
    assert await machine.looks(off=HOUR)
    machine.drift = Drift(machine.store, machine.ours, "desk1", tell=machine.readiness.clock_differs)
    assert await machine.looks(off=0) == []
    assert machine.wrong == {}


@pytest.mark.parametrize("off", [LIMIT, -LIMIT, 3])
async def test_a_little_is_no_trouble(machine: Machine, off: int) -> None:
    """What a time service leaves, and more."""
    assert await machine.looks(off=off) == []
    assert machine.wrong == {}


async def test_a_server_that_has_gone_is_told_of_no_more(machine: Machine) -> None:
    """Nobody else clears what it said; another server does, after some minutes."""
    gone = Drift(machine.store, machine.ours, "gone", tell=lambda why: None)
    machine.ours.move_to(plus(machine.theirs.now(), HOUR))
    await gone.look()
    assert len(await machine.looks(off=0)) == 1
    machine.theirs.move_to(plus(machine.theirs.now(), drift.SHOWN + 1))
    assert await machine.looks(off=0) == []


async def test_other_notices_are_let_be(machine: Machine) -> None:
    """Only what is said of clocks grows old."""
    await machine.store.write(notices.raise_notice, "door:web", "warning", "Somebody knocks.", at(-HOUR))
    assert await machine.looks(off=0) == ["Somebody knocks."]


async def test_a_file_has_no_other_clock() -> None:
    """SQLite: nothing is compared, nothing is told."""
    told: list[str] = []
    async with open_store(None) as store:
        await Drift(store, ManualClock(), "desk1", tell=told.append).look()
        assert await store.read(notices.notices) == ()
    assert told == []


@pytest.mark.full
async def test_postgresql_s_own_clock(postgres: Server) -> None:
    """It is asked at that moment: here both are one machine's, so nothing differs; a clock set by hand does."""
    clock, told = SystemClock(), list[str]()
    with postgres.empty() as url:
        async with open_store(StoreSettings(url=SecretStr(url))) as store:
            before = clock.now()
            theirs = await store.database_time()
            assert theirs is not None
            assert abs(difference(before, theirs, clock.now())) < SECOND
            await Drift(store, clock, "desk1", tell=told.append).look()
            assert await store.read(notices.notices) == ()
            await Drift(store, ManualClock(plus(clock.now(), 5 * MINUTE)), "desk1", tell=told.append).look()
            [notice] = await store.read(notices.notices)
            assert "ahead of the database's" in notice.text
    assert told[0] == ""
    assert "differs" in told[1]


class Wrong(SystemClock):
    """The machine's own, which nobody keeps right."""

    def now(self) -> Instant:
        """A minute late."""
        return plus(super().now(), -MINUTE)


@pytest.mark.full
async def test_whoever_serves_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Server) -> None:
    """`helpdesk serve` itself: the desk shows it; a balancer that leaves troubles out finds it ready."""
    monkeypatch.setattr("helpdesk.app.SystemClock", Wrong)
    monkeypatch.setattr(doors, "COMPARED", 10)
    monkeypatch.setattr("platform.node", lambda: "desk1")
    with postgres.empty() as url:
        monkeypatch.setenv("HELPDESK_STORE__URL", url)
        async with running(tmp_path, monkeypatch) as (desk, house), asyncio.timeout(PATIENCE):
            while not (shown := await house().store.read(notices.notices)):
                await SystemClock().until(plus(SystemClock().now(), 10))
            assert [each.key for each in shown] == ["clock:desk1"]
            assert "60 seconds behind the database's" in shown[0].text
            assert "60 seconds" in (await desk.asks("/readyz")).json()["checks"]["trouble"]
            assert (await desk.asks("/readyz?exclude=trouble")).status_code == 200
