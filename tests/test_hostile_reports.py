"""Hostile text in what leaves the desk: tables for a spreadsheet, pages, reports as text. Samples: tests/hostile.py."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import get_args

import pytest

from helpdesk.reports import Report
from helpdesk.reports.page import as_html
from helpdesk.reports.spreadsheet import What, as_csv
from helpdesk.reports.text import as_text
from tests.hostile import FORMULAS, HOSTILE, Hostile, harmless
from tests.made_reports import autumn
from tests.page_reading import Page


def _of(text: str) -> Report:
    """A report of a library, a site and a calendar of that name, with such a reason for a miss."""
    made = autumn("site")
    misses = tuple(replace(each, reason=text, site=text) for each in made.misses)
    return replace(made, library=text, misses=misses, groups=(replace(made.groups[0], key=text),))


@pytest.mark.parametrize("text", [*FORMULAS, *(each.text for each in HOSTILE)])
def test_no_cell_of_a_table_is_carried_out(text: str) -> None:
    """Nor does one break its row."""
    for what in get_args(What):
        for row in csv.reader(io.StringIO(as_csv(_of(text), what))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
            for cell in row:
                harmless(cell, towers=True)


@pytest.mark.parametrize("sample", HOSTILE, ids=[each.what for each in HOSTILE])
def test_pages_hold_it_as_text(sample: Hostile) -> None:
    """No element of its own, and nothing that turns the line round."""
    page = Page(as_html(_of(sample.text)))
    assert page.all("script") == []
    assert page.all("img") == []
    assert sample.word in page.text
    harmless(page.text.replace("\N{SOFT HYPHEN}", ""), towers=True)


@pytest.mark.parametrize("sample", HOSTILE, ids=[each.what for each in HOSTILE])
def test_a_report_as_text(sample: Hostile) -> None:
    """It is printed to a terminal."""
    assert sample.word in harmless(as_text(_of(sample.text)), towers=True)
