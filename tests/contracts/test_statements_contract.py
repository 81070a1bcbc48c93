"""One contract for what staff state about a ticket, from the owner's process and attached to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk.clock import DAY, HOUR, MINUTE, Instant, plus
from helpdesk.errors import NotFound, Refused, Stale
from helpdesk.events import Kind
from helpdesk.message import Channel, TicketId
from helpdesk.ports import Desk
from helpdesk.standards import Bar, Outcome
from helpdesk.thread import EntryKind, Moment
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

NOBODY = TicketId("0" * 26)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _version(desk: Desk, ticket: TicketId) -> int:
    return (await desk.thread(ANA, ticket)).ticket.version


async def _last(desk: Desk, ticket: TicketId) -> Moment:
    return (await desk.thread(ANA, ticket)).history[-1]


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("attended", (Instant(0),)),
        ("correct", (Instant(0), "by phone")),
        ("explain", ("ill",)),
        ("promise", (Instant(0),)),
        ("test", ()),
        ("tag", (("refund",),)),
        ("merge", (1,)),
    ],
)
async def test_each_is_said_of_what_was_seen(desk: Desk, marsh: Library, call: str, more: tuple[Any, ...]) -> None:
    """On an old screen it is Stale, with the name of who was first; of no ticket it is NotFound. Nothing is written."""
    asked = await marsh.mail()
    version = await _version(desk, asked)
    await desk.note(BEN, asked, "Mine.")
    before = (await desk.hello()).seq
    with pytest.raises(Stale) as caught:
        await getattr(desk, call)(ANA, asked, version, *more)
    assert caught.value.by == BEN
    with pytest.raises(NotFound):
        await getattr(desk, call)(ANA, NOBODY, version, *more)
    assert (await desk.hello()).seq == before


# Attended


async def test_a_noise_text_is_answered_by_going_there(desk: Desk, marsh: Library) -> None:
    """At the time that is entered, with the time of entry beside it; nobody waits any longer."""
    asked = await marsh.text()
    went = plus(marsh.clock.now(), 5 * MINUTE)
    marsh.clock.passes(minutes=40)
    after = await desk.attended(ANA, asked, await _version(desk, asked), went)
    assert (after.unanswered, after.owner, after.state, after.held_until) == (None, ANA, State.OPEN, None)
    thread = await desk.thread(ANA, asked)
    [row] = thread.clocks
    assert (row.outcome, row.stopped) == (Outcome.MET, went)
    assert (thread.history[-1].kind, thread.history[-1].when, thread.history[-1].actor) == (Kind.ATTENDED, went, ANA)
    assert (await desk.counts(ANA))[View.UNANSWERED] == 0


async def test_a_mail_waits_for_words_all_the_same(desk: Desk, marsh: Library) -> None:
    """Its standard does not count going there: the clock runs on, and so the ticket stays among the unanswered."""
    asked = await marsh.mail()
    after = await desk.attended(ANA, asked, await _version(desk, asked), marsh.clock.now())
    assert after.unanswered is not None
    assert after.due is not None


async def test_what_came_after_is_unanswered(desk: Desk, marsh: Library) -> None:
    """Going there answers what was written by then."""
    asked = await marsh.text()
    went = plus(marsh.clock.now(), MINUTE)
    marsh.clock.passes(minutes=10)
    await marsh.text("still loud")
    version = await _version(desk, asked)
    first = (await desk.thread(ANA, asked)).ticket.unanswered
    after = await desk.attended(ANA, asked, version, went)
    assert first is not None
    assert after.unanswered is None, "they had been waiting since before"
    await marsh.text("loud again")
    again = await desk.attended(ANA, asked, await _version(desk, asked), went)
    assert again.unanswered == marsh.clock.now()


async def test_a_time_that_can_t_be(desk: Desk, marsh: Library) -> None:
    """Neither before it came in nor still to come; the minute of its coming is its coming."""
    asked = await marsh.text()
    opened = marsh.clock.now()
    marsh.clock.passes(minutes=10)
    version = await _version(desk, asked)
    with pytest.raises(Refused, match="came in later"):
        await desk.attended(ANA, asked, version, plus(opened, -MINUTE))
    with pytest.raises(Refused, match="still to come"):
        await desk.attended(ANA, asked, version, plus(marsh.clock.now(), 1))
    await desk.attended(ANA, asked, version, plus(opened, -MINUTE + 1))
    assert (await _last(desk, asked)).when == opened


# Corrected, explained, promised


async def test_a_late_correction(desk: Desk, marsh: Library) -> None:
    """Answered by phone: entered later, with why; both outcomes are kept."""
    asked = await marsh.text()
    rang = plus(marsh.clock.now(), 4 * MINUTE)
    marsh.clock.passes(hours=3)
    after = await desk.correct(BEN, asked, await _version(desk, asked), rang, "rang back\nat once")
    assert (after.unanswered, after.state, after.owner) == (None, State.OPEN, None)
    thread = await desk.thread(ANA, asked)
    moment = thread.history[-1]
    assert (moment.kind, moment.actor, moment.remark) == (Kind.CORRECTED, BEN, "rang back at once")
    assert moment.data["answered"] == rang
    assert "rang" not in str(moment.data)
    [row] = thread.clocks
    assert row.outcome is Outcome.MET
    with pytest.raises(Refused, match="came in later"):
        await desk.correct(BEN, asked, after.version, Instant(0), "rang")
    with pytest.raises(Refused, match="still to come"):
        await desk.correct(BEN, asked, after.version, plus(marsh.clock.now(), MINUTE), "rang")


@pytest.mark.parametrize("words", ["", " \n\t", "\x00"])
async def test_a_reason_is_asked_for(desk: Desk, marsh: Library, words: str) -> None:
    """An empty one is none, and one over 500 letters is a letter."""
    asked = await marsh.text()
    marsh.clock.passes(hours=1)
    version = await _version(desk, asked)
    for why in (words, "x" * 501):
        with pytest.raises(Refused, match=r"Say why|500 is the most"):
            await desk.correct(ANA, asked, version, marsh.clock.now(), why)
        with pytest.raises(Refused, match=r"Say why|500 is the most"):
            await desk.explain(ANA, asked, version, why)
    await desk.explain(ANA, asked, version, "é" * 500)


async def test_a_miss_is_explained(desk: Desk, marsh: Library) -> None:
    """Again where need be, also when it is closed; what missed nothing needs no reason."""
    asked = await marsh.text()
    with pytest.raises(Refused, match="nothing to explain"):
        await desk.explain(ANA, asked, await _version(desk, asked), "ill")
    marsh.clock.passes(hours=1)
    first = await desk.explain(ANA, asked, await _version(desk, asked), "Two of us were ill.")
    second = await desk.explain(BEN, asked, first.version, "The radio was flat.")
    assert second.unanswered is not None
    said = [moment.remark for moment in (await desk.thread(ANA, asked)).history if moment.kind is Kind.EXPLAINED]
    assert said == ["Two of us were ill.", "The radio was flat."]


async def test_news_is_promised(desk: Desk, marsh: Library) -> None:
    """Until a person's reply keeps it; a later promise stands in its place."""
    asked = await marsh.mail()
    now = marsh.clock.now()
    assert (await desk.thread(ANA, asked)).promised is None
    first = await desk.promise(ANA, asked, await _version(desk, asked), plus(now, HOUR))
    second = await desk.promise(ANA, asked, first.version, plus(now, 2 * HOUR))
    assert second.unanswered is not None
    thread = await desk.thread(ANA, asked)
    assert thread.promised == plus(now, 2 * HOUR)
    assert (thread.history[-1].kind, thread.history[-1].data) == (Kind.PROMISED, {"by": plus(now, 2 * HOUR)})
    replied = await desk.reply(ANA, asked, second.version, "It is found.")
    assert (await desk.thread(ANA, asked)).promised is None
    for by in (now, plus(now, -1), plus(now, 400 * DAY)):
        with pytest.raises(Refused, match="Promise news"):
            await desk.promise(ANA, asked, replied.version, by)
    solved = await desk.solve(ANA, asked, replied.version)
    with pytest.raises(Refused, match="solved"):
        await desk.promise(ANA, asked, solved.version, plus(now, HOUR))


# Tests and tags


async def test_a_test_leaves_the_figures_and_comes_back(desk: Desk, marsh: Library) -> None:
    """Its clock is left out, its deadline gone; done again, both are there."""
    asked = await marsh.text()
    due = (await desk.thread(ANA, asked)).ticket.due
    marked = await desk.test(ANA, asked, await _version(desk, asked))
    assert (Flag.TEST in marked.flags, marked.due) == (True, None)
    [row] = (await desk.thread(ANA, asked)).clocks
    assert (row.outcome, row.barred) == (Outcome.LEFT_OUT, (Bar.TEST,))
    back = await desk.test(ANA, asked, marked.version)
    assert (Flag.TEST in back.flags, back.due) == (False, due)
    assert [moment.data for moment in (await desk.thread(ANA, asked)).history if moment.kind is Kind.TESTED] == [
        {"test": True},
        {"test": False},
    ]


async def test_tags(desk: Desk, marsh: Library) -> None:
    """All of them are replaced; small letters, each once, sorted; the same ones change nothing."""
    asked = await marsh.mail()
    first = await desk.tag(ANA, asked, await _version(desk, asked), ("Refund", "lost-card", " refund"))
    assert first.tags == ("lost-card", "refund")
    assert await desk.tag(ANA, asked, first.version, ("refund", "lost-card")) == first
    assert (await desk.worklist(ANA, View.OPEN)).rows[0].tags == first.tags
    moment = await _last(desk, asked)
    assert (moment.kind, moment.data) == (Kind.TAGGED, {"tags": "lost-card refund"})
    assert (await desk.tag(ANA, asked, first.version, ())).tags == ()


@pytest.mark.parametrize("tag", ["", "two words", "-x", "été", "x" * 32, "a_b", "a\n"])
async def test_what_is_no_tag(desk: Desk, marsh: Library, tag: str) -> None:
    """The words say how to write one; ten is the most."""
    asked = await marsh.mail()
    version = await _version(desk, asked)
    if tag.strip() == tag:
        with pytest.raises(Refused, match="is no tag"):
            await desk.tag(ANA, asked, version, ("fine", tag))
    with pytest.raises(Refused, match="10 is the most"):
        await desk.tag(ANA, asked, version, tuple(f"t{n}" for n in range(11)))


# Contacts by phone and at the desk


async def test_a_contact_is_logged(desk: Desk, marsh: Library) -> None:
    """Opened and solved at once, with a note of what it was about; it can't be answered."""
    now = marsh.clock.now()
    logged = await desk.log_contact(ANA, Channel.PHONE, text="Card won't open\nthe gate", kind="card", site="Main")
    assert (logged.channel, logged.state, logged.owner) == (Channel.PHONE, State.SOLVED, ANA)
    assert (logged.kind, logged.site, logged.opened) == ("card", "Main", now)
    assert (logged.subject, logged.unanswered) == ("Card won't open the gate", None)
    thread = await desk.thread(BEN, logged.id)
    [entry] = thread.entries
    assert (entry.kind, entry.text, entry.author) == (EntryKind.NOTE, "Card won't open\nthe gate", "Ana")
    assert [moment.kind for moment in thread.history] == [Kind.OPENED, Kind.NOTED, Kind.SOLVED]
    assert (thread.history[0].data["waited"], thread.history[0].actor) == (None, ANA)
    reopened = await desk.reopen(ANA, logged.id, logged.version)
    with pytest.raises(Refused, match="no address"):
        await desk.reply(ANA, logged.id, reopened.version, "Hello?")


async def test_a_waiting_time_that_was_measured(desk: Desk, marsh: Library) -> None:
    """The contact began when they began to wait; two keys are enough to log it."""
    logged = await desk.log_contact(ANA, Channel.DESK, waited=2 * MINUTE)
    assert logged.opened == plus(marsh.clock.now(), -2 * MINUTE)
    thread = await desk.thread(ANA, logged.id)
    assert (thread.entries, thread.history[0].data["waited"]) == ((), 2 * MINUTE)
    assert (logged.kind, logged.subject) == ("enquiry", "enquiry")
    for waited in (-1, DAY + 1):
        with pytest.raises(Refused, match="between nothing and 24 hours"):
            await desk.log_contact(ANA, Channel.DESK, waited=waited)


async def test_a_contact_is_logged_once(desk: Desk, marsh: Library) -> None:
    """The same key with the same content gives the first one, with another it is refused; words stay short."""
    first = await desk.log_contact(ANA, Channel.DESK, text="Where is 823?", key="k")
    marsh.clock.passes(seconds=5)
    assert (await desk.log_contact(ANA, Channel.DESK, text="Where is 823?", key="k")).id == first.id
    with pytest.raises(Refused, match="key"):
        await desk.log_contact(ANA, Channel.DESK, text="Where is 824?", key="k")
    assert (await desk.log_contact(ANA, Channel.DESK, text="Where is 823?")).id != first.id
    with pytest.raises(Refused, match="Only a contact by phone"):
        await desk.log_contact(ANA, Channel.MAIL, text="x")
    for kind, site in (("k" * 41, ""), ("", "s" * 41)):
        with pytest.raises(Refused, match="at most 40 letters"):
            await desk.log_contact(ANA, Channel.DESK, text="x", kind=kind, site=site)


# Merged


async def test_two_mails_about_one_matter(desk: Desk, marsh: Library) -> None:
    """The one is closed and points to the other, which shows what came in with it and waits for the patron."""
    first, second = await marsh.mail("Where is my book?"), await marsh.mail("And my fine?")
    into = (await desk.thread(ANA, first)).ticket
    marsh.clock.passes(minutes=1)
    replied = await desk.reply(ANA, first, into.version, "We look.", then="solved")
    merged = await desk.merge(ANA, second, await _version(desk, second), into.number)
    assert (merged.state, merged.merged_into, merged.unanswered, merged.closes) == (State.CLOSED, first, None, None)
    gone, stays = await desk.thread(BEN, second), await desk.thread(BEN, first)
    assert (gone.merged_into, gone.merged_in) == (into.number, ())
    assert (gone.history[-1].kind, gone.history[-1].other) == (Kind.MERGED, into.number)
    assert [row.barred for row in gone.clocks] == [(Bar.MERGED,)]
    assert (stays.merged_in, stays.merged_into) == ((merged.number,), None)
    assert [(entry.text, entry.came_with) for entry in stays.entries] == [
        ("Where is my book?", None),
        ("And my fine?", merged.number),
        ("We look.", None),
    ]
    assert (stays.ticket.state, stays.ticket.closes) == (State.OPEN, None)
    assert stays.ticket.unanswered is not None
    assert stays.ticket.version > replied.version
    linked = [moment for moment in stays.history if moment.kind is Kind.LINKED]
    assert [(moment.data, moment.other) for moment in linked] == [({"merged": second}, merged.number)]


async def test_what_is_written_to_a_merged_ticket_comes_to_the_other(desk: Desk, marsh: Library) -> None:
    """By its signed address, over any number of mergers."""
    tickets = [await marsh.mail(f"Question {n}") for n in range(3)]
    numbers = [(await desk.thread(ANA, ticket)).ticket.number for ticket in tickets]
    await desk.merge(ANA, tickets[0], await _version(desk, tickets[0]), numbers[1])
    await desk.merge(ANA, tickets[1], await _version(desk, tickets[1]), numbers[2])
    assert await marsh.mail("One thing more", to=tickets[0]) == tickets[2]
    thread = await desk.thread(ANA, tickets[2])
    assert thread.merged_in == (numbers[0], numbers[1])
    assert thread.unverified == ()
    assert [entry.text for entry in thread.entries] == ["Question 0", "Question 1", "Question 2", "One thing more"]
    for work in (desk.solve, desk.reopen, desk.spam, desk.wait):
        with pytest.raises(Refused, match="merged into another"):
            await work(ANA, tickets[0], await _version(desk, tickets[0]))


async def test_what_can_t_be_merged(desk: Desk, marsh: Library) -> None:
    """Into itself, into what is not there or goes on elsewhere, and never where somebody else would be answered."""
    mine, mine_too, hers = await marsh.mail(), await marsh.mail("Two"), await marsh.mail(sender="joan@example.org")
    text = await marsh.text()
    number = {ticket: (await desk.thread(ANA, ticket)).ticket.number for ticket in (mine, mine_too, hers, text)}
    for into, words in (
        (number[mine], "itself"),
        (99, "There is no ticket 99"),
        (10**30, "There is no ticket 1000"),
        (-(10**30), "There is no ticket -1000"),
        (number[hers], "another patron's"),
        (number[text], "another patron's"),
    ):
        with pytest.raises(Refused, match=words):
            await desk.merge(ANA, mine, await _version(desk, mine), into)
    spam = await desk.spam(ANA, mine_too, await _version(desk, mine_too))
    with pytest.raises(Refused, match="in spam"):
        await desk.merge(ANA, mine, await _version(desk, mine), spam.number)
    with pytest.raises(Refused, match="in spam"):
        await desk.merge(ANA, mine_too, spam.version, number[mine])
    back = await desk.spam(ANA, mine_too, spam.version)
    merged = await desk.merge(ANA, mine_too, back.version, number[mine])
    with pytest.raises(Refused, match="merged into another"):
        await desk.merge(ANA, mine, await _version(desk, mine), merged.number)
    with pytest.raises(Refused, match="merged into another"):
        await desk.merge(ANA, mine_too, merged.version, number[mine])


async def test_a_call_goes_into_the_ticket_it_was_about(desk: Desk, marsh: Library) -> None:
    """Staff met who rang; but a mail can't go into a call, which nobody could answer."""
    mail = await marsh.mail()
    call = await desk.log_contact(ANA, Channel.PHONE, text="Any news of my loan?")
    number = (await desk.thread(ANA, mail)).ticket.number
    with pytest.raises(Refused, match="another patron's"):
        await desk.merge(ANA, mail, await _version(desk, mail), (await desk.reopen(ANA, call.id, call.version)).number)
    merged = await desk.merge(ANA, call.id, await _version(desk, call.id), number)
    assert merged.merged_into == mail
    assert "Any news" in (await desk.thread(ANA, mail)).entries[-1].text


async def test_what_is_stated_of_a_merged_ticket(desk: Desk, marsh: Library) -> None:
    """It is in no figure of its own: nothing is to be corrected or explained."""
    first, second = await marsh.mail(), await marsh.mail("Two")
    number = (await desk.thread(ANA, first)).ticket.number
    merged = await desk.merge(ANA, second, await _version(desk, second), number)
    with pytest.raises(Refused, match="no figure"):
        await desk.correct(ANA, second, merged.version, marsh.clock.now(), "rang")
    with pytest.raises(Refused, match="no figure"):
        await desk.explain(ANA, second, merged.version, "ill")
