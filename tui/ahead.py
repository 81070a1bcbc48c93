"""Keys typed ahead: one at a time, each to the place that the one before it led to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from textual.app import App
from textual.dom import DOMNode
from textual.events import Callback, Event
from textual.screen import Screen
from textual.widget import Widget

ROUNDS = 3
"""So many times in a row nothing may move: a key can lead to a message, and that one to another."""

Place = tuple[Screen[object] | None, Widget | None]
"""The screen that has the keys, and the widget in it."""


class Step:
    """What is done on a key's way. It says that it takes no parameters: of a partial, which ``call_later`` makes,
    Textual finds that out anew each time, and a dozen of these follow each key.
    """

    _param_count: ClassVar[int] = 0

    def __init__(self, does: Callable[..., Awaitable[None] | None], words: tuple[object, ...]) -> None:
        self._does, self._with = does, words

    def __call__(self) -> Any:
        """Do it."""
        return self._does(*self._with)


class Ahead:
    """Holds keys until the one before has done all that it does.

    A key goes from widget to widget as a message, and each has a queue of its own. On its way it may move the focus,
    open a screen or close one: a second key in the same breath would still go where the first one found things. So a
    message of ours follows it from the focused widget up to the app, until nothing moves there any more. A screen
    that was just opened passes it on when its widgets are there.

    ``take``  hands a key to whoever has the keys; it says whether the key went on as a message
    ``deaf``  whether keys are for nobody here: an editor is being started, and what was typed was meant for it
    """

    def __init__(self, app: App[None], take: Callable[[Event], Awaitable[bool]], deaf: Callable[[], bool]) -> None:
        self._app = app
        self._take = take
        self._deaf = deaf
        self._held: deque[Event] = deque()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def idle(self) -> asyncio.Event:
        """Set while no key is on its way."""
        return self._idle

    async def comes(self, event: Event) -> None:
        """Take a key in, or hold it while another one is on its way."""
        if self._deaf():
            return
        self._held.append(event)
        if self._idle.is_set():
            self._idle.clear()
            await self._next()

    async def _next(self) -> None:
        while self._held:
            place = self._place
            if place[0] is not None and not place[0].is_mounted:
                self._follow(1)
                return
            if await self._take(self._held.popleft()) or place != self._place:
                self._follow(ROUNDS)
                return
        self._idle.set()

    @property
    def _place(self) -> Place:
        stack = self._app.screen_stack
        return (stack[-1], stack[-1].focused) if stack else (None, None)

    def _follow(self, rounds: int) -> None:
        """Go the whole way up once, and again until nothing has moved for so many rounds."""
        place = self._place
        lowest = place[1] or place[0] or self._app
        self._go(tuple(lowest.ancestors_with_self), place, rounds)

    def _go(self, way: Sequence[DOMNode], place: Place, rounds: int) -> None:
        for at, node in enumerate(way):
            step = Step(self._arrived if node is self._app else self._go, (way[at + 1 :], place, rounds))
            if node.post_message(Callback(step)):
                return
        self._held.clear()  # the app itself takes nothing any more: the desk closes

    async def _arrived(self, way: Sequence[DOMNode], place: Place, rounds: int) -> None:
        if self._deaf():
            self._held.clear()
        rounds = rounds - 1 if place == self._place else ROUNDS
        if rounds:
            self._follow(rounds)
        else:
            await self._next()
