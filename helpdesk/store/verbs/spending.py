"""What a line has texted today, and whether one more text stays within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.limits import WARNING, Limits
from helpdesk.message import LineId
from helpdesk.ports import Record, Sql
from helpdesk.segments import segments
from helpdesk.store.verbs import events, notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a line has texted on a day. ``told``: the share of its limit that the desk was told of: 0, 80 or 100."""

    texts: int = 0
    segments: int = 0
    told: int = 0


def spent(sql: Sql, line: LineId, day: str) -> Spent:
    """What a line has texted on a day."""
    rows = sql("SELECT * FROM spending WHERE library = :library AND line = :line AND day = :day", line=line, day=day)
    return Spent(texts=rows[0]["texts"], segments=rows[0]["segments"], told=rows[0]["told"]) if rows else Spent()


def count(sql: Sql, line: LineId, limits: Limits, parts: int, now: Instant) -> None:
    """One more text went out; near the day's limit the desk is told."""
    rows = sql(
        "INSERT INTO spending (library, line, day, texts, segments, told) VALUES (:library, :line, :day, 1, :parts, 0)"
        " ON CONFLICT (library, line, day) DO UPDATE SET texts = spending.texts + 1,"
        " segments = spending.segments + :parts RETURNING texts, segments, told",
        line=line,
        day=limits.day(now),
        parts=parts,
    )
    used = Spent(texts=rows[0]["texts"], segments=rows[0]["segments"], told=rows[0]["told"])
    share = limits.share(used.texts, used.segments)
    if not used.told:
        notices.clear_notice(sql, _key(line))  # yesterday's
    if WARNING <= share < 100:
        _tell(sql, line, limits, used, WARNING, now)


def _tell(sql: Sql, line: LineId, limits: Limits, used: Spent, share: int, now: Instant) -> None:
    """Say once at the desk how much of the day's limit is used."""
    if used.told >= share:
        return
    sql(
        "INSERT INTO spending (library, line, day, texts, segments, told) VALUES (:library, :line, :day, 0, 0, :share)"
        " ON CONFLICT (library, line, day) DO UPDATE SET told = :share",
        line=line,
        day=limits.day(now),
        share=share,
    )
    said = f"Line {line} has used {limits.used(used.texts, used.segments)} today."
    rests = " What waits goes after midnight; a crisis text still goes. The limits stand with the line in the settings."
    level, text = ("error", said + rests) if share == 100 else ("warning", said)
    notices.raise_notice(sql, _key(line), level, text, now)
    data: dict[str, Fact] = {"line": line, "share": share}
    events.append(sql, [NewEvent(kind=Kind.LINE_CAPPED, ticket=None, when=now, actor=SYSTEM, data=data)], now)


def _key(line: LineId) -> str:
    return f"spent:{line}"


class Allowance:
    """What may go out in one pass. ``tokens``: how many texts each line may send now, by its rate."""

    def __init__(self, sql: Sql, limits: Mapping[LineId, Limits], tokens: Mapping[LineId, int], now: Instant) -> None:
        self._sql = sql
        self._limits = limits
        self._tokens = dict(tokens)
        self._now = now
        self._used: dict[LineId, tuple[int, int]] = {}

    def in_time(self, row: Record) -> bool:
        """Whether this row may go by its line's rate; it takes a token then."""
        line = LineId(row["line"])
        left = self._tokens.get(line)
        if left is not None:
            self._tokens[line] = left - 1
        return left is None or left > 0

    def keeps_back(self, row: Record) -> Instant | None:
        """Until when the day's limit keeps this row back, and the desk is told; None where it may go: it is counted."""
        line = LineId(row["line"])
        if (limits := self._limits.get(line)) is None:
            return None
        texts, used = self._of(line, limits)
        parts = segments(row["text"]).parts
        if row["crisis"] or limits.leaves_room(texts, used, parts):
            self._used[line] = (texts + 1, used + parts)
            return None
        told = spent(self._sql, line, limits.day(self._now)).told
        _tell(self._sql, line, limits, Spent(texts=texts, segments=used, told=told), 100, self._now)
        return limits.midnight(self._now)

    def _of(self, line: LineId, limits: Limits) -> tuple[int, int]:
        """Texts and segments of the day so far, with those that are being sent."""
        if line not in self._used:
            today = spent(self._sql, line, limits.day(self._now))
            under_way = self._sql(
                "SELECT text FROM outbox WHERE library = :library AND channel = 'sms' AND line = :line"
                " AND state IN ('waiting', 'leased', 'unclear') AND state = 'leased'",  # the first names the index
                line=line,
            )
            parts = sum(segments(row["text"]).parts for row in under_way)
            self._used[line] = (today.texts + len(under_way), today.segments + parts)
        return self._used[line]
