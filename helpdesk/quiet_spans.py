"""Quiet spans of the day, "12:30-13:30" or over midnight "18:00-08:00", on the library's wall clock. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from helpdesk.clock import Instant, instant, moment

DAY = 24 * 60
"""Minutes."""

HOW = 'write a span of the day as "12:30-13:30", or over midnight as "18:00-08:00"'

_SPAN = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})\s*")


@dataclass(frozen=True, slots=True)
class QuietSpan:
    """From ``begins`` until just before ``ends``, in minutes of the day; over midnight where ``ends`` is the less."""

    begins: int
    ends: int

    def left(self, minute: int) -> int:
        """How many minutes there are left of it at a minute of the day, 0 outside it."""
        into = (minute - self.begins) % DAY
        length = (self.ends - self.begins) % DAY or DAY
        return length - into if into < length else 0


def quiet_span(text: str) -> QuietSpan:
    """A span as somebody wrote it; ValueError, in words for them, where it is none."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span: {HOW}")
    begins, ends = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    if int(found[2]) > 59 or int(found[4]) > 59 or begins >= DAY or ends > DAY:
        raise ValueError(f"{text!r} has a time that is none, they go from 00:00 to 24:00: {HOW}")
    if begins == ends:
        raise ValueError(f'{text!r} has no length: {HOW}; the whole day is "00:00-24:00"')
    return QuietSpan(begins, ends)


def fit_span(text: str) -> str:
    """The text, where it is a span; ValueError as :func:`quiet_span` has it."""
    quiet_span(text)
    return text


def quiet_till(spans: Sequence[QuietSpan], now: Instant, zone: tzinfo) -> Instant | None:
    """Until when it is quiet, through all spans that follow without a gap; None where it is not quiet now.

    At most a day ahead: where every minute is quiet, the end moves on as the time does.
    """
    wall = moment(now).astimezone(zone)
    minute, ahead = wall.hour * 60 + wall.minute, 0
    while ahead < DAY and (left := max((span.left((minute + ahead) % DAY) for span in spans), default=0)):
        ahead += left
    if not ahead:
        return None
    end = datetime.combine(wall.date(), time(), zone) + timedelta(minutes=minute + min(ahead, DAY))
    return max(instant(end.astimezone(UTC)), Instant(now + 1))
