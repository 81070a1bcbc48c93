"""Signed reply tokens: what stands after the plus in ``mailbox+token@library``.

A token is the ticket's id and 9 bytes of HMAC-SHA256, in lower-case base 32: 40 characters. Lower case and digits
alone, because mail systems may change the case of a local part; with a mailbox of up to 23 characters it stays under
the 64 that a local part may have. Who guesses has one chance in 2**72, and every guess is a mail to us.
"""

from __future__ import annotations

import base64
import binascii
import hmac

from helpdesk.message import TicketId

LENGTH = 40
"""Characters of a token."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 26
_ID_BYTES = 16
_MAC_BYTES = 9
_PURPOSE = b"reply-token/1:"


def sign(key: bytes, ticket: TicketId) -> str:
    """The token of a ticket under ``key``; ValueError if ``ticket`` is not an id of ours."""
    packed = _pack(ticket)
    return base64.b32encode(packed + _mac(key, packed)).decode().lower()


def verify(key: bytes, token: str) -> TicketId | None:
    """The ticket that ``token`` was signed for under ``key``, in any case of letters; None if it was not."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b32decode(token.upper())
    except binascii.Error:
        return None
    packed, mac = raw[:_ID_BYTES], raw[_ID_BYTES:]
    return _unpack(packed) if hmac.compare_digest(mac, _mac(key, packed)) else None


def _mac(key: bytes, packed: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + packed, "sha256")[:_MAC_BYTES]


def _pack(ticket: TicketId) -> bytes:
    if len(ticket) != _ID_LENGTH or ticket[0] > "7":
        raise ValueError(f"{ticket!r} is not a ticket's id")
    value = 0
    for letter in ticket:
        value = value << 5 | _ALPHABET.index(letter)
    return value.to_bytes(_ID_BYTES, "big")


def _unpack(packed: bytes) -> TicketId:
    value = int.from_bytes(packed, "big")
    return TicketId("".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5)))
