"""What a walk is: it presses keys until some commands have really been done, and looks at what came of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from textual.widgets import Input

from tests.tui.doing import at_once
from tests.tui.seat import Seat
from tui.command import Where
from tui.screens.acting import Acting
from tui.undoing import Deed, Deeds

Walk = Callable[[], Awaitable[None]]
"""Opens a library and a desk, presses keys, and looks at what came of them."""

WALKS: dict[str, Walk] = {}
"""Every walk by its name."""

DRIVES: dict[str, tuple[str, ...]] = {}
"""The commands that each walk is there for, by its name."""


def drives(commands: str) -> Callable[[Walk], Walk]:
    """A walk that does these commands, by their names with spaces between."""

    def kept(walk: Walk) -> Walk:
        name = walk.__name__
        assert name not in WALKS
        WALKS[name], DRIVES[name] = walk, tuple(commands.split())
        return walk

    return kept


@dataclass
class Steps:
    """What the desk was really made to do: commands as they are carried out, where, and deeds as they are kept."""

    done: list[tuple[str, Where]] = field(default_factory=list)
    with_way_back: set[str] = field(default_factory=set)

    @property
    def commands(self) -> set[str]:
        """The commands that were carried out: not refused, not only found in the palette."""
        return {name for name, _ in self.done}

    def deed(self) -> None:
        """What was done last can be taken back; of what was written, also what it was begun with."""
        for name, where in reversed(self.done):
            self.with_way_back.add(name)
            if where is not Where.COMPOSER:
                return


@contextmanager
def noted() -> Iterator[Steps]:
    """Note what the desk is made to do meanwhile, at the one place where every key and every line becomes an act."""
    steps = Steps()
    tell, done = Acting._tell_guide, Deeds.done

    def told(screen: Acting, command: str) -> None:
        steps.done.append((command, screen.place))
        tell(screen, command)

    def kept(deeds: Deeds, deed: Deed) -> None:
        steps.deed()
        done(deeds, deed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Acting, "_tell_guide", told)
        patch.setattr(Deeds, "done", kept)
        yield steps


async def says(desk: Seat, line: str) -> None:
    """Type a line after ``:``, in one breath."""
    await desk.press("colon")
    await desk.sees("Commands")
    at_once(desk, *line)
    await desk.until(lambda: desk.app.screen.query_one(Input).value == line)
    await desk.press("enter")
