"""What a member did at this desk and can take back: ``z`` and ``Z``. It waits for what it is given; no Textual.

Whoever does something that can be taken back says so::

    sitting.deeds.done(Deed(words="ticket 14 is solved", undo=back, redo=again))

What can't be taken back (a text that went out) is never told of here; its question says so before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from helpdesk.errors import HelpdeskError, TryLater
from tui.progress import Meter, Stopped

KEPT = 50
"""How many deeds can be taken back, the latest first."""

MANY = 10_000
"""How many can be one."""

STOPS = "stops after this one"
"""What esc does while a step is taken with each of many."""

Step = Callable[[], Awaitable[bool]]
"""Takes a deed back, or does it again; True if that came about.

False, or an error, says that it never will (it was told, or the error's words tell it). TryLater and OSError say that
nobody answered: then it may be tried again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something done that can be taken back.

    ``words``  what was done, as the middle of a sentence: "ticket 14 is solved"
    ``redo``   None where it can't be done again by a key
    ``meter``  how far its steps have come, where it is about many: they can be stopped, and raise Stopped then
    """

    words: str
    undo: Step
    redo: Step | None = None
    meter: Meter | None = None


class Deeds:
    """What one member did here, and what they took back: the latest last."""

    def __init__(self) -> None:
        self._done: list[Deed] = []
        self._undone: list[Deed] = []
        self._kept = KEPT

    def done(self, deed: Deed) -> None:
        """Something was done: ``z`` takes it back next. What was taken back before can't be done again any more."""
        self._done.append(deed)
        del self._done[: -self._kept]
        self._undone.clear()

    def drop(self, deed: Deed) -> None:
        """It can't be taken back any more: its time is over."""
        _strike(self._done, deed)

    @contextmanager
    def as_one(self, words: Callable[[int], str]) -> Iterator[None]:
        """What is done meanwhile is one deed in the end. ``words`` says what it is, of so many."""
        before, self._done, self._kept = self._done, [], MANY
        try:
            yield
        finally:
            gathered, self._done, self._kept = self._done, before, KEPT
            if gathered:
                self.done(_joined(words(len(gathered)), gathered))

    @property
    def last(self) -> Deed | None:
        """What ``z`` takes back, None where there is nothing."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Deed | None:
        """What ``Z`` does again, None where there is nothing."""
        return self._undone[-1] if self._undone else None

    @property
    def words(self) -> tuple[str, ...]:
        """What can be taken back, in words, the latest first."""
        return tuple(deed.words for deed in reversed(self._done))

    async def undo(self) -> Deed | None:
        """Take the last deed back; None where there is none, or it can't be taken back any more.

        Then the one before is next. The errors are those of :data:`Step`.
        """
        deed = self.last
        if deed is None or not await _step(deed.undo, deed, self._done):
            return None
        if deed.redo is not None:
            self._undone.append(deed)
        return deed

    async def redo(self) -> Deed | None:
        """Do again what was taken back last; None where there is nothing, or it can't be done any more."""
        deed = self.next
        if deed is None or deed.redo is None or not await _step(deed.redo, deed, self._undone):
            return None
        self._done.append(deed)
        return deed


class _Joined:
    """Several deeds as one. A step with which it fails is left out, if others go; what was stopped, or not answered,
    goes on where it was.
    """

    def __init__(self) -> None:
        self.meter = Meter("", stops=STOPS, acts=True)
        self._left: list[Step] = []

    async def turn(self, steps: list[Step]) -> bool:
        """Take each step."""
        wrong: list[HelpdeskError] = []
        self._left = self._left or list(steps)
        wanted = len(self._left)
        self.meter.begin(self.meter.doing, wanted)
        while self._left:
            stop_here(self.meter)
            try:
                await self._left[0]()
            except (TryLater, OSError):
                raise
            except HelpdeskError as error:
                wrong.append(error)
            self._left.pop(0)
            self.meter.done += 1
        if wrong and len(wrong) == wanted:
            raise wrong[0]
        return True


def stop_here(meter: Meter) -> None:
    """Stopped if the reader wants it; what is left is done by the same key."""
    if meter.stopping:
        raise Stopped(f"Stopped after {meter.done} of {meter.total}. The same once more does the rest.")


def _joined(words: str, deeds: list[Deed]) -> Deed:
    """Several as one: taken back from the last to the first."""
    joined = _Joined()
    back = [deed.undo for deed in reversed(deeds)]
    again = [deed.redo for deed in deeds if deed.redo is not None]
    redo = None if len(again) < len(deeds) else lambda: joined.turn(again)
    return Deed(words=words, undo=lambda: joined.turn(back), redo=redo, meter=joined.meter)


async def _step(step: Step, deed: Deed, deeds: list[Deed]) -> bool:
    """Carry it out and strike the deed off; it stays where nobody answered."""
    try:
        came_about = await step()
    except (TryLater, OSError):
        raise
    except HelpdeskError:
        _strike(deeds, deed)
        raise
    _strike(deeds, deed)
    return came_about


def _strike(deeds: list[Deed], deed: Deed) -> None:
    if deed in deeds:
        deeds.remove(deed)
