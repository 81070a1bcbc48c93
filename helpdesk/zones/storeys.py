"""Floors in a text: "lvl 3", "3rd flr", "third", "ground", "L3", "top floor", "on 3", and lists of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from helpdesk.zones.atlas import BOTTOM, TOP, Atlas
from helpdesk.zones.floors import LETTERED, LOWER_GROUND, MEZZANINE, NUMBERS, ORDINALS, UPPER_GROUND
from helpdesk.zones.mentions import Mention, Sort
from helpdesk.zones.sentence import Sentence
from helpdesk.zones.times import ORDINAL_ENDS
from helpdesk.zones.words import (
    AFTER_BARE,
    AFTER_FLOOR_NOT,
    BEFORE_FLOOR_SEAT,
    BEFORE_LEVEL_NOT,
    COMPASS,
    DATES,
    FILLERS,
    FLOOR_LISTS,
    FLOOR_WORDS,
    KINDS,
    MOVED,
    NUMBERED,
    ORDINAL_OF,
    PERSONS,
    PUT_RIGHT,
    SIDES,
    UNITS,
)

NAMES = {"0": "ground floor", "-1": "basement", "lg": "lower ground", "ug": "upper ground", "m": "mezzanine"}
AND = frozenset("and or to n".split())
LONGEST_ANSWER = 8
ODD_ENDS = frozenset("rth dr ht end ird tj".split())
"""Slips for the ends of ordinals: "4rth", "3dr"."""
DISTANCES = frozenset("up down above below away".split())


@dataclass(frozen=True, slots=True)
class Storey:
    """A floor that is mentioned: words from ``first`` to ``last``."""

    first: int
    last: int
    key: str
    sure: int


def floor_name(key: str) -> str:
    """A floor for people: "level 3", "ground floor"."""
    return NAMES.get(key) or ("level " + key if key.lstrip("-").isdecimal() else key + " floor")


def floors_in(sentence: Sentence, atlas: Atlas, taken: Collection[int]) -> Iterator[Mention]:
    """Every floor that is mentioned, also one that the plan has not."""
    reader = _Storeys(sentence, atlas, taken)
    for storey in reader.read():
        zones = atlas.of_floor(storey.key)
        yield Mention(
            sort=Sort.FLOOR,
            first=storey.first,
            last=storey.last,
            key=storey.key,
            zones=zones,
            told=floor_name(storey.key),
            sure=storey.sure,
        )


def _minus(marks: str) -> bool:
    """Whether a hyphen belongs to the number behind it: "level -1", not "level-1" or "level - 1"."""
    return marks.endswith("-") and marks != "-"


class _Storeys:
    """One walk through a sentence; every rule looks at most a few words ahead and back."""

    def __init__(self, sentence: Sentence, atlas: Atlas, taken: Collection[int]) -> None:
        self._said = sentence
        self._atlas = atlas
        self._taken = taken

    def read(self) -> Iterator[Storey]:
        """Floors in turn; where there is none, what an answer of one number says."""
        found = list(self._walk())
        yield from found or self._answer()

    def _walk(self) -> Iterator[Storey]:
        at = 0
        while at < len(self._said):
            storeys = [] if at in self._taken else self._here(at)
            yield from storeys
            at = max((storey.last for storey in storeys), default=at) + 1

    def _here(self, at: int) -> list[Storey]:
        for rule in (self._announced, self._lettered, self._ordinal, self._counted, self._bare, self._moved):
            if storeys := rule(at):
                return storeys
        return []

    # "level 3", "floor B1", "levels 2 and 3"

    def _announced(self, at: int) -> list[Storey]:
        word = self._said.word(at)
        if word not in FLOOR_WORDS | FLOOR_LISTS or self._measure(at):
            return self._glued(at)
        place = at + 1
        while self._said.word(place) in ("no", "number", "nr", "num") and place < at + 3:
            place += 1
        if self._said.stops(place) and "." not in self._said.at(place).marks:
            return []
        first = self._value(place)
        if not first or self._no_floor_after(at, first.last):
            return []
        found = [Storey(at, first.last, first.key, 90)]
        if after := self._joined(first.last):
            found.append(Storey(after.first, after.last, after.key, 90))
        return found

    def _glued(self, at: int) -> list[Storey]:
        """ "L3", "F2"."""
        number = self._said.at(at + 1)
        if self._said.word(at) not in ("l", "f") or self._said.at(at).glued or number.number is None:
            return []
        apart = not (number.glued or number.marks in ("-", "."))
        led = self._said.breaks(at) or self._said.word(at - 1) in ("on", "in", "at", "from", "the", "its")
        if len(number.raw) > 2 or self._said.at(at + 2).glued or (apart and (self._counts(at + 1) or not led)):
            return []
        return [Storey(at, at + 1, str(number.number), 80 if number.glued else 70)]

    def _measure(self, at: int) -> bool:
        """ "noise level 4" measures noise."""
        return self._said.word(at) == "level" and self._said.word(at - 1) in BEFORE_LEVEL_NOT

    def _no_floor_after(self, at: int, last: int) -> bool:
        """ "level 2 btec", "level 9 out of 10", "sat on the floor 3 lads"."""
        after = self._said.word(last + 1)
        if after in AFTER_FLOOR_NOT or (
            after in ("out", "of") and self._said.number(last + 2 + (after == "out")) is not None
        ):
            return True
        sat_on = self._said.word(at) == "floor" and self._said.word(at - 1) in BEFORE_FLOOR_SEAT
        return sat_on and self._counts(last)

    def _counts(self, at: int) -> bool:
        """Whether the number here counts people or measures."""
        return self._said.word(at + 1) in PERSONS | UNITS and not self._said.breaks(at + 1)

    def _value(self, at: int) -> Storey | None:
        """ "3", "three", "-1", "G", "B1", "LG", "3rd" after a floor's word."""
        word = self._said.at(at)
        if word.number is not None:
            if len(word.raw) > 2 or (self._said.at(at + 1).marks in (".", ":") and self._digits_follow(at)):
                return None
            last = at + 1 if self._said.word(at + 1) in ORDINAL_ENDS and self._said.at(at + 1).glued else at
            below = _minus(word.marks) and word.number
            return Storey(at, last, str(-word.number if below else word.number), 90)
        if word.word in NUMBERS or word.word in ORDINALS:
            return Storey(at, at, NUMBERS.get(word.word) or ORDINALS[word.word], 88)
        if word.word == "minus" and (less := self._said.number(at + 1) or NUMBERS.get(self._said.word(at + 1))):
            return Storey(at, at + 1, f"-{less}", 90)
        return self._letters(at)

    def _digits_follow(self, at: int) -> bool:
        return self._said.number(at + 1) is not None

    def _letters(self, at: int) -> Storey | None:
        """ "G", "B1", "LG", "ground", "lower ground"; "M" and "B" only after a floor's word or before one."""
        word = self._said.word(at)
        number = self._said.at(at + 1)
        if word in ("b", "basement") and number.number is not None and (number.glued or word == "basement"):
            if len(number.raw) == 1:
                return Storey(at, at + 1, str(-(number.number or 1)), 88)
            return None
        pair = f"{word} {self._said.word(at + 1)}"
        if pair in LETTERED:
            return Storey(at, at + 1, LETTERED[pair], 90)
        initials = f"{word}{self._said.word(at + 1)}"
        if len(initials) == 2 and initials in LETTERED and self._said.at(at + 1).marks in ("/", "."):
            return Storey(at, at + 1, LETTERED[initials], 88)
        return Storey(at, at, LETTERED[word], 88) if word in LETTERED and not number.glued else None

    def _joined(self, last: int) -> Storey | None:
        """The second of two: "2 and 3", "2/3", "2 or 3"."""
        after = last + 1
        if self._said.word(after) in AND and not self._said.breaks(after):
            second = self._value(after + 1)
            return second if second and not self._counts(second.last) else None
        marks = self._said.at(after).marks
        if (marks == "-" or marks.strip() in ("/", "&")) and self._said.number(after) is not None:
            second = self._value(after)
            return second if second and not self._counts(second.last) else None
        return None

    # "ground floor", "basement", "top floor", "LG", "mezzanine"

    def _lettered(self, at: int) -> list[Storey]:
        word = self._said.word(at)
        if word in ("top", "highest", "bottom", "lowest") and self._said.word(at + 1) in FLOOR_WORDS:
            return [Storey(at, at + 1, TOP if word in ("top", "highest") else BOTTOM, 85)]
        if word == "gr" and self._said.word(at + 1) in FLOOR_WORDS:
            return [Storey(at, at + 1, "0", 85)]
        found = self._letters(at)
        if not found or self._said.at(at).glued:
            return []
        if self._said.word(found.last + 1) in FLOOR_WORDS and not self._said.stops(found.last + 1):
            return [Storey(at, found.last + 1, found.key, 90)]
        return [found] if self._alone(found) else []

    def _alone(self, found: Storey) -> bool:
        """Whether letters or a word mean a floor with no floor's word beside them."""
        word = self._said.word(found.first)
        before, after = self._said.word(found.first - 1), self._said.word(found.last + 1)
        if found.last > found.first and word != "b":
            return True
        match word:
            case "basement":
                return True
            case "mezzanine":
                return bool(self._atlas.of_floor(MEZZANINE))
            case "ground":
                at_ends = self._said.breaks(found.last + 1) or after in KINDS or after in SIDES or after in AFTER_BARE
                return self._said.raw_short(found.first) or (
                    at_ends and before in ("", "on", "in", "at", "from", "the")
                )
            case "lg" | "lgf":
                return bool(self._atlas.of_floor(LOWER_GROUND))
            case "ug" | "ugf":
                return bool(self._atlas.of_floor(UPPER_GROUND)) and after not in PERSONS
            case "gf":
                return before in ("on", "in", "at", "from", "") or (before == "the" and after in FLOOR_WORDS)
            case "b":
                return found.last > found.first and bool(self._atlas.of_floor(found.key))
        return False

    # "3rd floor", "third", "2nd or 3rd floor"

    def _ordinal(self, at: int) -> list[Storey]:
        found = self._ordinal_at(at)
        if not found:
            return self._fourth(at)
        after = found.last + 1
        if self._said.word(after) in FLOOR_WORDS and not self._said.stops(after):
            return [Storey(at, after, found.key, 92)]
        other = self._ordinal_at(after + (self._said.word(after) in AND))
        if other and self._said.word(other.last + 1) in FLOOR_WORDS | FLOOR_LISTS:
            return [found, Storey(other.first, other.last + 1, other.key, 90)]
        return [Storey(at, found.last, found.key, 75)] if self._bare_ordinal(found) else []

    def _ordinal_at(self, at: int) -> Storey | None:
        number, ending = self._said.number(at), self._said.at(at + 1)
        if number is not None:
            slip = ending.glued and ending.raw in ODD_ENDS
            fits = (slip or ending.word in ORDINAL_ENDS) and len(self._said.at(at).raw) < 3
            return Storey(at, at + 1, str(number), 90) if fits else None
        return Storey(at, at, ORDINALS[self._said.word(at)], 90) if self._said.word(at) in ORDINALS else None

    def _fourth(self, at: int) -> list[Storey]:
        """ "forth floor"."""
        if self._said.word(at) == "forth" and self._said.word(at + 1) in FLOOR_WORDS:
            return [Storey(at, at + 1, "4", 85)]
        return []

    def _bare_ordinal(self, found: Storey) -> bool:
        """ "3rd silent", "on the third", "the 3rd, silent"; not "the 3rd time", "exam on the 3rd"."""
        said, after = self._said, found.last + 1
        if said.word(after) in ORDINAL_OF and not said.breaks(after):
            return False
        if any(said.word(place) in DATES for place in range(found.first - 4, found.last + 4)):
            return False
        if said.word(after) in KINDS or (said.word(after) in COMPASS and not said.stops(after)):
            return True
        before = said.word(found.first - 1)
        led = before in ("on", "in", "from") or before in PUT_RIGHT
        if before == "the":
            led = said.breaks(found.first - 1) or said.word(found.first - 2) in ("on", "in", "to", "from")
        return led and (said.breaks(after) or said.word(after) in AFTER_BARE)

    # "3 floor", "3 silent", "on 3"

    def _counted(self, at: int) -> list[Storey]:
        """A number before a floor's word, in one only: "4 floor", "four floor"; not "one floor up"."""
        word = self._said.at(at)
        key = str(word.number) if word.number is not None and len(word.raw) < 3 else NUMBERS.get(word.word)
        if key is None or word.glued or self._said.word(at + 1) not in FLOOR_WORDS:
            return []
        if self._said.stops(at + 1) and self._said.at(at + 1).marks != ". ":
            return []
        if DISTANCES & {self._said.word(at + 2), self._said.word(at - 1)} or self._value(at + 2):
            return []
        return [Storey(at, at + 1, f"-{key}" if _minus(word.marks) else key, 85)]

    def _bare(self, at: int) -> list[Storey]:
        """ "3 silent", "on 3": a number that nothing else explains."""
        word, said = self._said.at(at), self._said
        if word.number is None or len(word.raw) > 2 or word.glued or word.marks.strip(" ,.;:!?()'\"-"):
            return []
        if said.word(at - 1) in NUMBERED and not said.breaks(at):
            return []
        after, beyond = said.word(at + 1), said.word(at + 2)
        if after in ("silent", "quiet") and not said.stops(at + 1) and beyond not in PERSONS:
            return [Storey(at, at, str(word.number), 75)]
        led = said.word(at - 1) == "on" and (said.breaks(at + 1) or after in AFTER_BARE or after in COMPASS)
        return [Storey(at, at, str(word.number), 75)] if led and said.at(at + 1).marks not in (".", ":", "/") else []

    def _moved(self, at: int) -> list[Storey]:
        """ "moved from 3 to 2": two bare numbers."""
        said = self._said
        if said.word(at) not in MOVED or said.word(at + 1) != "from" or said.number(at + 2) is None:
            return []
        to = next((place for place in (at + 3, at + 4) if said.word(place) == "to"), 0)
        if not to or said.number(to + 1) is None:
            return []
        return [Storey(place, place, str(said.number(place)), 70) for place in (at + 2, to + 1)]

    # The answer to "which floor?"

    def _answer(self) -> Iterator[Storey]:
        """A short text with one number or ordinal and nothing that counts."""
        if len(self._said) > LONGEST_ANSWER:
            return
        rest = {word.word for word in self._said.words if word.number is None}
        told = [at for at in range(len(self._said)) if self._told(at)]
        plain = FILLERS | KINDS.keys() | SIDES | ORDINAL_ENDS | ORDINALS.keys() | NUMBERS.keys() | LETTERED.keys()
        if len(told) != 1 or not rest <= plain or told[0] in self._taken:
            return
        at = told[0]
        if found := self._ordinal_at(at) or self._value(at):
            yield Storey(found.first, found.last, found.key, 70 if len(self._said.word(at)) == 1 else 80)

    def _told(self, at: int) -> bool:
        word = self._said.at(at)
        if word.glued and self._said.number(at - 1) is not None:
            return False
        lettered = word.word in LETTERED and (len(word.word) > 1 or len(self._said) == 1)
        named = word.word in NUMBERS or word.word in ORDINALS or lettered
        return word.number is not None or (named and word.word != "one")
