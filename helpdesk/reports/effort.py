"""How much work contacts were (the READ scale), and how many were settled at the first contact (pure).

Both are said by staff, contact by contact, or not at all: each figure says beside it of how many contacts nobody said
anything, and those stand in no share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from helpdesk.daily import Contacts
from helpdesk.message import Channel
from helpdesk.reports.statistics import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What staff said of some contacts.

    ``received``  contacts that count: all but those set apart
    ``levels``    how many were graded READ 1, 2 ... 6
    ``yes``, ``no``  of how many one contact was enough, and of how many it was not
    """

    received: int
    levels: tuple[int, ...] = (0,) * 6
    yes: int = 0
    no: int = 0

    @property
    def graded(self) -> int:
        """How many have a READ level."""
        return sum(self.levels)

    @property
    def ungraded(self) -> int:
        """How many have none."""
        return self.received - self.graded

    @property
    def judged(self) -> int:
        """Of how many staff said whether one contact was enough: what the share is of."""
        return self.yes + self.no

    @property
    def unsaid(self) -> int:
        """Of how many nobody said it."""
        return self.received - self.judged

    @property
    def share(self) -> int | None:
        """First contacts that were enough, in hundredths of a percent, cut; None where nobody said of any."""
        return self.yes * 10_000 // self.judged if self.judged else None

    @property
    def interval(self) -> tuple[int, int] | None:
        """How far chance alone may have moved the share."""
        return wilson(self.yes, self.judged)

    def with_all(self, other: Effort) -> Effort:
        """Both together."""
        return Effort(
            received=self.received + other.received,
            levels=tuple(map(sum, zip(self.levels, other.levels, strict=True))),
            yes=self.yes + other.yes,
            no=self.no + other.no,
        )


NOTHING = Effort(received=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Efforts:
    """All contacts of a report together, by channel, and by site ("" for none) in the order of their names."""

    total: Effort
    channels: tuple[tuple[Channel, Effort], ...]
    sites: tuple[tuple[str, Effort], ...]

    def rows(self) -> Iterator[tuple[str, str, Effort]]:
        """Each as ("", "", ...), ("channel", "sms", ...), ("site", "law", ...)."""
        yield "", "", self.total
        yield from (("channel", str(channel), each) for channel, each in self.channels)
        yield from (("site", site, each) for site, each in self.sites)


class Grades:
    """Counts what staff said, by channel and by site."""

    def __init__(self) -> None:
        self._places: dict[tuple[Channel, str], Effort] = {}

    def add(self, contacts: Iterable[Contacts]) -> None:
        """Count the contacts of one day."""
        for each in contacts:
            where = each.channel, each.site
            self._places[where] = self._places.get(where, NOTHING).with_all(_effort(each))

    def efforts(self) -> Efforts | None:
        """What was counted; None where staff said nothing of any contact."""
        total = _together(self._places.values())
        if not total.graded and not total.judged:
            return None
        channels = [channel for channel in Channel if any(where is channel for where, _ in self._places)]
        return Efforts(
            total=total,
            channels=tuple((channel, self._of(0, channel)) for channel in channels),
            sites=tuple((site, self._of(1, site)) for site in sorted({site for _, site in self._places})),
        )

    def _of(self, place: int, name: str) -> Effort:
        return _together(each for where, each in self._places.items() if where[place] == name)


def _effort(contacts: Contacts) -> Effort:
    said = contacts.graded
    return Effort(received=sum(contacts.received), levels=said.levels, yes=said.yes, no=said.no)


def _together(efforts: Iterable[Effort]) -> Effort:
    total = NOTHING
    for each in efforts:
        total = total.with_all(each)
    return total
