"""What to type to copy a store that is a PostgreSQL database, to try the copy, and to put it back: the database does
it, not we.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from helpdesk.config import StoreSettings
from helpdesk.errors import Refused
from helpdesk.store.elsewhere import file_of

UNCLEAR = "UPDATE outbox SET state = 'unclear' WHERE state IN ('waiting', 'leased');"
"""What is run on a database that was put back: what waited when it was dumped may have gone out since."""

_SECRET = {"password", "sslpassword", "passfile"}

SCRATCH = "helpdesk_drill"
"""The database that a drill restores a dump into."""


def without_password(url: str) -> str:
    """A database's URL with no secret in it: the command line is read by everybody on the machine."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    host = parts.netloc.rpartition("@")[2]
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SECRET]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host, query=urlencode(query)))


def refuse_backup(store: StoreSettings, file: Path) -> None:
    """Refused, with the command, where the store is a database; BadConfig where it is one that is not named."""
    if store.url is None:
        file_of(store)
        return
    raise Refused(
        "store.url names a PostgreSQL database, which makes its own copies. Run:\n"
        f"  pg_dump --format=custom {quoted(f'--file={file}')} {quoted(f'--dbname={_named(store)}')}\n"
        "It asks for the password, or finds it in ~/.pgpass. Dump no more than this database: what store.keys_url or "
        "store.keys names must be in no copy, and the master key is kept apart."
    )


def refuse_drill(store: StoreSettings, file: Path) -> None:
    """Refused, with the commands, where the store is a database: a dump of it is tried in another database."""
    if store.url is None:
        return
    scratch = _other(_named(store), SCRATCH)
    owner = urlsplit(scratch).username or "helpdesk"
    raise Refused(
        "store.url names a PostgreSQL database: its copies are dumps, and a dump is tried in a database of its own. "
        "PostgreSQL's administrator makes one:\n"
        f"  createdb {quoted(f'--owner={unquote(owner)}')} {SCRATCH}\n"
        "Then run:\n"
        f"  pg_restore --no-owner {quoted(f'--dbname={scratch}')} {quoted(str(file))}\n"
        f"  HELPDESK_STORE__URL={quoted(scratch)} helpdesk db check\n"
        "and have the database dropped. docs/backup.md says more, and how a full export is tried."
    )


def refuse_restore(store: StoreSettings, file: Path) -> None:
    """Refused, with the commands, where the store is a database; BadConfig where it is one that is not named."""
    if store.url is None:
        file_of(store)
        return
    named = quoted(f"--dbname={_named(store)}")
    raise Refused(
        "store.url names a PostgreSQL database, which is put back by its own program. Stop every server, then run:\n"
        f"  pg_restore --clean --if-exists {named} {quoted(str(file))}\n"
        f"  psql {named} {quoted(f'--command={UNCLEAR}')}\n"
        "The second line is needed: what waited to be sent then may have gone out since. Then `helpdesk db check`."
    )


def quoted(word: str) -> str:
    """A word as a shell takes it whole, in double quotes where it needs any: those are easy to read."""
    if word and not set(word) - _PLAIN:
        return word
    for mark in '\\"$`':
        word = word.replace(mark, "\\" + mark)
    return f'"{word}"'


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_[]")


def _other(url: str, database: str) -> str:
    """The same server's other database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _named(store: StoreSettings) -> str:
    assert store.url is not None
    return without_password(store.url.get_secret_value())
