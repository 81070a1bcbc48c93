"""Drafts on the store of this process. See :class:`helpdesk.ports.Drafts`."""

from __future__ import annotations

from dataclasses import replace

from helpdesk.clock import Clock
from helpdesk.drafts import DraftKind, KeptDraft, Written
from helpdesk.errors import Refused
from helpdesk.message import StaffId
from helpdesk.ports import Store
from helpdesk.store.verbs import drafts
from helpdesk.wording import TEXT_LIMIT, plain

LONGEST_KEY = 200
"""The longest key of a draft, in characters."""


class LocalDrafts:
    """Members' drafts on this process's own store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def mine(self, actor: StaffId) -> tuple[KeptDraft, ...]:
        """All that the member has begun."""
        return await self._store.read(drafts.mine, actor)

    async def keep(self, actor: StaffId, on: str, kind: DraftKind, written: Written) -> bool:
        """Keep a draft in the place of the one before."""
        clean = replace(written, text=plain(written.text))
        if len(clean.text) > TEXT_LIMIT:
            raise Refused(f"This draft has {len(clean.text):,} characters; {TEXT_LIMIT:,} is the most that is kept.")
        if len(clean.key) > LONGEST_KEY:
            raise Refused(f"The key of a draft has at most {LONGEST_KEY} characters.")
        return await self._store.write(drafts.keep, actor, drafts.Slot(on, kind), clean, self._clock.now())

    async def drop(self, actor: StaffId, on: str, kind: DraftKind) -> None:
        """Let a draft go."""
        await self._store.write(drafts.drop, actor, drafts.Slot(on, kind))
