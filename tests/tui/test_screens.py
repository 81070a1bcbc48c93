"""The main screens as they look: text snapshots by a clock that stands still, and two in colour.

``pytest tests/tui/test_screens.py --snapshot-update`` writes them anew; look at the difference before it is kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.tui.house import House, busy, house
from tests.tui.seat import Seat, seat
from tui.likes import Likes
from tui.screens.search import SearchScreen

SAID = "demo: one second is one minute, always open"
NARROW, WIDE = (80, 24), (160, 50)


class Screen(SingleFileSnapshotExtension):
    """A screen as the text file that it is."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: Any, **kwargs: Any) -> str:
        """The lines, and an end of line."""
        return f"{data}\n"


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A Monday noon with a bit of everything."""
    async with house(said=SAID) as opened:
        await busy(opened)
        yield opened


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares text."""
    return snapshot.use_extension(Screen)


async def at(desk: Seat, name: str) -> None:
    """Move down to somebody's ticket."""
    for _ in range(8):
        target = desk.worklist.target
        if target is not None and target.name == name:
            return
        await desk.press("j")
    raise AssertionError(desk.screen)


async def settled(desk: Seat) -> None:
    """Wait until nothing moves any more, and let the toasts go."""
    await desk.rests()
    desk.app.clear_notifications()
    await desk.rests()


async def test_the_worklist(library: House, screen: SnapshotAssertion) -> None:
    """80 by 24: what is most urgent on top."""
    async with seat(library, size=NARROW) as desk:
        await desk.sees("Interlibrary loan")
        await settled(desk)
        assert desk.screen == screen


async def test_the_worklist_with_the_ticket_beside_it(library: House, screen: SnapshotAssertion) -> None:
    """160 by 50: the selected ticket is read without opening it."""
    async with seat(library, size=WIDE) as desk:
        await desk.sees("Interlibrary loan")
        await at(desk, "Mina Okafor")
        await desk.sees("The third one is reserved")
        await settled(desk)
        assert desk.screen == screen


async def test_a_ticket(library: House, screen: SnapshotAssertion) -> None:
    """A mail with a file and a note, its history unfolded."""
    async with seat(library, size=NARROW) as desk:
        await desk.sees("Renewal")
        await at(desk, "Mina Okafor")
        await desk.press("enter", "h")
        await desk.sees("opened as a new contact")
        await settled(desk)
        assert desk.screen == screen


async def test_composing_a_text(library: House, screen: SnapshotAssertion) -> None:
    """The thread above, the size of the text below it."""
    library.waits()
    async with seat(library, size=NARROW) as desk:
        await desk.sees("hot food")
        await at(desk, "+447700900102")
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("Thank you, we’ll go there at once.")
        await desk.press("ctrl+t")
        await desk.sees("waits for the patron", "held for you", "1 draft")
        await settled(desk)
        assert desk.screen == screen


async def test_the_snooze_menu(library: House, screen: SnapshotAssertion) -> None:
    """In words, the times beside them."""
    async with seat(library, size=NARROW) as desk:
        await desk.sees("hot food", "New 7")
        await settled(desk)
        await desk.press("s")
        await desk.sees("next Monday 9:00")
        await settled(desk)
        assert desk.screen == screen


async def test_search(library: House, screen: SnapshotAssertion) -> None:
    """Hits with the words around them."""
    async with seat(library, size=NARROW) as desk:
        await desk.press("f3", *"level")
        search = desk.app.screen
        assert isinstance(search, SearchScreen)
        await desk.until(lambda: search.answered == "level")
        await desk.sees("messages found")
        await settled(desk)
        assert desk.screen == screen


async def test_all_keys(library: House, screen: SnapshotAssertion) -> None:
    """160 by 50: the whole table."""
    async with seat(library, size=WIDE) as desk:
        await desk.press("question_mark")
        await desk.sees("Keys of the desk")
        await settled(desk)
        assert desk.screen == screen


async def test_signing_in(library: House, screen: SnapshotAssertion) -> None:
    """Where the login is shared."""
    async with seat(library, size=NARROW, shared_login=True) as desk:
        await desk.sees("Somebody new")
        await settled(desk)
        assert desk.screen == screen


async def test_leaving_as_the_owner(library: House, screen: SnapshotAssertion) -> None:
    """It says what stops."""
    async with seat(library, size=NARROW, owner=True) as desk:
        await desk.sees("hot food", "New 7")
        await settled(desk)
        await desk.press("q")
        await desk.sees("Leave the desk?")
        await settled(desk)
        assert desk.screen == screen


@pytest.mark.parametrize(("size", "theme"), [(NARROW, "desk-dark"), (WIDE, "desk-light")], ids=["dark", "light"])
async def test_the_worklist_in_colour(
    library: House, snapshot: SnapshotAssertion, size: tuple[int, int], theme: str
) -> None:
    """Late, close and calm; dark and light."""
    library.clock.passes(minutes=14, seconds=20)
    async with seat(library, size=size, likes=Likes(bell=False, theme=theme)) as desk:
        await desk.sees("Interlibrary loan")
        await settled(desk)
        assert desk.app.export_screenshot(title="The desk") == snapshot(extension_class=SVGImageExtension)


async def test_the_reports_screen(library: House, screen: SnapshotAssertion) -> None:
    """80 by 24: this month, promise by promise."""
    async with seat(library, size=NARROW) as desk:
        await desk.press("R")
        await desk.sees("[1 now]", "mail-answered")
        await desk.press("4")
        await desk.sees("This month", "mail-answered")
        await settled(desk)
        assert desk.screen == screen
