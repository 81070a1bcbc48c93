"""Clocks told in words: each says what was promised, what happened, how it was counted and how it came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from helpdesk.clock import Instant, plus
from helpdesk.events import PATRON, Fact, Kind
from helpdesk.message import Channel
from helpdesk.standards import Published
from helpdesk.standards.promises import Covers, LeftEarly, Measure
from helpdesk.standards.sums import SHOWN
from helpdesk.standards.telling import Telling, Told, told
from helpdesk.standards.times import length
from tests.clock_story import MAIL, Story, at, publish, standard

NOTHING: Mapping[str, str] = MappingProxyType({})


def tellings(story: Story, now: Instant, remarks: Mapping[str, str] = NOTHING) -> tuple[Telling, ...]:
    """Every clock of a story."""
    return told(
        Told(
            events=story.events,
            subject=story.subject,
            published=story.published,
            now=now,
            zone="UTC",
            who=str.title,
            remarks=remarks,
        )
    )


def said(story: Story, heading: str, now: Instant | None = None, remarks: Mapping[str, str] = NOTHING) -> list[str]:
    """What its only clock says under one heading."""
    (telling,) = tellings(story, now or at("18:00", 30), remarks)
    return [line for part in telling.parts if part.heading == heading for line in part.lines]


def happened(story: Story, remarks: Mapping[str, str] = NOTHING) -> list[str]:
    """What happened, without the times."""
    return [line.split(": ", 1)[1] for line in said(story, "What happened", remarks=remarks)]


def test_a_clock_from_start_to_end() -> None:
    """The whole of it, as a manager reads it."""
    story = Story(standard(limit="4 working hours")).opened(at("12:00")).replied(at("14:30"))
    assert [(part.heading, part.lines) for part in tellings(story, at("18:00"))[0].parts] == [
        (
            "Promise",
            (
                "“t”",
                "Measured: first response, within 4 working h; promised to 90 %.",
                f"Version {story.row.version[:8]}, with the from-date 2026-09-01: published Tue 1 Sep 2026 00:00,"
                " in force from Tue 1 Sep 2026 00:00.",
            ),
        ),
        ("Covers", ("It covers every contact.",)),
        (
            "What happened",
            (
                "Mon 16 Nov 2026 12:00: The contact came in. The clock starts.",
                "Mon 16 Nov 2026 14:30: Ana replied.",
            ),
        ),
        (
            "Working",
            (
                f"In opening hours of the calendar office, version {story.row.calendar[:8]}, in force from"
                " Tue 1 Sep 2026 00:00.",
                "counted Mon 16 Nov 2026 12:00 to Mon 16 Nov 2026 13:00: 1 h",
                "skipped Mon 16 Nov 2026 13:00 to Mon 16 Nov 2026 14:00: closed between two openings",
                "counted Mon 16 Nov 2026 14:00 to Mon 16 Nov 2026 14:30: 30 min",
                "sum 1 h 30 min, of 4 working h",
            ),
        ),
        (
            "Deadline",
            (
                "Mon 16 Nov 2026 17:00: 4 working h after the start, counted in opening hours.",
                "No time counts from then until Tue 17 Nov 2026 09:00: an answer until then is still in time.",
            ),
        ),
        ("Outcome", ("Met: answered after 1 h 30 min.",)),
    ]


# What happened

HAPPENINGS: list[tuple[Measure, list[tuple[Kind, dict[str, Fact]]], list[str]]] = [
    (Measure.CLAIMED, [(Kind.ASSIGNED, {"to": "ben"})], ["Ana gave it to a colleague, who has yet to take it."]),
    (Measure.CLAIMED, [(Kind.CLAIMED, {})], ["Ana took it: claimed."]),
    (Measure.CLAIMED, [(Kind.ASSIGNED, {"to": "ana"})], ["Ana took it over for good: claimed."]),
    (
        Measure.ATTENDED,
        [(Kind.REPLIED, {}), (Kind.ATTENDED, {})],
        ["Ana replied, which sends nobody there.", "Ana was there."],
    ),
    (Measure.ACKNOWLEDGED, [(Kind.ACKNOWLEDGED, {})], ["Ana acknowledged it."]),
    (Measure.FIRST_RESPONSE, [(Kind.CLAIMED, {})], ["Ana took it, which answers nothing."]),
    (
        Measure.FIRST_RESPONSE,
        [(Kind.ACKNOWLEDGED, {"automatic": True})],
        ["An automatic message went out, which answers nothing."],
    ),
    (Measure.FIRST_RESPONSE, [(Kind.SOLVED, {})], ["Ana solved it without an answer: the clock runs on."]),
    (Measure.FIRST_RESPONSE, [(Kind.PAUSED, {})], ["Ana waits on the patron: this clock runs on."]),
    (Measure.FIRST_RESPONSE, [(Kind.SNOOZED, {})], ["Ana put it off: the clock runs on."]),
    (Measure.FIRST_RESPONSE, [(Kind.ATTENDED, {})], ["Ana was there, which is no answer under this standard."]),
    (
        Measure.FIRST_RESPONSE,
        [(Kind.BREACH_NOTICED, {"standard": "s", "exchange": 0})],
        ["The desk was told that it is late."],
    ),
    (
        Measure.FIRST_RESPONSE,
        [(Kind.REPLIED, {"entry": "a"}), (Kind.REPLIED, {"entry": "b"})],
        ["Ana replied.", "Ana replied. It changes nothing: the first one counts."],
    ),
    (Measure.FIRST_RESPONSE, [(Kind.LEFT, {})], ["The visitor left."]),
    (Measure.FIRST_RESPONSE, [(Kind.MERGED, {})], ["Merged into another ticket: left out."]),
    (
        Measure.FIRST_RESPONSE,
        [(Kind.TESTED, {"test": True}), (Kind.TESTED, {"test": False})],
        ["Marked as a test: left out.", "No test after all: it counts again."],
    ),
    (
        Measure.RESOLUTION,
        [(Kind.SOLVED, {}), (Kind.CLOSED, {})],
        ["Ana solved it.", "The window in which it could be reopened is over: it stays solved."],
    ),
    (Measure.RESOLUTION, [(Kind.REPLIED, {})], ["Ana replied: that is not yet solved."]),
    (
        Measure.RESOLUTION,
        [(Kind.PAUSED, {}), (Kind.UNDELIVERABLE, {"entry": "a"})],
        [
            "Waiting on the patron: the clock stands still.",
            "A message could not be delivered. Nobody was waited for: the pause is void.",
        ],
    ),
    (
        Measure.RESOLUTION,
        [(Kind.SOLVED, {}), (Kind.REOPENED, {})],
        ["Ana solved it.", "Taken up again: the clock goes on, and the time since it was solved is left out."],
    ),
]


@pytest.mark.parametrize(("measure", "then", "words"), HAPPENINGS, ids=[words[-1] for _, _, words in HAPPENINGS])
def test_what_happened(measure: Measure, then: list[tuple[Kind, dict[str, Fact]]], words: list[str]) -> None:
    """Each event that touched the clock, and each that one might take for an answer."""
    story = Story(standard(measure, "24 h")).opened(at("10:00"))
    for minutes, (kind, data) in enumerate(then, 1):
        story.tells(kind, plus(at("10:00"), minutes * 60_000), **data)
    assert happened(story) == ["The contact came in. The clock starts.", *words]


def test_a_message_that_came_late_to_us() -> None:
    """It counts from when it was sent, and says by how much we had it later."""
    story = Story(standard()).opened(at("10:00"))
    story.events[0] = replace(story.events[0], noted=at("11:30"))
    assert happened(story)[0].endswith("(We had it 1 h 30 min later; it counts from when it was sent or began.)")


def test_a_correction_before_and_after() -> None:
    """Who entered it, when, why, and what the figure was without it."""
    story = Story(standard(limit="1 working hour")).opened(at("10:00")).replied(at("12:00"))
    story.tells(Kind.CORRECTED, at("15:00"), answered=at("10:05"), remark="r1", digest="d")
    remarks = {"r1": "Rang back at once"}
    assert happened(story, remarks)[-1] == (
        "Ana entered that it was answered otherwise at Mon 16 Nov 2026 10:05. Reason: “Rang back at once”."
    )
    assert happened(story)[-1].endswith("The reason given was erased since.")
    assert said(story, "Outcome") == [
        "Met: answered after 5 min.",
        "Without what was entered later: missed after 2 h. Reports show both figures.",
    ]


def test_an_explanation_stands_with_the_clock_that_was_missed() -> None:
    """Not with one that was kept."""
    story = Story(standard(limit="60 s"), standard(limit="24 h", name="kept")).opened(at("10:00")).replied(at("12:00"))
    story.tells(Kind.EXPLAINED, at("13:00"), remark="r1")
    kept, missed = tellings(story, at("18:00"), {"r1": "Fire alarm"})
    assert not any("Fire alarm" in line for part in kept.parts for line in part.lines)
    assert any(
        "Ana said why it was missed. Reason: “Fire alarm”." in line for part in missed.parts for line in part.lines
    )


def test_a_promise_of_news() -> None:
    """What was promised, and why the reply that promised it does not keep it."""
    story = Story(standard(Measure.KEEP_INFORMED, "as promised")).opened(at("09:00"))
    story.tells(Kind.PROMISED, at("10:00"), by=at("12:00")).replied(at("10:00"))
    assert tellings(story, at("11:00"))[0].title == "s, promise 1"
    assert happened(story) == [
        "Ana promised news by Mon 16 Nov 2026 12:00. The clock starts.",
        "Ana replied in the step that promised the news, which does not keep the promise.",
    ]
    assert said(story, "Deadline") == ["Mon 16 Nov 2026 12:00: the moment that was promised."]


def test_exchanges_and_reopened_work_are_told_apart() -> None:
    """By their number, and by what started them."""
    story = Story(standard(Measure.NEXT_RESPONSE), standard(Measure.RESOLUTION, "24 h", "z")).opened(at("09:00"))
    story.replied(at("09:10"), "a").writes(at("10:00")).tells(Kind.SOLVED, at("11:00")).tells(Kind.CLOSED, at("12:00"))
    story.tells(Kind.REOPENED, at("13:00"))
    exchange, first, again = tellings(story, at("18:00"))
    assert [exchange.title, first.title, again.title] == ["s, exchange 1", "z", "z, reopened after its window (1)"]
    assert "The patron wrote, and no reply was owed until then: exchange 1." in exchange.parts[2].lines[0]
    assert "this work is timed by itself" in again.parts[2].lines[0]


# Why it covers


def test_why_it_covers() -> None:
    """Each field that the standard names, with what the ticket has."""
    covers = Covers(channels=("mail", "sms"), kinds=("noise",), tags=("loud", "late"))
    story = Story(replace(standard(), covers=covers), subject=replace(MAIL, kind="noise", tags=("loud", "east")))
    assert said(story.opened(at("10:00")), "Covers") == [
        "It covers this ticket because the channel is mail, and the kind is noise, and it is tagged loud."
    ]


def test_options_of_the_standard_are_said() -> None:
    """Whatever bends the rule stands beside it."""
    bent = replace(standard(limit="60 s"), attended_answers=True, left_early=LeftEarly.MISSED)
    lines = said(Story(bent).opened(at("10:00")), "Promise")
    assert lines[2:4] == [
        "Going there answers as much as a message does.",
        "A chat left within the limit counts as missed.",
    ]


# Working, deadline, outcome


def test_what_stood_still_is_in_the_working() -> None:
    """Between what was counted, and the deadline says that it was put off."""
    story = Story(standard(Measure.RESOLUTION, "24 h")).opened(at("10:00")).tells(Kind.PAUSED, at("11:00"))
    assert said(story, "Deadline") == ["None while it stands still."]
    assert said(story, "Outcome") == ["Pending: it stands still."]
    story.tells(Kind.RESUMED, at("12:00")).tells(Kind.SOLVED, at("13:00"))
    assert said(story, "Working") == [
        "By the clock on the wall: every hour of every day counts.",
        "counted Mon 16 Nov 2026 10:00 to Mon 16 Nov 2026 11:00: 1 h",
        "skipped Mon 16 Nov 2026 11:00 to Mon 16 Nov 2026 12:00: it stood still",
        "counted Mon 16 Nov 2026 12:00 to Mon 16 Nov 2026 13:00: 1 h",
        "sum 2 h, of 24 h",
    ]
    assert said(story, "Deadline")[0].endswith("24 h after the start, put off by the time in which it stood still.")


@pytest.mark.parametrize(
    ("limit", "how"),
    [
        ("2 working days", "2 working days after the day of the start, by the end of the day"),
        ("same day if before 16:00", "the end of the working day for what comes in before 16:00, else of the next one"),
        ("2 h of the next shift", "2 h of opening hours, from the next opening where it came out of hours"),
    ],
)
def test_how_a_deadline_comes_about(limit: str, how: str) -> None:
    """Each manner of limit in its own words."""
    assert said(Story(standard(limit=limit)).opened(at("10:00")), "Deadline")[0].endswith(f": {how}.")


def test_a_long_wait_is_shortened() -> None:
    """The first and the last stretches one by one, the sum of those between; and the whole sum is exact."""
    lines = said(Story(standard()).opened(at("10:00", 2)), "Working", now=at("10:00", 30))
    assert len(lines) == SHOWN + 3
    assert any(line.startswith("... and ") for line in lines)
    assert lines[-1] == "sum 140 h so far, of 4 working h"


def test_outcomes_in_words() -> None:
    """A miss that nobody answered, one that was left, one left out, one that no calendar reaches."""
    opened = Story(standard(limit="60 s")).opened(at("10:00"))
    assert said(opened, "Outcome", now=at("12:00")) == ["Missed: not answered after 2 h, and counting."]
    assert said(opened, "Outcome", now=at("10:01")) == ["Pending: not answered, and not too late yet."]
    opened.tells(Kind.LEFT, at("10:10"), PATRON)
    assert said(opened, "Outcome") == ["Missed: the visitor left unanswered after 10 min."]
    early = Story(standard(limit="60 s")).opened(at("10:00")).tells(Kind.LEFT, at("10:01"), PATRON)
    assert said(early, "Outcome")[0].startswith("Left early: the visitor went unanswered within the limit.")
    desk = Story(standard(limit="60 s"), subject=replace(MAIL, channel=Channel.DESK)).opened(at("10:00"), waited=None)
    assert said(desk, "Outcome")[0].startswith("Left out of the figures: no waiting time was entered")
    short = Story(published=publish(standard(), last=date(2026, 11, 16))).opened(at("16:00"))
    assert said(short, "Outcome") == ["Undetermined: no published calendar can say when it falls due."]
    assert said(short, "Deadline")[0].startswith("None yet: no published calendar reaches so far.")


def test_a_reply_from_before_the_start() -> None:
    """It took nothing, and says so."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).replied(at("09:59"))
    assert said(story, "Working")[-1] == "It was answered before it began, so it took no time."
    assert said(story, "Outcome") == ["Met: answered after 0 s."]


def test_at_the_desk_as_entered() -> None:
    """How long they waited, and who took them."""
    story = Story(standard(limit="60 s"), subject=replace(MAIL, channel=Channel.PHONE))
    story.tells(Kind.OPENED, at("10:00"), "ana", channel="phone", line="phone", waited=90_000)
    assert happened(story)[1] == "They had waited 1 min 30 s until Ana took them, as entered."


def test_no_standard_no_telling() -> None:
    """Nothing was promised."""
    assert tellings(Story(published=Published()).opened(at("10:00")), at("11:00")) == ()


@pytest.mark.parametrize(
    ("millis", "text"),
    [
        (0, "0 s"),
        (60_000, "1 min"),
        (60_001, "1 min 0.001 s"),
        (7_500_000, "2 h 5 min"),
        (3_600_000 * 1200, "1,200 h"),
        (-90_000, "-1 min 30 s"),
    ],
)
def test_lengths_are_exact(millis: int, text: str) -> None:
    """A millisecond over the limit is seen."""
    assert length(millis) == text


def test_every_row_told_is_the_row_that_is_kept() -> None:
    """The telling watches the fold and decides nothing."""
    every = (standard(), standard(Measure.RESOLUTION, "1 working day", "r"), standard(Measure.NEXT_RESPONSE, name="n"))
    story = (
        Story(*every).opened(at("10:00")).replied(at("10:30"), "a").writes(at("11:00")).tells(Kind.SOLVED, at("12:00"))
    )
    story.bounced(at("12:10"), "a").tells(Kind.CORRECTED, at("14:00"), answered=at("10:20"))
    assert tuple(each.row for each in tellings(story, at("18:00"))) == story.rows
