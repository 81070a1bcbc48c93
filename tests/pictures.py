"""The pictures of README and docs: ``python -m tests.pictures`` draws them anew from the running desk.

The picture of the performance page is taken by Chromium; where there is none it stays as it is.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from helpdesk.reports.page.public import performance_page
from tests.channels.test_pages_browser import FRONT
from tests.channels.test_webchat_browser import CHROMIUM, chromium
from tests.made_reports import autumn
from tests.tui.house import busy
from tests.tui.noisy import loud, noisy
from tests.tui.seat import seat

PLACE = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = (112, 26)


async def draw() -> list[Path]:
    """Open the desk on a busy Monday noon, with a Noiseline that knows nobody's number, and keep what it looks like."""
    async with noisy(sealed=True) as library:
        await busy(library)
        async with seat(library, size=SIZE) as desk:
            await desk.sees("Interlibrary loan", "Noise 3")
            kept = [_keep("worklist", desk.app.export_screenshot(title="helpdesk desk"))]
            await desk.press("6", "enter")
            await desk.sees("And the scanner?")
            await desk.press("r")
            await desk.writes("The scanner is back tomorrow morning. The one on level 1 works")
            kept.append(_keep("ticket", desk.app.export_screenshot(title="helpdesk desk")))
    return kept


async def draw_noise() -> list[Path]:
    """An incident that three tell of and that somebody goes to."""
    async with noisy(sealed=True) as library:
        await loud(library)
        async with seat(library, size=SIZE) as desk:
            await desk.press("I")
            await desk.sees("Noise now")
            await desk.press("enter")
            await desk.sees("Who told of it")
            await desk.press("d")
            await desk.sees("I go")
            await desk.press("enter")
            await desk.sees("on the way: you")
            await desk.rests()
            return [_keep("incident", desk.app.export_screenshot(title="helpdesk desk"))]


async def photograph() -> list[Path]:
    """The top of a performance page, as a browser shows it."""
    if not CHROMIUM.exists():
        return []
    path = PLACE / "standards.png"
    async with chromium(color_scheme="light", viewport={"width": 880, "height": 760}) as page:
        await page.set_content(performance_page(autumn(), FRONT, small=5))
        await page.screenshot(path=path)
    return [path]


def _keep(name: str, svg: str) -> Path:
    """Write a picture that loads nothing from elsewhere."""
    path = PLACE / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"@font-face\s*\{[^}]*\}", "", svg), encoding="utf-8")
    return path


if __name__ == "__main__":
    for path in [*asyncio.run(draw()), *asyncio.run(draw_noise()), *asyncio.run(photograph())]:
        print(path.relative_to(PLACE.parents[1]))
