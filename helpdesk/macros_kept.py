"""Macros on the store of this process. See :class:`helpdesk.ports.macros.Macros`."""

from __future__ import annotations

from helpdesk.clock import Clock
from helpdesk.macros import Becomes, Macro, checked
from helpdesk.message import StaffId
from helpdesk.ports import Store
from helpdesk.store.verbs import macros as verbs

EVERYBODY = ""
"""Whose the shared ones are."""


class LocalMacros:
    """What members have written once to send often."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def known(self, actor: StaffId) -> tuple[Macro, ...]:
        """One's own and the shared ones, by name."""
        return await self._store.read(verbs.known, actor)

    async def save(
        self,
        actor: StaffId,
        name: str,
        text: str,
        *,
        becomes: Becomes = "",
        tags: tuple[str, ...] = (),
        opener: bool = False,
    ) -> Macro:
        """Keep one of one's own."""
        macro = checked(Macro(name=name, text=text, becomes=becomes, tags=tags, opener=opener))
        return await self._store.write(verbs.save, actor, macro, self._clock.now())

    async def drop(self, actor: StaffId, name: str) -> None:
        """Let one of one's own go."""
        await self._store.write(verbs.drop, actor, name)

    async def share(
        self,
        actor: StaffId,
        name: str,
        text: str,
        *,
        becomes: Becomes = "",
        tags: tuple[str, ...] = (),
        opener: bool = False,
    ) -> Macro:
        """Keep one for everybody."""
        macro = checked(Macro(name=name, text=text, shared=True, becomes=becomes, tags=tags, opener=opener))
        return await self._store.write(verbs.save, EVERYBODY, macro, self._clock.now())

    async def unshare(self, actor: StaffId, name: str) -> None:
        """Let one go that everybody had."""
        await self._store.write(verbs.drop, EVERYBODY, name)
