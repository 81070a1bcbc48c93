"""A report for machines: all of it in JSON, tables for spreadsheets, and the page that explains them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.commands import report as command
from helpdesk.reports import spreadsheet
from helpdesk.reports.contents import Miss, Report
from helpdesk.reports.export import FORMAT, as_json
from helpdesk.reports.noise import KINDS, OUTCOMES
from helpdesk.reports.period import By
from helpdesk.reports.spreadsheet import MADE, TABLES, What, as_csv
from helpdesk.reports.timeliness import Figure
from tests.made_reports import autumn, empty, misses, spoilt

DOCS = Path(__file__).parents[1] / "docs" / "exports.md"


def _json(report: Report) -> Any:
    return json.loads(as_json(report))


def _rows(report: Report, what: What = "figures") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(report, what))))


# JSON


def test_the_json_holds_every_field_of_a_report() -> None:
    """Each by its name, or by what the page says it is called."""
    called = {
        "days": "begin",
        "now": "made_ms",
        "began": "log_began",
        "volumes": "contacts",
        "amber_points": "amber_hundredths",
    }
    plain = _json(autumn())
    assert plain["format"] == FORMAT == 2
    assert {called.get(each.name, each.name) for each in fields(Report)} <= plain.keys()


def test_the_json_holds_every_field_of_a_figure() -> None:
    """Interval, amber, and both figures of corrections and suspensions among them."""
    called = {
        "promised": "promised_percent",
        "left_out": "left_out_reasons",
        "median": "median_ms",
        "p90": "p90_ms",
        "interval": "interval_low_hundredths",
        "recorded": "recorded_met",
        "whole": "whole_met",
        "versions": "standard_digests",
        "calendars": "calendar_digests",
        "few": "",
    }
    figure = _json(autumn())["total"]["figures"][3]
    assert {called.get(each.name, each.name) for each in fields(Figure)} - {""} <= figure.keys()
    assert (figure["met"], figure["recorded_met"], figure["whole_met"]) == (368, 361, 379)
    assert (figure["share_hundredths"], figure["interval_low_hundredths"]) == (8867, 8526)
    assert (figure["result"], figure["amber"]) == ("not met", True)


def test_the_json_tells_what_happened() -> None:
    """Misses with reasons, suspensions, dips, restatements, run charts, demand, and the state of the log."""
    plain = _json(spoilt())
    assert plain["log"]["whole"] is False
    assert plain["log"]["fault"].startswith("Event 1204")
    assert plain["misses"][0]["reason"].startswith("Two were ill")
    assert (plain["missed"], len(plain["misses"])) == (585, 20)
    assert plain["suspensions"][0]["begin"] == "2026-11-09"
    assert plain["dips"][0]["action"].startswith("From 2 November")
    assert plain["restated"][0]["why"] == {"corrected": 6}
    assert plain["runs"][0]["months"][13]["signal"] == "below the lower limit"
    assert [len(plain["heat"]["received"]), len(plain["heat"]["received"][0])] == [7, 24]
    assert plain["calendars"][0]["name"] == "staffed"


def test_an_empty_report_has_all_keys() -> None:
    """A program that reads it need not ask which are there."""
    assert _json(empty()).keys() == _json(autumn()).keys()
    for what in get_args(What):
        assert len(as_csv(empty(), what).splitlines()) == 1


# Tables


@pytest.mark.parametrize("by", get_args(By))
def test_the_csv_and_the_json_say_the_same(by: By) -> None:
    """One row per group and standard, every value the JSON's."""
    made = autumn(by)
    plain, rows = _json(made), _rows(made)
    figures = [(group, figure) for group in plain["groups"] for figure in group["figures"]]
    assert len(rows) == len(figures)
    for row, (group, figure) in zip(rows, figures, strict=True):
        assert (row["group"], row["begin"], row["end"]) == (group["group"], group["begin"], group["end"])
        for name, value in figure.items():
            assert row.get(name, _text(value)) == _text(value), name
        assert row["log_digest"] == plain["log"]["digest"]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


@pytest.mark.parametrize("what", get_args(What))
def test_every_column_of_a_table_is_filled(what: What) -> None:
    """No column is left without any value, and each row says from which log it comes."""
    columns, _ = TABLES[what]
    rows = _rows(autumn(), what)
    assert tuple(rows[0]) == (*columns, *MADE)
    assert all(row["log_events"] == "41873" and row["log_whole"] == "true" for row in rows)
    assert [name for name in columns if not any(row[name] for row in rows)] == []


def test_the_tables_have_their_rows() -> None:
    """A row for each miss, channel, hour of the week, month of a run chart."""
    numbers: list[tuple[What, int]] = [("misses", 20), ("contacts", 5), ("heat", 168), ("runs", 33)]
    numbers += [("noise", 5 * 168), ("noise_zones", 5), ("effort", 6)]
    for what, expected in numbers:
        assert len(_rows(autumn(), what)) == expected


def test_the_command_offers_what_there_is() -> None:
    """Its choices, which are written out so that no help text loads the reports, are those of the reports."""
    assert get_args(command.By) == get_args(By)
    assert get_args(command.What) == get_args(What) == tuple(TABLES)


# Formulas


@pytest.mark.parametrize("sign", [*"=+-@", "\t=", "\r=", "\n=", " =", "\N{ZERO WIDTH SPACE}=", "＝", "＋", "－", "＠"])
def test_no_reason_becomes_a_formula(sign: str) -> None:
    """What a spreadsheet would run gets an apostrophe in front; also behind blanks and signs that don't show."""
    reason = f'{sign}HYPERLINK("http://x.example","y")'
    (row,) = _rows(autumn(misses=(_miss(reason=reason),)), "misses")
    assert row["reason"].startswith("'")


def test_an_ordinary_reason_stays_as_it_is() -> None:
    """Commas, quotes and accents too; line breaks become blanks, so that a row is a line."""
    (row,) = _rows(autumn(misses=(_miss(reason='Renée said: "two, at\nmost" – 1 = 1'),)), "misses")
    assert row["reason"] == 'Renée said: "two, at most" – 1 = 1'


@given(st.text())
def test_no_text_in_any_cell_is_a_formula(text: str) -> None:
    """Neither in reasons nor in the names of sites and calendars; numbers stay numbers."""
    made = autumn("site", misses=(_miss(reason=text, site=text),))
    heat = made.heat
    assert heat is not None
    made = replace(made, heat=replace(heat, calendar=text), groups=(replace(made.groups[0], key=text),))
    tables: list[What] = ["misses", "heat", "figures"]
    for what in tables:
        for row in _rows(made, what):
            assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def _miss(**changes: Any) -> Miss:
    return replace(misses(1)[0], **changes)


# The page


def test_the_page_explains_every_key_and_column() -> None:
    """docs/exports.md names each, and none that is not there."""
    named = set(re.findall(r"^\| `([a-z0-9_]+)`", DOCS.read_text(encoding="utf-8"), re.M))
    there = _keys(_json(autumn())) | {name for columns, _ in TABLES.values() for name in columns} | set(MADE)
    reasons = {name for name in there if re.fullmatch(r"(left_out|set_apart|kind|outcome)_(?!reasons)[a-z_]+", name)}
    assert there - reasons - _VALUES == named


_VALUES = {"automatic", "merged", "not_measured", "spam", "test", *KINDS, *OUTCOMES}
"""Keys of mappings that are values themselves."""


def _keys(value: Any) -> set[str]:
    """The keys of mappings within mappings and lists."""
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def test_the_page_names_the_format() -> None:
    """The version that the JSON has."""
    assert f"`format` is {FORMAT}" in DOCS.read_text(encoding="utf-8")
    assert spreadsheet.COLUMNS[0] == "group"
