"""The one composer: makes every part of a library's help desk and hands each what it needs.

::

    async with open_house(settings, clock) as house:      # store, keys, rules, intake, desk, outbox, watch
        async with open_doors(house) as doors:            # the HTTP server, the mail listener, the loops
            ...                                           # until the block ends

:func:`serve` does this without a terminal; :func:`run_desk` attaches a terminal to the owner's socket, or becomes
the owner itself.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from channels.mail import MailListener
from channels.mail_out import MailSender
from channels.mime_worker import MailReader
from channels.sms import SmsSender
from channels.sms_catch_up import SmsCatchUp
from channels.sms_webhook import SmsWebhook
from channels.webchat import ChatSender, webchat_routes
from helpdesk import rulebook
from helpdesk.api.auth import answers
from helpdesk.api.keeper import Keeper
from helpdesk.api.remote import connect
from helpdesk.api.server import desk_socket
from helpdesk.beside import beside
from helpdesk.chats import Chats
from helpdesk.clock import DAY, MINUTE, SECOND, Clock, Instant, SystemClock
from helpdesk.config import LineSettings, Settings
from helpdesk.desk import About, LocalDesk
from helpdesk.errands import LocalKeeper
from helpdesk.errors import BadConfig
from helpdesk.ids import Entropy, Ids
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, address_policies
from helpdesk.loops import Troubles, on_change, on_time
from helpdesk.message import Channel, LineId
from helpdesk.outbox import Outbox
from helpdesk.ports import Desk, Door, Keys, Sender
from helpdesk.privacy import Key
from helpdesk.rulebook import Rulebook
from helpdesk.serving import listening, serving
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import create_master_key, key_places, read_master_key
from helpdesk.store.sqlite import SqliteStore, open_store
from helpdesk.watch import Watch

Senders = Callable[[Door, Chats], Mapping[Channel, Sender]]
"""Makes the senders: the real ones, or loopback ones in tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All parts of one library, made and connected."""

    settings: Settings
    clock: Clock
    store: SqliteStore
    keys: Keys
    rules: Rulebook
    intake: Intake
    chats: Chats
    desk: LocalDesk
    outbox: Outbox
    watch: Watch
    troubles: Troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where the house can be reached: the web server's URL, and the mail listener (None without mail lines)."""

    web: str
    mail_host: str | None = None
    mail_port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What the parts stand on."""

    settings: Settings
    clock: Clock
    ids: Ids
    store: SqliteStore
    keys: KeyStore
    rules: Rulebook
    policies: Mapping[LineId, AddressPolicy]
    reply_key: bytes
    entropy: Entropy


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
    """Own the store and make every part. What was never published is published now.

    ``master`` and ``senders`` replace the real ones in tests and demos; ``private`` keeps all in memory.
    """
    async with AsyncExitStack() as stack:
        frame = await _frame(stack, settings, clock, owner, entropy, master, private)
        reader = await stack.enter_async_context(MailReader(settings.mail, _lines(settings)))
        intake = _intake(frame, reader)
        chats = _chats(frame, intake)
        troubles = Troubles()
        outgoing = senders(intake, chats) if senders else await _real_senders(stack, settings, clock, chats)
        outbox = _outbox(frame, outgoing)
        await outbox.take_over()
        yield House(
            settings=settings,
            clock=clock,
            store=frame.store,
            keys=frame.keys,
            rules=frame.rules,
            intake=intake,
            chats=chats,
            desk=_desk(frame, chats, troubles, pace, said),
            outbox=outbox,
            watch=Watch(store=frame.store, clock=clock, published=frame.rules.published, keys=frame.keys),
            troubles=troubles,
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
    library, ids = settings.library.id, Ids(clock, entropy)
    secret = master or _master(settings)
    file = None if private else settings.store.path
    keys_file = None if private else key_places(settings.store, os.environ).keys
    window = max((line.reply_days for line in settings.lines.values()), default=7) * DAY
    store = await stack.enter_async_context(open_store(file, library=library, owner=owner))
    keys = await stack.enter_async_context(
        KeyStore.open(keys_file, secret, clock, library=library, window=window, entropy=entropy)
    )
    rules = Rulebook(store, clock)
    if (await rules.load()).empty:
        await rules.publish(_drafts(settings, clock))
    return _Frame(
        settings=settings,
        clock=clock,
        ids=ids,
        store=store,
        keys=keys,
        rules=rules,
        policies=address_policies(settings.lines, keys, ids.new, entropy=entropy),
        reply_key=hmac.digest(bytes(secret), b"helpdesk: reply tokens", "sha256"),
        entropy=entropy,
    )


def _intake(frame: _Frame, reader: MailReader) -> Intake:
    return Intake(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        lines=_lines(frame.settings),
        policies=frame.policies,
        published=frame.rules.published,
        reply_key=frame.reply_key,
        reader=reader,
    )


def _chats(frame: _Frame, door: Door) -> Chats:
    settings, rules = frame.settings, frame.rules
    return Chats(
        store=frame.store,
        door=door,
        clock=frame.clock,
        ids=frame.ids,
        settings=settings,
        is_open=lambda line: rules.is_open(settings.lines[line].calendar),
        published=rules.published,
        entropy=frame.entropy,
    )


def _desk(frame: _Frame, chats: Chats, troubles: Troubles, pace: float, said: str) -> LocalDesk:
    settings = frame.settings
    about = About(
        library=settings.library.name,
        zone=settings.library.zone,
        pace=pace,
        said=said,
        lines={name: line.title for name, line in settings.lines.items()},
    )
    return LocalDesk(
        store=frame.store,
        clock=frame.clock,
        ids=frame.ids,
        published=frame.rules.published,
        about=about,
        claim_minutes=settings.desk.claim_minutes,
        typing=chats.staff_typing,
        troubles=troubles,
    )


def _outbox(frame: _Frame, senders: Mapping[Channel, Sender]) -> Outbox:
    return Outbox(
        store=frame.store,
        clock=frame.clock,
        senders=senders,
        policies=frame.policies,
        published=frame.rules.published,
        reply_key=frame.reply_key,
    )


def _lines(settings: Settings) -> dict[LineId, LineSettings]:
    return {LineId(name): line for name, line in settings.lines.items()}


async def _real_senders(stack: AsyncExitStack, settings: Settings, clock: Clock, chats: Chats) -> dict[Channel, Sender]:
    lines = _lines(settings)
    senders: dict[Channel, Sender] = {
        Channel.CHAT: ChatSender(chats),
        Channel.MAIL: MailSender(settings.mail, lines, settings.library.name),
    }
    if settings.lines_of(Channel.SMS):
        senders[Channel.SMS] = await stack.enter_async_context(
            SmsSender(settings.sms, settings.web, settings.lines, clock)
        )
    return senders


def _drafts(settings: Settings, clock: Clock) -> rulebook.Drafts:
    return rulebook.drafts(settings.calendars, settings.standards, now=clock.now(), zone=settings.library.zone)


def _master(settings: Settings) -> Key:
    """The master key; made beside a store that has none yet, as ``helpdesk init`` does."""
    places = key_places(settings.store, os.environ)
    if not (places.credential or places.master.exists() or places.keys.exists()):
        return create_master_key(places.master)
    return read_master_key(places.master, credential=places.credential)


# Doors and loops


@asynccontextmanager
async def open_doors(house: House, *, loops: bool = True, web: socket.socket | None = None) -> AsyncIterator[Doors]:
    """Listen on every channel, and run the loops, until the block ends: first the doors close, then the loops.

    ``web``: a listening socket to serve on instead of the configured one.
    """
    settings = house.settings
    async with AsyncExitStack() as stack:
        if loops:
            await stack.enter_async_context(beside(*await _loops(house, stack)))
            stack.push_async_callback(house.outbox.finish)
        bound_web = web or _web_socket(settings)
        url = await stack.enter_async_context(serving(Starlette(routes=_routes(house)), on=bound_web))
        bound = None
        if mailboxes := settings.lines_of(Channel.MAIL):
            lines = {LineId(name): line for name, line in mailboxes.items()}
            listener = MailListener(settings.mail, lines, house.intake, house.clock)
            bound = await stack.enter_async_context(listener.listening())
        yield Doors(
            web=url,
            mail_host=bound.host if bound and bound.host else None,
            mail_port=bound.port if bound and bound.port else None,
        )


def _routes(house: House) -> list[BaseRoute]:
    settings = house.settings
    routes: list[BaseRoute] = list(webchat_routes(house.chats, settings, house.clock))
    if settings.lines_of(Channel.SMS):
        routes += SmsWebhook(settings.sms, settings.web, settings.lines, house.intake).routes()
    return routes


def _web_socket(settings: Settings) -> socket.socket:
    try:
        return listening(settings.web.host, settings.web.port)
    except OSError as error:
        raise BadConfig(
            f"web.port: {settings.web.host}:{settings.web.port} can't be listened on ({error.strerror})."
            " Stop what uses it, or set another port."
        ) from error


async def _loops(house: House, stack: AsyncExitStack) -> list[Coroutine[Any, Any, None]]:
    store, clock, troubles = house.store, house.clock, house.troubles

    async def parse() -> Instant | None:
        return clock.now() if await house.intake.parse_due() else None

    async def sweep() -> None:
        await house.chats.sweep(clock.now())

    loops = [
        *(
            on_change(f"delivery by {channel}", partial(house.outbox.deliver_due, channel), store, clock, troubles)
            for channel in house.outbox.channels
        ),
        on_change("paused lines", house.outbox.resume_due, store, clock, troubles),
        on_change("reading of mail", parse, store, clock, troubles),
        on_change("watch", house.watch.check_due, store, clock, troubles),
        on_time("sweep of chats", sweep, MINUTE, clock, troubles),
        _pass_on(house),
    ]
    if house.settings.lines_of(Channel.SMS):
        fetcher = await stack.enter_async_context(
            SmsCatchUp(house.settings.sms, house.settings.lines, house.intake, clock)
        )

        async def fetch() -> None:
            await fetcher.catch_up()

        every = house.settings.sms.catch_up_seconds * SECOND
        loops.append(on_time("catching up of texts", fetch, every, clock, troubles))
    return loops


async def _pass_on(house: House) -> None:
    """Let open chat pages hear what staff do."""
    async for told in house.desk.changes((await house.desk.hello()).seq):
        house.chats.heard(told)


# What the commands call


def _keeper(house: House) -> Keeper:
    return LocalKeeper(house.settings, house.clock, house.store, house.rules)


async def serve(
    settings: Settings, *, clock: Clock | None = None, stop: asyncio.Event, ready: Callable[[Doors], None]
) -> None:
    """Own the store and run the configured channels until ``stop`` is set. ``ready`` hears where they listen."""
    async with (
        open_house(settings, clock or SystemClock(), owner="helpdesk serve") as house,
        desk_socket(house.desk, settings.store.socket_path, keeper=_keeper(house)),
        open_doors(house) as doors,
    ):
        ready(doors)
        await stop.wait()


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    try:
        yield stop
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)


@asynccontextmanager
async def open_desk(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[tuple[Desk, bool]]:
    """A desk on the configured store, and whether this process owns it.

    Where an owner answers on the socket the desk attaches to it; otherwise this process becomes the owner and runs
    everything.
    """
    path = settings.store.socket_path
    if answers(path):
        async with connect(path) as remote:
            yield remote, False
        return
    async with (
        open_house(settings, clock or SystemClock(), owner="helpdesk desk") as house,
        desk_socket(house.desk, path, keeper=_keeper(house)),
        open_doors(house),
    ):
        yield house.desk, True
