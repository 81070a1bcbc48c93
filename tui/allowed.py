"""Why a command can't be done now, in words: what the footer dims and a toast says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.message import Channel, IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import Incident
from helpdesk.permissions import Role
from helpdesk.sorts import FIXED
from helpdesk.standards import ClockRow, Outcome
from helpdesk.ticket import ASIDE, OPTED_OUT, Flag, State, Ticket
from helpdesk.worklist import Row
from tui.plain import one_line
from tui.roles import takes_from_others
from tui.words import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The ticket that a command would act on, as it was last seen.

    ``unanswered``  the patron waits for an answer
    ``due``         when the first of its running clocks falls due, None where none runs
    ``missed``      a standard was missed, as it stands or as it was recorded
    ``incident``    the noise that it tells of, None where it tells of none
    """

    id: TicketId
    number: int
    name: str
    channel: Channel
    state: State
    owner: StaffId | None
    held_until: Instant | None
    flags: frozenset[Flag]
    version: int
    unanswered: bool
    due: Instant | None
    tags: tuple[str, ...]
    line: str = ""
    incident: IncidentId | None = None
    zone: str = ""
    missed: bool = False
    kind: str = "enquiry"
    site: str = ""
    effort: int | None = None
    first_contact: bool | None = None

    @property
    def timed(self) -> bool:
        """Whether a clock runs for it."""
        return self.due is not None

    @property
    def goes_by(self) -> Channel:
        """How replies go out."""
        return Channel.MAIL if Flag.BY_MAIL in self.flags else self.channel

    def holder(self, now: Instant) -> StaffId | None:
        """Who has it now, a claim that ran out left aside."""
        return None if self.held_until is not None and self.held_until <= now else self.owner


def target(ticket: Row | Ticket, clocks: Iterable[ClockRow] = ()) -> Target:
    """What a command must know of a row, or of a ticket and its ``clocks``."""
    return Target(
        id=ticket.id,
        number=ticket.number,
        name=ticket.name,
        channel=ticket.channel,
        state=ticket.state,
        owner=ticket.owner,
        held_until=ticket.held_until,
        flags=ticket.flags,
        version=ticket.version,
        unanswered=ticket.unanswered is not None,
        due=ticket.due,
        tags=ticket.tags,
        line=ticket.line,
        incident=ticket.incident,
        zone=ticket.zone,
        missed=ticket.missed if isinstance(ticket, Row) else any(map(_missed, clocks)),
        kind=ticket.kind,
        site=ticket.site,
        effort=ticket.effort,
        first_contact=ticket.first_contact,
    )


def _missed(clock: ClockRow) -> bool:
    """Whether it was missed; of one that was corrected since, whether it may have been."""
    return clock.outcome is Outcome.MISSED or clock.recorded in {Outcome.MISSED, Outcome.PENDING}


ON_TICKET = frozenset({"reply", "editor", "note", "assign", "hand", "mine", "claim", "release", "wait", "snooze",
                       "solve", "reopen", "spam", "save", "open_file", "tags", "tie", "merge", "link", "unlink",
                       "split", "follow", "beside", "attended", "explain", "promise", "correct",
                       "test", "dispatch", "outcome", "place", "mute", "complaint", "kind", "site",
                       "read", "macro", "hello", "moment", "by_mail"})  # fmt: skip
"""Commands that need a ticket."""

MANY = frozenset(
    {"assign", "mine", "claim", "release", "wait", "snooze", "solve", "reopen", "spam", "tags", "test", "kind", "site"}
)
"""Commands that can be done to many tickets at once."""

OPENING = frozenset({"reply", "editor", "note", "assign", "hand", "snooze", "save", "open_file", "tags", "tie", "merge",
                     "link", "unlink", "split", "beside", "attended", "explain", "promise", "correct", "dispatch",
                     "outcome", "place", "mute", "complaint", "tell_all", "unite", "part", "kind", "site", "read",
                     "macro", "hello", "by_mail"})  # fmt: skip
"""Commands after which one types or chooses: what follows a refused one must not become commands."""

_FINAL = frozenset({"reply", "editor", "assign", "hand", "mine", "claim", "wait", "snooze", "solve", "complaint",
                    "macro", "hello", "moment", "by_mail"})  # fmt: skip
_TAKING = frozenset({"assign", "hand", "mine", "release"})
_REPLIES = frozenset({"reply", "editor", "complaint", "macro", "hello"})
_OF_CHATS = frozenset({"moment", "by_mail"})
_ABOUT_NOISE = frozenset({"dispatch", "outcome", "place", "mute"})
_TO_LIVE = frozenset({"dispatch", "attended", "outcome", "part", "unite"})


def one_only(selected: int, key: str) -> str:
    """Why something can't be done while many tickets are selected. ``key`` ends that."""
    return f"{plural(selected, 'ticket')} selected, and this is for one at a time. {key} selects none."


def why_not(
    command: str,
    ticket: Target | None,
    me: StaffId,
    now: Instant,
    *,
    role: Role = Role.LEAD,
    name: Callable[[StaffId], str] = str,
) -> str:
    """The reason why ``command`` can't be done, "" if it can. ``name``: what a colleague is called."""
    if command not in ON_TICKET and command != "open":
        return ""
    if ticket is None:
        return "No ticket is selected. Move to one first ({key:down}, {key:up})."
    if command in _FINAL and ticket.state is State.CLOSED:
        return f"Ticket {ticket.number} is closed. Reopen it first ({{key:reopen}})."
    if command in _FINAL and ticket.state is State.SPAM:
        return f"Ticket {ticket.number} is in spam. Take it out of spam first ({{key:spam}})."
    if command in _FINAL | {"spam"} and ticket.state is State.MUTED:
        return f"Ticket {ticket.number} is in the muted folder. Take it out first ({{key:reopen}})."
    if command == "kind" and ticket.kind in FIXED:
        return f"The desk itself says what is {ticket.kind}: ticket {ticket.number} stays {ticket.kind}."
    if command == "read" and ticket.state in ASIDE:
        back = "spam" if ticket.state is State.SPAM else "reopen"
        return f"Ticket {ticket.number} is set apart, and in no figure. Take it out first ({{key:{back}}})."
    if command in _OF_CHATS:
        return _why_no_chat(command, ticket)
    if command in _REPLIES:
        return _why_no_reply(ticket)
    if command in _ABOUT_NOISE:
        return _why_no_noise(command, ticket)
    if command == "explain":
        return _why_nothing_to_explain(ticket, now)
    return _why_no_change(command, ticket, me, now) or _why_not_mine(command, ticket, me, now, role, name)


def _why_not_mine(
    command: str, ticket: Target, me: StaffId, now: Instant, role: Role, name: Callable[[StaffId], str]
) -> str:
    """What a colleague has, only a lead takes away."""
    has = ticket.holder(now)
    if command not in _TAKING or has is None or has == me or takes_from_others(role):
        return ""
    who = one_line(name(has))
    return f"{who} has ticket {ticket.number}. Ask {who} to hand it over, or a lead to do it."


def _why_no_reply(ticket: Target) -> str:
    if ticket.channel in {Channel.PHONE, Channel.DESK}:
        return "A phone or desk contact has no address to reply to. Write a note instead ({key:note})."
    if Flag.LEFT in ticket.flags and ticket.goes_by is Channel.CHAT:
        return "The visitor has left this chat. Nothing can be sent to it any more; :by_mail goes on by e-mail."
    if Flag.OPTED_OUT in ticket.flags:
        return OPTED_OUT
    if Flag.QUARANTINED in ticket.flags:
        return "This message could not be read, so there is nobody to reply to. Write a note instead ({key:note})."
    return ""


def _why_no_chat(command: str, ticket: Target) -> str:
    if ticket.channel is not Channel.CHAT:
        return f"Ticket {ticket.number} is no chat."
    if ticket.goes_by is not Channel.CHAT:
        return f"Ticket {ticket.number} goes on by e-mail already."
    if command == "moment" and Flag.LEFT in ticket.flags:
        return "The visitor has left this chat. :by_mail reaches them, where they left an address."
    if command == "moment" and not ticket.unanswered:
        return f"Nobody waits in ticket {ticket.number}."
    return ""


def _why_no_change(command: str, ticket: Target, me: StaffId, now: Instant) -> str:
    if command == "wait" and ticket.state is State.WAITING:
        return f"Ticket {ticket.number} is waiting on the patron already."
    if command == "solve" and ticket.state is State.SOLVED:
        return f"Ticket {ticket.number} is solved already."
    if command == "reopen" and ticket.state not in {State.SOLVED, State.CLOSED, State.MUTED}:
        return f"Ticket {ticket.number} is not solved or closed."
    if command == "release" and ticket.holder(now) is None:
        return f"Nobody has ticket {ticket.number}."
    if command == "mine" and ticket.owner == me and ticket.held_until is None:
        return f"Ticket {ticket.number} is yours already."
    return ""


def _why_nothing_to_explain(ticket: Target, now: Instant) -> str:
    if ticket.missed or (ticket.due is not None and ticket.due < now):
        return ""
    return f"Ticket {ticket.number} has missed no standard: there is nothing to explain."


def _why_no_noise(command: str, ticket: Target) -> str:
    if command == "mute":
        return "" if ticket.channel is Channel.SMS else "Only who texts can be muted."
    if ticket.incident is None and (command != "place" or ticket.channel is not Channel.SMS):
        return f"Ticket {ticket.number} tells of no noise."
    return ""


ON_INCIDENT = frozenset({"open", "reply", "note", "dispatch", "attended", "outcome", "reopen", "place", "tell_all",
                         "choose", "part", "unite", "mute", "complaint"})  # fmt: skip
"""Commands that need an incident where incidents are shown."""


def why_not_about(command: str, incident: Incident | None) -> str:
    """The reason why ``command`` can't be done to an incident, "" if it can."""
    if incident is None:
        return "No noise is selected. Move to one first ({key:down}, {key:up})."
    if command in _TO_LIVE and not incident.live:
        return f"Incident {incident.number} is over. Reopen it first ({{key:reopen}})."
    if command == "reopen" and incident.live:
        return f"Incident {incident.number} is not over."
    if command == "part" and incident.reporters < 2:
        return f"Incident {incident.number} has one reporter only, so nothing can be parted from it."
    return ""
