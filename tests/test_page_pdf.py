"""The report on paper: a PDF that screen readers can read, too. It needs Pango; where that is missing it is skipped."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig
from helpdesk.reports.page import as_html, write
from helpdesk.reports.page.pdf import as_pdf
from tests.made_reports import autumn, empty


@pytest.fixture(autouse=True)
def _printer() -> None:
    """Skip, which fails where all is required, if PDFs can't be made here."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"no PDF can be made here: {error}")


def told(made: bytes) -> bytes:
    """All that is in a PDF, its streams unpacked."""
    parts = re.split(rb"stream\r?\n(.*?)\r?\nendstream", made, flags=re.DOTALL)
    return b"\n".join(_unpacked(part) if place % 2 else part for place, part in enumerate(parts))


def _unpacked(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return part


def test_a_pdf_carries_the_reports_own_time_and_tags() -> None:
    """Not the machine's time: the report's. Tagged, with the language and the title of the page."""
    made = told(as_pdf(as_html(empty())))
    assert made.startswith(b"%PDF-")
    assert b"D:20261201090000Z" in made
    assert b"/MarkInfo" in made
    assert b"en-GB" in made


@pytest.mark.full
@pytest.mark.timeout(120)
def test_the_same_report_gives_the_same_pdf(tmp_path: Path) -> None:
    """On one machine, byte for byte; every drawing has its words."""
    (path,) = write(autumn(), tmp_path, "pdf")
    made = path.read_bytes()
    assert as_pdf(as_html(autumn())) == made
    assert told(made).count(b"/Alt") >= 9
    assert [each.name for each in tmp_path.iterdir()] == ["report.pdf"]


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of the system that can't be loaded: the remedy names what to install."""
    import sys

    class Broken:
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0': no such file\nmore")

    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(
        BadConfig, match=r"libpangoft2-1.0-0.*Missing: cannot load library 'libpango-1.0-0': no such file"
    ):
        as_pdf("<p>")
