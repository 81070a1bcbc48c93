"""A patron's handset on the simulated network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Texting = Callable[["Handset", str, str, tuple[str, ...]], Awaitable["Posted"]]
"""How a handset hands a text to its carrier: the handset, the words, the number it goes to, media URLs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A text that reached the handset. ``line`` is the number it came from, "" from the carrier itself."""

    sid: str
    line: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a text that the patron sent.

    ``status`` is the webhook's HTTP status; None where nobody answered. The carrier holds the text in either case.
    """

    sid: str
    status: int | None


class Handset:
    """One patron's telephone. ``label`` stands for its number wherever people can see it."""

    def __init__(self, number: str, label: str, texting: Texting) -> None:
        self.label = label
        self.reachable = True
        """False: switched off; texts to it end undelivered with 30003."""
        self.inbox: list[Arrived] = []
        self._number = number
        self._texting = texting
        self._unread: asyncio.Queue[Arrived] = asyncio.Queue()

    def __repr__(self) -> str:
        return f"Handset({self.label})"

    @property
    def number(self) -> str:
        """The number, for the carrier."""
        return self._number

    async def texts(self, body: str, *, to: str, media: tuple[str, ...] = ()) -> Posted:
        """Text the library's number ``to``; returns once the library's webhook has answered or failed to."""
        return await self._texting(self, body, to, media)

    async def next(self) -> Arrived:
        """The next text that was not read yet, waiting for it if need be."""
        return await self._unread.get()

    def rings(self, text: Arrived) -> None:
        """Take a text from the network."""
        self.inbox.append(text)
        self._unread.put_nowait(text)
