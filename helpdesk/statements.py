"""What staff state about a ticket, as pure transitions: beside its life in :mod:`helpdesk.ticket`.

==============  ================================================================================================
attended        somebody went there, at a time that may be past: on a noise line that is the answer
correct         it was answered otherwise (by phone), at a time that is entered later; both figures are shown
explain         why its standard was missed; said again, the latest counts
promise         news is promised to the patron by a time to come
mark_test       a probe or a training contact: out of the figures, and back into them
tag             the words that staff sort by
merge, take_in  two tickets about one matter: the one is closed and points to the other, which goes on
contact         somebody rang or came to the desk: opened and solved at once
==============  ================================================================================================

Free text stands in remarks: a fact holds the remark's id and a keyed digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from helpdesk.clock import DAY, MINUTE, Instant, plus
from helpdesk.errors import Refused
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.message import Channel, EntryId, LineId, StaffId, TicketId
from helpdesk.ticket import (
    ASIDE,
    LONGEST_SNOOZE,
    TAG,
    WINDOW,
    Change,
    Flag,
    State,
    Ticket,
    change_of,
    holder,
    reachable,
    unmerged,
    workable,
)

MOST_TAGS = 10
"""How many tags a ticket may have."""

LONGEST_WAIT = DAY
"""The longest waiting time that can be entered for a contact by phone or at the desk, in milliseconds."""

Facts = Mapping[str, Fact]
"""What a fact holds: of a remark its id and its digest."""

_WORD_LIMIT = 40
_SUBJECT = 60
_PREVIEW = 120


def attended(
    ticket: Ticket, *, when: Instant, by: StaffId, now: Instant, answers: bool, told: Facts | None = None
) -> Change:
    """Somebody went there at ``when``. ``answers``: no clock goes on waiting for words, so the patron waits no longer.

    What the patron wrote after ``when`` is unanswered still. Who was there becomes the owner where there is none.
    ``told``: what the fact says besides, of the ticket's incident.
    """
    workable(ticket)
    when = _entered(ticket, when, now)
    after = replace(
        _answered(ticket, when) if answers else ticket,
        owner=holder(ticket, now) or by,
        held_until=None,
        state=State.OPEN if ticket.state is State.NEW else ticket.state,
    )
    change = change_of(ticket, after, now, by, (Kind.ATTENDED, dict(told or {})))
    return Change(change.ticket, tuple(replace(event, when=when) for event in change.events))


def correct(ticket: Ticket, *, answered: Instant, why: Facts, by: StaffId, now: Instant) -> Change:
    """It was answered at ``answered``, by another way than the desk's. A closed ticket can be corrected, too."""
    in_figures(ticket)
    answered = _entered(ticket, answered, now)
    after = _answered(ticket, answered)
    if after.state is State.NEW:
        after = replace(after, state=State.OPEN)
    return change_of(ticket, after, now, by, (Kind.CORRECTED, {"answered": answered, **why}))


def _entered(ticket: Ticket, when: Instant, now: Instant) -> Instant:
    """A time as staff enter it, to the minute: the minute of the ticket's opening means its opening."""
    if when > now:
        raise Refused("That time is still to come. Give the time at which it happened.")
    if when <= ticket.opened - MINUTE:
        raise Refused(f"Ticket {ticket.number} came in later than that. Give a time since then.")
    return max(when, ticket.opened)


def _answered(ticket: Ticket, when: Instant) -> Ticket:
    waits = ticket.unanswered
    return ticket if waits is None or waits > when else replace(ticket, unanswered=None)


def in_figures(ticket: Ticket) -> None:
    """Refused where the ticket is in no figure, so that a word about its figures says nothing."""
    if ticket.state is State.SPAM:
        raise Refused(f"Ticket {ticket.number} is in spam, and in no figure. Take it out of spam first.")
    if ticket.state is State.MUTED:
        raise Refused(f"Ticket {ticket.number} is in the muted folder, and in no figure. Take it out first.")
    if ticket.merged_into is not None:
        raise Refused(f"Ticket {ticket.number} was merged into another one, and is in no figure of its own.")


def explain(ticket: Ticket, *, why: Facts, missed: bool, by: StaffId, now: Instant) -> Change:
    """Why a standard was missed. ``missed``: whether one was."""
    in_figures(ticket)
    if not missed:
        raise Refused(f"Ticket {ticket.number} has missed no standard: there is nothing to explain.")
    return change_of(ticket, ticket, now, by, (Kind.EXPLAINED, dict(why)))


def promise(ticket: Ticket, *, until: Instant, by: StaffId, now: Instant) -> Change:
    """News is promised to the patron by ``until``. A later promise stands beside it; a reply keeps both."""
    workable(ticket)
    reachable(ticket)
    if ticket.state is State.SOLVED:
        raise Refused(f"Ticket {ticket.number} is solved. Reopen it first.")
    if until <= now:
        raise Refused("Promise news by a time that is still to come.")
    if until > plus(now, LONGEST_SNOOZE):
        raise Refused("Promise news within a year.")
    return change_of(ticket, ticket, now, by, (Kind.PROMISED, {"by": until}))


def mark_test(ticket: Ticket, *, by: StaffId, now: Instant) -> Change:
    """A probe or a training contact leaves the figures. Done again, it comes back."""
    test = Flag.TEST not in ticket.flags
    after = replace(ticket, flags=ticket.flags ^ {Flag.TEST})
    return change_of(ticket, after, now, by, (Kind.TESTED, {"test": test}))


def tag(ticket: Ticket, *, tags: Iterable[str], by: StaffId, now: Instant) -> Change:
    """All its tags, in place of those it has. The same ones change nothing."""
    wanted = tags_of(tags)
    if wanted == ticket.tags:
        return Change(ticket)
    return change_of(ticket, replace(ticket, tags=wanted), now, by, (Kind.TAGGED, {"tags": " ".join(wanted)}))


def tags_of(words: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: small letters, each once, sorted. Refused, with how to write one, for any other word."""
    found = {word.strip().casefold() for word in words}
    for word in sorted(found):
        if not TAG.fullmatch(word):
            raise Refused(f"{word[:40]!r} is no tag. Write 1 to 31 letters a-z, digits or hyphens, such as lost-card.")
    if len(found) > MOST_TAGS:
        raise Refused(f"These are {len(found)} tags; {MOST_TAGS} is the most.")
    return tuple(sorted(found))


# Two tickets, one matter


def merge(ticket: Ticket, into: Ticket, *, by: StaffId, now: Instant) -> Change:
    """Close the ticket (it may be closed already): ``into`` goes on in its place.

    Refused where an answer could reach somebody else.
    """
    unmerged(ticket)
    if ticket.state in ASIDE:
        workable(ticket)
    if ticket.id == into.id:
        raise Refused(f"This is ticket {ticket.number} itself. Name another one.")
    if into.merged_into is not None:
        raise Refused(f"Ticket {into.number} was merged into another one. Name that one.")
    workable(into)
    if not _one_patron(ticket, into):
        raise Refused(
            f"Ticket {into.number} is another patron's: an answer to it would not reach the one who wrote here. "
            "Answer both."
        )
    after = replace(
        ticket,
        state=State.CLOSED,
        merged_into=into.id,
        unanswered=None,
        snoozed_until=None,
        closes=None,
        held_until=None,
    )
    return change_of(ticket, after, now, by, (Kind.MERGED, {"into": into.id}))


def _one_patron(ticket: Ticket, into: Ticket) -> bool:
    """Whether what is sent from ``into`` reaches whoever stands behind ``ticket``; staff met who rang or came."""
    if ticket.channel in {Channel.PHONE, Channel.DESK}:
        return True
    if ticket.conversation is not None or into.conversation is not None:
        return ticket.conversation == into.conversation
    return ticket.person is not None and ticket.person == into.person


def take_in(ticket: Ticket, merged: Ticket, *, by: StaffId, now: Instant) -> Change:
    """``merged`` went into this ticket: where its patron waits, they wait here from now on."""
    facts: list[tuple[Kind, dict[str, Fact]]] = [(Kind.LINKED, {"merged": merged.id})]
    after = ticket
    if merged.unanswered is not None:
        if ticket.state is State.SOLVED:
            facts.append((Kind.REOPENED, {}))
        if ticket.state is State.WAITING:
            facts.append((Kind.RESUMED, {}))
        waits = merged.unanswered if ticket.unanswered is None else min(ticket.unanswered, merged.unanswered)
        state = State.NEW if ticket.state is State.NEW else State.OPEN
        after = replace(ticket, state=state, unanswered=waits, snoozed_until=None, closes=None)
    return change_of(ticket, after, now, by, *facts)


# Somebody rang, or came


def contact(
    *,
    id: TicketId,  # noqa: A002 - it is the ticket's id
    number: int,
    channel: Channel,
    kind: str,
    site: str,
    text: str,
    entry: EntryId | None,
    waited: int | None,
    by: StaffId,
    now: Instant,
    title: str = "",
    tags: tuple[str, ...] = (),
    effort: int | None = None,
    first_contact: bool | None = None,
) -> Change:
    """A contact by phone or at the desk: opened when they began to wait (``waited`` ms ago), and solved now.

    ``entry`` is the note that holds ``text``, None where nothing was written: then ``title`` is its subject. Its line
    is its channel.
    """
    began, closes = plus(now, -(waited or 0)), plus(now, WINDOW[channel])
    words = " ".join(text[: 4 * _PREVIEW].split())[:_PREVIEW]
    ticket = Ticket(
        id=id,
        number=number,
        channel=channel,
        line=LineId(str(channel)),
        kind=kind,
        site=site,
        subject=_short(words) or title or kind,
        preview=words,
        name="caller" if channel is Channel.PHONE else "visitor",
        state=State.SOLVED,
        owner=by,
        opened=began,
        updated=now,
        closes=closes,
        touched_by=by,
        tags=tags,
        effort=effort,
        first_contact=first_contact,
    )
    opening: dict[str, Fact] = {
        "channel": str(channel),
        "line": ticket.line,
        "automatic": False,
        "rule": "logged",
        "waited": waited,
    }
    solved: dict[str, Fact] = {"closes": closes}
    facts = [(Kind.OPENED, opening), *_as_logged(ticket, entry), (Kind.SOLVED, solved)]
    return Change(
        ticket,
        tuple(
            NewEvent(kind=kind, ticket=id, when=began if kind is Kind.OPENED else now, actor=by, data=data)
            for kind, data in facts
        ),
    )


def _as_logged(ticket: Ticket, entry: EntryId | None) -> list[tuple[Kind, dict[str, Fact]]]:
    """What is said of a contact as it is logged, besides that it came and is solved."""
    facts: list[tuple[Kind, dict[str, Fact]]] = [] if entry is None else [(Kind.NOTED, {"entry": entry})]
    if ticket.tags:
        facts.append((Kind.TAGGED, {"tags": " ".join(ticket.tags)}))
    if (ticket.effort, ticket.first_contact) != (None, None):
        facts.append((Kind.GRADED, {"effort": ticket.effort, "first_contact": ticket.first_contact}))
    return facts


def _short(words: str) -> str:
    return words if len(words) <= _SUBJECT else words[: _SUBJECT + 1].rpartition(" ")[0] or words[:_SUBJECT]


def contact_channel(channel: Channel) -> Channel:
    """Refused unless it is the phone or the desk: the other channels log their contacts themselves."""
    if channel not in {Channel.PHONE, Channel.DESK}:
        raise Refused("Only a contact by phone or at the desk is logged by hand.")
    return channel


def waiting_time(waited: int | None) -> int | None:
    """A waiting time in milliseconds, None where it was not measured; Refused if it can't be one."""
    if waited is not None and not 0 <= waited <= LONGEST_WAIT:
        raise Refused("A waiting time is between nothing and 24 hours. Leave it out where nobody measured it.")
    return waited


def sorting_word(word: str, *, what: str) -> str:
    """The kind or the site of a contact, on one line; Refused where it is longer than a name."""
    clean = " ".join(word.split())
    if len(clean) > _WORD_LIMIT or not clean.isprintable():
        raise Refused(f"A {what} is a word or two: at most {_WORD_LIMIT} letters.")
    return clean
