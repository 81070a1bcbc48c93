"""The gate: before a call is made it is asked whether whoever makes it may; afterwards the audit trail says who did.

::

    desk = behind(gate, "desk", Desk, local_desk, caller)      # helpdesk.gated: the same protocol, asked call by call

The role is read from the store for each call, so that a change of it holds from the next call on, on every server.
What the gate refuses says what to do, and never whether there is such a ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from helpdesk.clock import Clock, Instant
from helpdesk.errors import NotAllowed, SignedOut, TryLater
from helpdesk.events import SYSTEM
from helpdesk.ids import is_id
from helpdesk.message import StaffId, TicketId
from helpdesk.permissions import LOOKS, NEEDS, OF_ROLE, ONCE, OWN, Permission, Role, shut_out, why_not
from helpdesk.ports import Sql, Store
from helpdesk.repeats import Repeats
from helpdesk.sight import Member
from helpdesk.store.verbs import staff, tokens, trail
from helpdesk.store.verbs.trail import Seen

_log = structlog.get_logger()

AT_THE_DESK = frozenset(
    {"desk", "noise", "drafts", "company", "views", "macros", "sending", "sorting", "ties", "reports"}
)
"""Protocols whose calls are a member's own, also where whoever may open the owner's files names them."""

ARGUMENTS = frozenset({"actor", "ticket", "incident", "digest", "member", "token"})
"""What the gate looks at of a call; the rest, patrons' words among it, is none of its business."""

UNKNOWN = "Sign in first: the desk does not know who asks."


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls.

    ``member``  who they are; None where each call says who acts, or nobody does
    ``token``   the id of the token they came with, "" for none
    ``owner``   whether they may open the owner's files: what admins do to the library as a whole is allowed to them
    """

    member: StaffId | None = None
    token: str = ""
    owner: bool = False


OWNER = Caller(owner=True)
"""Whoever runs the owner's process, or sits at its terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call that somebody is about to make: ``name`` as in the table, :data:`ARGUMENTS` of it, and who calls."""

    name: str
    given: Mapping[str, object]
    caller: Caller

    @property
    def actor(self) -> StaffId | None:
        """Who acts, None where nobody is named."""
        named = self._word("actor")
        return StaffId(named) if named else self.caller.member or None

    @property
    def is_open(self) -> bool:
        """Whether nothing is asked: anybody may, or whoever may open the owner's files does an admin's work."""
        needs = NEEDS.get(self.name)
        return needs is Permission.ANYONE or (
            needs is not None and self.caller.owner and self.name.partition(".")[0] not in AT_THE_DESK
        )

    def seen(self) -> Seen:
        """The call as the trail holds it."""
        incident, member, token = (self._word(name) for name in ("incident", "member", "token"))
        return Seen(
            actor=self._trailed_actor(),
            token=self.caller.token,
            act=self.name,
            ticket=TicketId(ticket) if (ticket := self._word("ticket")) else None,
            about=incident or token or member,
            file=self._word("digest"),
        )

    def seen_refused(self, n: int) -> Seen:
        """The same where it was refused: it may have carried anything, so that ids of ours alone are held."""
        kept = {name: value for name, value in self.given.items() if name == "actor" or is_id(str(value))}
        return replace(replace(self, given=kept).seen(), outcome=trail.REFUSED, n=n)

    def is_about(self, actor: StaffId, sql: Sql) -> bool:
        """Whether it is about the actor's own, as :data:`helpdesk.permissions.OWN` says."""
        named = OWN.get(self.name, "")
        if named == "token":
            return tokens.whose(sql, self._word("token")) == actor
        return named == "" or self._word(named) == actor

    def _trailed_actor(self) -> str:
        """A token's member, whoever else was named."""
        actor = self.actor if self.caller.owner or self.caller.member is None else self.caller.member
        return (actor or SYSTEM)[:64]

    def _word(self, name: str) -> str:
        value = self.given.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Whom the gate let by. ``role`` is None where nobody was asked for; ``noted``: the trail holds this look."""

    role: Role | None = None
    noted: bool = False

    @property
    def reads(self) -> bool:
        """Whether they may read texts."""
        return self.role is None or Permission.READ in OF_ROLE[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the store says of whoever calls. ``over``: why their token lets nobody in, "" where it does."""

    member: Member | None
    over: str
    own: bool
    noted: bool


class Gate:
    """Asks before every call, and notes what the audit trail is to hold."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._refused: Repeats[Seen] = Repeats(trail.AGAIN)

    async def passes(self, call: Asked) -> Passed:
        """Whom it lets by. NotAllowed where their role does not reach so far, SignedOut where nobody knows them."""
        try:
            return await self._passes(call)
        except NotAllowed:
            await self.note_refused(call)
            raise

    async def _passes(self, call: Asked) -> Passed:
        member = call.caller.member
        if member is not None and not call.caller.owner and call.actor != member:
            raise NotAllowed(f"Your token is {member}'s: with it you act as {member} and as nobody else.")
        if call.is_open:
            return Passed()
        actor = call.actor
        if actor is not None:
            return _allowed(call, await self._store.read(_standing, call, actor, self._clock.now()))
        if call.caller.owner and NEEDS.get(call.name) is Permission.MEMBER:
            return Passed()
        raise SignedOut(UNKNOWN)

    async def note(self, call: Asked) -> None:
        """A call was made: the trail says so before anybody hears what came of it.

        Who looks at texts gets none where the trail can't be written. What was done is done: the event log holds it.
        """
        noting = self._store.write(trail.note, call.seen(), self._clock.now(), once=call.name in ONCE)
        if call.name in LOOKS:
            await noting
        else:
            _log.info("signed in" if call.name == "desk.sign_in" else "done", act=call.name, way=_way(call))
            with suppress(TryLater):
                await noting

    async def note_refused(self, call: Asked) -> None:
        """A call was refused: one row for it now, and a count of those that follow."""
        now = self._clock.now()
        n = self._refused.came(_kind_of(call), now)
        if n:
            _log.warning("refused", act=call.name, way=_way(call), n=n)
            with suppress(TryLater):  # a refusal stays one where the store is full
                await self._store.write(trail.note, call.seen_refused(n), now)

    async def tell_repeats(self) -> None:
        """Note how often it was tried again, of what was refused and has been quiet since."""
        now = self._clock.now()
        for seen, n in self._refused.over(now):
            await self._store.write(trail.note, replace(seen, n=n), now)


def _way(call: Asked) -> str:
    """How the caller comes: who they are is the trail's to say."""
    return "token" if call.caller.token else "owner" if call.caller.owner else "none"


def _kind_of(call: Asked) -> Seen:
    """What counts as the same refusal, whatever it was about."""
    seen = call.seen_refused(1)
    return Seen(actor=seen.actor, token=seen.token, act=seen.act, outcome=trail.REFUSED)


def _standing(sql: Sql, call: Asked, actor: StaffId, now: Instant) -> _Standing:
    """All that decides, in one read."""
    over = ""
    if call.caller.token:
        opening = tokens.opening(sql, call.caller.token)
        over = tokens.GONE if opening is None else opening.why_not(now)
    return _Standing(
        member=staff.member(sql, actor),
        over=over,
        own=call.is_about(actor, sql),
        noted=call.name in ONCE and trail.is_noted(sql, call.seen(), now),
    )


def _allowed(call: Asked, standing: _Standing) -> Passed:
    member = standing.member
    if member is None:
        raise SignedOut(UNKNOWN)
    if member.disabled or standing.over:
        raise SignedOut(standing.over or shut_out(member.name))
    if words := why_not(member.role, call.name if standing.own else "roster.everyone"):
        raise NotAllowed(words)
    return Passed(role=member.role, noted=standing.noted)
