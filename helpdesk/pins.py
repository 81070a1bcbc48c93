"""A member's PIN on a shared login: it keeps an honest colleague out, not a thief of the file."""

from __future__ import annotations

import hashlib
import hmac
import os

from helpdesk.clock import Clock
from helpdesk.errors import Refused, TryLater
from helpdesk.slowing import Slowing
from helpdesk.visitors import in_words

PIN_ROUNDS = 200_000
"""Rounds of PBKDF2 over a PIN."""


WRONG = "That is not the PIN. Try again."
TOO_SOON = "Too many wrong PINs were typed for this name. Wait {}, then try again."


class WrongPin(Refused):
    """A PIN that is not the member's."""


class PinTooSoon(TryLater):
    """A PIN for a member of whom too many wrong ones were tried: it was not looked at."""


class Pins:
    """Compares PINs, and lets nobody guess: after a few slips each try for a member costs twice the wait."""

    def __init__(self, clock: Clock) -> None:
        self._slowing = Slowing(clock)

    @property
    def wrong(self) -> int:
        """How many wrong PINs were typed so far, and how many too soon."""
        return self._slowing.bad

    def compare(self, member: str, pin: str, kept: str) -> None:
        """WrongPin unless it is the one that was kept; PinTooSoon, with the seconds, where it has to wait.

        Nothing is awaited in it, so that many tries at once are no way around the wait.
        """
        if wait := self._slowing.wait(member):
            self._slowing.was_early()
            raise PinTooSoon(TOO_SOON.format(in_words(wait)), retry_after=wait)
        if not fits(pin, kept):
            self._slowing.was_bad(member)
            raise WrongPin(WRONG)


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
