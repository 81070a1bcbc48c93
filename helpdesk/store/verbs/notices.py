"""Trouble that the desk shows until it is over; cursors; paused lines."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import LineId
from helpdesk.ports import Sql
from helpdesk.sight import Notice
from helpdesk.store.verbs import events


def raise_notice(sql: Sql, key: str, level: str, text: str, now: Instant) -> int:
    """Show (again) a trouble under ``key``; ``text`` may hold ``{n}``. Returns how often it happened so far."""
    rows = sql(
        "INSERT INTO notices (library, key, level, text, n, since, latest)"
        " VALUES (:library, :key, :level, :text, 1, :now, :now)"
        " ON CONFLICT (library, key) DO UPDATE SET n = notices.n + 1, latest = :now, text = :text, level = :level"
        " RETURNING n",
        key=key,
        level=level,
        text=text,
        now=now,
    )
    return int(rows[0]["n"])


def clear_notice(sql: Sql, key: str) -> None:
    """The trouble is over."""
    sql("DELETE FROM notices WHERE library = :library AND key = :key", key=key)


def latest(sql: Sql, key: str) -> Instant | None:
    """When a trouble came last, None where there is none under ``key``."""
    rows = sql("SELECT latest FROM notices WHERE library = :library AND key = :key", key=key)
    return Instant(rows[0]["latest"]) if rows else None


def clear_older(sql: Sql, begins: str, before: Instant) -> None:
    """The troubles whose keys begin with ``begins`` and of which nobody has said anything since ``before`` are over."""
    sql(
        "DELETE FROM notices WHERE library = :library AND key LIKE :like AND latest < :before",
        like=f"{begins}%",
        before=before,
    )


def notices(sql: Sql) -> tuple[Notice, ...]:
    """Trouble that is not over, oldest first."""
    rows = sql("SELECT * FROM notices WHERE library = :library ORDER BY since, key")
    return tuple(
        Notice(key=row["key"], level=row["level"], text=row["text"].replace("{n}", str(row["n"])), since=row["since"])
        for row in rows
    )


def cursor(sql: Sql, name: str) -> Instant | None:
    """How far a line's catching up has come."""
    rows = sql("SELECT value FROM cursors WHERE library = :library AND name = :name", name=name)
    return Instant(rows[0]["value"]) if rows else None


def move_cursor(sql: Sql, name: str, when: Instant) -> None:
    """Remember how far catching up has come; never backwards."""
    sql(
        "INSERT INTO cursors (library, name, value) VALUES (:library, :name, :when)"
        " ON CONFLICT (library, name) DO UPDATE SET value = excluded.value WHERE cursors.value < excluded.value",
        name=name,
        when=when,
    )


def pause_line(sql: Sql, line: LineId, code: str, reason: str, now: Instant) -> bool:
    """Send nothing more on a line; True if it was running until now."""
    rows = sql(
        "INSERT INTO paused_lines (library, line, code, reason, since) VALUES (:library, :line, :code, :reason, :now)"
        " ON CONFLICT (library, line) DO NOTHING RETURNING line",
        line=line,
        code=code,
        reason=reason,
        now=now,
    )
    return bool(rows)


def rest_line(sql: Sql, line: LineId, code: str, reason: str, now: Instant) -> None:
    """Our account is at fault: nothing more is sent on the line for a while, and the desk is told."""
    if pause_line(sql, line, code, reason, now):
        data: dict[str, Fact] = {"line": line, "code": code}
        events.append(sql, [NewEvent(kind=Kind.LINE_PAUSED, ticket=None, when=now, actor=SYSTEM, data=data)], now)
    text = f"Nothing goes out on line {line}: {reason} It is tried again every 15 minutes; what waits is kept."
    raise_notice(sql, paused_key(line), "error", text, now)


def paused_key(line: LineId) -> str:
    """The key of the notice that a line rests."""
    return f"paused:{line}"


def resume_line(sql: Sql, line: LineId) -> bool:
    """Send again; True if the line was paused."""
    return bool(sql("DELETE FROM paused_lines WHERE library = :library AND line = :line RETURNING line", line=line))


def paused(sql: Sql) -> dict[LineId, Instant]:
    """The paused lines, and since when."""
    rows = sql("SELECT line, since FROM paused_lines WHERE library = :library")
    return {LineId(row["line"]): Instant(row["since"]) for row in rows}
