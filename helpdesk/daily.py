"""What one day came to: counts of its clocks and contacts, small enough to keep, complete enough to judge later.

A :class:`Day` adds up the clocks that started, the contacts that came in and the noise that they told of
(:mod:`helpdesk.noise_days`) on one calendar day of the library's zone (:mod:`helpdesk.adding`). Reports add days up; a
day that is over is kept as text, and the same day added up anew from the rows gives the same text. What time alone
still changes is kept clock by clock: a running clock that falls due tomorrow is pending in a report of today and
missed in one of next week.

Hours are local ones, 0 to 23; an hour that comes twice on the day the clock goes back is one. Times are whole
**seconds of the standard's time, rounded up**. What there may be thousands of a day stands in arrays, and packed in
the text: a report of years reads it as fast as it comes from the disk.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from helpdesk import noise_days
from helpdesk.clock import Instant
from helpdesk.local_days import Hourly
from helpdesk.message import Channel
from helpdesk.noise_days import SILENCE, NoiseDay
from helpdesk.packing import TIMES, WHEN, packed, unpacked
from helpdesk.standards import Bar, Outcome

FORMAT = 6
"""The version of a kept day's text; another one is not read, and its day folded anew."""


class Under(NamedTuple):
    """What clocks have in common that are counted together: digests of standard and calendar, channel and site.

    ``closed``  they came in while their line was closed by hand
    """

    standard: str
    version: str
    calendar: str
    channel: Channel
    site: str
    closed: bool = False


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
        return _late(self)

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
def _late(standing: Standing) -> Standing:
    outcome, recorded = standing.outcome, standing.recorded
    return standing._replace(
        outcome=Outcome.MISSED if outcome is Outcome.PENDING else outcome,
        recorded=Outcome.MISSED if recorded is Outcome.PENDING else recorded,
    )


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


class Times(NamedTuple):
    """Times of a day's clocks: how many each local hour has (nothing where there are none), and all, hour by hour."""

    hourly: Hourly
    times: array[int]


NO_TIMES = Times((), array(TIMES))


class Running(NamedTuple):
    """Clocks that time alone may still change, in columns: there may be many.

    ``hourly``  how many started in each local hour; the columns go hour by hour
    ``lapses``  of each, the last moment at which an answer meets it
    ``since``   of each, how much of its standard's time had gone by when it started, in milliseconds, reckoned from the
                very beginning; the time in which it stood still is counted to it
    """

    hourly: Hourly
    lapses: array[int]
    since: array[int]

    def late(self, now: Instant) -> int:
        """How many are past their last moment: of an old day all."""
        if max(self.lapses, default=now) < now:
            return len(self.lapses)
        return sum(lapse < now for lapse in self.lapses)

    def late_by_hour(self, now: Instant) -> Hourly:
        """How many are past their last moment, of each local hour."""
        if self.late(now) == len(self.lapses):
            return self.hourly
        hourly = [0] * 24
        for hour, part in self.by_hour().items():
            hourly[hour] = part.late(now)
        return hourly

    def by_hour(self) -> dict[int, Running]:
        """Those of each hour that has any."""
        return {
            hour: Running((), self.lapses[begin:end], self.since[begin:end])
            for hour, begin, end in _slices(self.hourly)
        }


def _slices(hourly: Hourly) -> Iterator[tuple[int, int, int]]:
    """Where each hour's part of a column begins and ends, of the hours that have any."""
    begin = 0
    for hour, n in enumerate(hourly):
        if n:
            yield hour, begin, begin + n
            begin += n


@dataclass(frozen=True, slots=True)
class Line:
    """The clocks of one day that are counted together.

    ``counts``      by standing, for each local hour: those that time can't change any more
    ``answered``    the times in which they were answered; of some the time can't be known
    ``unanswered``  the times that others had waited when the visitor left or the clock stood still
    ``running``     by standing: the clocks that are not in ``counts``
    """

    under: Under
    counts: Mapping[Standing, Hourly] = field(default_factory=dict)
    answered: Times = NO_TIMES
    unanswered: Times = NO_TIMES
    running: Mapping[Standing, Running] = field(default_factory=dict)

    def judged(self, now: Instant) -> Mapping[Standing, int]:
        """How many stand how at ``now``."""
        return self.whole().judged(now)

    def missed(self, now: Instant) -> Iterator[Hourly]:
        """How many are missed at ``now``, for each local hour: in rows that are still to be added up."""
        for standing, counts in self.counts.items():
            if standing.outcome is Outcome.MISSED:
                yield counts
        for standing, running in self.running.items():
            if standing.outcome is Outcome.MISSED:
                yield running.hourly
            elif standing.outcome is Outcome.PENDING:
                yield running.late_by_hour(now)

    def whole(self) -> Part:
        """All of them."""
        counts = {standing: sum(hourly) for standing, hourly in self.counts.items()}
        return Part(self.under, counts, self.answered.times, self.unanswered.times, self.running)


class Part(NamedTuple):
    """Clocks of a line, or of several under the same, or of one of their hours: as in :class:`Line`, summed up."""

    under: Under
    counts: Mapping[Standing, int]
    answered: array[int]
    unanswered: array[int]
    running: Mapping[Standing, Running]

    def judged(self, now: Instant) -> Mapping[Standing, int]:
        """How many stand how at ``now``."""
        if not self.running:
            return self.counts
        found = dict(self.counts)
        for standing, running in self.running.items():
            late = running.late(now)
            for judged, n in ((standing.late(), late), (standing, len(running.lapses) - late)):
                if n:
                    found[judged] = found.get(judged, 0) + n
        return found


class Graded(NamedTuple):
    """How some contacts went, as staff said.

    ``levels``  how many had each READ level, 1 to 6; of the others nobody said one
    ``yes``, ``no``  of how many one contact was enough, and of how many it was not
    """

    levels: tuple[int, ...] = (0,) * 6
    yes: int = 0
    no: int = 0


UNGRADED = Graded()


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts that came in on one day by one channel at one site, for each local hour.

    ``received``  those that count: all but those set apart
    ``answered``  of these, the ones that a person answered
    ``apart``     by reason: automatic, spam, muted, test and merged ones
    ``graded``    how those went that count, as far as staff said
    """

    channel: Channel
    site: str
    received: Hourly
    answered: Hourly
    apart: Mapping[Bar, Hourly] = field(default_factory=dict)
    graded: Graded = UNGRADED


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One calendar day in ``zone``, from ``begins`` up to, not including, ``ends``."""

    zone: str
    begins: Instant
    ends: Instant
    lines: tuple[Line, ...] = ()
    contacts: tuple[Contacts, ...] = ()
    noise: NoiseDay = SILENCE

    def to_text(self) -> str:
        """Canonical JSON: equal days give equal text."""
        plain = {
            "format": FORMAT,
            "zone": self.zone,
            "begins": self.begins,
            "ends": self.ends,
            "lines": [_plain_line(line) for line in self.lines],
            "contacts": [_plain_contacts(each) for each in self.contacts],
            "noise": noise_days.plain(self.noise),
        }
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _plain_line(line: Line) -> list[object]:
    counts = {standing.to_text(): hourly for standing, hourly in line.counts.items()}
    times = ((hourly, packed(times)) for hourly, times in (line.answered, line.unanswered))
    running = {
        standing.to_text(): (found.hourly, packed(found.lapses), packed(found.since))
        for standing, found in line.running.items()
    }
    return [*line.under, counts, *times, running]


def _plain_contacts(contacts: Contacts) -> list[object]:
    apart = {str(bar): hourly for bar, hourly in contacts.apart.items()}
    graded = [] if contacts.graded == UNGRADED else [*contacts.graded.levels, contacts.graded.yes, contacts.graded.no]
    return [contacts.channel, contacts.site, contacts.received, contacts.answered, apart, graded]


def day_from_text(text: str) -> Day | None:
    """What :meth:`Day.to_text` wrote; None for another format."""
    plain: dict[str, Any] = json.loads(text)
    if plain["format"] != FORMAT:
        return None
    return Day(
        zone=plain["zone"],
        begins=plain["begins"],
        ends=plain["ends"],
        lines=tuple(_line(*each) for each in plain["lines"]),
        contacts=tuple(_contacts(*each) for each in plain["contacts"]),
        noise=noise_days.noise_day(plain["noise"]),
    )


_CHANNELS = {str(each): each for each in Channel}


def _line(
    standard: str,
    version: str,
    calendar: str,
    channel: str,
    site: str,
    closed: bool,
    counts: dict[str, list[int]],
    answered: tuple[list[int], str],
    unanswered: tuple[list[int], str],
    running: dict[str, tuple[list[int], str, str]],
) -> Line:
    return Line(
        Under(standard, version, calendar, _CHANNELS[channel], site, closed),
        {_standing(text): hourly for text, hourly in counts.items()},
        Times(answered[0], unpacked(TIMES, answered[1])),
        Times(unanswered[0], unpacked(TIMES, unanswered[1])),
        {
            _standing(text): Running(hourly, unpacked(WHEN, lapses), unpacked(WHEN, since))
            for text, (hourly, lapses, since) in running.items()
        },
    )


def _contacts(
    channel: str, site: str, received: list[int], answered: list[int], apart: dict[str, list[int]], graded: list[int]
) -> Contacts:
    said = Graded(tuple(graded[:-2]), *graded[-2:]) if graded else UNGRADED
    return Contacts(_CHANNELS[channel], site, received, answered, {Bar(bar): n for bar, n in apart.items()}, said)
