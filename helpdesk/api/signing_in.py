"""A desk without a token signs in at its server: the caller's end of :mod:`helpdesk.api.oidc_login`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from helpdesk.api.oidc_login import ASKING, BEGUN, LOGGED_IN, PATH, WAYS, Asking, Begun, LoggedIn
from helpdesk.api.problems import raised
from helpdesk.api.remote import gone_from, http_to
from helpdesk.api.wire import ANOTHER_VERSION, unproven
from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import HelpdeskError, SignedOut, TryLater

T = TypeVar("T")

RAN_OUT = "The code has run out. Run `helpdesk login` for a new one."


async def has_sign_in(server: str, *, authority: Path | None = None) -> bool:
    """Whether a server has a sign-in of the library's own. ``authority``: certificates to trust for it."""
    async with http_to(server, authority=authority) as client:
        return (await _asked(client, "GET", b"", WAYS)).oidc


async def signed_in(
    server: str, *, machine: str, show: Callable[[Begun], None], clock: Clock, authority: Path | None = None
) -> LoggedIn:
    """Sign in: ``show`` tells where to go and what to type there; returns once somebody did.

    NotAllowed where it is declined, or where nothing is allowed to them here; SignedOut where the code runs out.
    """
    async with http_to(server, authority=authority) as client:
        begun = await _asked(client, "POST", b"", BEGUN)
        show(begun)
        asking = Asking(device=begun.device, nonce=begun.nonce, interval=begun.interval, machine=machine)
        end = plus(clock.now(), begun.seconds * SECOND)
        while clock.now() < end:
            await clock.until(plus(clock.now(), asking.interval * SECOND))
            try:
                return await _asked(client, "PUT", ASKING.dump_json(asking), LOGGED_IN)
            except TryLater as error:
                asking = replace(asking, interval=max(asking.interval, round(error.retry_after or 0)))
        raise SignedOut(RAN_OUT)


async def _asked(client: httpx.AsyncClient, method: str, body: bytes, result: TypeAdapter[T]) -> T:
    try:
        answer = await client.request(method, PATH, content=body, headers={"Content-Type": "application/json"})
    except httpx.HTTPError as error:
        raise unproven(error) or TryLater(gone_from(str(client.base_url).rstrip("/"))) from None
    if not answer.is_success:
        raise raised(answer.content) or HelpdeskError(ANOTHER_VERSION)
    try:
        return result.validate_json(answer.content)
    except ValidationError:
        raise HelpdeskError(ANOTHER_VERSION) from None
