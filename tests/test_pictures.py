"""The pictures of the README: there, small, on their own, and of the desk as it is now."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable

import pytest

from tests.pictures import DRAWN, PLACE, SIZE, Picture, place_of
from tui.commands import COMMANDS

NAMES = tuple(name for names in DRAWN.values() for name in names)
DESKS = ("worklist", "ticket", "waiting", "incident")
"""Those with a first line of the desk."""

PAGES = (*DESKS, "reports")
"""Those of the whole screen; the last of all is as long as what was said."""

LARGEST = 80_000
"""Bytes of a picture: all who clone the project have it."""


def _words(name: str) -> str:
    """What a picture says, line by line."""
    text = place_of(name).read_text("utf-8")
    return "\n".join(
        html.unescape(line).replace("\xa0", " ") for line in re.findall(r"<text[^>]*>([^<]*)</text>", text)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_loads_nothing_from_elsewhere(name: str) -> None:
    """And the README shows it, with words for those who don't see it."""
    path = place_of(name)
    assert path.stat().st_size < LARGEST
    text = path.read_text("utf-8")
    assert "url(http" not in text
    assert "@import" not in text
    readme = (PLACE.parents[1] / "README.md").read_text("utf-8")
    assert re.search(rf"!\[[^]]+\]\(docs/pictures/{name}\.svg\)", readme)


@pytest.mark.parametrize("name", PAGES)
def test_a_picture_shows_the_desk_as_it_works(name: str) -> None:
    """A whole screen of the size it was drawn in, opened, with keys that the desk has; nothing is still on its way."""
    found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', place_of(name).read_text("utf-8"))
    assert found is not None
    columns, lines = (float(found[1]) - 18) / 12.2, (float(found[2]) - 50) / 24.4
    assert (round(columns), round(lines)) == SIZE
    shown = _words(name)
    assert name not in DESKS or re.search(r"Ana Pereira · available\s+live\s+Mon 12:[01]", shown)
    for placeholder in ("Opening the desk", "trying again", "offline", "Reading", "Nothing here", "Lorem"):
        assert placeholder not in shown
    labels = {each.label for each in COMMANDS} | {"back", "misses", "period"}
    last = [each for each in shown.splitlines() if each.strip()][-12:]
    assert len({label for label in labels if label and any(label == each.strip() for each in last)}) >= 2, last


def test_the_pictures_show_what_the_readme_says_of_them() -> None:
    """Headings of the list, the second thoughts, who told of a noise, and what was said at the line."""
    for name, words in (
        ("worklist", ("WITH", "FROM", "Moor Street Library")),
        ("ticket", ("Reply", "send")),
        ("waiting", ("takes it back",)),
        ("incident", ("Who told of it",)),
        ("reports", ("How our promises are kept",)),
        ("line", ("list mail",)),
    ):
        for each in words:
            assert each in _words(name), (name, each)


@pytest.mark.full
@pytest.mark.parametrize("draws", DRAWN, ids=lambda draws: str(draws.__name__))
async def test_the_pictures_are_of_the_desk_as_it_is_now(draws: Callable[[], Awaitable[list[Picture]]]) -> None:
    """What ``python -m tests.pictures`` would draw is what is kept, sign by sign."""
    for name, svg in await draws():
        assert place_of(name).read_text("utf-8") == svg, "the desk looks otherwise now: python -m tests.pictures"
