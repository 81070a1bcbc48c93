"""What the figures say of each element: the parts that ``cse.toml`` names, put together.

A draft says what the log shows and where it stops. It grades nothing and praises nothing: people read it, change it,
and say what else they have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.reports.evidence import compared, performed, promised, reached
from helpdesk.reports.evidence.elements import Element
from helpdesk.reports.evidence.kept import Entry
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.shown import Shown, together

Part = Callable[[Material], Shown]

PARTS: Mapping[str, Part] = {
    "acknowledged": performed.acknowledged,
    "attainment": performed.attainment,
    "challenge": promised.challenge,
    "changes": promised.changes,
    "channels": reached.channels,
    "complaints": promised.complaints,
    "coverage": promised.coverage,
    "demand": reached.demand,
    "delivered": performed.delivered,
    "dips": performed.dips,
    "first_answers": performed.first_answers,
    "following": performed.following,
    "greetings": promised.greetings,
    "hours": reached.hours,
    "informed": performed.informed,
    "misses": performed.misses,
    "monitoring": performed.monitoring,
    "one_queue": reached.one_queue,
    "owners": promised.owners,
    "peers": compared.peers,
    "privacy": reached.privacy,
    "promises": promised.promises,
    "suspensions": performed.suspensions,
    "told": performed.told,
}
"""What ``shows`` may name."""


class State(StrEnum):
    """How far the log speaks to an element."""

    SHOWN = "shown by the log"
    PARTLY = "shown in part"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One element with its evidence.

    ``shown``   what the log has, and in ``lacks`` all that is missing
    ``now``     what people wrote of it for this year, ``before`` for the latest year before
    """

    element: Element
    shown: Shown
    now: tuple[Entry, ...]
    before: tuple[Entry, ...]

    @property
    def state(self) -> State:
        """How far the log speaks to it."""
        if self.shown.empty:
            return State.GAP
        return State.PARTLY if self.shown.lacks else State.SHOWN


def drafts(material: Material) -> tuple[Draft, ...]:
    """Every element of the catalogue, in its order."""
    return tuple(_draft(material, element) for element in material.catalogue.elements)


def _draft(material: Material, element: Element) -> Draft:
    shown = together([*(PARTS[name](material) for name in element.shows), Shown(lacks=element.lacks)])
    kept = material.kept
    return Draft(
        element=element,
        shown=shown,
        now=kept.of(element.number, material.year),
        before=kept.before(element.number, material.year),
    )
