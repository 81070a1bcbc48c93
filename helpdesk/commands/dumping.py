"""What to type to copy a store that is a PostgreSQL database, and to put it back: the database does it, not we."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from helpdesk.config import StoreSettings
from helpdesk.errors import Refused

UNCLEAR = "UPDATE outbox SET state = 'unclear' WHERE state IN ('waiting', 'leased');"
"""What is run on a database that was put back: what waited when it was dumped may have gone out since."""

_SECRET = {"password", "sslpassword", "passfile"}


def without_password(url: str) -> str:
    """A database's URL with no secret in it: the command line is read by everybody on the machine."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    host = parts.netloc.rpartition("@")[2]
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SECRET]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host, query=urlencode(query)))


def refuse_backup(store: StoreSettings, file: Path) -> None:
    """Refused, with the command, where the store is a database."""
    if store.url is None:
        return
    line = shlex.join(["pg_dump", "--format=custom", f"--file={file}", f"--dbname={_named(store)}"])
    raise Refused(
        "store.url names a PostgreSQL database, which makes its own copies. Run:\n"
        f"  {line}\n"
        "It asks for the password, or finds it in ~/.pgpass. Dump no more than this database: what store.keys_url or "
        "store.keys names must be in no copy, and the master key is kept apart."
    )


def refuse_restore(store: StoreSettings, file: Path) -> None:
    """Refused, with the commands, where the store is a database."""
    if store.url is None:
        return
    put_back = shlex.join(["pg_restore", "--clean", "--if-exists", f"--dbname={_named(store)}", str(file)])
    mark = shlex.join(["psql", f"--dbname={_named(store)}", f"--command={UNCLEAR}"])
    raise Refused(
        "store.url names a PostgreSQL database, which is put back by its own program. Stop every server, then run:\n"
        f"  {put_back}\n"
        f"  {mark}\n"
        "The second line is needed: what waited to be sent then may have gone out since. Then `helpdesk db check`."
    )


def _named(store: StoreSettings) -> str:
    assert store.url is not None
    return without_password(store.url.get_secret_value())
