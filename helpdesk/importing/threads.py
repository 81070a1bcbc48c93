"""Which mails of an archive belong together: by what they answer, and by whom they were written with.

Two patrons who answer the same circular have a thread each: no rule puts a stranger's mail on somebody's ticket. Memory
holds some hundred bytes a mail.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.clock import DAY, Instant, plus
from helpdesk.importing.mbox import Found, Head, head_of, mails, opened

MOST_MAILS = 200
"""What is longer goes on in a further ticket."""

MOST_BYTES = 24 << 20
"""So do mails that come to more bytes together, unless one alone has more."""

EARLIEST = Instant(315_532_800_000)
"""1 January 1980: what is dated before it is dated wrongly."""

OURS, NOBODY = 1, 2
"""Marks of a mail: we wrote it; nobody knows who did."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: in which of the files, at which byte, how long; ``n`` is its number in that file, from 1."""

    file: int
    begin: int
    size: int
    n: int
    when: Instant
    ours: bool


@dataclass(slots=True)
class Archive:
    """Every mail of some mailbox files, in little room.

    ``passed``  mails that are left out, by reason
    ``wrong``   the first of those that have no time, and of those that are too large: file and number
    """

    files: tuple[Path, ...]
    ours: Collection[str]
    largest: int
    now: Instant
    passed: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Path, int, str]] = field(default_factory=list)
    _file: array[int] = field(default_factory=lambda: array("H"))
    _begin: array[int] = field(default_factory=lambda: array("Q"))
    _size: array[int] = field(default_factory=lambda: array("Q"))
    _n: array[int] = field(default_factory=lambda: array("L"))
    _when: array[int] = field(default_factory=lambda: array("q"))
    _with: array[int] = field(default_factory=lambda: array("Q"))
    _mark: array[int] = field(default_factory=lambda: array("B"))
    _parent: array[int] = field(default_factory=lambda: array("L"))
    _ids: dict[int, int] = field(default_factory=dict)
    _own: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._when)

    @property
    def written_by_us(self) -> int:
        """How many of the mails are ours."""
        return sum(mark == OURS for mark in self._mark)

    @property
    def source(self) -> str:
        """What names this archive in the log: of its files' names and sizes, 16 letters."""
        told = " ".join(f"{file.name} {file.stat().st_size}" for file in self.files)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def look_through(self) -> None:
        """Read all headers. Refused where a file is no mailbox."""
        for number, file in enumerate(self.files):
            with closing(opened(file)) as raw:
                for n, found in enumerate(mails(raw), 1):
                    self._add(number, n, found, head_of(found))

    def _add(self, file: int, n: int, found: Found, head: Head) -> None:
        own = _short(head.id) if head.id else None
        if own is not None and own in self._own:
            self.passed["found twice"] += 1
            return
        if why := self._unfit(found, head):
            self.passed[why] += 1
            if len(self.wrong) < 50:
                self.wrong.append((self.files[file], n, why))
            return
        place = len(self._when)
        ours = head.sender in self.ours
        others = [each for each in (head.to if ours else (head.sender,)) if each not in self.ours]
        for column, value in (
            (self._file, file), (self._begin, found.begin), (self._size, found.size), (self._n, n),
            (self._when, head.when or 0), (self._with, _short(others[0].encode()) if others and others[0] else 0),
            (self._mark, OURS if ours else 0 if head.sender else NOBODY), (self._parent, place),
        ):  # fmt: skip
            column.append(value)
        if own is not None:
            self._own.add(own)
        for each in ([own] if own is not None else []) + [_short(each) for each in head.references]:
            self._unite(place, self._ids.setdefault(each, place))

    def _unfit(self, found: Found, head: Head) -> str:
        if found.size > self.largest:
            return f"larger than {self.largest:,} bytes"
        if head.when is None or not EARLIEST <= head.when <= plus(self.now, DAY):
            return "without a time that can be"
        return ""

    def _root(self, place: int) -> int:
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place

    def _unite(self, one: int, other: int) -> None:
        one, other = self._root(one), self._root(other)
        if one != other:
            self._parent[max(one, other)] = min(one, other)

    def threads(self) -> Iterator[tuple[Place, ...]]:
        """The threads by their first mail's time, each with its mails in the order of time."""
        order = sorted(range(len(self)), key=lambda place: (self._when[place], place))
        groups: dict[tuple[int, int], array[int]] = {}
        partners = self._partners()
        for place in order:
            root = self._root(place)
            whom = self._with[place]
            if whom not in partners.get(root, ()):
                whom = next(iter(partners[root])) if len(partners.get(root, ())) == 1 else whom
            groups.setdefault((root, whom), array("L")).append(place)
        for group in groups.values():
            yield from self._parts(group)

    def _partners(self) -> dict[int, set[int]]:
        """The patrons who wrote in each thread."""
        found: dict[int, set[int]] = {}
        for place in range(len(self)):
            if self._mark[place] != OURS:
                found.setdefault(self._root(place), set()).add(self._with[place])
        return found

    def _parts(self, group: array[int]) -> Iterator[tuple[Place, ...]]:
        """A thread in pieces that fit into a ticket."""
        part: list[Place] = []
        size = 0
        for each in map(self._place, group):
            if part and (len(part) == MOST_MAILS or size + each.size > MOST_BYTES):
                yield tuple(part)
                part, size = [], 0
            part.append(each)
            size += each.size
        yield tuple(part)

    def _place(self, place: int) -> Place:
        return Place(
            self._file[place],
            self._begin[place],
            self._size[place],
            self._n[place],
            Instant(self._when[place]),
            self._mark[place] == OURS,
        )


def _short(text: bytes) -> int:
    """Eight bytes that stand for an id or an address."""
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
