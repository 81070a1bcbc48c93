"""A library whose staff sign in at a provider that runs here, and somebody who does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from helpdesk.api.oidc_login import Begun
from helpdesk.api.signing_in import signed_in
from helpdesk.clock import Clock, Instant, ManualClock
from helpdesk.config import OidcSettings
from helpdesk.message import StaffId
from helpdesk.offering import offering
from helpdesk.serving import listening
from tests.conversation import Town, library
from tests.roles.provider import CLIENT, Idp

GROUPS = {"library-desk": "agent", "library-leads": "lead", "assessors": "reporter"}
ROOT = StaffId("root")
ANA = StaffId("ana.pereira")


class Hurried(Clock):
    """The library's clock, on which every wait is over at once; ``waits`` are in milliseconds."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.waits: list[int] = []

    def now(self) -> Instant:
        """As the library has it."""
        return self._clock.now()

    async def until(self, when: Instant) -> None:
        """At once."""
        self.waits.append(when - self.now())
        self._clock.move_to(when)


def settings(idp: Idp, **more: Any) -> OidcSettings:
    """Ours, for it."""
    return OidcSettings.model_validate({"issuer": idp.url, "client_id": CLIENT, "groups": GROUPS} | more)


@asynccontextmanager
async def served(idp: Idp, clock: ManualClock, **more: Any) -> AsyncIterator[tuple[Town, str]]:
    """A library whose staff sign in there."""
    async with (
        library(clock=clock, oidc=settings(idp, **more)) as town,
        offering(town.house, on=listening()) as offer,
    ):
        yield town, offer.url


async def signs_in(url: str, clock: ManualClock, *, hurried: Hurried | None = None) -> tuple[str, list[Begun]]:
    """Somebody signs in from their own machine; the token, and what they were shown."""
    shown: list[Begun] = []
    found = await signed_in(url, machine="laptop", show=shown.append, clock=hurried or Hurried(clock))
    return found.token, shown
