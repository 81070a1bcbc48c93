"""A steady load over all channels for more than a minute: nothing is lost, and the owner does not grow."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from helpdesk import upkeep
from helpdesk.beside import beside
from helpdesk.clock import SECOND, SystemClock, plus
from helpdesk.message import Channel
from helpdesk.store.sqlite import open_reader
from tests.chaos.town import Town, town

SECONDS = 75
WARM = 25
"""After so many seconds every cache, worker and connection that is to be there is there."""

PER_SECOND = 10

PATIENCE = 60
"""How many seconds a passer-by waits for an answer: where nobody answers any more, the test says so soon."""

MOST_WAL = 16_000_000
"""The write-ahead log is checkpointed at 4 MB; it may run on while somebody reads."""

MORE_MEMORY = 60_000_000
"""How much the memory in use may grow after the warm-up, in bytes: pages of a store that grows, no more."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the owner holds at one moment: open files and sockets, threads, bytes of memory and of the log."""

    files: int
    threads: int
    memory: int
    wal: int


@pytest.mark.full
@pytest.mark.timeout(400)
async def test_it_does_not_grow(tmp_path: Path) -> None:
    """Files, threads, memory and log stay within bounds; all is delivered, none lost, none twice."""
    async with town(tmp_path) as place, place.busy(), place.owner.running():
        over = asyncio.Event()
        async with beside(passers_by(place, over), stop=over.set):
            samples = [await second(place) for _ in range(SECONDS)]
        await place.settles(seconds=120)
        samples.append(sample(place))
        report(samples, place)
        begun, ended = samples[WARM : WARM + 15], samples[-15:]
        assert middle(ended, "files") <= middle(begun, "files") + 8
        assert samples[-1].files <= middle(begun, "files") + 8
        assert samples[-1].threads <= middle(begun, "threads") + 1
        assert middle(ended, "memory") <= middle(begun, "memory") + MORE_MEMORY
        assert max(each.wal for each in samples) <= MOST_WAL
        assert place.kept() == Counter(place.ledger.said)
        for channel in (Channel.SMS, Channel.CHAT, Channel.MAIL):
            assert set(place.arrived_by(channel).values()) == {1}
        assert not place.flagged()
        assert await place.owner.stop() == 0
    assert place.library.unsound() == ()
    async with open_reader(place.library.store) as store:
        assert await upkeep.check(store) == ()


async def second(place: Town) -> Sample:
    """A second of load."""
    clock = SystemClock()
    place.may_say(PER_SECOND)
    await clock.until(plus(clock.now(), SECOND))
    return sample(place)


async def passers_by(place: Town, over: asyncio.Event) -> None:
    """One visitor after the other: a question, its answer, goodbye."""
    while not over.is_set():
        async with place.visiting("Passer-by") as visitor:
            tag = place.ledger.asks(Channel.CHAT)
            assert await visitor.says(f"{tag} Where is the exit?")
            place.ledger.took(tag)
            async with asyncio.timeout(PATIENCE):
                await visitor.next()
            await visitor.ends()


def sample(place: Town) -> Sample:
    """What the owner holds now."""
    process = Path(f"/proc/{place.owner.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    wal = place.library.store.with_name(place.library.store.name + "-wal")
    return Sample(
        files=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
        memory=int(status["VmRSS"].split()[0]) * 1024,
        wal=wal.stat().st_size,
    )


def middle(samples: list[Sample], what: str) -> float:
    """The median of one figure."""
    return float(median(getattr(each, what) for each in samples))


def report(samples: list[Sample], place: Town) -> None:
    """The figures, for whoever reads the run."""
    first, last = samples[WARM], samples[-1]
    print(
        f"\n{len(place.ledger.said)} in, {len(place.ledger.answers)} answers in {SECONDS} s;"
        f" files {first.files} -> {last.files} (most {max(each.files for each in samples)}),"
        f" threads {first.threads} -> {last.threads},"
        f" memory {first.memory / 1e6:.0f} -> {last.memory / 1e6:.0f} MB,"
        f" log at most {max(each.wal for each in samples) / 1e6:.1f} MB"
    )
