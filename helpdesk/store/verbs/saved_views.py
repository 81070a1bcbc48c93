"""Views that staff saved: queries with a name, the library's and each member's own."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.message import StaffId
from helpdesk.ports import Record, Sql
from helpdesk.ports.views import SavedView

LIBRARY = ""
"""Whose the shared views are."""

MOST = 20
"""The most views of one owner: each is counted while somebody looks."""


def of(sql: Sql, actor: StaffId) -> tuple[SavedView, ...]:
    """The library's views, then the actor's own, by name; uncounted."""
    rows = sql(
        "SELECT * FROM saved_views WHERE library = :library AND owner IN ('', :actor) ORDER BY owner, name",
        actor=actor,
    )
    return tuple(map(_view, rows))


def _view(row: Record) -> SavedView:
    return SavedView(name=row["name"], query=row["query"], digit=row["digit"], shared=row["owner"] == LIBRARY)


def keep(sql: Sql, owner: str, view: SavedView, was: str, now: Instant) -> SavedView:
    """Save a view of an owner's, in place of the one of its name and of the one called ``was``."""
    if was and was != view.name:
        _free(sql, owner, view.name)
        drop(sql, owner, was)
    if view.digit:
        sql(
            "UPDATE saved_views SET digit = '' WHERE library = :library AND owner = :owner AND digit = :digit",
            owner=owner,
            digit=view.digit,
        )
    sql(
        "INSERT INTO saved_views (library, owner, name, query, digit, changed)"
        " VALUES (:library, :owner, :name, :query, :digit, :now)"
        " ON CONFLICT (library, owner, name) DO UPDATE SET query = :query, digit = :digit, changed = :now",
        owner=owner,
        name=view.name,
        query=view.query,
        digit=view.digit,
        now=now,
    )
    _few(sql, owner)
    return view


def _free(sql: Sql, owner: str, name: str) -> None:
    """A view that is renamed takes the place of no other."""
    if _is_there(sql, owner, name):
        raise Refused(f"There is a view called {name!r} already. Choose another name.")


def _is_there(sql: Sql, owner: str, name: str) -> bool:
    return bool(
        sql(
            "SELECT 1 FROM saved_views WHERE library = :library AND owner = :owner AND name = :name",
            owner=owner,
            name=name,
        )
    )


def _few(sql: Sql, owner: str) -> None:
    rows = sql("SELECT count(*) AS n FROM saved_views WHERE library = :library AND owner = :owner", owner=owner)
    if int(rows[0]["n"]) > MOST:
        raise Refused(f"There are {MOST} saved views already. Drop one that nobody needs any more.")


def drop(sql: Sql, owner: str, name: str) -> None:
    """Drop a view of an owner's; NotFound where there is none."""
    gone = sql(
        "DELETE FROM saved_views WHERE library = :library AND owner = :owner AND name = :name RETURNING name",
        owner=owner,
        name=name,
    )
    if not gone:
        raise NotFound(f"There is no view called {name!r}.")
