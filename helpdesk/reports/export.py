"""A report for machines: JSON with all of it, CSV with one row per group, standard and promised share.

Times are whole milliseconds, shares whole hundredths of a percent (``None``, in CSV empty, where there is nothing
to tell). Names of columns and keys are stable: add to them, never rename.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.clock import moment
from helpdesk.reports.contents import Group, Report
from helpdesk.reports.timeliness import FEW, Figure
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Bar, Version

FORMAT = 1
"""The version of the JSON's shape."""

COLUMNS = (
    "group",
    "begin",
    "end",
    "standard",
    "promised_percent",
    "received",
    "answered",
    "met",
    "missed",
    "missed_unanswered",
    "pending",
    "left_early",
    "left_out",
    *(f"left_out_{bar}" for bar in sorted(Bar)),
    "undetermined",
    "share_hundredths",
    "result",
    "median_ms",
    "p90_ms",
    "untimed",
    "standard_digests",
    "calendar_digests",
    "made_ms",
    "log_events",
    "log_digest",
)
"""The columns of the CSV. ``end`` is the first day after the group."""


def as_csv(report: Report) -> str:
    """A header and one row per group, standard and promised share."""
    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(_rows(report))
    return text.getvalue()


def _rows(report: Report) -> Iterator[dict[str, object]]:
    made = {"made_ms": report.now, "log_events": report.log.end.seq, "log_digest": report.log.end.digest}
    for group in report.groups:
        for figure in group.figures:
            plain = _figure(figure)
            reasons = plain.pop("left_out_reasons")
            plain["standard_digests"] = " ".join(plain["standard_digests"])
            plain["calendar_digests"] = " ".join(plain["calendar_digests"])
            place = {"group": group.key, "begin": group.days.begin, "end": group.days.end}
            yield place | plain | {f"left_out_{bar}": n for bar, n in reasons.items()} | made


def as_json(report: Report) -> str:
    """All of the report, keys in a fixed order; ends with a line break."""
    made = moment(report.now).astimezone(ZoneInfo(report.zone))
    plain = {
        "format": FORMAT,
        "library": report.library,
        "zone": report.zone,
        "by": report.by,
        "begin": report.days.begin.isoformat(),
        "end": report.days.end.isoformat(),
        "log_began": report.began.isoformat() if report.began else None,
        "made": made.isoformat(timespec="milliseconds"),
        "made_ms": report.now,
        "log": {"events": report.log.end.seq, "digest": report.log.end.digest},
        "few": FEW,
        "groups": [_group(group) for group in report.groups],
        "total": _group(report.total),
        "contacts": [_volume(volume) for volume in report.volumes],
        "standards": [_version(version) for version in report.standards],
    }
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _group(group: Group) -> dict[str, Any]:
    return {
        "group": group.key,
        "begin": group.days.begin.isoformat(),
        "end": group.days.end.isoformat(),
        "figures": [_figure(figure) for figure in group.figures],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "standard": figure.standard,
        "promised_percent": figure.promised,
        "received": figure.received,
        "answered": figure.answered,
        "met": figure.met,
        "missed": figure.missed,
        "missed_unanswered": figure.unanswered,
        "pending": figure.pending,
        "left_early": figure.left_early,
        "left_out": figure.set_apart,
        "left_out_reasons": {str(bar): figure.left_out.get(bar, 0) for bar in sorted(Bar)},
        "undetermined": figure.undetermined,
        "share_hundredths": figure.share,
        "result": str(figure.result),
        "median_ms": figure.median,
        "p90_ms": figure.p90,
        "untimed": figure.untimed,
        "standard_digests": list(figure.versions),
        "calendar_digests": list(figure.calendars),
    }


def _volume(volume: Volume) -> dict[str, Any]:
    return {
        "channel": str(volume.channel),
        "received": volume.received,
        "answered": volume.answered,
        "set_apart": {str(bar): volume.set_apart.get(bar, 0) for bar in sorted(Bar)},
    }


def _version(version: Version) -> dict[str, Any]:
    standard = version.standard
    return {
        "digest": version.digest,
        "name": standard.name,
        "title": standard.title,
        "measure": str(standard.measure),
        "limit": str(standard.limit),
        "calendar": standard.calendar,
        "promised_percent": f"{standard.share:g}",
        "working_day": str(standard.working_day) if standard.limit.days else None,
        "counts_automatic": standard.counts_automatic,
        "attended_answers": standard.attended_answers,
        "published_ms": version.published,
    }
