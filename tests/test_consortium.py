"""Twenty libraries on one PostgreSQL, with the same ids, numbers and patrons: none ever sees another's row.

Once in a database as it is, and once in one whose tables are in parts by library id: there each statement must keep to
the part of its library.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping

import psycopg
import pytest

from helpdesk.events import Seq
from helpdesk.message import Channel
from helpdesk.store.pg_care import opened
from helpdesk.store.pg_company import company
from helpdesk.store.verbs import events
from helpdesk.worklist import View
from tests.consortium import PARTS, consortium, names, put_apart
from tests.conversation import Town
from tests.postgres import Server
from tests.sharding import tables

pytestmark = pytest.mark.full

LIBRARIES = 20
SHARED_WORD = "thesis"


@pytest.fixture(params=["whole", "parts"])
def url(request: pytest.FixtureRequest, postgres: Server) -> Iterator[str]:
    """A database for all of them."""
    if request.param == "whole":
        with postgres.empty() as found:
            yield found
    else:
        with postgres.fresh("template0") as found:
            put_apart(found)
            yield found


def word(branch: str) -> str:
    """What only one library's patrons and staff write."""
    return f"only{branch.replace('-', '')}"


async def a_day(branch: str, town: Town) -> None:
    """A text to the noise line and one to the other, a mail and a chat, all of them answered; a call; a look back."""
    mine = word(branch)
    ana, ben, cy = town.mailer("ana"), town.texter("ben", line="text"), town.visitor("cy")
    noisy = town.texter("dee")
    mia = await town.staff("mia")
    for _ in range(2):
        await ana.mails(f"Where is my {SHARED_WORD} {mine}?", subject=f"Loan {mine}")
        await mia.takes_next()
        await mia.replies(f"On the shelf, {mine}.", then="solved")
        await town.time.passes(minutes=1)
        await ana.hears(mine)
        mia.ticket = None
    await ben.texts(f"Are you open, {mine}?")
    await mia.takes_next()
    await mia.notes(f"Asked before {mine}")
    await mia.replies(f"Until ten, {mine}.", then="solved")
    await noisy.texts(f"loud on level 3, {mine}")
    await cy.chats(f"Hello {mine}")
    await town.house.desk.log_contact(mia.id, Channel.PHONE, text=f"Asked for a map {mine}")
    await town.time.passes(hours=30)
    await ben.hears(mine)


@pytest.mark.timeout(120)
async def test_no_library_sees_another_s_row(url: str) -> None:
    """They all live the same day at once. Each has the same rows, under its own id, and reads its own words alone."""
    async with consortium(url, names(LIBRARIES)) as towns:
        async with asyncio.TaskGroup() as tasks:
            for branch, town in towns.items():
                tasks.create_task(a_day(branch, town))
        for branch, town in towns.items():
            await _its_own(branch, town)
        one, *others = [await town.house.store.read(events.after, Seq(0), 1000) for town in towns.values()]
        assert len(one) > 20
        assert all([(each.seq, each.kind) for each in log] == [(each.seq, each.kind) for each in one] for log in others)
    kept = _rows(url)
    assert {name for name, found in kept.items() if found} >= {"tickets", "entries", "entry_words", "outbox", "people"}
    assert all(found.keys() == set(names(LIBRARIES)) for found in kept.values() if found)
    assert [name for name, found in kept.items() if len(set(found.values())) > 1] == []


async def _its_own(branch: str, town: Town) -> None:
    """What its desk shows, finds and counts, and what its patrons heard."""
    desk, mine = town.house.desk, word(branch)
    mia = (await town.staff("mia")).id
    found = await desk.search(mia, SHARED_WORD)
    assert len(found) == 2
    assert await desk.search(mia, word("library-999")) == ()
    shown = [*(await desk.worklist(mia, View.OPEN)).rows, *(await desk.worklist(mia, View.FINISHED)).rows]
    assert [row.number for row in sorted(shown, key=lambda row: row.number)] == list(range(1, len(shown) + 1))
    for row in shown:
        thread = await desk.thread(mia, row.id)
        assert thread.entries
        assert all(mine in entry.text for entry in thread.entries if entry.text)
    heard = [message.text for wire in town.wires.values() for message in wire.sent]
    assert heard
    assert all(mine in text for text in heard)
    assert await town.house.store.read(events.first_break) is None


def _rows(url: str) -> Mapping[str, Counter[str]]:
    """How many rows each library has in each table."""
    asked = {name: f"SELECT library, count(*) FROM {name} GROUP BY 1".encode() for name in tables()}
    with psycopg.connect(url) as connection:
        return {name: Counter(dict(connection.execute(query).fetchall())) for name, query in asked.items()}


async def test_a_library_keeps_to_its_part(postgres: Server) -> None:
    """Two libraries have rows. While one of them lives on, no part but its own is read or written, by any statement."""
    with postgres.fresh("template0") as url:
        put_apart(url)
        one = names(1)[0]
        other = next(each for each in names(LIBRARIES) if _part_of(url, each) != _part_of(url, one))
        async with consortium(url, [other]) as towns:
            await a_day(other, towns[other])
        before = _touched(url)
        async with consortium(url, [one]) as towns:
            await a_day(one, towns[one])
            await _its_own(one, towns[one])
        touched = {name for name, times in _touched(url).items() if times > before[name]}
        assert len(touched) > 20
        assert {name.rpartition("_part")[2] for name in touched} == {_part_of(url, one)}


def _part_of(url: str, branch: str) -> str:
    """The number of the part that a library's rows are in."""
    with psycopg.connect(url) as connection:
        for n in range(PARTS):
            query = f"SELECT satisfies_hash_partition('chain'::regclass, {PARTS}, {n}, %s::text COLLATE \"C\")"
            if connection.execute(query.encode(), (branch,)).fetchall() == [(True,)]:
                return str(n)
    raise AssertionError("every library has a part")


def _touched(url: str) -> Mapping[str, int]:
    """How often each part was looked through, looked up in or written to, as PostgreSQL counts once others are gone."""
    query = (
        "SELECT relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del"
        " FROM pg_stat_user_tables WHERE relname LIKE '%\\_part_'"
    )
    with opened(url) as connection:
        while company(connection):  # each look waits for those that are ending
            pass
    with psycopg.connect(url) as connection:
        return dict(connection.execute(query.encode()).fetchall())
