"""The pages of docs/ say what the program says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk.cli import command_line
from helpdesk.permissions import NEEDS, Permission
from tests.reference import NAMES, PAGES
from tests.roles_page import LEADS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_as_the_program_is(path: Path) -> None:
    """Write the pages with ``python -m tests.reference`` when a setting or a command changed."""
    assert path.read_text("utf-8") == PAGES[path]()


def test_what_only_a_lead_may_is_said_in_words() -> None:
    """Every call that needs one, and the one that an agent may for their own work alone; none twice."""
    said = [call for calls in LEADS.values() for call in calls]
    assert sorted(said) == sorted(["desk.assign", *(call for call, need in NEEDS.items() if need is Permission.LEAD)])


def test_no_command_is_left_out() -> None:
    """A command that is added has its place on the page."""
    assert set(_names(command_line())) == set(NAMES)


def _names(command: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The full names of all commands in a group."""
    if inner := getattr(command, "commands", {}):
        for name, each in inner.items():
            yield from _names(each, (*above, name))
    else:
        yield above
