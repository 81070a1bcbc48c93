"""One contract for PINs, in the owner's process, attached to it, and over TLS: who is asked, and who guesses waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.errors import Refused, TryLater
from helpdesk.ports import Desk
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def test_a_pin_keeps_others_out(desk: Desk) -> None:
    """Once set it is asked for; taken away it is not."""
    assert (await desk.set_pin(ANA, old="", new="4711")).has_pin
    for wrong in ("", "1234"):
        with pytest.raises(Refused, match="PIN"):
            await desk.sign_in(ANA, pin=wrong)
    assert (await desk.sign_in(ANA, pin="4711")).has_pin
    with pytest.raises(Refused):
        await desk.set_pin(ANA, old="1234", new="")
    assert not (await desk.set_pin(ANA, old="4711", new="")).has_pin


async def test_who_guesses_a_pin_waits(desk: Desk, marsh: Library) -> None:
    """Three slips cost nothing, then each costs twice the wait; the right one waits, too. Other members go on."""
    await desk.set_pin(ANA, old="", new="4711")
    await desk.set_pin(BEN, old="", new="0815")
    waits = []
    for n in range(8):
        try:
            await desk.sign_in(ANA, pin=f"1{n:03}")
        except TryLater as error:
            waits.append(error.retry_after)
            marsh.clock.passes(seconds=error.retry_after or 0)
        except Refused:
            waits.append(0)
    assert waits == [0, 0, 0, 1, 0, 2, 0, 4]
    with pytest.raises(Refused, match="That is not the PIN"):
        await desk.set_pin(ANA, old="1111", new="")
    with pytest.raises(TryLater, match=r"Too many wrong PINs were typed for this name\. Wait 8 seconds"):
        await desk.sign_in(ANA, pin="4711")
    assert marsh.desk.wrong_pins == 10
    assert (await desk.sign_in(BEN, pin="0815")).has_pin
    marsh.clock.passes(seconds=8)
    assert (await desk.sign_in(ANA, pin="4711")).has_pin
