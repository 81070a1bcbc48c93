"""Webhooks, asked for from the command line: of the store's owner where one runs, else on the store itself."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from helpdesk.api.auth import answers
from helpdesk.api.remote import connect, connect_to
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.gate import Gate
from helpdesk.gated import behind
from helpdesk.hooking import hooking
from helpdesk.message import StaffId
from helpdesk.own_tokens import OwnTokens
from helpdesk.ports.hooks import Hooks
from helpdesk.privacy import reply_key
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import key_places, read_master_key
from helpdesk.store.opening import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Somebody who looks after hooks. ``zone``: by which times are shown."""

    hooks: Hooks
    actor: StaffId
    zone: str


@asynccontextmanager
async def here(settings: Settings, clock: Clock, login: StaffId) -> AsyncIterator[Asking]:
    """At the machine of the library whose settings these are, as its admin."""
    path, zone = settings.store.socket_path, settings.library.zone
    if answers(path):
        async with connect(path) as remote:
            yield Asking(hooks=remote.hooks, actor=login, zone=zone)
        return
    library, places = settings.library.id, key_places(settings.store, os.environ)
    master = read_master_key(places.master, credential=places.credential)
    async with (
        open_store(settings.store, library=library, owner="helpdesk hooks") as store,
        KeyStore.open(places.keys, master, clock, library=library) as keys,
        hooking(
            store=store,
            clock=clock,
            settings=settings.hooks,
            reply_key=reply_key(master),
            earlier=[key for key, _ in await keys.reply_keys()],
        ) as hooked,
    ):
        local: Hooks = hooked.local
        yield Asking(hooks=behind(Gate(store, clock), "hooks", Hooks, local), actor=login, zone=zone)


@asynccontextmanager
async def at(server: str) -> AsyncIterator[Asking]:
    """At a server, as whoever's token this machine has for it."""
    async with connect_to(server, OwnTokens().of(server)) as remote:
        zone = (await remote.hello()).zone
        yield Asking(hooks=remote.hooks, actor=remote.actor, zone=zone)
