"""A member's PIN on a shared login: it keeps an honest colleague out, not a thief of the file."""

from __future__ import annotations

import hashlib
import hmac
import os

from helpdesk.errors import Refused

PIN_ROUNDS = 200_000
"""Rounds of PBKDF2 over a PIN."""


def salted(pin: str) -> str:
    """A PIN as it is kept; Refused unless it has 4 to 12 digits."""
    if not (pin.isdigit() and 4 <= len(pin) <= 12):
        raise Refused("A PIN has 4 to 12 digits.")
    salt = os.urandom(16)
    return f"{salt.hex()}:{hashlib.pbkdf2_hmac('sha256', pin.encode(), salt, PIN_ROUNDS).hex()}"


def fits(pin: str, kept: str) -> bool:
    """Whether a PIN is the one that was kept."""
    salt, _, digest = kept.partition(":")
    told = hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(salt), PIN_ROUNDS).hex()
    return hmac.compare_digest(told, digest)
