"""Plays a year on the real store, through the real door and desk, by a clock that jumps from act to act."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from helpdesk import befalling
from helpdesk.clock import Instant, ManualClock
from helpdesk.config import LibrarySettings, Settings
from helpdesk.desk import About, LocalDesk
from helpdesk.errands import LocalKeeper
from helpdesk.ids import Ids
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, OpenLine
from helpdesk.message import Address, Channel, ConversationId, Inbound, LineId, StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import chats, outbox, tickets
from tests.year.library import CALENDARS, FIRST, LINES, LONDON, MADE, STANDARDS, STRIKE, Plan, midnight

ANA = StaffId("ana")


class Play:
    """The library while its year goes by."""

    def __init__(self, store: Store, clock: ManualClock, rulebook: Rulebook) -> None:
        seed = itertools.count(1)
        ids = Ids(clock, lambda n: next(seed).to_bytes(n, "big"))
        policies: dict[LineId, AddressPolicy] = {name: OpenLine() for name in LINES}
        published = rulebook.published
        self.store, self.clock, self.rulebook = store, clock, rulebook
        self.intake = Intake(
            store=store, clock=clock, ids=ids, lines=LINES, policies=policies, published=published, reply_key=b"k" * 32
        )
        about = About(library="Three Sites Library", zone=str(LONDON))
        self.desk = LocalDesk(store=store, clock=clock, ids=ids, published=published, about=about)
        self._tickets: dict[int, TicketId] = {}

    async def play(self, plans: list[Plan]) -> None:
        """Every act of the year in its order; acts after the end of the year's report stay undone."""
        acts: list[tuple[Instant, int, Callable[[], Awaitable[None]]]] = []
        number = itertools.count()
        for plan in plans:
            for when, act in self._acts(plan):
                if when is not None and when <= MADE:
                    heapq.heappush(acts, (when, next(number), act))
        while acts:
            when, _, act = heapq.heappop(acts)
            self.clock.move_to(when)
            await act()
        self.clock.move_to(MADE)

    def _acts(self, plan: Plan) -> list[tuple[Instant | None, Callable[[], Awaitable[None]]]]:
        return [
            (plan.comes, partial(self._comes, plan)),
            (plan.claimed, partial(self._claims, plan)),
            (plan.replied, partial(self._replies, plan)),
            (plan.attended, partial(self._attends, plan)),
            (plan.bounced, partial(self._bounces, plan)),
            (plan.left, partial(self._leaves, plan)),
            (plan.spam, partial(self._spams, plan)),
            (plan.test, partial(self._tests, plan)),
            (plan.corrected, partial(self._corrects, plan)),
        ]

    async def _comes(self, plan: Plan) -> None:
        visitor = f"someone-{plan.number}@example.org"
        channel = plan.settings.channel
        if channel is Channel.CHAT:
            token = plan.number.to_bytes(16, "big")
            await self.store.write(chats.begin, ConversationId(visitor), plan.line, "V", token, self.clock.now())
        receipt = await self.intake.receive(
            Inbound(
                channel=channel,
                line=plan.line,
                external_id=f"m{plan.number}",
                digest=f"{plan.number:064}",
                sender=Address(channel=channel, value=visitor, name="Somebody"),
                text="Loud on level 3",
                automatic=plan.automatic,
                conversation=ConversationId(visitor) if channel is Channel.CHAT else None,
            )
        )
        assert receipt.ticket is not None
        self._tickets[plan.number] = receipt.ticket

    async def _version(self, plan: Plan) -> tuple[TicketId, int]:
        ticket = self._tickets[plan.number]
        return ticket, (await self.store.read(tickets.get, ticket)).version

    async def _claims(self, plan: Plan) -> None:
        await self.desk.claim(ANA, self._tickets[plan.number])

    async def _replies(self, plan: Plan) -> None:
        await self.desk.reply(ANA, *await self._version(plan), "On our way.")

    async def _attends(self, plan: Plan) -> None:
        await self.desk.attended(ANA, *await self._version(plan), self.clock.now())

    async def _bounces(self, plan: Plan) -> None:
        sent = await self.store.read(outbox.sent_ids, self._tickets[plan.number])
        published = self.rulebook.published()
        await self.store.write(outbox.failed, sent[-1], "550", "no such box", self.clock.now(), published)

    async def _leaves(self, plan: Plan) -> None:
        now, published = self.clock.now(), self.rulebook.published()
        gone = partial(befalling.left, now=now)
        await self.store.write(tickets.change, self._tickets[plan.number], gone, now=now, published=published)

    async def _spams(self, plan: Plan) -> None:
        await self.desk.spam(ANA, *await self._version(plan))

    async def _tests(self, plan: Plan) -> None:
        await self.desk.test(ANA, *await self._version(plan))

    async def _corrects(self, plan: Plan) -> None:
        assert plan.in_truth is not None
        await self.desk.correct(ANA, *await self._version(plan), plan.in_truth, "by phone, as the diary says")


@asynccontextmanager
async def year(folder: Path, plans: list[Plan]) -> AsyncIterator[Play]:
    """The library after its year, with the strike's suspension, opened for questions."""
    calendars, standards = folder / "calendars.toml", folder / "standards.toml"
    calendars.write_text(CALENDARS, encoding="utf-8")
    standards.write_text(STANDARDS, encoding="utf-8")
    clock = ManualClock(Instant(midnight(FIRST) - 1))
    path = folder / "year.sqlite"
    async with open_store(path) as store:
        rulebook = Rulebook(store, clock)
        await rulebook.publish(drafts(calendars, standards, now=clock.now(), zone=str(LONDON)))
        play = Play(store, clock, rulebook)
        await play.desk.sign_in(ANA, name="Ana")
        await play.play(plans)
        library = LibrarySettings(name="Three Sites Library", zone=str(LONDON))
        keeper = LocalKeeper(Settings(library=library), clock, store, rulebook)
        await keeper.suspend(ANA, standard="noise-texts", begin=STRIKE[0], end=STRIKE[1], why="strike")
        yield play
