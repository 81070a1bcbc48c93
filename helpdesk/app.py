"""What the commands call: run a house without a terminal, or sit at its desk (``attaching`` looks for another owner).

:mod:`helpdesk.house` makes the parts, :mod:`helpdesk.offering` and :mod:`helpdesk.doors` open them to the world.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import structlog

from helpdesk.beside import beside
from helpdesk.clock import Clock, SystemClock
from helpdesk.config import Settings
from helpdesk.doors import Doors, open_doors
from helpdesk.errands import Reload
from helpdesk.errors import BadConfig
from helpdesk.house import House, open_house
from helpdesk.journal import Journal
from helpdesk.notifying import Notifier
from helpdesk.offering import Offer, offering
from helpdesk.ports import Desk

STOP_SECONDS = 9.0
"""How long a stop may take in all, in seconds; then what is still under way is cut short."""

WATCH_SECONDS = 5.0
"""How often the service manager is told how we are, at least."""

Read = Callable[[], Settings]
"""Reads the settings file; BadConfig where it is wrong."""

_log = structlog.get_logger()


async def serve(
    settings: Settings,
    *,
    stop: asyncio.Event,
    ready: Callable[[Doors, Offer], None],
    clock: Clock | None = None,
    hung_up: asyncio.Event | None = None,
    read: Read | None = None,
    notifier: Notifier | None = None,
    journal: Journal | None = None,
) -> None:
    """Own the store and run the configured channels until ``stop`` is set. ``ready`` hears where they listen.

    ``hung_up``  each time it is set, the settings are taken anew by ``read``
    ``notifier`` tells the service manager how we are
    ``journal``  what is logged, and how, goes by the settings, too
    """
    telling = notifier or Notifier()
    telling.status("opening the store")
    try:
        async with asyncio.timeout(None) as patience, AsyncExitStack() as stack:
            house = await stack.enter_async_context(
                open_house(settings, clock or SystemClock(), owner="helpdesk serve")
            )
            if journal is not None:
                _log_as_set(house, journal)
            reload = partial(_reloaded, house, read or (lambda: house.reloading.settings), telling)
            offer = await stack.enter_async_context(offering(house, reload=reload))
            doors = await stack.enter_async_context(open_doors(house))
            watch = _tells(house, telling)
            await stack.enter_async_context(beside(watch, _reloads(reload, hung_up or asyncio.Event())))
            ready(doors, offer)
            telling.ready("ready")
            _log.info("started", web=doors.web, api=offer.url)
            await stop.wait()
            telling.stopping()
            _log.info("stopping")
            house.closing.set()
            house.outbox.end()
            patience.reschedule(asyncio.get_running_loop().time() + STOP_SECONDS)
    except TimeoutError:
        if not patience.expired():
            raise
        _log.error("the stop took too long", seconds=STOP_SECONDS)
    _log.info("stopped")


def _log_as_set(house: House, journal: Journal) -> None:
    """Errors are counted, and a reload changes what is logged."""
    journal.heard = house.meters.logged

    def take(settings: Settings) -> Callable[[], None]:
        return lambda: journal.go_by(settings.log.level, settings.log.format)

    house.reloading.add(take)


async def _tells(house: House, telling: Notifier) -> None:
    """Tell the service manager that everything turns, for as long as it does; its status says what does not."""
    every = min(telling.watchdog / 3 or WATCH_SECONDS, WATCH_SECONDS)
    while True:
        if house.readiness.alive():
            telling.alive()
        telling.status("; ".join(check.why for check in house.readiness.checks() if not check.ok) or "ready")
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await house.closing.wait()
                return


def _reloaded(house: House, read: Read, telling: Notifier) -> tuple[str, ...]:
    """Take the settings anew; what changed, a line each. BadConfig, and nothing changed, where they are wrong."""
    telling.reloading()
    try:
        changed = house.reloading.take(read())
    except BadConfig as error:
        _log.error("settings not taken", why=str(error).splitlines())
        raise
    else:
        _log.info("settings taken", changed=changed)
        return changed
    finally:
        telling.ready("ready")


async def _reloads(reload: Reload, hung_up: asyncio.Event) -> None:
    """Take the settings anew whenever we are told to; where they are wrong, the log has said so."""
    while True:
        await hung_up.wait()
        hung_up.clear()
        with suppress(BadConfig):
            reload()


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set. A second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    names = (signal.SIGTERM, signal.SIGINT)

    def told(name: signal.Signals) -> None:
        if stop.is_set():
            loop.remove_signal_handler(name)
            signal.signal(name, signal.SIG_DFL)
            os.kill(os.getpid(), name)
        stop.set()

    for name in names:
        loop.add_signal_handler(name, told, name)
    try:
        yield stop
    finally:
        for name in names:
            loop.remove_signal_handler(name)


@asynccontextmanager
async def hanging_up(sets: asyncio.Event) -> AsyncIterator[None]:
    """SIGHUP sets an event while the block lasts, unless whoever started us has it ignored."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, sets.set)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


@asynccontextmanager
async def own_desk(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Desk]:
    """Own the store and run everything, for as long as somebody sits at this desk."""
    async with (
        open_house(settings, clock or SystemClock(), owner="helpdesk desk") as house,
        offering(house),
        open_doors(house),
    ):
        yield house.desk
