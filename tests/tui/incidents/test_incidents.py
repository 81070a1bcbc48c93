"""Incidents as a list, key by key on the real local desk: who goes, who was there, what came of it."""

from __future__ import annotations

from typing import cast

from helpdesk.noise.incidents import IncidentState, NoiseOutcome
from helpdesk.ports import Desk
from helpdesk.ticket import State
from tests.tui.house import ANA, BEN, House, Unhearing
from tests.tui.noisy import (
    QUIET,
    Loud,
    first,
    incident_of,
    listed,
    placed,
    sent,
    state_of,
    types,
)
from tests.tui.seat import seat

# The list


async def test_the_list_has_the_most_urgent_on_top(library: House, noise: Loud) -> None:
    """With clock, age, place, kind, how many told of it, and where it stands."""
    async with seat(library) as desk:
        await listed(desk)
        lines = [line for line in desk.screen.splitlines() if "Level" in line]
        assert lines[0].split() == "▌ ● 9 min left 6 min Level 3 silent study talking 3 open".split()
        assert lines[1].split() == "● due in 15 min 0 s Level 1 group study music 1 open".split()


async def test_the_list_follows_what_others_do_and_keeps_its_incident(library: House, noise: Loud) -> None:
    """A new incident, a colleague who goes; the bar stays with the incident, not with the line."""
    async with seat(library) as desk:
        screen = await listed(desk)
        await desk.press("j")
        await desk.until(lambda: screen.incident and screen.incident.zone == "l1-group")
        await placed(library, await library.texts("who eats crisps", who="+447700900105"), QUIET)
        await desk.sees("Level 2 reading room", "3 going on")
        found = await incident_of(library, noise.heron)
        await library.desk.noise.dispatch(BEN, found.id, found.version, "ben")
        await desk.sees("on the way: Ben")
        assert screen.incident is not None
        assert screen.incident.zone == "l1-group"


async def test_what_a_colleague_ends_leaves_no_key_on_another_incident(library: House, noise: Loud) -> None:
    """The bar stands on none until the reader moves."""
    async with seat(library) as desk:
        screen = await listed(desk)
        found = await incident_of(library, noise.heron)
        await library.desk.noise.conclude(BEN, found.id, found.version, NoiseOutcome.QUIET)
        await desk.told("Incident 1 has left this view")
        await desk.press("d")
        await desk.sees("No noise is selected. Move to one first (j, k).")
        await desk.press("enter", "k")
        await desk.until(lambda: screen.incident is not None)


async def test_the_clock_of_an_incident_runs(library: House, noise: Loud) -> None:
    """9 minutes left, 2 minutes late; its age grows."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.sees("9 min left     6 min")
        library.clock.passes(minutes=11)
        desk.app._tick()
        await desk.sees("2 min late     17 min")


async def test_what_is_over_is_shown_by_a_key_and_taken_up_again(library: House, noise: Loud) -> None:
    """O there and back; X."""
    found = await incident_of(library, noise.heron)
    await library.desk.noise.conclude(BEN, found.id, found.version, NoiseOutcome.SPOKEN_TO)
    async with seat(library) as desk:
        await desk.press("I")
        await desk.sees("Noise now   1 going on")
        await desk.press("O")
        await desk.sees("Noise that is over", "spoken to", "TOOK")
        await desk.press("d")
        await desk.sees("Incident 1 is over. Reopen it first (X).")
        await desk.press("escape", "X")
        await desk.told("Incident 1 goes on.")
        await desk.press("O")
        await desk.sees("Level 3 silent study", "2 going on")
    assert await state_of(library, noise.heron) is IncidentState.OPEN


async def test_nothing_is_noisy(library: House) -> None:
    """It says so, and what can't be done."""
    async with seat(library) as desk:
        await desk.press("I")
        await desk.sees("Nobody has told of noise that goes on.", "nothing is going on")
        await desk.press("o")
        await desk.sees("No noise is selected.")
        await desk.press("enter", "escape")
        await desk.sees("Mine")


async def test_on_a_wide_screen_the_incident_stands_beside_thelisted(library: House, noise: Loud) -> None:
    """It follows the bar."""
    async with seat(library, size=(160, 50)) as desk:
        await listed(desk)
        await desk.sees("Who told of it", "people shouting on level 3")
        await desk.press("j")
        await desk.sees("Incident 3  Level 1 group study", "somebody plays music")


# Who goes, who was there, what came of it


async def test_i_go(library: House, noise: Loud) -> None:
    """d and enter: oneself stands on top; a colleague who looks sees it at once."""
    async with seat(library) as desk, seat(library, actor=BEN) as other:
        await listed(desk)
        await listed(other)
        await desk.press("d")
        await desk.sees("Who goes to incident 1, Level 3 silent study?", "I go")
        await desk.press("enter")
        await desk.told("Incident 1: you go.")
        await other.sees("on the way: Ana")
    assert (await incident_of(library, noise.heron)).goes == "ana"


async def test_a_colleague_who_is_on_is_sent_and_security_instead(library: House, noise: Loud) -> None:
    """Who is away is not offered; said again, somebody else goes."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("d")
        await desk.sees("I go", "security")
        assert "Ben Adeyemi" not in desk.screen
        await desk.press("escape")
        async with seat(library, actor=BEN):
            await desk.press("d")
            await desk.sees("Ben Adeyemi", "is on")
            await desk.press("j", "enter")
            await desk.told("Incident 1: Ben goes.")
            await desk.press("d")
            await desk.sees("Now: on the way: Ben.")
            await desk.press("j", "j", "enter")
            await desk.told("Incident 1: security goes.")
    assert (await incident_of(library, noise.heron)).goes == "security"


async def test_somebody_was_there_four_minutes_ago(library: House, noise: Loud) -> None:
    """v: the answer for all who wrote before; the clock stops when they were there."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("v")
        await desk.sees("When was somebody at incident 1, Level 3 silent study?")
        await types(desk, "2 min ago")
        await desk.told("Incident 1 was attended at 12:04.")
        await desk.sees("attended 12:04")
    assert await state_of(library, noise.otter) is IncidentState.ATTENDED
    for ticket in (noise.heron, noise.wren, noise.otter):
        assert (await library.desk.thread(ANA, ticket)).ticket.unanswered is None


async def test_what_came_of_it_is_told_to_each_by_themselves(library: House, noise: Loud) -> None:
    """o, an outcome, the text as it was offered; each gets it in their own ticket, and the incident is over."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("o")
        await desk.sees("What came of incident 1, Level 3 silent study?", "quiet on arrival")
        await desk.press("j", "enter")
        await desk.sees("It is over: spoken to · to 3 reporters, each by themselves", "1 text, 52 of 160")
        await desk.press("ctrl+s")
        await desk.told("Incident 1: over, spoken to; 3 texts in the outbox.")
        await desk.sees("Noise now   1 going on")
    for ticket in (noise.heron, noise.wren, noise.otter):
        assert await sent(library, ticket) == ["We went to Level 3 silent study and asked for quiet."]
        assert (await library.desk.thread(ANA, ticket)).ticket.state is State.SOLVED
    assert await sent(library, noise.lost) == []


async def test_the_text_can_be_changed_and_kept(library: House, noise: Loud) -> None:
    """esc keeps what was changed; o with the same outcome goes on with it."""
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("o", "enter")
        await desk.sees("It is over: quiet on arrival")
        screen.composer.area.insert(" Thank you.")
        await desk.sees("came. Thank you.")
        await desk.press("escape")
        await desk.told("Draft kept. o goes on with it.")
        await desk.press("o", "enter")
        await desk.sees("came. Thank you.")
        await desk.press("ctrl+s")
        await desk.told("Incident 1: over")
    assert await sent(library, noise.wren) == [
        "We went to Level 3 silent study: it was quiet when we came. Thank you.",
    ]


async def test_an_emptied_text_tells_nobody(library: House, noise: Loud) -> None:
    """It says so before; the incident is over all the same."""
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("o", "enter")
        await desk.sees("It is over")
        screen.composer.area.clear()
        await desk.sees("empty: nobody is told")
        await desk.press("ctrl+s")
        await desk.told("nobody is told.")
    assert await sent(library, noise.heron) == []
    assert await state_of(library, noise.heron) is IncidentState.OVER


async def test_a_text_that_was_only_offered_is_no_draft(library: House, noise: Loud) -> None:
    """Nothing would be lost by leaving."""
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("o", "enter")
        await desk.sees("It is over")
        await desk.press("escape")
        await desk.until(lambda: screen.place == "incident")
        assert screen.sitting.drafts.count == 0


async def test_who_comes_too_late_hears_who_was_therefirst(library: House, noise: Loud) -> None:
    """The incident was changed meanwhile: it is told, read again, and the text is still there."""
    async with seat(library, desk=cast(Desk, Unhearing(library))) as desk:
        await first(desk)
        await desk.press("o", "enter")
        await desk.sees("It is over")
        found = await incident_of(library, noise.heron)
        await library.desk.noise.dispatch(BEN, found.id, found.version, "ben")
        await desk.press("ctrl+s")
        await desk.told("changed by Ben Adeyemi")
        await desk.sees("on the way: Ben", "it was quiet when we came")
        await desk.press("ctrl+s")
        await desk.told("Incident 1: over")
    assert await state_of(library, noise.heron) is IncidentState.OVER
