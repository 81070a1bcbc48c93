"""One contract for what lies ahead by the calendars, from the owner's process and attached to it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.clock import DAY, HOUR, plus
from helpdesk.hours.ahead import NAMES
from helpdesk.looking_ahead import Kept
from helpdesk.message import Channel
from helpdesk.ports import Desk
from helpdesk.ports.openings import Openings
from tests.contracts.desk import ANA, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """A library that is always open, with a line for mail and one for chats."""
    async with library() as opened:
        lines = {"help": Kept("", Channel.MAIL), "chat": Kept("", Channel.CHAT)}
        opened.desk.openings.refit(lines, "")
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Openings).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"openings.{name}(" in source, name


async def test_lines_that_keep_the_same_hours_stand_together(desk: Desk, marsh: Library) -> None:
    """What came by no line goes by the library's own calendar; who keeps no calendar is always open."""
    now = marsh.clock.now()
    found = await desk.openings.ahead(ANA)
    assert [each.lines for each in found] == [("",), ("help", "chat")]
    for each in found:
        assert tuple(moment.name for moment in each.moments) == NAMES
        assert each.spans == ((now, now + 22 * DAY),)
        assert not each.shut(plus(now, DAY))


async def test_what_is_closed_by_hand_is_closed_ahead(desk: Desk, marsh: Library) -> None:
    """For its lines alone, and no longer than it lasts."""
    until = plus(marsh.clock.now(), 3 * HOUR)
    await desk.closings.close(ANA, "chat", until, "Fire alarm.")
    by_line = {line: each for each in await desk.openings.ahead(ANA) for line in each.lines}
    assert by_line["chat"].spans[0][0] == until
    assert by_line["chat"].shut(plus(until, -1))
    assert next(each.until for each in by_line["chat"].moments if each.name == "when we open next") == until
    assert not by_line["help"].shut(plus(until, -1))
