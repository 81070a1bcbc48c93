"""The timeliness report, against a reckoning of its own on contacts that come in through the real door.

The presets are in force: chats claimed in 60 s (98 %), noise texts answered in 15 working minutes (90 %), mails in
three working days (100 %). The calendar of this library never closes, so that the test can reckon without it.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdesk import ticket as life
from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, ManualClock, instant, moment, plus
from helpdesk.config import LineSettings
from helpdesk.desk import About, LocalDesk
from helpdesk.errors import Refused
from helpdesk.events import Kind, NewEvent
from helpdesk.ids import Ids
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, OpenLine
from helpdesk.message import Address, Channel, ConversationId, Inbound, LineId, StaffId, TicketId
from helpdesk.reports import By, Figure, Report, Result, as_csv, as_json, as_text, report
from helpdesk.reports.export import COLUMNS
from helpdesk.reports.period import Days, stretches
from helpdesk.reports.timeliness import quantile
from helpdesk.reports.words import length, share
from helpdesk.rulebook import Drafts, Rulebook, drafts
from helpdesk.standards import Bar, standard_from_text
from helpdesk.store.sqlite import SqliteStore, open_reader, open_store
from helpdesk.store.verbs import chats, outbox, tickets
from helpdesk.ticket import Change, Ticket

ANA = StaffId("ana")
GOLDEN = Path(__file__).parent / "golden"
LONDON = "Europe/London"
LINES = {
    LineId("noise"): LineSettings(channel=Channel.SMS, title="Noiseline", kind="noise", address="+447700900001"),
    LineId("help"): LineSettings(channel=Channel.MAIL, title="Help", address="help@library.example"),
    LineId("chat"): LineSettings(channel=Channel.CHAT, title="Web chat", address="chat"),
}


def at(day: str, clock: str = "12:00", zone: str = LONDON) -> Instant:
    """A wall time ("2026-11-02", "09:30") in a zone."""
    return instant(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone)))


@dataclass
class Contact:
    """What the test knows of a contact, for its own reckoning."""

    channel: Channel
    began: Instant
    ticket: TicketId
    claims: list[Instant] = field(default_factory=list)
    replies: list[Instant] = field(default_factory=list)
    left: Instant | None = None
    bars: set[str] = field(default_factory=set)


class Library:
    """A library whose patrons and staff act by a clock that stands still."""

    def __init__(self, store: SqliteStore, clock: ManualClock, rulebook: Rulebook, zone: str) -> None:
        seed = itertools.count(1)
        ids = Ids(clock, lambda n: next(seed).to_bytes(n, "big"))
        policies: dict[LineId, AddressPolicy] = {name: OpenLine() for name in LINES}
        published = rulebook.published
        self.store, self.clock, self.rulebook, self.zone = store, clock, rulebook, zone
        self.intake = Intake(
            store=store, clock=clock, ids=ids, lines=LINES, policies=policies, published=published, reply_key=b"k" * 32
        )
        about = About(library="Moor Street Library", zone=zone)
        self.desk = LocalDesk(store=store, clock=clock, ids=ids, published=published, about=about)
        self.contacts: list[Contact] = []
        self.words = "Loud on level 3"

    async def comes(self, line: str, when: Instant | None = None, *, automatic: bool = False) -> Contact:
        """Somebody new writes."""
        if when is not None:
            self.clock.move_to(when)
        number, channel = len(self.contacts) + 1, LINES[LineId(line)].channel
        visitor = f"someone-{number}@example.org"
        if channel is Channel.CHAT:
            token = number.to_bytes(16, "big")
            await self.store.write(chats.begin, ConversationId(visitor), LineId(line), "V", token, self.clock.now())
        receipt = await self.intake.receive(
            Inbound(
                channel=channel,
                line=LineId(line),
                external_id=f"m{number}",
                digest=f"{number:064}",
                sender=Address(channel=channel, value=visitor, name=self.words),
                text=self.words,
                subject=self.words,
                automatic=automatic,
                conversation=ConversationId(visitor) if channel is Channel.CHAT else None,
            )
        )
        assert receipt.ticket is not None
        contact = Contact(channel, self.clock.now(), receipt.ticket, bars={"automatic"} if automatic else set())
        self.contacts.append(contact)
        return contact

    async def claims(self, contact: Contact) -> None:
        """Ana takes it."""
        await self.desk.claim(ANA, contact.ticket)
        contact.claims.append(self.clock.now())

    async def replies(self, contact: Contact, when: Instant | None = None) -> None:
        """Ana answers."""
        if when is not None:
            self.clock.move_to(when)
        seen = await self.store.read(tickets.get, contact.ticket)
        await self.desk.reply(ANA, contact.ticket, seen.version, "On our way.")
        contact.replies.append(self.clock.now())

    async def bounces(self, contact: Contact) -> None:
        """The last reply turns out undeliverable."""
        sent = await self.store.read(outbox.sent_ids, contact.ticket)
        published = self.rulebook.published()
        await self.store.write(outbox.failed, sent[-1], "550", "no such box", self.clock.now(), published)
        contact.replies.pop()

    async def leaves(self, contact: Contact) -> None:
        """The visitor goes."""
        await self._change(contact, partial(life.left, now=self.clock.now()))
        contact.left = self.clock.now()

    async def spams(self, contact: Contact) -> None:
        """Into spam, or out of it."""
        seen = await self.store.read(tickets.get, contact.ticket)
        await self.desk.spam(ANA, contact.ticket, seen.version)
        contact.bars ^= {"spam"}

    async def tests(self, contact: Contact) -> None:
        """It was a test."""
        now = self.clock.now()
        fact = NewEvent(kind=Kind.TESTED, ticket=contact.ticket, when=now, actor=ANA)
        await self._change(contact, lambda ticket: Change(ticket, (fact,)))
        contact.bars |= {"test"}

    async def _change(self, contact: Contact, transition: Callable[[Ticket], Change]) -> None:
        now, published = self.clock.now(), self.rulebook.published()
        await self.store.write(tickets.change, contact.ticket, transition, now=now, published=published)

    async def reports(self, begin: str = "", end: str = "", by: By = "month") -> Report:
        """The report, now."""
        return await report(
            self.store,
            begin=date.fromisoformat(begin) if begin else None,
            end=date.fromisoformat(end) if end else None,
            by=by,
            now=self.clock.now(),
            zone=self.zone,
            library_name="Moor Street Library",
        )


@asynccontextmanager
async def library(*, zone: str = LONDON, path: Path | None = None, promises: bool = True) -> AsyncIterator[Library]:
    """Open it on 1 September 2026; the presets are published, unless nothing is promised."""
    clock = ManualClock(at("2026-09-01"))
    async with open_store(path) as store:
        rulebook = Rulebook(store, clock)
        if promises:
            await rulebook.publish(drafts(None, None, now=clock.now(), zone=zone))
        opened = Library(store, clock, rulebook, zone)
        await opened.desk.sign_in(ANA, name="Ana")
        yield opened


def only(found: Report, standard: str = "noise-texts") -> Figure:
    """A standard's figure over the whole period."""
    (figure,) = (each for each in found.total.figures if each.standard == standard)
    return figure


# Against a reckoning of its own

STANDARD = {Channel.CHAT: "chat-claimed", Channel.SMS: "noise-texts", Channel.MAIL: "mail-answered"}


def naive(contacts: Iterable[Contact], now: Instant, key: Callable[[Contact], str]) -> dict[tuple[str, str], Any]:
    """Outcomes and times of contacts by (group, standard), by the words of the promises alone."""
    found: dict[tuple[str, str], Any] = defaultdict(lambda: {"outcomes": [], "times": [], "reasons": []})
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
        if answer is not None and not gone and not contact.bars:
            sums["times"].append(answer - contact.began)
        if contact.bars:
            sums["reasons"].append(next(bar for bar in ("test", "spam", "automatic") if bar in contact.bars))
    return found


def _due(contact: Contact) -> int:
    if contact.channel is Channel.MAIL:
        day = moment(contact.began).astimezone(ZoneInfo(LONDON)).date() + timedelta(days=4)
        return at(day.isoformat(), "00:00")
    return contact.began + (MINUTE if contact.channel is Channel.CHAT else 15 * MINUTE)


def slowest_of(times: list[int], percent: int) -> int | None:
    """The least time within which so many percent were answered."""
    return min((t for t in times if sum(u <= t for u in times) * 100 >= percent * len(times)), default=None)


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
            return
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
        return [(wait, "leaves")]
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
    outcomes, times, reasons = sums["outcomes"], sums["times"], sums["reasons"]
    for name in ("met", "missed", "pending", "left_early"):
        assert getattr(figure, name) == outcomes.count(name), name
    assert figure.left_out == {bar: reasons.count(bar) for bar in Bar if bar in reasons}
    assert figure.received == len(outcomes)
    assert figure.answered == len(times)
    assert (figure.median, figure.p90) == (slowest_of(times, 50), slowest_of(times, 90))


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


def test_a_day_has_its_own_length() -> None:
    """25 hours at the end of summer time, 23 at its beginning."""
    lengths = []
    for day in (date(2026, 10, 25), date(2027, 3, 28), date(2027, 3, 29)):
        begin, end = Days(day, day + timedelta(days=1)).instants(LONDON)
        lengths.append((end - begin) // HOUR)
    assert lengths == [25, 23, 24]


def test_weeks_are_iso_weeks() -> None:
    """They start on Monday; 2026 has 53 of them, and its last reaches into January."""
    found = list(stretches(Days(date(2026, 12, 24), date(2027, 1, 6)), "week"))
    assert [(each.key, each.days.begin.day) for each in found] == [("2026-W52", 24), ("2026-W53", 28), ("2027-W01", 4)]


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
    assert "2026-10" in as_text(found)
    assert "The log begins on 5 September 2026." in as_text(found)


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


# Shares and results


@pytest.mark.parametrize(
    ("met", "missed", "promised", "result"),
    [
        (0, 0, "90", Result.TOO_FEW),
        (19, 0, "90", Result.TOO_FEW),
        (18, 2, "90", Result.MET),
        (17, 3, "90", Result.NOT_MET),
        (20, 0, "100", Result.MET),
        (39, 1, "97.5", Result.MET),
        (38, 2, "97.5", Result.NOT_MET),
        (8996, 1004, "90", Result.NOT_MET),
    ],
)
def test_the_point_figure_decides(met: int, missed: int, promised: str, result: Result) -> None:
    """Twenty are enough; exactly the share promised is met."""
    assert Figure(standard="s", promised=promised, met=met, missed=missed).result is result


def test_a_share_is_never_rounded_up() -> None:
    """89.96 % must not read as the 90 % that it is not."""
    assert share(Figure(standard="s", promised="90", met=8996, missed=1004).share) == "89.9 %"
    assert share(Figure(standard="s", promised="90").share) == "–"


@pytest.mark.parametrize(
    ("millis", "working", "said"),
    [
        (None, False, "–"),
        (0, False, "0 s"),
        (1, False, "1 s"),
        (60 * SECOND, False, "1 min 00 s"),
        (13 * MINUTE, False, "13 min"),
        (15 * MINUTE + 1, False, "16 min"),
        (65 * MINUTE, False, "1 h 05 min"),
        (24 * HOUR - 1, False, "1 d 0 h"),
        (51 * HOUR, False, "2 d 3 h"),
        (51 * HOUR, True, "51 h 00 min"),
    ],
)
def test_lengths_of_time(millis: int | None, working: bool, said: str) -> None:
    """Rounded up; opening hours are never turned into days of 24 hours."""
    assert length(millis, working=working) == said


def test_quantiles_are_times_that_were_taken() -> None:
    """By nearest rank: of two the median is the shorter, of ten P90 the ninth."""
    assert quantile(array("q"), 50) is None
    assert quantile(array("q", [7]), 90) == 7
    assert quantile(array("q", [1, 9]), 50) == 1
    assert quantile(array("q", range(1, 11)), 90) == 9


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


# As it is read


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


@pytest.mark.parametrize("by", ["month", "standard"])
async def test_the_text(by: By) -> None:
    """As a manager reads it, within 80 columns."""
    async with library() as house:
        await a_short_autumn(house)
        text = as_text(await house.reports("2026-10-01", "2026-12-01", by))
    assert text == (GOLDEN / f"report_by_{by}.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80


async def test_the_csv_and_the_json_say_the_same() -> None:
    """One row per group and standard, every column named, every value the JSON's."""
    async with library() as house:
        await a_short_autumn(house)
        made = await house.reports(by="week")
    plain = json.loads(as_json(made))
    rows = list(csv.DictReader(io.StringIO(as_csv(made))))
    assert tuple(rows[0]) == COLUMNS
    figures = [(group, figure) for group in plain["groups"] for figure in group["figures"]]
    assert len(rows) == len(figures)
    for row, (group, figure) in zip(rows, figures, strict=True):
        assert (row["group"], row["begin"], row["end"]) == (group["group"], group["begin"], group["end"])
        for name in ("standard", "received", "met", "missed", "median_ms", "share_hundredths", "result"):
            assert row[name] == ("" if figure[name] is None else str(figure[name]))
        assert row["log_digest"] == plain["log"]["digest"]
    assert {row["standard_digests"] for row in rows} == {each["digest"] for each in plain["standards"]}


async def test_a_report_beside_a_living_owner(tmp_path: Path) -> None:
    """Read through a connection of its own while the owner goes on; it names where the log ended then."""
    path = tmp_path / "desk.sqlite"
    async with library(path=path) as house, open_reader(path) as reader:
        await a_short_autumn(house)
        mine = await house.reports()
        beside = await report(
            reader,
            begin=None,
            end=None,
            by="month",
            now=house.clock.now(),
            zone=LONDON,
            library_name="Moor Street Library",
        )
        await house.comes("noise")
        after = await house.reports()
    assert as_text(beside) == as_text(mine)
    assert after.made_from.seq > mine.made_from.seq
    assert after.made_from.digest != mine.made_from.digest
