"""`helpdesk browser-desk`: desks in browsers, behind a proxy that signs in."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.errors import BadConfig


def browser_desk(
    server: Annotated[str, typer.Option(help="Whose desk: https://help.library.example.")],
    public_url: Annotated[str, typer.Option(help="How browsers reach the page: https://desk.library.example.")],
    homes: Annotated[Path, typer.Option(help="The folder that holds a folder for each member, with their token.")],
    secret: Annotated[Path, typer.Option(help="The file of the secret by which the proxy proves itself.")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="On which port of loopback it listens.")] = 8090,
) -> None:
    """Serve the desk to browsers, on loopback only: a proxy on this machine signs members in and says who they are.

    Each page is a desk of its own, by its member's own token. docs/desk-elsewhere.md says how it is set up.
    """
    from helpdesk.api.browser import BrowserDesk, secret_in
    from helpdesk.api.browser import browser_desk as pages
    from helpdesk.api.remote import site_of

    for url in (server, public_url):
        site_of(url)
    if not homes.is_dir():
        raise BadConfig(f"{homes} is no folder. Make it, with a folder for each member.")
    desk = BrowserDesk(server=server, origin=public_url.rstrip("/"), homes=homes.resolve(), secret=secret_in(secret))
    asyncio.run(_served(pages(desk), port))


async def _served(app: object, port: int) -> None:
    from helpdesk.app import stopping
    from helpdesk.serving import listening, serving

    try:
        bound = listening("127.0.0.1", port)
    except OSError:
        raise BadConfig(f"Port {port} is taken. Name another one with --port.") from None
    async with stopping() as stop, serving(app, on=bound) as url:
        typer.echo(f"Desks in browsers behind {url}. Stop with ctrl+c.")
        await stop.wait()
