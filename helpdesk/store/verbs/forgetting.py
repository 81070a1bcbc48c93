"""What is forgotten, and when. Beside each table in ``migrations`` stands what it forgets; counts stay."""

from __future__ import annotations

from helpdesk.clock import DAY, Instant
from helpdesk.message import ConversationId
from helpdesk.ports import Sql


def shred(sql: Sql, conversation: ConversationId, now: Instant) -> None:
    """A sealed conversation is over: handle and seal go. Its key must be destroyed already."""
    sql(
        "UPDATE conversations SET handle = NULL, seal = NULL, shredded = :now"
        " WHERE library = :library AND id = :id AND shredded IS NULL",
        id=conversation,
        now=now,
    )


def past(sql: Sql, now: Instant) -> None:
    """Absent members' presence and old notices go after a day, idempotency keys after a week."""
    sql("DELETE FROM presence WHERE library = :library AND seen < :before", before=now - DAY)
    sql(
        "DELETE FROM notices WHERE library = :library AND latest < :before AND key NOT LIKE 'person:%'",
        before=now - DAY,
    )
    sql("DELETE FROM done WHERE library = :library AND noted < :before", before=now - 7 * DAY)
