"""From a deliver_sm to what it means: a text or a part of one, or what became of a text of ours. Pure.

The sender's number becomes a :class:`helpdesk.phone.PhoneNumber` here, in the one step that unpacks the frame.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field

import smpp34

from channels.smpp_codes import BY_NUMBER, STATES
from channels.smpp_texts import Alphabet, words
from channels.smpp_wire import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    RECEIPTED_MESSAGE_ID,
    SAR,
    End,
    Frame,
    delivered,
    option,
)
from channels.sms_reading import is_short, number_of
from helpdesk.config import SmppSettings
from helpdesk.errors import Unparseable
from helpdesk.phone import PhoneNumber

INTERNATIONAL, NATIONAL, NETWORK = 1, 2, 3
"""Kinds of number: with the country's code, without it, and the network's own (short codes)."""

ISDN = 1
"""The plan that telephone numbers are of."""

_SHORT = re.compile(r"[0-9]{3,8}")
_FOUND = re.compile(r"\b(id|stat):\s*([^\s]+)", re.IGNORECASE)
_RECEIPT, _KIND, _HEADER = 0x04, 0x3C, 0x40


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which part of a longer text it is: ``number`` from 1 to ``total``; ``reference`` is what the parts share."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A text, or a part of one.

    ``name``   ours for it where the carrier gives it an id, else ""
    ``short``  it comes from a short code, so from a machine
    """

    sender: PhoneNumber | None
    recipient: str
    content: bytes = field(repr=False)
    coding: int
    name: str = ""
    place: Place | None = None
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a text of ours; ``name`` is ours for it, ``stat`` the state in a receipt's word."""

    name: str
    stat: str


def read_delivery(frame: Frame, *, country: str, alphabet: Alphabet, key: bytes) -> Arrival | Told | None:
    """What a deliver_sm brings; None for what asks for nothing. Unparseable where it can't be read.

    ``country``: the code (without "+") of numbers that come without one; ``key``: see :func:`naming_key`.
    """
    pdu = delivered(frame)
    kind = pdu.esm_class & _KIND
    content = option(pdu, MESSAGE_PAYLOAD) or bytes(pdu.short_message)
    if kind == _RECEIPT:
        return _told(pdu, words(content, pdu.data_coding, alphabet)[0], key)
    if kind:
        return None  # an acknowledgement by hand, or news on the way
    header, content = _parted(content) if pdu.esm_class & _HEADER else (b"", content)
    given = _string(option(pdu, RECEIPTED_MESSAGE_ID))
    source = whole_number(pdu.source_addr, pdu.source_addr_ton, country)
    return Arrival(
        sender=number_of(source),
        recipient=whole_number(pdu.destination_addr, pdu.dest_addr_ton, country),
        content=content,
        coding=pdu.data_coding,
        name=name_of(given, key) if given else "",
        place=_place(header) or _sar(pdu),
        short=is_short(source),
    )


def naming_key(settings: SmppSettings) -> bytes:
    """What names are made with. It stands in no store: a carrier may make its ids of numbers, which are soon tried."""
    return hmac.digest(settings.password.get_secret_value().encode(), settings.system_id.encode(), "sha256")


def name_of(message_id: str, key: bytes) -> str:
    """Our name for a text at the carrier: a digest of its id there, which leads nobody to a number.

    The prefix tells :mod:`helpdesk.store.verbs.deletions` that nobody can ask for its deletion.
    """
    return "smpp:" + hmac.digest(key, message_id.strip().lower().encode(), "sha256")[:16].hex()


def whole_number(digits: str, kind: int, country: str) -> str:
    """A number in international form where it is one, else as it came: a short code, a name."""
    bare = digits.strip()
    if kind == INTERNATIONAL:
        return "+" + bare.lstrip("+")
    if not bare.isascii() or not bare.isdigit() or _SHORT.fullmatch(bare):
        return bare
    if bare.startswith("00"):
        return "+" + bare[2:]
    if kind == NATIONAL or bare.startswith("0"):
        return f"+{country}{bare.removeprefix('0')}"
    return "+" + bare


def end(number: str) -> End:
    """A number as SMPP wants it: international, or the network's own."""
    if number.startswith("+"):
        return End(digits=number[1:], kind=INTERNATIONAL, plan=ISDN)
    return End(digits=number, kind=NETWORK, plan=0)


def _parted(content: bytes) -> tuple[bytes, bytes]:
    """The header that a content begins with, and the rest."""
    if not content or content[0] >= len(content):
        raise Unparseable("its header is longer than itself")
    return content[1 : content[0] + 1], content[content[0] + 1 :]


def _place(header: bytes) -> Place | None:
    """The place that a header gives its part, None where it speaks of other things."""
    while len(header) >= 2:
        kind, size = header[0], header[1]
        body, header = header[2 : 2 + size], header[2 + size :]
        if kind == 0 and len(body) == 3:
            return _checked(body[0], body[1], body[2])
        if kind == 8 and len(body) == 4:
            return _checked(int.from_bytes(body[:2], "big"), body[2], body[3])
    return None


def _sar(pdu: smpp34.DeliverSm) -> Place | None:
    """The place that optional fields give a part."""
    found = [int.from_bytes(value, "big") for tag in SAR if (value := option(pdu, tag)) is not None]
    return _checked(*found) if len(found) == len(SAR) else None


def _checked(reference: int, total: int, number: int) -> Place | None:
    if total < 2 or not 1 <= number <= total:
        return None
    return Place(reference=reference, total=total, number=number)


def _told(pdu: smpp34.DeliverSm, text: str, key: bytes) -> Told | None:
    """A receipt: by its optional fields, else by its words, which carriers write much alike; None for neither."""
    said = {key.lower(): value for key, value in reversed(_FOUND.findall(text))}
    named = _string(option(pdu, RECEIPTED_MESSAGE_ID)) or said.get("id", "")
    state = option(pdu, MESSAGE_STATE)
    stat = BY_NUMBER.get(state[0], "") if state else said.get("stat", "").upper()
    if not named or stat not in STATES:
        return None
    return Told(name=name_of(named, key), stat=stat)


def _string(value: bytes | None) -> str:
    return (value or b"").split(b"\x00", 1)[0].decode("ascii", "replace").strip()
