"""Signatures by the open scheme "Standard Webhooks" (https://www.standardwebhooks.com), and the secrets behind them.

::

    webhook-id         msg_01K...          the same whenever this message is sent again
    webhook-timestamp  1780000000          when this try was made, in seconds
    webhook-signature  v1,<base64> ...     HMAC-SHA256 of "id.timestamp.body": one for each secret that is good now

A secret is written ``whsec_<base64>``. The store holds it sealed under a key that only the master key can make.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from helpdesk.clock import SECOND, Instant
from helpdesk.errors import Refused
from helpdesk.ids import Entropy
from helpdesk.privacy import NONCE_BYTES, Key

PREFIX = "whsec_"

FRESH_BYTES = 32
LEAST_BYTES, MOST_BYTES = 24, 64
"""How long a secret may be, by the scheme."""


class Secret(bytes):
    """What a hook's messages are signed with; it prints as ``Secret(hidden)``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)


def fresh(entropy: Entropy = os.urandom) -> Secret:
    """A new secret."""
    return Secret(entropy(FRESH_BYTES))


def written(secret: Secret) -> str:
    """The secret as its receiver is given it."""
    return PREFIX + base64.b64encode(bytes(secret)).decode()


def read(text: str) -> Secret:
    """The secret out of ``whsec_...``; Refused, without showing it, where it is none."""
    encoded = text.strip().removeprefix(PREFIX)
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not text.strip().startswith(PREFIX) or not LEAST_BYTES <= len(raw) <= MOST_BYTES:
        raise Refused(
            f"A secret is {PREFIX} and {LEAST_BYTES} to {MOST_BYTES} bytes in base64. Leave it out to get one."
        )
    return Secret(raw)


def headers(message: str, body: bytes, secrets: tuple[Secret, ...], now: Instant) -> dict[str, str]:
    """What a message is sent with. While a secret is changed there are two, and a signature for each."""
    timestamp = str(now // SECOND)
    signed = b".".join((message.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: Secret, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(bytes(secret), signed, "sha256")).decode()


def sealing_key(reply_key: bytes) -> Key:
    """The key that secrets are sealed under: another for each master key, as its reply key is."""
    return Key(hmac.digest(reply_key, b"helpdesk: secrets of webhooks", "sha256"))


def lock(key: Key, secret: Secret, *, hook: str, entropy: Entropy = os.urandom) -> bytes:
    """The secret, closed for one hook (its id): a nonce of 12 bytes, then AES-256-GCM."""
    nonce = entropy(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, bytes(secret), hook.encode())


def unlock(key: Key, sealed: bytes, *, hook: str) -> Secret | None:
    """The secret again; None where another key or another hook sealed it."""
    with suppress(InvalidTag, ValueError):
        return Secret(AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], hook.encode()))
    return None
