"""What a line may text: how long, how fast, to which countries, how much in a day. Pure, but for the bucket's level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from helpdesk.clock import SECOND, Instant, plus
from helpdesk.errors import Refused
from helpdesk.local_days import local_day, span_of
from helpdesk.segments import segments

WARNING = 80
"""At this share of a day's limit, in percent, the desk is told."""


ABROAD = "This line may not text the patron's country. Ask whoever keeps the settings (countries, with the line)."
"""Why nothing goes to a number of another country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one line. ``texts`` and ``pence`` a local day, 0 for no limit; ``countries`` empty for all."""

    most_segments: int = 10
    countries: tuple[str, ...] = ()
    per_second: float = 100.0
    texts: int = 0
    pence_per_segment: float = 0.0
    pence: float = 0.0
    zone: str = "UTC"

    def fits(self, text: str) -> None:
        """Refused, in words, where a text is longer than one may be."""
        size = segments(text)
        if size.parts > self.most_segments:
            why = f" {size.odd[0]!r} makes it so: see what is offered in its place." if size.odd else ""
            raise Refused(
                f"This text takes {size.parts} segments; {self.most_segments} is the most on this line."
                f" Say it more briefly, or in two texts.{why}"
            )

    def reaches(self, number: str) -> bool:
        """Whether texts may go to this number; short codes have no country."""
        return reaches(self.countries, number)

    def day(self, now: Instant) -> str:
        """The local day that texts count for, as 2026-11-22."""
        return local_day(now, self.zone).isoformat()

    def midnight(self, now: Instant) -> Instant:
        """When the next local day begins."""
        return span_of(local_day(now, self.zone), self.zone).ends

    def cost(self, parts: int) -> float:
        """What so many segments cost, in pence."""
        return parts * self.pence_per_segment

    def share(self, texts: int, parts: int) -> int:
        """How much of a day's limit is used, in whole percent; 0 where there is none."""
        shares = [100 * texts / self.texts] if self.texts else []
        shares += [100 * self.cost(parts) / self.pence] if self.pence else []
        return int(max(shares, default=0))

    def leaves_room(self, texts: int, parts: int, more: int) -> bool:
        """Whether one more text of ``more`` segments stays within the day's limit."""
        within = not self.texts or texts < self.texts
        return within and (not self.pence or self.cost(parts + more) <= self.pence)

    def used(self, texts: int, parts: int) -> str:
        """What was used of the day's limit, and what there is, in words."""
        said = f"{texts:,} of {self.texts:,} texts" if self.texts else f"{texts:,} {'text' if texts == 1 else 'texts'}"
        if self.pence:
            return f"{said}, {_pounds(self.cost(parts))} of {_pounds(self.pence)}"
        return f"{said}, {_pounds(self.cost(parts))}" if self.pence_per_segment else said


def reaches(countries: Iterable[str], number: str) -> bool:
    """Whether a number belongs to one of these calling codes; to any where there are none."""
    codes = tuple(f"+{code}" for code in countries)
    return not codes or not number.startswith("+") or number.startswith(codes)


def _pounds(pence: float) -> str:
    return f"£{pence / 100:,.2f}"


@dataclass(slots=True)
class Bucket:
    """A token for each text that may go out now. It fills by the clock, up to a second's worth, at least one."""

    per_second: float
    level: float = 0.0
    when: Instant | None = None

    def tokens(self, now: Instant) -> int:
        """How many texts may go now."""
        most = max(1.0, self.per_second)
        if self.when is None or now < self.when:  # new, or the clock was set back
            self.level = most
        else:
            self.level = min(most, self.level + (now - self.when) / SECOND * self.per_second)
        self.when = now
        return int(self.level + _ALMOST)

    def take(self, texts: int) -> None:
        """So many texts went out."""
        self.level -= texts

    def ready(self, now: Instant) -> Instant:
        """When the next text may go, if nothing goes before."""
        missing = 1.0 - _ALMOST - self.level
        return now if missing <= 0 else plus(now, max(1, ceil(missing * SECOND / self.per_second)))


_ALMOST = 1e-6
"""Sums of fractions fall short of a whole by less than this."""
