"""`helpdesk login` and `logout`: this machine's own token for a server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.errors import Refused

Where = Annotated[str, typer.Option("--server", help="The server: https://desk.library.example.")]


def login(
    server: Where,
    file: Annotated[
        Path | None, typer.Option(help="Read the token from this file instead of asking for it.", show_default=False)
    ] = None,
    keyring: Annotated[bool, typer.Option(help="Keep it in the system's keyring rather than in a file.")] = False,
) -> None:
    """Keep a personal token for a server, so that `helpdesk desk --server` is let in.

    The token is asked for unseen, or read from standard input. An admin makes it: `helpdesk staff token issue`.
    """
    from helpdesk.own_tokens import OwnTokens

    text = _text(file)
    who = asyncio.run(_tried(server, text))
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


async def _tried(server: str, text: str) -> str:
    """Whose token it is; an error says what is wrong with it, and then it is not kept."""
    from helpdesk.api.remote import connect_to
    from helpdesk.personal_tokens import read_id

    read_id(text)
    async with connect_to(server, text) as remote:
        return remote.actor
