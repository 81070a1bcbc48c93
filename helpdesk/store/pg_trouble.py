"""What PostgreSQL's errors mean: whose fault it is, what to do, and whether another try may help."""

from __future__ import annotations

import psycopg
from psycopg import errors

from helpdesk.errors import BadConfig, TryLater

CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected)
"""What a transaction fails with that got in the way of another one: it is done again."""

_TROUBLE = ("08", "40", "53", "57", "58", "XX", "25006", "25P03", "55P03")

_AGAIN = "it connects again by itself"
_WORDS = {
    "53300": "PostgreSQL has no connection left. Raise its max_connections, or end what holds them",
    "53100": "PostgreSQL's disk is full. Make room on it",
    "53": "PostgreSQL has no memory or space left. Look at its machine",
    "57014": "PostgreSQL took too long. Look what keeps it busy (pg_stat_activity)",
    "57": f"PostgreSQL is starting or stopping; {_AGAIN}",
    "55P03": "another server has held the store for too long. Look whether one hangs",
    "25P03": "the store was held for too long. Look whether this machine is overloaded",
    "25006": "PostgreSQL is read-only here. Name the primary in store.url",
    "08": f"the line to PostgreSQL broke; {_AGAIN}",
}

_REFUSED = {
    "too many clients": _WORDS["53300"],
    "connection slots are reserved": _WORDS["53300"],
    "too many connections": _WORDS["53300"],
    "the database system is": _WORDS["57"],
    "administrator command": _WORDS["57"],
}
"""What a server says that takes no connection: it gives no code then."""

_WRONG = {
    "authentication failed": "PostgreSQL does not know the user or the password: mend them in ~/.pgpass or $PGPASSWORD",
    "no password supplied": "PostgreSQL wants a password: put it in the URL, in ~/.pgpass or in $PGPASSWORD",
    "no pg_hba.conf entry": "PostgreSQL lets this user or this machine not in: add a line to its pg_hba.conf",
    "does not exist": "PostgreSQL has no such database or user: make it, or name another",
    "could not translate host name": "there is no host of this name",
    "failed to resolve host": "there is no host of this name",
}


def is_trouble(error: BaseException) -> bool:
    """Whether the database is in trouble, rather than one verb at fault."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate.startswith(_TROUBLE)


def in_words(error: psycopg.Error) -> str:
    """What is wrong, and what to do, for whoever reads it at the desk."""
    state, text = error.sqlstate or "", str(error)
    for begin, said in _WORDS.items():
        if state.startswith(begin):
            return said
    for part, said in _REFUSED.items():
        if part in text:
            return said
    if state:
        return f"PostgreSQL failed ({state}). Its log says more"
    return f"PostgreSQL does not answer. Look whether it runs; {_AGAIN}"


def refusal(error: psycopg.Error) -> BadConfig | TryLater:
    """What opening the store ends with where the database is in trouble, or lets nobody in."""
    text = str(error)
    for part, said in _WRONG.items():
        if part in text:
            return BadConfig(f"store.url: {said}.")
    return TryLater(f"The store can't be opened: {in_words(error)}.")


def without_values(error: psycopg.Error) -> psycopg.Error:
    """The same error without what the row held: it could be a patron's."""
    return type(error)(str(error).partition("\n")[0])
