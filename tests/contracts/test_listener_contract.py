"""What every way in promises: acknowledged means stored, anything raised means "try again", and twice is once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from helpdesk.errors import TryLater
from tests.contracts.front import WAYS_IN, Front, front

WayIn = Callable[[str, str], Awaitable[str]]


@pytest.fixture
async def house() -> AsyncIterator[Front]:
    """All ways in, on real sockets."""
    async with front() as opened:
        yield opened


@pytest.fixture(params=WAYS_IN)
def hand_in(request: pytest.FixtureRequest, house: Front) -> WayIn:
    """One of them: hands a message in by a name, and tells what it was told."""

    async def handed(name: str, words: str) -> str:
        async with asyncio.timeout(30):
            return await WAYS_IN[request.param](house, name, words)

    return handed


async def test_what_comes_in_is_stored_and_acknowledged(house: Front, hand_in: WayIn) -> None:
    """Each message once, and each acknowledged."""
    assert [await hand_in(f"m{n}", f"Question {n}") for n in range(3)] == ["taken"] * 3
    assert await house.stored() == 3


async def test_nothing_is_acknowledged_before_its_commit(house: Front, hand_in: WayIn) -> None:
    """While the receipt is held back the other side hears nothing, whatever else the server does meanwhile."""
    house.gate.open.clear()
    async with asyncio.TaskGroup() as group:
        handing = group.create_task(_told(hand_in("m1", "Is it stored?")))
        await house.gate.written.wait()
        await house.looks_at_the_page()
        assert not handing.done()
        house.gate.open.set()
    assert handing.result() == "taken"


async def _told(answer: Awaitable[str]) -> str:
    return await answer


async def test_later_is_said_in_the_channels_own_words(house: Front, hand_in: WayIn) -> None:
    """451, 503 or an error frame; nothing is stored; the same message is taken afterwards."""
    house.gate.failing = TryLater("The store is full.", retry_after=5)
    assert await hand_in("m1", "Is it stored?") == "later"
    assert await house.stored() == 0
    house.gate.failing = None
    assert await hand_in("m1", "Is it stored?") == "taken"
    assert await house.stored() == 1


async def test_a_fault_of_ours_is_never_a_permanent_no(house: Front, hand_in: WayIn) -> None:
    """Whatever breaks behind the door, the other side may try again, and none of its words get out."""
    house.gate.failing = RuntimeError("a secret of the house")
    assert await hand_in("m1", "Is it stored?") == "later"
    assert await house.stored() == 0


async def test_the_same_message_twice_is_stored_once(house: Front, hand_in: WayIn) -> None:
    """The other side did not hear the first answer: it hears the second, and there is one message."""
    assert [await hand_in("m1", "Only once") for _ in range(2)] == ["taken", "taken"]
    assert await house.stored() == 1


async def test_a_sender_that_gives_up_loses_nothing(house: Front, hand_in: WayIn) -> None:
    """The connection breaks after the commit: what it sends again is a duplicate."""
    house.gate.open.clear()
    async with asyncio.TaskGroup() as group:
        handing = group.create_task(_told(hand_in("m1", "Hello?")))
        await house.gate.written.wait()
        handing.cancel()
    house.gate.open.set()
    assert await hand_in("m1", "Hello?") == "taken"
    assert await house.stored() == 1
