"""Looking after the store's projections: check them against the log, make them again, settle what was undetermined.

The file itself, and the chain of the log, are :mod:`helpdesk.store.care`'s.
"""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.counting import spent_by
from helpdesk.events import Seq
from helpdesk.noise.life import folded
from helpdesk.plurals import plural
from helpdesk.ports import Store
from helpdesk.rolling import Rolling
from helpdesk.standards import Published
from helpdesk.store.verbs import days, folding, incident_folding, rebuilding, rulebook, shutting, ties


async def check(store: Store) -> tuple[str, ...]:
    """What differs from what the log says: counts, clock rows, deadlines, incidents, days, ties; in words.

    Reads only, a batch at a time: it may run beside the owner. ``helpdesk db rebuild`` puts right what it finds.
    """
    published = await store.read(rulebook.published)
    found = list(await store.read(rebuilding.wrong_counts))
    if await store.read(shutting.unsettled):
        found.append("clocks do not all follow a closing yet: run `helpdesk serve`, which goes on with it")
    after = ""
    while batch := await store.read(rebuilding.next_batch, after):
        found += await store.read(rebuilding.wrong_clocks, batch, published)
        after = batch[-1]
    for begins in await store.read(days.keeping):
        found += await store.read(folding.wrong, begins, spent_by(published))
    found += await store.read(incident_folding.wrong, *await _incidents(store))
    found += await store.read(ties.wrong)
    return tuple(found)


async def _incidents(store: Store) -> tuple[incident_folding.Folded, Seq]:
    """Incidents as the log gives them, a stretch of it at a time, and how far they were folded."""
    found: incident_folding.Folded = {}
    after = Seq(0)
    while facts := await store.read(incident_folding.facts_after, after):
        found, after = folded(facts, found), facts[-1].seq
    return found, after


async def rebuild(
    store: Store, published: Published, rolling: Rolling | None = None, now: Instant | None = None
) -> tuple[str, ...]:
    """Make clocks, deadlines, counts and incidents again from the log, in batches; says what was found.

    The sums of days are thrown away; with ``rolling`` those of the days that are over ``now`` are made again.
    """
    tickets = changed = 0
    after = ""
    while (done := await store.write(rebuilding.refold_next, after, published)).last:
        tickets, changed, after = tickets + done.tickets, changed + done.changed, done.last
    counts = await store.write(rebuilding.replace_counts)
    noises = await store.write(incident_folding.put_right, *await _incidents(store))
    tied = await store.write(ties.put_right)
    await store.write(days.throw_away)
    made = await rolling.make_all(now) if rolling is not None and now is not None else 0
    said = (
        f"{plural(tickets, 'ticket')} folded anew: {plural(changed, 'clock row')} differed, "
        f"{plural(counts, 'count was', 'counts were')} wrong"
    )
    said += f", {plural(noises, 'incident')} differed" if noises else ""
    said += f", {plural(tied, 'follower or link', 'followers and links')} differed" if tied else ""
    return (f"{said}; {plural(made, 'day')} added up.",)


async def settle_undetermined(store: Store, published: Published) -> int:
    """Time the tickets whose calendar had no answer before; returns how many were tried."""
    waiting = await store.read(rebuilding.undetermined)
    for start in range(0, len(waiting), 200):
        await store.write(rebuilding.refold, waiting[start : start + 200], published)
    return len(waiting)


async def restate(store: Store, published: Published) -> int:
    """Fold anew what the latest restated calendars time; returns how many tickets it was. Doing it twice is harmless.

    A calendar restates where its latest version counts from before it was published.
    """
    tickets = 0
    latest = {calendar.name: calendar for calendar in published.calendars()}
    for calendar in latest.values():
        after = ""
        while calendar.restates and (
            batch := await store.read(rulebook.timed_by, calendar.name, calendar.since, after)
        ):
            await store.write(rebuilding.refold, batch, published)
            tickets += len(batch)
            after = batch[-1]
    return tickets
