"""One miss: its ticket's clocks with their working, the reason that was given, and a way to give one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from helpdesk.ports.reports import Missed
from helpdesk.thread import Thread
from tui.background import in_background
from tui.meaning import EXPLAINING
from tui.misses import miss_lines
from tui.render import Eye
from tui.screens.line import Field, TypeLines
from tui.screens.page import FoundPage
from tui.sitting import Sitting
from tui.words import Line, Tone

FOOT: Line = (
    (" W ", Tone.ACCENT),
    ("say why  ", Tone.DIM),
    ("enter ", Tone.ACCENT),
    ("open the ticket  ", Tone.DIM),
    ("j k ", Tone.ACCENT),
    ("scroll  ", Tone.DIM),
    ("? ", Tone.ACCENT),
    ("keys  ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back", Tone.DIM),
)


class Explaining(Protocol):
    """Who keeps the reason, and says why it can't be."""

    sitting: Sitting

    async def explain_miss(self, thread: Thread, why: str) -> bool:
        """Keep the reason of a miss."""
        ...

    def why_not_to(self, command: str) -> str:
        """Why their role may not do something."""
        ...

    def say(self, words: str, *, warn: bool = False, long: bool = False) -> None:
        """A toast."""
        ...


class MissPage(FoundPage[Thread]):
    """``load`` reads the ticket; ``opens`` shows it, once this page is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", show=False),
        Binding("W", "explain", show=False),
    ]
    waiting = "Reading the ticket …"
    foot = FOOT
    own_keys = (("W", "Say why it was missed"), ("enter", "Open the ticket"))

    def __init__(
        self,
        miss: Missed,
        load: Callable[[], Awaitable[Thread | None]],
        asked: Explaining,
        opens: Callable[[Thread], None],
    ) -> None:
        super().__init__(load)
        self._miss = miss
        self._asked = asked
        self._opens = opens
        self._unsaid = ""

    @property
    def _eye(self) -> Eye:
        return self._asked.sitting.eye

    def heading_of(self, found: Thread) -> Sequence[Line]:
        """Which promise was missed, on which ticket."""
        return [((f" Missed: {self._miss.standard}", Tone.STRONG), (f"   ticket {found.ticket.number}", Tone.DIM))]

    def lines_of(self, found: Thread, cells: int) -> Sequence[Line]:
        """The reason, then the clocks."""
        return miss_lines(self._miss, found, self._eye, cells)

    def action_open(self) -> None:
        """Open the ticket."""
        if self.found is not None:
            self._opens(self.found)
            self.dismiss(None)

    def action_explain(self) -> None:
        """Say why it was missed."""
        if self.found is None:
            return
        if reason := self._asked.why_not_to("explain"):
            self._asked.say(reason, warn=True)
            return
        number = self.found.ticket.number
        field = Field(placeholder="two of us were ill", value=self._unsaid)
        self.app.push_screen(TypeLines(f"Why was ticket {number} late?", [field], words=EXPLAINING), self._said)

    def _said(self, typed: tuple[str, ...] | None) -> None:
        if typed is not None and self.found is not None:
            in_background(self, partial(self._keep, self.found, typed[0]), "explain")

    async def _keep(self, found: Thread, why: str) -> None:
        """Where it could not be kept, the words stand there when it is said again."""
        self._unsaid = "" if await self._asked.explain_miss(found, why) else why
        self._read()
