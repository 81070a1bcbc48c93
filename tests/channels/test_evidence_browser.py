"""The evidence pack as an assessor opens it: from a folder, in a real Chromium, on screen and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.reports.evidence.folder import put
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.pack import pack
from tests.channels.test_webchat_browser import chromium, faults
from tests.made_evidence import material
from tests.made_reports import empty, spoilt

pytestmark = pytest.mark.full

MATERIALS = {
    "rich": material(),
    "empty": material(empty(), history=(), in_force=(), calendars=(), comparisons=(), printed=(), lines={}),
    "broken": material(spoilt()),
}


def pack_in(folder: Path, given: Material) -> str:
    """The address of a pack's index."""
    put(pack(given), folder / "pack")
    return (folder / "pack" / "index.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", MATERIALS)
async def test_axe_finds_nothing(tmp_path: Path, name: str, scheme: str) -> None:
    """At 320 pixels and on a wide screen: no violation, and no scrolling sideways."""
    url = pack_in(tmp_path, MATERIALS[name])
    async with chromium(color_scheme=scheme, viewport={"width": 320, "height": 640}) as page:
        await page.goto(url)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        assert await faults(page) == []
        await page.set_viewport_size({"width": 1280, "height": 900})
        assert await faults(page) == []


async def test_links_lead_to_the_files_without_script(tmp_path: Path) -> None:
    """From the glance to an element, from there to a document; the folder needs no server and no script."""
    url = pack_in(tmp_path, MATERIALS["rich"])
    async with chromium(java_script_enabled=False) as page:
        await page.goto(url)
        await page.get_by_role("link", name="5.1.1", exact=True).click()
        assert page.url.endswith("#element-5.1.1")
        await page.get_by_role("link", name="documents/standards.txt").first.click()
        await page.get_by_text("The promises of Moor Street Library").wait_for()


async def test_on_paper_no_table_runs_off_the_page(tmp_path: Path) -> None:
    """Printed on A4, every table is as wide as the text at most."""
    url = pack_in(tmp_path, MATERIALS["rich"])
    async with chromium(viewport={"width": 670, "height": 950}) as page:  # A4 within its margins, at 96 to the inch
        await page.goto(url)
        await page.emulate_media(media="print")
        wide = await page.evaluate(
            "[...document.querySelectorAll('table')].filter(t => t.scrollWidth > document.body.clientWidth + 1)"
            ".map(t => t.caption ? t.caption.innerText : t.innerText.slice(0, 60))"
        )
        assert wide == []
        assert (await page.pdf(prefer_css_page_size=True)).startswith(b"%PDF-")
