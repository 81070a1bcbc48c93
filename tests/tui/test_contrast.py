"""Every word on every screen can be read: its contrast is measured on what is drawn."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator

import pytest
from rich.color import Color, ColorType
from rich.segment import Segment
from rich.style import Style
from textual.theme import Theme

from tests.tui.house import House
from tests.tui.rounds import NARROW, WIDE, at_rest, going_round, made
from tests.tui.seat import Seat, seat
from tui.likes import Likes
from tui.themes import ANSI, CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT
from tui.tour import Guide
from tui.widgets.lines import Lines, tone_style
from tui.words import Tone

_DRAWN = re.compile(r"[\s\u2500-\u259f]*")
"""Rules, bars and blanks: what is drawn, not read."""


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """All that the round shows."""
    async with made() as opened:
        yield opened


def segments(desk: Seat) -> Iterator[Segment]:
    """What is read on the screen that lies on top; what shines through beside a card, from behind it, is not."""
    screen = desk.app.screen
    strips = screen._compositor.render_strips()
    for part in screen.children if screen.styles.background.a < 1 else [screen]:
        region = part.region
        for strip in strips[region.y : region.bottom]:
            yield from (each for each in strip.crop(region.x, region.right) if not _DRAWN.fullmatch(each.text))


def contrast(style: Style) -> float:
    """The contrast of the ink and its ground by WCAG 2, as they reach the terminal."""
    assert style.color is not None
    assert style.bgcolor is not None
    low, high = sorted((_light(style.color), _light(style.bgcolor)))
    return (high + 0.05) / (low + 0.05)


def _light(colour: Color) -> float:
    parts = [part / 255 for part in colour.get_truecolor()]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


LOOKED_AT = [
    pytest.param(CONTRAST_DARK, 7, NARROW, id="contrast-dark"),
    pytest.param(CONTRAST_LIGHT, 7, NARROW, id="contrast-light", marks=pytest.mark.full),
    pytest.param(DARK, 4.5, NARROW, id="dark", marks=pytest.mark.full),
    pytest.param(LIGHT, 4.5, NARROW, id="light", marks=pytest.mark.full),
    pytest.param(CONTRAST_DARK, 7, WIDE, id="contrast-dark, wide", marks=pytest.mark.full),
    pytest.param(CONTRAST_LIGHT, 7, WIDE, id="contrast-light, wide", marks=pytest.mark.full),
]


@pytest.mark.parametrize(("theme", "least", "size"), LOOKED_AT)
async def test_every_word_on_every_screen_can_be_read(
    library: House, theme: Theme, least: float, size: tuple[int, int]
) -> None:
    """7 to 1 in the themes of high contrast, 4.5 to 1 in the others. And no words stand there now in a colour that says
    something, now without it: what the colour says they say.
    """
    dull: dict[str, set[tuple[str, float]]] = defaultdict(set)
    said: dict[str, set[str]] = defaultdict(set)
    likes = Likes(bell=False, theme=theme.name)
    async with seat(library, size=size, likes=likes, guide=Guide(), toasts=True) as desk:
        line = desk.worklist.query_one("#masthead", Lines)
        inks = [tone_style(line, tone, Style()).color for tone in (Tone.LATE, Tone.SOON, Tone.GOOD)]
        telling = {ink.name for ink in inks if ink is not None}
        async for place in going_round(desk):
            for text, style, _ in segments(desk):
                assert style is not None
                assert style.color is not None
                if len(text.strip()) > 1:
                    said[text.strip()].add(style.color.name if style.color.name in telling else "")
                if (much := contrast(style)) < least:
                    dull[place.name].add((text.strip(), round(much, 2)))
    assert dict(dull) == {}
    assert any(colours != {""} for text, colours in said.items() if "min left" in text)
    assert {text: colours for text, colours in said.items() if len(colours) > 1} == {}


async def walked(theme: Theme, *, coloured: bool) -> dict[str, list[str]]:
    """The words of each place of the round; where it is not ``coloured``, in no colour but the terminal's own.

    What shines through beside a card does not count: the terminal's own colours can't be mixed, so nothing does.
    """
    likes, said = Likes(bell=False, theme=theme.name), {}
    async with made() as library, seat(library, size=NARROW, likes=likes, guide=Guide()) as desk:
        async for place in going_round(desk):
            await at_rest(desk, place)
            said[place.name] = sorted(" ".join(text for text, _, _ in segments(desk)).split())
            for text, style, _ in segments(desk):
                inks = (style.color, style.bgcolor) if style is not None and not coloured else ()
                ours = [ink for ink in inks if ink is not None and ink.type is ColorType.TRUECOLOR]
                assert not ours, (place.name, text, ours)
    return said


@pytest.mark.full
@pytest.mark.timeout(200)
async def test_the_terminals_own_colours_and_none_at_all_take_no_word_from_any_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The round as it is in dark, word for word, in the terminal's own colours, and with NO_COLOR."""
    coloured = await walked(DARK, coloured=True)
    assert await walked(ANSI, coloured=False) == coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert await walked(DARK, coloured=False) == coloured
