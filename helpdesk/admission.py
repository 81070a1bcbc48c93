"""Who comes through the library's own sign-in: who they are here, what they may do, and the token they leave with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk import personal_tokens
from helpdesk.clock import DAY, Clock, Instant, plus
from helpdesk.errors import NotAllowed, SignedOut
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.ids import Entropy
from helpdesk.message import StaffId
from helpdesk.permissions import Role, shut_out
from helpdesk.ports import Issued, Sql, Store, Token
from helpdesk.sight import Member
from helpdesk.store.verbs import events, staff, tokens, trail
from helpdesk.store.verbs.trail import Seen

LOGIN = "login"
"""What the trail calls it."""

_WIDEST = (Role.ADMIN, Role.LEAD, Role.AGENT, Role.REPORTER)

NO_GROUP = "Your account is in no group that works at this desk. Ask whoever looks after the groups to add you."
ANOTHER_S = "The name {} belongs to another account here. Ask an admin of the desk to look into it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who the provider says somebody is. ``account``: its own, lasting id of them; ``actor``: what we call them."""

    issuer: str
    account: str
    actor: str
    name: str
    groups: frozenset[str]

    @property
    def subject(self) -> str:
        """What is kept of the account."""
        return hashlib.sha256(f"{self.issuer}\0{self.account}".encode()).hexdigest()


class Admission:
    """Lets people in by their groups. ``roles``: the role of each group; ``days``: how long their tokens are good."""

    def __init__(
        self, store: Store, clock: Clock, *, roles: Mapping[str, Role], days: int, entropy: Entropy = os.urandom
    ) -> None:
        self._store = store
        self._clock = clock
        self._roles = roles
        self._days = days
        self._entropy = entropy

    async def admitted(self, person: Person, *, machine: str) -> Issued:
        """A token for somebody, in place of the one that they had from the same ``machine``.

        NotAllowed where none of their groups works here, SignedOut where they are disabled here, Refused where the
        name can't be a member's.
        """
        now = self._clock.now()
        staff.fit_id(person.actor)
        role = self._role(person)
        minted = personal_tokens.mint(self._store.library, self._entropy)
        made = Token(
            id=minted.id,
            staff=StaffId(person.actor),
            name=f"{LOGIN}: {machine}"[:64],
            created=now,
            expires=plus(now, self._days * DAY),
        )
        try:
            token = await self._store.write(_admit, person, role, made, minted.hash)
        except NotAllowed:
            await self._store.write(trail.note, Seen(actor=person.actor, token="", act=LOGIN, outcome="refused"), now)
            raise
        return Issued(token=token, text=minted.text)

    def _role(self, person: Person) -> Role | None:
        found = {self._roles[group] for group in person.groups if group in self._roles}
        return next((role for role in _WIDEST if role in found), None)


def _admit(sql: Sql, person: Person, role: Role | None, made: Token, hashed: bytes) -> Token:
    """Find or add the member, give them their role, and keep their token: all in one."""
    now = made.created
    if role is None:
        raise NotAllowed(NO_GROUP)
    member = _member(sql, person, role, made)
    if member.disabled:
        raise SignedOut(shut_out(member.name))
    staff.take_role(sql, member.id, role, member.id, now)
    token = Token(id=made.id, staff=member.id, name=made.name, created=now, expires=made.expires)
    for before in tokens.of_staff(sql, member.id):
        if before.name == token.name and before.revoked is None and before.expires > now:
            tokens.revoke(sql, before.id, now)
            _tell(sql, Kind.TOKEN_REVOKED, before, now)
    tokens.keep(sql, token, hashed)
    _tell(sql, Kind.TOKEN_ISSUED, token, now)
    trail.note(sql, Seen(actor=member.id, token=token.id, act=LOGIN), now)
    return token


def _member(sql: Sql, person: Person, role: Role, made: Token) -> Member:
    """Who the account is here. A name that an admin put on the list is bound to the first account that has it."""
    if (known := staff.of_subject(sql, person.subject)) is not None:
        return known
    if staff.is_bound(sql, made.staff):
        raise NotAllowed(ANOTHER_S.format(made.staff))
    name = "".join(letter for letter in person.name if letter.isprintable())[:64]
    member = staff.add(sql, made.staff, name, role, made.staff, made.created) or staff.known(sql, made.staff)
    if not member.disabled:
        staff.bind(sql, member.id, person.subject)
    return member


def _tell(sql: Sql, kind: Kind, token: Token, now: Instant) -> None:
    data: dict[str, Fact] = {"member": token.staff, "token": token.id}
    events.append(sql, [NewEvent(kind=kind, ticket=None, when=now, actor=token.staff, data=data)], now)
