"""One contract for how staff sort their work, from the owner's process and attached to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk import upkeep
from helpdesk.errors import NotAllowed, NotFound, Refused, Stale
from helpdesk.events import Kind
from helpdesk.message import Channel, LineId, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.thread import EntryKind, Moment
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.contracts.desk import ANA, BEN, SIDES, SORTS, Library, library

pytestmark = pytest.mark.usefixtures("engine")

NOBODY = TicketId("0" * 26)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk; whatever happened there, its log gives what it keeps."""
    async with library() as opened:
        yield opened
        assert await upkeep.check(opened.store) == ()


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _version(desk: Desk, ticket: TicketId) -> int:
    return (await desk.thread(ANA, ticket)).ticket.version


async def _last(desk: Desk, ticket: TicketId) -> Moment:
    return (await desk.thread(ANA, ticket)).history[-1]


@pytest.mark.parametrize(
    ("call", "more"),
    [("sort", {"kind": "complaint"}), ("grade", {"effort": 2, "first_contact": None})],
)
async def test_each_is_said_of_what_was_seen(desk: Desk, marsh: Library, call: str, more: dict[str, Any]) -> None:
    """On an old screen it is Stale, with the name of who was first; of no ticket it is NotFound. Nothing is written."""
    asked = await marsh.mail()
    version = await _version(desk, asked)
    await desk.note(BEN, asked, "Mine.")
    before = (await desk.hello()).seq
    with pytest.raises(Stale) as caught:
        await getattr(desk.sorting, call)(ANA, asked, version, **more)
    assert caught.value.by == BEN
    with pytest.raises(NotFound):
        await getattr(desk.sorting, call)(ANA, NOBODY, version, **more)
    assert (await desk.hello()).seq == before


# Kind and site


async def test_what_can_be_picked(desk: Desk) -> None:
    """What the library wrote down."""
    found = await desk.sorting.sorts(ANA)
    assert (found.kinds, found.sites, found.presets) == (SORTS.kinds, SORTS.sites, SORTS.presets)


async def test_a_kind_and_a_site(desk: Desk, marsh: Library) -> None:
    """Each alone or both; the fact says what it was before; the same again says nothing."""
    asked = await marsh.mail()
    first = await desk.sorting.sort(ANA, asked, await _version(desk, asked), kind="complaint")
    assert (first.kind, first.site) == ("complaint", "")
    second = await desk.sorting.sort(BEN, asked, first.version, site="North")
    assert (second.kind, second.site, second.version) == ("complaint", "North", first.version + 1)
    moment = await _last(desk, asked)
    assert (moment.kind, moment.actor) == (Kind.SORTED, BEN)
    assert moment.data == {"kind": "complaint", "site": "North", "was_kind": "complaint", "was_site": ""}
    same = await desk.sorting.sort(ANA, asked, second.version, kind="complaint", site="North")
    assert same.version == second.version
    [row] = (await desk.worklist(ANA, View.OPEN)).rows
    assert (row.kind, row.site) == ("complaint", "North")
    assert (await desk.sorting.sort(ANA, asked, same.version, site="")).site == ""


@pytest.mark.parametrize(("more", "says"), [({"kind": "complant"}, "complaint"), ({"site": "Nrth"}, "North")])
async def test_what_the_library_does_not_know(desk: Desk, marsh: Library, more: dict[str, str], says: str) -> None:
    """A slip of the hand is no new kind: the nearest is named."""
    asked = await marsh.mail()
    with pytest.raises(NotFound, match=f"did you mean '{says}'"):
        await desk.sorting.sort(ANA, asked, await _version(desk, asked), **more)


async def test_noise_stays_noise(desk: Desk, marsh: Library) -> None:
    """Its kind ties it to its incident; its site may be put right."""
    noisy = await marsh.text()
    version = await _version(desk, noisy)
    with pytest.raises(Refused, match="stays noise"):
        await desk.sorting.sort(ANA, noisy, version, kind="complaint")
    assert (await desk.sorting.sort(ANA, noisy, version, site="North")).site == "North"


# How it went


async def test_how_it_went(desk: Desk, marsh: Library) -> None:
    """READ level and first contact, together or alone; said otherwise, the latest counts; None takes it back."""
    asked = await marsh.mail()
    first = await desk.sorting.grade(ANA, asked, await _version(desk, asked), effort=2, first_contact=True)
    assert (first.effort, first.first_contact) == (2, True)
    moment = await _last(desk, asked)
    assert (moment.kind, moment.data) == (Kind.GRADED, {"effort": 2, "first_contact": True})
    second = await desk.sorting.grade(ANA, asked, first.version, effort=6, first_contact=False)
    [row] = (await desk.worklist(ANA, View.OPEN)).rows
    assert (row.effort, row.first_contact) == (6, False)
    solved = await desk.solve(ANA, asked, second.version)
    blank = await desk.sorting.grade(ANA, asked, solved.version, effort=None, first_contact=None)
    assert (blank.effort, blank.first_contact, blank.state) == (None, None, State.SOLVED)
    same = await desk.sorting.grade(ANA, asked, blank.version, effort=None, first_contact=None)
    assert same.version == blank.version


@pytest.mark.parametrize("effort", [0, 7, -1])
async def test_what_is_no_level(desk: Desk, marsh: Library, effort: int) -> None:
    """The words say what the ends of the scale are."""
    asked = await marsh.mail()
    with pytest.raises(Refused, match="READ level is 1 to 6"):
        await desk.sorting.grade(ANA, asked, await _version(desk, asked), effort=effort, first_contact=None)


async def test_what_is_in_no_figure_has_no_level(desk: Desk, marsh: Library) -> None:
    """Spam is no work worth counting."""
    asked = await marsh.mail()
    spam = await desk.spam(ANA, asked, await _version(desk, asked))
    with pytest.raises(Refused, match="in no figure"):
        await desk.sorting.grade(ANA, asked, spam.version, effort=1, first_contact=True)


# Who goes on with it


async def test_a_ticket_is_handed_over_with_a_note(desk: Desk, marsh: Library) -> None:
    """Both in one go, once per key; somebody who is not there gets neither."""
    asked = await marsh.mail()
    version = await _version(desk, asked)
    with pytest.raises(NotFound):
        await desk.sorting.hand_over(ANA, asked, version, StaffId("nobody"), "Please.")
    with pytest.raises(Refused):
        await desk.sorting.hand_over(ANA, asked, version, BEN, "  ")
    assert (await desk.thread(ANA, asked)).ticket.version == version
    given = await desk.sorting.hand_over(ANA, asked, version, BEN, "She rings again at 3.", key="k")
    assert (given.owner, given.version) == (BEN, version + 1)
    again = await desk.sorting.hand_over(ANA, asked, version, BEN, "She rings again at 3.", key="k")
    assert again.version == given.version
    thread = await desk.thread(BEN, asked)
    assert [moment.kind for moment in thread.history[-2:]] == [Kind.ASSIGNED, Kind.NOTED]
    assert (thread.entries[-1].kind, thread.entries[-1].text) == (EntryKind.NOTE, "She rings again at 3.")
    with pytest.raises(Stale):
        await desk.sorting.hand_over(ANA, asked, version, ANA, "Mine.")


# Contacts by a digit


async def test_a_contact_by_a_digit(desk: Desk, marsh: Library) -> None:
    """As the preset describes it: solved at once, with its kind, level and tags, and no text that nobody wrote."""
    logged = await desk.sorting.log(ANA, 1)
    assert (logged.channel, logged.kind, logged.site, logged.state) == (Channel.DESK, "enquiry", "", State.SOLVED)
    assert (logged.effort, logged.first_contact, logged.tags) == (1, True, ("map",))
    assert (logged.subject, logged.line, logged.owner) == ("Directions", LineId("desk"), ANA)
    thread = await desk.thread(ANA, logged.id)
    assert thread.entries == ()
    told = [moment.kind for moment in thread.history]
    assert told == [Kind.OPENED, Kind.TAGGED, Kind.GRADED, Kind.SOLVED]
    other = await desk.sorting.log(ANA, 4, text="Card lost")
    assert (other.channel, other.kind, other.site, other.effort) == (Channel.PHONE, "loan", "North", None)
    [entry] = (await desk.thread(ANA, other.id)).entries
    assert (entry.kind, entry.text, other.subject) == (EntryKind.NOTE, "Card lost", "Card lost")


async def test_a_digit_without_a_preset(desk: Desk) -> None:
    """It names those that there are."""
    with pytest.raises(NotFound, match=r"no preset 7. There are: 1 \(Directions\), 4 \(Phone\)"):
        await desk.sorting.log(ANA, 7)


async def test_a_contact_by_a_digit_is_logged_once(desk: Desk, marsh: Library) -> None:
    """The same key gives the first one; with another preset it is refused. A slip is a test, and counts nowhere."""
    first = await desk.sorting.log(ANA, 1, key="k")
    assert (await desk.sorting.log(ANA, 1, key="k")).id == first.id
    with pytest.raises(Refused, match="key"):
        await desk.sorting.log(ANA, 4, key="k")


async def test_a_slip_of_the_hand_is_struck_off(desk: Desk, marsh: Library) -> None:
    """By whoever made it: it leaves the figures, and comes back. A patron's message is nobody's slip."""
    logged = await desk.sorting.log(ANA, 1)
    with pytest.raises(NotAllowed, match="ana logged ticket"):
        await desk.sorting.strike(BEN, logged.id, logged.version)
    away = await desk.sorting.strike(ANA, logged.id, logged.version)
    assert Flag.TEST in away.flags
    assert Flag.TEST not in (await desk.sorting.strike(ANA, logged.id, away.version)).flags
    asked = await marsh.mail()
    with pytest.raises(Refused, match="logged by hand"):
        await desk.sorting.strike(ANA, asked, await _version(desk, asked))
