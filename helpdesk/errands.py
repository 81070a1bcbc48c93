"""Work on the whole store, asked for from the command line.

It goes through the store's owner where one is running, and else owns the store for as long as it takes.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date

from helpdesk import forgetting, noiseline, rulebook, subjects, upkeep
from helpdesk.api.auth import answers
from helpdesk.api.keeper import BOTH, Keeper, Looked, Publishable
from helpdesk.api.remote import connect
from helpdesk.clock import SECOND, Clock, Instant, plus
from helpdesk.config import Settings
from helpdesk.errors import Refused
from helpdesk.events import Seq
from helpdesk.gate import Gate
from helpdesk.gated import behind
from helpdesk.ids import Entropy, Ids
from helpdesk.importing.taking import take_batch
from helpdesk.message import StaffId
from helpdesk.ports import Sql, Store
from helpdesk.privacy import KeysHeld
from helpdesk.reports.period import Days, local_day
from helpdesk.rolling import Rolling
from helpdesk.rulebook import Rulebook
from helpdesk.store import opening
from helpdesk.store.holdings import held_apart
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import key_places
from helpdesk.store.verbs import facts, tickets, trail
from helpdesk.store.verbs.erasing import Gone
from helpdesk.store.verbs.figures import PublishedFigure
from helpdesk.store.verbs.remarks import SALT_BYTES, Remark
from helpdesk.store.verbs.trail import Seen
from helpdesk.wording import reason

ACCOUNT_LIMIT = 1_000
"""The longest explanation that is given to the public, in characters."""

WIPES = 10
"""How often, a second apart, the store is asked to wipe what was forgotten, where readers hold its log."""

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Between which years promises can be suspended and calendars counted anew: all else is a slip of the hand."""


Reload = Callable[[], tuple[str, ...]]
"""Takes the settings file anew; what changed, a line each. BadConfig, and nothing changed, where it is wrong."""


@asynccontextmanager
async def keeper(settings: Settings, clock: Clock) -> AsyncIterator[Keeper]:
    """Whoever may work on the store now: its owner, by the socket, or this process."""
    path = settings.store.socket_path
    if answers(path):
        async with connect(path) as remote:
            yield remote.keeper
        return
    async with opening.open_store(settings.store, library=settings.library.id) as store:
        rules = Rulebook(store, clock)
        await rules.load()
        local: Keeper = LocalKeeper(settings, clock, store, rules)
        yield behind(Gate(store, clock), "keeper", Keeper, local)


async def noted(settings: Settings, clock: Clock, actor: StaffId, what: Looked, ticket: int | None = None) -> None:
    """Note in the audit trail what a command reads, where one runs or not; an error where nobody can write there."""
    async with keeper(settings, clock) as keeping:
        await keeping.looked(actor, what=what, ticket=ticket)


async def noiseline_status(settings: Settings, clock: Clock) -> tuple[str, ...]:
    """What is still held of the sealed lines: the store's owner says it, else the files are read and left alone."""
    if answers(settings.store.socket_path):
        async with connect(settings.store.socket_path) as remote:
            return await remote.keeper.noiseline()
    opening.state(settings.store, settings.library.id)
    async with opening.open_reader(settings.store, library=settings.library.id) as store:
        return await noiseline.status(settings, store, clock.now(), _on_disk(settings))


def _on_disk(settings: Settings) -> KeysHeld:
    where = key_places(settings.store, os.environ).keys
    return held_apart(where, settings.library.id, noiseline.window(settings))


class LocalKeeper:
    """Satisfies the Keeper protocol on the store of this process. ``keys``: where it holds the key store, too;
    ``reload``: where it runs a house that can take its settings anew.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: Store,
        rules: Rulebook,
        *,
        keys: KeyStore | None = None,
        reload: Reload | None = None,
        entropy: Entropy = os.urandom,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._store = store
        self._rules = rules
        self._keys = keys
        self._reload = reload
        self._ids = Ids(clock, entropy)
        self._entropy = entropy
        self._subjects = subjects.Subjects(store, clock, library=settings.library, mint=self._ids.new, entropy=entropy)

    async def publish(
        self,
        *,
        kinds: tuple[Publishable, ...] = BOTH,
        actor: str = "system",
        restate_from: date | None = None,
        why: str = "",
    ) -> tuple[str, ...]:
        """Publish the calendars, the standards or both as their files stand now."""
        remark = None
        if restate_from is not None:
            if restate_from.year < FIRST_YEAR:
                raise Refused(f"Count anew from a day in {FIRST_YEAR} or later, not from {restate_from}.")
            remark = self._remark(reason(why, ask="Say why the past is counted anew: readers of the report will ask."))
        found = rulebook.drafts(
            self._settings.calendars,
            self._settings.standards,
            now=self._clock.now(),
            zone=self._settings.library.zone,
            since=restate_from,
        )
        fresh = await self._rules.publish(found.only(kinds), actor=actor, restate=restate_from, why=remark)
        await upkeep.settle_undetermined(self._store, self._rules.published())
        if restate_from is None:
            return fresh
        counted = await upkeep.restate(self._store, self._rules.published())
        return (*fresh, f"Tickets counted anew: {counted}.")

    def refit(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self._settings = settings

    async def reload(self, actor: StaffId) -> tuple[str, ...]:
        """Take the settings file anew."""
        if self._reload is None:
            raise Refused("Only `helpdesk serve` takes settings anew: here they count at the next start.")
        return self._reload()

    async def rebuild(self) -> tuple[str, ...]:
        """Make every projection again from the event log."""
        rolling = Rolling(self._store, self._settings.library.zone)
        return await upkeep.rebuild(self._store, self._rules.published(), rolling, self._clock.now())

    async def suspend(self, actor: StaffId, *, standard: str, begin: date, end: date, why: str) -> tuple[str, ...]:
        """A promise does not hold for some days; said with a reason."""
        days = _days(begin, end)
        begins, ends = days.instants(self._settings.library.zone)
        said = facts.Suspending(
            standard=standard,
            first=begin,
            end=end,
            begins=begins,
            ends=ends,
            why=self._remark(reason(why, ask="Say why it is suspended: readers of the report will ask.")),
            actor=actor,
        )
        seq = await self._store.write(facts.suspend, said, self._clock.now())
        return (f"{standard or 'every standard'} is suspended from {begin} up to, not including, {end}, as {seq}.",)

    async def unsuspend(self, actor: StaffId, *, suspension: Seq) -> tuple[str, ...]:
        """Lift a suspension."""
        was = await self._store.write(facts.unsuspend, suspension, actor, self._clock.now())
        whose = was.standard or "every standard"
        return (f"{whose} counts again from {was.first} up to {was.end}: suspension {suspension} is lifted.",)

    async def account(
        self, actor: StaffId, *, standard: str, month: str, explanation: str, action: str = ""
    ) -> tuple[str, ...]:
        """Say to the public why a month dipped and what is done."""
        now = self._clock.now()
        _past_month(month, now, self._settings.library.zone)
        why = reason(explanation, ask="Say why it dipped, for the public.", most=ACCOUNT_LIMIT)
        done = reason(action, most=ACCOUNT_LIMIT) if action.strip() else ""
        said = facts.Account(
            standard=standard,
            month=month,
            explanation=self._remark(why),
            action=self._remark(done) if done else None,
            actor=actor,
        )
        await self._store.write(facts.account, said, now)
        return (f"{standard}, {month}: this is what the public is told now.",)

    async def published_figures(self, actor: StaffId, *, figures: tuple[PublishedFigure, ...]) -> tuple[str, ...]:
        """Note that these figures were given to the public."""
        fresh = await self._store.write(facts.publish_figures, figures, actor, self._clock.now())
        return tuple(f"{each.standard}, {each.month}: {each.met} of {each.met + each.missed} met" for each in fresh)

    async def retain(self, actor: StaffId, *, dry_run: bool) -> tuple[str, ...]:
        """Forget what is old enough, or say what would go."""
        rules, now = forgetting.rules_of(self._settings), self._clock.now()
        if not rules:
            return (forgetting.NO_RULE,)
        doing = forgetting.Forgetting(self._store, rules, self._settings.library.zone)
        found = await doing.waiting(now) if dry_run else await doing.run(now, actor)
        staying = await doing.unfinished(now)
        return (
            *forgetting.told(found, dry_run=dry_run),
            *((f"Old enough, and kept because they are not finished: {Gone(tickets=staying)}.",) if staying else ()),
            *(() if dry_run else await self._wiped()),
        )

    async def forget(self, actor: StaffId, *, person: str, why: str = "", dry_run: bool) -> tuple[str, ...]:
        """Forget somebody, or say what is held of them."""
        held = await self._subjects.held(person)
        if dry_run:
            await self._subjects.ready(held)
            return subjects.told(held)
        gone = await self._subjects.forget(held, actor, why)
        return (f"Forgotten: {gone}.", *subjects.left(held), *await self._wiped())

    async def export_person(self, actor: StaffId, *, person: str) -> bytes:
        """All that is held of somebody, as a zip for them."""
        return await self._subjects.copied(person)

    async def _wiped(self) -> tuple[str, ...]:
        """Leave no trace of what was forgotten in the store's file; what to say where a reader keeps it from it."""
        for _ in range(WIPES):
            if await self._store.purge():
                return ()
            await self._clock.until(plus(self._clock.now(), SECOND))
        return ("Somebody reads the store just now: traces stay in its log until the next start, or the next night.",)

    async def looked(self, actor: StaffId, *, what: Looked, ticket: int | None = None) -> None:
        """Note that somebody reads with a command."""
        await self._store.write(_looked, actor, what, ticket, self._clock.now())

    async def take_history(self, actor: StaffId, *, batch: str) -> tuple[str, ...]:
        """Take in a batch of contacts from another desk."""
        folder = self._settings.store.path.parent
        return await take_batch(
            folder,
            batch,
            actor,
            store=self._store,
            clock=self._clock,
            ids=self._ids,
            published=self._rules.published,
        )

    async def noiseline(self) -> tuple[str, ...]:
        """What is still held of the sealed lines."""
        held = await self._keys.held() if self._keys is not None else _on_disk(self._settings)
        return await noiseline.status(self._settings, self._store, self._clock.now(), held)

    def _remark(self, text: str) -> Remark:
        return Remark(id=self._ids.new(), text=text, salt=self._entropy(SALT_BYTES))


def _looked(sql: Sql, actor: StaffId, what: Looked, ticket: int | None, now: Instant) -> None:
    about = None if ticket is None else tickets.by_number(sql, ticket).id
    trail.note(sql, Seen(actor=actor[:64], token="", act=f"command.{what}", ticket=about), now, once=what != "export")


def _days(begin: date, end: date) -> Days:
    if begin.year < FIRST_YEAR or end.year > LAST_YEAR:
        raise Refused(f"Name days from {FIRST_YEAR} to {LAST_YEAR}, not {begin} to {end}.")
    if end <= begin:
        raise Refused(f"From {begin} up to, but not including, {end} there is no day. Name a later end.")
    return Days(begin, end)


def _past_month(month: str, now: Instant, zone: str) -> None:
    """Refused unless it is written as "2026-11" and has begun."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII):
        raise Refused(f"Write the month as 2026-11, not {month!r}.")
    if month > f"{local_day(now, zone):%Y-%m}":
        raise Refused(f"{month} is still to come: there is nothing to explain yet.")
