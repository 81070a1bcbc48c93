"""`helpdesk noiseline status`: what is still held of each sealed line, until when, and what the carrier owes.

Counts and times only: neither ids nor names nor numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from helpdesk.clock import DAY, Instant, moment
from helpdesk.config import Settings
from helpdesk.message import LineId
from helpdesk.ports import Store
from helpdesk.privacy import KeysHeld
from helpdesk.store.verbs import noiseline
from helpdesk.store.verbs.deletions import Debt
from helpdesk.store.verbs.noiseline import Holding


def window(settings: Settings) -> int:
    """How long an epoch's key outlives its epoch, in milliseconds: the longest reply window of any line."""
    return max((line.reply_days for line in settings.lines.values()), default=7) * DAY


async def status(settings: Settings, store: Store, now: Instant, keys: KeysHeld) -> tuple[str, ...]:
    """What is held ``now``, in lines to be read; ``store`` is only read."""
    sealed = frozenset(LineId(name) for name, line in settings.lines.items() if line.policy == "sealed")
    found = await store.read(noiseline.holdings, sealed)
    if not found:
        return ("No line is sealed: nothing is held.",)
    zone = ZoneInfo(settings.library.zone)
    lines = [line for holding in found for line in _told(holding, now, keys, zone)]
    known = {conversation for holding in found for _, conversation in holding.live}
    if orphans := len(keys.conversations - known):
        lines.append(f"{_count(orphans, 'key')} of no conversation: destroyed within the hour or two.")
    return tuple(lines)


def _told(holding: Holding, now: Instant, keys: KeysHeld, zone: ZoneInfo) -> Iterator[str]:
    yield f"{holding.line}:"
    yield f"  conversations  {_conversations(holding, now, zone)}"
    yield f"  keys           {_keys(holding, keys, zone)}"
    if holding.astray:
        yield f"  apart          {_count(holding.astray, 'text')} of no conversation, kept as long as one"
    latest = f", the latest {_at(holding.latest, zone)}" if holding.latest is not None else ""
    yield f"  shredded       {_count(holding.shredded, 'conversation')} so far{latest}"
    yield f"  carrier        {_carrier(holding.debt, now, zone)}; deleted so far: {_count(holding.deleted, 'text')}"


def _conversations(holding: Holding, now: Instant, zone: ZoneInfo) -> str:
    if not holding.live:
        return "none is held"
    first, last = holding.live[0][0], holding.live[-1][0]
    ends = f"shredded {_at(first, zone)}" if first == last else f"shredded from {_at(first, zone)} to {_at(last, zone)}"
    late = sum(when <= now for when, _ in holding.live)
    overdue = f"; {late} should be by now: is the help desk running?" if late else ""
    return f"{len(holding.live)} held, {ends}{overdue}"


def _keys(holding: Holding, keys: KeysHeld, zone: ZoneInfo) -> str:
    talks = sum(conversation in keys.conversations for _, conversation in holding.live)
    ends = [_at(epoch.until, zone) for epoch in keys.epochs if epoch.line == holding.line]
    destroyed = f", destroyed {', '.join(ends)}" if ends else ""
    lost = len(holding.live) - talks
    gone = f" ({lost} lost: a new text of theirs makes another)" if lost else ""
    return f"{_count(talks, 'conversation')}{gone}, {_count(len(ends), 'epoch')}{destroyed}"


def _carrier(debt: Debt | None, now: Instant, zone: ZoneInfo) -> str:
    if debt is None:
        return "owes nothing"
    late = " (overdue)" if debt.overdue(now) else ""
    why = f": {debt.reason.rstrip('.')}" if debt.reason else ""
    return f"owes the deletion of {_count(debt.texts, 'text')} since {_at(debt.since, zone)}{late}{why}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n:,} {what}s"


def _at(when: Instant, zone: ZoneInfo) -> str:
    return f"{moment(when).astimezone(zone):%Y-%m-%d %H:%M}"
