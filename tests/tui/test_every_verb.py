"""Every command of the table is driven key by key at the desk, and what can be taken back leaves a way back."""

from __future__ import annotations

import pytest

import tests.tui.verbs.noise
import tests.tui.verbs.reading
import tests.tui.verbs.working
import tests.tui.verbs.writing  # noqa: F401 - what is imported registers its walks
from tests.tui.test_taken_back import said_of_commands
from tests.tui.verbs.walks import DRIVES, WALKS, noted
from tui.app import DeskApp
from tui.commands import COMMANDS, Where
from tui.screens.incident import IncidentScreen
from tui.screens.incidents import IncidentsScreen
from tui.screens.ticket import TicketScreen
from tui.screens.worklist import WorklistScreen

AT = {
    Where.WORKLIST: (WorklistScreen,),
    Where.TICKET: (TicketScreen,),
    Where.INCIDENTS: (IncidentsScreen,),
    Where.INCIDENT: (IncidentScreen,),
    Where.COMPOSER: (TicketScreen, IncidentScreen),
}
"""The screens of each place."""

WALKED = {name for names in DRIVES.values() for name in names}


def test_every_command_has_a_walk() -> None:
    """Whoever adds a command adds it to a walk, or writes one."""
    assert sorted(each.id for each in COMMANDS if each.id not in WALKED) == []
    assert {each.id for each in COMMANDS} >= WALKED


@pytest.mark.parametrize("where", Where)
def test_every_command_is_there_where_the_table_says(where: Where) -> None:
    """The screens of the place do it, or the app does."""
    for screen in AT[where]:
        missing = [
            each.id
            for each in COMMANDS
            if where in each.where and not (hasattr(screen, f"do_{each.id}") or hasattr(DeskApp, f"action_{each.id}"))
        ]
        assert missing == []


@pytest.mark.parametrize("name", WALKS)
async def test_a_walk_does_what_it_is_there_for(name: str) -> None:
    """The desk itself says what it was made to do: a walk can't name what it does not drive.

    Of what the page for staff says that z takes it back, a way back was kept.
    """
    with noted() as steps:
        await WALKS[name]()
    assert [each for each in DRIVES[name] if each not in steps.commands] == []
    taken_back = said_of_commands()["Taken back by z"]
    assert [each for each in DRIVES[name] if each in taken_back and each not in steps.with_way_back] == []
