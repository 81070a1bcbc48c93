"""When the desk itself breaks: a few calm lines, and nothing that a patron wrote."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
from textual.worker import WorkerFailed

from tests.seeds import first_of
from tests.tui.doing import Forgetful
from tests.tui.house import House, house
from tests.tui.seat import seat
from tests.tui.terminal import terminal
from tui.crash import crash_lines, crash_words
from tui.screens.worklist import WorklistScreen

SECRET = "my neighbour Mina"

BREAKS = f"""
import asyncio, sys
from tests.tui.house import ANA, busy, house
from tui.app import DeskApp
from tui.likes import Likes
from tui.screens.worklist import WorklistScreen

def broken(screen):
    secret = "{SECRET}"
    raise ValueError("what came was " + secret)

async def main():
    WorklistScreen.{{where}} = broken
    async with house() as library:
        await busy(library)
        app = DeskApp(library.desk, ANA, likes=Likes(bell=False))
        await app.run_async()
        return app.return_code

sys.exit(asyncio.run(main()))
"""


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with one text."""
    async with house() as opened:
        await opened.texts("loud on level 3")
        yield opened


@pytest.mark.parametrize("where", first_of(["do_down", "do_next", "_count"]))
async def test_a_broken_screen_says_so_without_anybodys_words(where: str) -> None:
    """On a real terminal: the kind and the frames, neither locals nor the error's text; the exit status is 1."""
    command = (sys.executable, "-c", BREAKS.format(where=where))
    async with terminal(command, size=(120, 60)) as screen:
        if where != "_count":
            await screen.sees("? keys", "hot food")
            screen.press("j" if where == "do_down" else "n")
        await screen.sees("The desk had to stop", "(ValueError)", "tui/screens/acting.py" if where != "_count" else "")
        assert await screen.ended() == 1
        await screen.sees("Nothing that anybody wrote")
        await screen.until(lambda: screen.restored, "the terminal was left changed")
        assert SECRET not in screen.text
        assert "neighbour" not in screen.text
        assert "locals" not in screen.text


@pytest.mark.full
async def test_it_says_how_many_drafts_are_gone(library: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not come into the store yet: it was in memory alone."""

    def broken(screen: WorklistScreen) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(WorklistScreen, "do_down", broken)
    said: list[str] = []
    with pytest.raises(KeyError):
        await leaves_a_draft_and_moves_down(library, said)
    assert "Of 1 draft the last words may be gone." in said[0]
    assert SECRET not in said[0]


async def leaves_a_draft_and_moves_down(library: House, said: list[str]) -> None:
    """Ana begins a reply and goes back to the worklist; ``said`` gets what the desk prints when it breaks."""
    async with seat(library, desk=Forgetful(library)) as desk:  # type: ignore[arg-type]
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("On our w")
        await desk.press("escape")
        await desk.told("Draft kept")
        await desk.press("escape", "j")
        await desk.until(lambda: desk.app.return_code == 1)
        said += map(str, desk.app._exit_renderables)


async def test_a_terminal_whose_input_breaks_ends_the_desk_as_calmly(library: House) -> None:
    """Textual hands its own report in; it is not shown."""
    said: list[str] = []
    with pytest.raises(RuntimeError):
        await loses_its_input(library, said)
    assert "The desk had to stop" in said[0]
    assert SECRET not in said[0]


async def loses_its_input(library: House, said: list[str]) -> None:
    """What Textual does when reading the terminal fails."""
    async with seat(library) as desk:
        desk.app.panic(SECRET)
        said += map(str, desk.app._exit_renderables)


def test_what_led_to_an_error_is_shown_too() -> None:
    """Causes first, the errors of a group, the wrapping of background work taken off; no words of any."""
    try:
        try:
            raise OSError(SECRET)
        except OSError as error:
            raise ExceptionGroup(SECRET, [ValueError(SECRET)]) from error
    except ExceptionGroup as error:
        said = crash_words(WorkerFailed(error), 0)
        kinds = [line.strip() for line in crash_lines(error) if ":" not in line]
    assert kinds == ["OSError", "ValueError", "ExceptionGroup"]
    assert "(ExceptionGroup)" in said
    assert SECRET not in said
    assert "draft" not in said
