"""Who else is connected to a database of ours."""

from __future__ import annotations

from helpdesk.store.pg_session import Connection

TRIES = 40
"""How often it is asked, a tenth of a second apart: a connection that was closed is listed until its process ends."""

_OTHERS = (
    b"SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    b" AND backend_type = 'client backend' AND application_name = 'helpdesk'"
)


def company(connection: Connection) -> int:
    """How many other connections the help desk has to this database; those that are ending are waited for."""
    for _ in range(TRIES):
        [row] = connection.execute(_OTHERS, prepare=False).fetchall()
        if not row["n"]:
            break
        connection.execute(b"SELECT pg_sleep(0.1)", prepare=False)
    return int(row["n"])
