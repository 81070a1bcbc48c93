"""The Noiseline by SMPP: a sender is as unknown, hears back as surely, and leaves as little behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from helpdesk.message import Delivery
from helpdesk.store.verbs import deletions
from tests.canary.forms import Canaries
from tests.canary.readings import READINGS, Scene, files
from tests.canary.test_canary import Caught, caught, scene, temporary
from tests.channels.smsc import AGAIN, Centre, centre
from tests.wire import NOISELINE, TEXT_LINE

__all__ = ["caught"]  # the fixture

NUMBERS = {
    "the sender": "+447700900310",
    "the sender, in a national form": "+447700900311",
    "the body": "+447700900312",
    "the carrier's id of a text": "+447700900313",
    "a part that comes alone": "+447700900314",
    "the carrier's id of ours": "+447700900315",
    "a receipt": "+447700900316",
    "a text that can't be stored": "+447700900317",
    "what can't be read": "+447700900318",
    "data for a program": "+447700900319",
}
CANARIES = Canaries(NUMBERS)


@asynccontextmanager
async def served(folder: Path, caught: Caught) -> AsyncIterator[tuple[Scene, Centre]]:
    """A library with its texts by SMPP, connected."""
    async with centre() as smsc:
        wired = {"host": "127.0.0.1", "port": smsc.port, "system_id": "desk", "password": "pw", "tls": False}
        async with scene(folder, caught, sms={"carrier": "smpp"}, smpp=wired) as here:
            await smsc.until(lambda: bool(smsc.sessions))
            yield here, smsc


@pytest.mark.full
async def test_a_number_is_nowhere_by_smpp(tmp_path: Path, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted in every place that SMPP has; looked for everywhere, also when the conversations are over."""
    with temporary(tmp_path / "temporary", monkeypatch):
        async with served(tmp_path, caught) as (here, smsc):
            await _plant(here, smsc)
            assert await _leaks(here) == {}
            here.town.time.passes(days=8)
            await here.town.house.watch.check_due()
            (tmp_path / "backup.sqlite").unlink(missing_ok=True)
            assert await _leaks(here) == {}
            assert await here.town.house.store.read(deletions.debts) == []
        assert CANARIES.found(files(tmp_path) + here.said().encode()) == set()


async def test_a_leak_by_smpp_would_be_found(tmp_path: Path, caught: Caught) -> None:
    """On an open line the sender is kept, and so is found."""
    async with served(tmp_path, caught) as (here, smsc):
        assert await smsc.delivers("When do you open?", sender=NUMBERS["the sender"], to=TEXT_LINE) == 0
        await here.town.desk.sees("When do you open?")
        assert "the sender" in {place for place, _ in CANARIES.found(files(tmp_path))}


async def _plant(here: Scene, smsc: Centre) -> None:
    town, number = here.town, NUMBERS
    assert await smsc.delivers("Loud on level 3", sender=number["the sender"], to=NOISELINE) == 0
    smsc.names = [number["the carrier's id of ours"].removeprefix("+")]
    ticket = await town.desk.replies("On our way", to=(await town.desk.sees("Loud on level 3")).id)
    await smsc.until(lambda: bool(smsc.texts))
    assert smsc.texts[0].event.destination_addr == number["the sender"].removeprefix("+")
    assert await smsc.reports(f"x {number['a receipt']}", "UNDELIV") == 0
    assert await smsc.reports(smsc.texts[0].id, "DELIVRD") == 0
    await town.desk.learns(ticket.id, Delivery.DELIVERED)
    await _hand_in(smsc)
    async with town.broken_store("read-only"):
        assert await smsc.delivers("Loud", sender=number["a text that can't be stored"], to=NOISELINE) == AGAIN


async def _hand_in(smsc: Centre) -> None:
    """Texts that hold a number in one way or another."""
    national = "0" + NUMBERS["the sender, in a national form"][3:]
    assert await smsc.delivers("Still loud", sender=national, to=NOISELINE, source_kind=2) == 0
    assert await smsc.delivers(f"Ring me on {NUMBERS['the body']}", to=NOISELINE) == 0
    assert await smsc.delivers("Named", to=NOISELINE, given=NUMBERS["the carrier's id of a text"]) == 0
    sender = NUMBERS["what can't be read"]
    assert await smsc.delivers(b"\x99" + sender.encode(), sender=sender, to=NOISELINE, kind=0x40) == 0
    sender = NUMBERS["data for a program"]
    assert await smsc.delivers(sender, sender=sender, to=NOISELINE, coding=0x04) == 0


async def _leaks(here: Scene) -> dict[str, list[str]]:
    found = {
        name: sorted({place for place, _ in CANARIES.found(await reads(here))}) for name, reads in READINGS.items()
    }
    return {name: places for name, places in found.items() if places}
