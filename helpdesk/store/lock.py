"""One owner: a lock file beside the store that says who holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpdesk.errors import BadConfig, Refused

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs"})


def lock_path(path: Path) -> Path:
    """The lock file of a store."""
    return path.with_name(path.name + ".lock")


@contextmanager
def owned(path: Path, owner: str) -> Iterator[None]:
    """Hold the store at ``path`` as ``owner``; Refused, naming the holder, where somebody has it."""
    if kind := network_file_system(path):
        raise BadConfig(f"store.path: {path} lies on a network file system ({kind}). Put it on a local disk.")
    try:
        handle = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadConfig(f"store.path: {path.parent} can't be written ({error.strerror}).") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"{path} is in use by {_content(handle)}. Only one process can own it: work through that one"
                " (`helpdesk desk`), or stop it first."
            ) from None
        with suppress(OSError):  # a full disk: the lock holds without its holder's name
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{owner}, process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def holder(path: Path) -> str | None:
    """Who owns the store at ``path`` now, None if nobody does."""
    try:
        handle = os.open(lock_path(path), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _content(handle)
    else:
        return None
    finally:
        os.close(handle)


def _content(handle: int) -> str:
    return os.pread(handle, 200, 0).decode("utf-8", "replace") or "another process"


def network_file_system(path: Path) -> str | None:
    """The kind of network file system that ``path`` lies on, None for a local disk."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux: nothing to tell
        return None
    real = os.path.realpath(path)
    best = max(
        (fields for line in mounts if len(fields := line.split()) > 2 and _under(real, fields[1])),
        key=lambda fields: len(fields[1]),
        default=None,
    )
    return best[2] if best is not None and best[2] in _NETWORK else None


def _under(path: str, mount: str) -> bool:
    return path == mount or path.startswith(mount.rstrip("/") + "/")
