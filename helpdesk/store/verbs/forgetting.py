"""What is forgotten, and when. Beside each table in ``migrations`` stands what it forgets; counts stay."""

from __future__ import annotations

from helpdesk.clock import DAY, Instant
from helpdesk.message import ConversationId
from helpdesk.ports import Sql
from helpdesk.store.verbs import drafts, hook_messages, media, optouts, probes, ties, tokens, undoable

WEEK = 7 * DAY


def shred(sql: Sql, conversation: ConversationId, now: Instant) -> None:
    """A sealed conversation is over: handle, seal and muting go, and the provider's ids, a road back to the number.

    Of an inbound id its digest stays, without the ticket: what is caught up once more must not come back as new.
    Its pictures go, too: they may show who sent them; so does what staff have begun to answer, and what it was linked
    to. The conversation's key must be destroyed already.
    """
    optouts.forget(sql, conversation)
    media.forget(sql, conversation)
    drafts.forget_talk(sql, conversation)
    ties.forget_talk(sql, conversation)
    sql(
        "UPDATE conversations SET handle = NULL, seal = NULL, muted_until = NULL, shredded = :now"
        " WHERE library = :library AND id = :id AND shredded IS NULL",
        id=conversation,
        now=now,
    )
    sql(
        "UPDATE received SET external_id = 'shredded:' || digest, ticket = NULL, entry = NULL"
        " WHERE library = :library AND ticket IN"
        " (SELECT id FROM tickets WHERE library = :library AND conversation = :id)",
        id=conversation,
    )
    sql(
        "UPDATE outbox SET provider_id = '' WHERE library = :library AND ticket IN"
        " (SELECT id FROM tickets WHERE library = :library AND conversation = :id)",
        id=conversation,
    )


def past(sql: Sql, now: Instant) -> None:
    """Absent members' presence and old notices go after a day; idempotency keys and questions to staff after a week.

    What staff did can be taken back for a day.
    """
    sql("DELETE FROM presence WHERE library = :library AND seen < :before", before=now - DAY)
    sql(
        "DELETE FROM notices WHERE library = :library"
        " AND (latest < :week OR (latest < :day AND key NOT LIKE 'person:%'))",
        day=now - DAY,
        week=now - WEEK,
    )
    sql("DELETE FROM done WHERE library = :library AND noted < :before", before=now - WEEK)
    hook_messages.forget(sql, now)
    probes.forget(sql, now)
    tokens.forget_old(sql, now)
    undoable.forget(sql, now)
    drafts.forget_old(sql, now)
