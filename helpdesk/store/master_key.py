"""The master key of sealed lines: where it lies, how it is read, how it is made.

It is 32 random bytes in hex, in a file of mode 0400, or the systemd credential ``helpdesk-master``. Whoever has it
and the key store can open the seals of conversations that are not over yet; so keep it off the store's backups.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig
from helpdesk.ids import Entropy
from helpdesk.privacy import Key, new_key

CREDENTIAL = "helpdesk-master"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlaces:
    """Where the keys lie. ``credential``: the master key is systemd's to guard, not a file of ours.

    ``keys``  the key store: a file, or the URL of a database
    """

    master: Path
    keys: Path | SecretStr
    credential: bool


def key_places(store: StoreSettings, environ: Mapping[str, str]) -> KeyPlaces:
    """What is configured; else the systemd credential, where there is one; else files beside the store."""
    credential = Path(environ.get("CREDENTIALS_DIRECTORY", "")) / CREDENTIAL
    given = store.master_key is None and "CREDENTIALS_DIRECTORY" in environ and credential.is_file()
    master = credential if given else store.master_key or store.path.with_name("master.key")
    beside = store.path if given else master
    keys = store.keys_url or store.keys or beside.with_name("keys.sqlite")
    return KeyPlaces(master=master, keys=keys, credential=given)


def read_master_key(path: Path, *, credential: bool = False) -> Key:
    """The key in the file at ``path``. BadConfig, with the remedy, where it is missing, too open or no key.

    Systemd sets the mode of its own ``credential`` files.
    """
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            key = _parsed(file.read(200))
    except OSError as error:
        raise BadConfig(
            f"store.master_key: {path} can't be read ({error.strerror}). `helpdesk init` makes one."
        ) from None
    if mode & ~0o400 and not credential:
        raise BadConfig(f"store.master_key: {path} has mode {mode:04o}. Run: chmod 0400 {path}")
    if key is None:
        raise BadConfig(
            f"store.master_key: {path} does not hold 32 bytes in hex (64 characters). "
            "Put the right file back, or let `helpdesk init` make a new key elsewhere."
        )
    return key


def create_master_key(path: Path, *, entropy: Entropy = os.urandom) -> Key:
    """Make a master key at ``path``, on disk when this returns. BadConfig if a file is there: it is never replaced.

    The file appears whole or not at all, whatever ends the process or fills the disk meanwhile.
    """
    key = new_key(entropy)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _write(part, key.hex() + "\n")
        os.link(part, path)
    except FileExistsError:
        raise BadConfig(f"store.master_key: {path} exists and is kept. Name another file to make a new key.") from None
    except OSError as error:
        raise BadConfig(f"store.master_key: {path} can't be written ({error.strerror}).") from None
    finally:
        part.unlink(missing_ok=True)
    _to_disk(path.parent)
    return key


def supplant(fresh: Path, path: Path) -> None:
    """Let the key in ``fresh`` take the place of the one at ``path``, on disk when this returns: one or the other
    stands there at any moment. BadConfig where the folder can't be written.
    """
    real = path.resolve()
    try:
        os.replace(fresh, real)
    except OSError as error:
        raise BadConfig(f"store.master_key: {real} can't be replaced ({error.strerror}).") from None
    _to_disk(real.parent)


def _write(path: Path, text: str) -> None:
    """Write a file of mode 0400; on disk when this returns."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with open(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parsed(text: str) -> Key | None:
    with suppress(ValueError):
        return Key(bytes.fromhex(text))
    return None
