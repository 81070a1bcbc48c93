"""The doors and the loops of a house: the second half of the one composer.

The web server mounts the routes that the channels export, the mail listener takes mail, and the forever-loops repeat
the one-pass steps.
"""

from __future__ import annotations

import asyncio
import platform
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from channels.mail import MailListener
from channels.performance import performance_routes
from channels.sms_catch_up import SmsCatchUp
from channels.sms_webhook import SmsWebhook
from channels.webchat import webchat_routes
from helpdesk.api.health import Watchers, health_routes, metrics_routes
from helpdesk.api.metrics import Reading
from helpdesk.beside import beside
from helpdesk.callers import Bounds
from helpdesk.certificates import Certificate
from helpdesk.clock import MINUTE, SECOND, Instant, SystemClock
from helpdesk.config import Settings, WebSettings
from helpdesk.drift import EVERY as COMPARED
from helpdesk.drift import Drift
from helpdesk.errors import BadConfig, TryLater
from helpdesk.events import Event, Kind
from helpdesk.following import Following, written
from helpdesk.house import House
from helpdesk.ids import Ids
from helpdesk.jumps import Jumps
from helpdesk.leading import Leading
from helpdesk.loops import on_change, on_time
from helpdesk.message import Channel, LineId
from helpdesk.readiness import EVERY, PULSE
from helpdesk.serving import listening, serving
from helpdesk.sight import Told
from helpdesk.store.verbs.gauges import Gauges, gauges

GAUGE_SECONDS = 5.0
"""How long a scrape waits for the store; a scraper waits for ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where the house can be reached: the web server's URL, and the mail listener (None without mail lines).

    ``certificate``: what the web server speaks TLS by, None for plain HTTP
    """

    web: str
    certificate: Certificate | None = None
    mail_host: str | None = None
    mail_port: int | None = None


@asynccontextmanager
async def open_doors(house: House, *, loops: bool = True, web: socket.socket | None = None) -> AsyncIterator[Doors]:
    """Listen on every channel, and run the loops, until the block ends: first the doors close, then the loops.

    ``web``: a listening socket to serve on instead of the configured one.
    """
    settings = house.settings
    async with AsyncExitStack() as stack:
        if loops:
            stack.push_async_callback(house.outbox.let_go)
            await stack.enter_async_context(beside(*await _own_loops(house), *await _led_loops(house, stack)))
            stack.push_async_callback(house.outbox.finish)
        if certificate := _certificate(settings.web):
            house.reloading.add(lambda _: certificate.prepared())
        bound_web = web or _web_socket(settings)
        url = await stack.enter_async_context(_web(house, bound_web, certificate))
        bound = None
        if mailboxes := settings.lines_of(Channel.MAIL):
            lines = {LineId(name): line for name, line in mailboxes.items()}
            listener = MailListener(settings.mail, lines, house.intake, house.clock)
            bound = await stack.enter_async_context(listener.listening())
        yield Doors(
            web=url,
            certificate=certificate,
            mail_host=bound.host if bound and bound.host else None,
            mail_port=bound.port if bound and bound.port else None,
        )


def _web(house: House, on: socket.socket, certificate: Certificate | None) -> AbstractAsyncContextManager[str]:
    web = house.settings.web
    return serving(
        Starlette(routes=[*_routes(house), *_watched(house, certificate)]),
        on=on,
        tls=certificate.context if certificate else None,
        https=web.public_url.startswith("https:"),
        closing=house.closing,
        bounds=Bounds(connections=web.connections),
    )


def _certificate(web: WebSettings) -> Certificate | None:
    if web.tls_certificate is None or web.tls_key is None:
        return None
    return Certificate(web.tls_certificate, web.tls_key, names=("web.tls_certificate", "web.tls_key"))


def _routes(house: House) -> list[BaseRoute]:
    settings = house.settings
    routes: list[BaseRoute] = list(webchat_routes(house.chats, settings, house.clock))
    routes += performance_routes(settings.store.page_path)
    if settings.lines_of(Channel.SMS) and settings.sms.carrier == "twilio":
        routes += SmsWebhook(settings.sms, settings.web, settings.lines, house.intake).routes()
    return routes


def _watched(house: House, certificate: Certificate | None) -> list[BaseRoute]:
    async def take() -> Reading:
        now = house.clock.now()
        return Reading(
            now=now,
            gauges=await _gauged(house, now),
            meters=house.meters,
            checks=house.readiness.checks(),
            passing=dict(house.troubles.passing),
            chats=len(house.chats.broadcast.conversations()),
            certificate=certificate.expires if certificate else None,
        )

    settings = house.settings
    watchers = Watchers(settings.metrics, settings.web)
    house.reloading.add(watchers.prepared)
    return [*health_routes(house.readiness), *(metrics_routes(take, watchers) if settings.metrics.enabled else ())]


async def _gauged(house: House, now: Instant) -> Gauges | None:
    """What the store says; None where it can't be read, or does not answer in time for a scrape."""
    try:
        async with asyncio.timeout(GAUGE_SECONDS):
            return await house.store.read(gauges, now)
    except (TryLater, TimeoutError):
        return None


def _web_socket(settings: Settings) -> socket.socket:
    try:
        return listening(settings.web.host, settings.web.port)
    except OSError as error:
        raise BadConfig(
            f"web.port: {settings.web.host}:{settings.web.port} can't be listened on ({error.strerror})."
            " Stop what uses it, or set another port."
        ) from error


async def _own_loops(house: House) -> list[Coroutine[Any, Any, None]]:
    """What each server does for itself."""
    clock, troubles = house.clock, house.troubles

    async def sweep() -> None:
        await house.chats.sweep(clock.now())

    return [
        on_time("sweep of chats", sweep, MINUTE, clock, troubles),
        on_time("sign of life", house.readiness.sign, EVERY, clock, troubles),
        on_time("sign of life of the keys", house.readiness.look, EVERY, clock, troubles),
        on_time("pulse", house.readiness.feel, PULSE, clock, troubles),
        *(
            [on_time("the clock", Jumps(house.store, clock, platform.node()).look, EVERY, clock, troubles)]
            if isinstance(clock, SystemClock)  # any other runs as it is told to
            else []
        ),
        *_compared(house),
        await _pass_on(house),
    ]


def _compared(house: House) -> list[Coroutine[Any, Any, None]]:
    """The machine's clock beside the database's, where several servers may share one."""
    if house.settings.store.url is None or not isinstance(house.clock, SystemClock):
        return []
    drift = Drift(house.store, house.clock, platform.node(), tell=house.readiness.clock_differs)
    return [on_time("comparing of clocks", drift.look, COMPARED, house.clock, house.troubles)]


async def _led_loops(house: House, stack: AsyncExitStack) -> list[Coroutine[Any, Any, None]]:
    """What one server of a library does at a time: the only one, or the one that leads."""
    fetcher = None
    if house.settings.lines_of(Channel.SMS) and house.settings.sms.carrier == "twilio":
        fetcher = await stack.enter_async_context(
            SmsCatchUp(house.settings.sms, house.settings.lines, house.intake, house.clock)
        )
    if house.settings.store.url is None:
        return await _work(house, fetcher)

    async def take_over() -> list[Coroutine[Any, Any, None]]:
        await house.outbox.take_over()
        return await _work(house, fetcher)

    return [Leading(house.store, house.clock, Ids(house.clock).new()).run(take_over, house.outbox.let_go)]


async def _work(house: House, fetcher: SmsCatchUp | None) -> list[Coroutine[Any, Any, None]]:
    store, clock, troubles = house.store, house.clock, house.troubles

    async def parse() -> Instant | None:
        return clock.now() if await house.intake.parse_due() else None

    following = Following(store, written, house.meters.heard)
    await following.begin()
    loops = [
        *(
            on_change(f"delivery by {channel}", partial(house.outbox.deliver_due, channel), store, clock, troubles)
            for channel in house.outbox.channels
        ),
        on_change("paused lines", house.outbox.resume_due, store, clock, troubles),
        on_change("tracing of texts", house.outbox.trace_due, store, clock, troubles),
        on_change("fetching of files", house.fetching.fetch_due, store, clock, troubles),
        on_change("deletion at the carrier", house.deletions.delete_due, store, clock, troubles),
        on_change("reading of mail", parse, store, clock, troubles),
        on_change("telling the duty list", house.escalation.check_due, store, clock, troubles),
        on_change("watch", house.watch.check_due, store, clock, troubles),
        on_change("log", following.read_on, store, clock, troubles),
        house.hooks.loop(store, clock, troubles),
        on_change("probes", house.probing.check_due, store, clock, troubles),
    ]
    loops += [link.listen(house.intake, partial(troubles.tell, "carrier of texts")) for link in house.links]
    if fetcher is not None:

        async def fetch() -> None:
            await fetcher.catch_up()

        every = house.settings.sms.catch_up_seconds * SECOND
        loops.append(on_time("catching up of texts", fetch, every, clock, troubles))
    return loops


_IN_FORCE = frozenset({Kind.PUBLISHED, Kind.LINES_CLOSED, Kind.LINES_OPENED})
"""After these facts other rules are in force."""


async def _pass_on(house: House) -> Coroutine[Any, Any, None]:
    """Let open chat pages hear what is done, and go by what was published, on whichever server it was."""
    published, heard = False, list[Told]()

    def hear(event: Event, channel: Channel | None) -> None:
        nonlocal published
        published = published or event.kind in _IN_FORCE
        heard.append(Told(seq=event.seq, kind=event.kind, ticket=event.ticket, actor=event.actor))

    following = Following(house.store, hear)
    await following.begin()

    async def pass_on() -> None:
        nonlocal published
        await following.read_on()
        if published:
            await house.rules.load()
            published = False
        for told in heard:  # by the rules that are in force after them
            house.chats.heard(told)
        heard.clear()

    return on_change("open chats", pass_on, house.store, house.clock, house.troubles)
