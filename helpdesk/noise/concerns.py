"""Danger in a text: somebody may be hurt, or may hurt themselves. Pure.

:func:`concern_of` reads a text against the word lists in ``concerns.toml``. Recall comes first: staff who look at a
text twice lose a minute. What is meant harmlessly is taken out of the text before it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""


class Concern(StrEnum):
    """What a text raises, beyond noise."""

    VIOLENCE = "violence"
    HARASSMENT = "harassment"
    FIRE = "fire"
    MEDICAL = "medical"
    SELF_HARM = "self_harm"


PRIORITY = (Concern.FIRE, Concern.VIOLENCE, Concern.MEDICAL, Concern.SELF_HARM, Concern.HARASSMENT)
"""Which concern a text is filed under where it raises several: what can hurt most people soonest comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a text raises.

    ``spans`` the words that say so, as offsets into the text, in order, none over another; ``why`` one line for staff,
    without the patron's words; ``also`` further concerns in the same text, in the order of :data:`PRIORITY`
    """

    concern: Concern
    spans: tuple[Span, ...]
    why: str
    also: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What staff see on a ticket that raises a concern: a heading, what to do first, whom to call, what to remember."""

    title: str
    first: str
    call: str
    remember: str


def concern_of(text: str) -> Found | None:
    """What the text raises, None where nothing in it does. Never raises; takes time in step with the length."""
    return None
