"""What several commands share: their options, and who runs them."""

from __future__ import annotations

import os
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
    """The login of whoever runs this process, and their full name ("" where the system has none).

    It is the account's, never a variable's: LOGNAME and USER say what they are told to.
    """
    try:
        account = pwd.getpwuid(os.getuid())
    except KeyError:  # an account without a name, as in some containers
        return StaffId(f"user{os.getuid()}"), ""
    return StaffId(account.pw_name), account.pw_gecos.partition(",")[0]
