"""One contract for replies that wait: they can be taken back until they go out, and are then as if never written."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import cast

import pytest

from helpdesk.clock import SECOND, plus
from helpdesk.errors import Refused
from helpdesk.events import Kind, Seq
from helpdesk.message import Address, Channel, Delivery, IncidentId, OutboxId, TicketId
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.ports import Desk
from helpdesk.ports.sending import Held, Sending
from helpdesk.sight import Told
from helpdesk.standards import Measure, Outcome
from helpdesk.store.verbs import incident_folding, leasing, outbox, rebuilding
from helpdesk.taking_back import windows
from helpdesk.ticket import Flag, State, Then
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

WAIT, LONGER = 10 * SECOND, 30 * SECOND


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk: replies wait ten seconds, those to many thirty."""
    async with library() as opened:
        opened.desk.sending.windows = windows(10, 30)
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Sending).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f".sending.{name}(" in source, name


async def _reply(desk: Desk, ticket: TicketId, text: str = "On Level 3.", then: Then = "open") -> OutboxId:
    """Ana answers; what waits since."""
    version = (await desk.thread(ANA, ticket)).ticket.version
    await desk.reply(ANA, ticket, version, text, then=then, key=f"k{version}")
    return (await _held(desk)).act


async def _held(desk: Desk) -> Held:
    [held] = await desk.sending.held(BEN)
    return held


async def _leased(marsh: Library, channel: Channel = Channel.MAIL) -> int:
    """How many messages a pass of delivery takes in hand now."""
    now = marsh.clock.now()
    return len(await marsh.store.write(leasing.lease, channel, now, plus(now, 60 * SECOND)))


async def _nothing_is_wrong(marsh: Library) -> None:
    """All that is folded from the log is as the log gives it."""
    published = marsh.desk._published()
    batch = await marsh.store.read(rebuilding.next_batch, "")
    assert await marsh.store.read(rebuilding.wrong_clocks, batch, published) == []
    assert await marsh.store.read(rebuilding.wrong_counts) == []
    assert await marsh.store.read(incident_folding.wrong, {}, Seq(0)) == []


async def test_a_reply_waits_before_it_goes_out(desk: Desk, marsh: Library) -> None:
    """It stands in the thread at once, with the time at which it goes; until then nobody sends it."""
    ticket = await marsh.mail()
    act = await _reply(desk, ticket)
    goes = plus(marsh.clock.now(), WAIT)
    assert await _held(desk) == Held(act=act, actor=ANA, ticket=ticket, number=1, incident=None, goes=goes, texts=1)
    entry = (await desk.thread(BEN, ticket)).entries[-1]
    assert (entry.text, entry.delivery, entry.goes) == ("On Level 3.", Delivery.WAITING, goes)
    marsh.clock.passes(seconds=9)
    assert await _leased(marsh) == 0
    marsh.clock.passes(seconds=1)
    assert await _leased(marsh) == 1
    assert await desk.sending.held(ANA) == ()
    assert (await desk.thread(BEN, ticket)).entries[-1].goes is None


async def test_the_patron_is_answered_when_it_goes_out(desk: Desk, marsh: Library) -> None:
    """The seconds in which it could be taken back are counted: nobody has read it before."""
    ticket = await marsh.mail()
    await _reply(desk, ticket)
    thread = await desk.thread(ANA, ticket)
    assert thread.ticket.answered == plus(marsh.clock.now(), WAIT)
    first = next(each for each in thread.clocks if each.measure is Measure.FIRST_RESPONSE)
    assert (first.outcome, first.stopped) == (Outcome.MET, plus(marsh.clock.now(), WAIT))
    await _nothing_is_wrong(marsh)


@pytest.mark.parametrize("then", ["open", "waiting", "solved"])
async def test_taken_back_it_was_never_sent(desk: Desk, marsh: Library, then: Then) -> None:
    """Entry and outbox are gone, the ticket stands as before, and its clocks run as if it had not been."""
    ticket = await marsh.mail()
    await desk.claim(ANA, ticket)
    before = await desk.thread(ANA, ticket)
    act = await _reply(desk, ticket, then=then)
    marsh.clock.passes(seconds=5)
    back = await desk.sending.take_back(ANA, act)
    assert (back.ticket, back.number, back.text, back.then) == (ticket, 1, "On Level 3.", then)
    after = await desk.thread(ANA, ticket)
    assert after.entries == before.entries
    assert after.clocks == before.clocks
    for what in ("state", "owner", "held_until", "unanswered", "answered", "due", "closes", "flags"):
        assert getattr(after.ticket, what) == getattr(before.ticket, what), what
    assert after.ticket.version > before.ticket.version
    assert after.history[-1].kind is Kind.UNSENT
    assert await desk.sending.held(ANA) == ()
    marsh.clock.passes(minutes=5)
    assert await _leased(marsh) == 0
    assert await desk.search(ANA, "Level") == ()
    await _nothing_is_wrong(marsh)


async def test_it_can_be_put_right_and_sent(desk: Desk, marsh: Library) -> None:
    """The reply that finally went out is the answer."""
    ticket = await marsh.mail()
    await desk.sending.take_back(ANA, await _reply(desk, ticket))
    marsh.clock.passes(minutes=3)
    await _reply(desk, ticket, "On Level 2.")
    thread = await desk.thread(ANA, ticket)
    assert thread.ticket.answered == plus(marsh.clock.now(), WAIT)
    assert [entry.text for entry in thread.entries] == ["Can I renew?", "On Level 2."]
    await _nothing_is_wrong(marsh)


async def test_what_happened_meanwhile_stands(desk: Desk, marsh: Library) -> None:
    """The patron wrote again, and a colleague was given the ticket: taking back undoes neither."""
    ticket = await marsh.mail()
    since = (await desk.thread(ANA, ticket)).ticket.unanswered
    act = await _reply(desk, ticket, then="solved")
    await marsh.mail("One more thing", to=ticket)
    version = (await desk.thread(ANA, ticket)).ticket.version
    await desk.assign(BEN, ticket, version, BEN)
    await desk.sending.take_back(ANA, act)
    found = (await desk.thread(ANA, ticket)).ticket
    assert (found.state, found.owner, found.unanswered, found.answered) == (State.OPEN, BEN, since, None)
    await _nothing_is_wrong(marsh)


async def test_once_it_goes_out_it_is_too_late(desk: Desk, marsh: Library) -> None:
    """Also before anybody knows whether it arrived; and what is unknown was sent long ago."""
    act = await _reply(desk, await marsh.mail())
    marsh.clock.passes(seconds=10)
    await _leased(marsh)
    for gone in (act, OutboxId("0" * 26)):
        with pytest.raises(Refused, match="gone out already"):
            await desk.sending.take_back(ANA, gone)


async def test_only_its_writer_takes_it_back(desk: Desk, marsh: Library) -> None:
    """A colleague sees that it waits, and who wrote it."""
    act = await _reply(desk, await marsh.mail())
    with pytest.raises(Refused, match="ana wrote this"):
        await desk.sending.take_back(BEN, act)
    assert (await _held(desk)).actor == ANA


async def test_whom_it_included_is_asked_again(desk: Desk, marsh: Library) -> None:
    """Strangers on the ticket are strangers again, with the choice that was made; with copies it waits longer."""
    ticket = await marsh.mail()
    await marsh.mail("Me too", sender="omar@example.org", to=ticket)
    omar = Address(channel=Channel.MAIL, value="omar@example.org", name="Omar")
    before = await desk.thread(ANA, ticket)
    assert before.unverified == (omar,)
    await desk.reply(ANA, ticket, before.ticket.version, "Both of you may.", include=(omar,))
    held = await _held(desk)
    assert held.goes == plus(marsh.clock.now(), LONGER)
    back = await desk.sending.take_back(ANA, held.act)
    assert (back.include, back.exclude) == ((omar,), ())
    after = await desk.thread(ANA, ticket)
    assert (after.unverified, after.participants) == (before.unverified, before.participants)
    assert Flag.UNVERIFIED in after.ticket.flags


async def _noise(desk: Desk, marsh: Library) -> Incident:
    """Two texts about one zone."""
    found: IncidentId | None = None
    for n in (1, 2):
        ticket = await marsh.text(sender=f"+44770090010{n}")
        version = (await desk.thread(ANA, ticket)).ticket.version
        found = (await desk.noise.place(ANA, ticket, version, "l3")).incident
    assert found is not None
    return (await desk.noise.incident(ANA, found)).incident


async def test_a_text_to_all_is_taken_back_from_all(desk: Desk, marsh: Library) -> None:
    """It waits longer; one call takes all of them back."""
    noise = await _noise(desk, marsh)
    await desk.noise.reply_all(ANA, noise.id, noise.version, "Somebody is coming.")
    held = await _held(desk)
    assert (held.texts, held.incident, held.goes) == (2, noise.id, plus(marsh.clock.now(), LONGER))
    back = await desk.sending.take_back(ANA, held.act)
    assert (back.incident, back.text, back.outcome) == (noise.id, "Somebody is coming.", None)
    sight = await desk.noise.incident(ANA, noise.id)
    assert [each.told for each in sight.reporters] == [None, None]
    marsh.clock.passes(minutes=1)
    assert await _leased(marsh, Channel.SMS) == 0
    await _nothing_is_wrong(marsh)


async def test_as_one_of_many_goes_out_all_do(desk: Desk, marsh: Library) -> None:
    """Half of a text to all can't be taken back."""
    noise = await _noise(desk, marsh)
    await desk.noise.reply_all(ANA, noise.id, noise.version, "Somebody is coming.")
    act = (await _held(desk)).act
    marsh.clock.passes(seconds=30)
    now = marsh.clock.now()
    assert len(await marsh.store.write(leasing.lease, Channel.SMS, now, plus(now, SECOND), 1)) == 1
    with pytest.raises(Refused, match="gone out already"):
        await desk.sending.take_back(ANA, act)


async def test_an_end_that_is_taken_back_was_none(desk: Desk, marsh: Library) -> None:
    """The noise goes on, and its tickets wait for an answer again; what was chosen comes back with the text."""
    noise = await _noise(desk, marsh)
    await desk.noise.conclude(ANA, noise.id, noise.version, NoiseOutcome.MOVED, text="They moved.")
    back = await desk.sending.take_back(ANA, (await _held(desk)).act)
    assert (back.outcome, back.then, back.text) == (NoiseOutcome.MOVED, "solved", "They moved.")
    sight = await desk.noise.incident(ANA, noise.id)
    assert (sight.incident.state, sight.incident.outcome) == (IncidentState.OPEN, None)
    for reporter in sight.reporters:
        ticket = (await desk.thread(ANA, reporter.ticket)).ticket
        assert (ticket.live, ticket.unanswered is not None, ticket.answered) == (True, True, None)
    await _nothing_is_wrong(marsh)


async def test_the_last_ticket_of_a_noise_goes_on_with_it(desk: Desk, marsh: Library) -> None:
    """A reply that solved it ended the noise; taken back, both go on."""
    ticket = await marsh.text()
    version = (await desk.thread(ANA, ticket)).ticket.version
    noise = (await desk.noise.place(ANA, ticket, version, "l3")).incident
    assert noise is not None
    act = await _reply(desk, ticket, then="solved")
    assert not (await desk.noise.incident(ANA, noise)).incident.live
    await desk.sending.take_back(ANA, act)
    assert (await desk.noise.incident(ANA, noise)).incident.live
    await _nothing_is_wrong(marsh)


async def test_whoever_watches_hears_of_it(desk: Desk, marsh: Library) -> None:
    """Every desk learns that it was taken back."""
    ticket = await marsh.mail()
    act = await _reply(desk, ticket)
    after = (await desk.hello()).seq
    await desk.sending.take_back(ANA, act)
    async with aclosing(cast("AsyncGenerator[Told]", desk.changes(after))) as changes:
        told = await anext(changes)
    assert (told.kind, told.ticket) == (Kind.UNSENT, ticket)


async def test_a_clock_that_is_set_back_sends_nothing_sooner(desk: Desk, marsh: Library) -> None:
    """A restart puts right what waits by a clock that was ahead: the seconds for second thoughts stay."""
    await _reply(desk, await marsh.mail())
    now = marsh.clock.now()
    await marsh.store.write(outbox.clock_set_back, now, plus(now, 3600 * SECOND))
    assert await _leased(marsh) == 0
