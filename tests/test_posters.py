"""Posters: what a phone reads from them is what it should send, and what stands on them holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp

from helpdesk.cli import run
from helpdesk.config import LibrarySettings, LineSettings, NoiseSettings, Settings
from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.posters import Poster, as_html, as_svg, index_of, poster_for
from helpdesk.zones.plan import Zone, ZoneKind
from tests.page_reading import Page

SILENT = Zone(id="main-3-silent", site="main", floor="3", name="Silent study", kind=ZoneKind.SILENT, code="L3A")
HOSTILE = Zone(
    id="law-g", site="law", floor="G", name='Café <script>alert("&")</script>', kind=ZoneKind.GROUP, code="LAW1"
)
MODULE = 8
"""Pixels to a module of a code that is read."""


def line(address: str = "+447700900001", **more: Any) -> LineSettings:
    """A noise line."""
    return LineSettings(channel=Channel.SMS, title="Noiseline", policy="sealed", kind="noise", address=address, **more)


def settings(**lines: LineSettings) -> Settings:
    """A library with these lines, or with one noise line."""
    return Settings(
        library=LibrarySettings(name="Moor Street Library & Learning"),
        lines=lines or {"noise": line()},
        noise=NoiseSettings(more="library.example/noise"),
    )


def poster(zone: Zone = SILENT, **lines: LineSettings) -> Poster:
    """Its poster."""
    return poster_for(zone, settings(**lines))


def read_code(drawing: str) -> str:
    """What a reader of codes makes of the one that is drawn: a row at a time, from its path."""
    found = re.search(r'viewBox="0 0 (\d+) \d+"><path stroke="#000" d="([^"]+)"', drawing)
    assert found is not None
    size = int(found[1])
    image = np.full((size, size), 255, dtype=np.uint8)
    x, y = 0.0, 0.0
    for move, numbers in re.findall(r"([Mmh])([^Mmh]+)", found[2]):
        given = [float(each) for each in re.findall(r"-?[\d.]+", numbers)]
        if move == "h":
            image[int(y), int(x) : int(x + given[0])] = 0
            x += given[0]
        else:
            x, y = (given[0], given[1]) if move == "M" else (x + given[0], y + given[1])
    shown = np.kron(image, np.ones((MODULE, MODULE), dtype=np.uint8))
    (read,) = zxingcpp.read_barcodes(shown)
    return str(read.text)


@pytest.mark.parametrize("form", [as_html, as_svg])
def test_a_phone_begins_the_text_with_the_zones_code(form: Any) -> None:
    """The code is read as a phone would read it, from the page and from the drawing."""
    assert read_code(form(poster())) == "sms:+447700900001?body=L3A%20"


def test_the_page_says_where_to_text_and_what_is_promised() -> None:
    """In text, for screen readers too; every promise of the notice is there."""
    page = Page(as_html(poster()))
    assert page.text.count("L3A to 07700 900001") == 1
    for words in ("Silent study, level 3", "never see or keep your number", "In danger? Call 999.", "no talking"):
        assert words in page.text
    assert "library.example/noise" in page.text


@pytest.mark.parametrize("form", [as_html, as_svg])
def test_names_are_words_not_markup(form: Any) -> None:
    """Whatever a zone is called, nothing of it runs."""
    made = form(poster(HOSTILE))
    assert "<script" not in made
    assert "&lt;script&gt;" in made


def test_the_drawing_is_xml_on_a_sheet_of_a4() -> None:
    """Every line of text begins on the sheet and ends on it, by the breadth that letters may have."""
    root = ElementTree.fromstring(as_svg(poster(HOSTILE)))
    assert root.get("viewBox") == "0 0 210 297"
    texts = [each for each in root.iter() if each.tag.endswith("text")]
    assert len(texts) > 10
    for each in texts:
        assert len(each.text or "") * float(each.get("font-size", "0")) * 0.69 <= 210 - 2 * 18 + 1


def test_a_ground_floor_is_called_so() -> None:
    """A floor stands there once, in words."""
    assert poster(HOSTILE).place.endswith(", ground floor")
    named = Zone(id="a", site="main", floor="3", name="Level 3, silent", kind=ZoneKind.SILENT, code="L3A")
    assert poster(named).place == "Level 3, silent"


def test_each_site_texts_its_own_line() -> None:
    """A site's own noise line before the one that is everybody's; a short code stands as it is."""
    lines = {"noise": line(), "law": line("82055", site="law")}
    assert poster(SILENT, **lines).shown == "07700 900001"
    assert poster(HOSTILE, **lines).address == "sms:82055?body=LAW1%20"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"text": line().model_copy(update={"kind": "enquiry"})}, "No line takes texts about main"),
        ({"one": line(), "two": line("+447700900002")}, "2 noise lines take texts about main"),
        ({"noise": line("the library")}, "can't stand on a poster"),
    ],
)
def test_what_can_not_stand_on_a_poster_is_refused(lines: dict[str, LineSettings], said: str) -> None:
    """In words that say what to do."""
    with pytest.raises(Refused, match=said):
        poster(SILENT, **lines)


def test_the_index_links_every_poster() -> None:
    """Both forms of each, by names that differ for who hears them read."""
    page = index_of([poster(), poster(HOSTILE)])
    assert re.findall(r'href="([^"]+)"', page) == ["main-3-silent.html", "main-3-silent.svg", "law-g.html", "law-g.svg"]
    assert 'page<span class="away"> for Silent study, level 3</span>' in page


def test_the_command_writes_them_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the settings' file and its plan of zones to a folder; a site that is none is named."""
    (tmp_path / "zones.toml").write_text(
        '[zones.main-3-silent]\nsite = "main"\nfloor = "3"\nname = "Silent study"\nkind = "silent"\ncode = "L3A"\n'
        '[zones.law-g]\nsite = "law"\nfloor = "G"\nname = "Law café"\nkind = "group"\ncode = "LAW1"\n'
    )
    config = tmp_path / "helpdesk.toml"
    config.write_text(
        'zones = "zones.toml"\n[lines.noise]\nchannel = "sms"\ntitle = "Noiseline"\npolicy = "sealed"\nkind = "noise"\n'
        'address = "+447700900001"\n'
    )
    out = tmp_path / "posters"
    assert run(["noiseline", "posters", "--out", str(out), "--config", str(config)]) == 0
    names = {"index.html", "main-3-silent.html", "main-3-silent.svg", "law-g.html", "law-g.svg"}
    assert {path.name for path in out.iterdir()} == names
    only = ["noiseline", "posters", "--out", str(out / "b"), "--site", "law", "--config", str(config)]
    assert run(only) == 0
    assert not (out / "b" / "main-3-silent.svg").exists()
    assert run([*only[:-3], "nowhere", "--config", str(config)]) == 1
    assert "main, law" in capsys.readouterr().err
