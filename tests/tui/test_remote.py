"""The desk beside its owner: over a real Unix socket, while the owner comes and goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from helpdesk.api.remote import connect
from helpdesk.api.server import desk_socket
from helpdesk.api.table import OF_THE_DESK
from helpdesk.api.wire import Wire
from helpdesk.errors import TryLater
from helpdesk.ports import Desk
from helpdesk.thread import EntryKind
from helpdesk.worklist import View
from tests.tui.house import ANA, BEN, House, house
from tests.tui.seat import Seat, seat

GONE = "The help desk's server has not answered since"


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with one text."""
    async with house() as opened:
        await opened.texts("loud on level 3")
        yield opened


class Owner:
    """Whoever owns the store, on a socket; it stops and starts when it is told to."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self._desk = desk
        self._path = path
        self._running = AsyncExitStack()

    async def starts(self) -> None:
        """Answers from now on."""
        await self._running.enter_async_context(desk_socket(self._desk, self._path))

    async def stops(self) -> None:
        """As when the owner is left, or its machine fails."""
        await self._running.aclose()


async def test_a_desk_works_beside_its_owner_and_outlives_its_absence(library: House, tmp_path: Path) -> None:
    """Take, reply, see what a colleague does; without the owner it says so and refuses in words, and then goes on."""
    path = tmp_path / "desk.sock"
    owner = Owner(library.desk, path)
    await owner.starts()
    async with connect(path) as remote, seat(library, desk=remote) as desk:
        await answers_and_watches(library, desk)
        await owner.stops()
        await desk.sees(GONE)
        await desk.press("x")
        await desk.sees("Nobody owns the store now.", "enter or esc: go on")
        await desk.press("escape", "escape")
        missed = await library.texts("alarm near the lockers", who="+447700900103")
        await library.desk.claim(BEN, missed)
        await owner.starts()
        await passing(library, desk, lambda: "alarm near the lockers" in desk.screen)
        await desk.sees("alarm near the lockers", "Ben", "New 2")
        await desk.until(lambda: GONE not in desk.screen)
        await library.texts("still loud", who="+447700900104")
        await desk.sees("still loud", "New 3")
    await owner.stops()


async def answers_and_watches(library: House, desk: Seat) -> None:
    """Ana takes the text and answers; Ben writes a note, and a second text comes in."""
    await desk.sees("loud on level 3")
    await desk.press("t")
    await desk.sees("held for you, 10 min more")
    await desk.press("r")
    await desk.sees("Reply to")
    await desk.writes("On our way.")
    await desk.press("ctrl+s")
    await desk.sees("waiting to be sent")
    page = await library.desk.worklist(BEN, View.OPEN)
    await library.desk.note(BEN, page.rows[0].id, "I go.", key="b")
    await desk.sees("Ben Adeyemi, note for colleagues", "I go.")
    thread = await library.desk.thread(ANA, page.rows[0].id)
    assert [entry.text for entry in thread.entries if entry.kind is EntryKind.OUT] == ["On our way."]
    await library.texts("hot food in the quiet room", who="+447700900102")


async def passing(library: House, desk: Seat, true: Callable[[], object]) -> None:
    """Wait while time goes by at the desk, from one try to the next and no further: claims run out with time."""

    def later() -> object:
        if not true() and (wake := library.clock.next_wake) is not None:
            library.clock.move_to(max(wake, library.clock.now()))
        return true()

    await desk.until(later)


class Failing:
    """A desk all of whose calls fail once ``broken`` is set; before that they go to the real one."""

    def __init__(self, desk: Desk, error: Exception) -> None:
        self._desk = desk
        self.error = error
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._desk, name)
        if name == "changes":
            return real
        if name in OF_THE_DESK:
            return _FailingToo(self, real)

        async def call(*args: object, **kwargs: object) -> object:
            if self.broken:
                raise self.error
            return await real(*args, **kwargs)

        return call


class _FailingToo:
    """What such a desk leads to."""

    def __init__(self, desk: Failing, noise: Any) -> None:
        self._desk = desk
        self._noise = noise

    def __getattr__(self, name: str) -> Any:
        async def call(*args: object, **kwargs: object) -> object:
            if self._desk.broken:
                raise self._desk.error
            return await getattr(self._noise, name)(*args, **kwargs)

        return call


@pytest.mark.parametrize("error", [TryLater("The owner broke off."), OSError("cut")], ids=["TryLater", "OSError"])
async def test_no_failure_of_the_owner_ends_the_desk(library: House, error: Exception) -> None:
    """Whatever is pressed while every call fails."""
    failing = Failing(library.desk, error)
    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.sees("loud on level 3")
        failing.broken = True
        desk.app._beat()
        for key in "j k 3 n N t r i e a c u w s x A exclamation_mark S P U L slash g G enter X I d v o b M 2".split():
            await desk.press(key)
            await desk.press("escape", "escape")
        failing.broken = False
        await library.texts("alarm near the lockers", who="+447700900103")
        await desk.press("escape", "enter")
        await desk.sees("alarm near the lockers")


async def test_somebody_else_sits_down_while_the_owner_breaks_off(library: House) -> None:
    """They are signed in already: what fails after that is only told the next time."""
    failing = Failing(library.desk, TryLater("The owner broke off."))

    async def signs_in(*args: Any, **kwargs: Any) -> object:
        member = await library.desk.sign_in(*args, **kwargs)
        failing.broken = True
        return member

    async with seat(library, desk=cast(Desk, failing)) as desk:
        await desk.sees("loud on level 3")
        failing.__dict__["sign_in"] = signs_in
        await desk.press("U")
        await desk.sees("Who is here?")
        await desk.press("down", "enter")
        await desk.sees("Ben Adeyemi")
        assert desk.app.return_code is None


async def test_an_owner_of_another_version_is_told_of_in_words(
    library: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that can't be read is an error as any other."""
    path = tmp_path / "desk.sock"
    async with desk_socket(library.desk, path), connect(path) as remote, seat(library, desk=remote) as desk:
        await desk.sees("loud on level 3")

        async def newer(wire: Wire, *args: object, **kwargs: object) -> httpx.Response:
            return httpx.Response(200, content=b'{"something": "newer"}')

        monkeypatch.setattr(Wire, "_sent", newer)
        await desk.press("c")
        await desk.told("runs another version")
