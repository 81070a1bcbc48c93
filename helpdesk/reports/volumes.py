"""How many contacts came in by each channel, and how many a person answered: a pure fold over the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from helpdesk.events import Fact, Kind
from helpdesk.message import Channel
from helpdesk.reports.timeliness import reason
from helpdesk.standards import Bar
from helpdesk.store.verbs.reporting import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The contacts of one channel.

    ``received``  contacts that count: all but those set apart
    ``answered``  of these, the ones with a reply by a person that was not undeliverable
    ``set_apart`` how many automatic, spam, test and merged ones came in beside them
    """

    channel: Channel
    received: int = 0
    answered: int = 0
    set_apart: Mapping[Bar, int] = field(default_factory=dict)


class Contacts:
    """Counts contacts by channel."""

    def __init__(self) -> None:
        self._received: Counter[Channel] = Counter()
        self._answered: Counter[Channel] = Counter()
        self._apart: Counter[tuple[Channel, Bar]] = Counter()

    def add(self, told: Iterable[Told]) -> None:
        """Count more contacts; the facts of each stand together, in order."""
        for contact in _contacts(told):
            if contact.barred:
                self._apart[contact.channel, reason(contact.barred)] += 1
                continue
            self._received[contact.channel] += 1
            self._answered[contact.channel] += bool(contact.replies)

    def volumes(self) -> tuple[Volume, ...]:
        """What was counted, by channel."""
        seen = set(self._received) | {channel for channel, _ in self._apart}
        return tuple(
            Volume(
                channel=channel,
                received=self._received[channel],
                answered=self._answered[channel],
                set_apart={bar: n for (where, bar), n in sorted(self._apart.items()) if where is channel},
            )
            for channel in Channel
            if channel in seen
        )


@dataclass(slots=True)
class _Contact:
    channel: Channel
    barred: set[Bar] = field(default_factory=set)
    replies: set[Fact] = field(default_factory=set)

    def hear(self, told: Told) -> None:
        entry, automatic = told.data.get("entry"), bool(told.data.get("automatic"))
        match told.kind:
            case Kind.REPLIED if not automatic:
                self.replies.add(entry)
            case Kind.UNDELIVERABLE:
                self.replies.discard(entry)
            case Kind.SPAM:
                self.barred.add(Bar.SPAM)
            case Kind.NOT_SPAM:
                self.barred.discard(Bar.SPAM)
            case Kind.MERGED:
                self.barred.add(Bar.MERGED)
            case Kind.TESTED:
                self._tested(told.data.get("test") is not False)

    def _tested(self, on: bool) -> None:
        if on:
            self.barred.add(Bar.TEST)
        else:
            self.barred.discard(Bar.TEST)


def _contacts(told: Iterable[Told]) -> Iterator[_Contact]:
    for _, facts in groupby(told, key=lambda each: each.ticket):
        opened, *later = facts
        contact = _Contact(Channel(str(opened.data["channel"])))
        if opened.data.get("automatic"):
            contact.barred.add(Bar.AUTOMATIC)
        for each in later:
            contact.hear(each)
        yield contact
