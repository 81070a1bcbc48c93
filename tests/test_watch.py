"""What time brings: at the very moment, once, and without leaving a trace of what is over."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.clock import DAY, HOUR, MINUTE, Instant, ManualClock, plus
from helpdesk.config import Settings, StoreSettings
from helpdesk.events import Kind
from helpdesk.house import open_house
from helpdesk.loops import Troubles, on_change
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.standards import Outcome, judged
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import entries, people
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from helpdesk.watch import AGAIN, SWEEP, Watch
from tests.conversation import LINES, MASTER, Texter, Town, drawn, library
from tests.engines import ON_SQLITE

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


async def noticed(town: Town) -> list[int]:
    """When breaches were noticed, in milliseconds of the clock."""
    return [event.when for event in await town.log() if event.kind is Kind.BREACH_NOTICED]


# Breaches


async def test_a_breach_is_noticed_once_and_exactly_when(town: Town) -> None:
    """Not at the deadline, which is still met, but a millisecond after; then never again."""
    ana, began = town.texter("ana"), town.time.now
    await ana.texts("loud")
    lapse = plus(began, 15 * MINUTE)
    assert await town.house.watch.check_due() == plus(lapse, 1)
    town.clock.move_to(lapse)
    assert await town.house.watch.check_due() == plus(lapse, 1)
    assert await noticed(town) == []
    town.clock.move_to(plus(lapse, 1))
    for _ in range(3):
        await town.house.watch.check_due()
    assert await noticed(town) == [lapse + 1]
    await town.time.passes(days=2)
    assert len(await noticed(town)) == 1


async def test_an_answer_at_the_last_moment_is_no_breach(town: Town) -> None:
    """Met, and the watch has nothing to say."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud")
    await town.time.passes(minutes=15)
    await mia.replies("On our way")
    await town.time.passes(hours=1)
    assert await noticed(town) == []
    assert (await town.clocks(ana.ticket))["noise-texts"].outcome is Outcome.MET


async def test_a_late_answer_after_sleeping(town: Town) -> None:
    """The desk was off over the deadline and the answer: a miss all the same, noticed or not."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud")
    town.clock.move_to(plus(town.time.now, HOUR))
    await mia.replies("Sorry")
    await town.settles()
    row = (await town.clocks(ana.ticket))["noise-texts"]
    assert judged(row, town.time.now) is Outcome.MISSED


async def test_many_breaches_in_one_pass(town: Town) -> None:
    """Each of them, whatever their number."""
    for n in range(6):
        await town.texter(f"a{n}").texts("loud")
    await town.time.passes(minutes=16)
    assert len(await noticed(town)) == 6
    assert len({event.ticket for event in await town.log() if event.kind is Kind.BREACH_NOTICED}) == 6


async def test_rebuilding_tells_no_breach_twice(town: Town) -> None:
    """That the desk was told is kept."""
    await town.texter("ana").texts("loud")
    await town.time.passes(minutes=16)
    await upkeep.rebuild(town.house.store, town.house.rules.published())
    await town.time.passes(hours=1)
    assert len(await noticed(town)) == 1


# Claims, snoozes, windows


async def test_a_claim_runs_out(town: Town) -> None:
    """After ten minutes, to the millisecond, the next may take it."""
    ana, mia, ben = town.texter("ana"), await town.staff("mia"), await town.staff("ben")
    await ana.texts("loud")
    claimed = await mia.takes_next()
    assert claimed is not None
    held = claimed.held_until
    assert held == plus(town.time.now, 10 * MINUTE)
    assert await ben.takes_next() is None
    assert await town.house.watch.check_due() == held
    await town.time.comes(plus(held, -1))
    assert (await mia.opens(ana.ticket)).ticket.owner == mia.id
    await town.time.comes(held)
    assert (await mia.opens(ana.ticket)).ticket.owner is None
    taken = await ben.takes_next()
    assert taken is not None
    assert taken.owner == ben.id


async def test_a_snooze_ends(town: Town) -> None:
    """At its time, by the desk itself."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    await ben.mails("When does it come?")
    await mia.takes_next()
    until = (await mia.snoozes(minutes=5)).snoozed_until
    assert until is not None
    await town.time.comes(plus(until, -1))
    assert (await mia.opens(ben.ticket)).ticket.state is State.SNOOZED
    await town.time.comes(until)
    thread = await mia.opens(ben.ticket)
    assert (thread.ticket.state, thread.history[-1].kind, thread.history[-1].when) == (State.OPEN, Kind.WOKEN, until)


@pytest.mark.parametrize(("line", "days"), [("text", 1), ("help", 14)])
async def test_a_window_closes(town: Town, line: str, days: int) -> None:
    """The channel's own; the desk does it, nobody needs to."""
    patron = town.texter("ana", line="text") if line == "text" else town.mailer("ben")
    mia = await town.staff("mia")
    await (patron.texts("Hm?") if isinstance(patron, Texter) else patron.mails("Hm?"))
    solved = await mia.replies("Yes.", then="solved")
    assert solved.closes == plus(town.time.now, days * DAY)
    await town.time.comes(plus(solved.closes, -1))
    assert (await mia.opens(patron.ticket)).ticket.state is State.SOLVED
    await town.time.comes(solved.closes)
    assert (await mia.opens(patron.ticket)).ticket.state is State.CLOSED


async def test_nothing_is_due_in_an_empty_library(town: Town) -> None:
    """The watch sleeps until something happens, or its hourly sweep."""
    assert await town.house.watch.check_due() == plus(town.time.now, SWEEP)


async def test_the_loop_wakes_for_changes_and_for_time(town: Town) -> None:
    """Run as a loop it does the same, with nobody calling it."""
    troubles = Troubles()
    async with asyncio.TaskGroup() as tasks:
        loop = tasks.create_task(on_change("watch", town.house.watch.check_due, town.house.store, town.clock, troubles))
        await town.texter("ana").texts("loud")
        due = plus(town.time.now, 15 * MINUTE + 1)
        while town.clock.next_wake != due:
            await town.house.store.read(lambda sql: sql("SELECT 1"))
        before = await town.house.desk.hello()
        town.clock.move_to(due)
        assert await town.house.store.changed(before.seq) == before.seq + 1
        loop.cancel()
    assert await noticed(town) == [due]
    assert troubles.now == {}


# Sealed conversations


def sealed(sql: Sql) -> list[tuple[object, ...]]:
    """Handle, seal and end of every conversation."""
    rows = sql("SELECT handle, seal, shredded FROM conversations WHERE library = :library")
    return [(row["handle"], row["seal"], row["shredded"]) for row in rows]


async def test_a_conversation_is_shredded_at_its_end(town: Town) -> None:
    """Key, handle, seal and the provider's ids; the ticket stays, with its words and its figures."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud")
    await town.time.passes(hours=20)
    await ana.texts("still loud")
    await mia.replies("On our way")
    await ana.hears("On our way")
    end = plus(town.time.now, 7 * DAY)
    [conversation] = await town.house.keys.conversations()
    await town.time.comes(plus(end, -1))
    assert await town.house.keys.conversation(conversation) is not None
    await town.time.comes(end)
    assert await town.house.keys.conversations() == frozenset()
    assert await town.house.store.read(sealed) == [(None, None, end)]
    assert await town.house.store.read(people.sealed_address, conversation) is None
    left = await town.house.store.read(
        lambda sql: (
            sql("SELECT 1 FROM received WHERE external_id LIKE 'SM%' OR ticket IS NOT NULL")
            + sql("SELECT 1 FROM outbox WHERE provider_id <> ''")
        )
    )
    assert left == []
    assert len((await mia.opens(ana.ticket)).entries) == 3
    assert [event.kind for event in await town.log() if event.ticket is None][-2:] == [
        Kind.SHREDDED,
        Kind.CARRIER_DELETED,
    ]
    await town.time.passes(days=30)
    assert [event.kind for event in await town.log()].count(Kind.SHREDDED) == 1


async def test_a_key_that_no_conversation_needs_is_swept(town: Town) -> None:
    """Eight texts of one stranger at once made eight keys; an hour later there is one."""
    ana = town.texter("ana")
    async with asyncio.TaskGroup() as tasks:
        for n in range(8):
            tasks.create_task(ana.texts(f"loud {n}"))
    await town.time.passes(hours=2, minutes=1)
    await town.house.watch.check_due()
    assert len(await town.house.keys.conversations()) == 1


def found_in(folder: Path, *words: bytes) -> set[bytes]:
    """Which of the words any file of the store still holds."""
    content = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    return {word for word in words if word in content}


@ON_SQLITE
async def test_nothing_of_a_shredded_conversation_is_in_the_files(tmp_path: Path) -> None:
    """Neither handle nor seal, in the store or its log, while it is still open."""
    settings = Settings(
        store=StoreSettings(path=tmp_path / "desk.sqlite", keys=tmp_path / "keys.sqlite"),
        lines={"noise": LINES["noise"]},
    )
    clock = ManualClock()
    async with open_house(settings, clock, master=MASTER, senders=lambda *_: {}, entropy=drawn()) as house:
        ana = Texter(Town(house, {}, clock), "ana")
        await house.intake.receive(ana.text("loud"))
        [(handle, seal, _)] = await house.store.read(sealed)
        assert isinstance(handle, bytes)
        assert isinstance(seal, bytes)
        assert found_in(tmp_path, handle, seal) == {handle, seal}
        clock.passes(days=7)
        await house.watch.check_due()
        assert await house.store.read(sealed) == [(None, None, clock.now())]
        assert found_in(tmp_path, handle, seal) == set()


@ON_SQLITE
async def test_a_reader_that_holds_the_log_delays_wiping(tmp_path: Path) -> None:
    """It is tried again a minute later, until no trace is left."""
    path, clock = tmp_path / "desk.sqlite", ManualClock()
    async with open_store(path) as store:
        watch = Watch(store=store, clock=clock, published=lambda: None, keys=None)  # type: ignore[arg-type, return-value]
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM tickets").fetchall()
            await store.write(lambda sql: sql("INSERT INTO counters VALUES (:library, 'x', 1)"))
            assert await watch.check_due() == plus(clock.now(), AGAIN)
            reader.execute("ROLLBACK")
        assert await watch.check_due() == plus(clock.now(), SWEEP)
        assert path.with_name("desk.sqlite-wal").stat().st_size == 0


@ON_SQLITE
async def test_a_purged_word_is_in_no_file(tmp_path: Path) -> None:
    """A deleted entry's words go from the table, the index and the log; the others are found as before."""
    word, kept = "xylophonist", "trombonist"
    async with open_store(tmp_path / "desk.sqlite") as store:
        await store.write(_two_entries, word, kept)
        await store.write(_forget, word)
        assert found_in(tmp_path, word.encode()) == {word.encode()}
        assert await store.purge()
        assert found_in(tmp_path, word.encode()) == set()
        assert [row["text"] for row in await store.read(entries.search, kept, 5)] == [f"a {kept} plays"]


def _two_entries(sql: Sql, *words: str) -> None:
    sql(
        "INSERT INTO tickets VALUES (:library, 'T', 1, 'mail', 'help', '', '', '', '', '', NULL, NULL, 'new', NULL,"
        " NULL, 0, 0, NULL, NULL, NULL, '', 1, '', NULL, '', 0, NULL, '', NULL, NULL, '', '', NULL, NULL,"
        " NULL, NULL)"
    )
    for word in words:
        entries.add(
            sql,
            id=word,  # type: ignore[arg-type]
            ticket="T",  # type: ignore[arg-type]
            kind=EntryKind.IN,
            author="",
            text=f"a {word} plays",
            now=Instant(0),
        )


def _forget(sql: Sql, word: str) -> None:
    [row] = sql("SELECT row, text FROM entries WHERE id = :word", word=word)
    sql.full_text.remove(sql, row["row"], row["text"])
    sql("UPDATE entries SET text = '', id = '-' WHERE row = :row", row=row["row"])


async def test_presence_is_swept(town: Town) -> None:
    """Whoever gave no sign of life for a day is forgotten, once the hourly sweep comes."""
    mia = await town.staff("mia")
    await town.house.desk.set_presence(mia.id, Channel.CHAT, True)
    await town.time.passes(days=1, hours=1, seconds=1)
    assert await town.house.desk.presence() == ()
