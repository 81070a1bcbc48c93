"""Ours among theirs: placed in a funnel, set beside it, or refused, each with its reason. Pure.

A funnel is no league table. It says of each share whether it lies further from the centre than chance alone would
put it, given of how many contacts it is; between shares that don't, there is nothing to rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.reports.benchmark.likeness import likeness, told
from helpdesk.reports.benchmark.ours import peer
from helpdesk.reports.benchmark.peers import ALL, WHOLE, Peer
from helpdesk.reports.contents import Report
from helpdesk.reports.statistics import funnel


class Centre(StrEnum):
    """What a funnel is drawn around."""

    PROMISE = "promise"
    POOLED = "pooled"


class Place(StrEnum):
    """Where a share lies in the funnel: within its limits, or above or below those of 95 or of 99.8 %."""

    FAR_ABOVE = "above 99.8 %"
    ABOVE = "above 95 %"
    WITHIN = "within"
    BELOW = "below 95 %"
    FAR_BELOW = "below 99.8 %"

    @property
    def in_words(self) -> str:
        """ "within the limits", "above the 95 % limits"."""
        return "within the limits" if self is Place.WITHIN else f"{self.replace(' ', ' the ', 1)} limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A figure in the funnel. ``limits`` are the lower 99.8, lower 95, upper 95 and upper 99.8 % at its ``judged``."""

    peer: Peer
    ours: bool
    share: int
    judged: int
    limits: tuple[int, int, int, int]

    @property
    def place(self) -> Place:
        """Where it lies."""
        low998, low95, high95, high998 = self.limits
        if self.share < low998:
            return Place.FAR_BELOW
        if self.share > high998:
            return Place.FAR_ABOVE
        if self.share < low95:
            return Place.BELOW
        return Place.ABOVE if self.share > high95 else Place.WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A figure that is not in the funnel, and why: half sentences, one at least."""

    peer: Peer
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One promise of ours and every peer.

    ``standard``  its name in our report, ``ours`` its figure in the form of a peer
    ``centre``    what the funnel is drawn around, in hundredths of a percent; ``around`` says what that is
    ``placed``    those that are alike and can be placed, ours first, then the larger ones first
    ``beside``    not known to differ, but not to be placed: their reasons say what is missing
    ``unlike``    of the same contacts, but another promise: not ranked, with the reason
    ``elsewhere`` promises about other channels or kinds of contact: not ranked, with the reason
    """

    standard: str
    ours: Peer
    around: Centre
    centre: int | None
    placed: tuple[Placed, ...] = ()
    beside: tuple[Apart, ...] = ()
    unlike: tuple[Apart, ...] = ()
    elsewhere: tuple[Apart, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether ours is the only figure that could be placed."""
        return len(self.placed) <= 1


def compared(report: Report, peers: Iterable[Peer], *, around: Centre = Centre.PROMISE) -> tuple[Comparison, ...]:
    """Each promise of the report beside every peer; what the library itself wrote into the file is left out."""
    others = tuple(each for each in peers if each.institution != report.library)
    return tuple(
        comparison(figure.standard, peer(report, figure), others, around=around)
        for figure in report.total.figures
        if figure.judged
    )


def comparison(standard: str, ours: Peer, peers: Iterable[Peer], *, around: Centre = Centre.PROMISE) -> Comparison:
    """One figure of ours beside every peer.

    Around a promise of 100 % there is no room for chance, so there the funnel is drawn around the pooled mean.
    """
    like: list[Peer] = []
    apart: dict[str, list[Apart]] = {"beside": [], "unlike": [], "elsewhere": []}
    for each in peers:
        found = likeness(ours, each)
        why = (*told(found), *_unplaceable(each))
        if not why:
            like.append(each)
        elif found.unlike:
            apart["unlike" if _same_contacts(ours, each) else "elsewhere"].append(Apart(peer=each, why=found.differing))
        else:
            apart["beside"].append(Apart(peer=each, why=why))
    chosen = Centre.POOLED if ours.target in (None, WHOLE) else around
    together = (ours, *sorted(like, key=lambda each: (-(each.judged or 0), each.institution, each.period)))
    centre = ours.target if chosen is Centre.PROMISE else pooled(together)
    return Comparison(
        standard=standard,
        ours=ours,
        around=chosen,
        centre=centre,
        placed=tuple(_placed(each, ours, centre) for each in together) if centre is not None else (),
        **{name: tuple(found) for name, found in apart.items()},
    )


def pooled(peers: Iterable[Peer]) -> int | None:
    """The share of all their contacts together, cut; None where nothing was judged."""
    counts = [(_met(each), each.judged or 0) for each in peers]
    judged = sum(n for _, n in counts)
    return sum(met for met, _ in counts) * WHOLE // judged if judged else None


def _met(peer: Peer) -> int:
    """How many kept the promise: as published, or as the share of the judged says, rounded."""
    if peer.met is not None:
        return peer.met
    return ((peer.figure or 0) * (peer.judged or 0) + WHOLE // 2) // WHOLE


def _placed(each: Peer, ours: Peer, centre: int) -> Placed:
    share, judged = each.figure or 0, each.judged or 0  # what has neither was set beside
    limits = funnel(centre, judged)
    assert limits is not None
    return Placed(
        peer=each,
        ours=each is ours,
        share=share,
        judged=judged,
        limits=(limits.lower998, limits.lower95, limits.upper95, limits.upper998),
    )


def _unplaceable(peer: Peer) -> Iterator[str]:
    """Why a figure that is alike still can't be placed."""
    if peer.lowest is not None:
        yield "only its lowest and highest are published, no figure of the whole period"
    elif peer.figure is None:
        yield "it publishes a promise and no figure"
    if not peer.judged:
        yield "it does not say of how many contacts its share is"


def _same_contacts(ours: Peer, theirs: Peer) -> bool:
    """Whether they may be about the same contacts: a channel in common, or every one, or not said; and one kind."""
    shared = not set(ours.channels).isdisjoint(theirs.channels)
    return theirs.kind == ours.kind and (shared or not theirs.channels or ALL in (*ours.channels, *theirs.channels))
