"""Work behind a screen: one act after the other, and keys that wait for what is being read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.background import in_background
from tui.progress import Meter
from tui.screens.metered import Metered

HELD = 3.0
"""How long keys wait for a screen that is being read, in seconds; esc must help where it never comes."""

READING = "Reading"
WORKING = "Working"
UNREAD = "Stopped. What you see may not be up to date; the next change reads it again."


class Working(Metered, inherit_bindings=False):
    """A screen with work behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c,super+c", "screen.copy_text", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()
        self._meant: object = None
        self._shown = asyncio.Event()
        self._shown.set()

    def say(self, words: str, *, warn: bool = False, long: bool = False) -> None:
        """Tell the reader something."""
        raise NotImplementedError

    # Keys wait

    def _before_keys(self, work: Callable[[], Awaitable[object]], group: str, *, exclusive: bool = False) -> None:
        """Work in the background; keys that come meanwhile mean what it will show, and wait for it."""

        async def read() -> None:
            with self.metering(Meter(READING)) as meter:
                await meter.unless_stopped(work())
            if meter.stopping:
                self.say(UNREAD)

        in_background(self, self._holding_keys(read), group, exclusive=exclusive)

    def _holding_keys(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """The work, and keys wait from now on until it is over."""
        self._meant = meant = object()
        self._shown.clear()

        async def worked() -> None:
            try:
                await work()
            finally:
                if self._meant is meant:  # else something newer is on its way
                    self._shown.set()

        return worked

    async def _until_shown(self, *more: asyncio.Event) -> None:
        """Return once what is being read shows, or when nobody can wait any longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                for each in (*more, self._shown):
                    await each.wait()

    # One after the other

    def after_others(self, work: Callable[[], Awaitable[None]]) -> None:
        """Act, after what was begun before, here or elsewhere. It is carried through though the screen is left: what
        the server has done already must not be forgotten here.
        """
        in_background(self.app, partial(self._act_in_turn, work), "act")

    def _act_before_keys(self, work: Callable[[], Awaitable[None]]) -> None:
        """The same; keys that come meanwhile mean what it leads to, and wait for it."""
        in_background(self.app, self._holding_keys(partial(self._act_in_turn, work)), "act")

    async def _act_in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        with self.metering(Meter(WORKING, stops="")):
            async with self._turn, self.acts:
                await work()

    def _read_in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Read, before what is done here from now on; in vain once the screen is left."""
        in_background(self, partial(self._in_turn, work), "read")

    async def _in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        async with self._turn:
            await work()

    @property
    def acts(self) -> asyncio.Lock:
        """Held by what is being done, whichever screen began it."""
        raise NotImplementedError

    @property
    def acting(self) -> bool:
        """Whether a change that comes now may be the reader's own."""
        return self._turn.locked() or self.acts.locked()
