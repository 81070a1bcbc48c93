"""Cases at a busy noon: the worklist, the day's work, writing, the figures, who sits here."""

from __future__ import annotations

from helpdesk.clock import DAY, HOUR
from helpdesk.message import Channel
from helpdesk.thread import EntryKind
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.line.cases import case
from tests.line.listener import Listener
from tests.tui.house import ANA, BEN, MONDAY_NOON

HOT, ALARM, CLOSING, FINE, RENEWAL, LOAN = (
    "hot food",
    "alarm",
    "close tonight",
    "shows a fine",
    "until January",
    "British Library",
)


async def sent_on(here: Listener, about: str) -> list[str]:
    """What was answered on a ticket."""
    return [entry.text for entry in (await here.thread(about)).entries if entry.kind is EntryKind.OUT]


@case("filter", "unfilter")
async def narrowed(here: Listener) -> None:
    """A query lists what it says; all comes back; what is no query is refused with what to write."""
    await here.does("filter channel:mail is:unanswered")
    found = await here.library.desk.views.rows(ANA, "channel:mail is:unanswered")
    assert [f"Ticket {row.number}." in here.text for row in found.rows] == [True] * found.total
    assert await here.says("filter chanel:mail") == 1
    assert here.wrong == ["There is no field chanel:; did you mean channel:?"]
    await here.does("unfilter")
    assert here.heard[-8] == "New: 7 tickets."


@case("save_view", "share_view", "rename_view", "drop_view")
async def a_view_is_saved(here: Listener) -> None:
    """Under a name and a key; shared, renamed, dropped."""
    await here.does("filter channel:mail")
    await here.does("save_view Post on 7")
    assert here.text == "“Post” is saved. Its key is 7."
    await here.does("rename_view Letters")
    (own,) = await here.library.desk.views.saved(ANA)
    assert (own.name, own.digit, own.query) == ("Letters", "7", "is:unanswered channel:mail")
    await here.does("view Letters")
    assert here.text.startswith("Letters:")
    await here.does("share_view Ours")
    await here.does("drop_view Letters")
    (ours,) = await here.library.desk.views.saved(ANA)
    assert (ours.name, ours.shared) == ("Ours", True)


@case("down", "up", "first", "last")
async def row_by_row(here: Listener) -> None:
    """Each row is read by itself, and a verb acts on the one that was read last."""
    rows = (await here.library.desk.worklist(ANA, View.UNANSWERED)).rows
    await here.does("down")
    assert f"Ticket {rows[0].number}." in here.text
    await here.does("down")
    assert f"Ticket {rows[1].number}." in here.text
    await here.does("up")
    assert f"Ticket {rows[0].number}." in here.text
    await here.does("up")
    assert here.text == "That is the beginning."
    await here.does("last")
    assert f"Ticket {rows[-1].number}." in here.text
    await here.does("j")
    assert here.text == "That is the end."
    await here.does("first")
    await here.does("claim")
    assert (await here.library.desk.numbered(ANA, rows[0].number)).owner == ANA


@case("page_down", "page_up")
async def by_pages(here: Listener) -> None:
    """A page of two at a time, on and back."""
    rows = (await here.library.desk.worklist(ANA, View.UNANSWERED)).rows
    await here.does("list --count 2")
    assert "5 more" in here.text
    await here.does("page_down")
    assert [f"Ticket {row.number}." in here.text for row in rows] == [False, False, True, True, False, False, False]
    await here.does("page_up")
    assert f"Ticket {rows[0].number}." in here.text
    await here.does("page_up")
    assert here.text == "That is the beginning."


@case("open", "back")
async def opened_and_left(here: Listener) -> None:
    """By its number; esc leads back."""
    number = (await here.ticket(RENEWAL)).number
    await here.does(f"open {number}")
    assert "Subject: Renewal of three books" in here.text
    assert "  Can I renew these until January?" in here.text
    assert here.stands == "ticket"
    await here.does("back")
    assert here.text == "New: 7 tickets."
    assert here.stands == "worklist"


@case("take")
async def taken(here: Listener) -> None:
    """The one that most needs somebody is held for me, and open."""
    await here.does("t")
    thread = here.talk.here.thread
    assert thread is not None
    assert thread.ticket.owner == ANA
    assert thread.ticket.unanswered is not None


@case("next", "previous")
async def from_one_to_the_next(here: Listener) -> None:
    """From row to row that waits; from an open ticket to the next one, open."""
    rows = (await here.library.desk.worklist(ANA, View.UNANSWERED)).rows
    await here.does("next")
    await here.does("open")
    await here.does("n")
    thread = here.talk.here.thread
    assert thread is not None
    assert thread.ticket.number == rows[1].number
    await here.does("N")
    assert here.talk.here.thread is not None
    assert here.talk.here.thread.ticket.number == rows[0].number


@case("reply")
async def answered(here: Listener) -> None:
    """On one line; then it is as was said."""
    number = (await here.ticket(HOT)).number
    await here.does(f'reply {number} --then solved --yes "On our way."')
    assert "1 text, 11 of 160" in here.text
    assert await sent_on(here, HOT) == ["On our way."]
    assert (await here.ticket(HOT)).state is State.SOLVED


@case("send")
async def composed_and_sent(here: Listener) -> None:
    """Line by line to a dot, looked over, sent: enter is enough."""
    number = (await here.ticket(FINE)).number
    await here.does(f"reply {number}", "Dear Jo,", "", "..it is gone.", ".", "")
    assert await sent_on(here, FINE) == ["Dear Jo,\n\n.it is gone."]
    await here.does(f"keep {number} And sorry.")
    await here.does(f"send {number}")
    assert (await sent_on(here, FINE))[-1] == "And sorry."
    assert not here.talk.sitting.drafts.tickets(ANA)


@case("keep")
async def kept_as_a_draft(here: Listener) -> None:
    """What is half written stays, and is gone on with."""
    ticket = await here.ticket(FINE)
    await here.does(f"reply {ticket.number}", "Dear Jo,", ".keep")
    assert here.talk.sitting.drafts.get(ANA, ticket.id, "reply").text == "Dear Jo,"
    await here.does(f"reply {ticket.number}", "it is gone.", ".", "4")
    assert here.talk.sitting.drafts.get(ANA, ticket.id, "reply").text == "Dear Jo,\nit is gone."
    assert await sent_on(here, FINE) == []


@case("then")
async def then_it_waits(here: Listener) -> None:
    """What becomes of the ticket is said while one writes, or of the draft."""
    number = (await here.ticket(FINE)).number
    await here.does(f"keep {number} Which book was it?")
    await here.does(f"then {number} waiting")
    await here.does(f"send {number}")
    assert (await here.ticket(FINE)).state is State.WAITING


@case("lookalikes")
async def plain_signs(here: Listener) -> None:
    """A curly quote makes a text dear; the plain one does not."""
    number = (await here.ticket(HOT)).number
    await here.does(f"keep {number} We’re coming.")
    await here.does(f"lookalikes {number}")
    assert "1 text, 13 of 160" in here.text
    await here.does(f"send {number}")
    assert await sent_on(here, HOT) == ["We're coming."]


@case("thread_up", "thread_down")
async def read_while_writing(here: Listener) -> None:
    """What the patron wrote is read again, and writing goes on."""
    number = (await here.ticket(RENEWAL)).number
    await here.does(f"open {number}")
    await here.does("reply", "Yes, two of them.", ".thread_up", ".thread_down", ".", "")
    assert "Message 1 of 2" in here.text
    assert "Note 2 of 2" in here.text
    assert await sent_on(here, RENEWAL) == ["Yes, two of them."]


@case("note")
async def noted(here: Listener) -> None:
    """For colleagues only."""
    number = (await here.ticket(FINE)).number
    await here.does(f"note {number} I asked the branch.")
    entry = (await here.thread(FINE)).entries[-1]
    assert (entry.kind, entry.text) == (EntryKind.NOTE, "I asked the branch.")


@case("claim", "release")
async def held_and_put_back(here: Listener) -> None:
    """Held for a while, then free again."""
    number = (await here.ticket(HOT)).number
    await here.does(f"claim {number}")
    assert (await here.ticket(HOT)).owner == ANA
    await here.does(f"release {number}")
    assert (await here.ticket(HOT)).owner is None


@case("assign", "mine")
async def given(here: Listener) -> None:
    """To a colleague by the beginning of the name or from the menu; to oneself."""
    number = (await here.ticket(HOT)).number
    await here.does(f"assign {number} ben")
    assert (await here.ticket(HOT)).owner == BEN
    await here.does(f"mine {number}")
    assert (await here.ticket(HOT)).owner == ANA
    await here.does(f"assign {number}", "2")
    assert (await here.ticket(HOT)).owner == BEN


@case("wait")
async def waiting(here: Listener) -> None:
    """Nobody has answered, so it asks, and No is what enter says."""
    number = (await here.ticket(FINE)).number
    assert await here.says(f"wait {number}", "") == 1
    assert (await here.ticket(FINE)).state is State.NEW
    await here.does(f"wait {number}", "2")
    assert (await here.ticket(FINE)).state is State.WAITING


@case("snooze")
async def snoozed(here: Listener) -> None:
    """By words, or by the number in the menu."""
    ticket = await here.ticket(FINE)
    await here.does(f"snooze {ticket.number} in 1 hour")
    found = await here.ticket(FINE)
    assert (found.state, found.snoozed_until) == (State.SNOOZED, here.library.clock.now() + HOUR)
    await here.does(f"snooze {ticket.number} next week")
    assert (await here.ticket(FINE)).snoozed_until == MONDAY_NOON + 7 * DAY - 3 * HOUR
    assert await here.says(f"snooze {ticket.number} next term") == 2
    assert "No term begins after today in the calendar always" in here.wrong[-1]


@case("solve", "reopen")
async def solved_and_taken_up_again(here: Listener) -> None:
    """--yes answers the question; reopening needs none."""
    number = (await here.ticket(FINE)).number
    await here.does(f"x {number} --yes")
    assert (await here.ticket(FINE)).state is State.SOLVED
    await here.does(f"X {number}")
    assert (await here.ticket(FINE)).state is State.OPEN


@case("spam")
async def spam(here: Listener) -> None:
    """Into spam where somebody says so, and out of it."""
    number = (await here.ticket(FINE)).number
    assert await here.says(f"! {number}", "1") == 1
    assert (await here.ticket(FINE)).state is State.NEW
    await here.does(f"! {number}", "2")
    assert (await here.library.desk.numbered(ANA, number)).state is State.SPAM
    await here.does(f"! {number}")
    assert (await here.ticket(FINE)).state is State.OPEN


@case("tags")
async def tagged(here: Listener) -> None:
    """All its tags at once; none takes them away."""
    number = (await here.ticket(FINE)).number
    await here.does(f"tags {number} refund fines")
    assert (await here.ticket(FINE)).tags == ("fines", "refund")
    await here.does(f"tags {number} none")
    assert (await here.ticket(FINE)).tags == ()


@case("undo", "redo")
async def taken_back(here: Listener) -> None:
    """What was done is taken back, and done again."""
    number = (await here.ticket(FINE)).number
    assert await here.says("undo") == 1
    assert here.wrong == ["There is nothing to undo."]
    await here.does(f"tags {number} refund")
    await here.does("undo")
    assert (await here.ticket(FINE)).tags == ()
    await here.does("redo")
    assert (await here.ticket(FINE)).tags == ("refund",)


@case("merge")
async def merged(here: Listener) -> None:
    """Two tickets of one patron: the later one goes into the first."""
    into = (await here.ticket(FINE)).number
    await here.library.mails("Still the fine", "It is still there.", who="jo@example.org", name="Jo Lindqvist")
    number = (await here.ticket("still there")).number
    await here.does(f"merge {number} into {into}")
    assert (await here.thread("still there")).merged_into == into


@case("log")
async def logged(here: Listener) -> None:
    """A phone contact on one line, and one that is asked for."""
    await here.does("log phone --waited 5 asked when we close")
    rows = (await here.library.desk.worklist(ANA, View.FINISHED)).rows
    assert [(row.channel, row.state) for row in rows] == [(Channel.PHONE, State.SOLVED)]
    await here.does("log", "desk", "1", "the printer")
    rows = (await here.library.desk.worklist(ANA, View.FINISHED)).rows
    assert sorted(row.channel for row in rows) == [Channel.DESK, Channel.PHONE]
    await here.does("log 2")
    assert here.heard[-1].endswith("solved: Printer or copier, at the desk.")
    await here.does("log --preset 5 until nine")
    row = (await here.library.desk.worklist(ANA, View.FINISHED)).rows[0]
    assert (row.channel, row.effort, row.subject) == (Channel.PHONE, 1, "until nine")


@case("hand")
async def handed_over(here: Listener) -> None:
    """To a colleague, with a note for them."""
    number = (await here.ticket(FINE)).number
    await here.does(f"hand {number} ben she rings again at 3")
    thread = await here.thread(FINE)
    assert thread.ticket.owner == "ben"
    assert thread.entries[-1].text == "she rings again at 3"


@case("kind", "site", "read")
async def sorted_and_graded(here: Listener) -> None:
    """What it is about, where it belongs, how much work it was; the last of it is taken back."""
    number = (await here.ticket(FINE)).number
    await here.does(f"kind {number} complaint")
    await here.does(f"site {number} law")
    await here.does(f"read {number} 2 yes")
    made = await here.ticket(FINE)
    assert (made.kind, made.site, made.effort, made.first_contact) == ("complaint", "Law", 2, True)
    await here.does("undo")
    await here.does(f"site {number} none")
    back = await here.ticket(FINE)
    assert (back.site, back.effort, back.first_contact) == ("", None, None)


@case("explain")
async def explained(here: Listener) -> None:
    """Only what is late has something to explain."""
    number = (await here.ticket(HOT)).number
    assert await here.says(f"explain {number} two of us were ill") == 1
    assert "has missed no standard" in here.wrong[0]
    here.library.clock.passes(hours=2)
    await here.does(f"explain {number} two of us were ill")
    assert "two of us were ill" in [each.remark for each in (await here.thread(HOT)).history]


@case("promise")
async def promised(here: Listener) -> None:
    """News by a time to come."""
    number = (await here.ticket(FINE)).number
    await here.does(f"promise {number} tomorrow 9")
    assert (await here.thread(FINE)).promised is not None


@case("correct")
async def corrected(here: Listener) -> None:
    """When, and how it is known."""
    number = (await here.ticket(FINE)).number
    await here.does(f"correct {number} 5 min ago, by phone")
    assert (await here.thread(FINE)).clocks[0].corrections


@case("test")
async def a_test(here: Listener) -> None:
    """Out of the figures, and back."""
    number = (await here.ticket(HOT)).number
    await here.does(f"test {number} --yes")
    assert Flag.TEST in (await here.ticket(HOT)).flags
    await here.does(f"test {number}")
    assert Flag.TEST not in (await here.ticket(HOT)).flags


@case("select", "range", "none")
async def several_at_once(here: Listener) -> None:
    """Selected by number or from one to another; one question, one undo; what fails stays selected."""
    hot, fine = await here.ticket(HOT), await here.ticket(FINE)
    await here.does(f"select {hot.number} {fine.number}")
    assert here.text == f"2 tickets selected: {hot.number}, {fine.number}."
    assert await here.says("snooze") == 2
    assert await here.says("solve", "") != 0
    assert (await here.ticket(HOT)).state is not State.SOLVED
    await here.does("solve", "2")
    assert {(await here.ticket(each)).state for each in (HOT, FINE)} == {State.SOLVED}
    await here.does("undo")
    assert "Taken back: solve, 2 tickets." in here.text
    assert {(await here.ticket(each)).state for each in (HOT, FINE)} == {hot.state, fine.state}
    await here.does(f"range {hot.number} to {fine.number}")
    assert len(here.talk.here.selected) > 1
    await here.does("none")
    assert here.text == "No ticket is selected."
