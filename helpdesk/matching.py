"""Which ticket a message belongs to: an ordered list of named rules, each a pure function.

The first rule that decides wins, and its name goes into the ticket's history. No rule looks at subjects, and no
rule glues a stranger to a ticket: who writes to a ticket's address without being on it is added *unverified*, kept
out of automatic mail, and the next reply must say whom to include.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from helpdesk.clock import HOUR, Instant
from helpdesk.message import Channel, TicketId
from helpdesk.ticket import ASIDE, Flag, State, Ticket

THREAD_WINDOW = 24 * HOUR
"""How long after the last word a text goes on with the same ticket, unless its line says otherwise; milliseconds."""


class Via(StrEnum):
    """How a ticket came to be a candidate."""

    CHAT = "chat"
    TOKEN = "token"
    OUR_MESSAGE = "our_message"
    THEIR_MESSAGE = "their_message"
    SENDER = "sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that the message may belong to. ``on_it``: the sender is its patron or a participant."""

    ticket: Ticket
    via: Via
    on_it: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """The message goes on with ``ticket``. ``verified``: its sender was on the ticket already."""

    ticket: TicketId
    rule: str
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The message opens a ticket of its own, following on from ``earlier`` if that is not None."""

    rule: str
    earlier: TicketId | None = None


Decision = Join | Open
Rule = Callable[[Channel, tuple[Candidate, ...], Instant], Decision | None]
Decide = Callable[[Channel, tuple[Candidate, ...], Instant], Decision]


def goes_on(ticket: Ticket, now: Instant) -> bool:
    """Whether a patron's message still belongs to the ticket: it is live, or solved and its window is open."""
    if ticket.state is State.SOLVED:
        return ticket.closes is None or ticket.closes > now
    return ticket.live or ticket.state in ASIDE


def same_chat(channel: Channel, candidates: tuple[Candidate, ...], now: Instant) -> Decision | None:
    """A chat's messages belong together until its end."""
    for candidate in _via(candidates, Via.CHAT):
        if goes_on(candidate.ticket, now) and Flag.LEFT not in candidate.ticket.flags:
            return Join(ticket=candidate.ticket.id, rule="same_chat")
        return Open(rule="chat_goes_on_after_its_end", earlier=candidate.ticket.id)
    return None


def signed_address(channel: Channel, candidates: tuple[Candidate, ...], now: Instant) -> Decision | None:
    """It was sent to the signed address of a ticket."""
    return _threaded(_via(candidates, Via.TOKEN), now, "signed_address")


def answers_our_message(channel: Channel, candidates: tuple[Candidate, ...], now: Instant) -> Decision | None:
    """It names a message that we sent: only its recipients know that id."""
    return _threaded(_via(candidates, Via.OUR_MESSAGE), now, "answers_our_message")


def answers_their_message(channel: Channel, candidates: tuple[Candidate, ...], now: Instant) -> Decision | None:
    """It names an earlier message of somebody on the ticket. A stranger who names one opens a linked ticket."""
    for candidate in _via(candidates, Via.THEIR_MESSAGE):
        if candidate.on_it:
            return _threaded((candidate,), now, "answers_their_message")
        return Open(rule="stranger_names_a_message", earlier=candidate.ticket.id)
    return None


def same_texter(
    channel: Channel, candidates: tuple[Candidate, ...], now: Instant, *, window: int = THREAD_WINDOW
) -> Decision | None:
    """A text goes on with the newest ticket of its sender on this line, if that was touched within the ``window``."""
    if channel is not Channel.SMS:
        return None
    for candidate in _via(candidates, Via.SENDER):
        ticket = candidate.ticket
        if goes_on(ticket, now) and now - ticket.updated <= window:
            return Join(ticket=ticket.id, rule="same_texter")
        return Open(rule="same_texter_later", earlier=ticket.id)
    return None


RULES: tuple[Rule, ...] = (same_chat, signed_address, answers_our_message, answers_their_message, same_texter)
"""In the order in which they are asked."""


def decide(
    channel: Channel, candidates: tuple[Candidate, ...], now: Instant, *, window: int = THREAD_WINDOW
) -> Decision:
    """What the first rule says that says anything; else a ticket of its own. ``window``: of the line, for texts."""
    for rule in RULES:
        asked = partial(same_texter, window=window) if rule is same_texter else rule
        if (decision := asked(channel, candidates, now)) is not None:
            return decision
    return Open(rule="new_contact")


def _via(candidates: tuple[Candidate, ...], via: Via) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate in candidates if candidate.via is via)


def _threaded(candidates: tuple[Candidate, ...], now: Instant, rule: str) -> Decision | None:
    for candidate in candidates:
        if goes_on(candidate.ticket, now):
            return Join(ticket=candidate.ticket.id, rule=rule, verified=candidate.on_it)
        return Open(rule=f"{rule}_after_closing", earlier=candidate.ticket.id)
    return None
