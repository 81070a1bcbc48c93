"""Which ticket a message belongs to, rule by rule; no rule glues a stranger to a ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import HOUR, Instant, ManualClock, plus
from helpdesk.matching import (
    RULES,
    THREAD_WINDOW,
    Candidate,
    Decision,
    Join,
    Open,
    Via,
    answers_our_message,
    answers_their_message,
    decide,
    goes_on,
    same_chat,
    same_texter,
    signed_address,
)
from helpdesk.message import Channel, LineId, TicketId
from helpdesk.ticket import Flag, State, Ticket

NOW = ManualClock().now()
T1, T2 = TicketId("T1"), TicketId("T2")


def ticket(
    state: State = State.OPEN, *, name: TicketId = T1, ago: int = 0, closes: int | None = None, left: bool = False
) -> Ticket:
    """A ticket, touched ``ago`` milliseconds ago."""
    return Ticket(
        id=name,
        number=1,
        channel=Channel.MAIL,
        line=LineId("help"),
        subject="",
        name="Ben",
        state=state,
        opened=plus(NOW, -ago),
        updated=plus(NOW, -ago),
        closes=None if closes is None else plus(NOW, closes),
        flags=frozenset({Flag.LEFT} if left else ()),
    )


def told(via: Via, channel: Channel, found: Ticket | None = None, *, on_it: bool = True) -> Decision:
    """What the rules make of one candidate."""
    return decide(channel, (Candidate(ticket=found or ticket(), via=via, on_it=on_it),), NOW)


GOES_ON = [State.NEW, State.OPEN, State.WAITING, State.SNOOZED, State.SPAM, State.MUTED, State.SOLVED]
"""A solved ticket with no end to its window is a chat whose visitor is still there."""


@pytest.mark.parametrize("state", list(State))
def test_what_goes_on(state: State) -> None:
    """A live ticket, spam, a muted one, and a solved one until its window closes; a closed one never."""
    assert goes_on(ticket(state), NOW) is (state in GOES_ON)
    assert goes_on(ticket(State.SOLVED, closes=1), NOW)
    assert not goes_on(ticket(State.SOLVED, closes=0), NOW)


def test_nobody_known_opens_a_ticket() -> None:
    """Without a candidate there is nothing to follow."""
    for channel in Channel:
        assert decide(channel, (), NOW) == Open(rule="new_contact")


def test_a_chat_belongs_together_until_its_end() -> None:
    """What is said after it opens a ticket that follows on."""
    assert told(Via.CHAT, Channel.CHAT) == Join(ticket=T1, rule="same_chat")
    over = Open(rule="chat_goes_on_after_its_end", earlier=T1)
    assert told(Via.CHAT, Channel.CHAT, ticket(left=True)) == over
    assert told(Via.CHAT, Channel.CHAT, ticket(State.CLOSED)) == over
    assert told(Via.CHAT, Channel.CHAT, ticket(State.SOLVED, closes=0)) == over


@pytest.mark.parametrize("on_it", [True, False])
@pytest.mark.parametrize(("via", "rule"), [(Via.TOKEN, "signed_address"), (Via.OUR_MESSAGE, "answers_our_message")])
def test_a_signed_address_and_our_own_message(via: Via, rule: str, on_it: bool) -> None:
    """Whoever has it joins, unverified if they were not on the ticket; once that is closed they follow on."""
    assert told(via, Channel.MAIL, on_it=on_it) == Join(ticket=T1, rule=rule, verified=on_it)
    after = Open(rule=f"{rule}_after_closing", earlier=T1)
    assert told(via, Channel.MAIL, ticket(State.CLOSED), on_it=on_it) == after


def test_a_stranger_who_names_a_message_gets_a_ticket_of_their_own() -> None:
    """A Message-ID of theirs is no secret: only somebody on the ticket joins by it."""
    assert told(Via.THEIR_MESSAGE, Channel.MAIL) == Join(ticket=T1, rule="answers_their_message")
    stranger = told(Via.THEIR_MESSAGE, Channel.MAIL, on_it=False)
    assert stranger == Open(rule="stranger_names_a_message", earlier=T1)
    late = told(Via.THEIR_MESSAGE, Channel.MAIL, ticket(State.CLOSED))
    assert late == Open(rule="answers_their_message_after_closing", earlier=T1)


@pytest.mark.parametrize(("ago", "joins"), [(0, True), (THREAD_WINDOW, True), (THREAD_WINDOW + 1, False)])
def test_a_texter_goes_on_within_a_day(ago: int, joins: bool) -> None:
    """A day to the millisecond after the last word."""
    found = told(Via.SENDER, Channel.SMS, ticket(ago=ago))
    assert found == (Join(ticket=T1, rule="same_texter") if joins else Open(rule="same_texter_later", earlier=T1))


def test_a_texter_whose_ticket_was_solved() -> None:
    """Within its window it comes back."""
    assert told(Via.SENDER, Channel.SMS, ticket(State.SOLVED, closes=HOUR)) == Join(ticket=T1, rule="same_texter")
    assert told(Via.SENDER, Channel.SMS, ticket(State.CLOSED)) == Open(rule="same_texter_later", earlier=T1)


@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.CHAT])
def test_a_sender_alone_threads_nothing_but_texts(channel: Channel) -> None:
    """The same person may ask about another thing."""
    assert told(Via.SENDER, channel) == Open(rule="new_contact")


def test_the_rules_are_asked_in_order() -> None:
    """A signed address counts more than what a mail names, and our messages more than theirs."""
    asked = (same_chat, signed_address, answers_our_message, answers_their_message, same_texter)
    assert asked == RULES
    order = (Via.CHAT, Via.TOKEN, Via.OUR_MESSAGE, Via.THEIR_MESSAGE)
    candidates = tuple(
        Candidate(ticket=ticket(name=TicketId(f"T{n}")), via=via, on_it=True) for n, via in enumerate(order)
    )
    for first in range(4):
        found = decide(Channel.CHAT, candidates[:first:-1] + candidates[first : first + 1], NOW)
        assert isinstance(found, Join)
        assert found.ticket == f"T{first}"


def test_the_nearest_named_message_decides() -> None:
    """A closed ticket that is named first is followed, not the open one that is named after."""
    first = Candidate(ticket=ticket(State.CLOSED), via=Via.OUR_MESSAGE, on_it=True)
    second = Candidate(ticket=ticket(name=T2), via=Via.OUR_MESSAGE, on_it=True)
    assert decide(Channel.MAIL, (first, second), NOW) == Open(rule="answers_our_message_after_closing", earlier=T1)


candidates = st.builds(
    Candidate,
    ticket=st.builds(
        lambda state, ago, closes, left, n: replace(ticket(state, ago=ago, left=left), id=TicketId(n), closes=closes),
        st.sampled_from(State),
        st.integers(0, 3 * THREAD_WINDOW),
        st.none() | st.integers(-HOUR, HOUR).map(lambda t: Instant(NOW + t)),
        st.booleans(),
        st.sampled_from(["T1", "T2", "T3"]),
    ),
    via=st.sampled_from(Via),
    on_it=st.booleans(),
)


@given(st.sampled_from(Channel), st.lists(candidates, max_size=5))
def test_no_stranger_joins_verified(channel: Channel, found: list[Candidate]) -> None:
    """Whatever the candidates: who is not on a ticket never joins it as if they were, save where the way in proves it.

    A chat is proved by its token before it comes here, a texter by the number they text from.
    """
    decision = decide(channel, tuple(found), NOW)
    if not isinstance(decision, Join):
        return
    assert any(goes_on(each.ticket, NOW) for each in found if each.ticket.id == decision.ticket)
    if decision.verified and decision.rule not in {"same_chat", "same_texter"}:
        assert any(each.ticket.id == decision.ticket and each.on_it for each in found)


@pytest.mark.parametrize(("hours", "joins"), [(2, True), (3, False)])
def test_a_line_has_a_window_of_its_own(hours: int, joins: bool) -> None:
    """So long after the last word a text goes on with its ticket."""
    found = (Candidate(ticket=ticket(), via=Via.SENDER, on_it=True),)
    decided = decide(Channel.SMS, found, plus(NOW, hours * HOUR), window=2 * HOUR)
    assert isinstance(decided, Join) is joins
