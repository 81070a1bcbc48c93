"""Which events answer, by measure and by the options of a standard."""

from __future__ import annotations

from helpdesk.events import Event, Kind
from helpdesk.standards.facts import Facts
from helpdesk.standards.promises import Measure

_STOPS: dict[Measure, frozenset[Kind]] = {
    Measure.ACKNOWLEDGED: frozenset({Kind.ACKNOWLEDGED, Kind.REPLIED}),
    Measure.CLAIMED: frozenset({Kind.CLAIMED, Kind.ASSIGNED, Kind.REPLIED}),
    Measure.ATTENDED: frozenset({Kind.ATTENDED}),
    Measure.FIRST_RESPONSE: frozenset({Kind.REPLIED}),
    Measure.NEXT_RESPONSE: frozenset({Kind.REPLIED}),
    Measure.KEEP_INFORMED: frozenset({Kind.REPLIED}),
    Measure.RESOLUTION: frozenset(),
}
"""Which events answer, by measure; what resolves is told apart."""


def answers(event: Event, automatic: bool, clock: Facts) -> bool:
    """Whether an event stops a clock, or would have. ``automatic``: the desk sent it by itself."""
    kind = event.kind
    if kind not in _STOPS[clock.measure]:
        return kind is Kind.ATTENDED and clock.standard.attended_answers
    if automatic and not clock.standard.counts_automatic:
        return False
    if kind is Kind.ASSIGNED and event.data.get("to") != event.actor:
        return False
    return clock.measure is not Measure.KEEP_INFORMED or event.when > clock.started
