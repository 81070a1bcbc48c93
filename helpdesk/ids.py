"""Ids minted by us: time-ordered, never guessed from outside, never None.

An id is a ULID: 26 characters of Crockford's base 32, 48 bits of milliseconds and then 80 random bits
(https://github.com/ulid/spec). It sorts by the time it was made.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from helpdesk.clock import Clock, Instant

Entropy = Callable[[int], bytes]
"""``n`` random bytes: ``os.urandom``, or a seeded source in ``simulate``."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Ids:
    """Mints ids. Two made in one millisecond by one mint keep their order."""

    def __init__(self, clock: Clock, entropy: Entropy = os.urandom) -> None:
        self._clock = clock
        self._entropy = entropy
        self._last = 0

    def new(self) -> str:
        """The next id, above every one that this mint made before."""
        fresh = (self._clock.now() << 80) | int.from_bytes(self._entropy(10), "big")
        self._last = fresh if fresh > self._last else self._last + 1
        return _encode(self._last)


def _encode(value: int) -> str:
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def made(id_: str) -> Instant:
    """When an id of ours was made; ValueError for what is none."""
    if not is_id(id_):
        raise ValueError(f"{id_!r} is no id of ours")
    value = 0
    for letter in id_[:10]:
        value = value << 5 | _ALPHABET.index(letter)
    return Instant(value)


def is_id(text: str) -> bool:
    """Whether a text has the form of an id of ours."""
    return len(text) == 26 and text[0] <= "7" and all(letter in _ALPHABET for letter in text)
