"""Times and durations in a text: "since 3 pm", "10.30", "half 3", "for 20 mins". What is a time is no floor."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.zones.sentence import Sentence
from helpdesk.zones.words import FLOOR_LISTS, FLOOR_WORDS, KINDS, MONTHS_AND_CLOCK, TIME_BEFORE, UNITS

Stretch = tuple[int, int]
"""Words from, to and with."""

ORDINAL_ENDS = frozenset("st nd rd th".split())


def times_in(sentence: Sentence) -> Iterator[Stretch]:
    """Every time and duration."""
    at = 0
    while at < len(sentence):
        last = _time(sentence, at) if sentence.number(at) is not None else None
        if last is not None:
            yield _with_half(sentence, at), last
            at = last
        at += 1


def _with_half(sentence: Sentence, at: int) -> int:
    """ "half past 3" begins at the half."""
    if sentence.word(at - 1) == "half":
        return at - 1
    if sentence.word(at - 2) in ("half", "quarter") and sentence.word(at - 1) in ("past", "to"):
        return at - 2
    return at


def _time(sentence: Sentence, at: int) -> int | None:
    """The last word of the time that begins with this number, None if it is no time."""
    last = _clock_time(sentence, at) or at
    after = sentence.word(last + 1)
    if after in MONTHS_AND_CLOCK or _apart_am_pm(sentence, last + 1):
        return last + (1 if after in MONTHS_AND_CLOCK else 2)
    if after in UNITS and not sentence.stops(last + 1) and after != "m" and not _ordinal(sentence, last + 1):
        return last + 1
    if last > at and _is_clock(sentence, at, last):
        return last
    return last if _said_as_time(sentence, at, last) else None


def _apart_am_pm(sentence: Sentence, at: int) -> bool:
    """ "p.m." """
    return sentence.word(at) in ("a", "p") and sentence.word(at + 1) == "m" and "." in sentence.at(at + 1).marks


def _ordinal(sentence: Sentence, at: int) -> bool:
    return sentence.word(at) in ORDINAL_ENDS


def _clock_time(sentence: Sentence, at: int) -> int | None:
    """The place of the minutes in "10.30", "10:30" and "14h30"."""
    if sentence.word(at + 1) == "h" and sentence.at(at + 1).glued and sentence.number(at + 2) is not None:
        return at + 2
    minutes = sentence.at(at + 1)
    if minutes.number is None or minutes.marks not in (".", ":") or len(minutes.raw) != 2:
        return None
    return at + 1


def _is_clock(sentence: Sentence, at: int, last: int) -> bool:
    """Whether hours and minutes can be a time, and it does not go on like the number of a room."""
    hours, minutes = sentence.number(at), sentence.number(last)
    possible = hours is not None and minutes is not None and hours < 24 and minutes < 60
    goes_on = sentence.number(last + 1) is not None and sentence.at(last + 1).marks in (".", "-")
    return possible and not (goes_on and len(sentence.at(last + 1).raw) > 2)


def _said_as_time(sentence: Sentence, at: int, last: int) -> bool:
    """ "at 3", "since 2", "half 4", "from 2 to 5", "9-5"; never with a floor's word behind it."""
    after = sentence.at(last + 1)
    if after.word in FLOOR_WORDS | FLOOR_LISTS | KINDS.keys() or after.word in ORDINAL_ENDS:
        return False
    number = sentence.number(at)
    before = sentence.word(at - 1)
    if number is None or not _possible(number) or sentence.stops(at):
        return False
    if before == "half" or (before in ("past", "to") and sentence.word(at - 2) in ("half", "quarter")):
        return True
    return before in TIME_BEFORE - {"from", "by", "between"} or (before == "from" and _a_span_of_time(sentence, last))


def _possible(number: int) -> bool:
    """Whether a bare number can be a time: 3, 15, 930, 1530."""
    return number <= 24 if number < 100 else number < 2400 and number % 100 < 60


def _a_span_of_time(sentence: Sentence, last: int) -> bool:
    return sentence.word(last + 1) in ("to", "till", "til", "until", "onwards", "on") and sentence.word(
        last + 3
    ) not in (FLOOR_WORDS | KINDS.keys())
