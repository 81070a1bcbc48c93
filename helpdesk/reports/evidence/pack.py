"""A pack: its index, its tables and its documents, as names and bytes. The same material gives the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from helpdesk.reports.benchmark.ours import exported
from helpdesk.reports.evidence.documents import calendars_text, standards_text
from helpdesk.reports.evidence.drafts import Draft, drafts
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.pages import as_html, as_text
from helpdesk.reports.evidence.shown import Sheet
from helpdesk.reports.export import as_json
from helpdesk.reports.page import as_html as report_page
from helpdesk.reports.spreadsheet import What, as_csv, cell
from helpdesk.reports.text import as_text as report_text

_TABLES: tuple[What, ...] = ("figures", "misses", "contacts", "heat", "runs")


def pack(material: Material) -> Mapping[str, bytes]:
    """Every file of the pack by its name, in order; names have forward slashes."""
    found = drafts(material)
    report = material.report
    files = {
        "index.html": as_html(material, found),
        "index.txt": as_text(material, found),
        "report.html": report_page(report),
        "report.txt": report_text(report),
        "report.json": as_json(report),
        "documents/standards.txt": standards_text(material),
        "documents/calendars.txt": calendars_text(material),
        "documents/our-figures.toml": exported(report),
        **{f"tables/{what}.csv": as_csv(report, what) for what in _TABLES},
        **{f"tables/{sheet.name}.csv": sheet_csv(sheet) for sheet in _sheets(found)},
    }
    return {name: text.encode() for name, text in sorted(files.items())}


def _sheets(found: Iterable[Draft]) -> Iterable[Sheet]:
    return {sheet.name: sheet for each in found for sheet in each.shown.sheets}.values()


def sheet_csv(sheet: Sheet) -> str:
    """A table of the page as a file for spreadsheets."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(sheet.heads)
    rows.writerows([cell(each) for each in row] for row in sheet.rows)
    return text.getvalue()
