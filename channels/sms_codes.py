"""The carrier's error codes, sorted by whose matter they are. Pure.

===========  =============================================  ==================================
matter       examples                                       what the sender raises
===========  =============================================  ==================================
PATRON       STOP, no such number, a landline               Undeliverable: staff see the words
OURS         wrong token, a number that is not ours         LinePaused: rows are kept, the lead is told
PASSING      too many at once, the carrier's own trouble    TryLater: the outbox tries again
===========  =============================================  ==================================

The carrier's own texts are never shown: they may repeat the patron's number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Undeliverable
from helpdesk.message import Delivery, DeliveryReport, Matter, OutboxId

_CODE = re.compile(r"[0-9]{5}")
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}|[A-Za-z]{0,4}[0-9]{0,6}")


def code_of(value: str) -> str:
    """An error code as the carrier numbers them; "" for anything else, which is not kept: it could hold a number."""
    return value if _CODE.fullmatch(value) else ""


def sid_of(value: str) -> str:
    """A carrier's id: two letters and 32 hex digits, or one too short to hold a number; "" for anything else."""
    return value if _SID.fullmatch(value) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an error code means, in words for staff."""

    matter: Matter
    words: str


def _all(matter: Matter, words: dict[str, str]) -> dict[str, Meaning]:
    return {code: Meaning(matter=matter, words=text) for code, text in words.items()}


MEANINGS: dict[str, Meaning] = {
    **_all(
        Matter.PATRON,
        {
            "21211": "The carrier does not take this as a telephone number. Ask the patron by another way.",
            "21602": "The text is empty. Write something and send it again.",
            "21610": "The patron has texted STOP, so the carrier refuses our texts. They can text START to lift it.",
            "21614": "This number can't receive texts: perhaps a landline. Ask the patron by another way.",
            "21617": "The text is longer than the carrier takes (1,600 characters). Send it in two.",
            "30004": "The patron's network or handset blocks our texts. Ask the patron by another way.",
            "30005": "The number is not in use any more. Ask the patron by another way.",
            "30006": "This number can't receive texts: a landline, or a network out of reach.",
        },
    ),
    **_all(
        Matter.OURS,
        {
            "20003": "The carrier does not accept our account and token. Put the present token first in [sms] tokens.",
            "20005": "The carrier says that our account is not active. See to it in the carrier's console.",
            "20404": "The carrier does not know our account or service. Check [sms] account and the line's settings.",
            "21212": "The line's number is not valid as a sender. Check its address in the settings.",
            "21408": "Our account may not text this country. Allow it under the carrier's geographic permissions.",
            "21603": "The line has no sender. Set its address or its messaging service.",
            "21606": "The line's number can't send texts, or is not ours. Check its address in the settings.",
            "21612": "The carrier has no route from the line's number to this one. Ask the carrier.",
            "21659": "The line's number does not belong to our account. Check its address in the settings.",
            "21660": "The line's number belongs to another account. Check [sms] account.",
            "21703": "The line's messaging service holds no number. Add one in the carrier's console.",
            "30002": "The carrier has suspended our account. See to it in the carrier's console.",
            "30007": "The carrier takes our texts for spam and filters them. Ask the carrier before sending more.",
            "30032": "The line's number is not verified yet. Finish the verification in the carrier's console.",
            "30034": "The line's number is not registered for texting. Register it in the carrier's console.",
        },
    ),
    **_all(
        Matter.PASSING,
        {
            "20429": "The carrier asks us to send more slowly.",
            "20500": "The carrier has trouble of its own.",
            "20503": "The carrier is out of service for the moment.",
            "21611": "Too many texts wait on the line at the carrier.",
            "30001": "Too many texts wait at the carrier.",
            "30003": "The handset is off or out of reach.",
            "30008": "The network did not say why the text failed.",
            "30036": "The text waited too long at the carrier and was dropped.",
        },
    ),
}


def meaning(code: str, *, status: int = 400) -> Meaning:
    """What ``code`` means; a code that is not in the table is judged by the HTTP ``status`` it came with."""
    if known := MEANINGS.get(code):
        return known
    if status in (401, 403):
        return MEANINGS["20003"]
    if status == 404 or 300 <= status < 400:
        return MEANINGS["20404"]
    if status == 429:
        return MEANINGS["20429"]
    if status in (408, 409, 425) or status >= 500:
        return Meaning(matter=Matter.PASSING, words="The carrier could not take the text just now.")
    return Meaning(
        matter=Matter.PATRON, words="The carrier refused this text. Look its error code up, or call instead."
    )


def trouble(code: str, *, status: int = 400, retry_after: float | None = None) -> HelpdeskError:
    """The error to raise for a refusal by the carrier; ``retry_after`` in seconds, as it asked."""
    code = code_of(code)
    found = meaning(code, status=status)
    if found.matter is Matter.PASSING:
        return TryLater(found.words, retry_after=retry_after)
    if found.matter is Matter.OURS:
        return LinePaused(found.words, code=code)
    return Undeliverable(found.words, code=code)


STATES = {
    "accepted": Delivery.SENT,
    "scheduled": Delivery.SENT,
    "queued": Delivery.SENT,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
"""The carrier's words for how far a text has come, and ours."""


def reported(outbox: OutboxId, state: str, *, code: str, sid: str) -> DeliveryReport | None:
    """What the carrier's word says of a text of ours; None for a word that we don't know."""
    if (status := STATES.get(state.lower())) is None:
        return None
    failed = status is Delivery.FAILED
    code = code_of(code) if failed else ""
    why = meaning(code)
    return DeliveryReport(
        outbox=outbox,
        status=status,
        provider_id=sid_of(sid),
        code=code,
        reason=why.words if failed else "",
        matter=why.matter,
    )
