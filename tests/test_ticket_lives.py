"""Whole lives of tickets, at random and over a busy month, against counts, versions and clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from helpdesk import upkeep
from helpdesk.clock import HOUR, MINUTE, plus
from helpdesk.errors import Refused, Stale, Undeliverable
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.standards import replay
from helpdesk.store.verbs import clocks, events, rebuilding, tickets
from helpdesk.ticket import State, Then, Ticket
from tests.conversation import Mailer, Patron, Staff, Texter, Town, library
from tests.passing import rarely_swept

ANA = StaffId("ana")
T = TypeVar("T")


@pytest.fixture(autouse=True)
def _sweeps_are_rare() -> Iterator[None]:
    """Weeks go by here."""
    with rarely_swept():
        yield


class Life(RuleBasedStateMachine):
    """A library in which anything may happen, in any order; what is kept must be what counting and folding give."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.versions: dict[TicketId, tuple[int, Ticket]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for ``work``."""
        return self.runner.run(work)

    @initialize()
    def opens(self) -> None:
        """An empty library, with two of everybody."""
        self.town: Town = self.run(self.stack.enter_async_context(library()))
        self.staff = [self.run(self.town.staff(name)) for name in ("ana", "ben")]
        self.patrons: list[Patron] = [
            self.town.texter("cai"),
            self.town.texter("dee", line="text"),
            self.town.mailer("eva"),
            self.town.mailer("fay", line="greeted"),
        ]

    def teardown(self) -> None:
        """Close the library."""
        self.run(self.stack.aclose())
        self.runner.close()

    def _ids(self) -> list[TicketId]:
        return self.run(self.town.house.store.read(rebuilding.next_batch, ""))

    def _any(self, pick: int) -> Ticket:
        ids = self._ids()
        return self.run(self.town.house.store.read(tickets.get, ids[pick % len(ids)]))

    def _tries(self, call: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Do it, unless the ticket's life forbids it."""
        with suppress(Refused, Stale):
            self.run(call())

    @rule(who=st.integers(0, 3), automatic=st.booleans(), to=st.integers(0, 9))
    def a_patron_writes(self, who: int, automatic: bool, to: int) -> None:
        """To the line, or by mail to any ticket there is."""
        patron = self.patrons[who]
        if isinstance(patron, Texter):
            self.run(patron.texts("Hello?"))
        if isinstance(patron, Mailer):
            ids = self._ids()
            named = ids[to % len(ids)] if ids and to > 3 else None
            self.run(patron.mails("Hello?", to=named, automatic=automatic))

    @precondition(lambda self: self._ids())
    @rule(
        pick=st.integers(0, 20),
        who=st.integers(0, 1),
        act=st.sampled_from(["claim", "release", "assign", "wait", "snooze", "solve", "reopen", "spam", "note"]),
    )
    def staff_act(self, pick: int, who: int, act: str) -> None:
        """Any key, on any ticket."""
        desk, actor, before = self.town.house.desk, self.staff[who].id, self._any(pick)
        calls: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "claim": lambda: desk.claim(actor, before.id),
            "assign": lambda: desk.assign(actor, before.id, before.version, self.staff[1 - who].id),
            "snooze": lambda: desk.snooze(actor, before.id, before.version, plus(self.town.time.now, HOUR)),
            "note": lambda: desk.note(actor, before.id, "Hm."),
        }
        self._tries(calls.get(act, lambda: getattr(desk, act)(actor, before.id, before.version)))

    @precondition(lambda self: self._ids())
    @rule(pick=st.integers(0, 20), who=st.integers(0, 1))
    def staff_take_back(self, pick: int, who: int) -> None:
        """Whatever made a ticket what it is now."""
        before = self._any(pick)
        self._tries(lambda: self.town.house.desk.undo(self.staff[who].id, before.id, before.version))

    @precondition(lambda self: self._ids())
    @rule(
        pick=st.integers(0, 20),
        then=st.sampled_from(["open", "waiting", "solved"]),
        bounces=st.booleans(),
        settle=st.booleans(),
    )
    def staff_reply(self, pick: int, then: Then, bounces: bool, settle: bool) -> None:
        """A reply goes out, or bounces."""
        before = self._any(pick)
        if bounces and before.channel in self.town.wires:
            self.town.wires[before.channel].fails(Undeliverable("No such patron."))
        unverified = self.run(self.town.house.desk.thread(ANA, before.id)).unverified if settle else ()
        reply = self.town.house.desk.reply
        self._tries(lambda: reply(ANA, before.id, before.version, "Yes.", then=then, exclude=unverified))
        self.run(self.town.settles())
        for wire in self.town.wires.values():
            wire._mishaps.clear()

    @precondition(lambda self: self._ids())
    @rule(
        pick=st.integers(0, 20),
        other=st.integers(0, 20),
        ago=st.sampled_from([-60, 0, 5, 70, 60 * 25]),
        act=st.sampled_from(["attended", "correct", "explain", "promise", "test", "tag", "merge", "log_contact"]),
    )
    def staff_state(self, pick: int, other: int, ago: int, act: str) -> None:
        """Whatever can be said of a ticket, true or not, of any ticket, at any time."""
        desk, before, into = self.town.house.desk, self._any(pick), self._any(other)
        when = plus(self.town.time.now, -ago * MINUTE)
        more: dict[str, tuple[object, ...]] = {
            "attended": (when,),
            "correct": (when, "rang them"),
            "explain": ("a fire alarm",),
            "promise": (when,),
            "test": (),
            "tag": (("refund", "printer")[: other % 3],),
            "merge": (into.number,),
        }
        channel, waited = (Channel.PHONE, ago * MINUTE) if other % 2 else (Channel.DESK, None)
        if act == "log_contact":
            self._tries(lambda: desk.log_contact(ANA, channel, text="Lost", waited=waited))
        else:
            self._tries(lambda: getattr(desk, act)(ANA, before.id, before.version, *more[act]))

    @rule(minutes=st.sampled_from([1, 9, 11, 70, 60 * 25, 60 * 24 * 8, 60 * 24 * 15]))
    def time_passes(self, minutes: int) -> None:
        """Claims run out, snoozes end, windows close, promises break, conversations are shredded."""
        self.run(self.town.time.passes(minutes=minutes))

    @invariant()
    def all_that_is_kept_is_what_folding_gives(self) -> None:
        """Counts equal a recount, clock rows and deadlines equal the replay, the chain is whole."""
        if not hasattr(self, "town"):
            return
        store = self.town.house.store
        assert self.run(upkeep.check(store)) == ()
        assert self.run(store.read(events.first_break)) is None

    @invariant()
    def a_version_rises_by_each_change(self) -> None:
        """Another ticket has another version; never a lower one."""
        if not hasattr(self, "town"):
            return
        for each in self._ids():
            now = self.run(self.town.house.store.read(tickets.get, each))
            if each in self.versions:
                version, then = self.versions[each]
                assert now.version >= version
                if now.version == version:
                    assert _without_deadline(now) == _without_deadline(then)
            self.versions[each] = now.version, now

    @invariant()
    def states_are_whole(self) -> None:
        """What belongs to a state is there in it, and in no other."""
        if not hasattr(self, "town"):
            return
        for each in self._ids():
            now = self.run(self.town.house.store.read(tickets.get, each))
            assert (now.snoozed_until is not None) is (now.state is State.SNOOZED)
            assert (now.closes is not None) is (now.state is State.SOLVED)
            assert now.held_until is None or now.owner is not None


def _without_deadline(each: Ticket) -> Ticket:
    """A deadline may change by a fact that is nobody's work."""
    return replace(each, due=None, due_standard="")


TestLife = pytest.mark.timeout(180)(Life.TestCase)


TestLife.settings = settings(max_examples=7, stateful_step_count=25, deadline=None)


async def test_rebuilding_after_a_busy_month() -> None:
    """The same clock rows, deadlines and counts; and what was spoilt is found, told and put right."""
    async with library() as town:
        ana, ben, mia = town.texter("ana"), town.mailer("ben"), await town.staff("mia")
        for n in range(6):
            await ana.texts(f"loud {n}", line="text" if n % 2 else "noise")
            await ben.mails(f"question {n}")
            await _works(mia, n)
            await town.time.passes(days=2, minutes=n)
        store, rules = town.house.store, town.house.rules.published()
        kept = await _projections(town)
        assert await upkeep.check(store) == ()
        await upkeep.rebuild(store, rules)
        assert await _projections(town) == kept
        await store.write(lambda sql: sql("UPDATE counts SET n = n + 1 WHERE view = 'open'"))
        await store.write(lambda sql: sql("UPDATE clocks SET spent = 1, outcome = 'met' WHERE exchange = 0"))
        await store.write(lambda sql: sql("UPDATE tickets SET due = 5 WHERE number = 2"))
        said = await upkeep.check(store)
        assert any("view open" in line for line in said)
        assert any("clocks" in line for line in said)
        await upkeep.rebuild(store, rules)
        assert await upkeep.check(store) == ()
        assert await _projections(town) == kept


async def _works(mia: Staff, n: int) -> None:
    mia.ticket = None
    if await mia.takes_next():
        await mia.replies("Yes.", then=("open", "waiting", "solved")[n % 3])


async def _projections(town: Town) -> object:
    """Every clock row, deadline and count; the rows as replay gives them, too."""
    store = town.house.store
    ids = await store.read(rebuilding.next_batch, "")
    rows = [await store.read(clocks.of_ticket, each) for each in ids]
    every = [await store.read(tickets.get, each) for each in ids]
    published = town.house.rules.published()
    folded = [replay(await town.log(each.id), tickets.subject_of(each), published) for each in every]
    assert folded == rows
    return rows, every, await store.read(rebuilding.kept_counts)
