"""A plan made ready for reading: which zones a code, a room, a name, a floor, a side or a site leaves possible.

Zones are known by their place in the plan; a :data:`Zones` is a set of such places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from helpdesk.zones.codes import code_key
from helpdesk.zones.floors import LETTERED, LOWER_GROUND, ORDINALS, UPPER_GROUND, floor_key, height
from helpdesk.zones.plan import Plan, Zone
from helpdesk.zones.rooms import Parts, RoomRange, room_parts, room_range
from helpdesk.zones.spelling import Speller, speller
from helpdesk.zones.tokens import tokens_of
from helpdesk.zones.words import (
    COMPASS,
    EVERYDAY,
    FLOOR_WORDS,
    GENERIC,
    KINDS,
    PLACE_NOUNS,
    POSITION,
    SHORT,
    SIDE_NOUNS,
    SIDES,
    SITE_NOUNS,
)

Zones = frozenset[int]
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A name of zones as words. ``certain``: it names the place; else it only helps to choose among places."""

    words: Phrase
    name: str
    zones: Zones
    certain: bool


@dataclass(frozen=True, slots=True)
class Atlas:
    """What can be looked up of a plan.

    ``codes``    by the one form of a code
    ``names``    by the first word of a name, the longest first
    ``floors``   by site, then by floor
    ``sides``    zones with "north" and the like in a name
    ``hints``    single words of names, which help to choose
    ``sites``    what a site is called, by the first word, the longest first
    """

    plan: Plan
    codes: Mapping[str, int]
    rooms: tuple[tuple[RoomRange, int], ...]
    names: Mapping[str, tuple[Named, ...]]
    floors: Mapping[str, Mapping[str, Zones]]
    sides: Mapping[str, Zones]
    hints: Mapping[str, Zones]
    sites: Mapping[str, tuple[Named, ...]]
    speller: Speller

    @property
    def all(self) -> Zones:
        """Every zone."""
        return frozenset(range(len(self.plan.zones)))

    def chosen(self, zones: Zones) -> tuple[Zone, ...]:
        """The zones themselves, in the order of the file."""
        return tuple(self.plan.zones[place] for place in sorted(zones))

    def of_site(self, site: str) -> Zones:
        """The zones of a site."""
        return frozenset(place for place, zone in enumerate(self.plan.zones) if zone.site == site)

    def of_kind(self, kind: str) -> Zones:
        """The zones of a kind."""
        return frozenset(place for place, zone in enumerate(self.plan.zones) if zone.kind == kind)

    def of_room(self, room: Parts) -> Zones:
        """The zones that a room lies in: one at a site."""
        return frozenset(place for rooms, place in self.rooms if rooms.holds(room))

    def on_floor(self, key: str) -> Zones:
        """The zones whose sign says just this floor."""
        return frozenset(place for floors in self.floors.values() for place in floors.get(key, ()))

    def of_floor(self, key: str) -> Zones:
        """The zones on a floor, at every site that has it or what must be meant by it."""
        return frozenset(place for floors in self.floors.values() for place in _on_floor(floors, key))


@lru_cache(maxsize=8)
def atlas_of(plan: Plan) -> Atlas:
    """A plan made ready."""
    named = tuple(_named(plan))
    sites = tuple(_sites(plan))
    hints = _hints(plan)
    known = (
        {word for name in (*named, *sites) for word in name.words} | hints.keys() | _words(plan).keys() | _own_words()
    )
    return Atlas(
        plan=plan,
        codes={code_key(zone.code): place for place, zone in enumerate(plan.zones) if zone.code},
        rooms=tuple(_rooms(plan)),
        names=_by_first(named),
        floors=_floors(plan),
        sides={word: zones for word, zones in _words(plan).items() if word in SIDES},
        hints=hints,
        sites=_by_first(sites),
        speller=speller(known, EVERYDAY, SHORT),
    )


def _own_words() -> frozenset[str]:
    lettered = {word for sign in LETTERED for word in sign.split() if len(word) > 2}
    plain = {"silent", "library", "building", "room", "silence", "levels", "floors", "group", "section", "windows"}
    return frozenset({*FLOOR_WORDS, *ORDINALS, *KINDS, *COMPASS, *SIDE_NOUNS, *lettered, *plain})


def stem(word: str) -> str:
    """A word without the s of its plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def spelled(word: str) -> str:
    """A word of a plan in its full form: "rm" is "room"."""
    return SHORT.get(word, word)


def words_of(name: str) -> Phrase:
    """The words and numbers of a name."""
    return tuple(spelled(token.word) for token in tokens_of(name) if token.word[0].isalnum())


def _named(plan: Plan) -> Iterator[Named]:
    """Every name that says more than floor, kind and side do."""
    found: dict[tuple[Phrase, bool], set[int]] = defaultdict(set)
    told: dict[Phrase, str] = {}
    for place, zone in enumerate(plan.zones):
        for name in _names_of(zone):
            words = words_of(name)
            positional = words[:1] != () and words[0] in POSITION
            for core in _parts(name):
                little = all(_says_little(word) for word in core)
                if little and (core != words or KINDS.keys().isdisjoint(core) or len(core) < 2):
                    continue
                phrase = tuple(map(stem, core))
                certain = not (little or positional or (len(phrase) == 1 and _vague(core[0])))
                found[phrase, certain].add(place)
                told.setdefault(phrase, " ".join(core))
    for (phrase, certain), places in found.items():
        yield Named(phrase, told[phrase], frozenset(places), certain)


def _parts(name: str) -> Iterator[Phrase]:
    """What of a name people use: all of it but the floor, what stands between its marks, two words at either end."""
    whole = _core(words_of(name))
    pieces = [_core(words_of(piece)) for piece in re.split(r"[,;:()&/]| - | and ", name)]
    ends = [whole[:2], whole[-2:]] if len(whole) > 2 else []
    ends = [end for end in ends if all(word.isalpha() and word not in SMALL for word in end)]
    yield from dict.fromkeys(part for part in (whole, *pieces, *ends) if part)


def _names_of(zone: Zone) -> tuple[str, ...]:
    own_floor = (zone.floor,) if height(floor_key(zone.floor)) is None else ()
    return (zone.name, *zone.aliases, *own_floor)


SMALL = frozenset("the a of on in at by near next to and beside".split())


def _core(words: Phrase) -> Phrase:
    """A name without the floor in it, and without small words at its ends."""
    kept: list[str] = []
    skip = False
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if skip:
            skip = False
        elif (word in FLOOR_WORDS and _is_floor(after)) or (_is_floor(word) and after in FLOOR_WORDS):
            skip = True
        else:
            kept.append(word)
    while kept and kept[0] in SMALL:
        kept.pop(0)
    while kept and kept[-1] in SMALL:
        kept.pop()
    return tuple(kept)


def _is_floor(word: str) -> bool:
    return word.isdecimal() or word in LETTERED or word in ORDINALS or word in ("upper", "lower")


def _says_little(word: str) -> bool:
    return word in GENERIC or word in KINDS or word in SIDES or word in FLOOR_WORDS or _is_floor(word)


def _vague(word: str) -> bool:
    """Whether a word by itself says little: one of everyday life that is no place."""
    return len(word) < 3 or (word in EVERYDAY and word not in PLACE_NOUNS)


def _words(plan: Plan) -> dict[str, Zones]:
    """Every word of every name, with the zones that have it."""
    found: dict[str, set[int]] = defaultdict(set)
    for place, zone in enumerate(plan.zones):
        for name in (zone.name, *zone.aliases):
            for word in words_of(name):
                found[word].add(place)
    return {word: frozenset(places) for word, places in found.items()}


def _hints(plan: Plan) -> dict[str, Zones]:
    """Words of names that help to choose: neither small nor everyday."""
    found: dict[str, set[int]] = defaultdict(set)
    for word, places in _words(plan).items():
        if len(word) > 2 and word.isalpha() and not _says_little(word) and not _vague(word):
            found[stem(word)] |= places
    return {word: frozenset(places) for word, places in found.items()}


def _rooms(plan: Plan) -> Iterator[tuple[RoomRange, int]]:
    for place, zone in enumerate(plan.zones):
        for room in zone.rooms:
            with suppress(ValueError):  # a plan from a file has been checked
                yield room_range(room), place
        for name in (zone.name, *zone.aliases):
            words = name.lower().split()
            if len(words) == 2 and words[0] in ("room", "rm") and len(room_parts(words[1])) > 1:
                parts = room_parts(words[1])
                yield RoomRange(parts, parts), place


def _floors(plan: Plan) -> dict[str, dict[str, Zones]]:
    found: dict[str, dict[str, set[int]]] = {}
    for place, zone in enumerate(plan.zones):
        found.setdefault(zone.site, {}).setdefault(floor_key(zone.floor), set()).add(place)
    return {site: {key: frozenset(places) for key, places in floors.items()} for site, floors in found.items()}


TOP, BOTTOM = "top", "bottom"


def _on_floor(floors: Mapping[str, Zones], key: str) -> Zones:
    """The zones of one site on a floor, or on those that may be called so."""
    if key in floors:
        return floors[key]
    heights = {own: high for own in floors if (high := height(own)) is not None}
    below = [own for own, high in heights.items() if high < 0]
    match key:
        case "top":
            called = [max(heights, key=heights.__getitem__)] if heights else []
        case "bottom":
            called = [own for own, high in heights.items() if high <= 0]
        case "-1" | "lg":
            called = below if len(below) == 1 or key == LOWER_GROUND else []
        case "0":
            called = [own for own in (LOWER_GROUND, UPPER_GROUND) if own in floors]
        case "ug":
            called = ["0"] if "0" in floors else []
        case _:
            called = []
    return frozenset(place for own in called for place in floors[own])


def _sites(plan: Plan) -> Iterator[Named]:
    """What a site is called: as the file says, and its short name. Certain: no "library" need follow."""
    pairs = [*plan.called, *((site.replace("-", " ").replace("_", " "), site) for site in plan.sites)]
    found: dict[Phrase, set[str]] = defaultdict(set)
    for name, site in pairs:
        words = words_of(name)
        core = tuple(word for word in words if word not in SITE_NOUNS | SMALL) or words
        found[tuple(map(stem, core))].add(site)
    for phrase, sites in found.items():
        zones = frozenset(place for place, zone in enumerate(plan.zones) if zone.site in sites)
        certain = len(phrase) > 1 or _unusual(phrase[0], plan)
        yield Named(phrase, " or ".join(sorted(sites)), zones, certain)


ORDINARY_SITES = frozenset(
    """main law health science sciences medical medicine arts art music business education engineering central city
    park town hospital student students social short tower college hall house house learning management new old
    north south east west upper lower campus library site a b c maths nursing sport sports""".split()
)
"""Sites that are ordinary words, too: "library" or the like must follow."""


def _unusual(word: str, plan: Plan) -> bool:
    return len(word) > 3 and word not in ORDINARY_SITES and word not in EVERYDAY and word not in GENERIC


def _by_first(named: Iterable[Named]) -> dict[str, tuple[Named, ...]]:
    found: dict[str, list[Named]] = defaultdict(list)
    for name in sorted(named, key=lambda name: -len(name.words)):
        if name.words:
            found[name.words[0]].append(name)
    return {word: tuple(names) for word, names in found.items()}
