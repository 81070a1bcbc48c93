"""Keys of calls that are written down before the call is made, so that none is made twice."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import staff

NO_TICKET = TicketId("")

GONE = "This key was used before, and its answer is not held any more. Look whether it was done before you repeat it."


def begin(sql: Sql, actor: str, key: str, digest: str, now: Instant) -> None:
    """A call is about to be made. Refused where its key was used before, with this content or another."""
    if staff.done_before(sql, actor, key, digest) is not None:
        raise Refused(GONE)
    staff.mark_done(sql, actor, key, digest, NO_TICKET, now)


def take_back(sql: Sql, actor: str, key: str) -> None:
    """It was not made after all: its key may be used again."""
    sql("DELETE FROM done WHERE library = :library AND actor = :actor AND key = :key", actor=actor, key=key)
