"""A week after the last text nothing that is kept of a noise leads back to whoever told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.clock import ManualClock
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ports import Sql
from tests.conversation import LINES
from tests.hardening.reopened import kept
from tests.noisy import walker

pytestmark = pytest.mark.usefixtures("engine")

DAYS = 8


def _roads_back(sql: Sql) -> list[bytes]:
    """What told one texter from another: handles and seals."""
    rows = sql("SELECT handle, seal FROM conversations WHERE library = :library AND handle IS NOT NULL")
    return [part for row in rows for part in (row["handle"], row["seal"])]


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


async def test_next_week_there_is_nothing_left_to_find(tmp_path: Path) -> None:
    """Not in the store, its log or the keys: no number, no handle, no seal, no id at the carrier; no muting either.

    The incident stays, with its tickets, its times and its outcome: that is what the figures are made of.
    """
    async with kept(tmp_path, LINES, ManualClock()) as town:
        ana, ben, mia = town.texter("ana"), town.texter("ben"), await walker(town, "mia")
        await ana.texts("so loud, silent study", named="SMfirst0text")
        await ben.texts("loud, call me on 07700 900123", named="SMother0text")
        await mia.dispatches("security")
        await mia.attends()
        await mia.concludes(NoiseOutcome.SPOKEN_TO, "We asked for quiet.")
        await mia.mutes(ana, hours=168)
        await town.settles()
        roads = await town.house.store.read(_roads_back)
        assert len(roads) == 4
        assert all(road in _bytes(tmp_path) for road in roads)
        await town.time.passes(days=DAYS)
        assert await town.house.store.read(_roads_back) == []
        over = await mia.list(over=True)
        assert [each.outcome for each in over] == [NoiseOutcome.SPOKEN_TO]
        assert not any(each.reachable for each in (await mia.looks(over[0].id)).reporters)
    content = _bytes(tmp_path)
    for texter in (ana, ben):
        number = texter.number.encode()
        assert not [form for form in (number, number[1:], b"0" + number[3:]) if form in content]
    secrets = (*roads, b"SMfirst0text", b"SMother0text", b"900123")
    assert not [secret for secret in secrets if secret in content]
