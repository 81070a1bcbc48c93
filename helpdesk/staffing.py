"""The list of staff, asked for from the command line: of the store's owner where one runs, else on the store itself.

At the owner's machine whoever may open its files is an admin; on another machine a personal token says who asks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.api.auth import answers
from helpdesk.api.remote import connect, connect_to
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.gate import Gate
from helpdesk.gated import behind
from helpdesk.message import StaffId
from helpdesk.own_tokens import OwnTokens
from helpdesk.ports import Roster
from helpdesk.roster import LocalRoster
from helpdesk.store.opening import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Somebody at the list of staff. ``zone``: by which the library's screens show times."""

    roster: Roster
    actor: StaffId
    zone: str


@asynccontextmanager
async def here(settings: Settings, clock: Clock, login: StaffId) -> AsyncIterator[Asking]:
    """At the machine of the library whose settings these are, as its admin."""
    path, zone = settings.store.socket_path, settings.library.zone
    if answers(path):
        async with connect(path) as remote:
            yield Asking(roster=remote.roster, actor=login, zone=zone)
        return
    async with open_store(settings.store, library=settings.library.id, owner="helpdesk staff") as store:
        local: Roster = LocalRoster(store, clock)
        yield Asking(roster=behind(Gate(store, clock), "roster", Roster, local), actor=login, zone=zone)


@asynccontextmanager
async def at(server: str, *, authority: Path | None = None) -> AsyncIterator[Asking]:
    """At a server, as whoever's token this machine has for it. ``authority``: certificates to trust for it."""
    async with connect_to(server, OwnTokens().of(server), authority=authority) as remote:
        zone = (await remote.hello()).zone
        yield Asking(roster=remote.roster, actor=remote.actor, zone=zone)
