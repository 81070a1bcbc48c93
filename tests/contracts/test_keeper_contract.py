"""One contract for the keeper, in the owner's process, over its socket and over TLS: what managers state of figures."""

from __future__ import annotations

import inspect
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from helpdesk.api.keeper import Keeper
from helpdesk.api.remote import connect
from helpdesk.api.routes import Offered
from helpdesk.api.server import desk_socket
from helpdesk.clock import Instant, instant, moment
from helpdesk.config import Settings
from helpdesk.errands import LocalKeeper
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Kind, Seq
from helpdesk.importing import spool
from helpdesk.permissions import Role
from helpdesk.rulebook import Rulebook
from helpdesk.store.verbs import events, figures, remarks, staff, trail
from helpdesk.store.verbs.figures import PublishedFigure
from helpdesk.store.verbs.trail import Question
from tests.bygones import made_bygone
from tests.contracts.desk import ANA, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

LEAD = ANA
STRIKE = date(2026, 5, 3), date(2026, 5, 15)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library whose figures they are."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def keeper(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Keeper]:
    """Its keeper, from each side."""
    rules = Rulebook(marsh.store, marsh.clock)
    await rules.load()
    local = LocalKeeper(Settings(), marsh.clock, marsh.store, rules)
    if request.param == "local":
        yield local
        return
    path = tmp_path / "desk.sock"
    if request.param == "remote":
        async with desk_socket(marsh.desk, path, keeper=local), connect(path) as remote:
            yield remote.keeper
        return
    await marsh.store.write(staff.set_role, LEAD, Role.ADMIN, by=LEAD, now=marsh.clock.now())
    async with marsh.tokens(Offered(desk=marsh.desk, keeper=local), tmp_path) as each:
        yield each[LEAD].keeper


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Keeper).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"keeper.{name}(" in source, name


async def test_publishing_and_rebuilding(keeper: Keeper, marsh: Library) -> None:
    """What is published already is not published again, of one kind or both; projections are made anew."""
    await marsh.mail()
    assert await keeper.publish() == ()
    assert await keeper.publish(kinds=("standard",), actor=LEAD) == ()
    [line] = await keeper.rebuild()
    assert "1 ticket folded anew: 0 clock rows differed" in line


async def test_settings_are_taken_where_something_runs_by_them(keeper: Keeper) -> None:
    """A keeper without a house says when they count; tests/test_reloading.py has one with it."""
    with pytest.raises(Refused, match="count at the next start"):
        await keeper.reload(LEAD)


async def test_a_suspension(keeper: Keeper, marsh: Library) -> None:
    """Days, half open, in the library's zone, with who, when and why."""
    standard = await _a_standard(marsh)
    [line] = await keeper.suspend(LEAD, standard=standard, begin=STRIKE[0], end=STRIKE[1], why="strike,\n3-14 May")
    [held] = await marsh.store.read(figures.suspensions)
    assert str(held.seq) in line
    assert (held.standard, held.first, held.end, held.reason, held.by) == (standard, *STRIKE, "strike, 3-14 May", LEAD)
    assert (held.begins, held.ends) == (_at("2026-05-02T23:00Z"), _at("2026-05-14T23:00Z"))
    assert held.noted == marsh.clock.now()
    assert held.covers(standard, held.begins)
    assert not held.covers(standard, held.ends)
    assert not held.covers("another", held.begins)


async def test_a_suspension_of_every_standard(keeper: Keeper, marsh: Library) -> None:
    """Without a name it is said of all."""
    await keeper.suspend(LEAD, standard="", begin=STRIKE[0], end=STRIKE[1], why="flood")
    [held] = await marsh.store.read(figures.suspensions)
    assert held.covers("whatever", held.begins)


async def test_what_can_t_be_suspended(keeper: Keeper, marsh: Library) -> None:
    """The words say what is wrong, and nothing is written."""
    standard = await _a_standard(marsh)
    before = await marsh.store.read(events.last)
    with pytest.raises(NotFound, match=f"did you mean '{standard}'"):
        await keeper.suspend(LEAD, standard=standard[:-1], begin=STRIKE[0], end=STRIKE[1], why="strike")
    for begin, end in ((STRIKE[1], STRIKE[0]), (STRIKE[0], STRIKE[0])):
        with pytest.raises(Refused, match="there is no day"):
            await keeper.suspend(LEAD, standard=standard, begin=begin, end=end, why="strike")
    for year in (date(26, 5, 3), date(9999, 12, 31)):
        with pytest.raises(Refused, match="from 1990 to 2100"):
            await keeper.suspend(LEAD, standard=standard, begin=min(year, STRIKE[0]), end=max(year, STRIKE[1]), why="x")
    with pytest.raises(Refused, match="Say why"):
        await keeper.suspend(LEAD, standard=standard, begin=STRIKE[0], end=STRIKE[1], why=" \n")
    with pytest.raises(Refused, match="500 is the most"):
        await keeper.suspend(LEAD, standard=standard, begin=STRIKE[0], end=STRIKE[1], why="x" * 501)
    assert await marsh.store.read(events.last) == before
    assert await marsh.store.read(lambda sql: sql("SELECT 1 FROM remarks")) == []


async def test_a_suspension_is_lifted(keeper: Keeper, marsh: Library) -> None:
    """Once; what held at an earlier event can still be read."""
    await keeper.suspend(LEAD, standard="", begin=STRIKE[0], end=STRIKE[1], why="flood")
    with pytest.raises(Refused, match="suspended for these days already"):
        await keeper.suspend(LEAD, standard="", begin=STRIKE[0], end=STRIKE[1], why="flood again")
    [held] = await marsh.store.read(figures.suspensions)
    [line] = await keeper.unsuspend(LEAD, suspension=held.seq)
    assert "lifted" in line
    assert await marsh.store.read(figures.suspensions) == ()
    assert await marsh.store.read(figures.suspensions, held.seq) == (held,)
    with pytest.raises(NotFound, match="Those that hold: none"):
        await keeper.unsuspend(LEAD, suspension=held.seq)


async def test_a_dip_is_accounted_for(keeper: Keeper, marsh: Library) -> None:
    """For the public; the latest word counts, and none is lost."""
    standard, month = await _a_standard(marsh), f"{moment(marsh.clock.now()):%Y-%m}"
    await keeper.account(LEAD, standard=standard, month=month, explanation="We were few.", action="Two more at noon.")
    first = await marsh.store.read(events.last)
    await keeper.account(LEAD, standard=standard, month=month, explanation="Two of us were ill.")
    found = (await marsh.store.read(figures.accounts))[standard, month]
    assert (found.explanation, found.action, found.by) == ("Two of us were ill.", "", LEAD)
    earlier = (await marsh.store.read(figures.accounts, first))[standard, month]
    assert (earlier.explanation, earlier.action) == ("We were few.", "Two more at noon.")


@pytest.mark.parametrize(
    ("month", "words"), [("2026-13", "Write the month"), ("May", "Write the month"), ("2999-01", "still to come")]
)
async def test_a_month_that_is_none(keeper: Keeper, marsh: Library, month: str, words: str) -> None:
    """It is said how to write one."""
    with pytest.raises(Refused, match=words):
        await keeper.account(LEAD, standard=await _a_standard(marsh), month=month, explanation="We were few.")


async def test_an_account_needs_its_standard_and_words(keeper: Keeper, marsh: Library) -> None:
    """The nearest name is told; an empty explanation explains nothing."""
    with pytest.raises(NotFound, match="There is no standard 'chats'"):
        await keeper.account(LEAD, standard="chats", month="2026-01", explanation="We were few.")
    with pytest.raises(Refused, match="Say why it dipped"):
        await keeper.account(LEAD, standard=await _a_standard(marsh), month="2026-01", explanation="")


async def test_published_figures(keeper: Keeper, marsh: Library) -> None:
    """Noted once, and again when they are given otherwise."""
    figure = PublishedFigure(
        standard=await _a_standard(marsh),
        promised="90",
        month="2026-01",
        met=18,
        missed=2,
        pending=0,
        seq=await marsh.store.read(events.last),
    )
    assert len(await keeper.published_figures(LEAD, figures=(figure,))) == 1
    assert await keeper.published_figures(LEAD, figures=(figure,)) == ()
    again = replace(figure, missed=1)
    [line] = await keeper.published_figures(LEAD, figures=(figure, again))
    assert "18 of 19 met" in line
    printed = await marsh.store.read(figures.published_figures)
    assert [(each.figure, each.by) for each in printed] == [(figure, LEAD), (again, LEAD)]
    late = replace(figure, met=1, seq=Seq(10**6))
    with pytest.raises(Refused, match="the log ends at"):
        await keeper.published_figures(LEAD, figures=(late,))


async def test_reasons_are_not_in_the_log(keeper: Keeper, marsh: Library) -> None:
    """It holds their id and a keyed digest, which says that the text is the one that was written."""
    await keeper.suspend(LEAD, standard="", begin=STRIKE[0], end=STRIKE[1], why="flood in the stacks")
    [event] = [each for each in await marsh.store.read(events.after, Seq(0)) if each.kind is Kind.SUSPENDED]
    assert "flood" not in repr(event)
    assert event.data["digest"]
    assert event.data["remark"]
    await keeper.account(
        LEAD, standard=await _a_standard(marsh), month="2026-01", explanation="We were few.", action="More."
    )
    assert await marsh.store.read(remarks.altered) == []
    await marsh.store.write(lambda sql: sql("UPDATE remarks SET text = 'drought' WHERE text <> 'We were few.'"))
    assert len(await marsh.store.read(remarks.altered)) == 2


async def _a_standard(marsh: Library) -> str:
    """One of those that are published."""
    return (await marsh.store.read(figures.standard_names))[-1]


def _at(text: str) -> Instant:
    return instant(datetime.fromisoformat(text))


async def test_what_is_held_of_sealed_lines(keeper: Keeper) -> None:
    """Nothing, where no line is sealed."""
    assert await keeper.noiseline() == ("No line is sealed: nothing is held.",)


async def test_what_is_old_enough_is_forgotten(keeper: Keeper, marsh: Library) -> None:
    """Where no rule is set, nothing."""
    await marsh.mail()
    for dry_run in (True, False):
        [line] = await keeper.retain(LEAD, dry_run=dry_run)
        assert "No rule is set" in line


async def test_a_person_is_given_a_copy_and_forgotten(keeper: Keeper, marsh: Library) -> None:
    """Found by their address; the copy travels as it is, and what was found is gone for good."""
    ticket = await marsh.mail()
    with pytest.raises(Refused, match="still works for them"):
        await keeper.forget(LEAD, person="mina@example.org", dry_run=True)
    found = await marsh.desk.thread(ANA, ticket)
    await marsh.desk.solve(ANA, ticket, found.ticket.version)
    made = await keeper.export_person(LEAD, person="mina@example.org")
    with ZipFile(io.BytesIO(made)) as copy:
        assert copy.namelist()[:2] == ["readme.txt", "everything.json"]
    held = await keeper.forget(LEAD, person="mina@example.org", dry_run=True)
    assert held[0].startswith("mail: mina@example.org")
    [gone] = await keeper.forget(LEAD, person="mina@example.org", why="asked by letter", dry_run=False)
    assert "1 ticket, 1 person" in gone
    with pytest.raises(NotFound, match="Nobody is known by that"):
        await keeper.export_person(LEAD, person="mina@example.org")


async def test_who_reads_with_a_command_is_in_the_trail(keeper: Keeper, marsh: Library) -> None:
    """What, about which ticket; a look that is repeated leaves one row, an export each time."""
    ticket = await marsh.mail()
    for _ in range(2):
        await keeper.looked(LEAD, what="explain", ticket=1)
        await keeper.looked(LEAD, what="export")
    with pytest.raises(NotFound, match="no ticket 99"):
        await keeper.looked(LEAD, what="explain", ticket=99)
    rows = await marsh.store.read(trail.looks, Question())
    assert [(each.actor, each.act, each.ticket) for each in rows if each.act.startswith("command.")] == [
        (LEAD, "command.explain", ticket),
        (LEAD, "command.export", None),
        (LEAD, "command.export", None),
    ]


async def test_contacts_from_another_desk(
    keeper: Keeper, marsh: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch beside the store is taken in once; a name that is none of a batch's is refused."""
    monkeypatch.chdir(tmp_path)
    bygones = [made_bygone("row 1"), made_bygone("row 2")]
    name = spool.name_of("01J00000000000000000000000")
    spool.put(tmp_path, name, bygones)
    assert await keeper.take_history(LEAD, batch=name) == ("new", "new")
    assert await keeper.take_history(LEAD, batch=name) == ("known", "known")
    rows = await marsh.store.read(lambda sql: sql("SELECT subject FROM tickets ORDER BY number"))
    assert [row["subject"] for row in rows] == ["row 1", "row 2"]
    for wrong in ("../helpdesk.toml", "import-.batch", spool.name_of("01J00000000000000000000001")):
        with pytest.raises(Refused, match="batch of an import"):
            await keeper.take_history(LEAD, batch=wrong)
