"""PostgreSQL dies, hangs, or is a newer program's: idle desks, the log, the checks and the figures say it, in words."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
import structlog
from pydantic import SecretStr

from helpdesk import readiness
from helpdesk.api.remote import connect, connect_to
from helpdesk.clock import SystemClock
from helpdesk.config import MailSettings, StoreSettings
from helpdesk.doors import open_doors
from helpdesk.house import House, open_house
from helpdesk.message import Channel, StaffId
from helpdesk.offering import offering
from helpdesk.ports import Desk
from helpdesk.serving import listening
from helpdesk.store import postgres, schema
from tests.channels.chat_house import settings_for
from tests.conversation import MASTER
from tests.postgres import FAST, Server, server
from tests.store.calls import at_peace, eventually, said
from tests.test_health import samples
from tests.tui.seat import Seat
from tui.app import DeskApp
from tui.likes import Likes

pytestmark = pytest.mark.full

BEA = StaffId("bea")
CANT = "The store can't be"


@pytest.fixture(scope="module")
def private() -> Iterator[Server]:
    """A server of these tests' own, which they stop and hang."""
    with server(*FAST) as running:
        yield running


@pytest.fixture
def url(private: Server) -> Iterator[str]:
    """A database on it."""
    with private.fresh() as found:
        yield found


@dataclass
class Site:
    """A server of the help desk, its desks, and what it logs."""

    house: House
    web: str
    seats: tuple[Seat, ...]
    logged: list[dict[str, object]]

    async def all_see(self, words: str) -> None:
        """Wait until each desk shows it."""
        for seat in self.seats:
            await seat.sees(words)

    async def none_sees(self, words: str) -> None:
        """Wait until no desk shows it any more."""
        for seat in self.seats:
            await seat.until(lambda seat=seat: words not in seat.screen)  # type: ignore[misc]

    async def logs_a_contact(self) -> None:
        """Something happens in the library."""
        await self.house.desk.log_contact(BEA, Channel.PHONE, text="They rang about a renewal.")

    async def asked(self, path: str) -> httpx.Response:
        """What the web server answers."""
        async with httpx.AsyncClient(base_url=self.web, timeout=30) as browser:
            return await browser.get(path)

    async def says(self, check: str, words: str) -> None:
        """Wait until ``/readyz`` says it of a check."""

        async def holds() -> bool:
            return words in (await self.asked("/readyz")).json()["checks"][check]

        await eventually(holds)

    def lines(self, event: str) -> list[dict[str, object]]:
        """What was logged of it."""
        return [line for line in self.logged if line["event"] == event]


@asynccontextmanager
async def site(url: str, folder: Path) -> AsyncIterator[Site]:
    """One server on the machine's clock, with a desk in its process, one over its socket and one over TCP."""
    changes = {
        "store": StoreSettings(url=SecretStr(url), path=folder / "desk.sqlite"),
        "mail": MailSettings(listen="127.0.0.1:0"),
    }
    settings = settings_for().model_copy(update=changes)
    async with AsyncExitStack() as stack:
        logged = stack.enter_context(structlog.testing.capture_logs())
        house = await stack.enter_async_context(open_house(settings, SystemClock(), master=MASTER, private=True))
        doors = await stack.enter_async_context(open_doors(house, web=listening("127.0.0.1", 0)))
        offer = await stack.enter_async_context(offering(house, on=listening("127.0.0.1", 0)))
        await house.desk.sign_in(BEA, name="Bea Quill")
        made = await house.roster.issue(BEA, BEA, name="desk")
        beside = await stack.enter_async_context(connect(settings.store.socket_path))
        remote = await stack.enter_async_context(connect_to(offer.url, made.text))
        seats = [await _seat(stack, desk) for desk in (house.desk, beside, remote)]
        place = Site(house, doors.web, tuple(seats), logged)  # type: ignore[arg-type]
        await place.logs_a_contact()
        await place.all_see("Done 1")  # each follows what happens, and is idle from now on
        yield place


async def _seat(stack: AsyncExitStack, desk: Desk) -> Seat:
    app = DeskApp(desk, BEA, name="Bea Quill", likes=Likes(bell=False))
    seat = Seat(app, await stack.enter_async_context(app.run_test(size=(100, 30))))
    await seat.sees("Nobody is waiting")
    return seat


async def test_a_database_that_dies_is_told_to_idle_desks(private: Server, url: str, tmp_path: Path) -> None:
    """Each shows it for as long as it lasts; the log says it once; the figures say it, without those of the store."""
    async with site(url, tmp_path) as place:
        place.logged.clear()
        private.stop("immediate")
        try:
            await place.all_see(CANT)
            await said(place.house.store, CANT)
            checks = (await place.asked("/readyz")).json()["checks"]
            assert "PostgreSQL" in checks["store"]
            assert checks["keys"] == "ok"
            answer = await place.asked("/metrics")
            assert answer.status_code == 200
            found = samples(answer.text)
            assert found['helpdesk_ready{check="store"}'] == 0
            assert "helpdesk_event_seq" not in found
            line, *_ = place.lines("the store is in trouble")  # more where its last gasp got through
            assert line["log_level"] == "error"
            [notice] = [each for each in await place.house.desk.notices() if each.key == "store"]
            assert notice.text.startswith(CANT)
            await place.all_see(CANT)
        finally:
            private.start()
        await place.none_sees(CANT)
        await at_peace(place.house.store)
        assert place.lines("the store works again")
        await place.logs_a_contact()
        await place.all_see("Done 2")


async def test_a_database_that_hangs_is_told_and_the_key_store_not_blamed(
    private: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers nothing and ends nothing: desks are told all the same, and the key store's sign of life goes on."""
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 3.0)
    monkeypatch.setattr(readiness, "LATE_SECONDS", 8)
    async with site(url, tmp_path) as place:
        private.signal(signal.SIGSTOP)
        try:
            await place.all_see("The store can't be reached: PostgreSQL does not answer")
            ready = place.house.readiness

            async def apart() -> bool:
                return ready._written.hangs and not ready._opened.hangs

            await eventually(apart)
            assert (await place.asked("/metrics")).status_code == 200
        finally:
            private.signal(signal.SIGCONT)
        await place.none_sees(CANT)
        await at_peace(place.house.store)


async def test_a_newer_program_is_told_in_its_words(
    private: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idle desk, the check and the log say which is older and what to do."""
    words = f"The store has schema {schema.newest() + 1}, this program knows {schema.newest()}. Use the newer program"
    monkeypatch.setattr("tui.watching.LOOK_SECONDS", 0.5)
    async with site(url, tmp_path) as place:
        place.logged.clear()
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE helpdesk_schema SET version = version + 1")
        await place.all_see(words)
        await place.says("store", words)
        line, *_ = place.lines("the store is in trouble")  # more where its last gasp got through
        assert str(line["why"]).startswith(words)
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE helpdesk_schema SET version = version - 1")
        await place.none_sees(words)
