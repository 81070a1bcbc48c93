"""The carrier forgets, too: what it holds of shredded conversations is deleted there, asked for until it is done.

One pass is :meth:`Deletions.delete_due`. What is gone there is dropped here: its id stands nowhere any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, plus
from helpdesk.errors import HelpdeskError, LinePaused, Refused, TryLater
from helpdesk.message import Channel, LineId
from helpdesk.ports import Eraser, Sql, Store
from helpdesk.store.verbs import deletions, notices
from helpdesk.store.verbs.deletions import Owed

BACKOFF = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY)
"""How long to wait after each try that deleted nothing; the last for all that follow."""

LONGEST = DAY
"""The longest wait between two tries, whatever the carrier asks for, in milliseconds."""

REST = HOUR
"""How long all texts wait where the carrier or our account is in trouble, at most, in milliseconds."""

AGAIN = MINUTE
"""How soon wiping is tried again where a reader held the log, in milliseconds."""

NOT_FINAL = "The carrier has not finished delivering it yet."


class _Answer(Enum):
    GONE = "gone"
    HELD = "held"
    RESTS = "rests"
    """Nothing more is asked in this pass."""


class Deletions:
    """Asks the providers to delete. ``erasers``: by channel; what has none waits."""

    def __init__(self, *, store: Store, clock: Clock, erasers: Mapping[Channel, Eraser]) -> None:
        self._store = store
        self._clock = clock
        self._erasers = erasers
        self._resting: dict[Channel, Instant] = {}
        self._traces = False

    async def delete_due(self) -> Instant | None:
        """Ask for all that is due; returns when to ask next, None if nothing is owed."""
        times = [await self._pass(channel, eraser) for channel, eraser in self._erasers.items()]
        if self._traces:
            self._traces = not await self._store.purge(words=False)
            times.append(plus(self._clock.now(), AGAIN) if self._traces else None)
        return min((when for when in times if when is not None), default=None)

    async def _pass(self, channel: Channel, eraser: Eraser) -> Instant | None:
        now = self._clock.now()
        rests = self._resting.get(channel, now)
        if now < rests <= plus(now, LONGEST):
            return rests if await self._store.read(deletions.next_due, channel) is not None else None
        asked, due = await self._store.read(_owed, channel, now)
        if asked:
            await self._ask(eraser, asked)
            await self._store.write(_tell, {each.line for each in asked}, self._clock.now())
            due = await self._store.read(deletions.next_due, channel)
        return None if due is None else max(due, self._resting.get(channel, due))

    async def _ask(self, eraser: Eraser, asked: list[Owed]) -> None:
        """One after the other. What is gone is written at the end of the pass, or where it breaks off."""
        gone: list[Owed] = []
        try:
            for owed in asked:
                answer = await self._asked(eraser, owed)
                if answer is _Answer.GONE:
                    gone.append(owed)
                if answer is _Answer.RESTS:
                    break
        finally:
            if gone:
                await self._store.write(deletions.done, gone, self._clock.now())
                self._traces = True

    async def _asked(self, eraser: Eraser, owed: Owed) -> _Answer:
        try:
            if await eraser.erase(owed.provider_id, owed.account):
                return _Answer.GONE
        except (TryLater, LinePaused) as error:
            rest = self._wait(owed, error)
            self._resting[owed.channel] = plus(self._clock.now(), rest)
            await self._later(owed, rest, str(error))
            return _Answer.RESTS
        except Refused as error:
            await self._later(owed, self._wait(owed), str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours with one text keeps no other from being deleted
            await self._later(owed, self._wait(owed), f"Asking for it failed ({type(error).__name__}).")
        else:
            await self._later(owed, self._wait(owed), NOT_FINAL)
        return _Answer.HELD

    def _wait(self, owed: Owed, error: HelpdeskError | None = None) -> int:
        """How long one text waits, or all of them where there is an ``error``: as the carrier asked, if it did."""
        wait = BACKOFF[min(owed.tries, len(BACKOFF) - 1)]
        if error is None:
            return wait
        if isinstance(error, TryLater) and error.retry_after is not None:
            return round(min(max(error.retry_after, 1.0), LONGEST / SECOND) * SECOND)
        return min(wait, REST)

    async def _later(self, owed: Owed, wait: int, reason: str) -> None:
        await self._store.write(deletions.later, owed, plus(self._clock.now(), wait), reason)


def _owed(sql: Sql, channel: Channel, now: Instant) -> tuple[list[Owed], Instant | None]:
    """What may be asked for now, and when to ask next where that is nothing."""
    return deletions.due(sql, channel, now, plus(now, LONGEST)), deletions.next_due(sql, channel)


def _tell(sql: Sql, lines: set[LineId], now: Instant) -> None:
    """Say at the desk what is overdue on these lines; take back what is not any more."""
    late = {debt.line: debt for debt in deletions.debts(sql) if debt.overdue(now)}
    for line in sorted(lines):
        if debt := late.get(line):
            held = "a text" if debt.texts == 1 else f"{debt.texts} texts"
            text = f"The carrier still holds {held} of line {line} that it was told to delete. {debt.reason}".rstrip()
            notices.raise_notice(sql, _key(line), "warning", text, now)
        else:
            notices.clear_notice(sql, _key(line))


def _key(line: LineId) -> str:
    return f"deletion:{line}"
