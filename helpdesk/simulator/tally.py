"""What became of the noise: incidents counted, as the desk shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from helpdesk.message import StaffId
from helpdesk.noise.incidents import Incident
from helpdesk.plurals import plural
from helpdesk.ports import Desk
from helpdesk.worklist import View

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Incidents, and what came of them.

    ``reporters``  texters in all of them, ``joined``: those of them who told of a noise that was known
    ``unplaced``   incidents whose place nobody learnt
    ``danger``     incidents in which somebody may have been in danger
    ``attended``   median time from the first text until somebody was there, in milliseconds; None for never
    ``going_on``   incidents that are not over, ``outcomes``: what came of the others ("solved" where nobody said)
    ``muted``      tickets in the muted folder
    """

    incidents: int = 0
    reporters: int = 0
    joined: int = 0
    unplaced: int = 0
    danger: int = 0
    attended: int | None = None
    going_on: int = 0
    muted: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """One line for a terminal."""
        came = [f"{count} {outcome.replace('_', ' ')}" for outcome, count in sorted(self.outcomes.items())]
        there = "" if self.attended is None else f", somebody there after {round(self.attended / 60_000)} min (median)"
        parts = [*came, *([f"{self.going_on} going on"] if self.going_on else [])]
        return (
            f"noise: {plural(self.incidents, 'incident')} told of by {plural(self.reporters, 'texter')}{there}: "
            f"{', '.join(parts)}; "
            f"{self.danger} with danger, {plural(self.muted, 'ticket')} muted"
        )


async def tally(desk: Desk, actor: StaffId) -> Tally:
    """Count every incident of the store."""
    found = [*await _every(desk, actor, over=False), *await _every(desk, actor, over=True)]
    muted = await desk.worklist(actor, View.MUTED)
    return counted({each.id: each for each in found}.values(), muted=muted.total)


async def _every(desk: Desk, actor: StaffId, *, over: bool) -> list[Incident]:
    found: list[Incident] = []
    while page := await desk.noise.incidents(actor, over=over, start=len(found), count=_PAGE):
        found.extend(page)
    return found


def counted(incidents: Iterable[Incident], *, muted: int = 0) -> Tally:
    """Count these."""
    every = list(incidents)
    there = [each.attended - each.began for each in every if each.attended is not None]
    return Tally(
        incidents=len(every),
        reporters=sum(each.reporters for each in every),
        joined=sum(max(0, each.reporters - 1) for each in every),
        unplaced=sum(not each.zone for each in every),
        danger=sum(each.concern is not None for each in every),
        attended=round(median(there)) if there else None,
        going_on=sum(each.live for each in every),
        muted=muted,
        outcomes=dict(Counter(str(each.outcome or "solved") for each in every if not each.live)),
    )
