"""What one day came to: counts of its clocks and contacts, small enough to keep, complete enough to judge later.

A :class:`Day` is a fold over the clocks that started and the contacts that came in on one calendar day of the
library's zone. Reports add days up; a day that is over is kept as text (a roll-up), and the same day folded anew from
the clock rows gives the same text. What time alone still changes is kept clock by clock: a running clock that falls
due tomorrow is pending in a report of today and missed in one of next week.

Hours are local ones, 0 to 23; an hour that comes twice on the day the clock goes back is one. Times are whole
**seconds of the standard's time, rounded up**.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.message import Channel
from helpdesk.standards import Bar, Outcome
from helpdesk.zones import SLOT, local_hours

FORMAT = 1
"""The version of a kept day's text; another one is not read, and its day folded anew."""

Hourly = Sequence[int]
"""24 numbers, one for each local hour."""


class Under(NamedTuple):
    """What clocks have in common that are counted together: digests of standard and calendar, channel and site."""

    standard: str
    version: str
    calendar: str
    channel: Channel
    site: str


class Standing(NamedTuple):
    """How clocks stand.

    ``outcome``    as the row has it: pending until somebody answers, however late
    ``recorded``   without late corrections, None where that is the same
    ``reason``     why they are left out
    ``answered``   a person answered (met or missed)
    ``corrected``  a late correction touched them
    """

    outcome: Outcome
    recorded: Outcome | None = None
    reason: Bar | None = None
    answered: bool = False
    corrected: bool = False

    @property
    def runs(self) -> bool:
        """Whether time alone may still change it."""
        return Outcome.PENDING in (self.outcome, self.recorded)

    def late(self) -> Standing:
        """The same once the last moment for an answer has gone by."""
        outcome, recorded = (Outcome.MISSED if o is Outcome.PENDING else o for o in (self.outcome, self.recorded))
        return self._replace(outcome=outcome or Outcome.MISSED, recorded=recorded)

    def without_corrections(self) -> Outcome:
        """The outcome as it was recorded at first."""
        return self.recorded or self.outcome

    def to_text(self) -> str:
        """In words: "missed answered", "met was:missed answered corrected", "left_out for:spam"."""
        words = [str(self.outcome)]
        words += [f"was:{self.recorded}"] if self.recorded else []
        words += [f"for:{self.reason}"] if self.reason else []
        words += [name for name in ("answered", "corrected") if getattr(self, name)]
        return " ".join(words)


@lru_cache(maxsize=512)
def _standing(text: str) -> Standing:
    outcome, *words = text.split()
    named = dict(word.split(":") for word in words if ":" in word)
    return Standing(
        outcome=Outcome(outcome),
        recorded=Outcome(named["was"]) if "was" in named else None,
        reason=Bar(named["for"]) if "for" in named else None,
        answered="answered" in words,
        corrected="corrected" in words,
    )


class Running(NamedTuple):
    """A clock that time alone may still change.

    ``hour``    the local hour in which it started
    ``lapses``  the last moment at which an answer meets it
    ``held``    how long it stood still until now, in milliseconds of its standard's time
    """

    hour: int
    started: Instant
    lapses: Instant
    held: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The clocks of one day that are counted together.

    ``counts``      by standing, for each local hour: those that time can't change any more
    ``answered``    by local hour, the times in which they were answered; of some the time can't be known
    ``unanswered``  by local hour, the times that others had waited when the visitor left or the clock stood still
    ``running``     by standing: the clocks that are not in ``counts``
    """

    under: Under
    counts: Mapping[Standing, Hourly] = field(default_factory=dict)
    answered: Mapping[int, Sequence[int]] = field(default_factory=dict)
    unanswered: Mapping[int, Sequence[int]] = field(default_factory=dict)
    running: Mapping[Standing, Sequence[Running]] = field(default_factory=dict)

    def judged(self, now: Instant) -> Counter[Standing]:
        """How many stand how at ``now``."""
        found = Counter({standing: sum(hourly) for standing, hourly in self.counts.items()})
        for standing, running in self.running.items():
            late = sum(each.lapses < now for each in running)
            found[standing.late()] += late
            found[standing] += len(running) - late
        return found

    def missed(self, now: Instant) -> Hourly:
        """How many are missed at ``now``, for each local hour."""
        hourly = [0] * 24
        for standing, counts in self.counts.items():
            if standing.outcome is Outcome.MISSED:
                hourly = [a + b for a, b in zip(hourly, counts, strict=True)]
        for standing, running in self.running.items():
            for each in running:
                hourly[each.hour] += (standing.late() if each.lapses < now else standing).outcome is Outcome.MISSED
        return hourly

    def at(self, hour: int) -> Line:
        """Those of one local hour alone."""
        running = {standing: [each for each in found if each.hour == hour] for standing, found in self.running.items()}
        return Line(
            self.under,
            {standing: _only(hourly, hour) for standing, hourly in self.counts.items() if hourly[hour]},
            {hour: self.answered[hour]} if hour in self.answered else {},
            {hour: self.unanswered[hour]} if hour in self.unanswered else {},
            {standing: found for standing, found in running.items() if found},
        )

    def hours(self) -> tuple[int, ...]:
        """The local hours in which any started."""
        counted = {hour for hourly in self.counts.values() for hour, n in enumerate(hourly) if n}
        return tuple(sorted(counted | {each.hour for found in self.running.values() for each in found}))


def _only(hourly: Hourly, hour: int) -> Hourly:
    return [n if each == hour else 0 for each, n in enumerate(hourly)]


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts that came in on one day by one channel at one site, for each local hour.

    ``received``  those that count: all but those set apart
    ``answered``  of these, the ones that a person answered
    ``apart``     by reason: automatic, spam, test and merged ones
    """

    channel: Channel
    site: str
    received: Hourly
    answered: Hourly
    apart: Mapping[Bar, Hourly] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One calendar day in ``zone``, from ``begins`` up to, not including, ``ends``."""

    zone: str
    begins: Instant
    ends: Instant
    lines: tuple[Line, ...] = ()
    contacts: tuple[Contacts, ...] = ()

    def to_text(self) -> str:
        """Canonical JSON: equal days give equal text."""
        plain = {
            "format": FORMAT,
            "zone": self.zone,
            "begins": self.begins,
            "ends": self.ends,
            "lines": [_plain_line(line) for line in self.lines],
            "contacts": [_plain_contacts(each) for each in self.contacts],
        }
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _plain_line(line: Line) -> list[object]:
    counts = {standing.to_text(): hourly for standing, hourly in line.counts.items()}
    running = {standing.to_text(): found for standing, found in line.running.items()}
    return [*line.under, counts, line.answered, line.unanswered, running]


def _plain_contacts(contacts: Contacts) -> list[object]:
    apart = {str(bar): hourly for bar, hourly in contacts.apart.items()}
    return [contacts.channel, contacts.site, contacts.received, contacts.answered, apart]


def day_from_text(text: str) -> Day | None:
    """What :meth:`Day.to_text` wrote; None for another format."""
    plain = json.loads(text)
    if plain["format"] != FORMAT:
        return None
    return Day(
        zone=plain["zone"],
        begins=plain["begins"],
        ends=plain["ends"],
        lines=tuple(_line(*each) for each in plain["lines"]),
        contacts=tuple(_contacts(*each) for each in plain["contacts"]),
    )


_CHANNELS = {str(each): each for each in Channel}


def _line(
    standard: str,
    version: str,
    calendar: str,
    channel: str,
    site: str,
    counts: dict[str, list[int]],
    answered: dict[str, list[int]],
    unanswered: dict[str, list[int]],
    running: dict[str, list[list[int]]],
) -> Line:
    return Line(
        Under(standard, version, calendar, _CHANNELS[channel], site),
        {_standing(text): hourly for text, hourly in counts.items()},
        {int(hour): times for hour, times in answered.items()},
        {int(hour): times for hour, times in unanswered.items()},
        {_standing(text): [Running(*each) for each in found] for text, found in running.items()},  # type: ignore[arg-type]
    )


def _contacts(
    channel: str, site: str, received: list[int], answered: list[int], apart: dict[str, list[int]]
) -> Contacts:
    return Contacts(_CHANNELS[channel], site, received, answered, {Bar(bar): n for bar, n in apart.items()})


# The fold


class Fold:
    """Counts the clocks and contacts of one day, in any order, into a :class:`Day`."""

    def __init__(self, zone: str, begins: Instant, ends: Instant) -> None:
        self._zone, self._begins, self._ends = zone, begins, ends
        self._hours = local_hours(zone, begins, ends)
        self._lines: dict[Under, _Line] = {}
        self._contacts: dict[tuple[Channel, str], _Contacts] = {}

    def clock(
        self,
        under: Under,
        standing: Standing,
        started: Instant,
        lapses: Instant | None,
        spent: int | None,
        held: int = 0,
    ) -> None:
        """Count one clock; ``spent`` in whole seconds until it stopped, None where it runs or that can't be known."""
        line = self._lines.get(under)
        if line is None:
            line = self._lines[under] = _Line({}, {}, {}, {})
        hour = self._hours[(started - self._begins) // SLOT]
        if lapses is not None and standing.runs:
            line.running.setdefault(standing, []).append(Running(hour, started, lapses, held))
        else:
            line.counts.setdefault(standing, [0] * 24)[hour] += 1
        if spent is not None and standing.reason is None:
            times = line.answered if standing.answered else line.unanswered
            times.setdefault(hour, []).append(spent)

    def contact(
        self, channel: Channel, site: str, opened: Instant, apart: Bar | None, answered: bool, n: int = 1
    ) -> None:
        """Count ``n`` contacts; ``apart``: why they don't count, None where they do."""
        found = self._contacts.get((channel, site))
        if found is None:
            found = self._contacts[channel, site] = _Contacts([0] * 24, [0] * 24, {})
        hour = self._hours[(opened - self._begins) // SLOT]
        if apart is not None:
            found.apart.setdefault(apart, [0] * 24)[hour] += n
            return
        found.received[hour] += n
        found.answered[hour] += n * answered

    def day(self) -> Day:
        """All that was counted, in one order whatever the order of counting."""
        return Day(
            zone=self._zone,
            begins=self._begins,
            ends=self._ends,
            lines=tuple(_in_order(under, line) for under, line in sorted(self._lines.items())),
            contacts=tuple(
                Contacts(channel, site, each.received, each.answered, dict(sorted(each.apart.items())))
                for (channel, site), each in sorted(self._contacts.items())
            ),
        )


class _Line(NamedTuple):
    counts: dict[Standing, list[int]]
    answered: dict[int, list[int]]
    unanswered: dict[int, list[int]]
    running: dict[Standing, list[Running]]


class _Contacts(NamedTuple):
    received: list[int]
    answered: list[int]
    apart: dict[Bar, list[int]]


def _in_order(under: Under, line: _Line) -> Line:
    return Line(
        under,
        dict(sorted(line.counts.items(), key=_by_words)),
        {hour: sorted(line.answered[hour]) for hour in sorted(line.answered)},
        {hour: sorted(line.unanswered[hour]) for hour in sorted(line.unanswered)},
        {standing: sorted(found) for standing, found in sorted(line.running.items(), key=_by_words)},
    )


def _by_words(item: tuple[Standing, object]) -> str:
    return item[0].to_text()
