"""Outgoing webhooks: who is sent what. :class:`LocalHooks` satisfies :class:`helpdesk.ports.hooks.Hooks`.

What is sent, and when, is :mod:`helpdesk.hook_delivery`'s; the rules are in :mod:`helpdesk.webhooks`.
"""

from __future__ import annotations

import re

from helpdesk.clock import HOUR, Clock, plus
from helpdesk.config import HookSettings
from helpdesk.errors import Refused
from helpdesk.events import Seq
from helpdesk.hook_secrets import Secrets
from helpdesk.ids import Ids
from helpdesk.message import StaffId
from helpdesk.ports import Store
from helpdesk.ports.hooks import Hook, HookSecret, HookState, HookTry, Poster
from helpdesk.store.verbs import hook_messages
from helpdesk.store.verbs import hooks as verbs
from helpdesk.store.verbs.hook_messages import Fresh
from helpdesk.store.verbs.hooks import Kept
from helpdesk.webhooks import destination, signature, vocabulary

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

MOST_LOG = 1000
LONGEST_ROTATION = 168
"""For how many hours two secrets may be good."""


class LocalHooks:
    """Looks after the hooks of this process's store. ``secrets`` seals and opens what messages are signed with."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        settings: HookSettings,
        poster: Poster,
        secrets: Secrets,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._settings = settings
        self._poster = poster
        self._secrets = secrets

    async def overview(self, actor: StaffId) -> tuple[Hook, ...]:
        """Every hook, by name."""
        return tuple(kept.hook for kept in await self._store.read(verbs.everyone))

    async def add(
        self, actor: StaffId, name: str, *, url: str, events: tuple[str, ...], secret: str = ""
    ) -> HookSecret:
        """Send these events to ``url`` from now on."""
        if not NAME.fullmatch(name):
            raise Refused("Name a hook in small letters, digits and hyphens, at most 40.")
        chosen, now, id_ = self._secrets.chosen(secret), self._clock.now(), self._ids.new()
        hook = Hook(
            name=name,
            url=destination.checked(url),
            events=vocabulary.known(events),
            state=HookState.ON,
            created=now,
        )
        kept = Kept(hook=hook, id=id_, upto=Seq(0), secret=self._secrets.seal(chosen, id_))
        added = await self._store.write(verbs.add, kept, actor, now)
        return HookSecret(hook=added.hook, secret="" if secret else signature.written(chosen))

    async def test(self, actor: StaffId, name: str) -> HookTry:
        """Send a message of the type "hook.test" now."""
        kept, now = await self._store.read(verbs.get, name), self._clock.now()
        id_ = f"msg_{self._ids.new()}"
        told = vocabulary.Announcement(event=vocabulary.TEST, when=now, data={}, once=id_)
        text = vocabulary.body(id_, told, library=self._store.library)
        headers = signature.headers(id_, text.encode(), self._secrets.opened(kept, now), now)
        answer = await self._poster.post(kept.hook.url, text.encode(), headers)
        message = Fresh(id=id_, seq=Seq(0), once=id_, event=vocabulary.TEST, body=text)
        return await self._store.write(hook_messages.tested, name, message, answer, now, keep=self._settings.keep)

    async def log(self, actor: StaffId, name: str, *, count: int = 50) -> tuple[HookTry, ...]:
        """The latest messages, the newest first."""
        if not 1 <= count <= MOST_LOG:
            raise Refused(f"Ask for 1 to {MOST_LOG} messages.")
        return await self._store.read(hook_messages.log, name, count)

    async def enable(self, actor: StaffId, name: str, *, skip: bool = False) -> Hook:
        """Send again."""
        return (await self._store.write(verbs.enable, name, actor, self._clock.now(), skip=skip)).hook

    async def disable(self, actor: StaffId, name: str) -> Hook:
        """Send nothing more until it is enabled."""
        return (await self._store.write(verbs.disable, name, actor, self._clock.now())).hook

    async def rotate(self, actor: StaffId, name: str, *, secret: str = "", hours: int = 24) -> HookSecret:
        """Sign with a new secret, and for a while with the one before, too."""
        if not 0 <= hours <= LONGEST_ROTATION:
            raise Refused(f"Let the secret before be good for 0 to {LONGEST_ROTATION} hours.")
        chosen, now = self._secrets.chosen(secret), self._clock.now()
        kept = await self._store.read(verbs.get, name)
        sealed, until = self._secrets.seal(chosen, kept.id), plus(now, hours * HOUR)
        rotated = await self._store.write(verbs.rotate, name, sealed, until, actor, now)
        return HookSecret(hook=rotated.hook, secret="" if secret else signature.written(chosen))

    async def remove(self, actor: StaffId, name: str) -> None:
        """Forget a hook with its log and all that waits."""
        await self._store.write(verbs.remove, name, actor, self._clock.now())
