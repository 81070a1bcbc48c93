"""Files that libraries have, imported as `helpdesk hours import` does it: what tests of both kinds share."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

from helpdesk.commands.importing import as_toml
from helpdesk.errors import BadConfig

TODAY = date(2026, 11, 21)


def imported(folder: Path, name: str, text: str, **options: object) -> str:
    """What `helpdesk hours import` would print."""
    file = folder / name
    file.write_text(textwrap.dedent(text).lstrip(), "utf-8")
    chosen = {"zone": "Europe/London", "calendar": "staffed", "whole_days": False} | options
    return as_toml(file, today=TODAY, **chosen)[0]  # type: ignore[arg-type]


def refused(folder: Path, name: str, text: str, **options: object) -> list[str]:
    """The lines of the refusal, without the folder."""
    with pytest.raises(BadConfig) as error:
        imported(folder, name, text, **options)
    return [line.replace(f"{folder}/", "") for line in str(error.value).splitlines()]
