"""How long it takes to try every number against what was stolen: measured here, and said without hope or fear.

A guess is a number, and a try is one digest of it. Which guess was right is counted and never shown.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from helpdesk.clock import SECOND, Clock
from helpdesk.privacy import HANDLE_BYTES, KEY_BYTES, Key, new_key

BATCH = 2_000
"""Tries between two looks at the clock."""

YEAR = 365.25 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """All numbers that begin with ``prefix`` and go on with so many ``digits``."""

    prefix: str = "+447"
    digits: int = 9

    @property
    def size(self) -> int:
        """How many there are."""
        return int(10**self.digits)

    def numbers(self) -> Iterator[bytes]:
        """One after the other, as they stand in a digest."""
        return (f"{self.prefix}{n:0{self.digits}}".encode() for n in range(self.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a measurement came to. ``spent``: seconds; ``found``: tries that hit."""

    tried: int
    spent: float
    found: int = 0

    @property
    def per_second(self) -> float:
        """Tries a second, on one core."""
        return self.tried / self.spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Stolen:
    """What the thief has. ``opened``: the epochs' keys, where the master key was stolen, too; they may be none."""

    handles: frozenset[bytes]
    seals: int
    epochs: int
    conversations: int
    opened: tuple[Key, ...]

    def __repr__(self) -> str:
        return f"Stolen({len(self.handles)} handles, {self.epochs} epochs)"


def plainly(space: Space, clock: Clock, seconds: float) -> Pace:
    """Try plain SHA-256, the way that is not taken here."""
    return _tried(space, lambda number: hashlib.sha256(number).digest(), frozenset(), clock, seconds)


def with_keys(space: Space, keys: Sequence[Key], handles: frozenset[bytes], clock: Clock, seconds: float) -> Pace:
    """Try the handles with every epoch's key; with a key of no use where there is none, for the pace alone."""
    each = seconds / max(len(keys), 1)
    paces = [_tried(space, _handle(key), handles, clock, each) for key in keys or (new_key(),)]
    return Pace(
        tried=sum(pace.tried for pace in paces),
        spent=sum(pace.spent for pace in paces),
        found=sum(pace.found for pace in paces),
    )


def _handle(key: Key) -> Callable[[bytes], bytes]:
    return lambda number: hmac.digest(key, number, "sha256")[:HANDLE_BYTES]


def _tried(
    space: Space, digest: Callable[[bytes], bytes], wanted: frozenset[bytes], clock: Clock, seconds: float
) -> Pace:
    """Go through the space from its beginning until it or the time is over."""
    began, tried, found = clock.now(), 0, 0
    numbers = space.numbers()
    while batch := list(islice(numbers, BATCH)):
        found += sum(digest(number) in wanted for number in batch)
        tried += len(batch)
        if clock.now() - began >= seconds * SECOND:
            break
    return Pace(tried=tried, spent=max(clock.now() - began, 1) / SECOND, found=found)


def told(space: Space, stolen: Stolen, plain: Pace, keyed: Pace) -> Iterator[str]:
    """The outcome in lines: what is lost with which key, and how long it would take."""
    yield f"{space.size:,} numbers could be a texter's. Measured on one core of this machine, now."
    yield ""
    yield "A plain SHA-256 of each number, for comparison (it is not what is stored)"
    yield f"  {plain.per_second:,.0f} tries a second: all numbers in {_time(space.size / plain.per_second)}."
    yield "  Nothing else is needed: every texter would be known."
    yield ""
    yield "The store, or a backup of it, is stolen"
    yield f"  {_count(len(stolen.handles), 'handle')}, {_count(stolen.seals, 'sealed address', 'es')}; no key is there."
    yield f"  {_hopeless(space, keyed)}"
    yield ""
    yield "The store and the key store are stolen, the master key is not"
    yield (
        f"  {_count(stolen.epochs, 'epoch key')}, {_count(stolen.conversations, 'conversation key')}, "
        "all wrapped under the master key."
    )
    yield f"  {_hopeless(space, keyed)}"
    yield ""
    yield "Everything is stolen: the store, the key store and the master key"
    yield from (f"  {line}" for line in _all_lost(space, stolen, keyed))
    yield ""
    yield "What was shredded before is in none of them. Machines made for it are thousands of times faster than one"
    yield "core: that shortens what is counted in minutes or hours, and changes nothing where a key is missing."


def _all_lost(space: Space, stolen: Stolen, keyed: Pace) -> Iterator[str]:
    yield f"{_count(stolen.seals, 'sealed address', 'es')} would open at once, with no trying. None was opened here."
    keys = max(stolen.epochs, 1)
    whole = _time(space.size * keys / keyed.per_second)
    yield (
        f"Handles: {keyed.per_second:,.0f} tries a second, {_count(keys, 'epoch key')}: all numbers in {whole} "
        f"({_time(space.size / keyed.per_second)} for each key). One suspected number: at once."
    )
    if stolen.opened:
        yield (
            f"Tried just now: {keyed.tried:,} numbers against {_count(len(stolen.handles), 'handle')} in "
            f"{keyed.spent:.1f} s, {keyed.found} found. Which ones is not shown."
        )
    else:
        yield "The keys could not be read here, so the pace was measured with a key of no use."


def _hopeless(space: Space, pace: Pace) -> str:
    """In numbers, what it means that a key is missing."""
    years = KEY_BYTES * 8 * math.log10(2) + math.log10(space.size / pace.per_second / YEAR)
    return (
        f"Trying numbers gains nothing without the key, which is one of 2^{KEY_BYTES * 8}: with every number under "
        f"every key, about 10^{years:.0f} years."
    )


def _time(seconds: float) -> str:
    for size, name in ((YEAR, "years"), (86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:,.0f} {name}" if seconds >= 10 * size else f"{seconds / size:.1f} {name}"
    return f"{seconds:.0f} seconds" if seconds >= 1 else "less than a second"


def _count(n: int, what: str, plural: str = "s") -> str:
    return f"{n:,} {what}{'' if n == 1 else plural}"
