"""What follows from all that a text mentions: one zone, or a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpdesk.zones.atlas import Atlas, Zones
from helpdesk.zones.mentions import PLACES, Mention, Role, Sort
from helpdesk.zones.plan import Zone

ENOUGH = 60
"""So sure that a member of staff is sent without asking."""

ELSEWHERE = 12
"""What it takes off when the zone is at another site than the line's, and the text names no site."""

NO_TALKING = frozenset({"silent", "quiet"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The zone, or None and what is still possible. ``live``: the mentions that counted."""

    zone: Zone | None
    sure: int
    why: str
    choices: tuple[Zone, ...] = ()
    live: tuple[Mention, ...] = ()


def judged(mentions: Sequence[Mention], atlas: Atlas, site: str) -> Verdict:
    """One zone if what counts leaves one, and surely enough."""
    live = _live(mentions)
    live = _surer(live)
    codes = {mention.key: mention for mention in live if mention.sort is Sort.CODE}
    if len(codes) == 1:
        return _by_code(next(iter(codes.values())), live, atlas)
    if codes:
        return _asked(
            "two codes: " + ", ".join(codes), frozenset().union(*(code.zones for code in codes.values())), atlas, live
        )
    if apart := _apart(live):
        return _asked(f"{apart.told}, not where a place is named", frozenset(), atlas, live)
    if not any(_tells(mention) for mention in live):
        return _asked("no place in the text", frozenset(), atlas, ())
    return _Sifting(atlas, site, mentions, live).verdict()


def _tells(mention: Mention) -> bool:
    """Whether a mention tells anything of a place without another."""
    return mention.sort in PLACES or mention.sort in (Sort.KIND, Sort.SIDE, Sort.HINT)


def _surer(live: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Without what may well be something else ("3.15" a time) where another place is told surely."""
    sure = any(mention.sort in PLACES and mention.sure >= ENOUGH for mention in live)
    return tuple(one for one in live if not (sure and one.sort is Sort.ROOM and one.sure < ENOUGH))


def _apart(live: Sequence[Mention]) -> Mention | None:
    """What says that the noise is above or below the place that is named: "upstairs" only where the texter sits."""
    places = [mention for mention in live if mention.sort in PLACES]
    for mention in live:
        if mention.sort is not Sort.ELSEWHERE or not places:
            continue
        if " " in mention.key or any(place.role is Role.HERE for place in places):
            return mention
    return None


def _live(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions that tell where the noise is: not what was shut out or left; where it comes from before where
    the texter sits."""
    kept = [mention for mention in mentions if mention.role not in (Role.NOT, Role.LEFT)]
    if any(mention.role is Role.SOURCE and mention.sort in PLACES for mention in kept):
        kept = [mention for mention in kept if mention.role not in (Role.HERE, Role.AWAY)]
    return tuple(kept)


def _by_code(code: Mention, live: Sequence[Mention], atlas: Atlas) -> Verdict:
    others = [mention for mention in live if mention.sort in (Sort.FLOOR, Sort.SITE, Sort.ROOM)]
    against = [mention for mention in others if mention.role is not Role.NEAR and not mention.zones & code.zones]
    (zone,) = atlas.chosen(code.zones)
    why = code.told + (f", although {against[0].told} is mentioned" if against else "")
    return Verdict(zone, 80 if against else code.sure, why, (zone,), tuple(live))


def _asked(why: str, zones: Zones, atlas: Atlas, live: Sequence[Mention], sure: int = 0) -> Verdict:
    return Verdict(None, sure, why, atlas.chosen(zones), tuple(live))


class _Sifting:
    """Zones go through one sieve after another: site, floor, room, name; then what only helps to choose."""

    def __init__(self, atlas: Atlas, site: str, mentions: Sequence[Mention], live: tuple[Mention, ...]) -> None:
        self._atlas = atlas
        self._site = site
        self._mentions = mentions
        self._live = live
        self._left = atlas.all
        self._sure = 100
        self._told: list[str] = []

    def verdict(self) -> Verdict:
        """The zone that is left, or why to ask."""
        for sort in (Sort.SITE, Sort.ROOM, Sort.NAME, Sort.FLOOR):
            if trouble := self._places(sort):
                return trouble
        strong = bool(self._told)
        self._own_site(strong)
        if trouble := self._described():
            return trouble
        if not strong and not self._told:
            return self._ask("what is said fits many places")
        return self._decided(strong)

    def _of(self, *sorts: Sort) -> list[Mention]:
        return [mention for mention in self._live if mention.sort in sorts]

    def _ask(self, why: str, zones: Zones | None = None) -> Verdict:
        return _asked(why, self._left if zones is None else zones, self._atlas, self._live)

    # Places

    def _places(self, sort: Sort) -> Verdict | None:
        """Sift by the places of one sort; a question if they contradict each other or what was left."""
        found = [mention for mention in self._of(sort) if mention.role not in (Role.NEAR, Role.AWAY)]
        if not found:
            return None
        if any(mention.role is Role.AWAY for mention in self._of(*PLACES)):
            return self._ask(
                "the texter moved", self._near(frozenset().union(*(one.zones for one in self._of(*PLACES))))
            )
        keys = dict.fromkeys(mention.key for mention in found)
        common = frozenset(self._atlas.all).intersection(*(mention.zones for mention in found))
        if len(keys) > 1 and (sort is Sort.FLOOR or not common):
            told = ", ".join(dict.fromkeys(mention.told for mention in found))
            return self._ask(f"two places: {told}", self._near(frozenset().union(*(one.zones for one in found))))
        if not common:
            return self._ask(f"{found[0].told}: no zone is there", frozenset() if sort is Sort.FLOOR else self._left)
        if not common & self._left:
            told = " and ".join([*self._told, found[0].told])
            return self._ask(f"{told}: they do not go together", self._near(common | self._left))
        self._keep(common, found)
        return None

    def _near(self, zones: Zones) -> Zones:
        """Those at the line's site, if there are such."""
        return zones & self._atlas.of_site(self._site) or zones

    def _keep(self, zones: Zones, because: Iterable[Mention], *, also: bool = True) -> None:
        self._left &= zones
        for mention in because:
            self._sure = min(self._sure, mention.sure) if also else self._sure
            if mention.told not in self._told:
                self._told.append(mention.told)

    def _own_site(self, strong: bool) -> None:
        """The line's site, where the text names none and it is among what is possible."""
        own = self._atlas.of_site(self._site)
        if not own or self._of(Sort.SITE):
            return
        if self._left & own:
            self._left &= own
        elif strong:
            self._sure -= ELSEWHERE
            exact = [self._atlas.on_floor(floor.key) for floor in self._of(Sort.FLOOR)]
            self._left = self._left.intersection(*exact) or self._left

    # What only helps to choose

    def _described(self) -> Verdict | None:
        self._sides()
        if trouble := self._kinds():
            return trouble
        for hint in self._of(Sort.HINT):
            if len(self._left) > 1 and hint.zones & self._left and hint.zones & self._left != self._left:
                self._keep(hint.zones, [hint])
        self._names_nearby()
        return None

    def _sides(self) -> None:
        for side in self._of(Sort.SIDE, Sort.COMPASS):
            if side.zones & self._left and (len(self._left) > 1 or side.sort is Sort.SIDE):
                self._keep(side.zones, [side])

    def _kinds(self) -> Verdict | None:
        """Sift by kind; what a zone is not goes out first."""
        for kind in (mention for mention in self._mentions if mention.sort is Sort.KIND and mention.role is Role.NOT):
            self._left = self._left - kind.zones or self._left
        kinds = {mention.key: mention for mention in self._of(Sort.KIND) if mention.role is not Role.AWAY}
        if len(kinds) > 1 and len(self._left) > 1:
            return self._ask("two kinds: " + ", ".join(kinds))
        for kind in kinds.values():
            if kind.zones & self._left:
                self._keep(kind.zones, [kind])
            elif not self._of(Sort.NAME, Sort.ROOM) and not self._nearly(kind.key):
                return self._ask(f"{' and '.join([*self._told, kind.told])}: no zone is both")
        for kind in self._of(Sort.MEANT_TO_BE):
            if len(self._left) > 1 and self._told:
                self._meant_to_be(kind)
        return None

    def _nearly(self, kind: str) -> bool:
        """A quiet zone called silent, the only one that is left: so it is, a little less surely."""
        if len(self._left) != 1 or kind not in NO_TALKING:
            return False
        (zone,) = self._atlas.chosen(self._left)
        self._sure = min(self._sure, 70)
        return zone.kind in NO_TALKING

    def _meant_to_be(self, kind: Mention) -> None:
        wanted = kind.zones if kind.key == "silent" else kind.zones | self._atlas.of_kind("silent")
        if wanted & self._left:
            self._keep(wanted, [kind])
            self._sure = min(self._sure, 78)

    def _names_nearby(self) -> None:
        """ "2nd floor near the journals": a name beside which it is chooses within the floor."""
        for name in (mention for mention in self._of(Sort.NAME) if mention.role is Role.NEAR):
            if len(self._left) > 1 and name.zones & self._left and self._of(Sort.FLOOR):
                self._keep(name.zones, [name])
                self._sure = min(self._sure, 75)

    # The end

    def _decided(self, strong: bool) -> Verdict:
        told = " and ".join(self._told) or "what is said"
        zones = self._atlas.chosen(self._left)
        if len(zones) != 1:
            return self._ask(f"{told}: {len(zones)} zones are possible")
        sure = self._sure if strong else min(self._sure, 68)
        if not strong and not self._of(Sort.KIND, Sort.SIDE):
            return self._ask(f"{told}: that alone is not enough")
        if sure < ENOUGH:
            return self._ask(f"{told}: not sure enough")
        return Verdict(zones[0], max(sure, ENOUGH), f"{told}: there is one such zone", zones, self._live)
