"""The pages of docs/ say what the program says."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from helpdesk.cli import app
from tests.reference import NAMES, pages


@pytest.mark.parametrize(("path", "text"), pages(), ids=lambda value: value.stem if isinstance(value, Path) else "")
def test_a_page_is_as_the_program_is(path: Path, text: str) -> None:
    """Write the pages with ``python -m tests.reference`` when a setting or a command changed."""
    assert path.read_text("utf-8") == text


def test_no_command_is_left_out() -> None:
    """A command that is added has its place on the page."""
    group = typer.main.get_command(app)
    found: set[tuple[str, ...]] = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        found |= {(name, each) for each in inner} or {(name,)}
    assert found == set(NAMES)
