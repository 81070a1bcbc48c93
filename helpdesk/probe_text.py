"""What a probe says: a token that nobody can guess, and nothing else. The store holds the token's digest alone."""

from __future__ import annotations

import hashlib
import os
import re

from helpdesk.ids import Entropy

TOKEN_BYTES = 16

_SAYS = "Help desk line check "
_WHOLE = re.compile(rf"\s*{_SAYS}([0-9a-f]{{32}})\s*")
_INSIDE = re.compile(rf"{_SAYS}([0-9a-f]{{32}})(?![0-9a-f])")

MOST_SEARCHED = 20_000
"""In so many characters of a mail a token is looked for."""


def new_token(entropy: Entropy = os.urandom) -> str:
    """A token for one probe: 128 random bits."""
    return entropy(TOKEN_BYTES).hex()


def probe_text(token: str) -> str:
    """The words of a probe: one segment of a text."""
    return f"{_SAYS}{token}"


def token_of(text: str) -> str:
    """The token of a text or a chat message that is a probe and nothing else, "" of any other."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else ""


def token_in(subject: str, text: str) -> str:
    """The token in a mail: gateways write before and after what was sent. "" where there is none."""
    match = _INSIDE.search(f"{subject[:500]}\n{text[:MOST_SEARCHED]}")
    return match[1] if match else ""


def digest(token: str) -> bytes:
    """What the store knows a token by."""
    return hashlib.sha256(token.encode()).digest()
