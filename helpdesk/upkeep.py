"""Looking after the store: make projections again, settle what could not be determined, check that all is whole."""

from __future__ import annotations

from helpdesk.ports import Store
from helpdesk.standards import Published
from helpdesk.store.verbs import rebuilding


async def rebuild(store: Store, published: Published) -> tuple[str, ...]:
    """Make clocks, deadlines and counts again from the log, in batches; says what was found."""
    tickets = changed = 0
    after = ""
    while batch := await store.read(rebuilding.next_batch, after):
        changed += await store.write(rebuilding.refold, batch, published)
        tickets += len(batch)
        after = batch[-1]
    counts = await store.write(rebuilding.replace_counts)
    return (f"{tickets} tickets folded anew: {changed} clock rows differed, {counts} counts were wrong.",)


async def settle_undetermined(store: Store, published: Published) -> int:
    """Time the tickets whose calendar had no answer before; returns how many were tried."""
    waiting = await store.read(rebuilding.undetermined)
    for start in range(0, len(waiting), 200):
        await store.write(rebuilding.refold, waiting[start : start + 200], published)
    return len(waiting)
