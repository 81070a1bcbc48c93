"""What several commands share: their options, and who runs them."""

from __future__ import annotations

import getpass
import pwd
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.message import StaffId

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The settings file. Default: $HELPDESK_CONFIG, ./helpdesk.toml, ~/.config/helpdesk/helpdesk.toml.",
        show_default=False,
    ),
]


def system_user() -> tuple[StaffId, str]:
    """The login of whoever runs this process, and their full name ("" where the system has none)."""
    login = getpass.getuser()
    try:
        name = pwd.getpwnam(login).pw_gecos.partition(",")[0]
    except KeyError:
        name = ""
    return StaffId(login), name
