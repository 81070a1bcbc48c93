"""One incident, its reporters and their tickets, key by key on the real local desk; danger, nuisances, the map."""

from __future__ import annotations

from helpdesk.events import Kind
from helpdesk.noise.incidents import IncidentState
from tests.tui.house import ANA, BEN, House
from tests.tui.noisy import (
    COMPLAIN,
    HERON,
    WREN,
    Loud,
    dealt_with,
    first,
    incident_of,
    listed,
    noisy,
    sent,
    state_of,
    types,
)
from tests.tui.seat import seat
from tui.calling import Caller
from tui.likes import Likes

# One incident


async def test_a_reporter_is_answered_in_their_own_ticket(library: House, noise: Loud) -> None:
    """j to the second one, r: it says to whom; the others hear nothing."""
    async with seat(library) as desk:
        await first(desk)
        await desk.press("j", "r")
        await desk.sees(f"Reply to {WREN} by text")
        await desk.writes("By the windows?")
        await desk.press("ctrl+s")
        await desk.sees("waiting to be sent")
        await desk.press("escape")
        await desk.sees("told 12:06")
    assert await sent(library, noise.wren) == ["By the windows?"]
    assert await sent(library, noise.heron) == []


async def test_all_reporters_are_told_at_once(library: House, noise: Loud) -> None:
    """T: it says to how many; each gets it by themselves, and nothing is over."""
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("T")
        await desk.sees("To all · empty: nobody is told")
        await desk.press("ctrl+s")
        await desk.told("There is nothing to send yet.")
        screen.composer.area.insert("Somebody is coming.")
        await desk.sees("To all · to 3 reporters, each by themselves", "1 text, 19 of 160")
        await desk.press("ctrl+t")
        await desk.told("leaves their tickets open")
        await desk.press("ctrl+s")
        await desk.told("Incident 1: 3 texts in the outbox.")
        await desk.sees("told 12:06")
    assert await sent(library, noise.otter) == ["Somebody is coming."]
    assert await state_of(library, noise.otter) is IncidentState.OPEN


async def test_a_text_to_all_is_taken_back_from_all(library: House, noise: Loud) -> None:
    """It waits longer than a reply to one; z puts it before its writer again, and nobody has had it."""
    library.waits()
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("T")
        screen.composer.area.insert("Somebody is comming.")
        await desk.sees("to 3 reporters")
        await desk.press("ctrl+s")
        await desk.told("Incident 1: 3 texts go in 30 s; z takes them back.")
        await desk.sees("3 texts go in 30 s · z takes them back")
        await desk.press("z")
        await desk.sees("To all · to 3 reporters", "Somebody is comming.")
    assert await sent(library, noise.otter) == []


async def test_an_end_that_is_taken_back_goes_on(library: House, noise: Loud) -> None:
    """The outcome is chosen still, its text is in the composer, and the noise is not over."""
    library.waits()
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("o", "enter")
        await desk.sees("It is over")
        await desk.until(lambda: screen.composer.text)
        await desk.press("ctrl+s")
        await desk.told("3 texts go in 30 s")
        assert await state_of(library, noise.otter) is IncidentState.OVER
        await desk.press("z")
        await desk.sees("It is over", "to 3 reporters")
        assert await state_of(library, noise.otter) is IncidentState.OPEN


async def test_an_end_of_which_nobody_was_told_is_taken_back(library: House, noise: Loud) -> None:
    """With no text there is nothing to wait for: z takes the end itself back."""
    async with seat(library) as desk:
        screen = await first(desk)
        await desk.press("o", "enter")
        await desk.until(lambda: screen.composer.text)
        screen.composer.area.clear()
        await desk.until(lambda: not screen.composer.text)
        await desk.press("ctrl+s")
        await desk.told("nobody is told.")
        assert await state_of(library, noise.otter) is IncidentState.OVER
        await desk.press("z")
        await desk.told("Taken back: incident 1 is over")
        assert await state_of(library, noise.otter) is IncidentState.OPEN


async def test_a_reporter_s_ticket_opens_and_esc_comes_back(library: House, noise: Loud) -> None:
    """Enter; the ticket says where it is, of which incident, and that others told of it."""
    async with seat(library) as desk:
        await first(desk)
        await desk.press("enter")
        await desk.sees("text to Noiseline", "Level 3 silent study · incident 1, open · with 2 others", "d who goes")
        await desk.press("escape")
        await desk.sees("Who told of it")
        await desk.press("escape")
        await desk.sees("Noise now")
        await desk.press("escape")
        await desk.sees("Mine")


async def test_a_note_about_safety_stands_on_top(library: House, noise: Loud) -> None:
    """i; a colleague who opens it sees it first."""
    async with seat(library) as desk:
        await first(desk)
        await desk.press("i")
        await desk.sees("Note on incident 1", "keeps them safe")
        await types(desk, "go in pairs")
        await desk.told("Your note stands on top.")
        await desk.sees("│ 12:06 you: go in pairs")
        head = desk.screen.splitlines().index(next(line for line in desk.screen.splitlines() if "in pairs" in line))
        assert head < desk.screen.splitlines().index(" Who told of it")


async def test_the_trail_says_who_did_what(library: House, noise: Loud) -> None:
    """At its end, G."""
    found = await incident_of(library, noise.heron)
    found = await library.desk.noise.dispatch(BEN, found.id, found.version, "ben")
    await library.desk.noise.attend(BEN, found.id, found.version, library.clock.now())
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("j", "enter")
        await desk.sees("Who told of it")
        await desk.press("G")
        await desk.sees("Ben goes", "Ben noted that somebody was there")


async def test_two_noises_are_parted_and_united_again(library: House, noise: Loud) -> None:
    """space chooses, F parts; f in the new one takes it back."""
    async with seat(library) as desk:
        await first(desk)
        await desk.press("F")
        await desk.sees("Choose who tells of another noise first (space).")
        await desk.press("escape", "space", "space")
        await desk.sees(f"+ {HERON}", f"+ {WREN}")
        await desk.press("F")
        await desk.sees("Part incident 1?", f"Part {HERON}, {WREN}")
        await desk.press("j", "enter")
        await desk.told("Theirs is incident 4 now. f there takes it back into 1.")
        await desk.sees("1 reporter")
        assert (await incident_of(library, noise.heron)).number == 4
        await desk.press("f")
        await desk.sees("Incident 1 is the same noise as", "4 · Level 3 silent study", "2 reporters")
        await desk.press("4", "enter")
        await desk.told("Incident 1 went into 4.")
        await desk.sees("Incident 4  Level 3 silent study", "3 reporters")
    assert (await incident_of(library, noise.otter)).number == 4


async def test_not_all_can_be_parted(library: House, noise: Loud) -> None:
    """Somebody stays; with one reporter there is nothing to part."""
    async with seat(library) as desk:
        await first(desk)
        await desk.press("space", "space", "space", "F")
        await desk.sees("All are chosen. Leave at least one of them here (space).")
        await desk.press("escape", "escape", "j", "enter")
        await desk.sees("Incident 3  Level 1 group study")
        await desk.press("F")
        await desk.sees("Incident 3 has one reporter only")


async def test_an_incident_that_has_gone_is_left(library: House, noise: Loud) -> None:
    """It went into another one meanwhile: the old one says that nobody is left."""
    async with seat(library) as desk:
        screen = await first(desk)
        found = await incident_of(library, noise.heron)
        await library.desk.noise.unite(BEN, found.id, found.version, 3)
        await desk.sees("Nobody any more: its reporters went on to another noise.")
        assert screen.target is None
        await desk.press("enter")
        await desk.told("Nobody is left here who told of it.")


# Where it is


async def test_a_place_is_found_by_a_few_letters_or_the_code_of_its_poster(library: House, noise: Loud) -> None:
    """b on the list where one reporter told of it."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("j", "b")
        await desk.sees("Where is what", "Level 2 reading room", "quiet, floor 2")
        await types(desk, "l2c")
        await desk.told("Ticket 4: Level 2 reading room.")
        await desk.sees("Level 2 reading room")
    assert (await incident_of(library, noise.lost)).zone == "l2-quiet"


async def test_of_several_reporters_the_place_is_asked_of_one(library: House, noise: Loud) -> None:
    """The list says to open it; there b moves the one under the cursor."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("b")
        await desk.sees("3 reporters told of incident 1. Open it (enter)")
        await desk.press("enter", "enter")
        await desk.sees("Who told of it")
        await desk.press("j", "b")
        await desk.sees(f"Where is what {WREN} tells of?")
        await types(desk, "reading")
        await desk.told("Ticket 2: Level 2 reading room.")
        await desk.sees("2 reporters")
    assert (await incident_of(library, noise.wren)).zone == "l2-quiet"
    assert (await incident_of(library, noise.heron)).zone == "l3-silent"


# On a ticket


async def test_d_v_o_on_a_ticket_act_on_its_incident(library: House, noise: Loud) -> None:
    """From the worklist and from the ticket."""
    async with seat(library) as desk:
        await desk.sees(HERON)
        await desk.press("d")
        await desk.sees("Who goes to incident 1")
        await desk.press("enter")
        await desk.told("Incident 1: you go.")
        await desk.press("enter")
        await desk.sees("incident 1, on the way: you · with 2 others")
        await dealt_with(desk)
        await desk.press("ctrl+s")
        await desk.told("3 texts in the outbox")
        await desk.sees("text to Noiseline · solved")
    assert await state_of(library, noise.heron) is IncidentState.OVER


async def test_who_goes_is_taken_back_on_all_its_tickets(library: House, noise: Loud) -> None:
    """z: nobody goes, as if nobody had been sent; the three tickets say so."""
    before = await incident_of(library, noise.heron)
    async with seat(library) as desk:
        await desk.sees(HERON)
        await desk.press("d")
        await desk.sees("Who goes to incident 1")
        await desk.press("enter")
        await desk.told("Incident 1: you go.")
        await desk.press("z")
        await desk.told("Taken back: incident 1: you go.")
    after = await incident_of(library, noise.heron)
    assert (after.state, after.goes, after.dispatched) == (before.state, "", None)


async def test_a_ticket_that_tells_of_no_noise_says_so(library: House) -> None:
    """d and o need an incident; v is for any ticket."""
    await library.mails("Renewal", "Can I renew?")
    async with seat(library) as desk:
        await desk.sees("Can I renew?")
        await desk.press("d")
        await desk.sees("Ticket 1 tells of no noise.")
        await desk.press("escape", "v")
        await desk.sees("When did somebody go there for ticket 1?")


async def test_the_place_of_a_ticket_is_said_on_it(library: House) -> None:
    """b on the worklist: it begins an incident; b again can take the place away."""
    lost = await library.texts("so loud")
    async with seat(library) as desk:
        await desk.sees("so loud")
        await desk.press("b")
        await desk.sees("Where is what")
        await types(desk, "level 3")
        await desk.told("Ticket 1: Level 3 silent study.")
        assert (await incident_of(library, lost)).zone == "l3-silent"
        await desk.press("b")
        await desk.sees("The place is not known")
        await types(desk, "not known")
        await desk.told("Ticket 1: place unknown.")
    assert (await incident_of(library, lost)).zone == ""


async def test_how_to_complain_is_written_and_looked_over(library: House, noise: Loud) -> None:
    """:complaint puts the sentence into the composer; nothing goes out by itself."""
    async with seat(library) as desk:
        await desk.sees(HERON)
        await desk.press("colon")
        await types(desk, "complain")
        await desk.sees("Reply to", "A formal complaint needs your name.")
        assert await sent(library, noise.heron) == []
        await desk.press("ctrl+s")
        await desk.sees("waiting to be sent")
    assert await sent(library, noise.heron) == [COMPLAIN]


async def test_a_change_of_an_incident_shows_on_its_ticket(library: House, noise: Loud) -> None:
    """A colleague goes, while the ticket is read."""
    async with seat(library) as desk:
        await desk.sees(HERON)
        await desk.press("enter")
        await desk.sees("incident 1, open")
        found = await incident_of(library, noise.heron)
        await library.desk.noise.dispatch(BEN, found.id, found.version, "ben")
        await desk.sees("incident 1, on the way: Ben")
    told = (await library.desk.thread(ANA, noise.heron)).history[-1]
    assert told.kind is Kind.DISPATCHED


# Danger


async def test_danger_stands_above_all_in_words(library: House, noise: Loud) -> None:
    """In the worklist, in the list of incidents, on the ticket and on the incident, with what to do first."""
    async with seat(library) as desk:
        await desk.sees(HERON)
        await library.texts("someone collapsed on level 2 reading room, not breathing", who="+447700900106")
        await desk.sees("DANGER: medical")
        assert "DANGER: medical" in desk.screen.splitlines()[5]
        await desk.press("g", "enter")
        await desk.sees("! DANGER: medical", "Send a first aider", "Call 999", "Level 2 reading room")
        await desk.press("I")
        await desk.sees("1 with danger")
        assert "DANGER: medical" in next(line for line in desk.screen.splitlines() if "Level 2" in line)
        await desk.press("g", "enter")
        await desk.sees("! DANGER: medical", "Send a first aider", "Who told of it")


async def test_danger_rings(library: House) -> None:
    """As a missed deadline does, also where something rang a moment ago."""
    rung: list[str] = []
    async with seat(library) as desk:
        desk.app.caller = Caller(desk.app, Likes(), library.clock)
        desk.app.caller.signal = rung.append  # type: ignore[method-assign,assignment]
        await library.texts("so loud, level 3", who=HERON)
        await desk.until(lambda: len(rung) == 1)
        await desk.sees("Level 3 silent study")
        await library.texts("there is a fire on level 3", who=WREN)
        await desk.until(lambda: len(rung) == 2)


# Texters who are a nuisance, and the map


async def test_a_nuisance_is_muted_and_unmuted() -> None:
    """:mute offers hours; what they text then stands in the muted folder, and is counted there."""
    async with noisy(sealed=True) as library:
        await library.texts("music on level 3", who=HERON)
        async with seat(library) as desk:
            await desk.sees("New 1", "Level 3 silent study")
            assert desk.worklist.target is not None
            name = desk.worklist.target.name
            await desk.press("colon")
            await types(desk, "mute")
            await desk.sees(f"Mute {name}", "for an hour", "until 13:00")
            assert "for a day" in next(line for line in desk.screen.splitlines() if "until" in line)
            await desk.press("j", "enter")
            await desk.told(f"{name} is muted for 1 hour.")
            library.clock.passes(minutes=1)
            await library.texts("louder and louder", who=HERON)
            await desk.sees("Muted 1")
            await desk.press("0")
            await desk.sees("louder and louder", "muted")
            await desk.press("colon")
            await types(desk, "mute")
            await desk.sees("their texts come in again")
            await desk.press("j", "j", "j", "j", "enter")
            await desk.told(f"{name} is not muted any more.")


async def test_the_map_shows_where_it_was_noisy(library: House, noise: Loud) -> None:
    """M from anywhere; one weekday by the arrows."""
    async with seat(library) as desk:
        await listed(desk)
        await desk.press("M")
        await desk.sees("Where and when it was noisy", "Small numbers are shown", "every day of the week")
        lines = desk.screen.splitlines()
        below = lines[lines.index(" Level 3 silent study") + 1]
        assert below.split()[-2:] == ["·", "3"]
        assert "3█" in below
        await desk.press("right")
        await desk.sees("Mondays")
        await desk.press("right")
        await desk.sees("Tuesdays", "No text told of noise then.")
        await desk.press("escape")
        await desk.sees("Noise now")
