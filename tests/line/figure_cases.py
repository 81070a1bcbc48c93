"""Cases at a busy noon: the figures of a period, what was missed, a report as a file."""

from __future__ import annotations

from pathlib import Path

from helpdesk.clock import DAY, plus
from tests.line.cases import case
from tests.line.listener import Listener
from tests.tui.house import ANA


@case("report")
async def the_figures_of_a_period(here: Listener) -> None:
    """Every promise and the misses; a program gets objects, and the file has the bytes of the report."""
    desk, clock = here.library.desk, here.library.clock
    clock.move_to(plus(clock.now(), 20 * DAY))
    await here.does("report last month")
    found = await desk.reports.figures(ANA, length="month", back=1)
    for promise in found.promises:
        assert f"Promise: {promise.standard}" in here.text
    assert f"Missed: {found.missed}," in here.text
    await here.does("report --json last month")
    [told] = [each for each in here.told if each["type"] == "report"]
    assert (told["begin"], told["missed"]) == (f"{found.period.begin}", found.missed)
    await _what_was_missed(here, [each.number for each in found.misses])
    await _a_file_of_it(here)
    assert await here.says("report fortnight") == 2
    assert "Say today, yesterday" in here.wrong[-1]


async def _what_was_missed(here: Listener, numbers: list[int]) -> None:
    """Each is named, and explained by its number."""
    await here.does("misses last month")
    assert all(f"Ticket {number} " in here.text for number in numbers)
    await here.does(f"explain {numbers[0]} Two of us were ill.")
    await here.does("misses last month")
    assert sum("reason given" in line for line in here.heard) >= 1


async def _a_file_of_it(here: Listener) -> None:
    """Written for oneself alone; what is there stays unless somebody says so."""
    folder = here.talk.sitting.folder
    assert folder is not None
    await here.does("export last month", "figures", str(folder / "figures.csv"))
    written = await here.library.desk.reports.written(ANA, length="month", back=1, form="csv")
    path = Path(folder / "figures.csv")
    assert (path.read_text("utf-8"), path.stat().st_mode & 0o777) == (written.text, 0o600)  # noqa: ASYNC240
    path.write_text("mine", "utf-8")  # noqa: ASYNC240
    await here.says(f"export last month --form=text --to={path}", "1")
    assert path.read_text("utf-8") == "mine"  # noqa: ASYNC240
    await here.does(f"export last month --form=text --to={path} --yes")
    assert "Two of us were ill." in path.read_text("utf-8")  # noqa: ASYNC240
