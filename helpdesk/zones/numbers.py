"""Poster codes and room numbers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from helpdesk.zones.atlas import Atlas
from helpdesk.zones.codes import LONGEST_CODE, WORDS, code_key
from helpdesk.zones.floors import floor_key
from helpdesk.zones.mentions import Mention, Sort
from helpdesk.zones.rooms import room_parts
from helpdesk.zones.sentence import Sentence
from helpdesk.zones.words import FLOOR_WORDS, PERSONS, TIME_BEFORE, UNITS

MOST_PARTS = 6
ROOM_WORDS = frozenset("room office rooms".split())
CODE_MARKS = frozenset({"", "-", ".", "/", "_", " -", " - ", "- ", " /"})
ROOM_MARKS = frozenset({".", "-"})


def codes_in(sentence: Sentence, atlas: Atlas) -> Iterator[Mention]:
    """Every poster code, however it is typed: "L3A", "l-3-a", "level 3A"."""
    at = 0
    while at < len(sentence):
        found = _code_at(sentence, at, atlas)
        if found:
            yield found
            at = found.last
        at += 1


def _code_at(sentence: Sentence, at: int, atlas: Atlas) -> Mention | None:
    raw = ""
    for last in range(at, min(at + MOST_PARTS, len(sentence))):
        word = sentence.at(last)
        if last > at and word.marks not in CODE_MARKS:
            return None
        raw += word.raw
        if len(raw) > LONGEST_CODE:
            return None
        place = atlas.codes.get(code_key(raw))
        if place is None and sentence.word(at) in FLOOR_WORDS and last == at + 2 and word.glued:
            place = atlas.codes.get(code_key(f"l{raw.removeprefix(sentence.at(at).raw)}"))
        if place is not None and not _parts_of_others(sentence, at, last):
            code = atlas.plan.zones[place].code
            return Mention(
                sort=Sort.CODE,
                first=at,
                last=last,
                key=code,
                zones=frozenset({place}),
                told=f"poster code {code}",
                sure=99,
            )
    return None


def _parts_of_others(sentence: Sentence, first: int, last: int) -> bool:
    """Whether these words only look like a code: glued to more, or everyday words apart: "on l 3 a group", "in 2"."""
    after = sentence.at(last + 1)
    if after.glued or sentence.at(first).glued:
        return True
    if after.number is not None and after.marks in ROOM_MARKS:
        return True
    if last == first:
        return False
    end = sentence.at(last)
    apart = not end.glued and not end.marks
    if apart and end.raw in ("a", "i") and not sentence.breaks(last + 1):
        return True
    everyday = sentence.at(first).raw in WORDS and not sentence.breaks(first)
    return everyday and not sentence.at(first + 1).glued


def rooms_in(sentence: Sentence, atlas: Atlas) -> Iterator[Mention]:
    """Every room: "rm 2.59", "room 2-59", "2.59.114", "G05". Without the word, only one that the plan has."""
    at = 0
    while at < len(sentence):
        found = _room_at(sentence, at, atlas)
        if found:
            yield found
            at = found.last
        at += 1


def _room_at(sentence: Sentence, at: int, atlas: Atlas) -> Mention | None:
    announced = sentence.word(at) in ROOM_WORDS
    first = at + 1 if announced else at
    if announced and sentence.word(first) in ("no", "number", "nr", "num"):
        first += 1
    if not announced and sentence.at(at).glued:
        return None
    lasts = list(_room_ends(sentence, first, announced=announced))
    for last in reversed(lasts):
        if zones := atlas.of_room(room_parts(_joined(sentence, first, last))):
            if not announced and (_is_time(sentence, first, last) or _is_count(sentence, first, last)):
                return None
            found = _room(sentence, at, first, last, zones)
            return found if announced or not _could_be_time(sentence, first, last) else replace(found, sure=55)
    firm = [last for last in lasts if last == first or _firm(sentence, first, last)]
    if announced and firm and _looks_like_room(sentence, first, firm[-1]):
        return _unknown_room(sentence, at, first, firm[-1], atlas)
    return None


def _room_ends(sentence: Sentence, first: int, *, announced: bool) -> Iterator[int]:
    """Where a room number that begins here may end: with one, two or three numbers, a letter before or behind."""
    at = first
    lettered = sentence.number(at) is None
    if lettered:
        after = sentence.at(at + 1)
        if len(sentence.at(at).raw) > 3 or after.number is None or not (after.glued or after.marks == "."):
            return
        at += 1
    if sentence.number(at) is None or len(sentence.at(at).raw) > 4:
        return
    if (announced or lettered or len(sentence.at(at).raw) > 2) and not _goes_on(sentence, at):
        yield at
    for part in (at + 1, at + 2):
        word = sentence.at(part)
        near = word.marks in ROOM_MARKS or (announced and part == at + 1 and not word.marks)
        if word.number is None or not near or len(word.raw) > 4:
            return
        if not _goes_on(sentence, part):
            yield part


def _goes_on(sentence: Sentence, last: int) -> bool:
    """Whether a number goes on with more digits behind a point, as telephone numbers do."""
    after = sentence.at(last + 1)
    return after.number is not None and after.marks in ROOM_MARKS and len(after.raw) > 4


def _firm(sentence: Sentence, first: int, last: int) -> bool:
    return all(sentence.at(place).marks or sentence.at(place).glued for place in range(first + 1, last + 1))


def _joined(sentence: Sentence, first: int, last: int) -> str:
    return ".".join(sentence.at(place).raw for place in range(first, last + 1))


def _is_time(sentence: Sentence, first: int, last: int) -> bool:
    """ "since 2.59" and "2.59pm" are times; a third number or a letter makes it a room after all."""
    if last - first != 1 or sentence.number(first) is None:
        return False
    before, after = sentence.word(first - 1), sentence.word(last + 1)
    return (
        before in TIME_BEFORE - {"by", "around"}
        or after in ("am", "pm")
        or (after in ("a", "p") and sentence.at(last + 1).glued)
    )


def _could_be_time(sentence: Sentence, first: int, last: int) -> bool:
    """ "1.30" on its own; "in 1.30" is a room, and so is "1.31"."""
    hours, minutes = sentence.number(first), sentence.number(last)
    if last - first != 1 or hours is None or minutes is None or sentence.word(first - 1) in ("in", "near", "outside"):
        return False
    return len(sentence) > 2 and 0 < hours <= 12 and minutes < 60 and minutes % 5 == 0


def _is_count(sentence: Sentence, first: int, last: int) -> bool:
    """ "115 people", "3-4 of them", "a 2.1": with no word for a room, its last number has two digits or more."""
    if sentence.number(first) is None:
        return False
    return sentence.word(last + 1) in PERSONS | UNITS if last == first else len(sentence.at(last).raw) < 2


def _looks_like_room(sentence: Sentence, first: int, last: int) -> bool:
    """Two numbers, or one of three digits: "room 3" may be any."""
    return bool(re.search(r"\d+\.\d+|\d{3}|[a-z]\.?\d\d", _joined(sentence, first, last)))


def _room(sentence: Sentence, at: int, first: int, last: int, zones: frozenset[int]) -> Mention:
    told = f"room {_joined(sentence, first, last)}"
    return Mention(sort=Sort.ROOM, first=at, last=last, key=told, zones=zones, told=told, sure=95)


def _unknown_room(sentence: Sentence, at: int, first: int, last: int, atlas: Atlas) -> Mention:
    """A room of no zone. Its first number is mostly a floor: a hint, where the plan knows no rooms at all."""
    told = f"room {_joined(sentence, first, last)}, which no zone has"
    number = sentence.number(first)
    floors = atlas.of_floor(floor_key(str(number))) if number is not None and not atlas.rooms else frozenset[int]()
    return Mention(sort=Sort.ROOM, first=at, last=last, key=told, zones=floors, told=told, sure=65, known=False)
