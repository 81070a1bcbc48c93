"""Address policies: what a line may know of who writes to it, behind one seam.

An *open* line shows and keeps its senders. A *sealed* line (the Noiseline) knows a sender only by handle,
and reaches them only through a seal. Intake and outbox ask a line's policy, and never which one it is::

    identified = await policy.identify(inbound, now, known=...)   # who sent it; a new conversation's key comes first
    cleaned = policy.cleaned(inbound)                             # what may be stored of it
    to = await policy.reach(recipient)                            # the outbox, just before it sends

A key is made before its conversation is stored, so a crash between the two leaves a key that nobody needs:
:func:`sweep` destroys it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol

from helpdesk.clock import DAY, HOUR, Instant, plus
from helpdesk.config import LineSettings, Settings
from helpdesk.errors import Refused, Undeliverable
from helpdesk.friendly import friendly_name
from helpdesk.ids import Entropy
from helpdesk.limits import Limits
from helpdesk.masking import Span, mask
from helpdesk.message import Address, Attachment, Channel, ConversationId, Inbound, LineId, digest_of_id
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Keys
from helpdesk.privacy import Identified, SealedAddress, SealedConversation, disclosed, handle, seal, unseal

Known = Callable[[tuple[bytes, ...]], Awaitable[ConversationId | None]]
"""Finds the live conversation that has any of these handles, None if there is none."""

GRACE = 1 * HOUR
"""How long a key may be without a stored conversation before it counts as an orphan, in milliseconds."""

_ACCOUNT = re.compile(r"AC[0-9a-f]{32}")
"""The carrier's name for our account, and nothing else: no number looks like it."""

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,60}")


class AddressPolicy(Protocol):
    """What a line may know of its senders."""

    async def identify(self, inbound: Inbound, now: Instant, *, known: Known | None = None) -> Identified:
        """Who sent it.

        Where ``known`` finds a live conversation, no new one is prepared; one whose key was lost (its file is a copy
        of an earlier day) gets another. The store has the last word: if that conversation has ended when it writes,
        identify again.
        """
        ...

    def cleaned(self, inbound: Inbound, *, keep: tuple[Span, ...] = ()) -> Inbound:
        """What may be stored of it. Its ``sender`` is an Address or None, never a PhoneNumber.

        ``keep``: what was understood as places and times, and is no number that must be masked.
        """
        ...

    async def reach(self, recipient: Address | SealedAddress) -> Address | PhoneNumber:
        """Where to send; for the sending step alone. Undeliverable, in words, if there is no way any more."""
        ...


class OpenLine:
    """Senders are ordinary people: shown, searched, exported, erased."""

    async def identify(self, inbound: Inbound, now: Instant, *, known: Known | None = None) -> Identified:
        """The sender as the message names them."""
        return Identified(address=_address(inbound))

    def cleaned(self, inbound: Inbound, *, keep: tuple[Span, ...] = ()) -> Inbound:
        """The message as it is; a telephone number becomes an ordinary address."""
        return replace(inbound, sender=_address(inbound))

    async def reach(self, recipient: Address | SealedAddress) -> Address | PhoneNumber:
        """The address itself."""
        if isinstance(recipient, SealedAddress):
            raise Undeliverable("This conversation began when its line was sealed, and the line is open now.")
        return recipient


class SealedLine:
    """Senders stay unknown. ``reply_days``: how long after its last message a conversation can be answered."""

    def __init__(
        self, line: LineId, keys: Keys, mint: Callable[[], str], *, reply_days: int = 7, entropy: Entropy = os.urandom
    ) -> None:
        self._line = line
        self._keys = keys
        self._mint = mint
        self._window = reply_days * DAY
        self._entropy = entropy

    async def identify(self, inbound: Inbound, now: Instant, *, known: Known | None = None) -> Identified:
        """The sender's handles, and a new conversation with its key already kept unless ``known`` finds one.

        A sender that is no telephone number (a word where the number should be) can't be answered: nothing of it
        is kept, and the message is stored all the same.
        """
        if not isinstance(inbound.sender, PhoneNumber):
            return Identified()
        keys = await self._keys.epochs(self._line, now)
        handles = tuple(handle(key, inbound.sender) for key in keys)
        found = await known(handles) if known else None
        expires = plus(now, self._window)
        if found is None:
            fresh = await self._begin(inbound.sender, handles[0])
            return Identified(handles=handles, fresh=fresh, expires=expires)
        lost = await self._keys.conversation(found) is None
        again = SealedAddress(conversation=found, seal=await self._seal(inbound.sender, found)) if lost else None
        return Identified(handles=handles, resealed=again, expires=expires)

    async def _begin(self, number: PhoneNumber, current: bytes) -> SealedConversation:
        new = ConversationId(self._mint())
        return SealedConversation(id=new, handle=current, seal=await self._seal(number, new), name=friendly_name(new))

    async def _seal(self, number: PhoneNumber, conversation: ConversationId) -> bytes:
        """The number, closed under a new key of the conversation."""
        key = await self._keys.open_conversation(conversation)
        return seal(key, number, conversation=conversation, line=self._line, entropy=self._entropy)

    def cleaned(self, inbound: Inbound, *, keep: tuple[Span, ...] = ()) -> Inbound:
        """An allow-list: what is not named here is not stored.

        The carrier's id alone says whether a text came before: a plain digest of its content would give back, by
        trying them all, the numbers that were masked.
        """
        return Inbound(
            channel=inbound.channel,
            line=inbound.line,
            account=inbound.account if _ACCOUNT.fullmatch(inbound.account) else "",
            external_id=inbound.external_id,
            digest=digest_of_id(inbound.external_id),
            sender=None,
            text=mask(inbound.text, keep=keep),
            sent_at=inbound.sent_at,
            caught_up=inbound.caught_up,
            automatic=inbound.automatic,
            keep_quiet=inbound.keep_quiet,
            segments=inbound.segments,
            files=inbound.files,
            keyword=inbound.keyword,
            attachments=tuple(_renamed(place, file) for place, file in enumerate(inbound.attachments, 1)),
            remarks=tuple(mask(remark) for remark in inbound.remarks),
        )

    async def reach(self, recipient: Address | SealedAddress) -> Address | PhoneNumber:
        """The number out of the seal. Undeliverable once the conversation's key is destroyed."""
        if isinstance(recipient, Address):
            raise Undeliverable("This ticket began when its line was open, and the line is sealed now.")
        try:
            return await self._opened(recipient)
        except Refused as error:
            raise Undeliverable(str(error)) from None

    async def _opened(self, recipient: SealedAddress) -> PhoneNumber:
        key = await self._keys.conversation(recipient.conversation)
        if key is None:
            raise Undeliverable("This conversation is over and its key destroyed: nobody can reach the texter again.")
        return unseal(key, recipient.seal, conversation=recipient.conversation, line=self._line)


def address_policies(
    lines: Mapping[str, LineSettings], keys: Keys, mint: Callable[[], str], *, entropy: Entropy = os.urandom
) -> dict[LineId, AddressPolicy]:
    """The policy of every configured line, as its settings say."""
    return {LineId(name): _policy(LineId(name), line, keys, mint, entropy) for name, line in lines.items()}


def _policy(name: LineId, line: LineSettings, keys: Keys, mint: Callable[[], str], entropy: Entropy) -> AddressPolicy:
    if line.policy == "open":
        return OpenLine()
    return SealedLine(name, keys, mint, reply_days=line.reply_days, entropy=entropy)


async def sweep(
    keys: Keys, stored: Callable[[], Awaitable[frozenset[ConversationId]]], now: Instant, *, grace: int = GRACE
) -> tuple[ConversationId, ...]:
    """Destroy the keys that nobody needs: those of epochs long past, and of conversations that were never stored.

    Returns the latter's ids. The keys are listed before ``stored`` is asked, so that what is stored in between keeps
    its key. Keys made within ``grace`` milliseconds are left alone: their conversation may be on its way to the store.
    """
    await keys.expire(now)
    made = await keys.conversations(before=plus(now, -grace))
    orphans = tuple(sorted(made - await stored())) if made else ()
    if orphans:
        await keys.destroy(orphans)
    return orphans


def _address(inbound: Inbound) -> Address | None:
    return disclosed(inbound.sender) if isinstance(inbound.sender, PhoneNumber) else inbound.sender


def _renamed(place: int, file: Attachment) -> Attachment:
    media_type = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    return replace(file, name=f"file-{place}", media_type=media_type)


def limits_of(settings: Settings) -> dict[LineId, Limits]:
    """What each line of texts may send."""
    return {
        LineId(name): Limits(
            most_segments=line.most_segments,
            countries=line.countries,
            per_second=line.texts_per_second,
            texts=line.texts_per_day,
            pence_per_segment=line.pence_per_segment,
            pence=line.pence_per_day,
            zone=settings.library.zone,
        )
        for name, line in settings.lines_of(Channel.SMS).items()
    }
