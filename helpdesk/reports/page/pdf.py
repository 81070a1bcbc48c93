"""The page as a PDF for A4, tagged so that screen readers find headings, tables and charts (PDF/UA).

Times in it are the report's own. The bytes are the same for the same report on one machine; fonts, and the version of
WeasyPrint, make them differ from machine to machine: what is compared is the page, never its PDF.
"""

from __future__ import annotations

from helpdesk.errors import BadConfig
from helpdesk.extras import install

_REMEDY = (
    f"A PDF needs WeasyPrint: {install('pdf')}; and libraries of the system (on Debian: "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core)."
)


def as_pdf(page: str) -> bytes:
    """The PDF of a page of HTML; BadConfig, with the remedy, where WeasyPrint or what it stands on is missing."""
    try:
        from weasyprint import HTML
    except ImportError as error:
        raise BadConfig(f"{_REMEDY} Missing: {error.name or error}.") from None
    except OSError as error:
        raise BadConfig(f"{_REMEDY} Missing: {str(error).splitlines()[0]}.") from None
    made: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return made
