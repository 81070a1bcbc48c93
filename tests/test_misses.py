"""Misses one by one: the latest first, each with what was said of it, never more than there are."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.clock import HOUR, MINUTE, Instant
from helpdesk.reports import Report
from helpdesk.standards import judged
from helpdesk.store.verbs import clocks, facts, misses, tickets
from helpdesk.store.verbs.facts import Suspending
from helpdesk.store.verbs.remarks import Remark, erase
from tests.report_house import ANA, Contact, Library, at, library

pytestmark = pytest.mark.usefixtures("engine")


async def explains(house: Library, contact: Contact, why: str) -> None:
    """Ana says why."""
    seen = await house.store.read(tickets.get, contact.ticket)
    await house.desk.explain(ANA, contact.ticket, seen.version, why)


async def corrects(house: Library, contact: Contact, answered: Instant, why: str) -> None:
    """Ana enters an answer that was given otherwise."""
    seen = await house.store.read(tickets.get, contact.ticket)
    await house.desk.correct(ANA, contact.ticket, seen.version, answered, why)


async def suspends(house: Library, first: str, end: str) -> None:
    """The manager suspends every promise for some days."""
    remark = Remark(id=f"strike-{first}", text="Strike.", salt=b"s" * 16)
    said = Suspending(
        standard="",
        first=date.fromisoformat(first),
        end=date.fromisoformat(end),
        begins=at(first, "00:00"),
        ends=at(end, "00:00"),
        why=remark,
        actor=ANA,
    )
    await house.store.write(facts.suspend, said, house.clock.now())


def told(report: Report) -> list[tuple[int, str]]:
    """Number and reason of each miss."""
    return [(miss.number, miss.reason) for miss in report.misses]


async def test_the_latest_comes_first_with_its_reason() -> None:
    """Answered late, answered never; what was met or still runs is none."""
    async with library() as house:
        late = await house.comes("noise", at("2026-10-01", "10:00"))
        await house.replies(late, at("2026-10-01", "10:20"))
        never = await house.comes("noise", at("2026-10-02", "10:00"))
        fast = await house.comes("noise", at("2026-10-03", "10:00"))
        await house.replies(fast)
        await explains(house, late, "Two were ill.")
        await explains(house, late, "Two were ill, and the rota had nobody else.")
        house.clock.move_to(at("2026-10-03", "12:00"))
        await house.comes("noise")
        found = await house.reports()
    assert [miss.number for miss in found.misses] == [2, 1]
    assert told(found) == [(2, ""), (1, "Two were ill, and the rota had nobody else.")]
    last, first = found.misses
    assert (last.started, last.answered, last.spent) == (never.began, None, 26 * HOUR)
    assert (first.answered, first.spent, first.due) == (
        at("2026-10-01", "10:20"),
        20 * MINUTE,
        at("2026-10-01", "10:15"),
    )
    assert (found.missed, only_missed(found)) == (2, 2)


def only_missed(found: Report) -> int:
    """How many the figures say."""
    return sum(figure.missed for figure in found.total.figures)


async def test_a_reason_that_was_erased_is_gone() -> None:
    """The miss stays, its explanation does not."""
    async with library() as house:
        contact = await house.comes("noise", at("2026-10-01", "10:00"))
        house.clock.passes(hours=1)
        await explains(house, contact, "Ben had gone home.")
        await house.store.write(erase, contact.ticket)
        found = await house.reports()
    assert told(found) == [(1, "")]


async def test_as_many_as_asked_for_and_how_many_there_are() -> None:
    """Of five misses the latest two; asked for none, none is listed and five are told."""
    async with library() as house:
        for hour in range(5):
            await house.comes("noise", at("2026-10-01", f"{10 + hour}:00"))
        house.clock.passes(hours=1)
        two, none = await house.reports(misses=2), await house.reports(misses=0)
    assert ([miss.number for miss in two.misses], two.missed) == ([5, 4], 5)
    assert (none.misses, none.missed) == ((), 5)


async def test_only_the_days_asked_for() -> None:
    """By when a contact came in, not by when it was missed."""
    async with library() as house:
        await house.comes("noise", at("2026-10-31", "23:59"))
        await house.comes("noise", at("2026-11-01", "00:00"))
        house.clock.passes(hours=1)
        october, november = await house.reports("", "2026-11-01"), await house.reports("2026-11-01")
    assert [miss.number for miss in october.misses] == [1]
    assert [miss.number for miss in november.misses] == [2]


async def test_spam_tests_and_chats_left_early_are_no_misses() -> None:
    """Nor is a text whose late answer was corrected to a timely one; one corrected to a late one is marked."""
    async with library() as house:
        await house.spams(await house.comes("noise", at("2026-10-01", "10:00")))
        await house.tests(await house.comes("noise"))
        await house.leaves(await house.comes("chat"))
        by_phone, too_late = await house.comes("noise"), await house.comes("noise")
        house.clock.passes(hours=1)
        await corrects(house, by_phone, at("2026-10-01", "10:05"), "Answered by phone.")
        await corrects(house, too_late, at("2026-10-01", "10:50"), "Answered by phone.")
        found = await house.reports()
    assert [(miss.number, miss.corrected, miss.spent) for miss in found.misses] == [(5, True, 50 * MINUTE)]


async def test_a_miss_in_a_strike_is_listed_and_marked() -> None:
    """It is in no figure, but what went wrong is told: the total is that of both figures together."""
    async with library() as house:
        await house.comes("noise", at("2026-10-01", "10:00"))
        await house.comes("noise", at("2026-10-05", "10:00"))
        house.clock.passes(hours=1)
        await suspends(house, "2026-10-05", "2026-10-07")
        found = await house.reports()
    assert [(miss.number, miss.suspended) for miss in found.misses] == [(2, True), (1, False)]
    assert (found.missed, only_missed(found)) == (2, 1)


async def test_an_undeliverable_answer_leaves_a_miss_unanswered() -> None:
    """The reply was in time, but nobody got it: the clock has run on from the start."""
    async with library() as house:
        contact = await house.comes("noise", at("2026-10-01", "10:00"))
        await house.replies(contact, at("2026-10-01", "10:05"))
        await house.bounces(contact)
        house.clock.move_to(at("2026-10-01", "11:00"))
        found = await house.reports()
    assert [(miss.answered, miss.spent) for miss in found.misses] == [(None, HOUR)]


@pytest.mark.parametrize("minute", ["10:15", "10:16"])
async def test_as_of_a_moment_as_it_stood_then(minute: str) -> None:
    """At its last moment it is no miss yet, a minute later it is, unanswered; what came later is not known then."""
    async with library() as house:
        late = await house.comes("noise", at("2026-10-01", "10:00"))
        await house.replies(late, at("2026-10-01", "10:30"))
        await explains(house, late, "Two were ill.")
        await house.comes("noise", at("2026-10-01", "10:40"))
        house.clock.passes(hours=1)
        then = await house.reports(as_of=at("2026-10-01", minute))
        now = await house.reports()
    expected = [] if minute == "10:15" else [(1, None, 16 * MINUTE, "")]
    assert [(miss.number, miss.answered, miss.spent, miss.reason) for miss in then.misses] == expected
    assert then.missed == len(expected)
    assert told(now) == [(2, ""), (1, "Two were ill.")]


async def test_the_statement_and_the_rule_agree() -> None:
    """What is listed is what helpdesk.standards.judged calls missed, at any moment."""
    async with library() as house:
        begin = at("2026-10-01", "10:00")
        house.clock.move_to(begin)
        for wait in (5, 15, 16, None):
            contact = await house.comes("noise")
            if wait is not None:
                await house.replies(contact, Instant(house.clock.now() + wait * MINUTE))
        rows = [row for each in house.contacts for row in await house.store.read(clocks.of_ticket, each.ticket)]
        for minutes in (36, 51, 52):
            when = Instant(begin + minutes * MINUTE)
            listed = await house.store.read(misses.missed, begin, Instant(begin + HOUR), when, 100)
            by_rule = {row.ticket for row in rows if judged(row, when) == "missed"}
            assert {each.row.ticket for each in listed} == by_rule
