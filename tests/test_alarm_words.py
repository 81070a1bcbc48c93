"""What a duty phone is told: one segment, no word of a patron, and what counts as taking it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import Instant
from helpdesk.noise.concerns import Concern
from helpdesk.noise.escalation import Alarm, alarm_subject, alarm_text, reply_of, taken_text
from helpdesk.segments import segments

NOISE = Alarm(
    what="incident",
    number=12,
    place="Silent study, level 3",
    site="main",
    since=Instant(1_795_269_780_000),
    texts=3,
)
LONDON = "Europe/London"


def test_it_says_what_where_since_when_and_how_to_answer() -> None:
    """The time is the library's own; several texts are counted."""
    assert alarm_text(NOISE, library="Moor Street Library", zone=LONDON) == (
        "Moor Street Library: Noise 12. Silent study, level 3 (main), since 14:03, 3 texts. Nobody has it."
        " Reply OK to take it, NO to pass it on."
    )


def test_danger_comes_first() -> None:
    """With its kind, in the text and in the subject of a mail; a ticket that is no noise is called one."""
    danger = replace(NOISE, what="ticket", number=45, concern=Concern.SELF_HARM, texts=1, place="")
    assert "URGENT self-harm, ticket 45. place not known, since" in alarm_text(danger, library="", zone=LONDON)
    assert alarm_subject(danger) == "URGENT self-harm, ticket 45: nobody has taken it"


@given(
    place=st.text(max_size=200),
    library=st.text(max_size=100),
    site=st.from_regex(r"[a-z0-9-]{0,40}", fullmatch=True),
    number=st.integers(1, 10_000_000),
    concern=st.sampled_from([None, *Concern]),
)
def test_it_is_one_segment_whatever_the_place_is_called(
    place: str, library: str, site: str, number: int, concern: Concern | None
) -> None:
    """The library's name goes first, then the end of the place's; how to answer always stands there."""
    alarm = replace(NOISE, place=place, site=site, number=number, concern=concern)
    text = alarm_text(alarm, library=library, zone=LONDON)
    assert segments(text).parts == 1
    assert text.endswith("Reply OK to take it, NO to pass it on.")


@pytest.mark.parametrize(
    "text",
    [
        "OK",
        "ok!",
        "Yes",
        "on my way",
        "👍",
        "taking it",
        "I'm going",
        "we’ll take it",
        "Hi Mia,\nok",
        "Okay, two of us",
    ],
)
def test_a_yes_takes_it(text: str) -> None:
    """In the words that people use."""
    assert reply_of(text) == "takes"


@pytest.mark.parametrize("text", ["no", "NO.", "No, off today", "can't", "cant, sorry", " pass", "Busy", "STOP"])
def test_a_no_passes_it_on(text: str) -> None:
    """In the words that people use."""
    assert reply_of(text) == "passes"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'm driving with Do Not Disturb on. I'll see your message later.",
        "I am on leave until Monday.",
        "Automatic reply: I will answer when I am back.",
        "Sorry, I'll call you right back.",
        "Thank you for your message. I am out of the office.",
        "Your message could not be delivered",
        "Where is that?",
        "HELP",
    ],
)
def test_what_is_neither_takes_nothing_on(text: str) -> None:
    """Least of all what a telephone or a mailbox answers by itself: the next one is told in time."""
    assert reply_of(text) == ""


def test_who_answers_late_is_told_so() -> None:
    """One segment that names who has it."""
    assert taken_text("incident", 12, by="security") == (
        "Noise 12 was taken by security meanwhile. Nothing to do. Thank you."
    )
    assert taken_text("ticket", 45, by="staff").startswith("Ticket 45 was taken by staff")
