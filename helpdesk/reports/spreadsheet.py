"""A report for spreadsheets: one CSV table at a time, comma separated, UTF-8, each row with the log it stands on.

Names of columns are stable: add to them, never rename. Times are whole milliseconds, shares whole hundredths of a
percent, days half open; a cell is empty where there is nothing to tell. A text that a spreadsheet would take for a
formula gets an apostrophe in front, as spreadsheets write it themselves. docs/exports.md explains every column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Literal

from helpdesk.reports import export
from helpdesk.reports.contents import Report, ZoneNoise
from helpdesk.reports.noise import KINDS, OUTCOMES
from helpdesk.reports.words import plain
from helpdesk.sorts import READ
from helpdesk.standards import Bar

What = Literal["figures", "misses", "contacts", "heat", "runs", "noise", "noise_zones", "effort"]
"""What a table holds."""

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
    "interval_low_hundredths",
    "interval_high_hundredths",
    "result",
    "amber",
    "median_ms",
    "p90_ms",
    "untimed",
    "corrected",
    "recorded_met",
    "recorded_missed",
    "suspended",
    "whole_met",
    "whole_missed",
    "standard_digests",
    "calendar_digests",
)
"""The columns of the figures: a row for each group, standard and promised share."""

MISSES = (
    "ticket",
    "standard",
    "channel",
    "site",
    "started",
    "started_ms",
    "due_ms",
    "answered_ms",
    "spent_ms",
    "corrected",
    "suspended",
    "reason",
)
"""The columns of the misses: a row for each."""

CONTACTS = ("channel", "received", "answered", *(f"set_apart_{bar}" for bar in sorted(Bar)))
"""The columns of the contacts: a row for each channel."""

HEAT = ("weekday", "hour", "received", "missed", "staffed_ms", "possible_ms", "calendar")
"""The columns of the demand: a row for each hour of each weekday (1 is Monday)."""

RUNS = (
    "standard",
    "promised_percent",
    "month",
    "share_hundredths",
    "judged",
    "signal",
    "centre_hundredths",
    "lower_hundredths",
    "upper_hundredths",
)
"""The columns of the run charts: a row for each standard and month."""

NOISE = ("zone", "name", "site", "weekday", "hour", "texts", "noises")
"""The columns of the noise map: a row for each zone and each hour of each weekday (1 is Monday)."""

NOISE_ZONES = (
    "zone",
    "name",
    "site",
    "texts",
    "answered",
    "concerns",
    "noises",
    "staffed",
    "unstaffed",
    "gone_to",
    "gone_to_median_ms",
    "gone_to_unstaffed",
    "gone_to_unstaffed_median_ms",
    *(f"kind_{name}" for name in KINDS),
    *(f"outcome_{name}" for name in OUTCOMES),
)
"""The columns of the zones: a row for each, and one with no zone for texts whose place nobody knew."""

EFFORT = (
    "by",
    "name",
    "received",
    *(f"read_{level}" for level in READ),
    "not_graded",
    "first_contact_yes",
    "first_contact_no",
    "first_contact_not_said",
    "first_contact_share_hundredths",
    "interval_low_hundredths",
    "interval_high_hundredths",
)
"""The columns of the effort: a row for all contacts, one for each channel and one for each site."""

MADE = ("made_ms", "log_events", "log_digest", "log_whole")
"""The last columns of every table: when, and from which log."""

Row = Mapping[str, object]


def as_csv(report: Report, what: What = "figures") -> str:
    """A header and the rows of one table."""
    columns, rows = TABLES[what]
    end = report.log.end
    made = dict(zip(MADE, (report.now, end.seq, end.digest, report.log.whole), strict=True))
    text = io.StringIO()
    writer = csv.DictWriter(text, (*columns, *MADE), lineterminator="\n")
    writer.writeheader()
    for row in rows(report):
        writer.writerow({name: cell(value) for name, value in {**row, **made}.items()})
    return text.getvalue()


def cell(value: object) -> object:
    """As a spreadsheet may read it: flags in small letters, no text taken for a formula, and on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = plain(value)
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def _figures(report: Report) -> Iterator[Row]:
    for group in report.groups:
        for each in group.figures:
            row = export.figure(each)
            reasons = row.pop("left_out_reasons")
            row["standard_digests"] = " ".join(row["standard_digests"])
            row["calendar_digests"] = " ".join(row["calendar_digests"])
            place = {"group": group.key, "begin": group.days.begin, "end": group.days.end}
            yield place | row | {f"left_out_{bar}": n for bar, n in reasons.items()}


def _misses(report: Report) -> Iterator[Row]:
    return (export.miss(each, report.zone) for each in report.misses)


def _contacts(report: Report) -> Iterator[Row]:
    for each in report.volumes:
        row = export.volume(each)
        yield row | {f"set_apart_{bar}": n for bar, n in row.pop("set_apart").items()}


def _heat(report: Report) -> Iterator[Row]:
    heat = report.heat
    if heat is None:
        return
    for day in range(7):
        for hour in range(24):
            yield {
                "weekday": day + 1,
                "hour": hour,
                "received": heat.received[day][hour],
                "missed": heat.missed[day][hour],
                "staffed_ms": heat.staffed[day][hour],
                "possible_ms": heat.possible[day][hour],
                "calendar": heat.calendar,
            }


def _runs(report: Report) -> Iterator[Row]:
    for each in report.runs:
        row = export.run(each)
        months = row.pop("months")
        yield from ({**row, **month} for month in months)


def _every_zone(report: Report) -> Iterator[ZoneNoise]:
    """Each zone that had any noise, then what nobody knew the place of."""
    if report.noise is not None:
        yield from (*report.noise.zones, report.noise.unplaced)


def _noise(report: Report) -> Iterator[Row]:
    for each in _every_zone(report):
        place = {"zone": each.zone, "name": each.name, "site": each.site}
        for day, hour in product(range(7), range(24)):
            counts = {"texts": each.texts[day][hour], "noises": each.noises[day][hour]}
            yield {**place, "weekday": day + 1, "hour": hour, **counts}


def _noise_zones(report: Report) -> Iterator[Row]:
    return map(export.zone_noise, _every_zone(report))


def _effort(report: Report) -> Iterator[Row]:
    return (export.effort(*row) for row in report.effort.rows()) if report.effort else iter(())


TABLES: dict[What, tuple[tuple[str, ...], Callable[[Report], Iterator[Row]]]] = {
    "figures": (COLUMNS, _figures),
    "misses": (MISSES, _misses),
    "contacts": (CONTACTS, _contacts),
    "heat": (HEAT, _heat),
    "runs": (RUNS, _runs),
    "noise": (NOISE, _noise),
    "noise_zones": (NOISE_ZONES, _noise_zones),
    "effort": (EFFORT, _effort),
}
"""The columns of each table, and what fills them."""
