"""Who is at which ticket now, on this server and on the others. See :class:`helpdesk.ports.Company`.

Kept in memory and told aside (:mod:`helpdesk.signals`): a word that is lost or doubled changes nothing for long.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import SECOND, Clock, Instant, plus
from helpdesk.ids import is_id
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.ports.company import Doing, Near

FOR = 30 * SECOND
"""For how long a member is where they said they are, in milliseconds."""

AGAIN = 10 * SECOND
"""How often other servers are told of somebody who stays where they are, in milliseconds."""

_WORD = "company"
"""What our words begin with among those that servers say aside."""

_NOWHERE = "-"


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where somebody is, until when that holds, and when other servers were told last."""

    near: Near
    until: Instant
    told: Instant


class LocalCompany:
    """Where members are, as their desks say. ``clock`` is the wall's: half a minute is one in a demo, too."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._stands: dict[StaffId, _Stand] = {}
        before = store.overheard

        def overheard(words: str) -> None:
            before(words)
            self.overhear(words)

        store.overheard = overheard

    async def at(self, actor: StaffId, ticket: str = "", doing: Doing = "reads") -> tuple[Near, ...]:
        """Say where one is; all others who are somewhere."""
        now = self._clock.now()
        before = self._stands.get(actor)
        near = Near(staff=actor, ticket=TicketId(ticket), doing=doing) if is_id(ticket) else None
        fresh = near is not None and before is not None and before.near == near and now - before.told < AGAIN
        self._stand(actor, near, now, told=before.told if fresh and before is not None else now)
        if not fresh and (near is not None or before is not None):
            await self._store.aside(f"{_WORD} {near.ticket if near else _NOWHERE} {doing} {actor}")
        return self._others(actor, now)

    def overhear(self, words: str) -> None:
        """Take what another server says of its members; what is none of it, or a newer program's, is let be."""
        word, _, said = words.partition(" ")
        place, _, rest = said.partition(" ")
        doing, _, staff = rest.partition(" ")
        if word != _WORD or not staff or doing not in {"reads", "writes"}:
            return
        member, now = StaffId(staff), self._clock.now()
        does: Doing = "writes" if doing == "writes" else "reads"
        near = Near(staff=member, ticket=TicketId(place), doing=does) if is_id(place) else None
        self._stand(member, near, now, told=now)

    def _stand(self, staff: StaffId, near: Near | None, now: Instant, *, told: Instant) -> None:
        if near is None:
            self._stands.pop(staff, None)
        else:
            self._stands[staff] = _Stand(near, plus(now, FOR), told)

    def _others(self, actor: StaffId, now: Instant) -> tuple[Near, ...]:
        self._stands = {staff: stand for staff, stand in self._stands.items() if now < stand.until}
        return tuple(stand.near for staff, stand in sorted(self._stands.items()) if staff != actor)
