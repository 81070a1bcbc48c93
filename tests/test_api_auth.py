"""Who may speak to the owner: the socket is made, guarded, replaced and left alone."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import cast

import pytest

from helpdesk.api.auth import answers, private_socket
from helpdesk.api.server import desk_socket
from helpdesk.errors import (
    BadConfig,
    Refused,
)
from helpdesk.ports import Desk
from tests.scripted_sides import Scripted


async def test_the_socket_is_its_owners_alone(tmp_path: Path) -> None:
    """Mode 0600, whatever the umask, and the umask is as it was."""
    path = tmp_path / "desk.sock"
    before = os.umask(0)
    try:
        async with desk_socket(cast(Desk, Scripted()), path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert os.umask(0) == 0
    finally:
        os.umask(before)
    assert not path.exists()


def test_a_dead_owners_socket_is_replaced(tmp_path: Path) -> None:
    """A file that nobody answers on is in nobody's way."""
    path = tmp_path / "desk.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert not answers(path)
    with private_socket(path):
        assert answers(path)


def test_a_living_owners_socket_is_left_alone(tmp_path: Path) -> None:
    """The second owner is refused, and the first one still answers."""
    path = tmp_path / "desk.sock"
    with private_socket(path):
        with pytest.raises(Refused, match="answers on"), private_socket(path):
            pass
        assert answers(path)


def test_a_file_that_is_no_socket_is_kept(tmp_path: Path) -> None:
    """A wrong setting deletes nothing."""
    path = tmp_path / "desk.sock"
    path.write_text("notes")
    with pytest.raises(BadConfig, match=r"store\.socket"), private_socket(path):
        pass
    assert path.read_text() == "notes"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The setting is named."""
    with pytest.raises(BadConfig, match=r"store\.socket"), private_socket(tmp_path / "none" / "desk.sock"):
        pass
