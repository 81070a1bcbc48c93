"""The secrets of hooks: made, sealed for the store, opened for a message, sealed anew after the master key changed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.ids import Entropy
from helpdesk.ports import Store
from helpdesk.store.verbs import hooks as verbs
from helpdesk.store.verbs.hooks import Kept
from helpdesk.webhooks import signature
from helpdesk.webhooks.signature import Secret, sealing_key


class Secrets:
    """Seals under ``reply_key``'s own key, and opens under those of earlier master keys, too.

    ``reply_key`` and ``earlier`` are what the master keys sign reply addresses with (:mod:`helpdesk.privacy`).
    """

    def __init__(self, reply_key: bytes, earlier: Sequence[bytes] = (), *, entropy: Entropy = os.urandom) -> None:
        self._key = sealing_key(reply_key)
        self._earlier = tuple(map(sealing_key, earlier))
        self._entropy = entropy

    def chosen(self, text: str) -> Secret:
        """The secret that a caller wants, or a new one where they name none."""
        return signature.read(text) if text else signature.fresh(self._entropy)

    def seal(self, secret: Secret, hook: str) -> bytes:
        """The secret for the store, closed for the hook of this id."""
        return signature.lock(self._key, secret, hook=hook, entropy=self._entropy)

    def opened(self, kept: Kept, now: Instant) -> tuple[Secret, ...]:
        """What a hook's messages are signed with now, the newest first; Refused where it does not open."""
        newest = self._open(kept.secret, kept.id)
        if newest is None:
            raise Refused(
                f"The secret of {kept.hook.name} does not open: the master key is another. Give it a new one with"
                f" `helpdesk hooks rotate {kept.hook.name}`."
            )
        rotating = kept.earlier is not None and kept.hook.rotating is not None and now < kept.hook.rotating
        before = self._open(kept.earlier, kept.id) if rotating and kept.earlier is not None else None
        return (newest,) if before is None else (newest, before)

    def _open(self, sealed: bytes, hook: str) -> Secret | None:
        tried = (signature.unlock(key, sealed, hook=hook) for key in (self._key, *self._earlier))
        return next((secret for secret in tried if secret is not None), None)

    async def reseal(self, store: Store) -> int:
        """Seal anew what an earlier master key's seal closes; once, on opening. Returns of how many hooks."""
        changed = [self._resealed(kept) for kept in await store.read(verbs.everyone) if self._is_old(kept)]
        if changed:
            await store.write(verbs.reseal, changed)
        return len(changed)

    def _is_old(self, kept: Kept) -> bool:
        """Whether the present key does not open it, and an earlier one does."""
        return self._under_present(kept.secret, kept.id) is None and self._open(kept.secret, kept.id) is not None

    def _under_present(self, sealed: bytes, hook: str) -> Secret | None:
        return signature.unlock(self._key, sealed, hook=hook)

    def _resealed(self, kept: Kept) -> tuple[str, bytes, bytes | None]:
        return (
            kept.id,
            self._anew(kept.secret, kept.id),
            None if kept.earlier is None else self._anew(kept.earlier, kept.id),
        )

    def _anew(self, sealed: bytes, hook: str) -> bytes:
        """Under the present key; what does not open stays as it is."""
        secret = self._open(sealed, hook)
        return sealed if secret is None else self.seal(secret, hook)
