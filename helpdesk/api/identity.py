"""Who asks: one :class:`Identity` for each request, made before anything else is done for it.

============  ================================================  ==========================================
by            what is believed                                  ``Identity.via``
============  ================================================  ==========================================
Unix socket   the header ``Helpdesk-Actor``: whoever may open   "socket"
              the socket is the owner, and says who acts
TCP or TLS    ``Authorization: Bearer <token>``; where there    "token"
              is a ``Helpdesk-Actor`` it names the same member
============  ================================================  ==========================================
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import quote, unquote

from helpdesk.errors import NotAllowed
from helpdesk.message import StaffId

ACTOR = "Helpdesk-Actor"
"""The header that names who acts: a member's id, percent-encoded UTF-8. Answers to a token name its member, too."""

KEY = "Idempotency-Key"
"""The header that makes a write repeatable: the same key with the same content is answered as the first was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks.

    ``actor``  a member's id; "" at the socket where nobody is named (a sign-in screen)
    ``token``  the id of the token they came with, "" at the socket
    ``ended``  set once they may ask no more (disabled, revoked): their live lines end at once
    """

    actor: StaffId
    token: str = ""
    via: Literal["socket", "token"] = "socket"
    ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)


class Authenticate(Protocol):
    """Says who asks. The application calls it once a request, and once for a live line, before it looks at either.

    ``headers``  by their names in lower case; where one came twice the request is refused before
    ``peer``     the address of who connected, or the one that a trusted proxy forwarded; "" on a Unix socket

    SignedOut where nobody is known (401), NotAllowed where ``Helpdesk-Actor`` names somebody else than the token's
    member (403), TryLater with ``retry_after`` where bad tokens were tried too often. What a member may do is asked
    later, call by call.
    """

    async def __call__(self, headers: Mapping[str, str], peer: str) -> Identity:
        """The identity behind a request."""
        ...


async def by_socket(headers: Mapping[str, str], peer: str) -> Identity:
    """Whoever may open the socket is the owner: they say who acts."""
    return Identity(actor=named(headers))


def named(headers: Mapping[str, str]) -> StaffId:
    """Whom ``Helpdesk-Actor`` names, "" for nobody. NotAllowed where it can't be read."""
    try:
        return StaffId(unquote(headers.get(ACTOR.lower(), ""), errors="strict"))
    except UnicodeDecodeError:
        raise NotAllowed(f"{ACTOR} can't be read: percent-encode the member's id as UTF-8.") from None


def written(actor: str) -> str:
    """A member's id as ``Helpdesk-Actor`` carries it."""
    return quote(actor, safe="")
