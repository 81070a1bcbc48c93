"""The seam to the list of staff: who works here, what they may do, and the tokens they come with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.message import StaffId, TicketId
from helpdesk.permissions import Role
from helpdesk.sight import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A personal token, as far as anybody may see it again. Times are None where there is none yet.

    ``id``    names it in lists; it is part of the token's text and no secret
    ``name``  what its owner calls it: "laptop at the enquiry point"
    ``used``  the last use, to the minute
    """

    id: str
    staff: StaffId
    name: str
    created: Instant
    expires: Instant
    used: Instant | None = None
    revoked: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new token. ``text`` is shown this once: the store keeps a hash of it."""

    token: Token
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A row of the audit trail: who did what, when, with which token ("" at the owner's machine).

    ``seq``      its place in the trail; of what the event log holds, the event's
    ``act``      the call, as :data:`helpdesk.permissions.NEEDS` names it, or "token" for one that was refused;
                 of what the event log holds, the event's kind
    ``number``   the ticket's
    ``about``    the incident, member or token that it was about, "" for none
    ``outcome``  "done", "refused"
    ``n``        how often: who hammers leaves one row and a count
    """

    seq: int
    noted: Instant
    actor: str
    token: str
    act: str
    ticket: TicketId | None
    number: int | None = None
    about: str = ""
    outcome: str = "done"
    n: int = 1


class Roster(Protocol):
    """Looks after the list of staff. ``actor`` is who asks; members may see to their own tokens, admins to all else.

    NotAllowed where the actor's role does not reach; NotFound where there is no such member or token.
    """

    async def everyone(self, actor: StaffId) -> tuple[Member, ...]:
        """All members, those who are disabled too, by name."""
        ...

    async def add(self, actor: StaffId, member: StaffId, *, name: str = "", role: Role = Role.AGENT) -> Member:
        """Put somebody on the list. Refused where the id is taken or not fit to be one."""
        ...

    async def set_role(self, actor: StaffId, member: StaffId, role: Role) -> Member:
        """Change what a member may do, from their next call on. Refused where no admin would be left."""
        ...

    async def disable(self, actor: StaffId, member: StaffId) -> Member:
        """End a member's access at once, on every open desk; their tokens are revoked. Their past stays theirs."""
        ...

    async def enable(self, actor: StaffId, member: StaffId) -> Member:
        """Let a disabled member back in; they need new tokens."""
        ...

    async def drop_pin(self, actor: StaffId, member: StaffId) -> Member:
        """Take away a member's PIN: they sign in without one, and may set another."""
        ...

    async def issue(self, actor: StaffId, member: StaffId, *, name: str, days: int = 365) -> Issued:
        """A new personal token of a member, for 1 to 730 days."""
        ...

    async def tokens(self, actor: StaffId, member: StaffId) -> tuple[Token, ...]:
        """A member's tokens, the newest first; the revoked and expired, too."""
        ...

    async def revoke(self, actor: StaffId, token: str) -> Token:
        """A token, by its id, opens nothing any more: at once, on every open desk."""
        ...

    async def trail(
        self,
        actor: StaffId,
        *,
        begin: Instant | None = None,
        end: Instant | None = None,
        of: StaffId | None = None,
        ticket: int | None = None,
        after: int = 0,
        count: int = 500,
    ) -> tuple[Look, ...]:
        """Rows of the audit trail after number ``after``, in order; ``begin`` up to, not including, ``end``.

        ``of`` a member, or about the ticket of number ``ticket`` and its noise; NotFound where there is no such ticket.
        """
        ...

    async def deeds(
        self,
        actor: StaffId,
        *,
        begin: Instant | None = None,
        end: Instant | None = None,
        of: StaffId | None = None,
        ticket: int | None = None,
        after: int = 0,
        count: int = 500,
    ) -> tuple[Look, ...]:
        """What staff did by the event log, in the same form and by the same questions: the trail holds none of it."""
        ...
