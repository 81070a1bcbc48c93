"""Reports: what the log says of how the library kept its promises.

::

    report = await reports.report(store, question_for(settings, clock.now(), by="term"))
    print(reports.as_text(report))

===========  ======================================================================================
question     what is asked
making       one question, one snapshot of the store, one report
reading      what each day came to: kept, or folded on the way
sums         days into figures, group by group (pure)
timeliness   what a figure is: shares and results (pure)
volumes      contacts by channel; demand: by weekday and hour (pure)
effort       READ levels and first contacts; effort_words: the same in words (pure)
noise        what texts told of noise, zone by zone (pure)
period       days, weeks, months, terms and years in the library's zone (pure)
spans        the days of a period by its length: this week, last term (pure)
terms        the terms that a published calendar names (pure)
statistics   intervals, quantiles, process limits, funnels in whole numbers (pure)
beside       what stands beside the figures: runs (run charts), dips, misses, restating (published otherwise)
suspending   promises that did not hold for some days (pure)
suppression  small numbers in what is published; hiding: tables of which nothing can be worked out (pure)
text         a report to read
export       a report for machines: JSON
spreadsheet  a report for spreadsheets: CSV
words        how figures are put into words
===========  ======================================================================================
"""

from __future__ import annotations

from helpdesk.reports.contents import Group, Report
from helpdesk.reports.export import as_json
from helpdesk.reports.making import report
from helpdesk.reports.period import By, Days
from helpdesk.reports.question import Question, question_for
from helpdesk.reports.spreadsheet import as_csv
from helpdesk.reports.text import as_text
from helpdesk.reports.timeliness import FEW, Figure, Result
from helpdesk.reports.volumes import Volume

__all__ = [
    "FEW",
    "By",
    "Days",
    "Figure",
    "Group",
    "Question",
    "Report",
    "Result",
    "Volume",
    "as_csv",
    "as_json",
    "as_text",
    "question_for",
    "report",
]
