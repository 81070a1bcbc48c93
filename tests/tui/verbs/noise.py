"""Walks where it is loud: who goes, who was there, what came of it, one noise or two, who is muted."""

from __future__ import annotations

from helpdesk.noise.incidents import IncidentState
from tests.tui.noisy import COMPLAIN, HERON, first, loud, noisy, sent, state_of
from tests.tui.seat import Seat, seat
from tests.tui.verbs.walks import drives, says


async def _taken_back(desk: Seat) -> None:
    await desk.press("z")
    await desk.told("Taken back: ")
    await desk.rests()


@drives("dispatch attended outcome place reply note")
async def one_noise_from_end_to_end() -> None:
    """Each is told; z takes it back; ended with no text to anybody it is taken up again."""
    async with noisy() as library:
        noise = await loud(library)
        async with seat(library) as desk:
            screen = await first(desk)
            for line, words in (
                ("dispatch Ana", "Incident 1: you go."),
                ("attended 2 min ago", "was attended"),
                ("place Level 2", "Level 2 reading room."),
            ):
                await says(desk, line)
                await desk.told(words)
                await desk.rests()
                await _taken_back(desk)
            await desk.press("i")
            await desk.sees("Note on incident 1", "Once kept it stays.")
            await desk.press(*"in pairs", "enter")
            await desk.told("Your note stands on top.")
            await desk.press("r")
            await desk.sees("Reply to +4477009001")
            await desk.press("escape", "escape")
            await desk.until(lambda: desk.app.screen is screen)
            await desk.press("o")
            await desk.sees("What came of incident 1")
            await desk.press("enter")
            await desk.sees("It is over: quiet on arrival")
            screen.composer.area.clear()
            await desk.sees("empty: nobody is told")
            await desk.press("ctrl+s")
            await desk.told("nobody is told")
            await desk.rests()
            await _taken_back(desk)
        assert await state_of(library, noise.heron) is not IncidentState.OVER
        assert await sent(library, noise.heron) == []


@drives("tell_all send keep then thread_up thread_down lookalikes")
async def a_text_to_all() -> None:
    """The composer under an incident has the same keys."""
    async with noisy() as library:
        noise = await loud(library)
        async with seat(library) as desk:
            screen = await first(desk)
            await desk.press("T")
            await desk.sees("To all")
            await desk.press("ctrl+up", "ctrl+down", "ctrl+t")
            await desk.told("leaves their tickets open")
            screen.composer.area.insert("We’re coming.")
            await desk.press("f4")
            await desk.until(lambda: screen.composer.text == "We're coming.")
            await desk.press("escape")
            await desk.told("Draft kept.")
            await desk.press("T")
            await desk.sees("to 3 reporters")
            await desk.press("ctrl+s")
            await desk.told("3 texts in the outbox")
        assert await sent(library, noise.wren) == ["We're coming."]


@drives("choose part unite")
async def one_noise_or_two() -> None:
    """Parted, and the same again."""
    async with noisy() as library:
        await loud(library)
        async with seat(library) as desk:
            await first(desk)
            await desk.press("space")
            await desk.sees(f"+ {HERON}")
            await desk.press("F")
            await desk.sees("Part incident 1?")
            await desk.press("down", "enter")
            await desk.told("Theirs is incident 4 now.")
            await desk.rests()
            await says(desk, "unite 4")
            await desk.told("Incident 1 went into 4.")
            await desk.rests()
            await _taken_back(desk)


@drives("mute complaint")
async def a_nuisance() -> None:
    """Muted for hours, and not any more; how to complain is written, and looked over."""
    async with noisy(sealed=True) as library:
        await library.texts("music on level 3", who=HERON)
        async with seat(library) as desk:
            await desk.sees("Level 3 silent study")
            await says(desk, "complaint")
            await desk.until(lambda: COMPLAIN.split(".")[0] in desk.screen.replace("\n", " "))
            await desk.press("escape", "escape")
            await desk.until(lambda: desk.app.screen is desk.worklist)
            await says(desk, "mute for 4 hours")
            await desk.told("is muted for 4 hours.")
            await desk.rests()
            await _taken_back(desk)
