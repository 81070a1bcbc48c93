"""A report as a page: self-contained, without script, for screen, paper and those who can't see the charts.

::

    as_html(report)          one page of HTML, its style and drawings inside
    as_pdf(report)           the same as a PDF for A4; needs the extra [pdf]
    write(report, folder)    report.html, with report.json and report.csv beside it

==========  ==================================================================================
sections    the report in the order in which it is told: a section for each promise (pure)
charts      intervals against the promise, the run of months (pure)
week        when contacts come, beside staffed hours and misses (pure)
scale, svg  places in a drawing; shapes as text (pure)
names       months, channels and hours in words (pure)
sheets      the templates: report.html, standards.html, page.css
==========  ==================================================================================
"""

from helpdesk.reports.page.internal import as_html

__all__ = ["as_html"]
