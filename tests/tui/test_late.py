"""W is offered where a standard was missed, and only there: what a row tells is what the store would say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpdesk.clock import MINUTE, Instant, plus
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Outcome, judged, judged_as_recorded
from helpdesk.store.verbs import clocks, tickets, views
from tests import report_house
from tests.report_storm import Storm
from tests.tui.house import ANA, House
from tests.tui.rows import NOON, row
from tests.tui.seat import seat
from tui.allowed import target, why_not


async def test_of_what_was_in_time_there_is_nothing_to_explain(library: House) -> None:
    """W says so at once, in the list and on the ticket; no line opens."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        for there in ("enter open", "esc back"):
            await desk.sees(there)
            await desk.press("W")
            await desk.sees("Ticket 1 has missed no standard")
            await desk.press("escape", "enter")


async def test_what_was_answered_late_is_explained_when_it_is_solved(library: House) -> None:
    """No clock runs any more, and W still opens: among the finished ones, too."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), 40 * MINUTE))
    async with seat(library) as desk:
        await desk.press("v", "enter")
        await desk.told("was attended")
        await desk.press("3")
        await desk.sees("loud on level 3")
        await desk.press("x")
        await desk.told("is solved")
        await desk.press("9")
        await desk.sees("loud on level 3")
        await desk.press("W")
        await desk.sees("Why was ticket 1 late?")
        await desk.press(*"fire alarm", "enter")
        await desk.told("the reason is kept")
    (clock,) = (await library.desk.thread(ANA, noise)).clocks
    assert clock.outcome is Outcome.MISSED


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"due": Instant(NOON + 1)}, False),
        ({"due": Instant(NOON - 1)}, True),
        ({"due": None}, False),
        ({"due": None, "missed": True}, True),
        ({"due": Instant(NOON + 1), "missed": True}, True),
    ],
)
def test_what_runs_may_be_late(changes: dict[str, Any], offered: bool) -> None:
    """Past its deadline; whether it still meets its promise in closed hours the store knows."""
    assert (why_not("explain", target(row(**changes)), ANA, NOON) == "") is offered


@pytest.mark.parametrize("seed", [31, 32, 33])
async def test_rows_miss_nothing_that_was_missed(tmp_path: Path, seed: int) -> None:
    """Over all that can happen: nobody is kept from explaining; a row and its ticket tell the same."""
    async with report_house.library(promises=False) as house:
        storm = Storm(house, tmp_path, seed)
        await storm.begin()
        house.clock.move_to(report_house.at("2026-09-10"))
        await storm.blow(160)
        assert {True, False} == {each for each in await house.store.read(_offered, house.clock.now())}


def _offered(sql: Sql, now: Instant) -> list[bool]:
    """Whether W is offered of each ticket."""
    every = [TicketId(found["id"]) for found in sql("SELECT id FROM tickets WHERE library = :library")]
    rows, offered = views.rows(sql, every), []
    for each in every:
        kept = clocks.of_ticket(sql, each)
        seen = target(rows[each])
        assert target(tickets.get(sql, each), kept) == seen
        offered.append(why_not("explain", seen, ANA, now) == "")
        missed = any(Outcome.MISSED in {judged(row, now), judged_as_recorded(row, now)} for row in kept)
        assert offered[-1] or not missed
    return offered
