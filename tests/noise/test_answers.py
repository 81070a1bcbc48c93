"""Which texts go out by themselves, in every situation."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from helpdesk.clock import HOUR, MINUTE, Instant, plus
from helpdesk.noise.answers import APART, LineKind, Situation, automatic, crisis_text
from helpdesk.noise.concerns import Concern
from helpdesk.noise.texts_file import names

NOW = Instant(1_780_000_000_000)
NEW = Situation(kind="noise", new=True, staffed=True, now=NOW)
MORE = replace(NEW, new=False)
RECENT = plus(NOW, -30 * MINUTE)
LONG_AGO = plus(NOW, -HOUR)


def fire(situation: Situation) -> Situation:
    """The same, with a fire told of on a line whose crisis text is approved."""
    return replace(situation, concern=Concern.FIRE, approved=True)


@pytest.mark.parametrize(
    ("situation", "sent"),
    [
        # the first text of a conversation
        (NEW, ("first",)),
        (replace(NEW, kind="enquiry"), ("first",)),
        (replace(NEW, staffed=False), ("out_of_hours",)),
        (replace(NEW, joined=True), ("joined",)),
        (replace(NEW, joined=True, staffed=False), ("out_of_hours",)),
        # where is it?
        (replace(NEW, placed=False), ("first", "question")),
        (replace(NEW, placed=False, asked=True), ("first",)),
        (replace(NEW, placed=False, staffed=False), ("out_of_hours",)),
        (replace(NEW, placed=False, kind="enquiry"), ("first",)),
        (replace(MORE, placed=False, last=RECENT), ("question",)),
        (replace(MORE, placed=False, asked=True, last=RECENT), ()),
        # it goes on
        (MORE, ()),
        (replace(MORE, joined=True), ("joined",)),
        (replace(MORE, joined=True, kind="enquiry"), ()),
        (replace(MORE, staffed=False), ("out_of_hours",)),
        # one an hour to a handle
        (replace(NEW, last=RECENT), ()),
        (replace(NEW, last=LONG_AGO), ("first",)),
        (replace(MORE, joined=True, last=RECENT), ()),
        (replace(MORE, staffed=False, last=RECENT), ()),
        # danger: in hours, out of hours, again
        (fire(NEW), ("crisis_fire",)),
        (fire(replace(NEW, staffed=False)), ("crisis_fire",)),
        (fire(replace(NEW, placed=False)), ("crisis_fire", "question")),
        (fire(replace(NEW, placed=False, staffed=False)), ("crisis_fire", "question")),
        (fire(replace(NEW, joined=True)), ("crisis_fire",)),
        (fire(replace(MORE, last=RECENT)), ("crisis_fire",)),
        (fire(replace(MORE, crisis=RECENT, last=RECENT)), ()),
        (fire(replace(MORE, crisis=RECENT)), ()),
        (fire(replace(MORE, crisis=LONG_AGO)), ("crisis_fire",)),
        (fire(replace(NEW, kind="enquiry")), ("crisis_fire",)),
        # danger, and the library has approved nothing: the ordinary texts, and the question out of hours too
        (replace(NEW, concern=Concern.FIRE), ("first",)),
        (replace(NEW, concern=Concern.FIRE, staffed=False, placed=False), ("out_of_hours", "question")),
        # muted, limited
        (replace(NEW, muted=True), ()),
        (replace(NEW, limited=True, placed=False), ()),
        (fire(replace(NEW, muted=True)), ("crisis_fire",)),
        (fire(replace(NEW, limited=True, placed=False)), ("crisis_fire",)),
        (fire(replace(NEW, muted=True, crisis=RECENT)), ()),
        (replace(NEW, concern=Concern.FIRE, muted=True), ()),
        # nobody there
        (replace(NEW, automaton=True), ()),
        (fire(replace(NEW, automaton=True)), ()),
    ],
)
def test_what_is_sent(situation: Situation, sent: tuple[str, ...]) -> None:
    """A line for every rule, and for what happens where two meet."""
    assert automatic(situation) == sent


KINDS: tuple[LineKind, ...] = ("noise", "enquiry")


def _every() -> list[Situation]:
    """All situations that differ in anything a rule looks at."""
    plain = [
        Situation(kind=kind, new=new, staffed=staffed, now=NOW, placed=placed, asked=asked, joined=joined)
        for kind in KINDS
        for new, staffed, placed, asked, joined in itertools.product((False, True), repeat=5)
    ]
    return [
        replace(each, concern=concern, approved=approved, crisis=crisis, last=last, muted=muted, automaton=automaton)
        for each in plain
        for concern, approved in ((None, False), (Concern.MEDICAL, False), (Concern.MEDICAL, True))
        for crisis, last in itertools.product((None, RECENT, LONG_AGO), repeat=2)
        for muted, automaton in itertools.product((False, True), repeat=2)
    ]


def test_the_rules_hold_in_every_situation() -> None:
    """All of them, one after the other. Limited is as muted: the table has it."""
    known = {kind: set(names(kind)) for kind in KINDS}
    for situation in _every():
        sent = automatic(situation)
        plain = [name for name in sent if not name.startswith("crisis_") and name != "question"]
        crisis = crisis_text(Concern.MEDICAL) in sent
        assert len(plain) <= 1
        assert not (plain and situation.last is not None and NOW - situation.last < APART)
        assert not (sent and situation.automaton)
        assert crisis <= (situation.approved and situation.concern is not None)
        assert not crisis or sent[0] == crisis_text(Concern.MEDICAL)
        assert not (crisis and plain)
        assert not ("question" in sent and (situation.asked or situation.placed))
        assert not (situation.muted and set(sent) - {crisis_text(Concern.MEDICAL)})
        assert set(sent) <= known[situation.kind]
