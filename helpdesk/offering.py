"""What the house offers to other processes, other machines and other systems: the one API, on its two listeners.

::

    async with offering(house) as offer:      # the owner's Unix socket; TCP with TLS and tokens where [api] has a port
        print(offer.url)
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from helpdesk.api.admitting import admitting
from helpdesk.api.answering import Answer, Manners
from helpdesk.api.bearer import BySocket, ByToken
from helpdesk.api.keeper import Keeper
from helpdesk.api.oidc_login import beside_login, login_door
from helpdesk.api.once import Once
from helpdesk.api.routes import Offered
from helpdesk.api.server import answering, owner_socket
from helpdesk.beside import beside
from helpdesk.callers import Bounds
from helpdesk.certificates import Certificate
from helpdesk.clock import MINUTE, Clock
from helpdesk.config import ApiSettings
from helpdesk.errands import LocalKeeper, Reload
from helpdesk.errors import BadConfig
from helpdesk.hardening import App
from helpdesk.house import House
from helpdesk.loops import on_change, on_time
from helpdesk.records import LocalRecords
from helpdesk.serving import listening
from helpdesk.store.elsewhere import leave_note
from helpdesk.store.opening import place
from helpdesk.visitors import Proxies, Rate, origin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Where the house can be asked. ``url`` is "" where no port is set; ``certificate``: what TLS is spoken by."""

    url: str = ""
    certificate: Certificate | None = None


@asynccontextmanager
async def offering(
    house: House, *, on: socket.socket | None = None, elsewhere: App | None = None, reload: Reload | None = None
) -> AsyncIterator[Offer]:
    """Answer for the house while the block lasts: on the owner's socket, and by its settings on TCP.

    ``on``         a listening TCP socket instead of the configured one
    ``elsewhere``  answers on TCP what is none of the API's paths
    ``reload``     takes the settings anew, for who asks for it
    """
    api, opened = house.settings.api, admitting(house.gate, offered(house, reload))
    once: Once[Answer] = Once(house.store, house.clock)
    tokens = ByToken(house.store, house.clock, house.sessions)
    house.meters.bad_tokens.append(lambda: tokens.bad_tokens)
    house.meters.ended_tokens.append(lambda: tokens.ended_tokens)
    house.meters.watching.append(lambda: house.sessions.count)
    loops = (
        on_change("signing out", house.sessions.check_due, house.store, house.clock, house.troubles),
        on_time("counting of refusals", house.gate.tell_repeats, MINUTE, house.clock, house.troubles),
        on_time("counting of bad tokens", tokens.tell_repeats, MINUTE, house.clock, house.troubles),
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(beside(*loops))
        path = house.settings.store.socket_path
        if house.settings.store.url is not None:
            leave_note(house.settings.store.path, place(house.settings.store))
        knows = BySocket(house.sessions)
        await stack.enter_async_context(
            owner_socket(house.bare, opened, path, authenticate=knows, once=once, closing=house.closing)
        )
        if not (api.port or on):
            yield Offer()
            return
        if certificate := _certificate(api):
            house.reloading.add(lambda _: certificate.prepared())
        polite = manners(api, house.clock)
        login = login_door(house.settings.oidc, house.store, house.clock, polite)
        elsewhere = beside_login(await stack.enter_async_context(login), elsewhere)
        url = await stack.enter_async_context(
            answering(
                house.bare,
                opened,
                tokens,
                on=on or _listening(api),
                tls=certificate.context if certificate else None,
                manners=polite,
                bounds=Bounds(connections=api.connections),
                once=once,
                elsewhere=elsewhere,
                closing=house.closing,
            )
        )
        yield Offer(url=url, certificate=certificate)


def offered(house: House, reload: Reload | None = None) -> Offered:
    """Every side of the house, before no gate."""
    records = LocalRecords(house.settings, house.store, house.clock)
    house.reloading.add(lambda settings: partial(records.refit, settings))
    return Offered(
        desk=house.bare,
        records=records,
        roster=house.roster,
        keeper=keeper_of(house, reload),
        hooks=house.hooks.local,
        probes=house.probing,
    )


def keeper_of(house: House, reload: Reload | None = None) -> Keeper:
    """Whoever looks after the store of the house."""
    keeper = LocalKeeper(house.settings, house.clock, house.store, house.rules, keys=house.keys, reload=reload)
    house.reloading.add(lambda settings: partial(keeper.refit, settings))
    return keeper


def manners(api: ApiSettings, clock: Clock) -> Manners:
    """How the API is spoken to over TCP, by its settings."""
    return Manners(
        rate=Rate(clock, api.burst, seconds=api.burst / api.requests_per_second),
        proxies=Proxies(api.trusted_proxies, setting="api.trusted_proxies"),
        only=bool(api.trusted_proxies) and api.tls_certificate is None,
        origin=origin_of(api.public_url) if api.public_url else "",
    )


def _certificate(api: ApiSettings) -> Certificate | None:
    if api.tls_certificate is None or api.tls_key is None:
        return None
    return Certificate(api.tls_certificate, api.tls_key, names=("api.tls_certificate", "api.tls_key"))


def _listening(api: ApiSettings) -> socket.socket:
    try:
        return listening(api.host, api.port)
    except OSError as error:
        raise BadConfig(
            f"api.port: {api.host}:{api.port} can't be listened on ({error.strerror})."
            " Stop what uses it, or set another port."
        ) from error
