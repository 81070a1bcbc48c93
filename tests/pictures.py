"""The pictures of README and docs: ``python -m tests.pictures`` draws them anew from the running desk.

The picture of the performance page is taken by Chromium; where there is none it stays as it is.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable, Coroutine
from pathlib import Path

from rich.console import Console

from helpdesk.reports.page.public import performance_page
from tests.channels.test_pages_browser import FRONT
from tests.channels.test_webchat_browser import CHROMIUM, chromium
from tests.line.listener import at_noon
from tests.made_reports import autumn
from tests.tui.house import busy
from tests.tui.noisy import loud, noisy
from tests.tui.seat import seat
from tui.line.session import prompt

Picture = tuple[str, str]
"""A picture's name, and it as SVG."""

PLACE = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = (112, 26)


async def draw() -> list[Picture]:
    """Open the desk on a busy Monday noon, with a Noiseline that knows nobody's number, and keep what it looks like."""
    async with noisy(sealed=True) as library:
        await busy(library)
        async with seat(library, size=SIZE) as desk:
            await desk.sees("Interlibrary loan", "Noise 3", "due in 13 min · 2 mine", "7 new")
            await desk.rests()
            kept = [_picture("worklist", desk.app.export_screenshot(title="helpdesk desk"))]
            await desk.press("6", "enter")
            await desk.sees("And the scanner?")
            await desk.press("r")
            await desk.writes("The scanner is back tomorrow morning. The one on level 1 works")
            await desk.sees("1 draft")
            await desk.rests()
            kept.append(_picture("ticket", desk.app.export_screenshot(title="helpdesk desk")))
    return kept


async def draw_waiting() -> list[Picture]:
    """A reply in its ten seconds."""
    async with noisy(sealed=True) as library:
        await busy(library)
        library.waits(10)
        async with seat(library, size=SIZE) as desk:
            await desk.press("5", "enter")
            await desk.sees("mail to")
            await desk.press("r")
            await desk.writes("The fine is gone. Thank you for telling us.")
            await desk.press("ctrl+s")
            await desk.sees("goes in 10 s", "3 mine", "6 new")
            await desk.rests()
            desk.app.clear_notifications()
            await desk.rests()
            return [_picture("waiting", desk.app.export_screenshot(title="helpdesk desk"))]


async def draw_reports() -> list[Picture]:
    """How promises are kept."""
    async with noisy(sealed=True) as library:
        await busy(library)
        async with seat(library, size=SIZE) as desk:
            await desk.press("R")
            await desk.rests()
            return [_picture("reports", desk.app.export_screenshot(title="helpdesk desk"))]


async def draw_line() -> list[Picture]:
    """A few lines of line mode, as somebody hears them."""
    async with at_noon() as here:
        console = Console(width=SIZE[0], record=True, file=io.StringIO())
        here.talk.voice.width = 80
        here.library.waits()
        here.talk.sitting.hello = await here.library.desk.hello()
        for said in ("list mail", "open 2", "reply 2 Yes, until Friday noon."):
            console.print(f"{prompt(here.talk)}{said}", style="bold", markup=False, highlight=False)
            await here.does(said)
            for line in here.heard:
                console.print(line, markup=False, highlight=False)
        return [_picture("line", console.export_svg(title="helpdesk line"))]


async def draw_noise() -> list[Picture]:
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
            return [_picture("incident", desk.app.export_screenshot(title="helpdesk desk"))]


async def photograph() -> list[Path]:
    """The top of a performance page, as a browser shows it."""
    if not CHROMIUM.exists():
        return []
    path = PLACE / "standards.png"
    async with chromium(color_scheme="light", viewport={"width": 880, "height": 760}) as page:
        await page.set_content(performance_page(autumn(), FRONT, small=5))
        await page.screenshot(path=path)
    return [path]


def _picture(name: str, svg: str) -> Picture:
    """A picture that loads nothing from elsewhere."""
    return name, re.sub(r"@font-face\s*\{[^}]*\}", "", svg)


def place_of(name: str) -> Path:
    """The file of a picture."""
    return PLACE / f"{name}.svg"


def _keep(name: str, svg: str) -> Path:
    path = place_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg, encoding="utf-8")
    return path


DRAWN: dict[Callable[[], Coroutine[None, None, list[Picture]]], tuple[str, ...]] = {
    draw: ("worklist", "ticket"),
    draw_waiting: ("waiting",),
    draw_noise: ("incident",),
    draw_reports: ("reports",),
    draw_line: ("line",),
}
"""What draws which pictures."""


if __name__ == "__main__":
    kept = [_keep(*picture) for each in DRAWN for picture in asyncio.run(each())]
    for path in [*kept, *asyncio.run(photograph())]:
        print(path.relative_to(PLACE.parents[1]))
