"""Macros as rows: a member's own, and those of everybody, whose owner is ''."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.macros import Macro
from helpdesk.message import StaffId
from helpdesk.ports import Record, Sql

MOST = 500
"""How many one member may have of their own, and how many the library may share."""


def known(sql: Sql, actor: StaffId) -> tuple[Macro, ...]:
    """A member's own and the shared ones, by name."""
    rows = sql(
        "SELECT * FROM macros WHERE library = :library AND owner IN ('', :actor) ORDER BY name, owner", actor=actor
    )
    return tuple(_read(row) for row in rows)


def _read(row: Record) -> Macro:
    return Macro(
        name=row["name"],
        text=row["text"],
        shared=row["owner"] == "",
        becomes=row["becomes"],
        tags=tuple(row["tags"].split()),
        opener=bool(row["opener"]),
    )


def save(sql: Sql, owner: str, macro: Macro, now: Instant) -> Macro:
    """Keep one; one of that name is replaced. ``owner``: '' for everybody's."""
    rows = sql(
        "SELECT count(*) AS n FROM macros WHERE library = :library AND owner = :owner AND name <> :name",
        owner=owner,
        name=macro.name,
    )
    if rows[0]["n"] >= MOST:
        raise Refused(f"There are {MOST} macros already. Drop some first.")
    sql(
        "INSERT INTO macros (library, owner, name, text, becomes, tags, opener, changed)"
        " VALUES (:library, :owner, :name, :text, :becomes, :tags, :opener, :now)"
        " ON CONFLICT (library, owner, name) DO UPDATE SET text = excluded.text, becomes = excluded.becomes,"
        " tags = excluded.tags, opener = excluded.opener, changed = excluded.changed",
        owner=owner,
        name=macro.name,
        text=macro.text,
        becomes=macro.becomes,
        tags=" ".join(macro.tags),
        opener=int(macro.opener),
        now=now,
    )
    return macro


def drop(sql: Sql, owner: str, name: str) -> None:
    """Let one go; NotFound where there is none of that name."""
    if not sql(
        "DELETE FROM macros WHERE library = :library AND owner = :owner AND name = :name RETURNING name",
        owner=owner,
        name=name,
    ):
        raise NotFound(f"There is no macro {name[:40]!r}.")
