"""Who sits here for the first time, and how they are shown round. No Textual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.errors import HelpdeskError
from helpdesk.message import StaffId
from tui.roles import works

if TYPE_CHECKING:
    from tui.sitting import Sitting

HOW = "`helpdesk tour` in a shell shows you round in two minutes, with simulated patrons."
OFFER = "New here? {key:tour} shows you round in two minutes, with simulated patrons, and leads back here."
"""Told once. Whoever does something else has said: not now."""

SPOKEN_HOW = f"{HOW} With --line it is spoken."
SPOKEN_OFFER = "New here? `helpdesk tour --line` in a shell shows you round in two minutes, with simulated patrons."


def _nobody(member: StaffId) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """What is done for whoever is new.

    ``first``  whether a member was never told of the tour on this computer; from then on they were
    ``tour``   the command that shows somebody round on this terminal, () where there is none
    """

    first: Callable[[StaffId], bool] = _nobody
    tour: Sequence[str] = ()


async def is_new(sitting: Sitting) -> bool:
    """Whether who sits here is to be told of the tour: asked before the desk gives its first sign of life for them.

    Who was at another desk within the last day is not new. Not those who answer nothing, nor on the tour itself.
    """
    if sitting.guide is not None or not works(sitting.role) or not sitting.newcomers.first(sitting.actor):
        return False
    with suppress(HelpdeskError, OSError):  # then it is not known, and told
        return all(each.staff != sitting.actor for each in await sitting.desk.presence())
    return True
