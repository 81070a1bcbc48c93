"""How commands ask the list of staff: at this library's own machine, or with a token at a server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from helpdesk.staffing import Asking

T = TypeVar("T")

Server = Annotated[
    str,
    typer.Option(
        "--server",
        help="Ask this server, by the token that helpdesk login keeps, rather than the library on this machine.",
        show_default=False,
    ),
]


def answered(config: Path | None, server: str, ask: Callable[[Asking], Awaitable[T]]) -> T:
    """What ``ask`` is answered."""
    return asyncio.run(_answered(config, server, ask))


async def _answered(config: Path | None, server: str, ask: Callable[[Asking], Awaitable[T]]) -> T:
    from helpdesk import staffing
    from helpdesk.clock import SystemClock
    from helpdesk.commands.desk_at import settings_here
    from helpdesk.commands.options import system_user
    from helpdesk.settings.file import load

    if server:
        async with staffing.at(server, authority=settings_here(config).desk.authority) as asking:
            return await ask(asking)
    async with staffing.here(load(config, channels=False), SystemClock(), system_user()[0]) as asking:
        return await ask(asking)
