"""The SCONUL year, in which British academic libraries report: from 1 August to 31 July."""

from __future__ import annotations

import re
from datetime import date, timedelta

from helpdesk.errors import Refused
from helpdesk.reports import words
from helpdesk.reports.period import Days


def sconul_year(text: str) -> Days:
    """ "2026-27" or "2026/27" as days; Refused, in words, for anything else."""
    match = re.fullmatch(r"(\d{4})[-/](\d{2}|\d{4})", text.strip(), re.ASCII)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]) % 100 or not 1900 <= int(match[1]) <= 9000:
        raise Refused(f"Write the year as 2026-27 (1 August 2026 to 31 July 2027), not {text!r}.")
    first = int(match[1])
    return Days(date(first, 8, 1), date(first + 1, 8, 1))


def named(days: Days) -> str:
    """ "2026-27" for a whole SCONUL year, "September to November 2026" for months; else the first and the last day."""
    begin = days.begin
    if days == Days(date(begin.year, 8, 1), date(begin.year + 1, 8, 1)):
        return f"{begin.year}-{(begin.year + 1) % 100:02}"
    if begin.day == days.end.day == 1:
        return _months(begin, days.end - timedelta(days=1))
    return words.period(days)


def _months(first: date, last: date) -> str:
    begin, end = (words.month(f"{day:%Y-%m}") for day in (first, last))
    if begin == end:
        return end
    return f"{begin.removesuffix(f' {last.year}')} to {end}"
