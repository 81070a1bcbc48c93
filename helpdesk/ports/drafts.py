"""The seam to drafts: what a member has begun to write, kept so that a desk that dies takes none of it along."""

from __future__ import annotations

from typing import Protocol

from helpdesk.drafts import DraftKind, KeptDraft, Written
from helpdesk.message import StaffId


class Drafts(Protocol):
    """A member's own drafts: nobody else reads them. What is sent under a draft's key has no draft any more."""

    async def mine(self, actor: StaffId) -> tuple[KeptDraft, ...]:
        """All that the member has begun, the earliest kept first, whichever desk they wrote it at."""
        ...

    async def keep(self, actor: StaffId, on: str, kind: DraftKind, written: Written) -> bool:
        """Keep a draft in the place of the one before; ``on`` is the id of a ticket or an incident.

        False where nothing is kept: it was sent already under its key, or what was written there is forgotten.
        """
        ...

    async def drop(self, actor: StaffId, on: str, kind: DraftKind) -> None:
        """Let a draft go. Nothing happens where there is none."""
        ...
