"""A whole move, as `helpdesk db copy` does it: the rows (:mod:`helpdesk.store.carrying`), and the keys of sealed lines.

Both ends are told by their settings, and have the same master key: webhooks, reply addresses and sealed lines count on
it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.errors import Refused
from helpdesk.ids import Entropy
from helpdesk.privacy import Key
from helpdesk.store import opening
from helpdesk.store.carrying import Carried, Carrying, Told, carry, standing
from helpdesk.store.elsewhere import drop_note
from helpdesk.store.holdings import is_there
from helpdesk.store.keys import KeysAt, KeyStore
from helpdesk.store.master_key import key_places, read_master_key
from helpdesk.store.opening import place
from helpdesk.store.verbs import moves
from helpdesk.store.verbs.moves import Move

TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ring:
    """The keys' two places, and the master key of both."""

    origin: KeysAt
    goal: KeysAt
    master: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocated:
    """``rows``: what was moved, None where an earlier try had moved it. ``keys``: how many keys moved."""

    rows: Carried | None
    keys: int


def agree(origin: Settings, goal: Settings) -> None:
    """Refused where two settings can't be the ends of one move."""
    if origin.library.id != goal.library.id:
        raise Refused(
            f"One is of the library {origin.library.id!r}, the other of {goal.library.id!r}. A library keeps its "
            "library.id when it moves: write the same in both."
        )
    if place(origin.store) == place(goal.store):
        given = [name for name in ("HELPDESK_STORE__URL", "HELPDESK_STORE__PATH") if name in os.environ]
        more = "Name the place where the library goes in the second."
        if given:
            more = f"{given[0]} stands above both files: unset it, and write that into one of them."
        raise Refused(f"Both name {place(origin.store)}. {more}")


async def relocate(
    origin: Settings,
    goal: Settings,
    clock: Clock,
    told: Told,
    *,
    environ: Mapping[str, str],
    entropy: Entropy = os.urandom,
) -> Relocated:
    """Move a library, keys first. Refused, in words, and nothing is changed, where that can't be done whole, and where
    it was: an earlier try that ended is not made again.
    """
    agree(origin, goal)
    ring, library = _ring(origin, goal, environ), origin.library.id
    gone = standing(origin.store, library).gone  # then the keys are there, and may have changed since
    if gone is not None and await _in_use(goal, gone) and not await _keys_left(ring, clock, library):
        raise Refused(moves.already(gone))
    keys = 0 if gone else await _keys_copied(ring, clock, library)
    moved = carry(
        Carrying(
            origin=origin.store,
            goal=goal.store,
            library=library,
            zone=origin.library.zone,
            now=clock.now(),
            token=entropy(TOKEN_BYTES).hex(),
        ),
        told,
    )
    await _keys_gone(ring, clock, library)
    if goal.store.url is None:
        drop_note(goal.store.path)
    return Relocated(rows=moved, keys=keys)


def _ring(origin: Settings, goal: Settings, environ: Mapping[str, str]) -> _Ring | None:
    """Where the keys are and go; None where there are none, or they stay. Refused for another master key."""
    ours, theirs = key_places(origin.store, environ), key_places(goal.store, environ)
    if not (ours.master.exists() or is_there(ours.keys, origin.library.id)):
        return None
    master = read_master_key(ours.master, credential=ours.credential)
    if not theirs.master.exists():
        raise Refused(
            f"{theirs.master} is not there, and the library goes on under the same master key. "
            f"Copy it: cp -p {ours.master} {theirs.master}"
        )
    if read_master_key(theirs.master, credential=theirs.credential) != master:
        raise Refused(
            f"{theirs.master} is another master key than {ours.master}, and the library goes on under the same one. "
            "Name the same file in both settings, or copy it."
        )
    if ours.keys == theirs.keys or not is_there(ours.keys, origin.library.id):
        return None
    return _Ring(origin=ours.keys, goal=theirs.keys, master=master)


async def _keys_copied(ring: _Ring | None, clock: Clock, library: str) -> int:
    if ring is None:
        return 0
    async with (
        KeyStore.open(ring.origin, ring.master, clock, library=library) as old,
        KeyStore.open(ring.goal, ring.master, clock, library=library) as new,
    ):
        await old.alone()
        rows = await old.everything()
        if rows.epochs or rows.conversations or rows.replies:
            await new.take_in(rows)
        return len(rows.epochs) + len(rows.conversations)


async def _in_use(goal: Settings, gone: Move) -> bool:
    """Whether the library has come to its goal by this move, and is open there. Asked beside whoever works there."""
    if not opening.is_there(goal.store):
        return False
    try:
        async with opening.open_reader(goal.store, library=goal.library.id) as store:
            arrived = await store.read(moves.latest)
    except Refused:  # it has not come all the way
        return False
    return arrived is not None and arrived.state == "here" and arrived.token == gone.token


async def _keys_left(ring: _Ring | None, clock: Clock, library: str) -> bool:
    """Whether keys are still where the library was: then the last step of its move is still to be done."""
    if ring is None:
        return False
    async with KeyStore.open(ring.origin, ring.master, clock, library=library) as old:
        rows = await old.everything()
        return bool(rows.epochs or rows.conversations)


async def _keys_gone(ring: _Ring | None, clock: Clock, library: str) -> None:
    """Step 6: where the library is no more, its keys are no more."""
    if ring is not None:
        async with KeyStore.open(ring.origin, ring.master, clock, library=library) as old:
            await old.leave()
