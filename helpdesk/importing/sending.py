"""The command's side of an import: contacts go to the store's owner in batches, and are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.bygone import Bygone, sizes
from helpdesk.ids import Ids
from helpdesk.importing import spool

MOST = 64
"""How many contacts a batch holds at most."""

MOST_BYTES = 4 << 20
"""About how many bytes a batch holds at most, unless one contact alone has more."""

Take = Callable[[str], Awaitable[tuple[str, ...]]]
"""Hands a batch, by its name, to the owner; what became of each contact."""


@dataclass(slots=True)
class Sent:
    """How far an import has come. ``counts``: contacts by what became of them."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def contacts(self) -> int:
        """All of them."""
        return self.counts.total()


async def send(
    contacts: AsyncIterator[Bygone], folder: Path, ids: Ids, take: Take, tell: Callable[[Sent], None] | None = None
) -> Sent:
    """Hand all contacts over, batch by batch; ``folder`` is where the store lies, ``tell`` hears after each batch."""
    sent, batch, size = Sent(), list[Bygone](), 0
    async for each in contacts:
        batch.append(each)
        size += sizes([each])
        if len(batch) >= MOST or size >= MOST_BYTES:
            await _hand_over(batch, folder, ids, take, sent)
            batch, size = [], 0
            if tell is not None:
                tell(sent)
    if batch:
        await _hand_over(batch, folder, ids, take, sent)
    return sent


async def _hand_over(batch: list[Bygone], folder: Path, ids: Ids, take: Take, sent: Sent) -> None:
    name = spool.name_of(ids.new())
    try:
        spool.put(folder, name, batch)
        sent.counts.update(await take(name))
    finally:
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
