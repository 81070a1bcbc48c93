"""Writes that are done once, however often they are sent: by the key that their sender gave them.

A reply, a note, a contact and what is said about a noise keep their key with what they wrote, in one commit. Every
other call is kept from being made twice here: its key is written down before it is made, and taken back where it was
refused. What the first was answered is held for a while and given again; later, or at another server, a repeat is
refused: then somebody has to look.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from helpdesk.clock import Clock
from helpdesk.errors import HelpdeskError, KeyUsed, Refused, TryLater
from helpdesk.ports import Store
from helpdesk.store.verbs import once as verbs

T = TypeVar("T")

MOST = 1_000
"""So many answers are held; the oldest go first."""


@dataclass(slots=True, eq=False)
class _Held(Generic[T]):
    """A call that was made, or is being made. ``answer``: None where it failed, or must not be held."""

    digest: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    answer: T | None = None
    failed: bool = False


class Once(Generic[T]):
    """Remembers keys in the store, and for a while what they were answered."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], _Held[T]] = OrderedDict()

    async def answer(
        self, actor: str, key: str, content: bytes, call: Callable[[], Awaitable[T]], *, may_hold: Callable[[T], bool]
    ) -> T:
        """What ``call`` gives, or gave when the actor first sent this key with this content.

        ``may_hold``  whether an answer may be held: none that is large, and no secret

        Refused for a key that came with another content, or whose answer is not held any more.
        """
        digest = hashlib.sha256(content).hexdigest()
        if (known := self._held.get((actor, key))) is not None:
            return await _again(known, digest)
        held: _Held[T] = _Held(digest)
        self._held[actor, key] = held
        try:
            await self._store.write(verbs.begin, actor, key, digest, self._clock.now())
            result = await self._made(actor, key, call)
        except BaseException:
            held.failed = True
            self._held.pop((actor, key), None)
            raise
        finally:
            held.over.set()
        self._keep(held, result if may_hold(result) else None)
        return result

    async def _made(self, actor: str, key: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make the call. What it says of itself means that nothing was done; of a bug nobody knows."""
        try:
            return await call()
        except HelpdeskError:
            await self._store.write(verbs.take_back, actor, key)
            raise

    def _keep(self, held: _Held[T], answer: T | None) -> None:
        held.answer = answer
        while len(self._held) > MOST:
            self._held.popitem(last=False)


async def _again(known: _Held[T], digest: str) -> T:
    if known.digest != digest:
        raise KeyUsed("This key was used for another call. Use a new key for each new call.")
    await known.over.wait()
    if known.failed:
        raise TryLater("The same call came twice at a time, and the first failed. Send it again.")
    if known.answer is None:
        raise Refused(verbs.GONE)
    return known.answer
