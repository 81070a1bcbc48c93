"""A report for machines: JSON with all of it. Tables for spreadsheets stand in :mod:`helpdesk.reports.spreadsheet`.

Times are whole milliseconds (instants since 1970 in UTC), shares whole hundredths of a percent, ``None`` where there
is nothing to tell. Names of keys are stable: add to them, never rename; where one changes its meaning, ``FORMAT`` goes
up. docs/exports.md explains every key.
"""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment
from helpdesk.reports.contents import (
    Dip,
    Group,
    Heat,
    Log,
    Miss,
    Noise,
    Report,
    Restated,
    Run,
    RunPoint,
    Suspension,
    ZoneNoise,
)
from helpdesk.reports.effort import Effort
from helpdesk.reports.period import Days
from helpdesk.reports.timeliness import Figure
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Bar, Calendar, Version
from helpdesk.standards.promises import COVERS

FORMAT = 2
"""The version of the JSON's shape."""


def as_json(report: Report) -> str:
    """All of the report, keys in a fixed order; ends with a line break."""
    return json.dumps(plain(report), ensure_ascii=False, indent=2) + "\n"


def plain(report: Report) -> dict[str, Any]:
    """All of the report in lists, mappings, texts and whole numbers."""
    return {
        "format": FORMAT,
        "library": report.library,
        "zone": report.zone,
        "by": report.by,
        **_days(report.days),
        "log_began": report.began.isoformat() if report.began else None,
        "made": local(report.now, report.zone),
        "made_ms": report.now,
        "log": _log(report.log),
        "few": report.few,
        "amber_hundredths": round(report.amber_points * 100),
        "groups": [_group(group) for group in report.groups],
        "total": _group(report.total),
        "contacts": [volume(each) for each in report.volumes],
        "imported": report.imported,
        "standards": [_version(each) for each in report.standards],
        "calendars": [_calendar(each) for each in report.calendars],
        "missed": report.missed,
        "misses": [miss(each, report.zone) for each in report.misses],
        "heat": _heat(report.heat) if report.heat else None,
        "noise": _noise(report.noise) if report.noise else None,
        "effort": [effort(*row) for row in report.effort.rows()] if report.effort else None,
        "runs": [run(each) for each in report.runs],
        "dips": [_dip(each) for each in report.dips],
        "suspensions": [_suspension(each) for each in report.suspensions],
        "restated": [_restated(each) for each in report.restated],
    }


def local(when: Instant, zone: str) -> str:
    """ "2026-12-01T09:00:00.000+00:00", by the clocks of ``zone``."""
    return moment(when).astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")


def _days(days: Days) -> dict[str, str]:
    return {"begin": days.begin.isoformat(), "end": days.end.isoformat()}


def _log(log: Log) -> dict[str, Any]:
    return {
        "events": log.end.seq,
        "digest": log.end.digest,
        "whole": log.whole,
        "checked": log.checked,
        "fault": log.fault,
    }


def _group(group: Group) -> dict[str, Any]:
    return {"group": group.key, **_days(group.days), "figures": [figure(each) for each in group.figures]}


def figure(each: Figure) -> dict[str, Any]:
    """One figure; ``left_out_reasons`` and the digests are the only values that are no single ones."""
    low, high = each.interval or (None, None)
    return {
        "standard": each.standard,
        "promised_percent": each.promised,
        "received": each.received,
        "answered": each.answered,
        "met": each.met,
        "missed": each.missed,
        "missed_unanswered": each.unanswered,
        "pending": each.pending,
        "left_early": each.left_early,
        "left_out": each.set_apart,
        "left_out_reasons": {str(bar): each.left_out.get(bar, 0) for bar in sorted(Bar)},
        "undetermined": each.undetermined,
        "share_hundredths": each.share,
        "interval_low_hundredths": low,
        "interval_high_hundredths": high,
        "result": str(each.result),
        "amber": each.amber,
        "median_ms": each.median,
        "p90_ms": each.p90,
        "untimed": each.untimed,
        "corrected": each.corrected,
        "recorded_met": each.recorded[0],
        "recorded_missed": each.recorded[1],
        "suspended": each.suspended,
        "whole_met": each.whole[0],
        "whole_missed": each.whole[1],
        "standard_digests": list(each.versions),
        "calendar_digests": list(each.calendars),
    }


def volume(each: Volume) -> dict[str, Any]:
    """The contacts of one channel."""
    return {
        "channel": str(each.channel),
        "received": each.received,
        "answered": each.answered,
        "set_apart": {str(bar): each.set_apart.get(bar, 0) for bar in sorted(Bar)},
    }


def _version(version: Version) -> dict[str, Any]:
    standard = version.standard
    return {
        "digest": version.digest,
        "name": standard.name,
        "title": standard.title,
        "owner": standard.owner,
        "source": standard.source,
        "covers": {name: list(getattr(standard.covers, name)) for name in COVERS},
        "measure": str(standard.measure),
        "limit": str(standard.limit),
        "calendar": standard.calendar,
        "promised_percent": f"{standard.share:g}",
        "working_day": str(standard.working_day) if standard.limit.days else None,
        "counts_automatic": standard.counts_automatic,
        "attended_answers": standard.attended_answers,
        "solved_answers": standard.solved_answers,
        "chats_left_early": str(standard.left_early),
        "published_ms": version.published,
    }


def _calendar(calendar: Calendar) -> dict[str, Any]:
    return {"digest": calendar.digest, "name": calendar.name, "published_ms": calendar.published}


def miss(each: Miss, zone: str) -> dict[str, Any]:
    """One miss."""
    return {
        "ticket": each.number,
        "standard": each.standard,
        "channel": str(each.channel),
        "site": each.site,
        "started": local(each.started, zone),
        "started_ms": each.started,
        "due_ms": each.due,
        "answered_ms": each.answered,
        "spent_ms": each.spent,
        "corrected": each.corrected,
        "suspended": each.suspended,
        "reason": each.reason,
    }


def _heat(heat: Heat) -> dict[str, Any]:
    return {
        "calendar": heat.calendar,
        "received": heat.received,
        "missed": heat.missed,
        "staffed_ms": heat.staffed,
        "possible_ms": heat.possible,
    }


def _noise(noise: Noise) -> dict[str, Any]:
    return {
        "calendar": noise.calendar,
        "zones": [_with_weeks(each) for each in noise.zones],
        "unplaced": _with_weeks(noise.unplaced),
        "total": _with_weeks(noise.total),
        "zones_without": list(noise.silent),
        "muted": noise.muted,
        "limited": noise.limited,
    }


def _with_weeks(each: ZoneNoise) -> dict[str, Any]:
    weeks = {"texts_by_weekday_and_hour": each.texts, "noises_by_weekday_and_hour": each.noises}
    row = zone_noise(each)
    kinds = {name: row.pop(f"kind_{name}") for name in each.kinds}
    outcomes = {name: row.pop(f"outcome_{name}") for name in each.outcomes}
    return {**row, "kinds": kinds, "outcomes": outcomes, **weeks}


def zone_noise(each: ZoneNoise) -> dict[str, Any]:
    """The noise of a zone, in single values."""
    return {
        "zone": each.zone,
        "name": each.name,
        "site": each.site,
        "texts": each.told,
        "answered": each.answered,
        "concerns": each.concerns,
        "noises": each.heard,
        "staffed": each.staffed,
        "unstaffed": each.heard - each.staffed,
        "gone_to": each.went.n,
        "gone_to_median_ms": each.went.median,
        "gone_to_unstaffed": each.went_away.n,
        "gone_to_unstaffed_median_ms": each.went_away.median,
        **{f"kind_{name}": n for name, n in each.kinds.items()},
        **{f"outcome_{name}": n for name, n in each.outcomes.items()},
    }


def effort(by: str, name: str, each: Effort) -> dict[str, Any]:
    """What staff said of all contacts ("" and ""), of a channel's or of a site's."""
    low, high = each.interval or (None, None)
    return {
        "by": by,
        "name": name,
        "received": each.received,
        **{f"read_{level}": n for level, n in enumerate(each.levels, start=1)},
        "not_graded": each.ungraded,
        "first_contact_yes": each.yes,
        "first_contact_no": each.no,
        "first_contact_not_said": each.unsaid,
        "first_contact_share_hundredths": each.share,
        "interval_low_hundredths": low,
        "interval_high_hundredths": high,
    }


def run(each: Run) -> dict[str, Any]:
    """A run chart."""
    return {
        "standard": each.standard,
        "promised_percent": each.promised,
        "centre_hundredths": each.centre,
        "lower_hundredths": each.lower,
        "upper_hundredths": each.upper,
        "months": [_point(point) for point in each.points],
    }


def _point(point: RunPoint) -> dict[str, Any]:
    return {
        "month": point.key,
        "share_hundredths": point.share,
        "judged": point.judged,
        "signal": str(point.signal),
    }


def _dip(dip: Dip) -> dict[str, Any]:
    return {
        "standard": dip.standard,
        "promised_percent": dip.promised,
        "month": dip.month,
        "share_hundredths": dip.share,
        "explanation": dip.explanation,
        "action": dip.action,
        "by": dip.by,
        "noted_ms": dip.noted,
    }


def _suspension(suspension: Suspension) -> dict[str, Any]:
    return {
        "event": suspension.seq,
        "standard": suspension.standard,
        **_days(suspension.days),
        "closed": suspension.closed,
        "begin_ms": suspension.span[0] if suspension.span else None,
        "end_ms": suspension.span[1] if suspension.span else None,
        "reason": suspension.reason,
        "by": suspension.by,
        "noted_ms": suspension.noted,
    }


def _restated(restated: Restated) -> dict[str, Any]:
    return {
        "standard": restated.standard,
        "promised_percent": restated.promised,
        "month": restated.month,
        "published_ms": restated.published,
        "published_met": restated.before[0],
        "published_missed": restated.before[1],
        "met": restated.after[0],
        "missed": restated.after[1],
        "why": dict(restated.why),
    }
