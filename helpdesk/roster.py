"""The list of staff on the store of this process. See :class:`helpdesk.ports.Roster`.

Who may ask for what is the gate's business (:mod:`helpdesk.gate`): here it is done.
"""

from __future__ import annotations

import os

from helpdesk import personal_tokens
from helpdesk.clock import DAY, Clock, Instant, plus
from helpdesk.errors import Refused
from helpdesk.events import Kind, NewEvent
from helpdesk.ids import Entropy
from helpdesk.message import StaffId
from helpdesk.permissions import Role
from helpdesk.ports import Issued, Look, Sql, Store, Token
from helpdesk.sight import Member
from helpdesk.store.verbs import events, staff, tokens, trail
from helpdesk.store.verbs.trail import Question

LONGEST_DAYS = 730
"""The longest that a token may last, in days."""

MOST_TOKENS = 20
"""How many tokens a member may have that open something."""


class LocalRoster:
    """Satisfies the Roster protocol on this process's own store."""

    def __init__(self, store: Store, clock: Clock, *, entropy: Entropy = os.urandom) -> None:
        self._store = store
        self._clock = clock
        self._entropy = entropy

    async def everyone(self, actor: StaffId) -> tuple[Member, ...]:
        """All members, those who are disabled too."""
        return await self._store.read(staff.everyone)

    async def add(self, actor: StaffId, member: StaffId, *, name: str = "", role: Role = Role.AGENT) -> Member:
        """Put somebody on the list."""
        staff.fit_id(member)
        staff.fit_name(name)
        added = await self._store.write(staff.add, member, name, role, actor, self._clock.now())
        if added is None:
            raise Refused(f"{member} is on the list of staff already. `helpdesk staff role` changes what they may do.")
        return added

    async def set_role(self, actor: StaffId, member: StaffId, role: Role) -> Member:
        """Change what a member may do."""
        return await self._store.write(staff.set_role, member, role, actor, self._clock.now())

    async def disable(self, actor: StaffId, member: StaffId) -> Member:
        """End a member's access."""
        return await self._store.write(staff.disable, member, actor, self._clock.now())

    async def enable(self, actor: StaffId, member: StaffId) -> Member:
        """Let a disabled member back in."""
        return await self._store.write(staff.enable, member, actor, self._clock.now())

    async def drop_pin(self, actor: StaffId, member: StaffId) -> Member:
        """Take away a member's PIN."""
        return await self._store.write(staff.drop_pin, member)

    async def issue(self, actor: StaffId, member: StaffId, *, name: str, days: int = 365) -> Issued:
        """A new personal token of a member."""
        if not name.strip():
            raise Refused('Give the token a name by which you will know it again: "laptop at the enquiry point".')
        staff.fit_name(name)
        if not 1 <= days <= LONGEST_DAYS:
            raise Refused(f"A token lasts 1 to {LONGEST_DAYS} days, not {days}.")
        now = self._clock.now()
        minted = personal_tokens.mint(self._store.library, self._entropy)
        token = Token(id=minted.id, staff=member, name=name.strip(), created=now, expires=plus(now, days * DAY))
        await self._store.write(_issue, token, minted.hash, actor)
        return Issued(token=token, text=minted.text)

    async def tokens(self, actor: StaffId, member: StaffId) -> tuple[Token, ...]:
        """A member's tokens, the newest first."""
        return await self._store.read(tokens.of_staff, member)

    async def revoke(self, actor: StaffId, token: str) -> Token:
        """A token opens nothing any more."""
        return await self._store.write(_revoke, token, actor, self._clock.now())

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
        """Rows of the audit trail, in order."""
        asked = Question(begin=begin, end=end, of=of, ticket=ticket, after=after, count=count)
        return await self._store.read(trail.looks, asked)

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
        """What staff did by the event log, in the same form."""
        asked = Question(begin=begin, end=end, of=of, ticket=ticket, after=after, count=count)
        return await self._store.read(trail.deeds, asked)


def _issue(sql: Sql, token: Token, hashed: bytes, by: str) -> None:
    member, now = staff.known(sql, token.staff), token.created
    if member.disabled:
        raise Refused(f"{member.name} is disabled. Let them back in first: `helpdesk staff enable {member.id}`.")
    live = [each for each in tokens.of_staff(sql, token.staff) if each.revoked is None and each.expires > now]
    if len(live) >= MOST_TOKENS:
        raise Refused(f"{member.name} has {len(live)} tokens. Revoke those that are not used any more first.")
    tokens.keep(sql, token, hashed)
    _tell(sql, Kind.TOKEN_ISSUED, token, by, now)


def _revoke(sql: Sql, token: str, by: str, now: Instant) -> Token:
    before = tokens.get(sql, token)
    if before.revoked is not None:
        return before
    tokens.revoke(sql, token, now)
    _tell(sql, Kind.TOKEN_REVOKED, before, by, now)
    return tokens.get(sql, token)


def _tell(sql: Sql, kind: Kind, token: Token, by: str, now: Instant) -> None:
    data: dict[str, str | int | bool | None] = {"member": token.staff, "token": token.id}
    events.append(sql, [NewEvent(kind=kind, ticket=None, when=now, actor=by, data=data)], now)
