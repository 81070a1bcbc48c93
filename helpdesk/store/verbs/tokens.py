"""Personal tokens: what is kept of them, and whom they let in."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.clock import DAY, Instant
from helpdesk.errors import NotFound
from helpdesk.message import StaffId
from helpdesk.permissions import Role, shut_out
from helpdesk.ports import Record, Sql, Token

KEPT = 365 * DAY
"""So long is the row of a token kept that expired or was revoked, in milliseconds."""

GONE = "This token opens nothing here any more. Ask for a new one, then run `helpdesk login --server URL`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What decides whether a token lets somebody in. ``hash``: SHA-256 of its text."""

    token: Token
    role: Role
    disabled: bool
    hash: bytes = field(repr=False)

    def why_not(self, now: Instant) -> str:
        """Why it lets nobody in ``now``, in words for who holds it; "" where it does."""
        if self.disabled:
            return shut_out(self.token.staff)
        if self.token.revoked is not None:
            return (
                f"The token {self.token.name!r} was revoked. Ask for a new one, then run `helpdesk login --server URL`."
            )
        if self.token.expires <= now:
            return (
                f"The token {self.token.name!r} has expired. Ask for a new one, then run `helpdesk login --server URL`."
            )
        return ""


def opening(sql: Sql, token: str) -> Opening | None:
    """What is known of a token by its id, with its member as they stand now; None where there is none."""
    rows = sql(
        "SELECT t.*, s.role AS role, s.disabled AS disabled FROM tokens t"
        " JOIN staff s ON s.library = t.library AND s.id = t.staff WHERE t.library = :library AND t.id = :id",
        id=token,
    )
    if not rows:
        return None
    row = rows[0]
    return Opening(token=_token(row), role=Role(row["role"]), disabled=bool(row["disabled"]), hash=bytes(row["hash"]))


def keep(sql: Sql, token: Token, hashed: bytes) -> None:
    """Keep a new token: never its text."""
    sql(
        "INSERT INTO tokens (library, id, staff, name, hash, created, expires, used, revoked)"
        " VALUES (:library, :id, :staff, :name, :hash, :created, :expires, NULL, NULL)",
        id=token.id,
        staff=token.staff,
        name=token.name,
        hash=hashed,
        created=token.created,
        expires=token.expires,
    )


def get(sql: Sql, token: str) -> Token:
    """One token by its id; NotFound if there is none."""
    rows = sql("SELECT * FROM tokens WHERE library = :library AND id = :id", id=token)
    if not rows:
        raise NotFound(f"There is no token {token}. `helpdesk staff token list MEMBER` names them.")
    return _token(rows[0])


def of_staff(sql: Sql, staff: StaffId) -> tuple[Token, ...]:
    """A member's tokens, the newest first."""
    rows = sql(
        "SELECT * FROM tokens WHERE library = :library AND staff = :staff ORDER BY created DESC, id DESC", staff=staff
    )
    return tuple(_token(row) for row in rows)


def whose(sql: Sql, token: str) -> StaffId | None:
    """Whose token it is, None where there is none."""
    rows = sql("SELECT staff FROM tokens WHERE library = :library AND id = :id", id=token)
    return StaffId(rows[0]["staff"]) if rows else None


def use(sql: Sql, token: str, minute: Instant) -> None:
    """It was used in this minute."""
    sql(
        "UPDATE tokens SET used = :minute WHERE library = :library AND id = :id AND (used IS NULL OR used < :minute)",
        id=token,
        minute=minute,
    )


def revoke(sql: Sql, token: str, now: Instant) -> None:
    """It opens nothing any more."""
    sql("UPDATE tokens SET revoked = :now WHERE library = :library AND id = :id AND revoked IS NULL", id=token, now=now)


def revoke_all(sql: Sql, staff: StaffId, now: Instant) -> int:
    """None of a member's tokens opens anything any more; returns how many did."""
    rows = sql(
        "UPDATE tokens SET revoked = :now WHERE library = :library AND staff = :staff AND revoked IS NULL"
        " AND expires > :now RETURNING id",
        staff=staff,
        now=now,
    )
    return len(rows)


def forget_old(sql: Sql, now: Instant) -> None:
    """Rows of tokens that opened nothing for a year go."""
    sql("DELETE FROM tokens WHERE library = :library AND (expires < :before OR revoked < :before)", before=now - KEPT)


def _token(row: Record) -> Token:
    return Token(
        id=row["id"],
        staff=StaffId(row["staff"]),
        name=row["name"],
        created=row["created"],
        expires=row["expires"],
        used=row["used"],
        revoked=row["revoked"],
    )
