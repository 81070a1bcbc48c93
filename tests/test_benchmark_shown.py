"""A comparison as text and as a drawing, and the pages of docs/ that show both forms of file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpdesk.reports.benchmark.chart import chart
from helpdesk.reports.benchmark.comparison import Centre, Comparison, Place, compared
from helpdesk.reports.benchmark.peers import Peer, distinct, peers_from_text, starter
from helpdesk.reports.benchmark.text import as_text, reached
from helpdesk.reports.evidence.kept import kept_from_text
from tests.made_evidence import colleagues
from tests.made_reports import autumn

DOCS = Path(__file__).parents[1] / "docs"


def found(standard: str = "mail-answered", around: Centre = Centre.PROMISE) -> Comparison:
    """One promise of the made autumn among colleagues and the starter file."""
    peers = [*starter(), *colleagues(autumn())]
    (one,) = (each for each in compared(autumn(), peers, around=around) if each.standard == standard)
    return one


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a language on a page of docs/."""
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


# The pages


def test_the_example_on_the_page_is_what_is_printed() -> None:
    """docs/benchmarking.md shows a comparison whole."""
    assert as_text([found()]) in blocks("benchmarking.md", "text")


def test_the_forms_of_file_on_the_pages_are_read() -> None:
    """What a reader copies from docs/ works."""
    for block in blocks("benchmarking.md", "toml"):
        assert peers_from_text(block, "docs") != ()
    (kept,) = blocks("evidence.md", "toml")
    assert kept_from_text(kept, "docs").entries
    assert blocks("benchmarking.md", "toml")


def test_every_key_is_explained_on_the_pages() -> None:
    """Of a peer and of a grade."""
    peers, evidence = ((DOCS / page).read_text("utf-8") for page in ("benchmarking.md", "evidence.md"))
    assert [name for name in Peer.__dataclass_fields__ if f"`{name}`" not in peers] == []
    kept = ("year", "element", "grade", "by", "on", "notes", "said", "documents")
    assert [name for name in kept if f"`{name}`" not in evidence] == []


def test_the_elements_that_the_page_names_are_those_of_the_catalogue() -> None:
    """docs/evidence.md lists what the log can support."""
    catalogue = tomllib.loads((DOCS.parent / "helpdesk/reports/evidence/cse.toml").read_text("utf-8"))
    shown = {number for number, each in catalogue["elements"].items() if each.get("shows")}
    listed = set(re.findall(r"^\| (\d\.\d\.\d)", (DOCS / "evidence.md").read_text("utf-8"), re.MULTILINE))
    assert listed == shown


# Text


def test_the_text_fits_a_terminal_and_says_why_for_each() -> None:
    """Every comparison of the autumn, at most 80 columns."""
    text = as_text(compared(autumn(), [*starter(), *colleagues(autumn())]))
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert "Leeds, 2024/25: E-mail answered in 48 hours" in text
    assert "- 48 h of wall time is not 3 working days" in text
    assert "Not compared, as they are about other contacts." in text


def test_every_peer_is_told_of_once() -> None:
    """In the funnel, beside it, unlike, or elsewhere: none is dropped in silence."""
    peers = [*starter(), *colleagues(autumn())]
    for each in compared(autumn(), peers):
        told = [*(one.peer for one in each.placed[1:])]
        told += [one.peer for group in (each.beside, each.unlike, each.elsewhere) for one in group]
        assert len(told) == len(peers)
        assert all(one.why for group in (each.beside, each.unlike, each.elsewhere) for one in group)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "97.0 % of 1,000, promised 95.0 %"),
        ({"judged": None}, "97.0 %, promised 95.0 %"),
        ({"figure": None}, "no figure, promised 95.0 %"),
        ({"figure": None, "lowest": 9000, "highest": 9950, "target": None}, "90.0 % to 99.5 %"),
    ],
)
def test_what_was_reached(changes: dict[str, int | None], said: str) -> None:
    """As far as it is said."""
    peer = Peer(institution="A", promise="B", period="2026-27", source="C", figure=9700, judged=1000, target=9500)
    assert reached(replace(peer, **changes)) == said  # type: ignore[arg-type]


def test_a_figure_in_two_files_counts_once() -> None:
    """The library's own file and a colleague's may hold the same row."""
    peers = colleagues(autumn(), many=1)
    assert distinct([*peers, *peers]) == tuple(peers)


# The drawing


def test_the_drawing_is_whole_and_told_in_words() -> None:
    """Well-formed, named, and everything that it shows is in its description."""
    root = ElementTree.fromstring(chart("funnel", found()))
    space = "{http://www.w3.org/2000/svg}"
    told = root.findtext(f"{space}desc") or ""
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "funnel-title funnel-told"
    assert all(each.peer.institution in told for each in found().placed)
    assert str(Place.FAR_ABOVE) in told
    assert len(root.findall(f"{space}circle")) == len(found().placed)


def test_what_is_drawn_lies_within_the_drawing() -> None:
    """Of libraries with five contacts and with fifty thousand, around a promise and around their mean."""
    one = found()
    far = (replace(one.placed[1], judged=5), replace(one.placed[2], judged=50_000, share=0))
    for each in (one, found(around=Centre.POOLED), replace(one, placed=(one.placed[0], *far))):
        root = ElementTree.fromstring(chart("funnel", each))
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        points = [point for shape in root.iter() if (of := shape.get("points")) for point in of.split()]
        points += [f"{shape.attrib['cx']},{shape.attrib['cy']}" for shape in root.iter() if "cx" in shape.attrib]
        for x, _, y in (point.partition(",") for point in points):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_without_a_centre_there_is_no_drawing() -> None:
    """Nothing was judged."""
    with pytest.raises(ValueError, match="has no funnel"):
        chart("funnel", replace(found(), centre=None))
