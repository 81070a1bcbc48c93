"""A text as its words and numbers, each with its full form and what stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.zones.atlas import stem
from helpdesk.zones.spelling import Speller
from helpdesk.zones.tokens import Token, tokens_of
from helpdesk.zones.words import FLOOR_WORDS

STOPS = frozenset(".!?;\n")
BREAKS = frozenset(".!?;,:()/*\n")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or number. ``raw`` as written, ``word`` as meant.

    ``marks``  what stands between it and the one before, "" for a gap: "." in "2.59", ". " at the end of a sentence
    ``glued``  nothing stands between
    """

    start: int
    end: int
    raw: str
    word: str
    marks: str
    glued: bool

    @property
    def number(self) -> int | None:
        """The number, None for a word; one that is longer than any that matters is only known to be large."""
        return int(self.raw[:6]) if self.raw.isdecimal() else None

    @property
    def stem(self) -> str:
        """The word without a plural's s."""
        return stem(self.word)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a text, in turn; asked for one beyond either end, it gives a blank one."""

    words: tuple[Word, ...]

    def __len__(self) -> int:
        return len(self.words)

    def at(self, place: int) -> Word:
        """The word at a place."""
        return self.words[place] if 0 <= place < len(self.words) else BLANK

    def word(self, place: int) -> str:
        """The word at a place in its full form, "" beyond the ends."""
        return self.at(place).word

    def number(self, place: int) -> int | None:
        """The number at a place, None where a word or nothing stands."""
        return self.at(place).number

    def raw_short(self, place: int) -> bool:
        """Whether the word here was written in a form that stands for nothing else: "grnd"."""
        return self.at(place).raw != self.at(place).word

    def stops(self, place: int) -> bool:
        """Whether a sentence ends, or the text does, before the word at this place."""
        return not 0 < place < len(self.words) or _parts(self.words[place].marks, STOPS)

    def breaks(self, place: int) -> bool:
        """Whether a mark stands, or the text ends, before the word at this place."""
        return not 0 < place < len(self.words) or _parts(self.words[place].marks, BREAKS)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets from the start of one word to the end of another."""
        return self.words[first].start, self.words[last].end


def _parts(marks: str, parting: frozenset[str]) -> bool:
    """Whether marks part what stands around them; a point without a gap does not: "rm.2", "2.59"."""
    return marks not in (".", ":") and not parting.isdisjoint(marks)


BLANK = Word(0, 0, " ", "", "", False)


def sentence_of(text: str, spelling: Speller) -> Sentence:
    """The words of a text, put right."""
    return Sentence(tuple(_words(tokens_of(text), text, spelling)))


def _words(tokens: tuple[Token, ...], text: str, spelling: Speller) -> Iterator[Word]:
    marks = ""
    end = 0
    for token in tokens:
        if "\n" in text[end : token.start]:
            marks += "\n"
        end = token.end
        if not token.word[0].isalnum():
            marks += (" " if token.spaced else "") + token.word
            continue
        yield from _ordinal_end(token, marks, spelling) or _spelled(token, marks, spelling)
        marks = ""


def _ordinal_end(token: Token, marks: str, spelling: Speller) -> tuple[Word, ...]:
    """ "thfloor", right behind a 4, as two words; nothing for any other token."""
    ending, rest = token.word[:2], spelling.meant(token.word[2:])
    if token.spaced or marks or ending not in ("st", "nd", "rd", "th") or rest not in FLOOR_WORDS:
        return ()
    middle = token.start + 2
    return Word(token.start, middle, ending, ending, "", True), Word(middle, token.end, token.word[2:], rest, "", True)


def _spelled(token: Token, marks: str, spelling: Speller) -> Iterator[Word]:
    raw = token.word.removesuffix("'s").replace("'", "")
    glued = not (marks or token.spaced)
    marks += " " if marks and token.spaced else ""
    cut = spelling.halves(raw) if raw == token.word else 0
    if not cut:
        yield Word(token.start, token.end, raw, spelling.meant(raw), marks, glued)
        return
    middle = token.start + cut
    yield Word(token.start, middle, raw[:cut], spelling.meant(raw[:cut]), marks, glued)
    yield Word(middle, token.end, raw[cut:], spelling.meant(raw[cut:]), "", True)
