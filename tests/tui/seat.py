"""Sitting at the desk in a test: press keys, read the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from textual._context import visible_screen_stack
from textual._styles_cache import StylesCache
from textual.message import Message
from textual.notifications import Notify
from textual.pilot import Pilot

from helpdesk.message import StaffId
from helpdesk.ports import Desk
from tests.tui.house import ANA, House
from tui.app import DeskApp
from tui.likes import Likes
from tui.screens.ticket import TicketScreen
from tui.screens.worklist import WorklistScreen

PATIENCE = 30.0
"""Seconds that a screen may take to show what it should, on a busy machine."""

FRAME = 0.005
"""Seconds between two looks at the screen; Textual draws about every 0.016."""

LASTING = {"follow", "open", "save", "view"}
"""What goes on beside the screens for as long as the desk is open, or until somebody answers a question."""


class NotShown(AssertionError):
    """What a test looks at is not on the screen: ``until`` waits for it, elsewhere the test fails at once."""


@dataclass
class Seat:
    """A member at a running desk."""

    app: DeskApp
    pilot: Pilot[None]
    heard: list[str] = field(default_factory=list)
    draws: int = 0
    """How often the desk drew anything; what was not drawn since a look reads as it did."""

    def __post_init__(self) -> None:
        display = self.app._display

        def counted(*drawn: Any) -> None:
            self.draws += 1
            display(*drawn)

        self.app._display = counted  # type: ignore[method-assign,assignment]

    @property
    def screen(self) -> str:
        """All that the terminal shows, line by line, with what shines through from behind."""
        visible_screen_stack.set(self.app._background_screens)
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def worklist(self) -> WorklistScreen:
        """The worklist, wherever it stands in the stack."""
        for screen in self.app.screen_stack:
            if isinstance(screen, WorklistScreen):
                return screen
        raise NotShown(f"no worklist in {self.app.screen_stack}")

    @property
    def ticket(self) -> TicketScreen:
        """The ticket that is open."""
        screen = self.app.screen
        if not isinstance(screen, TicketScreen):
            raise NotShown(f"no ticket is open, but {screen}")
        return screen

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other; each has been taken in, by whoever has the keys, when this returns.

        What it sets going beside the screens, a call to the desk above all, is waited for with ``sees`` and the like.
        """
        for key in keys:
            self.heard.clear()
            self.app.simulate_key(key)
            taken = asyncio.Event()
            if self.app.call_later(taken.set):
                for event in (taken, self.app.ahead.idle):
                    await self.until(lambda event=event: event.is_set() or self._gone, sooner=event)  # type: ignore[misc]

    @property
    def _gone(self) -> bool:
        """Whether the desk was left, or broke."""
        return self.app._exit or self.app._exception is not None or not self.app.is_running

    async def writes(self, text: str) -> None:
        """Type into the composer."""
        area = self.ticket.composer.area
        area.insert(text)
        await self.until(lambda: self.ticket.composer.text == area.text and text in self.drafted)

    @property
    def drafted(self) -> str:
        """What the desk keeps of the open composition; nothing before the ticket is read."""
        sitting = self.ticket.sitting
        target = self.ticket.target
        if target is None:
            return ""
        return "".join(draft.text for draft in sitting.drafts.of(sitting.actor, target.id))

    async def until(self, true: Callable[[], object], *, sooner: asyncio.Event | None = None) -> None:
        """Wait until the desk has done it; fails with the screen if it does not. ``sooner`` brings on the next look.

        What is NotShown has not come about yet; whatever else ``true`` raises fails the test at once.
        """

        def yet() -> object:
            with suppress(NotShown):
                return true()
            return False

        try:
            async with asyncio.timeout(PATIENCE):
                while not yet():
                    await self._a_moment(sooner or asyncio.Event())
        except TimeoutError:
            await self._a_moment(asyncio.Event())  # the machine may have stood still meanwhile, and the desk with it
            if not yet():
                told = [*self.heard, *self.toasts]
                raise AssertionError(f"it did not come about; the screen:\n{self.screen}\n{told}") from None

    async def _a_moment(self, sooner: asyncio.Event) -> None:
        """Let everybody else go on for the length of a look."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FRAME):
                await sooner.wait()

    async def rests(self) -> None:
        """Wait until nothing is on its way to the screen any more: no call to the desk, no message, no line to draw."""
        before = None
        while before != self.screen:
            before = self.screen
            for _ in range(2):
                await self.until(lambda: not self._working)
                await self.pilot.pause()

    @property
    def _working(self) -> bool:
        """Whether something goes on beside the screens that will end by itself."""
        return bool(self.app._gathered._told) or any(
            not worker.is_finished and worker.group not in LASTING for worker in self.app.workers
        )

    async def sees(self, *words: str) -> None:
        """Wait until the screen shows all of it. It is read again only when something was drawn."""
        draws, shown = -1, ""

        def shows() -> bool:
            nonlocal draws, shown
            if draws != self.draws:
                draws, shown = self.draws, self.screen
            return all(word in shown for word in words)

        await self.until(shows)

    async def told(self, words: str) -> None:
        """Wait for a toast with these words. What came since the last key counts, though it may have gone since."""
        await self.until(lambda: any(words in toast for toast in (*self.heard, *self.toasts)))

    @property
    def toasts(self) -> list[str]:
        """What was told so far and has not gone yet."""
        return [note.message for note in self.app._notifications]


@asynccontextmanager
async def seat(
    library: House,
    *,
    actor: StaffId = ANA,
    desk: Desk | None = None,
    size: tuple[int, int] = (80, 24),
    asked: bool = False,
    toasts: bool = False,
    **settings: Any,
) -> AsyncIterator[Seat]:
    """Open the desk for a member, by the library's own clock; wait for the worklist unless they are ``asked`` first.

    ``toasts``: they are drawn on the screen, as in a terminal.
    """
    app = DeskApp(
        desk or library.desk,
        actor,
        make_clock=lambda hello: library.clock,
        wall=library.clock,
        **{"likes": Likes(bell=False), **settings},
    )
    heard: list[str] = []

    def hear(message: Message) -> None:
        if isinstance(message, Notify):
            heard.append(message.notification.message)

    async with app.run_test(size=size, notifications=toasts, message_hook=hear) as pilot:
        here = Seat(app, pilot, heard)
        if not asked and not settings.get("shared_login"):
            await here.until(lambda: any(isinstance(screen, WorklistScreen) for screen in app.screen_stack))
            await here.until(lambda: app.sitting is not None and app.sitting.counts)
        yield here
    StylesCache.get_inner_outer.cache_clear()  # by it Textual keeps the widgets' lines of desks that were left long ago
