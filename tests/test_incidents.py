"""Incidents: texts about one noise, from the first of them until everybody has heard what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk import upkeep
from helpdesk.errors import Refused, Stale
from helpdesk.events import Kind
from helpdesk.message import Keyword
from helpdesk.noise.incidents import IncidentState, NoiseOutcome
from helpdesk.noise.kinds import NoiseKind
from helpdesk.ports import Sql
from helpdesk.standards import Outcome
from helpdesk.store.verbs import incident_rows, remarks
from helpdesk.ticket import State
from tests.conversation import Town
from tests.noisy import Walker, incident_of, noisy, walker

pytestmark = pytest.mark.usefixtures("engine")

STANDARD = "noise-texts"


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A library with zones."""
    async with noisy() as opened:
        yield opened


@pytest.fixture
async def mia(town: Town) -> Walker:
    """A member at the desk."""
    return await walker(town, "mia")


# Staff deal with it


async def test_the_journey(town: Town, mia: Walker) -> None:
    """Dispatched, attended, outcome: each reporter hears it, and their clocks stop when somebody was there."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    await town.time.passes(minutes=2)
    assert (await mia.dispatches("security")).state is IncidentState.DISPATCHED
    await town.time.passes(minutes=6)
    incident = await mia.attends()
    assert (incident.state, incident.due) == (IncidentState.ATTENDED, None)
    for texter in (ana, ben):
        clock = (await town.clocks(texter.ticket))[STANDARD]
        assert (clock.outcome, clock.stopped) == (Outcome.MET, town.time.now)
    await town.time.passes(minutes=3)
    over = await mia.concludes(NoiseOutcome.SPOKEN_TO, "We went to level 3 and asked for quiet.")
    assert (over.state, over.outcome, over.ended) == (IncidentState.OVER, NoiseOutcome.SPOKEN_TO, town.time.now)
    for texter in (ana, ben):
        assert (await mia.opens(texter.ticket)).ticket.state is State.SOLVED
        await texter.hears("In danger call 999")
        await texter.hears("asked for quiet")
        await texter.hears_nothing()
    assert await mia.list() == ()
    assert await mia.list(over=True) == (over,)


async def test_who_wrote_after_somebody_was_there_waits_still(town: Town, mia: Walker) -> None:
    """Going there answers what was written before it."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await town.time.passes(minutes=5)
    await ben.texts("loud L3A")
    await mia.attends(minutes_ago=3)
    assert (await town.clocks(ana.ticket))[STANDARD].outcome is Outcome.MET
    assert (await town.clocks(ben.ticket))[STANDARD].outcome is Outcome.PENDING
    assert (await mia.opens(ben.ticket)).ticket.unanswered is not None
    with pytest.raises(Refused, match="began later"):
        await mia.attends(minutes_ago=7)


async def test_v_on_a_ticket_attends_its_incident(town: Town, mia: Walker) -> None:
    """All its reporters are answered with it."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    await mia.opens(ben.ticket)
    await mia.attended(town.time.now)
    assert (await town.clocks(ana.ticket))[STANDARD].outcome is Outcome.MET
    assert [each.state for each in await mia.list()] == [IncidentState.ATTENDED]


async def test_a_text_to_one_goes_to_one(town: Town, mia: Walker) -> None:
    """And a text to all goes to each, in their own ticket."""
    ana, ben = town.texter("ana"), town.texter("ben")
    for texter in (ana, ben):
        await texter.texts("loud L3A")
        await texter.hears("In danger call 999")
    await mia.opens(ana.ticket)
    await mia.replies("Which desk?")
    await ana.hears("Which desk?")
    await ben.hears_nothing()
    await mia.tells_all("On our way.")
    await ana.hears("On our way.")
    await ben.hears("On our way.")
    for texter in (ana, ben):
        assert (await town.clocks(texter.ticket))[STANDARD].outcome is Outcome.MET
    await ana.hears_nothing()


async def test_whoever_said_stop_is_not_told_and_the_others_are(town: Town, mia: Walker) -> None:
    """The outcome can't reach them; their ticket is solved all the same."""
    ana, ben = town.texter("ana"), town.texter("ben")
    for texter in (ana, ben):
        await texter.texts("loud L3A")
        await texter.hears("In danger call 999")
    await ben._sends(ben.text("STOP", keyword=Keyword.STOP))
    assert [each.reachable for each in (await mia.looks()).reporters] == [True, False]
    await mia.concludes(NoiseOutcome.QUIET, "It was quiet.")
    await ana.hears("It was quiet.")
    await ben.hears_nothing()
    assert (await mia.opens(ben.ticket)).ticket.state is State.SOLVED


async def test_an_outcome_with_no_text_tells_nobody(town: Town, mia: Walker) -> None:
    """The tickets are solved; and where nobody attended no clock says that somebody did."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await ana.hears("In danger call 999")
    incident = await mia.concludes(NoiseOutcome.NO_PLACE)
    assert incident.attended is None
    await ana.hears_nothing()
    assert (await town.clocks(ana.ticket))[STANDARD].outcome is Outcome.PENDING


async def test_a_text_that_is_too_long_is_refused_before_anything_is_done(town: Town, mia: Walker) -> None:
    """The line's limit holds for texts to all, too."""
    await town.texter("ana").texts("loud L3A")
    for act in (mia.tells_all("x" * 2000), mia.concludes(NoiseOutcome.QUIET, "x" * 2000)):
        with pytest.raises(Refused, match=r"segments|texts"):
            await act
    assert [each.state for each in await mia.list()] == [IncidentState.OPEN]


async def test_concluded_twice_under_one_key_is_told_once(town: Town, mia: Walker) -> None:
    """A connection that broke off may repeat it."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    await ana.hears("In danger call 999")
    before = (await mia.looks()).incident
    first = await mia.concludes(NoiseOutcome.QUIET, "Quiet now.", key="k")
    noise = town.house.desk.noise
    again = await noise.conclude(mia.id, before.id, before.version, NoiseOutcome.QUIET, text="Quiet now.", key="k")
    assert again == first
    await ana.hears("Quiet now.")
    await ana.hears_nothing()
    with pytest.raises(Refused, match="key was used"):
        await noise.conclude(mia.id, before.id, before.version, NoiseOutcome.MOVED, key="k")


async def test_the_last_ticket_solved_ends_it(town: Town, mia: Walker) -> None:
    """Staff who work in the tickets alone leave no incident behind; taken up again, it goes on."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    await mia.opens(ana.ticket)
    await mia.solves()
    assert len(await mia.list()) == 1
    await mia.opens(ben.ticket)
    await mia.replies("Quiet now.", then="solved")
    assert await mia.list() == ()
    [over] = await mia.list(over=True)
    assert (over.outcome, over.reporters) == (None, 2)
    desk = town.house.desk
    await desk.reopen(mia.id, mia.before.id, mia.before.version)
    [incident] = await mia.list()
    assert (incident.id, incident.state) == (over.id, IncidentState.OPEN)


async def test_who_writes_soon_after_the_end_takes_it_up_again(town: Town, mia: Walker) -> None:
    """It was not over; much later it is another noise."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    first = await mia.concludes(NoiseOutcome.QUIET, "It was quiet.")
    await town.time.passes(minutes=5)
    await ana.texts("it is loud again")
    [incident] = await mia.list()
    assert (incident.id, incident.state, incident.touched_by) == (first.id, IncidentState.OPEN, "patron")
    again = await mia.concludes(NoiseOutcome.SPOKEN_TO, "We asked for quiet.")
    await ana.hears("In danger call 999")
    await ana.hears("It was quiet.")
    await ana.hears("We asked for quiet.")
    await ben.hears("In danger call 999")
    await ben.hears("It was quiet.")
    await ben.hears_nothing()
    await town.time.passes(hours=3)
    await ana.texts("now they sing")
    [incident] = await mia.list()
    assert (incident.number, incident.zone, incident.began) == (again.number + 1, "l3-silent", town.time.now)


async def test_the_loser_hears_who_won(town: Town, mia: Walker) -> None:
    """A text that joins is no conflict for whoever sends somebody; it is for whoever tells the outcome."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    before = (await mia.looks()).incident
    await ben.texts("loud L3A")
    noise = town.house.desk.noise
    with pytest.raises(Stale, match="a reporter's text"):
        await noise.conclude(mia.id, before.id, before.version, NoiseOutcome.QUIET)
    sent = await noise.dispatch(mia.id, before.id, before.version, "mia")
    assert sent.reporters == 2
    ben_at_the_desk = await walker(town, "ben")
    with pytest.raises(Stale, match="changed by mia") as caught:
        await noise.dispatch(ben_at_the_desk.id, before.id, before.version, "security")
    assert caught.value.by == "mia"


# One noise or two


async def test_a_split_can_be_undone(town: Town, mia: Walker) -> None:
    """Three reporters, two noises; united again it is as it was, and each was told what theirs came to."""
    ana, ben, cai = (town.texter(name) for name in ("ana", "ben", "cai"))
    for minutes, texter in enumerate((ana, ben, cai)):
        await texter.texts("loud L3A")
        await texter.hears("In danger call 999")
        await town.time.passes(minutes=minutes)
    whole = (await mia.looks()).incident
    parted = await mia.parts(ben)
    assert (parted.reporters, parted.began, parted.state) == (1, parted.latest, IncidentState.OPEN)
    rest = (await mia.looks(whole.id)).incident
    assert (rest.reporters, rest.began, rest.latest) == (2, whole.began, whole.latest)
    with pytest.raises(Refused, match="Pick tickets"):
        await mia.parts(ben)
    await mia.looks(parted.id)
    back = await mia.unites(whole.number)
    assert (back.id, back.reporters, back.began, back.latest) == (whole.id, 3, whole.began, whole.latest)
    assert [each.id for each in await mia.list()] == [whole.id]
    assert await mia.list(over=True) == (), "what has no reporters is not shown"
    await mia.concludes(NoiseOutcome.MOVED, "They left.")
    for texter in (ana, ben, cai):
        await texter.hears("They left.")
        await texter.hears_nothing()


async def test_a_split_leaves_somebody_behind(town: Town, mia: Walker) -> None:
    """All of it can't be parted from itself; nor what is over."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    with pytest.raises(Refused, match="Leave one"):
        await mia.parts(ana)
    await mia.concludes(NoiseOutcome.QUIET)
    with pytest.raises(Refused, match="is over"):
        await mia.parts(ana)


async def test_staff_know_better_where_it_is(town: Town, mia: Walker) -> None:
    """One reporter: the incident moves; of several: theirs alone."""
    ana, ben, cai = (town.texter(name) for name in ("ana", "ben", "cai"))
    await ana.texts("loud L3A")
    [first] = await mia.list()
    await mia.places(ana, "l2-quiet")
    [moved] = await mia.list()
    assert (moved.id, moved.zone) == (first.id, "l2-quiet")
    await ben.texts("loud L2B")
    await cai.texts("loud L2B")
    await mia.places(cai, "")
    assert {(each.zone, each.reporters) for each in await mia.list()} == {("l2-quiet", 2), ("", 1)}
    await mia.places(cai, "l2-quiet")
    [whole] = await mia.list()
    assert (whole.id, whole.reporters) == (first.id, 3)


async def test_an_enquiry_that_staff_place_becomes_a_noise(town: Town, mia: Walker) -> None:
    """A text on another line that tells of noise after all."""
    ana = town.texter("ana", line="text")
    await ana.texts("people shout in silent study")
    assert await incident_of(town, ana.ticket) is None
    await mia.places(ana, "l3-silent")
    [incident] = await mia.list()
    assert (incident.line, incident.noise) == ("text", NoiseKind.TALKING)


# What colleagues note


async def test_a_note_stays_with_the_noise_and_can_be_erased(town: Town, mia: Walker) -> None:
    """On top of the incident, in the tickets' history; its text goes with the first ticket's remarks."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    await mia.remarks("Go in twos.")
    assert [(each.by, each.text) for each in (await mia.looks()).notes] == [("mia", "Go in twos.")]
    history = (await mia.opens(ben.ticket)).history
    assert [moment.remark for moment in history if moment.kind is Kind.INCIDENT_NOTED] == ["Go in twos."]
    log = repr(await town.log())
    assert "twos" not in log
    await town.house.store.write(remarks.erase, ana.ticket)
    assert (await mia.looks()).notes == ()


async def test_the_trail(town: Town, mia: Walker) -> None:
    """Everything that was done about it, each thing once."""
    ana, ben = town.texter("ana"), town.texter("ben")
    await ana.texts("loud L3A")
    await ben.texts("loud L3A")
    for act in (mia.dispatches("security"), mia.attends(), mia.concludes(NoiseOutcome.SECURITY, "Done.")):
        await town.time.passes(minutes=1)
        await act
    trail = [(step.what, step.by, step.told) for step in (await mia.looks()).trail]
    assert trail == [
        (Kind.RECEIVED, "patron", ""),
        (Kind.PLACED, "patron", "l3-silent"),
        (Kind.JOINED, "patron", "l3-silent"),
        (Kind.RECEIVED, "patron", ""),
        (Kind.PLACED, "patron", "l3-silent"),
        (Kind.JOINED, "patron", ""),
        (Kind.DISPATCHED, "mia", "security"),
        (Kind.ATTENDED, "mia", ""),
        (Kind.CONCLUDED, "mia", "security"),
        (Kind.REPLIED, "mia", ""),
        (Kind.REPLIED, "mia", ""),
    ]


async def test_what_the_desk_offers(town: Town, mia: Walker) -> None:
    """Each outcome's words, in which the zone is still to be filled; and how to make a formal complaint."""
    found = await town.house.desk.noise.choices(mia.id)
    assert [zone.id for zone in found.zones] == ["l3-silent", "l2-quiet", "l1-group"]
    assert found.says["noise"].keys() == set(NoiseOutcome)
    assert "{zone}" in found.says["noise"][NoiseOutcome.SPOKEN_TO]
    assert "formal complaint needs your name" in found.complaint["noise"]


async def test_a_rebuild_gives_the_same(town: Town, mia: Walker) -> None:
    """What a row says wrongly is found, and put right from the log; nothing else differs."""
    for name, said in (("ana", "loud L3A"), ("ben", "loud L3A"), ("cai", "so loud")):
        await town.texter(name).texts(said)
    await mia.dispatches("security")
    store, published = town.house.store, town.house.rules.published()
    assert await upkeep.check(store) == ()
    right = await store.read(incident_rows.kept)
    await store.write(_spoil)
    wrong = tuple(f"incident {number}: it is not what its history gives" for number in (1, 2))
    assert await upkeep.check(store) == wrong
    assert "2 incidents differed" in (await upkeep.rebuild(store, published))[0]
    assert await store.read(incident_rows.kept) == right
    assert await upkeep.check(store) == ()


def _spoil(sql: Sql) -> None:
    sql("UPDATE incidents SET goes = 'nobody', reporters = 9 WHERE library = :library AND number = 1")
    sql("DELETE FROM incidents WHERE library = :library AND number = 2")


async def test_merged_tickets_leave_no_incident_behind(town: Town, mia: Walker) -> None:
    """One texter's two tickets are one matter: the incident of the one that is closed is over."""
    ana = town.texter("ana")
    await ana.texts("loud L3A")
    first = ana.ticket
    await town.time.passes(hours=25)
    await ana.texts("loud L2B")
    assert len(await mia.list()) == 2
    before = (await mia.opens(ana.ticket)).ticket
    kept = (await mia.opens(first)).ticket
    await town.house.desk.merge(mia.id, before.id, before.version, kept.number)
    assert [each.zone for each in await mia.list()] == ["l3-silent"]
