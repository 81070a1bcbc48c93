"""Names, kinds, sides and sites in a text: "reading rm", "silent bit", "sth wing", "at the law library"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from helpdesk.zones.atlas import Atlas, Named, spelled, stem
from helpdesk.zones.mentions import Mention, Sort
from helpdesk.zones.sentence import Sentence
from helpdesk.zones.words import (
    APPEALS,
    COMPASS,
    COMPASS_LETTERS,
    FLOOR_WORDS,
    KIND_NOUNS,
    KINDS,
    PREDICATE,
    SIDE_NOUNS,
    SIDES,
    SITE_NOUNS,
    SUPPOSED,
)

BESIDE_GROUP = KIND_NOUNS - {"one", "end", "corner", "desk", "seat", "spot"}
ANSWER = 55
"""How sure one word is that answers a question: enough to choose among what was asked, not to go by itself."""

ANSWERING = frozenset("the one its it is in on at im sorry bit area".split()) | KINDS.keys() | SIDES
BEYOND = frozenset("area areas zone zones section space suite".split())
"""What makes a kind one of a zone with a word between: "quiet computer area"."""

AFTER_QUITE = frozenset("area areas zone zones section floor study room rooms space side level part wing".split())


def names_in(sentence: Sentence, atlas: Atlas) -> Iterator[Mention]:
    """Every name of zones, the longest at each place; one that only helps to choose is a HINT."""
    at = 0
    while at < len(sentence):
        if found := _phrase(sentence, at, atlas.names):
            named, last = found
            yield _named(named, at, last, exact=_exact(sentence, at, last))
            at = last
        at += 1


def _named(found: Named, first: int, last: int, *, exact: bool) -> Mention:
    sure = (92 if last > first else 86) - (0 if exact else 6)
    sort = Sort.NAME if found.certain else Sort.HINT
    return Mention(
        sort=sort, first=first, last=last, key=found.name, zones=found.zones, told=f"“{found.name}”", sure=sure
    )


def _exact(sentence: Sentence, first: int, last: int) -> bool:
    return all(sentence.at(place).raw == sentence.word(place) for place in range(first, last + 1))


def _phrase(sentence: Sentence, at: int, phrases: Mapping[str, tuple[Named, ...]]) -> tuple[Named, int] | None:
    """The longest phrase whose words stand here, and its last word; no end of a sentence lies between them."""
    for named in (*phrases.get(sentence.at(at).stem, ()), *phrases.get(_pair(sentence, at), ())):
        last = _last(sentence, at, named.words)
        if last is not None and not _people(sentence, last + 1):
            return named, last
    return None


def _pair(sentence: Sentence, at: int) -> str:
    """Two words as one: "post grad"."""
    if not sentence.word(at).isalpha() or not sentence.word(at + 1).isalpha() or sentence.breaks(at + 1):
        return ""
    return stem(spelled(sentence.at(at).raw + sentence.at(at + 1).raw))


def _last(sentence: Sentence, at: int, words: Sequence[str]) -> int | None:
    """The last of the words of a text that are those of a phrase, None where they are not."""
    for step, word in enumerate(words):
        if step and sentence.stops(at):
            return None
        if sentence.at(at).stem == word:
            at += 1
        elif _pair(sentence, at) == word:
            at += 2
        else:
            return None
    return at - 1


def _people(sentence: Sentence, after: int) -> bool:
    """Whether people are called so: "law students"."""
    return sentence.word(after) in ("students", "student", "society", "team", "lecturers") and not sentence.breaks(
        after
    )


def hints_in(sentence: Sentence, atlas: Atlas) -> Iterator[Mention]:
    """Single words of names: they choose among zones that something else leaves possible."""
    for at, word in enumerate(sentence.words):
        zones = atlas.hints.get(word.stem)
        if zones and not _people(sentence, at + 1):
            yield Mention(sort=Sort.HINT, first=at, last=at, key=word.stem, zones=zones, told=f"“{word.word}”", sure=78)


def sites_in(sentence: Sentence, atlas: Atlas) -> Iterator[Mention]:
    """Every site that is named."""
    for at in range(len(sentence)):
        found = _phrase(sentence, at, atlas.sites)
        if not found:
            continue
        site, last = found
        followed = sentence.word(last + 1) in SITE_NOUNS and not sentence.stops(last + 1)
        if site.certain or followed:
            last += followed
            told = f"site {site.name}"
            yield Mention(sort=Sort.SITE, first=at, last=last, key=site.name, zones=site.zones, told=told, sure=90)


def elsewhere_in(sentence: Sentence) -> Iterator[Mention]:
    """ "upstairs", "the floor above", "below us": a place that is told by another."""
    for at, word in enumerate(sentence.words):
        told = word.word if word.word in ("upstairs", "downstairs") else ""
        if word.word in FLOOR_WORDS and sentence.word(at + 1) in ("above", "below", "up", "down", "beneath"):
            told = "the floor " + sentence.word(at + 1)
        if word.word in ("above", "below", "beneath", "under") and sentence.word(at + 1) in (
            "me",
            "us",
            "mine",
            "ours",
        ):
            told = f"{word.word} {sentence.word(at + 1)}"
        if word.word == "from" and sentence.word(at + 1) in ("above", "below") and sentence.breaks(at + 2):
            told = f"from {sentence.word(at + 1)}"
        if told:
            last = at if told == word.word else at + 1
            yield Mention(sort=Sort.ELSEWHERE, first=at, last=last, key=told, zones=frozenset(), told=told, sure=0)


# Kinds


def kinds_in(sentence: Sentence, atlas: Atlas, floors: Iterable[Mention]) -> Iterator[Mention]:
    """Every kind that a zone is said to have; "be quiet" and "a group of lads" say none."""
    ends = {floor.last for floor in floors}
    starts = {floor.first for floor in floors}
    for at, word in enumerate(sentence.words):
        kind = "quiet" if word.raw == "quite" and _quite(sentence, at, ends) else KINDS.get(word.word, "")
        if not kind:
            continue
        last = at + 1 if sentence.word(at + 1) in KIND_NOUNS and not sentence.breaks(at + 1) else at
        if kind == "group" and last == at + 1 and sentence.word(last + 1) in KIND_NOUNS:
            last += 1
        elif (
            last == at and sentence.word(at + 2) in BEYOND and not (sentence.breaks(at + 1) or sentence.breaks(at + 2))
        ):
            last = at + 2
        beside = (at - 1 in ends and not sentence.stops(at)) or (last + 1 in starts and not sentence.stops(last + 1))
        if _meant(sentence, at, kind, noun=last > at, beside=beside, behind=at - 1 in ends):
            yield _kind(atlas, Sort.KIND, at, last, kind)
        elif kind != "group" and _supposed(sentence, at):
            yield _kind(atlas, Sort.MEANT_TO_BE, at, at, kind)
        elif _answer(sentence):
            yield replace(_kind(atlas, Sort.KIND, at, at, kind), sure=ANSWER)


def _kind(atlas: Atlas, sort: Sort, first: int, last: int, kind: str) -> Mention:
    return Mention(sort=sort, first=first, last=last, key=kind, zones=atlas.of_kind(kind), told=kind, sure=88)


def _answer(sentence: Sentence) -> bool:
    """Whether a text only answers which of several places: "the group one", "south"."""
    return len(sentence) < 5 and all(word.word in ANSWERING for word in sentence.words)


def _quite(sentence: Sentence, at: int, ends: set[int]) -> bool:
    """ "quite area" and "3rd floor quite" are slips, "quite loud" is not."""
    if sentence.word(at + 1) in AFTER_QUITE and not sentence.stops(at + 1):
        return True
    return at - 1 in ends and sentence.breaks(at + 1)


def _meant(sentence: Sentence, at: int, kind: str, *, noun: bool, beside: bool, behind: bool) -> bool:
    """Whether a kind is said of a zone."""
    after, before = sentence.word(at + 1), sentence.word(at - 1)
    if kind == "group":
        if noun and after in BESIDE_GROUP:
            return True
        return behind and not sentence.breaks(at) and (sentence.breaks(at + 1) or after == "bit")
    if noun and not (kind == "quiet" and after == "one"):
        return True
    if before in PREDICATE and not sentence.breaks(at):
        return before == "this" and kind == "silent"
    if kind == "silent":
        return beside or after not in APPEALS
    if after in APPEALS:
        return False
    led = before in ("in", "the") and (sentence.breaks(at + 1) or after in ("on", "one"))
    return beside or led


def _supposed(sentence: Sentence, at: int) -> bool:
    """ "meant to be silent": so the zone is, whoever says it."""
    return any(sentence.word(place) in SUPPOSED for place in range(at - 4, at))


# Sides


def sides_in(sentence: Sentence, atlas: Atlas, floors: Iterable[Mention]) -> Iterator[Mention]:
    """ "south wing", "N side"; "south" alone only beside a floor or after in or on."""
    ends = {floor.last for floor in floors}
    starts = {floor.first for floor in floors}
    for at, word in enumerate(sentence.words):
        shortened = len(word.raw) == 1 and sentence.at(at + 1).marks == ". "
        noun = sentence.word(at + 1) in SIDE_NOUNS and (shortened or not sentence.breaks(at + 1))
        side = COMPASS_LETTERS.get(word.raw, "") if noun and not word.glued else ""
        side = side or (word.word if word.word in SIDES and (noun or word.word in COMPASS) else "")
        if not side or side not in atlas.sides:
            continue
        beside = at - 1 in ends or at - 2 in ends or at + 1 in starts or at + 2 in starts
        if noun or beside or (sentence.word(at - 1) in ("in", "on", "the", "at") and sentence.breaks(at + 1)):
            last = at + 1 if noun else at
            sort = Sort.SIDE if noun else Sort.COMPASS
            told = f"{side} {sentence.word(last)}" if noun else side
            yield Mention(sort=sort, first=at, last=last, key=side, zones=atlas.sides[side], told=told, sure=84)
        elif _answer(sentence):
            yield Mention(sort=Sort.SIDE, first=at, last=at, key=side, zones=atlas.sides[side], told=side, sure=ANSWER)
