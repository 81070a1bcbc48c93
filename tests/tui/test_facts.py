"""What staff say of a ticket for the figures' sake, key by key, on the real local desk."""

from __future__ import annotations

from helpdesk.clock import HOUR, MINUTE, plus
from helpdesk.events import Kind
from helpdesk.message import Channel, TicketId
from helpdesk.standards import ClockRow, Outcome
from helpdesk.thread import Moment
from helpdesk.ticket import Flag, State
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import Seat, seat


async def _clock(library: House, ticket: TicketId) -> ClockRow:
    (row,) = (await library.desk.thread(ANA, ticket)).clocks
    return row


async def _last(library: House, ticket: TicketId) -> Moment:
    return (await library.desk.thread(ANA, ticket)).history[-1]


async def _types(desk: Seat, text: str) -> None:
    """Letter by letter into the card, then enter."""
    await desk.press(*text, "enter")


async def test_somebody_went_there_ten_minutes_ago(library: House) -> None:
    """v and the minutes: the clock stopped when they went, not when it was typed."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), 14 * MINUTE))
    async with seat(library) as desk:
        await desk.press("v")
        await desk.sees("When did somebody go there for ticket 1?")
        await _types(desk, "10 min ago")
        await desk.told("was attended at 12:04")
    row = await _clock(library, noise)
    assert row.outcome is Outcome.MET
    assert row.spent == 4 * MINUTE


async def test_just_now_is_enter_alone(library: House) -> None:
    """Two keys, for whoever comes back from level 3."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), 2 * MINUTE))
    async with seat(library) as desk:
        await desk.press("v", "enter")
        await desk.told("was attended at 12:02")
    assert (await _clock(library, noise)).spent == 2 * MINUTE


async def test_a_time_that_can_t_be_read_stays(library: House) -> None:
    """It says how to write it, and nothing is lost."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), 2 * HOUR))
    async with seat(library) as desk:
        await desk.press("v")
        await _types(desk, "soon")
        await desk.sees('Write a time as "10:05"', "soon")
        await desk.press(*["backspace"] * 4)
        await _types(desk, "12:09")
        await desk.told("was attended at 12:09")
    assert (await _clock(library, noise)).spent == 9 * MINUTE


async def test_an_answer_by_phone_is_corrected_with_its_reason(library: House) -> None:
    """:correct asks when and how; both figures are kept."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), HOUR))
    async with seat(library) as desk:
        await desk.press("colon")
        await _types(desk, "correct")
        await desk.sees("When was ticket 1 answered in truth?", "Both figures are kept")
        await _types(desk, "12:05")
        await _types(desk, "by phone")
        await desk.told("answered at 12:05, as corrected")
        await desk.press("3")
        await desk.sees("loud on level 3")
        await desk.press("enter", "h")
        await desk.sees("corrected it: answered at 12:05. by phone")
    row = await _clock(library, noise)
    assert (row.outcome, row.recorded) == (Outcome.MET, Outcome.PENDING)


async def test_why_it_was_late_is_said_in_a_line(library: House) -> None:
    """W; an empty line is asked for again."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), HOUR))
    async with seat(library) as desk:
        await desk.press("W", "enter")
        await desk.sees("Say it in a few words")
        await _types(desk, "fire alarm")
        await desk.told("the reason is kept")
    told = await _last(library, noise)
    assert (told.kind, told.remark) == (Kind.EXPLAINED, "fire alarm")


async def test_news_is_promised_by_a_time_of_the_menu(library: House) -> None:
    """:promise offers the times that a snooze does."""
    noise = await library.mails("Renewal", "Can I renew?")
    async with seat(library) as desk:
        await desk.press("colon")
        await _types(desk, "promise")
        await desk.sees("news is promised by", "in 2 hours")
        await desk.press("enter")
        await desk.told("news is promised by 13:00")
        await desk.press("enter")
        await desk.sees("News is promised by 13:00")
    assert (await _last(library, noise)).data["by"] == plus(library.clock.now(), HOUR)


async def test_a_test_leaves_the_figures_and_comes_back(library: House) -> None:
    """:test asks first; the way back does not."""
    noise = await library.texts("probe")
    async with seat(library) as desk:
        await desk.press("colon")
        await _types(desk, "test")
        await desk.sees("Is ticket 1 a test?", "counted apart")
        await desk.press("j", "enter")
        await desk.told("counts in no figure")
        assert (await _clock(library, noise)).outcome is Outcome.LEFT_OUT
        await desk.press("colon")
        await _types(desk, "test")
        await desk.told("counts again")
    assert (await _clock(library, noise)).outcome is Outcome.PENDING


async def test_tags_are_given_and_taken_away(library: House) -> None:
    """l shows those that it has; an empty line takes all away."""
    noise = await library.texts("the printer eats cards")
    async with seat(library) as desk:
        await desk.press("l")
        await _types(desk, "printer refund")
        await desk.told("printer refund")
        await desk.press("enter")
        await desk.sees("printer refund")
        assert (await library.desk.thread(ANA, noise)).ticket.tags == ("printer", "refund")
        await desk.press("l", "ctrl+u", "enter")
        await desk.told("no tags")
    assert (await library.desk.thread(ANA, noise)).ticket.tags == ()


async def test_what_is_no_tag_stays_to_be_mended(library: House) -> None:
    """The card says what is wrong with a word; nothing typed is lost."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.until(lambda: desk.worklist.target)
        await desk.press("l")
        await desk.sees("Tags of ticket 1")
        await _types(desk, ".")
        await desk.sees("'.' is no tag.")


async def test_words_that_came_too_late_stand_there_again(library: House) -> None:
    """Ben was quicker, so Ana's correction is refused; asked again, she need not type it again."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), 9 * MINUTE))
    async with seat(library) as desk:
        await desk.until(lambda: desk.worklist.target)
        desk.worklist.do_correct()
        await desk.sees("answered in truth?")
        await library.desk.claim(BEN, noise)
        await _types(desk, "5 min ago")
        await _types(desk, "rang")
        await desk.told("meanwhile")
        await desk.until(lambda: desk.app.screen is desk.worklist and not desk.worklist.acting)
        desk.worklist.do_correct()
        await desk.sees("answered in truth?", "5 min ago", "rang")
        await desk.press("enter", "enter")
        await desk.told("Ticket 1: answered at 12:04, as corrected.")


async def test_two_tickets_of_one_matter_become_one(library: House) -> None:
    """f, merge and the other's number: this one is closed, that one has both."""
    first = await library.mails("Renewal", "Can I renew?")
    second = await library.mails("Again", "Did you get my mail?")
    async with seat(library) as desk:
        await desk.press("j", "f", "down", "enter")
        await desk.sees("Merge ticket 2 into")
        for what in ("x", "²", "9" * 10):
            await _types(desk, what)
            await desk.sees("Type the number", what)
            await desk.press(*["backspace"] * len(what))
        await _types(desk, "1")
        await desk.told("Ticket 2 went into 1")
        await desk.press("3", "G", "enter", "h")
        await desk.sees("With what was written in 2.", "on ticket 2", "ticket 2 was merged into it")
    assert (await library.desk.thread(ANA, second)).ticket.state is State.CLOSED
    assert (await library.desk.thread(ANA, first)).merged_in == (2,)


async def test_a_contact_at_the_desk_is_logged(library: House) -> None:
    """p, a few words, a line of the choice: a solved ticket with its wait."""
    async with seat(library) as desk:
        await desk.press("p")
        await desk.sees("Desk, answered at once", "Phone, answered at once")
        await desk.press("down")
        await _types(desk, "gate")
        await desk.told("Logged as ticket 1, solved")
    found = await library.desk.search(ANA, "gate")
    assert [(each.row.channel, each.row.state) for each in found] == [(Channel.DESK, State.SOLVED)]
    assert Flag.TEST not in found[0].row.flags


async def test_the_page_of_promises_says_how_they_are_kept(library: House) -> None:
    """R: today, this week, this month; what is late; when contacts came."""
    await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), HOUR))
    await library.texts("again", who="+447700900102")
    async with seat(library) as desk:
        await desk.press("R")
        await desk.sees(
            "How our promises are kept   Monday 23 Nov", "noise-texts", "90 % in 15 working min", "0.0 % too few"
        )
        await desk.sees("Late, and not answered yet", "Next to fall due", "When contacts came", "Mon")
        await desk.press("escape")
        await desk.sees("again")
