"""Macros, asked for from the command line: of the store's owner where one runs, else on the store itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from helpdesk.api.auth import answers
from helpdesk.api.remote import connect, connect_to
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.macros import Macro
from helpdesk.macros_kept import LocalMacros
from helpdesk.message import StaffId
from helpdesk.own_tokens import OwnTokens
from helpdesk.ports.macros import Macros
from helpdesk.store.opening import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Somebody who looks after macros."""

    macros: Macros
    actor: StaffId


@asynccontextmanager
async def here(settings: Settings, clock: Clock, member: StaffId) -> AsyncIterator[Asking]:
    """At the machine of the library whose settings these are; where its owner runs, the member's role decides."""
    if answers(settings.store.socket_path):
        async with connect(settings.store.socket_path) as remote:
            yield Asking(macros=remote.macros, actor=member)
        return
    async with open_store(settings.store, library=settings.library.id, owner="helpdesk macros") as store:
        yield Asking(macros=LocalMacros(store, clock), actor=member)


@asynccontextmanager
async def at(server: str, *, authority: Path | None = None) -> AsyncIterator[Asking]:
    """At a server, as whoever's token this machine has for it."""
    async with connect_to(server, OwnTokens().of(server), authority=authority) as remote:
        yield Asking(macros=remote.macros, actor=remote.actor)


async def take(asking: Asking, macros: Sequence[Macro]) -> int:
    """Keep the macros of a file; those of the same names are replaced."""
    for each in macros:
        keep = asking.macros.share if each.shared else asking.macros.save
        await keep(asking.actor, each.name, each.text, becomes=each.becomes, tags=each.tags, opener=each.opener)
    return len(macros)


def starter() -> str:
    """Macros to begin with, as a file."""
    return files("helpdesk.settings").joinpath("starter_macros.toml").read_text(encoding="utf-8")
