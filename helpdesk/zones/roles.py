"""How mentions are meant: shut out ("not level 2"), left behind ("moved from"), where the texter sits, near only."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.zones.mentions import PLACES, Mention, Role, Sort
from helpdesk.zones.sentence import Sentence
from helpdesk.zones.words import (
    APART_WORDS,
    FIRST_PERSON,
    HEARD,
    HEDGES,
    HERE_WORDS,
    MOVED,
    NEAR_WORDS,
    NOT_PASSES,
    NOT_WORDS,
    PUT_RIGHT,
    THEY_WORDS,
)

BACK = 6
"""Words before a mention that are looked at."""


def with_roles(mentions: Iterable[Mention], sentence: Sentence) -> tuple[Mention, ...]:
    """The mentions, each as it is meant; what stands beside a floor shares its role."""
    found = sorted(mentions, key=lambda mention: (mention.first, mention.last))
    ends = {mention.last for mention in found}
    meant = [mention.meant(_role(mention, sentence, ends)) for mention in found]
    return tuple(_put_right(_shared(meant, sentence), sentence))


def _role(mention: Mention, sentence: Sentence, ends: set[int]) -> Role:
    if _shut_out(mention.first, sentence):
        return Role.NOT
    if mention.sort not in PLACES:
        return Role.PLAIN
    if mention.sort is Sort.CODE:
        return _moving(mention.first, sentence) or Role.PLAIN
    if _near(mention, sentence):
        return Role.NEAR
    return _moving(mention.first, sentence) or _from(mention.first, sentence, ends) or _here(mention.first, sentence)


def _shut_out(at: int, sentence: Sentence) -> bool:
    """ "not on level 2", "isn't the silent bit", "instead of level 2"; not "not sure if" or "not only"."""
    for place in range(at - 1, max(at - BACK, -1), -1):
        if sentence.breaks(place + 1):
            return False
        word = sentence.word(place)
        if word in NOT_WORDS or (word in ("of", "than") and sentence.word(place - 1) in ("instead", "rather")):
            return True
        if word not in NOT_PASSES:
            return False
    return False


def _near(mention: Mention, sentence: Sentence) -> bool:
    """ "outside the reading room", "above level 3"; "next to level 3" is a floor all the same."""
    words = APART_WORDS if mention.sort is Sort.FLOOR else NEAR_WORDS
    for place in range(mention.first - 1, max(mention.first - 4, -1), -1):
        if sentence.breaks(place + 1):
            return False
        if sentence.word(place) in words:
            return True
        if sentence.word(place) not in HEDGES:
            return False
    return False


def _moving(at: int, sentence: Sentence) -> Role | None:
    """ "they moved from X to Y": X is left. "we moved to Y": Y is where the texter went, not where the noise is."""
    before = _back(at, sentence)
    words = [sentence.word(place) for place in before]
    if words[:1] == ["left"] and sentence.word(at - 2) in THEY_WORDS:
        return Role.LEFT
    for step, word in enumerate(words):
        if word in MOVED:
            own = _own(before[step], sentence)
            between = words[:step]
            if "from" in between and "to" not in between:
                return Role.PLAIN if own else None if word in HEARD else Role.LEFT
            if "to" in between or "up" in between or "down" in between:
                return Role.AWAY if own else None
            return None
    return None


def _own(at: int, sentence: Sentence) -> bool:
    """Whether it is the texter who moves: "we moved", "moved"."""
    return sentence.breaks(at) or any(sentence.word(place) in FIRST_PERSON for place in range(at - 4, at))


def _back(at: int, sentence: Sentence) -> list[int]:
    """The places of the words before, nearest first, up to the mark that parts them."""
    places: list[int] = []
    for place in range(at - 1, max(at - BACK - 2, -1), -1):
        if sentence.breaks(place + 1) or sentence.word(place) in ("but", "and", "because", "bc", "cos"):
            break
        places.append(place)
    return places


def _from(at: int, sentence: Sentence, ends: set[int]) -> Role | None:
    """ "coming from level 4", "can hear them on level 4"."""
    for place in _back(at, sentence):
        if place in ends and place != at - 1:
            return None
        if sentence.word(place) in HEARD:
            return Role.SOURCE
        if sentence.word(place) == "from" and sentence.word(place - 1) not in FIRST_PERSON and place >= at - 2:
            return Role.SOURCE
    return None


def _here(at: int, sentence: Sentence) -> Role:
    """ "im on level 2", "sat in the reading room"."""
    words = [sentence.word(place) for place in _back(at, sentence)]
    return Role.HERE if any(word in HERE_WORDS for word in words) else Role.PLAIN


def _shared(mentions: list[Mention], sentence: Sentence) -> list[Mention]:
    """What stands beside a place in one breath goes with it: in "im on 2 south", south is where the texter sits."""
    places = [mention for mention in mentions if mention.sort in PLACES]
    return [mention if mention.sort in PLACES else _as_neighbour(mention, places, sentence) for mention in mentions]


def _as_neighbour(mention: Mention, places: list[Mention], sentence: Sentence) -> Mention:
    if mention.role is Role.NOT:
        return mention
    beside = [place for place in places if _one_breath(mention, place, sentence)]
    nearest = min(beside, key=lambda place: _gap(mention, place), default=None)
    return mention.meant(nearest.role) if nearest and nearest.role is not Role.NEAR else mention


def _gap(one: Mention, other: Mention) -> int:
    return max(one.first - other.last, other.first - one.last)


def _one_breath(one: Mention, other: Mention, sentence: Sentence) -> bool:
    first, last = sorted((one.last, other.first)) if one.first < other.first else sorted((other.last, one.first))
    if last - first > 4:
        return False
    return not any(
        sentence.stops(place) or sentence.word(place) in ("but", "not") for place in range(first + 1, last + 1)
    )


def _put_right(mentions: list[Mention], sentence: Sentence) -> Iterable[Mention]:
    """ "level 2, sorry i mean level 3": what stands before the correction is shut out, if it is of the same sort."""
    starts = {mention.first for mention in mentions if mention.sort in PLACES}
    cue = next((at for at in range(len(sentence) - 1, 0, -1) if _corrects(at, sentence, starts)), None)
    if cue is None:
        return mentions
    sorts = {mention.sort for mention in mentions if mention.first > cue and mention.role is not Role.NOT} & PLACES
    return [
        mention.meant(Role.NOT) if mention.last < cue and mention.sort in sorts else mention for mention in mentions
    ]


def _corrects(at: int, sentence: Sentence, starts: set[int]) -> bool:
    word = sentence.word(at)
    if word in ("meant", "mean", "correction", "oops", "typo"):
        return True
    if word in PUT_RIGHT and at + 1 in starts:
        return True
    return word in PUT_RIGHT and sentence.word(at + 1) in ("level", "its", "it", "i", "no", "on", "the", "floor")
