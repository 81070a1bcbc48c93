"""What is understood of a text before it is stored: where, what kind of noise, whether somebody is in danger. Pure.

It is read from the words as they came. What may be stored of them is the address policy's matter: the spans that were
understood as places and times are what its mask spares.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.noise.concerns import Concern, concern_of
from helpdesk.noise.kinds import NoiseKind, noise_kind
from helpdesk.zones import EMPTY, Plan
from helpdesk.zones.reading import Placed, read_place

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a text was understood to say.

    ``zone``     a zone's id, "" where the text names no place, or several
    ``sure``     how sure that is, 0 to 100
    ``also``     further concerns in the same text
    ``spans``    what is a place or a time, so that no mask takes it for a number
    ``remarks``  for the ticket's history, why it was understood so; never the patron's words
    """

    zone: str = ""
    sure: int = 0
    noise: NoiseKind = NoiseKind.OTHER
    concern: Concern | None = None
    also: tuple[Concern, ...] = ()
    spans: tuple[Span, ...] = ()
    remarks: tuple[str, ...] = ()


NOTHING = Heard()
"""What is understood of a message that nobody listens to in this way."""


def hear(text: str, plan: Plan = EMPTY, site: str = "", *, noise: bool) -> Heard:
    """What a text says; ``noise``: it came on a line for noise, so it may name a place."""
    found = concern_of(text)
    concern, also = (found.concern, found.also) if found else (None, ())
    danger = (found.why,) if found else ()
    if not noise:
        return Heard(concern=concern, also=also, remarks=danger)
    placed = read_place(text, plan, site)
    return Heard(
        zone=placed.zone.id if placed.zone else "",
        sure=placed.sure,
        noise=noise_kind(text),
        concern=concern,
        also=also,
        spans=placed.spans,
        remarks=(*_why_there(placed), *danger),
    )


def _why_there(placed: Placed) -> tuple[str, ...]:
    """How the place was understood, for staff who doubt it; nothing where the text names none."""
    if placed.zone is not None:
        return (f"place, {placed.sure} % sure: {placed.why}",)
    return (f"place not known: {placed.why}",) if placed.choices else ()
