"""``helpdesk init``: settings to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[Path, typer.Option(help="Where to write.")] = Path(),
    name: Annotated[str, typer.Option(help="The library's name, as patrons know it.")] = "The Library",
    zone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "Europe/London",
    mail: Annotated[str, typer.Option(help="The mailbox for enquiries.")] = "",
    texts: Annotated[str, typer.Option(help="The number for texts, +44...")] = "",
    noiseline: Annotated[str, typer.Option(help="The number of the anonymous noise line, +44...")] = "",
    chat: Annotated[bool, typer.Option(help="With a chat page.")] = True,
) -> None:
    """Write settings, calendars and standards to start from; for a Noiseline also zones and texts.

    Files that are there already are kept.
    """
    from helpdesk.errors import Refused
    from helpdesk.settings.starter import Choices, start

    choices = Choices(name=name, zone=zone, mail=mail, texts=texts, noiseline=noiseline, chat=chat)
    started = start(folder, choices)
    for path in started.written:
        typer.echo(f"wrote {path}")
    for path in started.kept:
        typer.echo(f"kept  {path}: it was there already")
    if not started.written:
        raise Refused("Everything is there already; nothing was written.")
    typer.echo("\nNext:")
    for line in started.left:
        typer.echo(f"  set   {line}")
    for line in started.advice:
        typer.echo(f"  write {line}")
    typer.echo("  run   helpdesk check    says what is wrong, line by line")
    typer.echo("  run   helpdesk serve    takes messages in and sends replies out, without a terminal")
    typer.echo("  run   helpdesk desk     answers them, here")
