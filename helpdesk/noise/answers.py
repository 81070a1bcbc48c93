"""Which automatic text goes out when somebody texts, if any. Pure: what is known goes in, names of templates come out.

In this order::

    crisis_...      an approved one, in or out of hours, muted or limited too: once an hour for each concern
    out_of_hours    where nobody is at the desk     } one automatic text to a handle an hour; a crisis text
    joined          where the noise is known        } stands in its place
    first           where the conversation is new   }
    question        where a noise has no place yet: once a ticket

Nobody else's text is ever answered by itself, and nothing here answers a patron: no clock stops for an automatic text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpdesk.clock import HOUR, Instant
from helpdesk.noise.concerns import Concern

APART = HOUR
"""The time between two automatic texts to one handle, in milliseconds; the question and a crisis text stand apart."""

LineKind = Literal["noise", "enquiry"]
"""What a line is for: only a noise has a place that is asked for, and an incident that it joins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that decides which texts go out by themselves.

    ``kind``       what the line is for
    ``new``        whether the text begins a conversation
    ``staffed``    whether somebody is at the desk now, by the line's calendar
    ``placed``     whether the place of the noise is known
    ``asked``      whether the question was asked on this ticket already
    ``joined``     whether the text has joined an incident that was there before it
    ``concern``    what the text raises, None for nothing
    ``approved``   whether the library has approved the crisis text for that concern
    ``crisis``     when the crisis text for that concern last went to this conversation, None for never
    ``muted``      whether staff have muted the handle
    ``limited``    whether the handle has sent more than the limit
    ``automaton``  whether the sender is a short code, a word or a machine
    ``last``       when an automatic text last went to this handle, None for never
    """

    kind: LineKind
    new: bool
    staffed: bool
    now: Instant
    placed: bool = True
    asked: bool = False
    joined: bool = False
    concern: Concern | None = None
    approved: bool = False
    crisis: Instant | None = None
    muted: bool = False
    limited: bool = False
    automaton: bool = False
    last: Instant | None = None


def crisis_text(concern: Concern) -> str:
    """The name of the template for a concern."""
    return f"crisis_{concern}"


def automatic(situation: Situation) -> tuple[str, ...]:
    """The names of the templates to send, in order; () for none."""
    if situation.automaton:
        return ()
    crisis = _crisis(situation)
    if situation.muted or situation.limited:
        return crisis
    answered = bool(crisis) or _raised(situation)
    return (*crisis, *(() if answered else _acknowledgement(situation)), *_question(situation))


def _raised(situation: Situation) -> bool:
    """Whether an approved crisis text speaks for this text, now or within the hour."""
    return situation.concern is not None and situation.approved


def _crisis(situation: Situation) -> tuple[str, ...]:
    if situation.concern is None or not situation.approved or not _over(situation.crisis, situation.now):
        return ()
    return (crisis_text(situation.concern),)


def _acknowledgement(situation: Situation) -> tuple[str, ...]:
    """What happens now, told at most once an hour."""
    if not _over(situation.last, situation.now):
        return ()
    if not situation.staffed:
        return ("out_of_hours",)
    if situation.kind == "noise" and situation.joined:
        return ("joined",)
    return ("first",) if situation.new else ()


def _question(situation: Situation) -> tuple[str, ...]:
    """Where it is, asked where somebody will go there: in staffed hours, or for danger."""
    wanted = situation.kind == "noise" and not situation.placed and not situation.asked
    return ("question",) if wanted and (situation.staffed or situation.concern is not None) else ()


def _over(last: Instant | None, now: Instant) -> bool:
    return last is None or now - last >= APART
