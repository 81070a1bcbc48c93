"""Who may speak to the owner: whoever may open its Unix socket.

The socket's file has mode 0600 from the moment it exists, so the kernel lets only the user who runs the owner (and
root) connect. Nothing else is asked: who acts is named in each call, as on a terminal that this user has signed in
to. A folder that others may write to would let them move the file away, so keep the store's folder your own.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpdesk.errors import BadConfig, Refused

MODE = 0o600
ANSWER_SECONDS = 2.0
"""How long somebody who owns a socket may take to let us in."""


@contextmanager
def private_socket(path: Path) -> Iterator[socket.socket]:
    """Listen on ``path``, for its owner alone; the file is gone afterwards.

    A file that a dead process left behind is replaced. Refused where somebody answers on it, BadConfig where it is no
    socket or can't be made.
    """
    _make_room(path)
    bound = _bound(path)
    made = path.stat().st_ino
    try:
        yield bound
    finally:
        bound.close()
        if path.exists() and path.stat().st_ino == made:
            path.unlink()


def answers(path: Path) -> bool:
    """Whether somebody listens on a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(ANSWER_SECONDS)
        try:
            caller.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # it is there, but busy or not ours: not to be taken away
            return True
    return True


def _make_room(path: Path) -> None:
    """Remove what a dead process left."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise BadConfig(f"store.socket: {path} is a file of another kind. Move it away, or set another path.")
    if answers(path):
        raise Refused(f"Somebody answers on {path} already. Stop that process, or set another store.socket.")
    path.unlink()


def _bound(path: Path) -> socket.socket:
    """A listening socket whose file is never wider than 0600, not even for a moment."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~MODE)
    try:
        bound.bind(str(path))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise BadConfig(f"store.socket: {path} can't be made ({error.strerror or error}).") from None
    finally:
        os.umask(before)
    return bound
