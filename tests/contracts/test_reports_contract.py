"""One contract for the figures of a period, in the owner's process, over its socket and over TLS with a token."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from helpdesk.clock import DAY, HOUR, Instant
from helpdesk.commands.report import SHOWN as BY_COMMAND
from helpdesk.commands.yearly import EVERY
from helpdesk.config import Settings
from helpdesk.errors import NotAllowed, Refused
from helpdesk.message import Channel
from helpdesk.permissions import Role
from helpdesk.ports import Desk
from helpdesk.ports.reports import Form, Length, ReportsDesk, Table
from helpdesk.reports import as_csv, as_text, question_for, report
from helpdesk.reports.page import as_html
from helpdesk.reports_asked import SHOWN
from helpdesk.store.verbs import staff
from tests.contracts.desk import ANA, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

LENGTHS: tuple[Length, ...] = get_args(Length)
FORMS: tuple[Form, ...] = get_args(Form)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library whose figures are asked for: of two mails one was answered, a day ago."""
    async with library() as opened:
        await opened.mail("Where is my book?")
        ticket = await opened.mail("Is it open on Sunday?", sender="zoe@example.org")
        seen = (await opened.desk.thread(ANA, ticket)).ticket
        await opened.desk.reply(ANA, ticket, seen.version, "From noon.")
        seen = (await opened.desk.thread(ANA, ticket)).ticket
        await opened.desk.sorting.grade(ANA, ticket, seen.version, effort=2, first_contact=True)
        opened.clock.move_to(Instant(opened.clock.now() + 12 * DAY))
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(ReportsDesk).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"desk.reports.{name}(" in source, name


async def test_a_period_has_promises_misses_and_effort(desk: Desk, marsh: Library) -> None:
    """The month in which the mails came; a promise under which nothing came is there too."""
    back = 0
    while not (found := await desk.reports.figures(ANA, length="month", back=back)).contacts[0]:
        back += 1
    assert found.contacts == (2, 1)
    kept = {each.standard: (each.met, each.missed) for each in found.promises}
    assert kept["mail-answered"] == (1, 1)
    assert kept["noise-texts"] == (0, 0)
    assert {(each.number, each.channel, each.explained) for each in found.misses} == {(1, Channel.MAIL, False)}
    assert found.missed == len(found.misses)
    assert found.heat is not None
    assert sum(map(sum, found.heat.received)) == 2
    every = found.effort[0]
    assert (every.received, every.levels, every.yes, every.share) == (2, (0, 1, 0, 0, 0, 0), 1, 10_000)


async def test_an_explained_miss_says_so_and_not_why(desk: Desk, marsh: Library) -> None:
    """The reason stands in its ticket, and in the whole report."""
    row = await marsh.desk.numbered(ANA, 1)
    await marsh.desk.explain(ANA, row.id, row.version, "Two of us were ill.")
    found = await desk.reports.figures(ANA, length="term")
    assert {each.number for each in found.misses if each.explained} == {1}
    assert "Two of us were ill." not in repr(found)
    assert "Two of us were ill." in (await desk.reports.written(ANA, length="term")).text
    assert "Two of us were ill." not in (await desk.reports.written_briefly(ANA, length="term")).text


@pytest.mark.parametrize("length", LENGTHS)
async def test_each_form_has_the_bytes_of_the_report(desk: Desk, marsh: Library, length: Length) -> None:
    """Of the same days, at the same moment: text, page and every table."""
    span = (await desk.reports.figures(ANA, length=length)).period
    for form in FORMS:
        asked = question_for(Settings(), marsh.clock.now(), begin=span.begin, end=span.end, misses=SHOWN[form])
        made = await report(marsh.store, asked)
        if form == "csv":
            tables: tuple[Table, ...] = get_args(Table)
            for table in tables:
                found = await desk.reports.written(ANA, length=length, form=form, table=table)
                assert found.text == as_csv(made, table)
        else:
            found = await desk.reports.written(ANA, length=length, form=form)
            assert found.text == (as_text(made) if form == "text" else as_html(made))


def test_as_many_misses_stand_there_as_in_the_command_s() -> None:
    """Where nothing is said: text and page list some, a table has all."""
    assert {form: SHOWN[form] for form in FORMS} == {form: BY_COMMAND.get(form, EVERY) for form in FORMS}


async def test_a_file_is_named_by_its_days(desk: Desk, marsh: Library) -> None:
    """So that two periods lie beside each other."""
    period = (await desk.reports.figures(ANA, length="day")).period
    assert (await desk.reports.written(ANA, length="day")).name == f"report-{period.begin}.txt"
    week = (await desk.reports.figures(ANA, length="week")).period
    made = await desk.reports.written(ANA, length="week", form="csv", table="misses")
    assert made.name.startswith(f"misses-{week.begin}-to-")
    assert made.name.endswith(".csv")


async def test_what_is_to_come_is_refused(desk: Desk) -> None:
    """There are no figures of tomorrow."""
    with pytest.raises(Refused, match="still to come"):
        await desk.reports.figures(ANA, length="week", back=-1)


async def test_a_reporter_gets_figures_and_no_reasons(marsh: Library, tmp_path: Path) -> None:
    """The whole report has what staff wrote; the brief one, a reporter's, has not."""
    marsh.clock.move_to(Instant(marsh.clock.now() + HOUR))
    async with marsh.side("tls", tmp_path) as desk:
        await marsh.store.write(staff.set_role, ANA, Role.REPORTER, by=ANA, now=marsh.clock.now())
        assert (await desk.reports.figures(ANA, length="term")).contacts == (2, 1)
        assert (await desk.reports.written_briefly(ANA, length="term", form="csv")).text
        with pytest.raises(NotAllowed, match="You see figures and no texts"):
            await desk.reports.written(ANA, length="term")
