"""Who else is at a ticket: in its head, on its row, and before one writes."""

from __future__ import annotations

from dataclasses import replace

from helpdesk.message import StaffId, TicketId
from helpdesk.ports.company import Near
from tests.tui.house import ANA, BEN, House
from tests.tui.rows import EYE, row
from tests.tui.seat import seat
from tui.columns import layout
from tui.company import company_lines
from tui.render import row_line

ONE = TicketId("T1")


def near(*doing: tuple[str, str]) -> list[Near]:
    """Who does what on the ticket."""
    return [
        Near(staff=StaffId(who), ticket=ONE, doing="writes" if what == "writes" else "reads") for who, what in doing
    ]


def test_who_is_here_in_words() -> None:
    """Whoever writes comes first; alone, no line."""
    assert company_lines([], str, 80) == []
    [line] = company_lines(near(("mia", "reads"), ("tom", "writes")), str, 80)
    assert line[0][0] == " tom is writing here · mia reads this"
    [line] = company_lines(near(("mia", "reads")), str, 12)
    assert len(line[0][0]) <= 12


def test_a_row_says_who_writes_there() -> None:
    """In words, behind what the patron wrote."""
    eye = replace(EYE, writers={row().id: BEN})
    assert "·Ben writes" in "".join(text for text, _ in row_line(row(), eye, layout(120)))


async def test_two_members_at_one_ticket_see_each_other(library: House) -> None:
    """From the list on; who begins to write is named before a second one does, and may be left alone with it."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await library.desk.company.at(BEN, noise)
        await desk.press("enter")
        await desk.sees("Ben Adeyemi reads this")
        assert [each.doing for each in await library.desk.company.at(BEN, noise, "writes")] == ["reads"]
        desk.ticket.sitting.beside.hurry()
        await desk.sees("Ben Adeyemi is writing here")
        await desk.press("r")
        await desk.sees("Ben Adeyemi is writing on ticket 1.", "Back")
        await desk.press("down", "down", "enter")
        await desk.sees("Reply to", "Ben Adeyemi is writing here")
        await desk.until(lambda: desk.ticket.sitting.beside.near)
        await desk.rests()
        [ana] = await library.desk.company.at(BEN, noise, "writes")
        assert (ana.staff, ana.doing) == (ANA, "writes")
        await desk.press("escape", "escape")
        await desk.sees("Ben writes")
        await desk.rests()
        assert await library.desk.company.at(BEN) == ()
        desk.worklist.sitting.beside.hurry()
        await desk.until(lambda: "Ben writes" not in desk.screen)
