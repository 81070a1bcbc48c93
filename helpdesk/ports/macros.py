"""The seam to macros: a member's own texts, and those that the library shares."""

from __future__ import annotations

from typing import Protocol

from helpdesk.macros import Becomes, Macro
from helpdesk.message import StaffId


class Macros(Protocol):
    """Texts with blanks (:mod:`helpdesk.macros`). One's own are one's own affair; shared ones are kept by leads."""

    async def known(self, actor: StaffId) -> tuple[Macro, ...]:
        """One's own and the shared ones, by name."""
        ...

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
        """Keep one of one's own; one of that name is replaced."""
        ...

    async def drop(self, actor: StaffId, name: str) -> None:
        """Let one of one's own go. NotFound where there is none of that name."""
        ...

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
        """Keep one for everybody; one of that name is replaced."""
        ...

    async def unshare(self, actor: StaffId, name: str) -> None:
        """Let one go that everybody had. NotFound where there is none of that name."""
        ...
