"""Reads where a text is about: a zone, how sure that is and why, or what to ask back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.zones.codes import code_key
from helpdesk.zones.plan import Plan, Zone, words_key
from helpdesk.zones.tokens import Token, tokens_of

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What was read of a place.

    ``zone``     where it is; None: ask back
    ``sure``     0 to 100
    ``why``      for staff, in plain words
    ``choices``  the zones that are possible still, for the question back; empty if the text tells no place
    ``spans``    what was understood as a place or a time, so that no mask takes it for a number
    ``written``  the place as the texter wrote it, never with more than eight digits
    """

    zone: Zone | None
    sure: int
    why: str
    choices: tuple[Zone, ...] = ()
    spans: tuple[Span, ...] = ()
    written: str = ""


def read_place(text: str, plan: Plan, site: str = "") -> Placed:
    """Where a text is about. ``site`` is the line's own: what is likely, where the text names no other."""
    tokens = tokens_of(text)
    found = list(_codes(tokens, plan)) or list(_names(tokens, plan))
    zones = tuple(dict.fromkeys(zone for zone, *_ in found))
    near = tuple(zone for zone in zones if zone.site == site) or zones
    spans = tuple(dict.fromkeys((start, end) for _, start, end, _ in found))
    written = " ".join(text[start:end] for start, end in spans)
    if len(near) == 1:
        return Placed(zone=near[0], sure=95, why=found[0][3], choices=near, spans=spans, written=written)
    return Placed(zone=None, sure=0, why="no place found" if not near else "several places", choices=near, spans=spans)


def _codes(tokens: tuple[Token, ...], plan: Plan) -> Iterator[tuple[Zone, int, int, str]]:
    codes = {code_key(zone.code): zone for zone in plan.zones if zone.code}
    for first in range(len(tokens)):
        for last in range(first, min(first + 6, len(tokens))):
            key = code_key("".join(token.word for token in tokens[first : last + 1]))
            if zone := codes.get(key):
                yield zone, tokens[first].start, tokens[last].end, f"poster code {zone.code}"
                break


def _names(tokens: tuple[Token, ...], plan: Plan) -> Iterator[tuple[Zone, int, int, str]]:
    named = [(words_key(name), name, zone) for zone in plan.zones for name in (zone.name, *zone.aliases)]
    for first in range(len(tokens)):
        for key, name, zone in named:
            size = len([token for token in tokens_of(name) if token.word.isalnum()])
            some = tokens[first : first + size]
            if words_key(" ".join(token.word for token in some)) == " ".join(t.word for t in tokens_of(key)):
                yield zone, some[0].start, some[-1].end, f"named: {name}"
