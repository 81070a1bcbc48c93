"""`helpdesk macros ...`: texts that are written once and sent often, as a file and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from helpdesk.commands.asking_staff import Server
from helpdesk.commands.options import Config
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.macros_asked import Asking

T = TypeVar("T")

macros = typer.Typer(help="Macros: texts that are written once and sent often.", no_args_is_help=True)

Own = Annotated[bool, typer.Option("--own", help="One's own, rather than those that the library shares.")]
Member = Annotated[
    str, typer.Option("--member", help="As this member of staff, rather than the system's user.", show_default=False)
]


def _answered(config: Path | None, server: str, member: str, ask: Callable[[Asking], Awaitable[T]]) -> T:
    return asyncio.run(_asked(config, server, member, ask))


async def _asked(config: Path | None, server: str, member: str, ask: Callable[[Asking], Awaitable[T]]) -> T:
    from helpdesk import macros_asked
    from helpdesk.clock import SystemClock
    from helpdesk.commands.desk_at import settings_here
    from helpdesk.commands.options import system_user
    from helpdesk.message import StaffId
    from helpdesk.settings.file import load

    if server:
        async with macros_asked.at(server, authority=settings_here(config).desk.authority) as asking:
            return await ask(asking)
    actor = StaffId(member) if member else system_user()[0]
    async with macros_asked.here(load(config, channels=False), SystemClock(), actor) as asking:
        return await ask(asking)


@macros.command("export")
def export(own: Own = False, member: Member = "", server: Server = "", config: Config = None) -> None:
    """Print the library's macros, or one's own, as a file that import takes."""
    from helpdesk.macros import as_toml

    found = _answered(config, server, member, lambda on: on.macros.known(on.actor))
    typer.echo(as_toml([each for each in found if each.shared is not own]), nl=False)


@macros.command("import")
def take(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file such as `helpdesk macros starter` prints.")],
    own: Own = False,
    member: Member = "",
    server: Server = "",
    config: Config = None,
) -> None:
    """Keep the macros of a file: for everybody, as leads may, or as one's own. Those of the same names are replaced."""
    from helpdesk import macros_asked
    from helpdesk.macros import from_toml

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{file} can't be read. Name a file of macros.") from None
    read = from_toml(text, shared=not own)
    kept = _answered(config, server, member, lambda on: macros_asked.take(on, read))
    typer.echo(f"Macros kept: {kept}.")


@macros.command()
def starter() -> None:
    """Print macros to begin with: make them your own, then import them."""
    from helpdesk import macros_asked

    typer.echo(macros_asked.starter(), nl=False)
