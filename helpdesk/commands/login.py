"""`helpdesk login` and `logout`: this machine's own token for a server."""

from __future__ import annotations

import asyncio
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config
from helpdesk.errors import Refused
from helpdesk.plurals import plural

if TYPE_CHECKING:
    from helpdesk.api.oidc_login import Begun

Where = Annotated[str, typer.Option("--server", help="The server: https://desk.library.example.")]


def login(
    server: Where,
    file: Annotated[
        Path | None, typer.Option(help="Read the token from this file instead of asking for it.", show_default=False)
    ] = None,
    by_token: Annotated[
        bool, typer.Option("--by-token", help="Ask for a token, also where the library has a sign-in of its own.")
    ] = False,
    keyring: Annotated[bool, typer.Option(help="Keep it in the system's keyring rather than in a file.")] = False,
    config: Config = None,
) -> None:
    """Sign in to a server, so that a desk on this machine is let in there.

    Where the library has a sign-in of its own, a code is shown to confirm in a browser. Else a personal token is asked
    for unseen, or read from standard input; an admin makes it, by helpdesk staff token issue.
    """
    from helpdesk.api.remote import site_of
    from helpdesk.commands.desk_at import settings_here
    from helpdesk.own_tokens import OwnTokens

    site_of(server)  # before a token is asked for
    authority, text = settings_here(config).desk.authority, ""
    if not (file or by_token) and sys.stdin.isatty():
        text = asyncio.run(_signed_in(server, authority))
    text = text or _text(file)
    who = asyncio.run(_tried(server, text, authority))
    kept = OwnTokens().keep(server, text, keyring=keyring)
    typer.echo(f"You are {who} at {server}. The token is kept in {kept or 'the keyring'}.")


def logout(server: Where) -> None:
    """Keep no token for a server on this machine any more. It stays good until it is revoked."""
    from helpdesk.own_tokens import OwnTokens

    if not OwnTokens().forget(server):
        raise Refused(f"There is no token for {server} on this machine.")
    typer.echo(f"The token for {server} is gone from this machine. Nobody else's desk is touched by that.")


def _text(file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Refused(f"{file} can't be read. Name the file that the token is in.") from None
    if sys.stdin.isatty():
        return str(typer.prompt("Your token", hide_input=True)).strip()
    return sys.stdin.readline().strip()


async def _signed_in(server: str, authority: Path | None) -> str:
    """The token that the library's own sign-in leads to, "" where it has none."""
    from helpdesk.api.signing_in import has_sign_in, signed_in
    from helpdesk.clock import SystemClock

    if not await has_sign_in(server, authority=authority):
        return ""
    machine, clock = platform.node(), SystemClock()
    return (await signed_in(server, machine=machine, show=_show, clock=clock, authority=authority)).token


def _show(begun: Begun) -> None:
    """Where to go, and what to type there."""
    typer.echo(f"Open   {begun.url}")
    typer.echo(f"type   {begun.code}")
    if begun.direct:
        typer.echo(f"or open {begun.direct}")
    typer.echo(f"and confirm that it is you, within {plural(max(1, begun.seconds // 60), 'minute')}. Waiting ...")


async def _tried(server: str, text: str, authority: Path | None) -> str:
    """Whose token it is; an error says what is wrong with it, and then it is not kept."""
    from helpdesk.api.remote import connect_to
    from helpdesk.personal_tokens import read_id

    read_id(text)
    async with connect_to(server, text, authority=authority) as remote:
        return remote.actor
