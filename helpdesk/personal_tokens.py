"""Personal tokens as texts: ``hd_<id>_<secret><check>``.

=======  ========  ==========================================================================
part     letters   what it is
=======  ========  ==========================================================================
id       12        names the token in lists; the first four say of which library it is
secret   43        256 random bits, in base 62
check    6         CRC-32 of all before it: a token that was cut short or mistyped is told at once
=======  ========  ==========================================================================

The store keeps SHA-256 of the whole text: nobody guesses 256 bits, so that nothing slower is needed.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass, field

from helpdesk.errors import SignedOut
from helpdesk.ids import Entropy

SECRET_BYTES = 32
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SMALL = "0123456789abcdefghjkmnpqrstvwxyz"
_TAG, _NAME, _SECRET, _CHECK = 4, 8, 43, 6
_SHAPE = re.compile(rf"hd_([{_SMALL}]{{{_TAG + _NAME}}})_([{_LETTERS}]{{{_SECRET + _CHECK}}})")

CUT_SHORT = "This is not a whole token: it begins with hd_ and has 65 characters. Copy all of it, then try again."
ANOTHER_LIBRARY = "This token is of another library. Ask for one of this library, or name the server it belongs to."


@dataclass(frozen=True, slots=True)
class Minted:
    """A new token. ``text`` goes to its owner, once; ``hash`` is what is kept."""

    id: str
    text: str = field(repr=False)
    hash: bytes = field(repr=False)


def mint(library: str, entropy: Entropy) -> Minted:
    """A new token of a library."""
    name = _spelt(int.from_bytes(entropy(5), "big"), _SMALL, _NAME)
    before = f"hd_{_tag(library)}{name}_{_spelt(int.from_bytes(entropy(SECRET_BYTES), 'big'), _LETTERS, _SECRET)}"
    text = before + _check(before)
    return Minted(f"{_tag(library)}{name}", text, hashed(text))


def read_id(text: str, library: str | None = None) -> str:
    """A token's id. SignedOut where it is no whole token, or of another library (None: of any)."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or _check(text[:-_CHECK]) != text[-_CHECK:]:
        raise SignedOut(CUT_SHORT)
    if library is not None and not shape[1].startswith(_tag(library)):
        raise SignedOut(ANOTHER_LIBRARY)
    return shape[1]


def hashed(text: str) -> bytes:
    """What is kept of a token's text."""
    return hashlib.sha256(text.encode()).digest()


def _tag(library: str) -> str:
    """Four letters that tell one library's tokens from another's."""
    digest = hashlib.sha256(f"helpdesk: tokens of {library}".encode()).digest()
    return _spelt(int.from_bytes(digest[:4], "big"), _SMALL, _TAG)


def _check(before: str) -> str:
    return _spelt(zlib.crc32(before.encode()), _LETTERS, _CHECK)


def _spelt(value: int, letters: str, length: int) -> str:
    """The lowest ``length`` digits of a number, in the base that ``letters`` are."""
    spelt = ""
    for _ in range(length):
        value, digit = divmod(value, len(letters))
        spelt = letters[digit] + spelt
    return spelt
