"""Reports as pages: self-contained, without script, for screen, paper and those who can't see the charts.

::

    as_html(report)              one page of HTML, its style and drawings inside: for those who run the service
    write(report, folder)        report.html, with report.json and report.csv beside it
    write(report, folder, "pdf") report.pdf for A4; needs the extra [pdf]

==========  ======================================================================================
internal    the report, everything in it
public      the performance page: promise, result, trend, hours, how to reach the library
sections    the report in the order in which it is told: a section for each promise (pure)
intervals   shares and their intervals against the promise (pure)
runs        the run of months between its limits (pure)
week        when contacts come, beside staffed hours and misses (pure)
loudness    what texts told of noise: zones and hours as maps of numbers (pure)
contacting  when people contact the library, small counts hidden (pure)
opening     the hours of a week and the exceptions to come (pure)
reaching    what the public is told besides figures: promises in force, lines, hours, contact
scale, svg  places in a drawing; shapes as text (pure)
names       months, channels and hours in words (pure)
sheets      the templates: report.html, standards.html, page.css
pdf         a page of HTML as a PDF
writing     files whole or not at all
==========  ======================================================================================
"""

from helpdesk.reports.page.internal import as_html
from helpdesk.reports.page.writing import write

__all__ = ["as_html", "write"]
