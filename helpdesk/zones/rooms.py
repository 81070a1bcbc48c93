"""Room numbers: "2.59", "2.59.114", "G05", "101", and ranges of them, "2.50-2.70"."""

from __future__ import annotations

import re
from dataclasses import dataclass

Parts = tuple[str | int, ...]
"""A room number taken apart: "2.59" is (2, 59), "G05" is ("g", 5)."""

_PART = re.compile(r"\d+|[a-z]+")
_ROOM = re.compile(r"[A-Za-z]{0,3}[. ]?\d{1,4}[A-Za-z]?(?:\.\d{1,4}[A-Za-z]?){0,2}")


@dataclass(frozen=True, slots=True)
class RoomRange:
    """Rooms from one to another, both included; a single room is a range of one."""

    first: Parts
    last: Parts

    def holds(self, room: Parts) -> bool:
        """Whether a room lies in it; "2.59.114" lies where "2.59" does."""
        size = len(self.first)
        mine = room[:size]
        return mine[:-1] == self.first[:-1] and len(mine) == size and _between(self.first[-1], mine[-1], self.last[-1])

    def meets(self, other: RoomRange) -> bool:
        """Whether a room could lie in both."""
        return self.holds(other.first) or self.holds(other.last) or other.holds(self.first) or other.holds(self.last)


def _between(low: str | int, it: str | int, high: str | int) -> bool:
    if isinstance(low, int) and isinstance(it, int) and isinstance(high, int):
        return low <= it <= high
    return low == it == high


def room_parts(text: str) -> Parts:
    """A room number taken apart at dots, hyphens, spaces and where letters meet digits."""
    return tuple(int(part) if part.isdigit() else part for part in _PART.findall(text.lower()))


def room_range(text: str) -> RoomRange:
    """A room or a range as a plan writes it; ValueError says what to write instead."""
    low, dash, high = (part.strip() for part in text.replace("–", "-").partition("-"))
    if not _ROOM.fullmatch(low) or (dash and not _ROOM.fullmatch(high)):
        raise ValueError(f'write a room such as "2.59" or a range such as "2.50-2.70", not {text!r}')
    first = room_parts(low)
    last = room_parts(high) if dash else first
    if (
        len(first) != len(last)
        or first[:-1] != last[:-1]
        or not isinstance(last[-1], int) == isinstance(first[-1], int)
    ):
        raise ValueError(f'{text!r}: both ends of a range differ in their last number only, as in "2.50-2.70"')
    if dash and not (isinstance(first[-1], int) and isinstance(last[-1], int) and first[-1] <= last[-1]):
        raise ValueError(f"{text!r} is the wrong way round: write the lower room first")
    return RoomRange(first, last)
