"""Probes: what was sent to ourselves, and whether it came back.

::

    wanted ──take──> sending ──sent──> sent ──arrived──> passed
                        └──────────────┴─────late, or it can't be sent──> failed

A token counts once and for its line only. The message that brought it is known again by its own id, as carriers and
relays may bring it twice; any other message with the same token is a message like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from helpdesk.clock import DAY, MINUTE, Instant, plus
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.limits import Limits
from helpdesk.message import Channel, Delivery, DeliveryReport, LineId, OutboxId, digest_of_id
from helpdesk.ports import Record, Sql
from helpdesk.ports.probes import Probe, ProbeState, Reached
from helpdesk.store.verbs import events, notices, spending

FORGOTTEN = 30 * DAY
"""How long a probe and what came of it are kept, in milliseconds."""

EXPIRES = DAY
"""For so long does a token that has not come back make its message a probe, in milliseconds: late, but no ticket."""

SENDING = 2 * MINUTE
"""How long sending may take before another server takes the probe, in milliseconds."""

FETCHED = "It had to be fetched from the carrier, whose call did not reach us: texts come late."
"""Of a text that came by catching up only."""

_KEPT = ("line", "channel", "texts", "begun", "until", "token", "outbox", "brought", "sent", "came")
"""What is known of a probe that was sent once more."""

_RUNS = "state IN ('wanted', 'sending', 'sent')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A probe about to be kept. ``day``: the local day that it is the daily one of, "" where somebody asked for it."""

    id: str
    line: LineId
    channel: Channel
    day: str = ""
    texts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a probe is known by once it is out. ``token``: its digest."""

    probe: Probe
    outbox: OutboxId
    token: bytes = field(repr=False)


def want(sql: Sql, fresh: tuple[Fresh, ...], now: Instant, until: Instant, actor: str) -> tuple[Probe, ...]:
    """Ask for probes. Of a line that has one under way, and of a day that had its own, no other is begun."""
    made = [row for each in fresh if not _is_begun(sql, each) for row in _begin(sql, each, now, until)]
    if made:
        data: dict[str, Fact] = {"lines": " ".join(row["line"] for row in made), "daily": bool(fresh[0].day)}
        events.append(sql, [NewEvent(kind=Kind.PROBE_WANTED, ticket=None, when=now, actor=actor, data=data)], now)
    return tuple(map(_probe, made))


def _is_begun(sql: Sql, fresh: Fresh) -> bool:
    """Whether its line has a probe under way, or had its daily one."""
    found = sql(
        f"SELECT 1 FROM probes WHERE library = :library AND line = :line AND ({_RUNS} OR (day = :day AND day <> ''))",
        line=fresh.line,
        day=fresh.day,
    )
    return bool(found)


def _begin(sql: Sql, fresh: Fresh, now: Instant, until: Instant) -> list[Record]:
    return sql(
        "INSERT INTO probes (library, id, line, channel, state, day, texts, begun, until, lease, token, outbox,"
        " brought, sent, came, said, missing, warning) VALUES (:library, :id, :line, :channel, 'wanted', :day, :texts,"
        " :now, :until, 0, NULL, '', '', NULL, NULL, '', '', '') ON CONFLICT DO NOTHING RETURNING *",
        id=fresh.id,
        line=fresh.line,
        channel=str(fresh.channel),
        day=fresh.day,
        texts=int(fresh.texts),
        now=now,
        until=until,
    )


def wanted(sql: Sql, now: Instant) -> tuple[Probe, ...]:
    """The probes that are to be sent: those asked for, and those that a process which is gone had in hand."""
    rows = sql(
        "SELECT * FROM probes WHERE library = :library AND (state = 'wanted' OR (state = 'sending' AND lease <= :now))"
        " ORDER BY id",
        now=now,
    )
    return tuple(map(_probe, rows))


def take(sql: Sql, probe: str, token: bytes, outbox: OutboxId, now: Instant, until: Instant) -> Probe | None:
    """Take a probe in hand; None where another server has it. From now on its token is known."""
    _leave_behind(sql, probe, now)
    rows = sql(
        "UPDATE probes SET state = 'sending', token = :token, outbox = :outbox, until = :until, lease = :lease,"
        " sent = :now, came = NULL, brought = ''"
        " WHERE library = :library AND id = :id AND (state = 'wanted' OR (state = 'sending' AND lease <= :now))"
        " RETURNING *",
        id=probe,
        token=token,
        outbox=outbox,
        until=until,
        lease=plus(now, SENDING),
        now=now,
    )
    return _probe(rows[0]) if rows else None


def _leave_behind(sql: Sql, probe: str, now: Instant) -> None:
    """What a process that died had sent may come yet: it is known as what it is, in a row of its own."""
    rows = sql(
        "SELECT * FROM probes WHERE library = :library AND id = :id AND state = 'sending' AND lease <= :now",
        id=probe,
        now=now,
    )
    for row in rows:
        sql(
            "INSERT INTO probes (library, id, line, channel, state, day, texts, begun, until, lease, token, outbox,"
            " brought, sent, came, said, missing, warning) VALUES (:library, :left, :line, :channel, 'failed', '',"
            " :texts, :begun, :until, 0, :token, :outbox, :brought, :sent, :came, :said, '', '')"
            " ON CONFLICT DO NOTHING",
            left=f"-{row['outbox']}",  # before every other in the order of ids: never the latest of its line
            said="The help desk stopped while this was being sent, and sent another.",
            **{name: row[name] for name in _KEPT},
        )


def sent(sql: Sql, probe: str, reached: Reached, limits: Limits | None, now: Instant, until: Instant) -> None:
    """It is out, and has failed if it is not back at ``until``; what came back before this was written has passed."""
    rows = sql(
        "UPDATE probes SET state = 'sent', until = :until, said = :said, missing = :missing, warning = :warning"
        " WHERE library = :library AND id = :id AND state = 'sending' RETURNING came",
        id=probe,
        said=" ".join(each for each in (reached.shows, reached.warning) if each),
        missing=reached.missing,
        warning=reached.warning,
        until=until,
    )
    if reached.segments and reached.by is not None and limits is not None:
        spending.count(sql, reached.by, limits, reached.segments, now)
    if rows and rows[0]["came"] is not None:
        _pass(sql, probe, now)
    _warn(sql, probe, reached.warning, now)


def _warn(sql: Sql, probe: str, warning: str, now: Instant) -> None:
    """What is not right about a line though it may be alive stands at the desk until a probe finds it put right."""
    rows = sql("SELECT line FROM probes WHERE library = :library AND id = :id", id=probe)
    for row in rows:
        key = f"{notice(LineId(row['line']))}:warning"
        if warning:
            notices.raise_notice(sql, key, "warning", f"The probe of line {row['line']} found: {warning}", now)
        else:
            notices.clear_notice(sql, key)


def arrived(sql: Sql, line: LineId, token: bytes, external_id: str, now: Instant, *, caught_up: bool = False) -> bool:
    """Whether a message is a probe of this line, which has come back then; False for a message like any other.

    One that had to be fetched shows that what should have brought it does not.
    """
    rows = sql(
        "SELECT * FROM probes WHERE library = :library AND line = :line AND token = :token AND begun > :since",
        line=line,
        token=token,
        since=plus(now, -EXPIRES),
    )
    if not rows or rows[0]["brought"] not in {"", digest_of_id(external_id)}:
        return False
    if rows[0]["brought"]:
        return True
    sql(
        "UPDATE probes SET brought = :brought, came = :now WHERE library = :library AND id = :id",
        id=rows[0]["id"],
        brought=digest_of_id(external_id),
        now=now,
    )
    if caught_up:
        fail(sql, rows[0]["id"], f"{FETCHED} {rows[0]['missing']}".strip(), now)
    elif rows[0]["state"] == ProbeState.FAILED:
        _say(sql, rows[0]["id"], f"It came back after all, {_minutes(now - rows[0]['begun'])} late.")
    else:
        _pass(sql, rows[0]["id"], now)
    return True


def _minutes(millis: int) -> str:
    return f"{max(1, round(millis / MINUTE))} min"


def _say(sql: Sql, probe: str, said: str) -> None:
    sql("UPDATE probes SET said = :said WHERE library = :library AND id = :id", id=probe, said=said)


def _pass(sql: Sql, probe: str, now: Instant) -> None:
    """Sent and back. One that is still being sent passes with :func:`sent`, which knows what it shows."""
    rows = sql(
        "UPDATE probes SET state = 'passed' WHERE library = :library AND id = :id AND state = 'sent' RETURNING *",
        id=probe,
    )
    if rows:
        notices.clear_notice(sql, notice(LineId(rows[0]["line"])))
        _note(sql, _probe(rows[0]), Kind.PROBE_PASSED, now)


def fail(sql: Sql, probe: str, why: str, now: Instant) -> Probe | None:
    """It can't be sent, or did not come back: the desk is told. None where it was over already."""
    rows = sql(
        "UPDATE probes SET state = 'failed', said = :why"
        f" WHERE library = :library AND id = :id AND {_RUNS} RETURNING *",
        id=probe,
        why=why,
    )
    if not rows:
        return None
    failed = _probe(rows[0])
    text = f"Line {failed.line} failed its probe: {why}"
    notices.raise_notice(sql, notice(failed.line), "error", text, now)
    _note(sql, failed, Kind.PROBE_FAILED, now)
    return failed


def _note(sql: Sql, probe: Probe, kind: Kind, now: Instant) -> None:
    data: dict[str, Fact] = {"line": probe.line, "channel": str(probe.channel), "took": probe.took}
    events.append(sql, [NewEvent(kind=kind, ticket=None, when=now, actor=SYSTEM, data=data)], now)


def late(sql: Sql, now: Instant) -> tuple[Probe, ...]:
    """Probes whose time is over; ``said`` is what to look at."""
    rows = sql(
        "SELECT * FROM probes WHERE library = :library AND state = 'sent' AND until <= :now ORDER BY id", now=now
    )
    return tuple(replace(_probe(row), said=row["missing"]) for row in rows)


def next_due(sql: Sql) -> Instant | None:
    """When the next probe's time is over; at once where one is to be sent; None if none is under way."""
    rows = sql(
        "SELECT min(CASE WHEN state = 'wanted' THEN begun WHEN state = 'sending' THEN lease ELSE until END) AS t"
        f" FROM probes WHERE library = :library AND {_RUNS}"
    )
    return None if rows[0]["t"] is None else Instant(rows[0]["t"])


def reported(sql: Sql, said: DeliveryReport, now: Instant) -> bool:
    """Whether the provider speaks of a probe; one that it could not deliver has failed."""
    rows = sql(
        "SELECT id FROM probes WHERE library = :library AND outbox = :outbox AND outbox <> ''", outbox=said.outbox
    )
    if not rows:
        return False
    if said.status is Delivery.FAILED:
        code = f" ({said.code})" if said.code else ""
        fail(sql, rows[0]["id"], f"The provider could not deliver it{code}. {said.reason}".strip(), now)
    return True


def is_ours(sql: Sql, outboxes: tuple[OutboxId, ...]) -> bool:
    """Whether any of these ids of messages is a probe's."""
    found = (
        sql("SELECT 1 FROM probes WHERE library = :library AND outbox = :outbox AND outbox <> ''", outbox=each)
        for each in outboxes
    )
    return any(found)


def latest(sql: Sql) -> tuple[Probe, ...]:
    """The latest probe of each line, by line."""
    rows = sql(
        "SELECT p.* FROM probes p WHERE p.library = :library AND p.id = (SELECT max(l.id) FROM probes l"
        " WHERE l.library = p.library AND l.line = p.line) ORDER BY p.line"
    )
    return tuple(map(_probe, rows))


def last_over(sql: Sql) -> tuple[Probe, ...]:
    """The latest probe of each line that has passed or failed, by line."""
    rows = sql(
        "SELECT p.* FROM probes p WHERE p.library = :library AND p.id = (SELECT max(l.id) FROM probes l"
        " WHERE l.library = p.library AND l.line = p.line AND l.state IN ('passed', 'failed')) ORDER BY p.line"
    )
    return tuple(map(_probe, rows))


def had(sql: Sql, day: str) -> frozenset[LineId]:
    """The lines that had their daily probe on a local day."""
    rows = sql("SELECT line FROM probes WHERE library = :library AND day = :day", day=day)
    return frozenset(LineId(row["line"]) for row in rows)


def forget(sql: Sql, now: Instant) -> None:
    """Probes of long ago go."""
    sql("DELETE FROM probes WHERE library = :library AND begun < :before", before=plus(now, -FORGOTTEN))


def notice(line: LineId) -> str:
    """The key of the notice that a line failed: a question to staff, which stands for a week."""
    return f"person:probe:{line}"


def _probe(row: Record) -> Probe:
    return Probe(
        id=row["id"],
        line=LineId(row["line"]),
        channel=Channel(row["channel"]),
        state=ProbeState(row["state"]),
        begun=row["begun"],
        until=row["until"],
        daily=bool(row["day"]),
        texts=bool(row["texts"]),
        sent=row["sent"],
        came=row["came"],
        said=row["said"],
        warning=row["warning"],
    )
