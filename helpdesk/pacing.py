"""Walks the audit trail to see that it is whole, again and again, by stretches; the desk is told if it is not."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import notices, trail
from helpdesk.store.verbs.trail import Walked

BROKEN = "trail:broken"
"""The key of the notice that the trail is not whole."""

ROWS = 20_000
"""How many rows one pass walks."""

_AT_ONCE = 2_000


class Pacing:
    """One pass is :meth:`go_on`; the watch calls it each hour. What comes after a whole walk is the next one."""

    def __init__(self, store: Store, *, rows: int = ROWS) -> None:
        self._store = store
        self._rows = rows
        self._reached = Walked()
        self._clear = False

    async def go_on(self, now: Instant) -> None:
        """Walk on, and look whether the last row is the one that was written last."""
        reached, fault_at_the_end = self._reached, ""
        for _ in range(0, self._rows, _AT_ONCE):
            reached, fault_at_the_end = await self._store.read(_walk, reached, min(self._rows, _AT_ONCE))
            if reached.end or reached.fault:
                break
        fault = reached.fault or fault_at_the_end
        over = reached.end or bool(reached.fault)
        if fault or (over and not self._clear):
            await self._store.write(_tell, fault, now)
        self._clear = not fault and (over or self._clear)
        self._reached = Walked() if over else reached


def _walk(sql: Sql, reached: Walked, rows: int) -> tuple[Walked, str]:
    return trail.walk(sql, reached, rows), trail.fault_at_the_end(sql)


def _tell(sql: Sql, fault: str, now: Instant) -> None:
    if fault:
        text = f"{fault[:1].upper()}{fault[1:]}. Run `helpdesk db check`, and keep this file."
        notices.raise_notice(sql, BROKEN, "error", text, now)
    else:
        notices.clear_notice(sql, BROKEN)
