"""`helpdesk serve` from the inside: what systemd is told, how it takes its settings anew, how it stops."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpdesk import readiness
from helpdesk.api.remote import connect
from helpdesk.app import serve
from helpdesk.beside import beside
from helpdesk.clock import SystemClock
from helpdesk.config import Settings
from helpdesk.doors import Doors
from helpdesk.errors import BadConfig, TryLater
from helpdesk.house import House
from helpdesk.journal import Journal, logged_to
from helpdesk.message import StaffId
from helpdesk.notifying import Notifier
from helpdesk.settings.file import load
from tests.service_manager import PATIENCE, Manager, listening_manager

SETTINGS = """
[store]
path = "helpdesk.sqlite"
[web]
port = 0
[lines.chat]
channel = "chat"
title = "Chat"
address = "chat"
[noise]
most_texts = 6
"""


@dataclass
class Running:
    """A help desk that serves in this process."""

    folder: Path
    manager: Manager
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    up: asyncio.Event = field(default_factory=asyncio.Event)
    log: io.StringIO = field(default_factory=io.StringIO)
    web: str = ""
    house: House | None = None

    @property
    def file(self) -> Path:
        """Its settings file."""
        return self.folder / "helpdesk.toml"

    def writes(self, text: str) -> None:
        """Somebody edits the settings."""
        self.file.write_text(text)

    def read(self) -> Settings:
        """As `helpdesk serve` does."""
        return load(self.file)

    def lines(self, event: str) -> list[dict[str, Any]]:
        """What was logged under a name."""
        return [line for line in map(json.loads, self.log.getvalue().splitlines()) if line["event"] == event]

    async def serves(self, journal: Journal) -> None:
        """Until it is told to stop."""
        await serve(
            self.read(),
            stop=self.stop,
            hung_up=self.hung_up,
            read=self.read,
            notifier=Notifier(self.manager.address, watchdog=0.1),
            journal=journal,
            ready=lambda doors, offer: self._is_up(doors),
        )

    def _is_up(self, doors: Doors) -> None:
        self.web = doors.web
        self.up.set()

    async def asks(self, path: str) -> httpx.Response:
        """What its web server answers."""
        async with httpx.AsyncClient(base_url=self.web) as browser:
            return await browser.get(path)


@asynccontextmanager
async def running(
    folder: Path, monkeypatch: pytest.MonkeyPatch, settings: str = SETTINGS
) -> AsyncIterator[tuple[Running, Callable[[], House]]]:
    """It serves until the block ends; the second value gives its parts."""
    folder.joinpath("helpdesk.toml").write_text(settings)
    houses: list[House] = []
    made = House.__init__

    def seen(self: House, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        houses.append(self)

    monkeypatch.setattr(House, "__init__", seen)
    journal = Journal(level="info")
    async with listening_manager(folder) as manager:
        desk = Running(folder, manager)
        with logged_to(desk.log, SystemClock(), journal):
            async with beside(desk.serves(journal), stop=desk.stop.set):
                async with asyncio.timeout(PATIENCE):
                    await desk.up.wait()
                yield desk, lambda: houses[0]


async def test_systemd_is_told_how_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready once all doors are open, alive as long as everything turns, stopping at the end."""
    async with running(tmp_path, monkeypatch) as (desk, _):
        assert (await desk.manager.hears("READY=1"))["STATUS"] == "ready"
        assert (await desk.asks("/readyz")).status_code == 200
        assert await desk.manager.hears("WATCHDOG=1") == {"WATCHDOG": "1"}
        desk.stop.set()
        assert await desk.manager.hears("STOPPING=1") == {"STOPPING": "1", "STATUS": "stopping"}
    assert [line["level"] for name in ("started", "stopping", "stopped") for line in desk.lines(name)] == ["info"] * 3


async def test_a_hung_writer_lets_the_watchdog_fire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop turns, the web server answers, but nothing comes back from the store: no sign of life is sent."""
    released = threading.Event()
    monkeypatch.setattr("helpdesk.doors.EVERY", 50)
    monkeypatch.setattr(readiness, "LATE_SECONDS", 1)
    async with running(tmp_path, monkeypatch) as (desk, house), asyncio.TaskGroup() as tasks:
        await desk.manager.hears("WATCHDOG=1")
        try:
            tasks.create_task(house().store.write(lambda sql: released.wait(PATIENCE)))
            status = await desk.manager.hears("has not answered")
            assert status["STATUS"].startswith("the store has not answered for")
            ready = await desk.asks("/readyz")
            assert ready.status_code == 503
            assert "has not answered" in ready.json()["checks"]["store"]
            before = len(desk.manager.heard)
            await desk.manager.hears("for 3 seconds")
            assert not [told for told in desk.manager.heard[before:] if "WATCHDOG=1" in told]
        finally:
            released.set()
        await desk.manager.hears("WATCHDOG=1")


async def test_settings_are_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a signal: what can change does, at once; of the others it is said that they wait."""
    async with running(tmp_path, monkeypatch) as (desk, house):
        await desk.manager.hears("READY=1")
        desk.writes(SETTINGS.replace("most_texts = 6", "most_texts = 9").replace("port = 0", "port = 1"))
        desk.hung_up.set()
        assert int((await desk.manager.hears("RELOADING=1"))["MONOTONIC_USEC"]) > 0
        assert (await desk.manager.hears("READY=1"))["STATUS"] == "ready"
        [line] = desk.lines("settings taken")
        assert line["changed"] == ["web.port: 0, now 1; this waits for the next start", "noise.most_texts: 6, now 9"]
        assert house().reloading.settings.noise.most_texts == 9
        assert house().reloading.settings.web.port == 0


async def test_a_wrong_file_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log says what is wrong, with file, line and remedy; all goes on as before."""
    async with running(tmp_path, monkeypatch) as (desk, house):
        await desk.manager.hears("READY=1")
        desk.writes(SETTINGS.replace("most_texts = 6", 'most_texts = "many"\ngoers = ["porter"]'))
        desk.hung_up.set()
        await desk.manager.hears("RELOADING=1")
        await desk.manager.hears("READY=1")
        [line] = desk.lines("settings not taken")
        assert line["level"] == "error"
        assert line["why"][0].startswith(f"{desk.file}:11: noise.most_texts: ")
        assert house().reloading.settings.noise.goers == ("security",)
        assert (await desk.asks("/readyz")).status_code == 200


async def test_helpdesk_reload_says_what_came_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the owner's socket: what changed, or what is wrong, to whoever asked."""
    async with running(tmp_path, monkeypatch) as (desk, _), connect(tmp_path / "helpdesk.sock") as remote:
        assert await remote.keeper.reload(StaffId("root")) == ()
        desk.writes(SETTINGS + '[report]\nfew = 5\n[log]\nlevel = "error"\n')
        assert await remote.keeper.reload(StaffId("root")) == (
            "log.level: 'info', now 'error'",
            "report.few: 20, now 5",
        )
        desk.writes(SETTINGS + "[report]\nfew = 0\n")
        with pytest.raises(BadConfig, match=r"helpdesk\.toml:13: report\.few: should be greater than or equal to 1"):
            await remote.keeper.reload(StaffId("root"))


async def test_the_level_of_the_log_is_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From that line on."""
    async with running(tmp_path, monkeypatch) as (desk, _), connect(tmp_path / "helpdesk.sock") as remote:
        desk.writes(SETTINGS + '[log]\nlevel = "error"\n')
        await remote.keeper.reload(StaffId("root"))
        assert desk.lines("settings taken") == []
        desk.writes(SETTINGS)
        await remote.keeper.reload(StaffId("root"))
        assert len(desk.lines("settings taken")) == 1


async def test_who_watches_is_told_that_it_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk hears it at once, in words, and waits for the next start."""
    async with running(tmp_path, monkeypatch) as (desk, _), connect(tmp_path / "helpdesk.sock") as remote:
        changes = remote.changes((await remote.hello()).seq)

        async def watches() -> None:
            async for _ in changes:
                desk.up.clear()

        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(_told(watches()))
            async with asyncio.timeout(PATIENCE):
                while not (await desk.asks("/metrics")).text.count("helpdesk_desks_connected 1.0"):
                    pass
            desk.stop.set()
        assert "stopped" in watching.result()


async def _told(watching: Any) -> str:
    try:
        await watching
    except TryLater as error:
        return str(error)
    return ""


async def test_a_stop_that_hangs_is_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever does not come to an end, the process does."""
    monkeypatch.setattr("helpdesk.app.STOP_SECONDS", 0.2)
    async with running(tmp_path, monkeypatch) as (desk, house):
        house().outbox._at_rest.clear()  # as if something were being sent, for good
    [line] = desk.lines("the stop took too long")
    assert line["level"] == "error"
    assert desk.lines("stopped")
