"""Reads where a text is about: a zone, how sure that is and why, or what to ask back.

Every mention leaves some zones possible; what is left of all of them together is the answer. Where two places are
left, or none, or several zones, the texter is asked: a wrong zone sends somebody the wrong way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.zones.atlas import Atlas, atlas_of
from helpdesk.zones.descriptions import elsewhere_in, hints_in, kinds_in, names_in, sides_in, sites_in
from helpdesk.zones.judging import judged
from helpdesk.zones.mentions import Mention, Sort
from helpdesk.zones.numbers import codes_in, rooms_in
from helpdesk.zones.plan import Plan, Zone
from helpdesk.zones.protecting import FEW_DIGITS, Span, digits, protected, spoken
from helpdesk.zones.roles import with_roles
from helpdesk.zones.sentence import Sentence, sentence_of
from helpdesk.zones.storeys import floors_in
from helpdesk.zones.times import Stretch, times_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What was read of a place.

    ``zone``     where it is; None: ask back
    ``sure``     0 to 100
    ``why``      for staff, in plain words
    ``choices``  the zones that are possible still, for the question back; empty if the text tells no place
    ``spans``    what was understood as a place or a time, so that no mask takes it for a number; none has more than
                 eight digits, nor lies in a run of digits that could be a telephone number
    ``written``  the place as the texter wrote it, with at most eight digits
    """

    zone: Zone | None
    sure: int
    why: str
    choices: tuple[Zone, ...] = ()
    spans: tuple[Span, ...] = ()
    written: str = ""


def read_place(text: str, plan: Plan, site: str = "") -> Placed:
    """Where a text is about. ``site`` is the line's own: what is likely, where the text names no other.

    Never raises; takes time in proportion to the text.
    """
    atlas = atlas_of(plan)
    sentence = sentence_of(text, atlas.speller)
    times = tuple(times_in(sentence))
    mentions = _mentions(sentence, atlas, times)
    verdict = judged(mentions, atlas, site)
    spans = (*(sentence.span(*time) for time in times), *(one.span(sentence) for one in mentions if one.known))
    return Placed(
        zone=verdict.zone,
        sure=verdict.sure,
        why=verdict.why,
        choices=verdict.choices,
        spans=protected(text, spans),
        written=_written(text, [(one.span(sentence), one.known) for one in verdict.live]),
    )


def _written(text: str, places: Sequence[tuple[Span, bool]]) -> str:
    """What counted, as written; a number that was called a room is shown only where it can reach nobody."""
    return spoken(text, [span for span, known in places if known or digits(text[slice(*span)]) <= FEW_DIGITS])


def _mentions(sentence: Sentence, atlas: Atlas, times: Sequence[Stretch]) -> tuple[Mention, ...]:
    """All mentions, each word counted for the most certain sort only where two would contradict each other."""
    if not atlas.plan.zones:
        return ()
    codes = tuple(codes_in(sentence, atlas))
    rooms = tuple(room for room in rooms_in(sentence, atlas) if not _overlaps(room, codes))
    taken = (*times, *((mention.first, mention.last) for mention in (*codes, *rooms)))
    floors = tuple(floors_in(sentence, atlas, {at for first, last in taken for at in range(first, last + 1)}))
    names = tuple(name for name in names_in(sentence, atlas) if not _overlaps(name, codes))
    kinds = tuple(kinds_in(sentence, atlas, floors))
    sides = tuple(sides_in(sentence, atlas, floors))
    sites = tuple(sites_in(sentence, atlas))
    within = (*codes, *floors, *sites, *(name for name in names if name.sort is Sort.NAME))
    hints = tuple(hint for hint in hints_in(sentence, atlas) if not _overlaps(hint, within))
    apart = tuple(elsewhere_in(sentence))
    return with_roles((*codes, *rooms, *floors, *names, *kinds, *sides, *sites, *hints, *apart), sentence)


def _overlaps(mention: Mention, others: Sequence[Mention]) -> bool:
    return any(mention.first <= other.last and other.first <= mention.last for other in others)
