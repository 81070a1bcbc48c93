"""Puts a pack into a folder, whole or not at all, and never over anything that somebody else put there.

The folder's ``manifest.json`` names every file of the pack with its digest. A later pack replaces a folder only where
everything in it is still as the manifest says: a file that was added or changed by hand stays, and we say so.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from helpdesk.errors import BadConfig, Refused

MANIFEST = "manifest.json"
FORMAT = 1


def put(files: Mapping[str, bytes], folder: Path) -> None:
    """Write every file, then let the folder appear under its name; Refused where it holds anything not ours."""
    folder = Path(os.path.abspath(folder))
    _refuse_what_is_not_ours(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise BadConfig(f"{folder}: can't be written ({error.strerror}). Choose another with --out.") from None
    try:
        _write({**files, MANIFEST: _manifest(files)}, place)
        _swap(place, folder)
    except OSError as error:
        raise BadConfig(f"{folder}: can't be written ({error.strerror}). Nothing of it was changed.") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _manifest(files: Mapping[str, bytes]) -> bytes:
    plain = {"format": FORMAT, "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}}
    return (json.dumps(plain, indent=2) + "\n").encode()


def _write(files: Mapping[str, bytes], place: Path) -> None:
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    os.chmod(place, 0o755 & ~_umask())


def _umask() -> int:
    """What the process takes away from new files."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _swap(place: Path, folder: Path) -> None:
    """Let the new folder take the old one's name; the old one goes when the new one is there."""
    if not folder.exists():
        os.rename(place, folder)
        return
    old = place.with_name(f"{place.name}.old")
    os.rename(folder, old)
    try:
        os.rename(place, folder)
    except OSError:
        os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _refuse_what_is_not_ours(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise Refused(f"{folder} is not a folder. Choose another with --out.")
    present = dict(_digests(folder))
    if not present:
        return
    known = _known(folder)
    if known is None:
        raise Refused(f"{folder} holds something else than an evidence pack. Choose an empty folder with --out.")
    strange = sorted(name for name, digest in present.items() if name != MANIFEST and known.get(name) != digest)
    if strange:
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        raise Refused(
            f"{folder}: {strange[0]}{more} was added or changed by hand. Keep it: choose another folder with --out."
        )


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            name = path.relative_to(folder).as_posix()
            yield name, "" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()


def _known(folder: Path) -> Mapping[str, str] | None:
    """What the manifest names, None where there is none that we can read."""
    try:
        plain = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = plain["files"] if plain["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return files if isinstance(files, dict) else None
