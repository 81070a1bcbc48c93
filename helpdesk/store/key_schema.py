"""The tables of the key store, on every engine."""

from __future__ import annotations

APPLICATION_ID = 0x48444B53
"""Marks a file as ours ("HDKS")."""

MIGRATIONS = (
    """
    CREATE TABLE master_check (    -- forgets: nothing (a random value that only the right master key opens)
        one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
        wrapped BLOB NOT NULL
    ) STRICT;
    CREATE TABLE epoch_keys (      -- forgets: the row, a thread window after its epoch
        library TEXT NOT NULL,
        line    TEXT NOT NULL,
        starts  INTEGER NOT NULL,
        ends    INTEGER NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (library, line, starts)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE conversation_keys (  -- forgets: the row, when its conversation is over
        library      TEXT NOT NULL,
        conversation TEXT NOT NULL,
        made         INTEGER NOT NULL,
        wrapped      BLOB NOT NULL,
        PRIMARY KEY (library, conversation)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE predecessors (    -- forgets: the row, when everything is wrapped under its successor
        wrapped BLOB NOT NULL PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reply_keys (      -- forgets: the row, when its time is over
        until   INTEGER NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (until, wrapped)
    ) STRICT, WITHOUT ROWID;
    """,
)
"""From one version to the next, in order; the first makes version 1."""

TABLES = ("master_check", "epoch_keys", "conversation_keys", "predecessors", "reply_keys")
"""All tables: each holds something that is wrapped."""
