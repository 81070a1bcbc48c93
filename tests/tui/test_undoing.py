"""What z takes back, and Z does again."""

from __future__ import annotations

import pytest

from helpdesk.errors import Stale, TryLater
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat
from tui.undoing import KEPT, Deed, Deeds


class Wall:
    """Something to do and to take back: a list of strokes. ``error``: what comes up instead."""

    def __init__(self) -> None:
        self.strokes: list[str] = []
        self.error: Exception | None = None

    def stroke(self, name: str) -> Deed:
        """Draw a stroke."""
        self.strokes.append(name)
        return Deed(words=name, undo=lambda: self._take(name), redo=lambda: self._draw(name))

    async def _take(self, name: str) -> bool:
        if self.error is not None:
            raise self.error
        self.strokes.remove(name)
        return True

    async def _draw(self, name: str) -> bool:
        self.strokes.append(name)
        return True


async def test_the_latest_deed_is_taken_back_first_and_done_again_last() -> None:
    """Two strokes: z z takes both, Z Z draws both."""
    wall, deeds = Wall(), Deeds()
    for name in ("one", "two"):
        deeds.done(wall.stroke(name))
    assert deeds.words == ("two", "one")
    assert [deed and deed.words for deed in (await deeds.undo(), await deeds.undo(), await deeds.undo())] == [
        "two",
        "one",
        None,
    ]
    assert wall.strokes == []
    assert [deed and deed.words for deed in (await deeds.redo(), await deeds.redo(), await deeds.redo())] == [
        "one",
        "two",
        None,
    ]
    assert wall.strokes == ["one", "two"]
    assert deeds.words == ("two", "one")


async def test_something_new_ends_what_could_be_done_again() -> None:
    """As in every editor."""
    wall, deeds = Wall(), Deeds()
    deeds.done(wall.stroke("one"))
    assert await deeds.undo() is not None
    deeds.done(wall.stroke("two"))
    assert await deeds.redo() is None
    assert deeds.words == ("two",)


async def test_what_was_changed_since_is_struck_off_and_the_one_before_is_next() -> None:
    """Stale never goes away, so it must not stand in the way for ever."""
    wall, deeds = Wall(), Deeds()
    deeds.done(wall.stroke("one"))
    deeds.done(wall.stroke("two"))
    wall.error = Stale("Ben was quicker.", by="ben")
    with pytest.raises(Stale):
        await deeds.undo()
    wall.error = None
    assert deeds.words == ("one",)
    assert deeds.next is None


async def test_what_nobody_answered_stays_to_be_tried_again() -> None:
    """The line was gone for a moment."""
    wall, deeds = Wall(), Deeds()
    deeds.done(wall.stroke("one"))
    wall.error = TryLater("Nobody answers.")
    with pytest.raises(TryLater):
        await deeds.undo()
    wall.error = None
    assert await deeds.undo() is not None
    assert wall.strokes == []


def test_no_more_is_kept_than_anybody_remembers() -> None:
    """The oldest goes."""
    wall, deeds = Wall(), Deeds()
    for n in range(KEPT + 1):
        deeds.done(wall.stroke(str(n)))
    assert len(deeds.words) == KEPT
    assert "0" not in deeds.words


async def test_z_takes_tags_back_and_shift_z_gives_them_again(library: House) -> None:
    """Each says what it did."""
    noise = await library.texts("the printer eats cards")
    async with seat(library) as desk:
        await desk.press("z")
        await desk.told("nothing to undo")
        await desk.press("l")
        await desk.press(*"printer", "enter")
        await desk.told("Ticket 1: printer.")
        await desk.press("z")
        await desk.told("Taken back: ticket 1: printer.")
        assert (await library.desk.thread(ANA, noise)).ticket.tags == ()
        await desk.press("Z")
        await desk.told("Done again: ticket 1: printer.")
    assert (await library.desk.thread(ANA, noise)).ticket.tags == ("printer",)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("x", "j", "enter"), "is solved"),
        (("w", "j", "enter"), "waits for the patron"),
        (("exclamation_mark", "j", "enter"), "is in 9 Done"),
        (("s", "enter"), "comes back"),
        (("A",), "is with you now"),
        (("c",), "is yours for now"),
        (("t", "escape"), "is yours for now"),
    ],
)
async def test_each_verb_is_taken_back_by_one_key(library: House, keys: tuple[str, ...], words: str) -> None:
    """The ticket is as it was, wherever it had gone."""
    noise = await library.texts("loud on level 3")
    before = (await library.desk.thread(ANA, noise)).ticket
    async with seat(library) as desk:
        await desk.press(*keys)
        await desk.until(lambda: desk.worklist.sitting.deeds.words)
        assert (await library.desk.thread(ANA, noise)).ticket.version > before.version
        await desk.press("z")
        await desk.told("Taken back: ticket 1 " + words)
    after = (await library.desk.thread(ANA, noise)).ticket
    assert (after.state, after.owner, after.held_until, after.unanswered) == (
        before.state,
        before.owner,
        before.held_until,
        before.unanswered,
    )


async def test_who_sits_down_next_takes_back_nothing_of_the_one_before(library: House) -> None:
    """Each has their own deeds; they are there again with their doer."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("A")
        await desk.until(lambda: desk.worklist.sitting.deeds.words)
        sitting = desk.worklist.sitting
        sitting.actor = BEN
        assert sitting.deeds.words == ()
        sitting.actor = ANA
        assert len(sitting.deeds.words) == 1


async def test_what_a_colleague_changed_since_is_told_by_name_and_left(library: House) -> None:
    """z says who; the deed is struck off, so that the one before is next."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("A")
        await desk.told("is with you now")
        await library.desk.note(BEN, noise, "I know them.")
        await desk.press("z")
        await desk.told("changed by Ben Adeyemi since")
        await desk.press("z")
        await desk.told("nothing to undo")
    assert (await library.desk.thread(ANA, noise)).ticket.owner == ANA
