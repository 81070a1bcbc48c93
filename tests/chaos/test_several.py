"""Three servers and twenty desks on one PostgreSQL; one server dies, then the database does, while all are at work."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.clock import SystemClock
from helpdesk.events import Seq
from helpdesk.simulator.carrier_faults import Fault
from helpdesk.store.opening import examine, open_reader
from helpdesk.store.verbs import views
from helpdesk.worklist import View
from tests.chaos.owner import Owner
from tests.chaos.several import DESKS, SERVERS, Site, site

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

SAID = (90, 60, 60, 60, 20, 40)
"""How many things patrons say: with all servers up, as one dies, after that, before the database dies, while it is
dead, and with all up again.
"""

VIEWS = (View.OPEN, View.MAIL, View.MINE)


async def test_a_server_dies_then_the_database(tmp_path: Path) -> None:
    """Nothing acknowledged is lost, nothing is sent twice, and every desk recovers.

    - every webhook and mail that was acknowledged is one message in one ticket, and so is every other one at the end
    - every reply that was acknowledged to a desk is in the log once, and went to the carrier exactly once; a mail of
      which nobody knew whether it had gone may have gone twice, and then its ticket says so
    - each desk was told of every change, in order, none missed and none twice, whichever servers it was attached to
    - each desk sees the worklist that stands in the store
    - the log counts on without a gap, its chain holds, and what is kept beside it agrees with it
    - no desk and no server ended but the one that was killed
    """
    async with asyncio.timeout(560), site(tmp_path) as place:
        async with place.busy():
            place.may_say(SAID[0])
            await place.ledger.grows(questions=60, answers=40)
            dead = await _its_leader_dies(place)
            await place.whoever_leads()
            place.may_say(SAID[2])
            await place.ledger.grows(questions=20, answers=20)
            await _the_database_dies(place)
            await dead.start()
            place.may_say(SAID[5])
            last = await place.settles()
        _all_came_once(place)
        _nothing_went_twice(place)
        _each_desk_heard_all_once(place, last)
        await _each_desk_sees_what_stands(place)
        await _the_log_is_sound(place)
        assert len(place.owners) == SERVERS
        assert all(owner.runs for owner in place.owners)
        assert {owner.starts for owner in place.owners if owner is not dead} == {1}


async def _its_leader_dies(place: Site) -> Owner:
    """Kill the server that sends, while the carrier has a text of which it has said nothing yet."""
    place.carrier.took.clear()
    place.carrier.faults.sends = deque([Fault(silent=True, taken=True)])
    place.may_say(SAID[1])
    await place.carrier.took.wait()
    dead = await place.whoever_leads()
    await dead.die()
    place.carrier.faults.sends.clear()
    return dead


async def _the_database_dies(place: Site) -> None:
    """Kill all its processes, and start it when patrons and staff have noticed."""
    place.may_say(SAID[3])
    await place.ledger.grows(questions=10, answers=5)
    place.databases.server.crash()
    place.turned_away.clear()
    place.may_say(SAID[4])
    await place.turned_away.wait()
    await asyncio.to_thread(place.databases.server.start)


def _all_came_once(place: Site) -> None:
    kept = place.kept()
    assert place.ledger.taken == set(place.ledger.said)
    assert kept.keys() == place.ledger.taken
    assert set(kept.values()) == {1}


def _nothing_went_twice(place: Site) -> None:
    """Every acknowledged reply is stored once and went out; texts once, mails once or flagged."""
    written, texted, mailed = place.written(), place.texted(), place.mailed()
    assert set(place.ledger.answers) == written.keys()
    assert set(written.values()) == {1}
    assert texted.keys() | mailed.keys() == written.keys()
    assert set(texted.values()) == {1}
    assert {tag for tag, times in mailed.items() if times > 1} <= place.flagged()


def _each_desk_heard_all_once(place: Site, last: Seq) -> None:
    assert len(place.seats) == DESKS
    for seat in place.seats:
        assert seat.lost, "it noticed nothing"
        assert seat.seen == list(range(seat.began + 1, seat.last + 1))
        assert seat.last >= last


async def _each_desk_sees_what_stands(place: Site) -> None:
    """In the views that hold everything, and in its own, row by row."""
    async with open_reader(place.databases.settings) as store:
        for seat in place.seats:
            seen, stands, last = {}, None, None
            while stands is None or last != place.last():  # the carrier may still say of a text that it has arrived
                last = place.last()
                seen = await seat.sees(*VIEWS)
                pages = [
                    await store.read(views.page, view, seat.name, SystemClock().now(), 0, 10_000) for view in VIEWS
                ]
                stands = {page.view: page.rows for page in pages}
            assert seen == stands, seat.name


async def _the_log_is_sound(place: Site) -> None:
    settings = place.databases.settings
    assert examine(settings, "main") == ()
    async with open_reader(settings) as store:
        assert await upkeep.check(store) == ()
    query = "SELECT count(*), min(seq), max(seq), (SELECT max(seq) FROM chain) FROM events"
    [[count, first, last, counter]] = place.databases.rows(query)
    assert (first, last, counter) == (1, count, count)
