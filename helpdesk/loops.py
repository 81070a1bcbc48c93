"""The forever-loops around the one-pass steps: run, then wait for a change in the store or for the next thing due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from helpdesk.clock import SECOND, Clock, Instant, plus
from helpdesk.errors import HelpdeskError
from helpdesk.events import Seq
from helpdesk.ports import Store

Step = Callable[[], Awaitable[Instant | None]]
"""One pass; it returns when the next thing falls due, None if only a change can bring something."""

REST = 10 * SECOND
"""How long a loop rests after a step failed, in milliseconds."""

_log = structlog.get_logger()


class Troubles:
    """What fails in the loops just now, by loop: the desk shows it until the loop works again.

    ``passing``: the loops that are in a pass, since when; one that stays there hangs
    """

    def __init__(self) -> None:
        self.now: dict[str, str] = {}
        self.passing: dict[str, Instant] = {}

    def tell(self, name: str, trouble: str) -> None:
        """What is wrong with a part of the house, "" where nothing is any more."""
        if trouble:
            self.now[name] = trouble
        else:
            self.now.pop(name, None)


async def on_change(name: str, step: Step, store: Store, clock: Clock, troubles: Troubles) -> None:
    """Repeat ``step`` after each change in the store, and when it said that something falls due."""
    seen = Seq(0)
    while True:
        due = await _guarded(name, step, clock, troubles)
        seen = await _change_or_time(store, seen, clock, due)


async def on_time(name: str, step: Step, every: int, clock: Clock, troubles: Troubles) -> None:
    """Repeat ``step`` every so many milliseconds."""
    while True:
        await _guarded(name, step, clock, troubles)
        await clock.until(plus(clock.now(), every))


async def _guarded(name: str, step: Step, clock: Clock, troubles: Troubles) -> Instant | None:
    """One pass. A failure ends neither the loop nor the desk: it is logged, shown, and tried again.

    The log names the kind of error; its text could hold a patron's words and goes there only if it is ours.
    """
    troubles.passing[name] = clock.now()
    try:
        due = await step()
    except Exception as error:  # noqa: BLE001 - the guard of last resort; see above
        ours = isinstance(error, HelpdeskError)
        text = str(error) if ours else type(error).__name__
        _log.error("step failed", step=name, kind=type(error).__name__, text=text if ours else "")
        troubles.now[name] = f"{name} failed and is tried again: {text}"
        return plus(clock.now(), REST)
    finally:
        troubles.passing.pop(name, None)
    troubles.now.pop(name, None)
    return due


async def _change_or_time(store: Store, seen: Seq, clock: Clock, due: Instant | None) -> Seq:
    """Wait for an event after ``seen``, or for ``due``; returns the last event heard of."""
    if due is None:
        return await store.changed(seen)
    async with asyncio.TaskGroup() as tasks:
        change = tasks.create_task(store.changed(seen))
        time = tasks.create_task(clock.until(due))
        change.add_done_callback(lambda _: time.cancel())
        time.add_done_callback(lambda _: change.cancel())
    return seen if change.cancelled() else change.result()
