"""The owner's side of an import: a batch of contacts is taken in, each whole in a commit that it may share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from helpdesk.bygone import Bygone
from helpdesk.clock import Clock, Instant
from helpdesk.ids import Ids
from helpdesk.importing import spool
from helpdesk.message import EntryId, PersonId, StaffId, TicketId
from helpdesk.ports import Sql, Store
from helpdesk.standards import Published
from helpdesk.store.verbs import bygones
from helpdesk.store.verbs.bygones import Minted, TakenIn

TOGETHER = 16
"""How many contacts share a commit at most: whoever writes meanwhile waits for no more than these."""


async def take_batch(
    folder: Path, batch: str, by: StaffId, *, store: Store, clock: Clock, ids: Ids, published: Callable[[], Published]
) -> tuple[TakenIn, ...]:
    """Take in a batch that lies in ``folder``; what became of each contact, in the batch's order."""
    found = await asyncio.to_thread(spool.get, folder, batch)
    minted = [_minted(each, ids) for each in found]
    taken: list[TakenIn] = []
    for start in range(0, len(found), TOGETHER):
        part = list(zip(found, minted, strict=True))[start : start + TOGETHER]
        taken += await store.write(_take_all, part, by, clock.now(), published())
    return tuple(taken)


def _take_all(
    sql: Sql, part: Sequence[tuple[Bygone, Minted]], by: StaffId, now: Instant, published: Published
) -> list[TakenIn]:
    return [bygones.take_in(sql, bygone, minted, by, now, published) for bygone, minted in part]


def _minted(bygone: Bygone, ids: Ids) -> Minted:
    return Minted(
        ticket=TicketId(ids.new()),
        person=PersonId(ids.new()),
        entries=tuple(EntryId(ids.new()) for _ in bygone.spoken),
    )
