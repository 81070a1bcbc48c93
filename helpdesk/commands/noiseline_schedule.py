"""`helpdesk noiseline schedule`: the retention schedule, for whoever asks how long what is kept."""

from __future__ import annotations

import typer

from helpdesk.commands.options import Config


def schedule(config: Config = None) -> None:
    """Print the retention schedule as the settings stand: what is kept, how long, and what becomes of it.

    It is a page in Markdown, for the library's data protection officer.
    """
    from helpdesk.retention import as_markdown
    from helpdesk.settings.file import load

    typer.echo(as_markdown(load(config, channels=False)), nl=False)
