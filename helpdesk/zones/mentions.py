"""What a text mentions: codes, rooms, floors, names, kinds, sides and sites, each with the zones it leaves possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from helpdesk.zones.atlas import Zones
from helpdesk.zones.sentence import Sentence


class Sort(StrEnum):
    """What a mention is. HINT, COMPASS and MEANT_TO_BE only help to choose.

    ELSEWHERE is upstairs, or the floor above: not where a place is named.
    """

    CODE = "code"
    ROOM = "room"
    NAME = "name"
    FLOOR = "floor"
    SITE = "site"
    KIND = "kind"
    SIDE = "side"
    COMPASS = "compass"
    MEANT_TO_BE = "meant to be"
    HINT = "hint"
    ELSEWHERE = "elsewhere"


PLACES = frozenset({Sort.CODE, Sort.ROOM, Sort.NAME, Sort.FLOOR, Sort.SITE})
"""Those that name a place by themselves."""


class Role(StrEnum):
    """How a mention is meant."""

    PLAIN = "plain"
    NOT = "not"
    LEFT = "left"
    HERE = "here"
    SOURCE = "source"
    AWAY = "away"
    NEAR = "near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stretch of words, from ``first`` to ``last``, that tells of a place.

    ``key``   what is mentioned: two mentions with one key tell the same
    ``told``  the same in plain words, for staff
    ``sure``  0 to 100
    ``known``  whether it is of this plan: a number called a room that no zone has may be anything
    """

    sort: Sort
    first: int
    last: int
    key: str
    zones: Zones
    told: str
    sure: int
    role: Role = Role.PLAIN
    known: bool = True

    def meant(self, role: Role) -> Mention:
        """The same in a role."""
        return replace(self, role=role)

    def span(self, sentence: Sentence) -> tuple[int, int]:
        """Where it stands in the text."""
        return sentence.span(self.first, self.last)
