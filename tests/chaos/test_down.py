"""The owner is away, or can't write, while texts come in: the carrier does not post them again, so we fetch them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from helpdesk.message import Channel
from tests.chaos.owner import NOISE, TEXTS
from tests.chaos.town import Town, town

TEXTS_SENT = 50


@pytest.mark.full
async def test_fifty_texts_while_nobody_answers(tmp_path: Path) -> None:
    """Connection refused: nothing was taken; all are there, once, soon after the start."""
    async with town(tmp_path) as place:
        assert await _texts(place, TEXTS_SENT) == Counter({None: TEXTS_SENT})
        async with place.owner.running():
            await place.all_are_kept()
            assert place.kept() == Counter(place.ledger.said)
            assert await place.owner.stop() == 0


@pytest.mark.full
async def test_fifty_texts_while_the_store_is_full(tmp_path: Path) -> None:
    """503 to each, and not one is kept; a few seconds after there is space again, all are there, once."""
    async with town(tmp_path) as place, place.owner.running():
        place.owner.fill_disk()
        assert await _texts(place, TEXTS_SENT) == Counter({503: TEXTS_SENT})
        assert not place.kept()
        place.owner.free_disk()
        await place.all_are_kept()
        assert place.kept() == Counter(place.ledger.said)
        assert await place.owner.stop() == 0


@pytest.mark.full
async def test_away_then_full_then_well(tmp_path: Path) -> None:
    """One after the other, with a kill between: what was answered 200 and what was not are all there, once."""
    async with town(tmp_path) as place:
        async with place.owner.running():
            assert await _texts(place, 10) == Counter({200: 10})
        assert await _texts(place, 20) == Counter({None: 20})
        async with place.owner.running():
            place.owner.fill_disk()
            assert await _texts(place, 20, first=30) == Counter({503: 20})
            place.owner.free_disk()
            assert await _texts(place, 10) == Counter({200: 10})
            await place.all_are_kept()
            assert place.kept() == Counter(place.ledger.said)
    assert place.library.unsound() == ()


async def _texts(place: Town, count: int, *, first: int = 0) -> Counter[int | None]:
    """So many patrons text at once, on both lines; how the webhook answered."""

    async def one(number: int) -> int | None:
        tag = place.ledger.asks(Channel.SMS)
        posted = await place.handset(number).texts(f"{tag} Too loud here.", to=(TEXTS, NOISE)[number % 2])
        return posted.status

    async with asyncio.TaskGroup() as tasks:
        sent = [tasks.create_task(one(first + number)) for number in range(count)]
    return Counter(task.result() for task in sent)
