"""Sign-in over HTTP for desks that have no token yet: what is offered, a code to confirm, and the token at its end.

=================  ==============================================================================================
``GET /login``     ``{"oidc": true}`` where the library has a sign-in of its own
``POST /login``    a code, and where to confirm it
``PUT /login``     what that gave, sent back: the token, or 503 with the seconds to wait while nobody confirmed it
=================  ==============================================================================================

Nobody is known yet, so that each address may begin a few a minute and no more.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from helpdesk.admission import Admission
from helpdesk.api.answering import Answer, Manners, problem, refuse_line
from helpdesk.api.problems import Misread, NoSuchCall, TooMany
from helpdesk.clock import Clock
from helpdesk.config import OidcSettings
from helpdesk.errors import BadConfig, HelpdeskError, NotAllowed
from helpdesk.extras import install
from helpdesk.ids import Entropy
from helpdesk.permissions import Role
from helpdesk.ports import Store
from helpdesk.visitors import Rate, in_words

if TYPE_CHECKING:
    from helpdesk.api.oidc import Provider

PATH = "/login"
MOST_BYTES = 20_000
BEGINNINGS = 10
"""How many sign-ins one address may begin in a minute."""

QUESTIONS = 60
"""How often it may ask in a minute whether they are confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a desk can come by a token."""

    oidc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that waits to be confirmed.

    ``url``, ``code``  what is shown: where to go, and what to type there; ``direct``: the same in one, "" for none
    ``device``         what the provider knows it by, a secret of whoever began
    ``nonce``          must come back in the ID token, if one does
    ``interval``       how long to wait between two questions, ``seconds`` until it runs out
    """

    url: str
    direct: str = ""
    code: str
    device: str = field(repr=False)
    nonce: str = field(repr=False)
    interval: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is sent back to learn whether a sign-in was confirmed. ``machine``: what the token shall be for."""

    device: str = field(repr=False)
    nonce: str = field(repr=False)
    interval: int = 5
    machine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """The end of it: whose token it is, and the token, this once."""

    member: str
    token: str = field(repr=False)
    days: int


WAYS: TypeAdapter[Ways] = TypeAdapter(Ways)
BEGUN: TypeAdapter[Begun] = TypeAdapter(Begun)
ASKING: TypeAdapter[Asking] = TypeAdapter(Asking)
LOGGED_IN: TypeAdapter[LoggedIn] = TypeAdapter(LoggedIn)


@asynccontextmanager
async def login_door(
    settings: OidcSettings, store: Store, clock: Clock, manners: Manners, *, entropy: Entropy = os.urandom
) -> AsyncIterator[ASGIApp]:
    """The sign-in of a library, by its settings: BadConfig where the extra for it is not installed."""
    if not settings.issuer:
        yield Login(None, None, manners=manners, clock=clock, entropy=entropy)
        return
    try:
        from helpdesk.api.oidc import speaking
    except ImportError:
        raise BadConfig(f"oidc.issuer: sign-in needs authlib: {install('oidc')}") from None
    roles = {group: Role(role) for group, role in settings.groups.items()}
    admission = Admission(store, clock, roles=roles, days=settings.token_days, entropy=entropy)
    async with speaking(settings, clock) as provider:
        yield Login(provider, admission, manners=manners, clock=clock, entropy=entropy, days=settings.token_days)


def beside_login(login: ASGIApp, elsewhere: ASGIApp | None) -> ASGIApp:
    """The sign-in under its path, and what there is besides."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await login(scope, receive, send)
        elif elsewhere is not None:
            await elsewhere(scope, receive, send)
        elif scope["type"] == "http":
            await problem(NoSuchCall("There is nothing here.")).send(send)
        else:
            await refuse_line(send, problem(NoSuchCall("There is nothing here.")))

    return answered


class Login:
    """The sign-in, as an ASGI application. ``provider`` is None where the library has none."""

    def __init__(
        self,
        provider: Provider | None,
        admission: Admission | None,
        *,
        manners: Manners,
        clock: Clock,
        entropy: Entropy,
        days: int = 30,
    ) -> None:
        self._provider = provider
        self._admission = admission
        self._manners = manners
        self._entropy = entropy
        self._days = days
        self._begins = Rate(clock, BEGINNINGS)
        self._asks = Rate(clock, QUESTIONS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            answer = await self._answered(scope, receive)
        except HelpdeskError as error:
            answer = problem(error)
        await answer.send(send)

    async def _answered(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] == "GET":
            return _json(WAYS.dump_json(Ways(oidc=self._provider is not None)))
        ways: dict[str, Callable[[Scope, Receive], Awaitable[Answer]]] = {"POST": self._begin, "PUT": self._finish}
        if self._provider is None or scope["method"] not in ways:
            raise Misread(
                "This server has no sign-in of its own: ask an admin for a token (helpdesk staff token issue)."
            )
        return await ways[scope["method"]](scope, receive)

    async def _begin(self, scope: Scope, receive: Receive) -> Answer:
        assert self._provider is not None
        self._paced(scope, self._begins)
        begun = await self._provider.begin(self._entropy(16).hex())
        return _json(BEGUN.dump_json(begun))

    async def _finish(self, scope: Scope, receive: Receive) -> Answer:
        assert self._provider is not None
        assert self._admission is not None
        self._paced(scope, self._asks)
        try:
            asking = ASKING.validate_json(await _body(receive))
        except ValidationError:
            raise Misread("Send back what the sign-in began with, as JSON.") from None
        person = await self._provider.finish(asking.device, asking.nonce, max(1, min(asking.interval, 120)))
        machine = "".join(letter for letter in asking.machine if letter.isprintable())[:40] or "desk"
        issued = await self._admission.admitted(person, machine=machine)
        return _json(LOGGED_IN.dump_json(LoggedIn(member=issued.token.staff, token=issued.text, days=self._days)))

    def _paced(self, scope: Scope, rate: Rate) -> None:
        connected = scope["client"][0] if scope.get("client") else ""
        if self._manners.only and not self._manners.proxies.trusts(connected):
            raise NotAllowed("Speak to the desk through its proxy, by https: what comes here is not encrypted.")
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if wait := rate.take(self._manners.proxies.visitor(connected, forwarded)):
            raise TooMany(f"Too many sign-ins from your address. Wait {in_words(wait)}.", retry_after=wait)


async def _body(receive: Receive) -> bytes:
    content, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Misread("The request broke off.")
        content += message.get("body", b"")
        more = message.get("more_body", False)
        if len(content) > MOST_BYTES:
            raise Misread("This is far more than a sign-in takes.")
    return content


def _json(content: bytes) -> Answer:
    return Answer(content=content, headers={"content-type": "application/json", "cache-control": "no-store"})
