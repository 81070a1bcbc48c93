"""The screens about noise as they look, at 80 by 24 and 160 by 50, and the same desk attached to its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from helpdesk.api.remote import connect
from helpdesk.api.server import desk_socket
from helpdesk.noise.incidents import IncidentState
from tests.tui.house import ANA, BEN, House
from tests.tui.noisy import Loud, dealt_with, incident_of, loud, noisy
from tests.tui.seat import Seat, seat
from tests.tui.test_screens import NARROW, SAID, WIDE, Screen, settled


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with a plan of its zones."""
    async with noisy(said=SAID, sealed=True) as opened:
        yield opened


@pytest.fixture
async def noise(library: House) -> Loud:
    """Four texts; Ben is on his way to the loudest place, and has noted what colleagues must know."""
    found = await loud(library)
    incident = await incident_of(library, found.heron)
    incident = await library.desk.noise.dispatch(BEN, incident.id, incident.version, "ben")
    await library.desk.noise.remark(BEN, incident.id, "Four of them; they were polite yesterday.")
    await library.texts("someone collapsed in the level 2 reading room", who="+447700900106")
    return found


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares text."""
    return snapshot.use_extension(Screen)


async def _opened(desk: Seat) -> None:
    await desk.press("I")
    await desk.sees("DANGER: medical", "on the way: Ben", "Level 1 group study", "Noise now   3 going on")


async def test_the_list_of_incidents_beside_the_selected_one(
    library: House, noise: Loud, screen: SnapshotAssertion
) -> None:
    """160 by 50: danger first; the incident's reporters and its trail stand beside the list."""
    async with seat(library, size=WIDE) as desk:
        await _opened(desk)
        await desk.press("j")
        await desk.sees("Incident 1  Level 3 silent study", "polite yesterday", "Ben wrote a note")
        await settled(desk)
        assert desk.screen == screen


async def test_an_incident_as_its_outcome_is_written(library: House, noise: Loud, screen: SnapshotAssertion) -> None:
    """80 by 24: what colleagues noted on top, the reporters, and the text to all of them."""
    library.waits()
    async with seat(library, size=NARROW) as desk:
        await _opened(desk)
        await desk.press("j", "enter")
        await desk.sees("Who told of it", "polite yesterday")
        await desk.press("o")
        await desk.sees("What came of incident 1")
        await desk.press("j", "enter")
        await desk.sees("It is over: spoken to", "asked for quiet", "ctrl+s")
        await settled(desk)
        assert desk.screen == screen


async def test_attached_to_its_owner_a_noise_is_dealt_with_from_end_to_end(
    library: House, noise: Loud, tmp_path: Path
) -> None:
    """Over a real socket: the list follows, Ana goes herself, was there, and tells all of them."""
    path = tmp_path / "desk.sock"
    async with desk_socket(library.desk, path), connect(path) as remote, seat(library, desk=remote) as desk:
        await _opened(desk)
        await desk.press("j", "enter")
        await desk.sees("Who told of it")
        await dealt_with(desk)
        await desk.press("ctrl+s")
        await desk.told("3 texts in the outbox")
        await desk.sees("Noise now   2 going on")
        await desk.press("M")
        await desk.sees("Where and when it was noisy", "Level 3 silent study")
    assert (await incident_of(library, noise.heron)).state is IncidentState.OVER
    assert (await library.desk.thread(ANA, noise.wren)).ticket.unanswered is None
