"""All parts of one library, made here and handed what they need: the first half of the one composer.

::

    async with open_house(settings, clock) as house, open_doors(house): ...  # the doors: helpdesk.doors
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from channels.mime_worker import MailReader
from channels.probes import probers
from helpdesk import rulebook
from helpdesk.chats import Chats
from helpdesk.clock import DAY, Clock, Instant
from helpdesk.closing import LocalClosings, closed_note
from helpdesk.config import Settings
from helpdesk.deletions import Deletions
from helpdesk.desk import About, LocalDesk
from helpdesk.duty import LocalDuty
from helpdesk.escalation import Escalation
from helpdesk.fetching import Fetching
from helpdesk.fitting import Fit, Parts, disagreements, fit, read_files, sit
from helpdesk.forgetting import Forgetting
from helpdesk.gate import Gate
from helpdesk.gated import behind
from helpdesk.hooking import Hooking, hooking
from helpdesk.ids import Entropy, Ids
from helpdesk.incidents import LocalNoise
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, address_policies
from helpdesk.loops import Troubles
from helpdesk.message import Channel, LineId
from helpdesk.meters import Meters
from helpdesk.noiseline import window
from helpdesk.outbox import Outbox
from helpdesk.pacing import Pacing
from helpdesk.permissions import Role
from helpdesk.ports import Desk, Door, Eraser, Fetcher, Link, Roster, Sender, Store
from helpdesk.ports.probes import Prober
from helpdesk.privacy import Key, reply_key
from helpdesk.probing import Probing
from helpdesk.readiness import Readiness
from helpdesk.reloading import Reloading
from helpdesk.reports_asked import LocalReports
from helpdesk.rolling import Rolling
from helpdesk.roster import LocalRoster
from helpdesk.rulebook import Rulebook
from helpdesk.senders import erasers_of, real_senders
from helpdesk.sending import LocalSending
from helpdesk.sessions import Sessions
from helpdesk.store.holdings import is_there
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import create_master_key, key_places, read_master_key
from helpdesk.store.opening import open_store
from helpdesk.watch import Watch

Senders = Callable[[Door, Chats], Mapping[Channel, Sender]]
"""Makes the senders: the real ones, or loopback ones in tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All parts of one library, made and connected.

    ``desk``    behind the gate, as it is at this machine's own terminal
    ``bare``    before no gate: for who puts one before it for each caller
    ``roster``  the same of the list of staff
    ``closing`` set once the house stops: doors take nothing more, whoever watches is told, nothing new is sent
    """

    settings: Settings
    clock: Clock
    store: Store
    keys: KeyStore
    rules: Rulebook
    intake: Intake
    chats: Chats
    gate: Gate
    sessions: Sessions
    desk: Desk
    bare: Desk
    roster: Roster
    outbox: Outbox
    deletions: Deletions
    fetching: Fetching
    escalation: Escalation
    watch: Watch
    troubles: Troubles
    meters: Meters
    readiness: Readiness
    hooks: Hooking
    probing: Probing
    reloading: Reloading
    links: tuple[Link, ...] = ()
    closing: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What the parts stand on."""

    settings: Settings
    clock: Clock
    ids: Ids
    store: Store
    keys: KeyStore
    rules: Rulebook
    policies: Mapping[LineId, AddressPolicy]
    reply_key: bytes
    earlier: tuple[tuple[Key, Instant], ...]
    entropy: Entropy
    fit: Fit
    meters: Meters


@asynccontextmanager
async def open_house(
    settings: Settings,
    clock: Clock,
    *,
    owner: str = "helpdesk",
    pace: float = 1.0,
    said: str = "",
    senders: Senders | None = None,
    entropy: Entropy = os.urandom,
    master: Key | None = None,
    private: bool = False,
) -> AsyncIterator[House]:
    """Own the store and make every part. What was never published is published now; BadConfig where a file is wrong.

    ``master`` and ``senders`` replace the real ones in tests and demos; ``private`` keeps all in memory,
    but what ``store.url`` names.
    """
    async with AsyncExitStack() as stack:
        frame = await _frame(stack, settings, clock, owner, entropy, master, private)
        intake = _intake(frame, await stack.enter_async_context(MailReader(settings.mail, frame.fit.lines)))
        chats = _chats(frame, intake)
        troubles = Troubles()
        outgoing = senders(intake, chats) if senders else await real_senders(stack, settings, clock, chats)
        outbox = _outbox(frame, outgoing)
        if settings.store.url is None:  # else others may be sending: who leads takes over
            await outbox.take_over()
        noise, gate = _noise(frame), Gate(frame.store, clock)
        bare = _desk(frame, chats, troubles, _about(frame, pace, said), noise)
        escalation = _escalation(frame)
        forgetting = Forgetting(frame.store, frame.fit.forgotten, settings.library.zone)
        probing = _probing(frame, await stack.enter_async_context(probers(settings, outgoing, clock)))
        reloading = Reloading(settings, agree=disagreements)
        parts = Parts(intake, chats, bare, noise, outbox, escalation, forgetting, probing)
        reloading.add(parts.taker(frame.rules, frame.ids))
        yield House(
            settings=settings,
            clock=clock,
            store=frame.store,
            keys=frame.keys,
            rules=frame.rules,
            intake=intake,
            chats=chats,
            gate=gate,
            sessions=Sessions(frame.store, clock),
            desk=behind(gate, "desk", Desk, bare),
            bare=bare,
            roster=LocalRoster(frame.store, clock, entropy=frame.entropy),
            outbox=outbox,
            deletions=_deletions(frame, await erasers_of(stack, settings, clock, outgoing)),
            fetching=_fetching(frame, outgoing),
            escalation=escalation,
            watch=_watch(frame, forgetting),
            troubles=troubles,
            meters=frame.meters,
            readiness=Readiness(frame.store, frame.keys, troubles, clock, frame.meters),
            hooks=await stack.enter_async_context(_hooking(frame)),
            probing=probing,
            reloading=reloading,
            links=tuple(sender for sender in outgoing.values() if isinstance(sender, Link)),
        )


async def _frame(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    owner: str,
    entropy: Entropy,
    master: Key | None,
    private: bool,
) -> _Frame:
    found = _drafts(settings, clock)  # files that are wrong start nothing, also where they were published before
    files = read_files(settings)
    library, ids = settings.library.id, Ids(clock, entropy)
    secret = master or _master(settings)
    place = None if private and settings.store.url is None else settings.store
    at = None if private and settings.store.keys_url is None else key_places(settings.store, os.environ).keys
    store = await stack.enter_async_context(open_store(place, library=library, owner=owner))
    meters = Meters()
    store.timed = meters.commit
    epoch, after = settings.store.epoch_days * DAY, window(settings)
    keys = await stack.enter_async_context(
        KeyStore.open(at, secret, clock, library=library, epoch=epoch, window=after, entropy=entropy)
    )
    rules = Rulebook(store, clock)
    await rules.begin(found)
    return _Frame(
        settings=settings,
        clock=clock,
        ids=ids,
        store=store,
        keys=keys,
        rules=rules,
        policies=address_policies(settings.lines, keys, ids.new, entropy=entropy),
        reply_key=reply_key(secret),
        earlier=await keys.reply_keys(),
        entropy=entropy,
        fit=fit(settings, files, rules, ids),
        meters=meters,
    )


def _intake(frame: _Frame, reader: MailReader) -> Intake:
    return Intake(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        lines=frame.fit.lines,
        policies=frame.policies,
        published=frame.rules.published,
        reply_key=frame.reply_key,
        earlier=frame.earlier,
        reader=reader,
        listening=frame.fit.listening,
        duty=frame.fit.duty,
        closed=closed_note(frame.rules.published, frame.clock, frame.settings.library.zone),
    )


def _chats(frame: _Frame, door: Door) -> Chats:
    chats = Chats(
        store=frame.store,
        door=door,
        clock=frame.clock,
        ids=frame.ids,
        settings=frame.settings,
        is_open=frame.fit.is_open,
        published=frame.rules.published,
        entropy=frame.entropy,
    )
    frame.store.overheard = chats.broadcast.overhear
    return chats


def _about(frame: _Frame, pace: float, said: str) -> About:
    library = frame.settings.library
    return About(library=library.name, zone=library.zone, pace=pace, said=said, lines=frame.fit.titles)


def _desk(frame: _Frame, chats: Chats, troubles: Troubles, about: About, noise: LocalNoise) -> LocalDesk:
    settings = frame.settings
    made = LocalDesk(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        published=frame.rules.published,
        about=about,
        claim_minutes=settings.desk.claim_minutes,
        typing=chats.staff_typing,
        troubles=troubles,
        entropy=frame.entropy,
        standing=frame.fit.standing,
        noise=noise,
        closings=_closings(frame),
        reports=LocalReports(settings, store=frame.store, clock=frame.clock, published=frame.rules.published),
        duty=LocalDuty(frame.store, frame.clock, settings.desk.chats_at_once, chats.is_writing),
        limits=frame.fit.limits,
        new_members=Role(settings.desk.new_members) if settings.desk.new_members else None,
    )
    sit(made, frame.fit)
    frame.meters.wrong_pins.append(lambda: made.wrong_pins)
    return made


def _sending(frame: _Frame) -> LocalSending:
    store, clock, rules, windows = frame.store, frame.clock, frame.rules, frame.fit.windows
    return LocalSending(store=store, clock=clock, published=rules.published, windows=windows)


def _closings(frame: _Frame) -> LocalClosings:
    return LocalClosings(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        published=frame.rules.published,
        load=frame.rules.load,
        lines=frame.fit.channels,
        entropy=frame.entropy,
    )


def _noise(frame: _Frame) -> LocalNoise:
    return LocalNoise(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        published=frame.rules.published,
        rules=frame.fit.noise,
        is_open=frame.fit.is_open,
        entropy=frame.entropy,
        limits=frame.fit.limits,
        sending=_sending(frame),
    )


def _hooking(frame: _Frame) -> AbstractAsyncContextManager[Hooking]:
    return hooking(
        store=frame.store,
        clock=frame.clock,
        settings=frame.settings.hooks,
        reply_key=frame.reply_key,
        earlier=[key for key, _ in frame.earlier],
        entropy=frame.entropy,
    )


def _probing(frame: _Frame, made: Mapping[Channel, Prober]) -> Probing:
    return Probing(
        store=frame.store,
        clock=frame.clock,
        settings=frame.settings,
        probers=made,
        published=frame.rules.published,
        duties=frame.fit.duty_list.duties,
        entropy=frame.entropy,
    )


def _watch(frame: _Frame, forgetting: Forgetting) -> Watch:
    return Watch(
        store=frame.store,
        clock=frame.clock,
        published=frame.rules.published,
        keys=frame.keys,
        rolling=Rolling(frame.store, frame.settings.library.zone),
        pacing=Pacing(frame.store),
        forget=forgetting.go_on,
        sealed={name: line.reply_days * DAY for name, line in frame.fit.lines.items() if line.policy == "sealed"},
    )


def _deletions(frame: _Frame, erasers: Mapping[Channel, Eraser]) -> Deletions:
    return Deletions(store=frame.store, clock=frame.clock, erasers=erasers)


def _escalation(frame: _Frame) -> Escalation:
    return Escalation(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        duty=frame.fit.duty_list,
        published=frame.rules.published,
    )


def _fetching(frame: _Frame, senders: Mapping[Channel, Sender]) -> Fetching:
    return Fetching(
        store=frame.store,
        clock=frame.clock,
        fetchers={channel: sender for channel, sender in senders.items() if isinstance(sender, Fetcher)},
        opened=frozenset(name for name, line in frame.fit.lines.items() if line.policy == "open"),
        published=frame.rules.published,
    )


def _outbox(frame: _Frame, senders: Mapping[Channel, Sender]) -> Outbox:
    return Outbox(
        store=frame.store,
        clock=frame.clock,
        senders=senders,
        policies=frame.policies,
        published=frame.rules.published,
        reply_key=frame.reply_key,
        limits=frame.fit.limits,
    )


def _drafts(settings: Settings, clock: Clock) -> rulebook.Drafts:
    return rulebook.drafts(settings.calendars, settings.standards, now=clock.now(), zone=settings.library.zone)


def _master(settings: Settings) -> Key:
    """The master key; made beside a store that has none yet, as ``helpdesk init`` does."""
    places = key_places(settings.store, os.environ)
    if not (places.credential or places.master.exists() or is_there(places.keys, settings.library.id)):
        return create_master_key(places.master)
    return read_master_key(places.master, credential=places.credential)
