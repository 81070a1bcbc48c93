"""What an identity may speak to: every side of the house, with the gate before it."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from helpdesk.api.identity import Identity
from helpdesk.api.routes import Offered, Opened
from helpdesk.api.table import OF_THE_DESK, TABLE
from helpdesk.gate import Asked, Caller, Gate
from helpdesk.gated import behind

T = TypeVar("T")


def admitting(gate: Gate, offered: Offered) -> Opened:
    """Hands out what is ``offered``, asked for call by call. What is offered stands before no gate of its own."""

    def opened(identity: Identity) -> Offered:
        caller = caller_of(identity)
        sides = {
            name: _side(gate, name, protocol, side, caller)
            for name, (protocol, _) in TABLE.items()
            if name not in OF_THE_DESK and (side := offered.side(name)) is not None
        }
        return Offered(**sides, may_watch=partial(_may_watch, gate, caller))

    return opened


def caller_of(identity: Identity) -> Caller:
    """An identity as the gate knows it."""
    return Caller(member=identity.actor or None, token=identity.token, owner=identity.via == "socket")


async def _may_watch(gate: Gate, caller: Caller) -> None:
    await gate.passes(Asked(name="desk.changes", given={}, caller=caller))


def _side(gate: Gate, name: str, protocol: type, side: T, caller: Caller) -> T:
    return behind(gate, name, protocol, side, caller)
