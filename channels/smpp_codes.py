"""SMPP's statuses and delivery states, sorted by whose matter they are, as :mod:`channels.sms_codes` does. Pure."""

from __future__ import annotations

from typing import NamedTuple

from channels.sms_codes import Meaning
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Undeliverable
from helpdesk.message import Delivery, Matter

OK = 0x00
UNKNOWN_COMMAND = 0x03
AGAIN = 0x64
"""ESME_RX_T_APPN: we could not take it just now, the carrier is to try again."""

_ACCOUNT = "The carrier does not accept our system_id and password. Check both under [smpp] in the settings."
_SENDER = "The carrier does not take the line's number as a sender. Check its address, or ask the carrier."
_NO_NUMBER = "The carrier does not take this as a telephone number. Ask the patron by another way."
_LONG = "The carrier does not take a text of this length. Send it in two."
_OWN = "The carrier has trouble of its own."

_WORDS: dict[Matter, dict[int, str]] = {
    Matter.PATRON: {0x01: _LONG, **dict.fromkeys((0x0B, 0x33, 0x40, 0x50, 0x51), _NO_NUMBER)},
    Matter.OURS: {
        0x04: "The carrier does not let us send by this connection. Ask it for a transceiver account.",
        0x0A: _SENDER,
        0x0D: "The carrier refuses our connection. Ask it why; it may have to know our address.",
        0x0E: _ACCOUNT,
        0x0F: _ACCOUNT,
        0x48: _SENDER,
        0x49: _SENDER,
        0x53: "The carrier does not accept our system_type. Ask it, and set it under [smpp] in the settings.",
    },
    Matter.PASSING: {
        0x05: "The carrier says that we are connected already: a former connection has not ended there yet.",
        0x08: _OWN,
        0x14: "Too many texts wait at the carrier.",
        0x45: "The carrier could not take the text just now.",
        0x58: "The carrier asks us to send more slowly.",
        0x64: _OWN,
        0xFE: _OWN,
        0xFF: _OWN,
    },
}
_MEANINGS = {
    status: Meaning(matter=matter, words=words) for matter, table in _WORDS.items() for status, words in table.items()
}
_REFUSED = Meaning(
    matter=Matter.PATRON, words="The carrier refused this text. Look its error code up, or call instead."
)


def trouble(status: int) -> HelpdeskError:
    """The error to raise for a text that the carrier refused."""
    return _error(_MEANINGS.get(status, _REFUSED), status)


def bind_trouble(status: int) -> HelpdeskError:
    """The error for a connection that it refused: our matter, unless it says that it will pass."""
    found = _MEANINGS.get(status)
    if found is not None and found.matter is not Matter.PATRON:
        return _error(found, status)
    return LinePaused(_WORDS[Matter.OURS][0x0D], code=_code(status))


def _error(found: Meaning, status: int) -> HelpdeskError:
    if found.matter is Matter.PASSING:
        return TryLater(found.words)
    if found.matter is Matter.OURS:
        return LinePaused(found.words, code=_code(status))
    return Undeliverable(found.words, code=_code(status))


def _code(status: int) -> str:
    return f"0x{status:08X}"


class State(NamedTuple):
    """What a delivery receipt says of a text."""

    delivery: Delivery
    matter: Matter = Matter.PATRON
    words: str = ""


STATES = {
    "ENROUTE": State(Delivery.SENT),
    "DELIVRD": State(Delivery.DELIVERED),
    "EXPIRED": State(Delivery.FAILED, Matter.PASSING, "The text waited too long at the carrier and was dropped."),
    "DELETED": State(Delivery.FAILED, Matter.PATRON, "The carrier deleted the text before it arrived. Ask it why."),
    "UNDELIV": State(Delivery.FAILED, Matter.PATRON, "The network could not deliver the text to this number."),
    "ACCEPTD": State(Delivery.SENT),
    "UNKNOWN": State(Delivery.FAILED, Matter.PASSING, "The network did not say why the text failed."),
    "REJECTD": State(Delivery.FAILED, Matter.PATRON, "The patron's network refused the text."),
}
"""By the word that a receipt uses, in the order of the numbers 1 to 8 that mean the same."""

BY_NUMBER = dict(enumerate(STATES, 1))
