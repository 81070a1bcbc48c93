"""Where a library is: in this store, on its way here, or gone to another one; so that it is in use at one alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpdesk.clock import Instant, moment
from helpdesk.errors import Refused
from helpdesk.ports import Sql

State = Literal["arriving", "here", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A library's latest move. ``token``: the same at both ends; ``place``: the other end, as people read it."""

    state: State
    token: str
    place: str
    since: Instant


def latest(sql: Sql) -> Move | None:
    """The library's latest move, None where it never moved."""
    rows = sql("SELECT state, token, place, since FROM moves WHERE library = :library")
    return Move(**rows[0]) if rows else None


def mark(sql: Sql, move: Move) -> None:
    """Say where the library is from now on."""
    sql(
        "INSERT INTO moves (library, state, token, place, since) VALUES (:library, :state, :token, :place, :since)"
        " ON CONFLICT (library) DO UPDATE SET state = excluded.state, token = excluded.token,"
        " place = excluded.place, since = excluded.since",
        state=move.state,
        token=move.token,
        place=move.place,
        since=move.since,
    )


def require(sql: Sql) -> None:
    """Refused, in words, unless the library is in use here."""
    move = latest(sql)
    if move is not None and move.state != "here":
        raise Refused(elsewhere(move))


def elsewhere(move: Move) -> str:
    """Why a library is not in use here, and what to do."""
    if move.state == "gone":
        return (
            f"This library moved to {move.place} on {moment(move.since):%Y-%m-%d}, and is in use there. Name that in "
            "the settings; `helpdesk db copy` brings it back."
        )
    return (
        f"The library's move here from {move.place} has not ended. Run the same `helpdesk db copy` again: it ends the "
        "move, or says what to do."
    )


def already(move: Move) -> str:
    """Why a move is not made again. ``move``: what the store says that the library has left."""
    return (
        f"This library moved to {move.place} already, on {moment(move.since):%Y-%m-%d}, and is in use there. Nothing "
        "was done. Name that in the settings; the way back is the same command with the files the other way round."
    )
