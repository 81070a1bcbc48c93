"""The bar of a list moves where that can be seen, and stands at both ends of the list exactly."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.strip import Strip

from tui.widgets.scrolling import PARTS, Scrolling

LINES = 20


class Long(Scrolling):
    """A view of many lines."""

    def render_line(self, y: int) -> Strip:
        """One of them."""
        return Strip.blank(self.size.width)


class LongApp(App[None]):
    """Nothing but that."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self.view = Long()
        self.total = total

    def compose(self) -> ComposeResult:
        """The view."""
        yield self.view

    def on_mount(self) -> None:
        """It is so long."""
        self.view.virtual_size = Size(0, self.total)


@pytest.mark.parametrize("total", [21, 40, pytest.param(1_000, marks=pytest.mark.full), 1_000_000])
async def test_the_bar_stands_at_places_that_can_be_told_from_each_other(total: int) -> None:
    """However long the list, it is drawn at no more places than there are, and the first and the last are exact."""
    app, furthest = LongApp(total), total - LINES
    async with app.run_test(size=(40, LINES)) as pilot:
        stood = set()
        steps = range(0, furthest + 1, max(furthest // 60, 1))
        for y in (*steps, furthest):
            app.view.scroll_to(y=y, animate=False, force=True)
            await pilot.pause()
            at = app.view.vertical_scrollbar.position
            assert y - furthest / LINES <= at <= y, "it stands within a cell of where the list is"
            stood.add(at)
        assert at == furthest
        assert 0 in stood
        assert len(stood) <= LINES * PARTS + 1


async def test_a_line_further_in_a_long_list_draws_no_bar() -> None:
    """That is what the bar of ours is there for."""
    app = LongApp(1_000_000)
    async with app.run_test(size=(40, LINES)) as pilot:
        app.view.scroll_to(y=500_000, animate=False, force=True)
        await pilot.pause()
        before = app.view.vertical_scrollbar.position
        app.view.scroll_to(y=500_001, animate=False, force=True)
        await pilot.pause()
        assert app.view.scroll_y == 500_001
        assert app.view.vertical_scrollbar.position == before
