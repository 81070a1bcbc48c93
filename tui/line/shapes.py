"""What a program that listens is given: one JSON object a line. docs/line-mode.md lists them; fields are only added.

Times are ISO 8601 in the library's zone with milliseconds, null where there is none. Who wrote on a sealed line is a
friendly name; no number is known to the desk, so none is here.
"""

from __future__ import annotations

from datetime import tzinfo

from helpdesk.clock import Instant, moment
from helpdesk.noise.incidents import Incident, NoiseMap, Reporter
from helpdesk.ports.reports import Figures, Missed, Promised, Said
from helpdesk.sight import Found, HeatMap, Kept, Member, Nearing, Notice, PromiseNow
from helpdesk.thread import Entry, Moment, Thread
from helpdesk.ticket import Ticket
from helpdesk.worklist import Row
from tui.files import file_numbers
from tui.render import Eye

Shape = dict[str, object]
"""One object."""


def iso(when: Instant | None, zone: tzinfo) -> str | None:
    """ "2026-11-23T12:00:00.000+00:00"."""
    return None if when is None else moment(when).astimezone(zone).isoformat(timespec="milliseconds")


def row_shape(row: Row | Ticket, eye: Eye) -> Shape:
    """A ticket as a line of the worklist."""
    zone = eye.zone
    return {
        "number": row.number,
        "id": row.id,
        "version": row.version,
        "channel": str(row.channel),
        "line": row.line,
        "name": row.name,
        "subject": row.subject,
        "preview": row.preview,
        "state": str(row.state),
        "owner": row.owner,
        "held_until": iso(row.held_until, zone),
        "opened": iso(row.opened, zone),
        "updated": iso(row.updated, zone),
        "unanswered_since": iso(row.unanswered, zone),
        "snoozed_until": iso(row.snoozed_until, zone),
        "due": iso(row.due, zone),
        "due_standard": row.due_standard,
        "flags": sorted(map(str, row.flags)),
        "tags": list(row.tags),
        "zone": row.zone,
        "concern": row.concern,
        "draft": row.id in eye.drafts,
        "kind": row.kind,
        "site": row.site,
        "changed": row.id in eye.changed,
        "new_lines": eye.fresh.get(row.id, 0),
    }


def ticket_shape(thread: Thread, eye: Eye) -> Shape:
    """A ticket with what hangs on it; its entries are objects of their own."""
    zone = eye.zone
    clocks = [
        {
            "standard": clock.standard,
            "outcome": str(clock.outcome),
            "started": iso(clock.started, zone),
            "due": iso(clock.due, zone),
        }
        for clock in thread.clocks
    ]
    return {
        **row_shape(thread.ticket, eye),
        "participants": [each.value for each in thread.participants],
        "unverified": [each.value for each in thread.unverified],
        "linked": list(thread.linked),
        "merged_in": list(thread.merged_in),
        "merged_into": thread.merged_into,
        "contacts": [each.number for each in thread.contacts],
        "related": [each.number for each in thread.related],
        "followers": list(thread.followers),
        "promised": iso(thread.promised, zone),
        "muted_until": iso(thread.muted_until, zone),
        "entries": len(thread.entries),
        "clocks": clocks,
    }


def entry_shape(entry: Entry, thread: Thread, eye: Eye) -> Shape:
    """One message or note of a ticket."""
    numbers = file_numbers(thread) if entry.files else {}
    files = [
        {
            "number": numbers[file.digest, file.name],
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "digest": file.digest,
        }
        for file in entry.files
    ]
    return {
        "ticket": thread.ticket.number,
        "id": entry.id,
        "kind": str(entry.kind),
        "author": entry.author,
        "text": entry.text,
        "quote_from": entry.quote_from,
        "written": iso(entry.written, eye.zone),
        "delivery": str(entry.delivery) if entry.delivery is not None else None,
        "trouble": entry.trouble,
        "parts": entry.segments,
        "came_with": entry.came_with,
        "files": files,
    }


def moment_shape(told: Moment, number: int, words: str, eye: Eye) -> Shape:
    """One fact of a ticket's history."""
    return {
        "ticket": number,
        "seq": told.seq,
        "kind": str(told.kind),
        "when": iso(told.when, eye.zone),
        "actor": told.actor,
        "words": words,
    }


def found_shape(found: Found, eye: Eye) -> Shape:
    """A hit of a search."""
    return {**row_shape(found.row, eye), "excerpt": found.excerpt, "written": iso(found.written, eye.zone)}


def incident_shape(incident: Incident, eye: Eye) -> Shape:
    """One noise."""
    zone = eye.zone
    return {
        "number": incident.number,
        "id": incident.id,
        "version": incident.version,
        "state": str(incident.state),
        "zone": incident.zone,
        "noise": str(incident.noise),
        "concern": str(incident.concern) if incident.concern is not None else "",
        "reporters": incident.reporters,
        "goes": incident.goes,
        "began": iso(incident.began, zone),
        "latest": iso(incident.latest, zone),
        "dispatched": iso(incident.dispatched, zone),
        "attended": iso(incident.attended, zone),
        "ended": iso(incident.ended, zone),
        "due": iso(incident.due, zone),
        "outcome": str(incident.outcome) if incident.outcome is not None else None,
        "staffed": incident.staffed,
    }


def reporter_shape(reporter: Reporter, incident: int, eye: Eye) -> Shape:
    """One who told of incident ``incident``."""
    return {
        "incident": incident,
        "ticket": reporter.number,
        "name": reporter.name,
        "text": reporter.text,
        "wrote": iso(reporter.wrote, eye.zone),
        "told": iso(reporter.told, eye.zone),
        "reachable": reporter.reachable,
    }


def notice_shape(notice: Notice, eye: Eye) -> Shape:
    """Trouble that is not over."""
    return {"key": notice.key, "level": notice.level, "text": notice.text, "since": iso(notice.since, eye.zone)}


def member_shape(member: Member) -> Shape:
    """A member of staff."""
    return {"id": member.id, "name": member.name, "role": str(member.role)}


def promise_shape(promise: PromiseNow) -> Shape:
    """One promise and how it is kept."""
    kept = {"today": promise.today, "week": promise.week, "month": promise.month}
    return {
        "standard": promise.standard,
        "title": promise.title,
        "measure": str(promise.measure),
        "limit": promise.limit,
        "promised": promise.promised,
        **{name: _kept(each) for name, each in kept.items()},
    }


def _kept(kept: Kept) -> Shape:
    """``share`` is in hundredths of a percent."""
    return {
        "met": kept.met,
        "missed": kept.missed,
        "pending": kept.pending,
        "suspended": kept.suspended,
        "share": kept.share,
        "result": kept.result,
    }


def nearing_shape(clock: Nearing, eye: Eye) -> Shape:
    """A running clock that is late, or next."""
    return {
        "ticket": clock.number,
        "standard": clock.standard,
        "due": iso(clock.due, eye.zone),
        "late": clock.lapses < eye.now,
        "owner": clock.owner,
    }


def heat_shape(heat: HeatMap) -> Shape:
    """Demand by weekday (Monday first) and hour: 7 rows of 24; ``end`` is the day after."""
    return {
        "begin": heat.begin.isoformat(),
        "end": heat.end.isoformat(),
        "received": heat.received,
        "missed": heat.missed,
        "staffed": heat.staffed,
    }


def map_shape(found: NoiseMap) -> Shape:
    """Texts by zone, weekday and hour; ``end`` is the day after."""
    return {
        "begin": found.begin.isoformat(),
        "end": found.end.isoformat(),
        "zones": found.zones,
        "unplaced": found.unplaced,
    }


def figures_shape(found: Figures) -> Shape:
    """A period; its promises, effort and heat map are objects of their own. ``end`` is the day after."""
    period = found.period
    return {
        "length": period.length,
        "back": period.back,
        "name": period.name,
        "begin": period.begin.isoformat(),
        "end": period.end.isoformat(),
        "over": period.over,
        "note": period.note,
        "log_began": found.began.isoformat() if found.began is not None else None,
        "received": found.contacts[0],
        "answered": found.contacts[1],
        "few": found.few,
        "missed": found.missed,
        "footnotes": list(found.footnotes),
    }


def promised_shape(each: Promised) -> Shape:
    """One promise over a period: shares in hundredths of a percent, times in milliseconds."""
    low, high = each.interval or (None, None)
    return {
        "standard": each.standard,
        "title": each.title,
        "limit": each.limit,
        "promised": each.promised,
        "met": each.met,
        "missed": each.missed,
        "pending": each.pending,
        "left_out": each.left_out,
        "suspended": each.suspended,
        "corrected": each.corrected,
        "share": each.share,
        "interval_low": low,
        "interval_high": high,
        "result": each.result,
        "amber": each.amber,
        "median_ms": each.median,
        "p90_ms": each.p90,
        "working": each.working,
        "whole_met": each.whole[0],
        "whole_missed": each.whole[1],
    }


def said_shape(each: Said) -> Shape:
    """READ levels and first contacts: of all ("of" is ""), a channel or a site."""
    return {
        "of": each.of,
        "received": each.received,
        "read": list(each.levels),
        "not_graded": each.received - sum(each.levels),
        "first_contact_yes": each.yes,
        "first_contact_no": each.no,
        "first_contact_not_said": each.received - each.yes - each.no,
        "share": each.share,
    }


def missed_shape(each: Missed, eye: Eye) -> Shape:
    """One miss."""
    return {
        "ticket": each.number,
        "standard": each.standard,
        "channel": str(each.channel),
        "started": iso(each.started, eye.zone),
        "due": iso(each.due, eye.zone),
        "answered": iso(each.answered, eye.zone),
        "spent_ms": each.spent,
        "suspended": each.suspended,
        "explained": each.explained,
    }
