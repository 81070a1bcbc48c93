"""Seeded autumns in which staff do whatever changes a figure, at any time: nothing a report says contradicts itself.

What a report said at the time, a later one says again as of then. What was published and is another figure now is
explained to the last clock. All ways of cutting the same contacts give the same sum, and what stands beside the
figures follows from them.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest

from helpdesk.clock import DAY, HOUR, Instant, moment
from helpdesk.errors import HelpdeskError
from helpdesk.reports import By, Report
from helpdesk.reports.restating import Cause, to_publish
from helpdesk.rulebook import Drafts
from helpdesk.store.verbs import facts, figures, tickets
from tests.report_house import ANA, Contact, Library, at, library
from tests.test_misses import corrects, explains, suspends


class Autumn:
    """A library in which anything happens, by a seed."""

    def __init__(self, house: Library, seed: int) -> None:
        self.house, self.chance = house, random.Random(seed)
        self.said: list[Report] = []

    async def until(self, end: Instant) -> None:
        """Let time pass; at each step somebody writes, or something happens to somebody who wrote."""
        await self.house.comes("noise")
        while self.house.clock.now() < end:
            self.house.clock.passes(minutes=self.chance.choice([5, 10, 200, 900]))
            if self.chance.random() < 0.4:
                await self.house.comes(self.chance.choice(["noise", "help", "chat"]))
                continue
            recent = self.house.contacts[-12:] if self.chance.random() < 0.7 else self.house.contacts
            try:
                await self.chance.choice(DEEDS)(self, self.chance.choice(recent))
            except HelpdeskError:  # what a rule forbids does not happen
                continue

    def ago(self, contact: Contact, most: int) -> Instant:
        """A moment since the contact came in."""
        return Instant(max(contact.began, self.house.clock.now() - self.chance.randrange(most)))


async def replies(autumn: Autumn, contact: Contact) -> None:
    """Sometimes in vain."""
    await autumn.house.replies(contact)
    if autumn.chance.random() < 0.2:
        autumn.house.clock.passes(hours=autumn.chance.choice([1, 500]))
        await autumn.house.bounces(contact)


async def claims(autumn: Autumn, contact: Contact) -> None:
    """Somebody takes it."""
    await autumn.house.claims(contact)


async def leaves(autumn: Autumn, contact: Contact) -> None:
    """Only chats can be left."""
    if contact.channel == "chat" and contact.left is None:
        await autumn.house.leaves(contact)


async def spams(autumn: Autumn, contact: Contact) -> None:
    """Into spam, or out of it."""
    await autumn.house.spams(contact)


async def marks_a_test(autumn: Autumn, contact: Contact) -> None:
    """It was a test."""
    await autumn.house.tests(contact)


async def phones(autumn: Autumn, contact: Contact) -> None:
    """It was answered otherwise, as is entered now."""
    await corrects(autumn.house, contact, autumn.ago(contact, 40 * DAY), "By phone.")


async def goes(autumn: Autumn, contact: Contact) -> None:
    """Somebody went there, as is entered now."""
    seen = await autumn.house.store.read(tickets.get, contact.ticket)
    await autumn.house.desk.attended(ANA, contact.ticket, seen.version, autumn.ago(contact, 10 * HOUR))


async def solves(autumn: Autumn, contact: Contact) -> None:
    """Done, whether or not it was answered."""
    seen = await autumn.house.store.read(tickets.get, contact.ticket)
    await autumn.house.desk.solve(ANA, contact.ticket, seen.version)


async def says_why(autumn: Autumn, contact: Contact) -> None:
    """Of a miss."""
    await explains(autumn.house, contact, "Two were ill.")


async def strikes(autumn: Autumn, _: Contact) -> None:
    """For three days, entered sooner or later; or it turns out that there was none."""
    if autumn.chance.random() < 0.3:
        held = await autumn.house.store.read(figures.suspensions)
        for each in held[:1]:
            await autumn.house.store.write(facts.unsuspend, each.seq, ANA, autumn.house.clock.now())
    elif autumn.chance.random() < 0.3:
        first = date(2026, 9, 5) + timedelta(days=autumn.chance.randrange(70))
        await suspends(autumn.house, first.isoformat(), (first + timedelta(days=3)).isoformat())


async def promises_otherwise(autumn: Autumn, _: Contact) -> None:
    """Another share for the noise texts, from now on."""
    if autumn.chance.random() < 0.1:
        latest = autumn.house.rulebook.published().standards("noise-texts")[-1].standard
        today = moment(autumn.house.clock.now()).date()
        new = replace(latest, share=autumn.chance.choice([80, 90, 95]), from_date=today)
        await autumn.house.rulebook.publish(Drafts((), (("noise-texts", new.to_text()),)))


async def publishes(autumn: Autumn, _: Contact) -> None:
    """The figures of the months that are over."""
    given = to_publish(await autumn.house.reports())
    await autumn.house.store.write(facts.publish_figures, given, ANA, autumn.house.clock.now())


async def reports(autumn: Autumn, _: Contact) -> None:
    """A report that is kept, to be made again."""
    if autumn.chance.random() < 0.5:
        autumn.said.append(await autumn.house.reports(few=1))


async def sorts(autumn: Autumn, contact: Contact) -> None:
    """It belongs to another site, or is of another kind."""
    seen = await autumn.house.store.read(tickets.get, contact.ticket)
    site, kind = autumn.chance.choice(["Law", "Main", ""]), autumn.chance.choice([None, "fault"])
    await autumn.house.desk.sorting.sort(ANA, contact.ticket, seen.version, kind=kind, site=site)


DEEDS: tuple[Callable[[Autumn, Contact], Awaitable[None]], ...] = (
    replies,
    replies,
    claims,
    leaves,
    spams,
    marks_a_test,
    phones,
    goes,
    solves,
    says_why,
    strikes,
    promises_otherwise,
    publishes,
    reports,
    sorts,
)

SEEDS = [2, 4]


async def an_autumn(house: Library, seed: int) -> Autumn:
    """From September until some day in November."""
    autumn = Autumn(house, seed)
    await autumn.until(at("2026-11-10"))
    return autumn


@pytest.mark.parametrize("seed", SEEDS)
async def test_reports_never_contradict_each_other(seed: int) -> None:
    """As of then what was said then; whatever the groups, the same sums, misses, charts and dips."""
    async with library() as house:
        autumn = await an_autumn(house, seed)
        again = [await house.reports(few=1, as_of=each.now) for each in autumn.said]
        cut = {by: await house.reports(few=1, by=by, misses=10_000) for by in get_args(By)}
    assert autumn.said
    assert [replace(each, log=said.log) for each, said in zip(again, autumn.said, strict=True)] == autumn.said
    assert [each.log.end for each in again] == [each.log.end for each in autumn.said]
    months = cut["month"]
    for by, found in cut.items():
        assert found.total.figures == months.total.figures, by
        assert (found.runs, found.dips, found.restated) == (months.runs, months.dips, months.restated), by
        assert found.misses == months.misses, by


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_stands_beside_the_figures_follows_from_them(seed: int) -> None:
    """A miss for each that is counted, a point for each month that is over, a dip for each that is not met."""
    async with library() as house:
        await an_autumn(house, seed)
        found = await house.reports(few=1, misses=10_000)
    assert len(found.misses) == found.missed == sum(figure.whole[1] for figure in found.total.figures)
    assert sum(miss.suspended for miss in found.misses) == found.missed - sum(f.missed for f in found.total.figures)
    of = {(g.key, f.standard, f.promised): f for g in found.groups for f in g.figures if g.key < "2026-11"}
    points = {(p.key, run.standard, run.promised): (p.share, p.judged) for run in found.runs for p in run.points}
    assert points == {place: (figure.share, figure.judged) for place, figure in of.items() if figure.judged}
    dips = {(dip.month, dip.standard, dip.promised) for dip in found.dips}
    assert dips == {place for place, figure in of.items() if figure.result == "not met"}


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_published_figure_changes_unexplained(seed: int) -> None:
    """The changes that are named lead from each published figure to that of now."""
    async with library() as house:
        autumn = await an_autumn(house, seed)
        await publishes(autumn, house.contacts[0])
        house.clock.passes(days=1)
        for contact in house.contacts[:60:3]:
            await house.spams(contact)
        restated = (await house.reports()).restated
    assert restated
    for each in restated:
        assert each.why
        assert Cause.UNEXPLAINED not in each.why
        assert sum(each.why.values()) >= max(abs(a - b) for a, b in zip(each.before, each.after, strict=True))
