"""How many contacts came in by each channel, and how many a person answered (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from helpdesk.daily import Contacts
from helpdesk.message import Channel
from helpdesk.standards import Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The contacts of one channel.

    ``received``  contacts that count: all but those set apart
    ``answered``  of these, the ones that a person answered: not by a message that proved undeliverable
    ``set_apart`` how many automatic, spam, muted, test and merged ones came in beside them
    """

    channel: Channel
    received: int = 0
    answered: int = 0
    set_apart: Mapping[Bar, int] = field(default_factory=dict)


class Volumes:
    """Counts contacts by channel."""

    def __init__(self) -> None:
        self._received: Counter[Channel] = Counter()
        self._answered: Counter[Channel] = Counter()
        self._apart: Counter[tuple[Channel, Bar]] = Counter()

    def add(self, contacts: Iterable[Contacts]) -> None:
        """Count the contacts of one day."""
        for each in contacts:
            self._received[each.channel] += sum(each.received)
            self._answered[each.channel] += sum(each.answered)
            for bar, hourly in each.apart.items():
                self._apart[each.channel, bar] += sum(hourly)

    def volumes(self) -> tuple[Volume, ...]:
        """What was counted, by channel."""
        return tuple(
            Volume(
                channel=channel,
                received=self._received[channel],
                answered=self._answered[channel],
                set_apart={bar: n for (where, bar), n in sorted(self._apart.items()) if where is channel},
            )
            for channel in Channel
            if channel in self._received
        )
