"""Whether two published figures tell of the same promise. Pure.

Alike are two that time the same thing, of the same channels and kind, by the same limit and the same clock, and count
in the same way (every contact, or a sample). What is known to differ makes them unlike: they are not ranked. What one
source does not say leaves them unproven: they can stand side by side, not in one funnel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpdesk.reports import words
from helpdesk.reports.benchmark.peers import ALL, Peer
from helpdesk.standards import Limit
from helpdesk.standards.promises import Manner


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Why two figures differ, and what can't be told of them: half sentences, for a reader of theirs."""

    differing: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()

    @property
    def unlike(self) -> bool:
        """Whether anything is known to differ."""
        return bool(self.differing)


def likeness(ours: Peer, theirs: Peer) -> Likeness:
    """What is known to differ between the two, and what is not said."""
    found = [each(ours, theirs) for each in (_channels, _kind, _measure, _limit, _working_day, _counted)]
    return Likeness(
        differing=tuple(text for differs, text in found if text and differs),
        unsaid=tuple(text for differs, text in found if text and not differs),
    )


_Found = tuple[bool, str]
"""Whether it is known to differ, and the half sentence; "" where there is nothing to say."""

_SAME: _Found = (False, "")


def _channels(ours: Peer, theirs: Peer) -> _Found:
    if not theirs.channels:
        return False, "its source does not say for which channels"
    if theirs.channels == ours.channels:
        return _SAME
    return True, f"it is about {channels(theirs.channels)}, ours about {channels(ours.channels)}"


def _kind(ours: Peer, theirs: Peer) -> _Found:
    if theirs.kind == ours.kind:
        return _SAME
    return True, f"it is about {_contacts(theirs.kind)}, ours about {_contacts(ours.kind)}"


def _measure(ours: Peer, theirs: Peer) -> _Found:
    if theirs.measure is None or ours.measure is None:
        return False, "its source does not say what is timed"
    if theirs.measure is ours.measure:
        return _SAME
    return True, f"it times {words.MEASURES[theirs.measure]}, ours {words.MEASURES[ours.measure]}"


def _limit(ours: Peer, theirs: Peer) -> _Found:
    if theirs.limit is None or ours.limit is None:
        return False, "its source does not say within which time"
    if _length(theirs.limit) != _length(ours.limit):
        return True, f"{timed(theirs)} is not {timed(ours)}"
    if theirs.clock and ours.clock and theirs.clock != ours.clock:
        return True, f"{timed(theirs)} is not {timed(ours)}"
    if not theirs.clock and theirs.limit.manner is Manner.LENGTH:
        return False, f"its source does not say whether the {theirs.limit} run round the clock or in opening hours"
    return _SAME


def _working_day(ours: Peer, theirs: Peer) -> _Found:
    """Only where both limits are in working days, the same number of them: else the limit says enough."""
    if not (ours.limit and theirs.limit and ours.limit.days) or theirs.limit.days != ours.limit.days:
        return _SAME
    if not theirs.working_day or not ours.working_day:
        return False, "its source does not say when a working day ends"
    if theirs.working_day == ours.working_day:
        return _SAME
    return True, f"its working days end {_ENDS[theirs.working_day]}, ours {_ENDS[ours.working_day]}"


_ENDS = {"end": "at the last closing", "same time": "at the same time of day"}


def _counted(ours: Peer, theirs: Peer) -> _Found:
    if not theirs.counted:
        return False, "its source does not say whether every contact was counted or a sample"
    if theirs.counted == ours.counted:
        return _SAME
    return True, f"it is {counted(theirs.counted)}, ours {counted(ours.counted)}"


def _length(limit: Limit) -> tuple[Manner, int, int, int]:
    """Its manner, its working days or milliseconds, and its time of day: a limit whatever unit it is written in."""
    return limit.manner, limit.days, limit.millis, limit.before


def timed(peer: Peer) -> str:
    """ "24 h of wall time", "3 working days"; "24 h" where the clock is not said."""
    if peer.limit is None:
        return words.NOTHING
    return f"{peer.limit} of wall time" if peer.clock == "wall" else str(peer.limit)


def channels(names: tuple[str, ...]) -> str:
    """ "chat", "mail and sms", "every channel"."""
    if names == (ALL,):
        return "every channel"
    return " and ".join(names) if names else "channels that are not said"


def _contacts(kind: str) -> str:
    return f"contacts of the kind {kind!r}" if kind else "contacts of every kind"


def counted(how: str) -> str:
    """ "every contact" or "a sample"."""
    return {"census": "every contact", "sample": "a sample"}.get(how, "a count that is not said")


def told(likeness: Likeness) -> Iterator[str]:
    """All that is to say, what differs first."""
    yield from likeness.differing
    yield from likeness.unsaid
