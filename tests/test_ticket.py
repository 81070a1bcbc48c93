"""A ticket's life: each transition alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from helpdesk import befalling
from helpdesk import ticket as life
from helpdesk.clock import HOUR, MINUTE, Instant, ManualClock, plus
from helpdesk.errors import Refused, Stale
from helpdesk.events import PATRON, SYSTEM, Kind
from helpdesk.message import Channel, EntryId, LineId, OutboxId, PersonId, StaffId, TicketId
from helpdesk.ticket import ASIDE, WINDOW, Change, Flag, State, Then, Ticket

NOW = ManualClock().now()
ANA, BEN = StaffId("ana"), StaffId("ben")


def ticket(state: State = State.OPEN, channel: Channel = Channel.MAIL, **fields: Any) -> Ticket:
    """A ticket that can be answered."""
    plain = {
        "id": TicketId("T"),
        "number": 7,
        "channel": channel,
        "line": LineId("help"),
        "subject": "",
        "name": "Ben",
        "person": PersonId("P"),
        "state": state,
        "opened": NOW,
        "updated": NOW,
        "version": 4,
        **fields,
    }
    return Ticket(**plain)


def told(change: Change) -> list[Kind]:
    """What a change appends to the log."""
    return [event.kind for event in change.events]


answer = partial(life.reply, entry=EntryId("E"), outbox=OutboxId("O"), by=ANA, now=NOW)
comes = partial(befalling.received, entry=EntryId("E"), when=NOW, now=NOW, automatic=False, rule="r")
until = plus(NOW, 10 * MINUTE)


# Claims


def test_a_claim_is_a_lease() -> None:
    """It says who and until when; it opens a new ticket, and one's own is renewed."""
    change = life.claim(ticket(State.NEW), by=ANA, now=NOW, until=until)
    assert (change.ticket.owner, change.ticket.held_until, change.ticket.state) == (ANA, until, State.OPEN)
    assert (change.ticket.version, change.ticket.touched_by, told(change)) == (5, ANA, [Kind.CLAIMED])
    again = life.claim(change.ticket, by=ANA, now=NOW, until=plus(until, 1))
    assert again.ticket.held_until == plus(until, 1)
    assert again.events[0].data["again"] is True


def test_the_loser_of_a_claim_is_told_who_has_it() -> None:
    """While it runs; once it has run out it is anybody's."""
    held = ticket(owner=ANA, held_until=until)
    with pytest.raises(Stale, match="ana has ticket 7") as caught:
        life.claim(held, by=BEN, now=plus(until, -1), until=until)
    assert caught.value.by == ANA
    assert life.claim(held, by=BEN, now=until, until=plus(until, HOUR)).ticket.owner == BEN


def test_an_assignment_is_for_good() -> None:
    """No claim takes it away, and claiming one's own changes nothing."""
    given = life.assign(ticket(State.NEW), to=BEN, by=ANA, now=NOW).ticket
    assert (given.owner, given.held_until, given.state) == (BEN, None, State.OPEN)
    with pytest.raises(Stale):
        life.claim(given, by=ANA, now=plus(NOW, 99 * HOUR), until=until)
    assert life.claim(given, by=BEN, now=NOW, until=until) == Change(given)


def test_release_and_expiry() -> None:
    """Put back by hand or by time; putting back what nobody has changes nothing."""
    held = ticket(owner=ANA, held_until=until)
    assert life.release(held, by=ANA, now=NOW).ticket.owner is None
    assert life.expire(held, now=plus(until, -1)) == Change(held)
    expired = life.expire(held, now=until)
    assert (expired.ticket.owner, expired.ticket.held_until, expired.ticket.touched_by) == (None, None, SYSTEM)
    assert life.release(ticket(), by=ANA, now=NOW) == Change(ticket())


def test_a_version_is_checked() -> None:
    """Who changed it first is named, in words that staff use."""
    life.seen(ticket(), 4)
    for by, words in ((ANA, "ana"), (PATRON, "the patron"), (SYSTEM, "the desk itself")):
        with pytest.raises(Stale, match=f"changed by {words} meanwhile") as caught:
            life.seen(ticket(touched_by=by), 3)
        assert caught.value.by == by


# Answers


@pytest.mark.parametrize(
    ("then", "state", "facts"),
    [
        ("open", State.OPEN, [Kind.REPLIED]),
        ("waiting", State.WAITING, [Kind.REPLIED, Kind.PAUSED]),
        ("solved", State.SOLVED, [Kind.REPLIED, Kind.SOLVED]),
    ],
)
def test_a_reply(then: Then, state: State, facts: list[Kind]) -> None:
    """The patron waits no longer; the writer owns what nobody had."""
    change = answer(ticket(State.NEW, unanswered=NOW), then=then)
    assert (change.ticket.state, change.ticket.unanswered, change.ticket.owner) == (state, None, ANA)
    assert told(change) == facts
    assert (change.ticket.closes is not None) is (then == "solved")


def test_a_reply_leaves_a_colleague_s_claim_with_them() -> None:
    """A soft lease doesn't lock; one that has run out is nobody's."""
    assert answer(ticket(owner=BEN)).ticket.owner == BEN
    assert answer(ticket(owner=BEN, held_until=until)).ticket.owner == BEN
    assert answer(ticket(owner=BEN, held_until=NOW)).ticket.owner == ANA


def test_a_reply_ends_waiting_and_snoozing() -> None:
    """The pause ends in the log, too."""
    assert told(answer(ticket(State.WAITING))) == [Kind.REPLIED, Kind.RESUMED]
    assert answer(ticket(State.SNOOZED, snoozed_until=until)).ticket.snoozed_until is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (ticket(State.CLOSED), "closed"),
        (ticket(State.SPAM), "spam"),
        (ticket(channel=Channel.PHONE), "no address"),
        (ticket(channel=Channel.DESK), "no address"),
        (ticket(flags=frozenset({Flag.LEFT})), "left"),
        (ticket(person=None), "no sender"),
    ],
)
def test_what_can_t_be_answered(wrong: Ticket, words: str) -> None:
    """Refused, with what to do instead."""
    with pytest.raises(Refused, match=words):
        answer(wrong)


def test_a_note_answers_nothing() -> None:
    """The patron waits on, whatever colleagues write; even a closed ticket takes a note."""
    change = life.note(ticket(State.CLOSED, unanswered=NOW), entry=EntryId("E"), by=ANA, now=NOW)
    assert (change.ticket.unanswered, change.ticket.state, told(change)) == (NOW, State.CLOSED, [Kind.NOTED])


# Waiting, snoozing, solving


def test_waiting() -> None:
    """Once; a snooze ends it."""
    waiting = life.wait(ticket(), by=ANA, now=NOW).ticket
    assert waiting.state is State.WAITING
    with pytest.raises(Refused, match="waiting"):
        life.wait(waiting, by=ANA, now=NOW)
    assert told(life.snooze(waiting, until=until, by=ANA, now=NOW)) == [Kind.RESUMED, Kind.SNOOZED]


def test_a_snooze_ends_at_its_time() -> None:
    """Not before, and not twice."""
    snoozed = life.snooze(ticket(), until=until, by=ANA, now=NOW).ticket
    assert life.wake(snoozed, now=plus(until, -1)) == Change(snoozed)
    woken = life.wake(snoozed, now=until)
    assert (woken.ticket.state, woken.ticket.snoozed_until, told(woken)) == (State.OPEN, None, [Kind.WOKEN])
    assert life.wake(woken.ticket, now=until) == Change(woken.ticket)
    with pytest.raises(Refused):
        life.snooze(ticket(), until=NOW, by=ANA, now=NOW)


@pytest.mark.parametrize("channel", sorted(WINDOW))
def test_solved_then_closed(channel: Channel) -> None:
    """The window is the channel's; at its end, to the millisecond, the ticket closes."""
    solved = life.solve(ticket(channel=channel, unanswered=NOW), by=ANA, now=NOW).ticket
    assert (solved.state, solved.closes, solved.unanswered) == (State.SOLVED, plus(NOW, WINDOW[channel]), None)
    if WINDOW[channel]:
        assert life.close(solved, now=plus(NOW, WINDOW[channel] - 1)) == Change(solved)
    closed = life.close(solved, now=plus(NOW, WINDOW[channel]))
    assert (closed.ticket.state, closed.ticket.closes, told(closed)) == (State.CLOSED, None, [Kind.CLOSED])


def test_a_chat_is_open_to_its_visitor_until_they_leave() -> None:
    """Solved while they are still there, it closes when they go; solved after that, at once."""
    chat = ticket(channel=Channel.CHAT, unanswered=NOW)
    solved = life.solve(chat, by=ANA, now=NOW).ticket
    assert solved.closes is None
    assert befalling.left(solved, now=plus(NOW, 5)).ticket.closes == plus(NOW, 5)
    assert life.solve(befalling.left(chat, now=NOW).ticket, by=ANA, now=plus(NOW, 9)).ticket.closes == plus(NOW, 9)


def test_solved_once_and_reopened() -> None:
    """By staff, from solved or closed only."""
    solved = life.solve(ticket(), by=ANA, now=NOW).ticket
    with pytest.raises(Refused, match="solved already"):
        life.solve(solved, by=ANA, now=NOW)
    for finished in (solved, ticket(State.CLOSED)):
        assert life.reopen(finished, by=BEN, now=NOW).ticket.state is State.OPEN
    with pytest.raises(Refused):
        life.reopen(ticket(), by=BEN, now=NOW)


def test_spam_and_back() -> None:
    """Out of everything's way; taken back it is open."""
    spam = life.mark_spam(ticket(State.SNOOZED, snoozed_until=until, owner=ANA, held_until=until), by=ANA, now=NOW)
    assert (spam.ticket.state, spam.ticket.snoozed_until, spam.ticket.held_until) == (State.SPAM, None, None)
    back = life.mark_spam(spam.ticket, by=ANA, now=NOW)
    assert (back.ticket.state, told(back)) == (State.OPEN, [Kind.NOT_SPAM])


# The patron writes


@pytest.mark.parametrize(
    ("state", "after", "facts"),
    [
        (State.NEW, State.NEW, [Kind.RECEIVED]),
        (State.OPEN, State.OPEN, [Kind.RECEIVED]),
        (State.WAITING, State.OPEN, [Kind.RESUMED, Kind.RECEIVED]),
        (State.SNOOZED, State.OPEN, [Kind.RECEIVED]),
        (State.SOLVED, State.OPEN, [Kind.REOPENED, Kind.RECEIVED]),
        (State.SPAM, State.SPAM, [Kind.RECEIVED]),
    ],
)
def test_the_patron_writes_again(state: State, after: State, facts: list[Kind]) -> None:
    """The ticket comes back; who waits already has waited since then."""
    change = comes(ticket(state))
    assert (change.ticket.state, told(change)) == (after, facts)
    assert change.ticket.unanswered == (None if state is State.SPAM else NOW)
    earlier = Instant(NOW - 5)
    if state not in ASIDE:
        assert comes(ticket(state, unanswered=earlier)).ticket.unanswered == earlier


@pytest.mark.parametrize("state", list(State))
def test_an_automatic_message_wakes_nobody(state: State) -> None:
    """It is kept, and nothing changes by it."""
    change = befalling.received(ticket(state), entry=EntryId("E"), when=NOW, now=NOW, automatic=True, rule="r")
    assert (change.ticket.state, change.ticket.unanswered, told(change)) == (state, None, [Kind.RECEIVED])


@pytest.mark.parametrize("state", list(State))
def test_an_undeliverable_reply_brings_the_ticket_back(state: State) -> None:
    """Save out of spam, and of the muted folder."""
    change = befalling.undeliverable(ticket(state), entry=EntryId("E"), outbox=OutboxId("O"), code="550", now=NOW)
    assert change.ticket.state is (state if state in ASIDE else State.OPEN)
    assert Flag.UNDELIVERABLE in change.ticket.flags
    assert change.ticket.unanswered == NOW


def test_a_visitor_leaves_once() -> None:
    """The second time says nothing new."""
    left = befalling.left(ticket(channel=Channel.CHAT), now=NOW).ticket
    assert Flag.LEFT in left.flags
    assert befalling.left(left, now=NOW) == Change(left)
