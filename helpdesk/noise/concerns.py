"""Danger in a text: somebody may be hurt, or may hurt themselves. Pure.

:func:`concern_of` reads a text against the word lists in ``concerns.toml``. Recall comes first: staff who look at a
text twice lose a minute. What is meant harmlessly ("this essay is killing me") is taken out before danger is looked
for. Misspellings and text-speak are mended first (:mod:`helpdesk.noise.spelling`). What stands in the lists is all
that is known: nothing here understands a sentence, so what finds nothing may still be danger.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from helpdesk.noise.phrases import Phrases, Place, literals
from helpdesk.noise.spelling import Span, Spelling


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
    """What staff see on a ticket that raises a concern.

    ``title`` two words for a line of the worklist; ``first`` what to do first; ``call`` whom to call; ``remember`` what
    holds for every such text. A library's own safeguarding rule stands above all of it.
    """

    title: str
    first: str
    call: str
    remember: str = (
        "Nobody can trace the texter: not you, not the desk. Ask by text where they are; the answer may never come."
    )


SCREEN: dict[Concern, Screen] = {
    Concern.FIRE: Screen(
        title="FIRE?",
        first="Go by the fire procedure: raise the alarm, then look only if it is safe. Do not wait for another text.",
        call="Call 999 for the fire service, then security.",
    ),
    Concern.VIOLENCE: Screen(
        title="VIOLENCE?",
        first="Do not go alone, and do not step between people. Keep others away from the place.",
        call="Call security; call 999 for the police if anybody is in danger now or a weapon is named.",
    ),
    Concern.MEDICAL: Screen(
        title="MEDICAL?",
        first="Send a first aider to the place with the kit and the defibrillator; one person waits at the entrance.",
        call="Call 999 if somebody does not breathe or wake, bleeds hard, or has chest pain; then security.",
    ),
    Concern.SELF_HARM: Screen(
        title="SELF-HARM?",
        first="Take it at its word. Somebody trained goes to the place; where none is known, text kindly and ask.",
        call="Call 999 if a life may be in danger now, then the safeguarding lead.",
    ),
    Concern.HARASSMENT: Screen(
        title="HARASSMENT?",
        first="Go there, two of you, and offer the person a place with staff. Let them say what they want done.",
        call="Call security; the safeguarding lead takes reports of sexual or hate incidents.",
    ),
}


def concern_of(text: str) -> Found | None:
    """What the text raises, None where nothing in it does. Never raises; takes time in step with the length."""
    lists = _lists()
    words = lists.spelling.words(text)
    meant = [word.text for word in words]
    left = _blotted(meant, (place for _, place in lists.harmless.find(meant)))
    hits = list(lists.danger.find(left))
    if not hits:
        return None
    senses = dict.fromkeys(sense for sense, _ in hits)
    raised = [concern for concern in PRIORITY if any(sense.concern is concern for sense in senses)]
    return Found(
        concern=raised[0],
        spans=_joined((words[first].span[0], words[last - 1].span[1]) for _, (first, last) in hits),
        why=" ".join(sense.why for concern in raised for sense in senses if sense.concern is concern),
        also=tuple(raised[1:]),
    )


@dataclass(frozen=True, slots=True)
class _Sense:
    """What phrases of one meaning raise, and what staff are told of them."""

    concern: Concern
    why: str


@dataclass(frozen=True, slots=True)
class _Lists:
    danger: Phrases[_Sense]
    harmless: Phrases[None]
    spelling: Spelling


@cache
def _lists() -> _Lists:
    """The word lists, read once."""
    values = tomllib.loads(resources.files("helpdesk.noise").joinpath("concerns.toml").read_text("utf-8"))
    groups: dict[str, str] = values["groups"]
    danger = [(_Sense(Concern(each["concern"]), each["why"]), each["phrases"]) for each in values["danger"]]
    return _Lists(
        danger=Phrases(danger, groups),
        harmless=Phrases([(None, values["harmless"]["phrases"])], groups),
        spelling=Spelling(
            known=literals([*(phrase for _, phrases in danger for phrase in phrases), *groups.values()]),
            spelt=values["spelt"],
            near=values["near"]["words"],
            apart=values["near"]["apart"],
        ),
    )


def _blotted(words: Sequence[str], places: Iterable[Place]) -> list[str]:
    """The words, with a sign that joins nothing in place of those that were found."""
    shown = list(words)
    for first, last in places:
        shown[first:last] = ["-"] * (last - first)
    return shown


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch or overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
