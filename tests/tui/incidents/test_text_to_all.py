"""A text to all who told of a noise, where something came in while it was written."""

from __future__ import annotations

from tests.tui.house import BEN, House
from tests.tui.noisy import Loud, first, sent
from tests.tui.seat import seat


async def test_a_text_to_all_asks_once_something_came_in_between(library: House, noise: Loud) -> None:
    """A card shows who wrote and who goes; the first choice sends nothing, then it goes to the new one, too."""
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("T")
        screen.composer.area.insert("Somebody is coming.")
        await desk.sees("to 3 reporters")
        fourth = await library.texts("Still very loud on level 3", who="+447700900199")
        [page] = [await library.desk.noise.incidents(BEN, start=0, count=1)]
        await library.desk.noise.dispatch(BEN, page[0].id, page[0].version, "security")
        await desk.sees("to 4 reporters")
        await desk.press("ctrl+s")
        await desk.sees("incident 1 has changed while you were writing", "wrote: Still very loud", "Look first")
        await desk.press("enter")
        assert await sent(library, fourth) == []
        await desk.press("ctrl+s")
        await desk.told("Incident 1: 4 texts in the outbox.")
    assert await sent(library, fourth) == ["Somebody is coming."]
