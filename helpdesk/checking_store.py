"""What `helpdesk check` says of the store: whether it is there, sound to use, and whose it is now."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator

from helpdesk.api.auth import answers
from helpdesk.config import Settings
from helpdesk.errors import BadConfig, HelpdeskError
from helpdesk.findings import FAIL, OK, WARN, Finding
from helpdesk.plurals import plural
from helpdesk.store import care, opening
from helpdesk.store.elsewhere import file_of, noted
from helpdesk.store.lock import holder, network_file_system


def store(settings: Settings) -> Iterator[Finding]:
    """The store, and who owns it."""
    if settings.store.url is not None:
        yield from _database(settings)
        return
    path = settings.store.path
    try:
        file_of(settings.store)
    except BadConfig as error:
        yield Finding(FAIL, "store", str(error))
        return
    if kind := network_file_system(path):
        yield Finding(FAIL, "store", f"{path} lies on a network file system ({kind}): put store.path on a local disk")
        return
    if not os.access(path.parent, os.W_OK | os.X_OK):
        yield Finding(FAIL, "store", f"{path.parent} is no folder that can be written: make it, or set store.path")
        return
    if not path.exists():
        yield Finding(OK, "store", f"{path} is not there yet; the first start makes it")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield Finding(FAIL, "store", f"{path} can't be read and written by you: mend its owner or mode")
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(WARN, "store", f"others may read what patrons wrote: chmod 600 {path}")
    yield from _state(settings)
    yield from _owner(settings)


def _database(settings: Settings) -> Iterator[Finding]:
    """A PostgreSQL database; several servers may write it, so only this machine's is looked for."""
    try:
        there = opening.is_there(settings.store)
    except HelpdeskError as error:
        yield Finding(FAIL, "store", str(error))
        return
    if not there:
        yield Finding(OK, "store", f"{opening.place(settings.store)}: the first start makes the store in it")
        return
    yield from _state(settings)
    for fault in opening.lax(settings.store):
        yield Finding(WARN, "store", fault)
    last = noted(settings.store.path)
    if last not in {None, opening.place(settings.store)}:
        text = f"the server here had another database last: {last}. Is store.url the one that the service has?"
        yield Finding(WARN, "store", text)
    if settings.store.path.exists():
        text = f"{settings.store.path} is not used, as store.url names a database: move it away, or leave store.url out"
        yield Finding(WARN, "store", text)
    socket = settings.store.socket_path
    said = f"a server answers on {socket}" if answers(socket) else "no server runs on this machine now"
    yield Finding(OK, "owner", said)


def _state(settings: Settings) -> Iterator[Finding]:
    try:
        found = opening.state(settings.store, settings.library.id)
    except HelpdeskError as error:
        yield Finding(FAIL, "store", str(error))
        return
    if found.version > found.newest:
        text = f"its schema is {found.version}, this program knows {found.newest}: use the newer program"
        yield Finding(FAIL, "store", text)
    elif found.version < found.newest:
        text = f"its schema is {found.version}: `helpdesk db upgrade` or the next start makes it {found.newest}"
        yield Finding(WARN, "store", text)
    else:
        named = opening.place(settings.store)
        yield Finding(OK, "store", f"{named}, schema {found.version}, {plural(found.events, 'event')}")


def _owner(settings: Settings) -> Iterator[Finding]:
    path, socket = settings.store.path, settings.store.socket_path
    owner = holder(path)
    match owner, answers(socket):
        case None, False:
            left = f"; {socket} is a dead process's, and the next start replaces it" if socket.is_socket() else ""
            yield Finding(OK, "owner", f"nobody owns the store now{left}")
        case None, True:
            yield Finding(FAIL, "owner", f"somebody answers on {socket} without owning the store: end that process")
        case _, True:
            yield Finding(OK, "owner", f"{owner} owns the store and answers on {socket}")
        case _:
            yield Finding(WARN, "owner", f"{owner} owns the store and does not answer on {socket}: is it starting?")
    pid = re.search(r"process (\d+)", owner or "")
    others = care.other_writers(path, int(pid[1]) if pid else None)
    old = care.old_sqlite()
    if others:
        text = f"process {others[0]} writes to the store beside its owner: end it"
        harm = f"; SQLite {old} can damage the file by that" if old else ""
        yield Finding(FAIL, "owner", text + harm)
    elif old:
        yield Finding(OK, "sqlite", f"SQLite {old}: safe, as long as one process writes")
