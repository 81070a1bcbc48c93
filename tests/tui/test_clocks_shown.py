"""Clocks with their working, and other contacts of the same person, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.clock import HOUR, MINUTE, Instant
from helpdesk.message import Channel, TicketId
from helpdesk.standards import ClockRow, Measure, Outcome
from helpdesk.standards.rows import Bar, Pause
from helpdesk.thread import Contact, Thread
from helpdesk.ticket import State
from tests.tui.house import ANA, House, house
from tests.tui.rows import EYE, NOON, TICKET
from tests.tui.seat import seat
from tui.clocks import clock_lines, clock_words
from tui.prose import answer_times, head_lines

ROW = ClockRow(
    ticket=TicketId("T1"),
    standard="mail-answered",
    version="v",
    measure=Measure.FIRST_RESPONSE,
    started=Instant(NOON - HOUR),
    calendar="c",
    due=Instant(NOON + HOUR),
    lapses=Instant(NOON + HOUR),
    outcome=Outcome.PENDING,
)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW, "mail-answered, first answer: began 11:00, counts opening hours; due 13:00; runs."),
        (replace(ROW, calendar=""), "began 11:00, counts round the clock"),
        (replace(ROW, due=NOON, lapses=Instant(NOON + 2 * HOUR)), "kept until it opens 14:00; runs, and is late."),
        (replace(ROW, outcome=Outcome.MET, spent=45 * MINUTE, stopped=NOON), "due 13:00; met after 45 min, 12:00."),
        (replace(ROW, outcome=Outcome.LEFT_OUT, barred=(Bar.TEST,)), "left out of the figures (test)."),
        (replace(ROW, outcome=Outcome.LEFT_EARLY), "the visitor left before its limit."),
        (replace(ROW, outcome=Outcome.UNDETERMINED, due=None), "not determined: no published calendar says when."),
        (
            replace(ROW, due=None, pauses=(Pause(Instant(NOON - 20 * MINUTE)),)),
            "stood still 1 time, 20 min in all, and does now; stands still.",
        ),
        (
            replace(ROW, outcome=Outcome.MET, recorded=Outcome.MISSED, recorded_spent=3 * HOUR),
            "met; as recorded before the correction: missed after 3 h.",
        ),
    ],
)
def test_a_clock_in_words(row: ClockRow, words: str) -> None:
    """When it began, by what it counts, when it is due, how it ended."""
    assert words in clock_words(row, EYE)[0]


def test_no_clock_no_heading() -> None:
    """A ticket that no standard covers has nothing to work out; long words are wrapped."""
    assert clock_lines((), EYE, 80) == []
    lines = clock_lines((ROW,), EYE, 40)
    assert len(lines) > 2
    assert all(sum(len(text) for text, _ in line) <= 40 for line in lines)


def test_other_contacts_stand_on_one_line() -> None:
    """By number, with what they were about and where they stand; none, no line."""
    other = Contact(number=12, channel=Channel.MAIL, subject="Renewal", state=State.SOLVED, updated=NOON)
    phone = Contact(number=9, channel=Channel.PHONE, subject="", state=State.OPEN, updated=NOON)
    thread = Thread(ticket=TICKET, entries=(), history=(), clocks=(), contacts=(other, phone))
    lines = head_lines(thread, EYE, "Help", str, 80)
    assert lines[2][0][0] == " Also wrote: 12 Renewal (solved, 12:00), 9 phone (open, 12:00)"
    assert len(head_lines(replace(thread, contacts=()), EYE, "Help", str, 80)) == 2


async def test_what_else_the_same_person_wrote_stands_at_the_head(library: House) -> None:
    """The latest first; what somebody else wrote does not, and the clocks' working is below the history."""
    await library.mails("Fines", "Why?")
    await library.mails("Renewal", "Can I renew?")
    await library.mails("Hours", "When?", who="jo@example.org", name="Jo")
    async with seat(library, size=(100, 30)) as desk:
        await desk.press("enter")
        await desk.sees("Also wrote: 2 Renewal (new, 12:00)")
        assert "Hours" not in desk.screen
        await desk.press("h")
        await desk.sees("Clocks", "first answer: began 12:00")


async def test_on_the_noiseline_nobody_is_told_that_the_same_one_wrote() -> None:
    """Two texts of one number, two noises: neither names the other."""
    async with house(sealed=True) as library:
        one = await library.texts("loud on level 3")
        library.clock.passes(hours=30)
        other = await library.texts("loud on level 5")
        assert one != other
        assert (await library.desk.thread(ANA, one)).contacts == ()


async def test_an_answer_says_how_long_it_took(library: House) -> None:
    """By the wall, from the first message that nobody had answered; what follows it unasked says nothing."""
    noise = await library.texts("loud on level 3")
    library.clock.passes(minutes=4)
    await library.texts("still loud")
    library.clock.passes(minutes=8)
    at = (await library.desk.thread(ANA, noise)).ticket
    at = await library.desk.reply(ANA, noise, at.version, "On our way.", key="a")
    await library.desk.reply(ANA, noise, at.version, "It is quiet now.", key="b")
    thread = await library.desk.thread(ANA, noise)
    assert [took // MINUTE for took in answer_times(thread.entries).values()] == [12]
    async with seat(library) as desk:
        await desk.press("3", "enter")
        await desk.sees("by text after 12 min")
