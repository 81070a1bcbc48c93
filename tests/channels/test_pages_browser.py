"""The report and the performance page in a real Chromium: axe finds nothing, nothing overflows, no script is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from channels.performance import performance_routes
from helpdesk.hours.calendars import frozen_from_text
from helpdesk.reports.page import as_html
from helpdesk.reports.page.public import performance_page
from helpdesk.reports.page.reaching import Reaching, Way
from helpdesk.reports.page.writing import put
from tests.channels.test_webchat_browser import chromium, faults
from tests.made_figures import staffed
from tests.made_reports import autumn, empty, spoilt
from tests.serving import serving

pytestmark = pytest.mark.full

FRONT = Reaching(
    contact="Ask at the desk on level 1.",
    ways=(Way("Noiseline", "+447700900001", "sms:+447700900001"), Way("Chat", "https://x.example/chat/chat", "/chat")),
    calendars=(frozen_from_text(staffed().text),),
)
PAGES = {
    "by month": lambda: as_html(autumn()),
    "by channel": lambda: as_html(autumn("channel")),
    "empty": lambda: as_html(empty()),
    "broken": lambda: as_html(spoilt()),
    "public": lambda: performance_page(autumn(), FRONT, small=5, noise=True),
}


@asynccontextmanager
async def opened(folder: Path, name: str, **context: Any) -> AsyncIterator[Any]:
    """A page of ours in a browser without script, served under the strict policy."""
    put(folder, {"page.html": PAGES[name]().encode()})
    routes = performance_routes(folder / "page.html")
    async with serving(Starlette(routes=routes)) as url, chromium(**context) as page:
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        await page.goto(f"{url}/standards")
        yield page
        assert refused == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing(tmp_path: Path, name: str, scheme: str) -> None:
    """At 320 pixels and on a wide screen, with every table open: no violation, and no scrolling sideways."""
    async with opened(tmp_path, name, color_scheme=scheme, viewport={"width": 320, "height": 640}) as page:
        for each in await page.locator("summary").all():
            await each.click()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        assert await faults(page) == []
        await page.set_viewport_size({"width": 1280, "height": 900})
        assert await faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["by month", "public"])
async def test_text_has_the_contrast_of_the_strictest_level(tmp_path: Path, name: str, scheme: str) -> None:
    """7 to 1, in both schemes."""
    async with opened(tmp_path, name, color_scheme=scheme) as page:
        await faults(page)
        found = await page.evaluate("axe.run({runOnly: ['color-contrast-enhanced']})")
        assert [node["html"] for each in found["violations"] for node in each["nodes"]] == []


async def test_without_script_every_table_opens_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    """The page needs no script at all: tables open, links jump."""
    async with opened(tmp_path, "by month", java_script_enabled=False) as page:
        table = page.get_by_role("columnheader", name="Signal").first
        assert not await table.is_visible()
        await page.locator("summary").first.click()
        await table.wait_for()
        await page.get_by_role("link", name="How this is measured").click()
        assert page.url.endswith("#method")


async def test_drawings_are_named_images(tmp_path: Path) -> None:
    """A screen reader hears what a drawing shows; its shapes are not read out one by one."""
    async with opened(tmp_path, "by month") as page:
        drawing = page.get_by_role("img", name="Share kept, of every promise")
        assert await drawing.count() == 1
        assert await page.get_by_role("img").count() == await page.locator("svg").count()


async def test_on_paper_tables_are_open_and_heads_come_again(tmp_path: Path) -> None:
    """What is folded on a screen is printed."""
    async with opened(tmp_path, "by month") as page:
        await page.emulate_media(media="print")
        inner = page.locator("details td").first
        assert (await inner.bounding_box() or {}).get("height", 0) > 0
        made = await page.pdf(prefer_css_page_size=True)
        assert made.startswith(b"%PDF-")


async def test_the_keyboard_reaches_every_wide_table(tmp_path: Path) -> None:
    """The first stop skips to the figures; a table that scrolls can be scrolled by key."""
    async with opened(tmp_path, "public", viewport={"width": 320, "height": 640}) as page:
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        wide = page.locator(".scroll").first
        await wide.focus()
        await page.keyboard.press("ArrowRight")
        async with asyncio.timeout(5):
            while not await wide.evaluate("each => each.scrollLeft"):
                await page.keyboard.press("ArrowRight")
