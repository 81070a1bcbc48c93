"""All that is kept of one library, table by table: rows out, rows in, and a digest that says whether they are the same.

What moves a library (the full export, its import, a copy from one engine to another) goes over :data:`TABLES` in their
order: no row comes before the one that it points to. A row travels as a mapping of its columns without the library,
which whoever reads or writes it has already. Projections that can't be told from the log alone (clocks, counts) travel;
what any start makes again (sums of days, the word index, how far the log was checked) does not.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpdesk.ports import Record, Sql

Row = Mapping[str, Any]
"""A row by column, without the library: texts, whole numbers, bytes or None."""

_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How the rows of a table travel.

    ``columns``  in the order in which they are written
    ``key``      what orders the rows and tells them apart within a library
    ``blobs``    the columns that hold bytes
    ``secret``   the columns that leave the house in no export, and what stands there instead
    ``leaves``   whether the table is in an export at all; a copy to another engine takes every table
    ``at_once``  how many rows are read at a time: few where a row can be large
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    blobs: frozenset[str] = frozenset()
    secret: Mapping[str, str | None] = field(default_factory=dict)
    leaves: bool = True
    at_once: int = 500


def _table(
    name: str,
    key: str,
    columns: str = "",
    *,
    blobs: str = "",
    secret: Mapping[str, str | None] | None = None,
    leaves: bool = True,
    at_once: int = 500,
) -> Table:
    return Table(
        name=name,
        columns=tuple(f"{key} {columns}".split()),
        key=tuple(key.split()),
        blobs=frozenset(blobs.split()),
        secret=secret or {},
        leaves=leaves,
        at_once=at_once,
    )


TABLES: tuple[Table, ...] = (
    _table("published", "kind published digest", "name text begins"),
    _table("staff", "id", "name pin disabled created role subject", secret={"pin": "", "subject": None}),
    _table("tokens", "id", "staff name hash created expires used revoked", blobs="hash", leaves=False),
    _table("saved_views", "owner name", "query digit changed"),
    _table("people", "id", "name created"),
    _table("addresses", "channel value", "person name"),
    _table(
        "conversations",
        "id",
        "line handle seal name opened expires shredded muted_until",
        blobs="handle seal",
        secret={"handle": None, "seal": None},
    ),
    _table(
        "tickets",
        "id",
        "number channel line kind site subject preview name person conversation state owner held_until opened updated"
        " unanswered snoozed_until closes flags version touched_by due due_standard urgency answered tags merged_into"
        " incident zone concern anonymous forgotten effort first_contact",
    ),
    _table("links", "ticket earlier"),
    _table("followers", "ticket member"),
    _table("related", "ticket other"),
    _table("participants", "ticket channel value", "name verified"),
    _table(
        "chats", "id", "line token name ticket seq seen opened touched ended", blobs="token", secret={"token": None}
    ),
    Table(
        name="entries",
        columns=tuple("id ticket kind author text written quote_from segments delivery trouble chat chat_seq".split()),
        key=("row",),  # the order in which they were written; the number itself is the store's own
        at_once=50,
    ),
    _table("attachments", "digest", "content", blobs="content", at_once=1),
    _table("files", "entry n", "digest name media_type size"),
    _table("received", "channel account external_id digest", "ticket entry noted"),
    _table(
        "raw",
        "id",
        "channel line digest sender recipients content relayed noted state ticket forgotten",
        blobs="content",
        at_once=1,
    ),
    _table("remarks", "id", "ticket text salt", blobs="salt"),
    _table(
        "outbox",
        "id",
        "ticket entry channel line address conversation name copies subject text refs automatic author created state"
        " tries again not_before provider_id code reason done crisis traced held",
        at_once=50,
    ),
    _table("by_mail", "ticket", "line carried"),
    _table("macros", "owner name", "text becomes tags opener changed"),
    _table(
        "held_replies",
        "outbox",
        "act ticket entry incident actor after_send before after first last included excluded",
    ),
    _table("deletions", "channel provider_id", "line account conversation since not_before tries reason"),
    _table(
        "incidents",
        "id",
        "number line site zone noise state began latest reporters staffed concern goes dispatched attended outcome"
        " ended version decided touched_by",
    ),
    _table("optouts", "line who", "since"),
    _table("media", "entry", "ticket line files tries not_before"),
    _table("spending", "line day", "texts segments told"),
    _table("escalations", "subject step", "what duty line address ticket told again answer ended"),
    _table("paused_lines", "line", "code reason since"),
    _table("cursors", "name", "value"),
    _table("counters", "name", "value"),
    _table(
        "hooks",
        "name",
        "id url events state created upto failing trouble secret earlier earlier_until",
        blobs="secret earlier",
        leaves=False,
    ),
    _table(
        "hook_messages",
        "hook id",
        "seq once event body made state not_before tries tried status took trouble",
        leaves=False,
    ),
    _table(
        "probes",
        "id",
        "line channel state day texts begun until lease token outbox brought sent came said missing warning",
        blobs="token",
        leaves=False,
    ),
    _table("presence", "staff channel", "available seen chats", leaves=False),
    _table("notices", "key", "level text n since latest", leaves=False),
    _table("undoable", "ticket first", "last deed about version actor noted was", leaves=False),
    _table("done", "actor key", "digest ticket noted", leaves=False),
    _table(
        "drafts",
        "writer place kind",
        "text becomes takes_in leaves_out outcome key kept tried tried_version tried_entries",
        leaves=False,
    ),
    _table(
        "clocks",
        "ticket standard exchange",
        "version calendar measure started answers gone barred due lapses stopped spent outcome noticed pauses"
        " corrections recorded recorded_spent closed",
    ),
    _table("counts", "view key", "n"),
    _table("trail", "seq", "noted actor token act ticket about outcome n hash", blobs="hash"),
    _table("events", "seq", "kind ticket occurred noted actor data hash", blobs="hash"),
    Table(
        name="chain",
        columns=("seq", "hash", "trail", "trail_hash"),
        key=("seq",),
        blobs=frozenset({"hash", "trail_hash"}),
    ),
)
"""Every table that travels, none before those that it points to."""

MADE_ANEW: Mapping[str, str] = {
    "entry_words": "the word index, made from the entries as they are written",
    "days": "the sums of days, made from clocks and contacts by the watch",
    "verified": "how far the log was walked; it is walked again",
    "leases": "which server does what just now; whoever runs takes them anew",
    "moves": "which store is in use: another at each end",
}
"""What does not travel, and why."""


def leaving() -> tuple[Table, ...]:
    """The tables that an export holds."""
    return tuple(table for table in TABLES if table.leaves)


def count(sql: Sql, table: Table) -> int:
    """How many rows of the library a table has."""
    return int(sql(f"SELECT count(*) AS n FROM {table.name} WHERE library = :library")[0]["n"])


def rows_out(sql: Sql, table: Table, *, secrets: bool = True) -> Iterator[Row]:
    """Every row of the library, in order of the key, a page at a time; all in the caller's one snapshot.

    Without ``secrets`` what may not leave the house is blank.
    """
    hidden = {} if secrets else table.secret
    named = dict.fromkeys((*table.key, *table.columns))
    key = ", ".join(table.key)
    behind = ", ".join(f":after_{name}" for name in table.key)
    select = f"SELECT {', '.join(named)} FROM {table.name} WHERE library = :library"
    following = f"{select} AND ({key}) > ({behind}) ORDER BY {key} LIMIT :most"
    page = sql(f"{select} ORDER BY {key} LIMIT :most", most=table.at_once)
    while page:
        for row in page:
            yield {name: hidden[name] if name in hidden else row[name] for name in table.columns}
        if len(page) < table.at_once:
            return
        last = {f"after_{name}": page[-1][name] for name in table.key}
        page = sql(following, most=table.at_once, **last)


def rows_in(
    sql: Sql,
    table: Table,
    rows: Iterable[Row],
    columns: Iterable[str] | None = None,
    *,
    written: Callable[[], None] = lambda: None,
) -> int:
    """Write rows into a table that has none of them; returns how many. Entries are indexed by their words.

    ``columns``: those that the rows have, where an earlier schema wrote them; the others take their defaults.
    ``written``: called when the rows are there and none has been read back.
    """
    named = tuple(columns or table.columns)
    insert = (
        f"INSERT INTO {table.name} (library, {', '.join(named)})"
        f" VALUES (:library, {', '.join(f':{name}' for name in named)})"
    )
    n = 0
    for row in rows:
        sql(insert, **row)
        n += 1
    written()
    if table.name == "entries":
        _index(sql, table.at_once)
    return n


def _index(sql: Sql, at_once: int) -> None:
    """Index every entry by its words; apart from writing them, which then waits for no row's number."""
    query = "SELECT row, text FROM entries WHERE library = :library AND row > :after ORDER BY row LIMIT :most"
    page: list[Record] = sql(query, after=0, most=at_once)
    while page:
        for each in page:
            sql.full_text.add(sql, each["row"], each["text"])
        page = sql(query, after=page[-1]["row"], most=at_once)


def line(table: Table, row: Row) -> bytes:
    """A row as one line of JSON: the same row gives the same bytes on every engine. Bytes are in base64."""
    plain: dict[str, Any] = {"table": table.name}
    for name, value in row.items():
        plain[name] = base64.b64encode(value).decode() if name in table.blobs and value is not None else value
    return _line(plain).encode() + b"\n"


def row_of(table: Table, plain: Mapping[str, Any]) -> Row:
    """The row that :func:`line` wrote, of what JSON made of it. ValueError for bytes that are none."""
    row = {name: value for name, value in plain.items() if name != "table"}
    for name in table.blobs & row.keys():
        if row[name] is not None:
            row[name] = base64.b64decode(row[name], validate=True)
    return row


def digest(sql: Sql, table: Table, *, secrets: bool = True) -> str:
    """What tells a table's rows from any others: SHA-256 over their lines, in hex."""
    found = hashlib.sha256()
    for row in rows_out(sql, table, secrets=secrets):
        found.update(line(table, row))
    return found.hexdigest()


def digest_of_all(digests: Mapping[str, str]) -> str:
    """One digest of all tables, from theirs, in their order."""
    return hashlib.sha256("".join(f"{name} {each}\n" for name, each in digests.items()).encode()).hexdigest()
