"""Whole lives of incidents, at random: what is kept is what the log gives, and nobody is forgotten in one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from helpdesk.clock import MINUTE, plus
from helpdesk.config import NoiseSettings
from helpdesk.errors import Refused, Stale, Undeliverable
from helpdesk.events import Seq
from helpdesk.message import Channel, IncidentId, TicketId
from helpdesk.noise.incidents import Incident, NoiseOutcome
from helpdesk.noise.life import folded
from helpdesk.ports import Sql
from helpdesk.store.verbs import events, incident_rows, rebuilding, tickets
from helpdesk.ticket import Ticket
from tests.conversation import QUIET, Texter, Town
from tests.noisy import noisy

T = TypeVar("T")

SAID = ("so loud", "loud L3A", "loud L2B", "noise on L1C", "fire, L3A", "thanks")
ZONES = ("", "l3-silent", "l2-quiet", "l1-group")


class Lives(RuleBasedStateMachine):
    """A library in which anything may happen to noises, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.versions: dict[IncidentId, int] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for ``work``."""
        return self.runner.run(work)

    @initialize()
    def opens(self) -> None:
        """A library with zones, a member at the desk, three texters of the Noiseline and one of another line."""
        quiet = noisy(texts=QUIET, noise=NoiseSettings(most_texts=4))
        self.town: Town = self.run(self.stack.enter_async_context(quiet))
        self.mia = self.run(self.town.staff("mia")).id
        self.texters: list[Texter] = [self.town.texter(name) for name in ("ana", "ben", "cai")]
        self.texters.append(self.town.texter("dee", line="text"))

    def teardown(self) -> None:
        """Close the library."""
        self.run(self.stack.aclose())
        self.runner.close()

    def _kept(self) -> list[Incident]:
        return sorted(self.run(self.town.house.store.read(incident_rows.kept)).values(), key=lambda each: each.number)

    def _tickets(self) -> list[Ticket]:
        return self.run(self.town.house.store.read(_every))

    def _tries(self, call: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Do it, unless a life forbids it."""
        with suppress(Refused, Stale):
            self.run(call())

    @rule(who=st.integers(0, 3), said=st.sampled_from(SAID))
    def somebody_texts(self, who: int, said: str) -> None:
        """About this place or that, or none."""
        self.run(self.texters[who].texts(said))

    @precondition(lambda self: self._kept())
    @rule(
        pick=st.integers(0, 9),
        act=st.sampled_from(["dispatch", "attend", "conclude", "tell", "reopen", "unite", "part", "remark"]),
        other=st.integers(0, 9),
    )
    def staff_act_on_a_noise(self, pick: int, act: str, other: int) -> None:
        """Any key, on any incident."""
        every, noise = self._kept(), self.town.house.desk.noise
        one = every[pick % len(every)]
        on = (self.mia, one.id, one.version)
        leaving = tuple(each.id for each in self._tickets() if each.incident == one.id)[: other % 3]
        calls: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "dispatch": lambda: noise.dispatch(*on, "security"),
            "attend": lambda: noise.attend(*on, plus(self.town.time.now, -other * MINUTE)),
            "conclude": lambda: noise.conclude(*on, NoiseOutcome.QUIET, text="Quiet." if other % 2 else ""),
            "tell": lambda: noise.reply_all(*on, "On our way."),
            "reopen": lambda: noise.reopen(*on),
            "unite": lambda: noise.unite(*on, every[other % len(every)].number),
            "part": lambda: noise.part(*on, leaving),
            "remark": lambda: noise.remark(self.mia, one.id, "Go in twos."),
        }
        self._tries(calls[act])

    @precondition(lambda self: self._tickets())
    @rule(
        pick=st.integers(0, 20),
        act=st.sampled_from(["solve", "spam", "reopen", "place", "merge", "attended", "reply", "mute"]),
        other=st.integers(0, 9),
    )
    def staff_act_on_a_ticket(self, pick: int, act: str, other: int) -> None:
        """Any key, on any ticket."""
        every, desk = self._tickets(), self.town.house.desk
        one = every[pick % len(every)]
        on = (self.mia, one.id, one.version)
        calls: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "place": lambda: desk.noise.place(*on, ZONES[other % len(ZONES)]),
            "merge": lambda: desk.merge(*on, every[other % len(every)].number),
            "attended": lambda: desk.attended(*on, self.town.time.now),
            "reply": lambda: desk.reply(*on, "Done.", then="solved"),
            "mute": lambda: desk.noise.mute(*on, other % 2),
        }
        self._tries(calls.get(act, lambda: getattr(desk, act)(*on)))

    @rule(minutes=st.sampled_from([1, 12, 25, 24 * 60]), bounces=st.booleans())
    def time_passes(self, minutes: int, bounces: bool) -> None:
        """What was sent arrives, or never will."""
        if bounces:
            self.town.wires[Channel.SMS].fails(Undeliverable("No such number."))
        self.run(self.town.time.passes(minutes=minutes))

    @invariant()
    def what_is_kept_is_what_the_log_gives(self) -> None:
        """Every field of every incident."""
        if hasattr(self, "town"):
            log = self.run(self.town.house.store.read(events.after, Seq(0), 100_000))
            assert folded(log) == {each.id: each for each in self._kept()}

    @invariant()
    def versions_rise(self) -> None:
        """By every act; what staff saw last is never later than that."""
        for each in self._kept() if hasattr(self, "town") else ():
            assert each.version >= self.versions.get(each.id, 1)
            assert 1 <= each.decided <= each.version
            self.versions[each.id] = each.version

    @invariant()
    def nobody_is_forgotten_in_one(self) -> None:
        """A ticket is in one incident at most; one that goes on has somebody waiting, and counts its reporters."""
        if not hasattr(self, "town"):
            return
        every = self._tickets()
        inside = Counter(each.incident for each in every)
        waiting: dict[IncidentId, list[TicketId]] = {}
        for ticket in every:
            if ticket.incident is not None and ticket.live:
                waiting.setdefault(ticket.incident, []).append(ticket.id)
        for each in self._kept():
            assert not each.live or (each.reporters == inside[each.id] and waiting.get(each.id)), each
            assert each.live or each.reporters >= inside[each.id], each
            assert each.began <= each.latest, each


def _every(sql: Sql) -> list[Ticket]:
    return [tickets.get(sql, each) for each in rebuilding.next_batch(sql, "")]


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
