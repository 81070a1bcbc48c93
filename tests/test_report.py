"""The timeliness report, against a reckoning of its own on contacts that come in through the real door.

The presets are in force: chats claimed in 60 s (98 %), noise texts answered in 15 working minutes (90 %), mails in
three working days (100 %). The calendar of this library never closes, so that the test can reckon without it.
"""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, instant, moment, plus
from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.reports import By, Figure, as_csv, as_json, as_text, report
from helpdesk.rulebook import Drafts, drafts
from helpdesk.standards import Bar, standard_from_text
from helpdesk.store.sqlite import open_reader
from tests.engines import ON_SQLITE
from tests.report_house import LINES, LONDON, Contact, Library, at, library, only

pytestmark = pytest.mark.usefixtures("engine")

# Against a reckoning of its own

STANDARD = {Channel.CHAT: "chat-claimed", Channel.SMS: "noise-texts", Channel.MAIL: "mail-answered"}


def naive(contacts: Iterable[Contact], now: Instant, key: Callable[[Contact], str]) -> dict[tuple[str, str], Any]:
    """Outcomes and times of contacts by (group, standard), by the words of the promises alone.

    ``waits`` are (seconds, whether that was an answer): of the others it is how long they had waited by then.
    """
    found: dict[tuple[str, str], Any] = defaultdict(lambda: {"outcomes": [], "waits": [], "reasons": []})
    for contact in contacts:
        answers = contact.replies + (contact.claims if contact.channel is Channel.CHAT else [])
        answer, left = min(answers, default=None), contact.left
        gone = left is not None and (answer is None or left < answer)
        stop = left if gone else answer
        due = _due(contact)
        if contact.bars:
            outcome = "left_out"
        elif stop is None:
            outcome = "missed" if now > due else "pending"
        elif stop > due:
            outcome = "missed"
        else:
            outcome = "left_early" if gone else "met"
        sums = found[key(contact), STANDARD[contact.channel]]
        sums["outcomes"].append(outcome)
        if contact.bars:
            sums["reasons"].append(next(bar for bar in ("test", "spam", "automatic") if bar in contact.bars))
        else:
            waited = (now if stop is None else stop) - contact.began
            sums["waits"].append((-(-waited // SECOND), answer is not None and not gone))
    return found


def _due(contact: Contact) -> int:
    if contact.channel is Channel.MAIL:
        day = moment(contact.began).astimezone(ZoneInfo(LONDON)).date() + timedelta(days=4)
        return at(day.isoformat(), "00:00")
    return contact.began + (MINUTE if contact.channel is Channel.CHAT else 15 * MINUTE)


def slowest_of(waits: list[tuple[int, bool]], percent: int) -> int | None:
    """The least time, in ms, by which so many percent are answered: of those who still waited, so many each time."""
    unanswered = Fraction(1)
    for time in sorted({seconds for seconds, answered in waits if answered}):
        waiting = sum(seconds >= time for seconds, _ in waits)
        unanswered *= 1 - Fraction(sum(each == (time, True) for each in waits), waiting)
        if unanswered * 100 <= 100 - percent:
            return time * SECOND
    return None


async def a_busy_autumn(house: Library, chance: random.Random, contacts: int, until: Instant) -> None:
    """Contacts from 10 September on, over the end of summer time; whatever falls after ``until`` does not happen."""
    begin, order = at("2026-09-10"), itertools.count()
    todo: list[tuple[int, int, str, Any]] = []

    def plan(when: int, what: str, who: Any) -> None:
        todo.append((when, next(order), what, who))

    for _ in range(contacts):
        plan(chance.randrange(begin, until), "comes", chance.choice(["noise", "help", "chat"]))
    while todo:
        todo.sort()
        when, _, what, who = todo.pop(0)
        if when > until:
            break
        house.clock.move_to(Instant(when))
        if what != "comes":
            await getattr(house, what)(who)
            continue
        automatic = who == "help" and chance.random() < 0.15
        contact = await house.comes(who, automatic=automatic)
        for wait, deed in _fate(chance, contact):
            plan(when + wait, deed, contact)
    house.clock.move_to(until)


def _fate(chance: random.Random, contact: Contact) -> list[tuple[int, str]]:
    """What becomes of a contact: (how long after it came, what)."""
    scale = {Channel.CHAT: MINUTE, Channel.SMS: 12 * MINUTE, Channel.MAIL: 48 * HOUR}[contact.channel]
    wait = round(chance.expovariate(1 / scale))
    if contact.channel is Channel.CHAT and chance.random() < 0.3:
        return chance.choice([[(wait, "leaves")], [(wait, "claims"), (2 * wait + 1, "leaves")]])
    fates: list[list[tuple[int, str]]] = [
        [(wait, "replies")],
        [(wait, "replies")],
        [(wait // 2, "claims"), (wait, "replies")],
        [(wait, "replies"), (wait + 1, "replies")],
        [(wait, "replies"), (wait + SECOND, "bounces")],
        [(wait, "replies"), (wait + SECOND, "bounces"), (2 * wait + SECOND, "replies")],
        [],
        [(wait, "spams")],
        [(wait, "spams"), (wait + SECOND, "spams"), (wait + MINUTE, "replies")],
        [(wait // 3, "tests"), (wait // 2, "spams")],
        [(wait, "tests")],
    ]
    return chance.choice(fates)


@ON_SQLITE
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_figure_is_as_reckoned_by_hand(seed: int) -> None:
    """By month, week, channel and standard: counts, reasons, median and P90, for a seeded autumn."""
    now = at("2026-11-20", "09:00")
    keys: dict[By, Callable[[Contact], str]] = {
        "month": lambda c: f"{moment(c.began).astimezone(ZoneInfo(LONDON)):%Y-%m}",
        "week": lambda c: f"{moment(c.began).astimezone(ZoneInfo(LONDON)):%G-W%V}",
        "channel": lambda c: str(c.channel),
        "standard": lambda c: STANDARD[c.channel],
    }
    async with library() as house:
        await a_busy_autumn(house, random.Random(seed), 260, now)
        await house.comes("help")
        for by, key in keys.items():
            found = await house.reports(by=by)
            reckoned = naive(house.contacts, now, key)
            figures = {(group.key, each.standard): each for group in found.groups for each in group.figures}
            assert figures.keys() == reckoned.keys()
            for place, figure in figures.items():
                _same(figure, reckoned[place])
    assert {"met", "missed", "pending", "left_early", "left_out"} == {
        outcome for sums in reckoned.values() for outcome in sums["outcomes"]
    }


def _same(figure: Figure, sums: dict[str, list[Any]]) -> None:
    outcomes, waits, reasons = sums["outcomes"], sums["waits"], sums["reasons"]
    for name in ("met", "missed", "pending", "left_early"):
        assert getattr(figure, name) == outcomes.count(name), name
    assert figure.left_out == {bar: reasons.count(bar) for bar in Bar if bar in reasons}
    assert figure.received == len(outcomes)
    assert figure.answered == sum(answered for _, answered in waits)
    assert (figure.median, figure.p90) == (slowest_of(waits, 50), slowest_of(waits, 90))


async def test_contacts_are_counted_from_the_log() -> None:
    """By channel: those that count, the answered among them, and those set apart, each once."""
    now = at("2026-11-20", "09:00")
    async with library() as house:
        await a_busy_autumn(house, random.Random(3), 150, now)
        found = await house.reports()
    for volume in found.volumes:
        mine = [each for each in house.contacts if each.channel is volume.channel]
        counted = [each for each in mine if not each.bars]
        assert volume.received == len(counted)
        assert volume.answered == sum(bool(each.replies) for each in counted)
        assert sum(volume.set_apart.values()) == len(mine) - len(counted)


async def test_no_word_of_a_patron_changes_a_report() -> None:
    """The same contacts with other words, names and subjects: the same bytes, digest of the log included."""
    found = []
    for words in ("Loud on level 3", "=HYPERLINK(1)\nTEST spam £"):
        async with library() as house:
            house.words = words
            for line in LINES:
                await house.replies(await house.comes(line))
            made = await house.reports()
            found.append(as_text(made) + as_json(made) + as_csv(made))
    assert found[0] == found[1]


# Edges of time


async def test_a_contact_belongs_to_the_month_it_came_in() -> None:
    """Come in on 31 October, answered in November: October's, and its time counts there."""
    async with library() as house:
        contact = await house.comes("noise", at("2026-10-31", "23:55"))
        await house.replies(contact, at("2026-11-01", "00:05"))
        october = only(await house.reports("2026-10-01", "2026-11-01"))
        november = await house.reports("2026-11-01", "2026-12-01")
    assert (october.met, october.median) == (1, 10 * MINUTE)
    assert november.total.figures == ()


async def test_months_and_days_follow_the_clock_change() -> None:
    """New York leaves summer time on 1 November: its midnight is four hours behind UTC, that of December five."""
    async with library(zone="America/New_York") as house:
        for stamp in ("2026-11-01T03:59:59", "2026-11-01T04:00:00", "2026-12-01T04:59:59", "2026-12-01T05:00:00"):
            await house.comes("noise", instant(datetime.fromisoformat(stamp).replace(tzinfo=UTC)))
        found = await house.reports()
    assert [(group.key, group.figures[0].received) for group in found.groups] == [
        ("2026-10", 1),
        ("2026-11", 2),
        ("2026-12", 1),
    ]


async def test_never_answered_is_missed_as_soon_as_it_lapses() -> None:
    """Exactly 15 minutes after it came it is pending, a millisecond later missed, and in no median."""
    async with library() as house:
        contact = await house.comes("noise")
        house.clock.move_to(plus(contact.began, 15 * MINUTE))
        assert only(await house.reports()).pending == 1
        house.clock.move_to(plus(contact.began, 15 * MINUTE + 1))
        figure = only(await house.reports())
    assert (figure.missed, figure.unanswered, figure.share, figure.median) == (1, 1, 0, None)


async def test_past_the_calendar_is_undetermined_or_not_timed() -> None:
    """The calendar ends with 2029: a mail due later is neither met nor missed, one answered later has no time."""
    async with library() as house:
        late = await house.comes("help", at("2029-12-26"))
        await house.comes("help", at("2029-12-30"))
        await house.replies(late, at("2030-01-05"))
        figure = only(await house.reports(), "mail-answered")
    assert (figure.undetermined, figure.missed, figure.answered, figure.untimed, figure.p90) == (1, 1, 1, 1, None)


async def test_a_month_without_contacts_is_there() -> None:
    """A gap in the figures must not look like a gap in the report."""
    async with library() as house:
        await house.comes("noise", at("2026-09-05"))
        await house.comes("noise", at("2026-11-05"))
        found = await house.reports("2026-01-01", "2027-06-01")
    assert [(group.key, len(group.figures)) for group in found.groups] == [
        ("2026-09", 1),
        ("2026-10", 0),
        ("2026-11", 1),
    ]
    assert found.began == date(2026, 9, 5)


# What is refused, and what is empty


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        ("2026-11-02", "2026-11-01", "has no day in it"),
        ("2026-11-01", "2026-11-01", "--to names the first day after the period"),
        ("2027-01-01", "", "is still to come: today is 2026-09-01"),
        ("", "2026-08-01", "the log begins on 2026-09-01"),
    ],
)
async def test_a_period_without_a_day_is_refused(begin: str, end: str, says: str) -> None:
    """In words, with what to do."""
    async with library() as house:
        await house.comes("noise")
        with pytest.raises(Refused, match=says):
            await house.reports(begin, end)


async def test_an_empty_period_says_so() -> None:
    """In an empty log, and in one that has contacts at another time; the farthest dates do no harm."""
    async with library() as house:
        for when in (("", ""), ("0001-01-01", "9999-12-31")):
            made = await house.reports(*when)
            assert "No contact came in during this period." in as_text(made)
            assert (json.loads(as_json(made))["groups"], len(as_csv(made).splitlines())) == ([], 1)
        await house.comes("noise")
        assert "No contact came in" in as_text(await house.reports("2026-08-01", "2026-09-01"))


async def test_contacts_under_no_standard_are_counted_all_the_same() -> None:
    """What nobody promised anything about has a volume and no share."""
    async with library(promises=False) as house:
        await house.comes("noise")
        made = await house.reports()
    assert made.total.figures == ()
    assert "No published standard covered what came in" in as_text(made)
    assert [volume.received for volume in made.volumes] == [1]


# A promise that changes


async def test_a_new_share_has_figures_of_its_own() -> None:
    """What came in under 90 % is held against 90 %, what came in under 95 % against that."""
    async with library() as house:
        await house.comes("noise")
        text = dict(drafts(None, None, now=house.clock.now(), zone=LONDON).standards)["noise-texts"]
        stricter = replace(standard_from_text(text), share=95).to_text()
        house.clock.passes(hours=1)
        await house.rulebook.publish(Drafts((), (("noise-texts", stricter),)))
        await house.replies(await house.comes("noise"))
        found = await house.reports()
    assert [(each.promised, each.met, each.missed) for each in found.total.figures] == [("90", 0, 1), ("95", 1, 0)]
    assert len({each.versions for each in found.total.figures}) == 2


# Beside its owner


async def a_short_autumn(house: Library) -> None:
    """A few contacts of every kind, the same each time."""
    for n in range(22):
        contact = await house.comes("noise", at("2026-10-05", f"{n:02}:00"))
        house.clock.passes(minutes=10 if n % 11 else 20, seconds=n)
        await house.replies(contact)
    mail = await house.comes("help", at("2026-10-30", "16:00"))
    await house.comes("help", automatic=True)
    await house.spams(await house.comes("help"))
    await house.replies(mail, at("2026-11-02", "09:30"))
    await house.comes("noise", at("2026-11-09", "10:00"))
    await house.comes("chat")
    house.clock.passes(seconds=30)
    await house.leaves(house.contacts[-1])
    await house.replies(await house.comes("chat"))
    await house.comes("help", at("2026-11-12", "08:00"))
    house.clock.move_to(at("2026-11-12", "09:00"))


async def test_a_report_beside_a_living_owner(tmp_path: Path) -> None:
    """Read through a connection of its own while the owner goes on; it names where the log ended then."""
    path = tmp_path / "desk.sqlite"
    async with library(path=path) as house, open_reader(path) as reader:
        await a_short_autumn(house)
        mine = await house.reports()
        beside = await report(reader, house.asks())
        await house.comes("noise")
        after = await house.reports()
    assert as_text(beside) == as_text(mine)
    assert after.log.end.seq > mine.log.end.seq
    assert after.log.end.digest != mine.log.end.digest
