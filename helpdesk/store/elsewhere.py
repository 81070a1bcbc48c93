"""A note beside ``store.path`` that says in which database the library is, for who comes without ``store.url``.

Often the URL stands in the service's environment alone. A command that was run without it would find no file and make
a new, empty library: the note, which the server leaves that owns the socket there, stops it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig


def note_path(path: Path) -> Path:
    """The note beside a store's path."""
    return path.with_name(path.name + ".elsewhere")


def leave_note(path: Path, place: str) -> None:
    """Say that the library whose socket is beside ``path`` is at ``place``, a database's name without its password."""
    if noted(path) != place:
        with suppress(OSError):  # a full disk: the server serves all the same
            note_path(path).write_text(place + "\n", "utf-8")


def noted(path: Path) -> str | None:
    """In which database the library is by its note, None where there is no note."""
    try:
        return note_path(path).read_text("utf-8", "replace").strip() or "a PostgreSQL database"
    except OSError:
        return None


def drop_note(path: Path) -> None:
    """The library is in the file at ``path`` from now on."""
    note_path(path).unlink(missing_ok=True)


def file_of(store: StoreSettings) -> Path:
    """The store's file, for settings that name no database. BadConfig where the library is said to be in one."""
    if place := noted(store.path):
        raise BadConfig(
            f"store.url: this library's store is {place}, and these settings name none. Set HELPDESK_STORE__URL as the "
            "service has it, or run this as the service does (docs/operations.md, Commands beside the service). If the "
            f"library is in the file {store.path} after all, delete {note_path(store.path)}."
        )
    return store.path
