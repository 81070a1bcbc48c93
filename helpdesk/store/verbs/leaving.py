"""A chat's visitor leaves: the conversation ends, and what had not reached them never will, in one commit."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.message import ConversationId, Delivery, DeliveryReport
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import chats, delivery


def leave(
    sql: Sql,
    chat: ConversationId,
    reason: str,
    now: Instant,
    published: Published,
    *,
    absent_since: Instant | None = None,
) -> bool:
    """End a conversation; its undelivered messages come back to staff with ``reason``.

    ``absent_since``: only if the visitor was not there after it. False if nothing ended.
    """
    if not chats.finish(sql, chat, now, published, absent_since=absent_since):
        return False
    for each in chats.undelivered(sql, chat):
        report = DeliveryReport(outbox=each, status=Delivery.FAILED, code="left", reason=reason)
        delivery.report(sql, report, now, published)
    return True
