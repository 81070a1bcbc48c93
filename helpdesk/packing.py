"""Columns of numbers as text: what there may be thousands of, read as fast as it comes from the disk."""

from __future__ import annotations

import sys
from array import array
from binascii import a2b_base64, b2a_base64
from typing import Final, Literal

TIMES: Final = "I"
"""What arrays of times and counts hold: numbers of four bytes."""

WHEN: Final = "q"
"""What arrays of moments hold: numbers of eight bytes."""


def packed(numbers: array[int]) -> str:
    """An array as text: its bytes, the lowest first, in base 64."""
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return b2a_base64(numbers, newline=False).decode("ascii")


def unpacked(kind: Literal["I", "q"], text: str) -> array[int]:
    """What :func:`packed` wrote."""
    numbers = array(kind, a2b_base64(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class Sum:
    """Adds columns of counts up, all numbers of a column at once: each is a digit of one long number.

    The columns are of one length, or empty; no sum may reach 2 ** 32.
    """

    __slots__ = ("_length", "_long")

    def __init__(self) -> None:
        self._long, self._length = 0, 0

    def add(self, column: array[int]) -> None:
        """Add one more."""
        self._long += int.from_bytes(column, sys.byteorder)
        self._length = max(self._length, len(column))

    def column(self) -> array[int]:
        """The sums; empty where nothing was added."""
        found = array(TIMES, bytes(self._length * array(TIMES).itemsize))
        return array(TIMES, self._long.to_bytes(len(found) * found.itemsize, sys.byteorder))
