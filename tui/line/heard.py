"""Changes that nobody was told of yet."""

from __future__ import annotations

import asyncio

from helpdesk.sight import Told


class News:
    """Changes that nobody was told of yet. ``heard`` is set while there are some."""

    def __init__(self) -> None:
        self._told: list[Told] = []
        self.heard = asyncio.Event()

    def add(self, told: Told) -> None:
        """One more change."""
        self._told.append(told)
        self.heard.set()

    @property
    def waiting(self) -> tuple[Told, ...]:
        """All that nobody was told of, which stays so."""
        return tuple(self._told)

    def take(self) -> tuple[Told, ...]:
        """All that nobody was told of."""
        told, self._told = tuple(self._told), []
        self.heard.clear()
        return told
