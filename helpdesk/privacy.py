"""How a sender becomes a pseudonym: the cryptography of sealed lines, and nothing else.

On a sealed line two things stand for a telephone number, and neither leads back to it without a key that
lies elsewhere (:mod:`helpdesk.store.keys`):

======  ==================================================================  ================================
handle  16 bytes: HMAC-SHA256 under the epoch's key, cut                    says "the same sender as before"
seal    44 bytes: nonce, AES-256-GCM under the conversation's key, tag      opened by the sending step alone
======  ==================================================================  ================================

Numbers and keys are never bound to a name longer than a call needs, so that a traceback which prints
local variables has nothing to show.
"""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.ids import Entropy
from helpdesk.message import Address, Channel, ConversationId, LineId
from helpdesk.phone import PhoneNumber, reveal

KEY_BYTES = 32
HANDLE_BYTES = 16
NONCE_BYTES = 12
_PADDED_BYTES = 16
"""A number is padded to the longest there is ("+" and 15 digits), so that a seal's length tells nothing."""


class Key(bytes):
    """32 secret bytes that print as ``Key(hidden)`` and can't be pickled; ValueError for another length."""

    __slots__ = ()

    def __new__(cls, secret: bytes) -> Self:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key is {KEY_BYTES} bytes long")
        return super().__new__(cls, secret)

    def __repr__(self) -> str:
        return "Key(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("keys are not pickled or copied")


def new_key(entropy: Entropy = os.urandom) -> Key:
    """A fresh key."""
    return Key(entropy(KEY_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAddress:
    """Where a reply on a sealed line goes: what the store keeps in place of a number."""

    conversation: ConversationId
    seal: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedConversation:
    """A conversation about to be stored: its key exists already, so it can be answered from its first commit.

    ``handle`` is the current epoch's, ``name`` what staff see ("Quiet Heron").
    """

    id: ConversationId
    handle: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    name: str

    @property
    def address(self) -> SealedAddress:
        """Where its replies go."""
        return SealedAddress(conversation=self.id, seal=self.seal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Who sent a message, as far as its line may know.

    ``address``  open line: the sender; None where the message names nobody
    ``handles``  sealed line: what to look the sender up under, the current epoch's first; empty on an open line
                 and where the sender has no number
    ``fresh``    sealed line: the conversation to write if no live one has any of the handles; None where one was
                 found beforehand. If that one has ended meanwhile, identify again.
    ``resealed`` sealed line: the reply address of the conversation that was found, anew, because its key was lost
    ``expires``  sealed line: when the conversation is over if nothing more is written after this message
    """

    address: Address | None = None
    handles: tuple[bytes, ...] = ()
    fresh: SealedConversation | None = None
    resealed: SealedAddress | None = None
    expires: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochHeld:
    """That a line's handle key of one epoch is there, and until when."""

    line: LineId
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysHeld:
    """Which keys the key store holds: of which conversations, and of which epochs."""

    conversations: frozenset[ConversationId]
    epochs: tuple[EpochHeld, ...]


def handle(key: bytes, number: PhoneNumber) -> bytes:
    """The sender's 16-byte pseudonym under one epoch's key."""
    return hmac.digest(key, reveal(number).encode(), "sha256")[:HANDLE_BYTES]


def seal(
    key: bytes, number: PhoneNumber, *, conversation: ConversationId, line: LineId, entropy: Entropy = os.urandom
) -> bytes:
    """The number, closed under the conversation's key: 44 bytes that open for this conversation on this line only."""
    nonce = entropy(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, _padded(number), _bound("seal", line, conversation))


def unseal(key: bytes, sealed: bytes, *, conversation: ConversationId, line: LineId) -> PhoneNumber:
    """The number again; Refused if the key, the conversation or the line is another, or a bit has changed."""
    with suppress(InvalidTag, ValueError):
        return _number(AESGCM(key).decrypt(*_split(sealed), _bound("seal", line, conversation)))
    raise Refused("This reply address does not open: its key, conversation or line is not the one it was sealed for.")


def wrap(master: Key, key: Key, *, purpose: str, name: str, entropy: Entropy = os.urandom) -> bytes:
    """``key``, closed under the master key for one ``purpose`` and one ``name``: 60 bytes."""
    nonce = entropy(NONCE_BYTES)
    return nonce + AESGCM(_derived(master, purpose)).encrypt(nonce, bytes(key), _bound("wrap", purpose, name))


def unwrap(master: Key, wrapped: bytes, *, purpose: str, name: str) -> Key:
    """The key again; Refused if the master key is another, or it was wrapped for another purpose or name."""
    with suppress(InvalidTag, ValueError):
        return Key(AESGCM(_derived(master, purpose)).decrypt(*_split(wrapped), _bound("wrap", purpose, name)))
    raise Refused(f"The {purpose} key does not open: the master key is another, or the row was changed.")


def reply_key(master: Key) -> Key:
    """What signs the reply addresses of tickets (:mod:`helpdesk.tokens`): another for each master key."""
    return Key(hmac.digest(bytes(master), b"helpdesk: reply tokens", "sha256"))


def disclosed(number: PhoneNumber) -> Address:
    """A texter's ordinary address, for open lines: there a number may be seen and kept."""
    return Address(channel=Channel.SMS, value=reveal(number))


def _padded(number: PhoneNumber) -> bytes:
    return reveal(number).encode().ljust(_PADDED_BYTES, b"\0")


def _number(padded: bytes) -> PhoneNumber:
    return PhoneNumber(padded.rstrip(b"\0").decode())


def _split(closed: bytes) -> tuple[bytes, bytes]:
    return closed[:NONCE_BYTES], closed[NONCE_BYTES:]


def _derived(master: Key, purpose: str) -> Key:
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_bound("helpdesk", purpose))
    return Key(hkdf.derive(bytes(master)))


def _bound(*parts: str) -> bytes:
    """Associated data: each part with its length before it, so that no two lists give the same bytes."""
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
