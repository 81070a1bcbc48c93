"""Keys are handed out: an epoch's for each line, one for each conversation, the same each time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from helpdesk.clock import DAY, MINUTE, ManualClock, plus
from helpdesk.errors import Refused, TryLater
from helpdesk.ports import Keys
from helpdesk.privacy import Key
from helpdesk.store.keys import KeysAt, KeyStore
from tests.keys.disk import MASTER, MONDAY, NOISE, QUIET, talk, within


async def test_it_is_the_port(place: KeysAt, clock: ManualClock) -> None:
    """The key store has the methods of ports.Keys."""
    async with KeyStore.open(place, MASTER, clock) as store:
        keys: Keys = store
        assert await keys.conversations() == frozenset()


async def test_an_epochs_key_stays_the_same_within_it(place: KeysAt, clock: ManualClock) -> None:
    """Asked twice, and after reopening: the same 32 bytes; each line has its own."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        first = await keys.epochs(NOISE, clock.now())
        clock.passes(days=2)
        assert await keys.epochs(NOISE, clock.now()) == first
        assert await keys.epochs(QUIET, clock.now()) != first
    async with KeyStore.open(place, MASTER, clock) as keys:
        assert await keys.epochs(NOISE, clock.now()) == first


async def test_epochs_overlap_at_midnight(place: KeysAt, clock: ManualClock) -> None:
    """At 00:01 on Monday there is a new key, and the one of Sunday 23:59 is looked under as well."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        (old,) = await keys.epochs(NOISE, plus(MONDAY, -MINUTE))
        new, still = await keys.epochs(NOISE, plus(MONDAY, MINUTE))
        assert still == old
        assert new != old


async def test_the_previous_epoch_is_looked_under_until_its_window_is_over(place: KeysAt, clock: ManualClock) -> None:
    """Seven days after its end it is no more."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        (old,) = await keys.epochs(NOISE, plus(MONDAY, -1))
        assert old in await keys.epochs(NOISE, plus(MONDAY, 7 * DAY - 1))
        assert old not in await keys.epochs(NOISE, plus(MONDAY, 7 * DAY))


async def test_expired_epochs_are_destroyed_and_never_come_back(place: KeysAt, clock: ManualClock) -> None:
    """Not even for a clock that runs backwards: the same week has another key then."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        (old,) = await keys.epochs(NOISE, clock.now())
        assert await keys.expire(plus(MONDAY, 7 * DAY - 1)) == 0
        assert await keys.expire(plus(MONDAY, 7 * DAY)) == 1
        assert await keys.expire(plus(MONDAY, 7 * DAY)) == 0
        assert await keys.epochs(NOISE, clock.now()) != (old,)


async def test_the_lengths_of_epoch_and_window_are_settings(place: KeysAt, clock: ManualClock) -> None:
    """Daily epochs under a window of three days: up to four keys to look under, newest first."""
    async with KeyStore.open(place, MASTER, clock, epoch=DAY, window=3 * DAY) as keys:
        seen = [(await keys.epochs(NOISE, plus(MONDAY, day * DAY)))[0] for day in range(6)]
        assert len(set(seen)) == 6
        assert list(await keys.epochs(NOISE, plus(MONDAY, 5 * DAY))) == seen[:1:-1]


async def test_another_epoch_length_takes_over_when_the_running_epoch_ends(place: KeysAt, clock: ManualClock) -> None:
    """From days to weeks and back: no two epochs at once, and none is lost before its time."""
    clock.move_to(MONDAY)
    async with KeyStore.open(place, MASTER, clock, epoch=DAY) as keys:
        (today,) = await keys.epochs(NOISE, clock.now())
    async with KeyStore.open(place, MASTER, clock) as keys:
        assert await keys.epochs(NOISE, clock.now()) == (today,)
        week = await keys.epochs(NOISE, plus(clock.now(), DAY))
        assert week[1:] == (today,)
    async with KeyStore.open(place, MASTER, clock, epoch=DAY) as keys:
        assert await keys.epochs(NOISE, plus(clock.now(), 2 * DAY)) == week


async def test_a_conversations_key_is_kept_and_found_again(place: KeysAt, clock: ManualClock) -> None:
    """After reopening too; each conversation has another."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        made = {talk(n): await keys.open_conversation(talk(n)) for n in range(3)}
        assert len({bytes(key) for key in made.values()}) == 3
    async with KeyStore.open(place, MASTER, clock) as keys:
        assert {each: await keys.conversation(each) for each in made} == made
        assert await keys.conversation(talk(99)) is None


async def test_a_second_key_for_one_conversation_is_refused(place: KeysAt, clock: ManualClock) -> None:
    """The first stays: a seal may lie under it already. Others at the same moment are not harmed."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        first = await keys.open_conversation(talk(1))
        again, other = await together(keys.open_conversation(talk(1)), keys.open_conversation(talk(2)))
        assert isinstance(again, Refused)
        assert isinstance(other, Key)
        assert await keys.conversation(talk(1)) == first


async def test_many_keys_at_once_are_all_kept(place: KeysAt, clock: ManualClock) -> None:
    """A burst shares commits, and each caller has the key that is on disk."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        made = await together(*(keys.open_conversation(talk(n)) for n in range(200)))
    async with KeyStore.open(place, MASTER, clock) as keys:
        assert [await keys.conversation(talk(n)) for n in range(200)] == made


async def test_a_store_that_cannot_write_tells_every_caller(path: Path, clock: ManualClock) -> None:
    """Nobody of a shared commit is left to believe that a key was kept; later calls work again."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        await within(keys, lambda sql: sql.execute("PRAGMA query_only = ON"))
        failed = await together(*(keys.open_conversation(talk(n)) for n in range(5)))
        assert [type(each) for each in failed] == [TryLater] * 5
        with pytest.raises(TryLater, match="readonly"):
            await keys.epochs(NOISE, clock.now())
        await within(keys, lambda sql: sql.execute("PRAGMA query_only = OFF"))
        assert await keys.conversations() == frozenset()
        assert isinstance(await keys.open_conversation(talk(1)), Key)


async def test_a_cancelled_caller_leaves_the_store_whole(place: KeysAt, clock: ManualClock) -> None:
    """The hop runs to its end: at worst a key that nobody needs, for the sweep."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await keys.open_conversation(talk(1))
        await keys.open_conversation(talk(2))
        assert await keys.conversations() == {talk(1), talk(2)}


async def test_keys_made_before_a_time(place: KeysAt, clock: ManualClock) -> None:
    """What the sweep asks for."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        clock.passes(hours=1)
        await keys.open_conversation(talk(2))
        assert await keys.conversations(before=clock.now()) == {talk(1)}


async def test_two_libraries_share_a_file_and_no_key(place: KeysAt, clock: ManualClock) -> None:
    """The library leads every row."""
    async with KeyStore.open(place, MASTER, clock, library="north") as keys:
        await keys.open_conversation(talk(1))
        north = await keys.epochs(NOISE, clock.now())
    async with KeyStore.open(place, MASTER, clock, library="south") as keys:
        assert await keys.conversation(talk(1)) is None
        assert await keys.epochs(NOISE, clock.now()) != north


async def test_a_seeded_store_in_memory_repeats_itself(clock: ManualClock) -> None:
    """What simulate needs: the same seed, the same keys."""
    seen = []
    for _ in range(2):
        async with KeyStore.open(None, MASTER, clock, entropy=Random(3).randbytes) as keys:
            seen.append((await keys.epochs(NOISE, clock.now()), await keys.open_conversation(talk(1))))
    assert seen[0] == seen[1]


async def together(*calls: object) -> list[object]:
    """Run the calls at the same moment; what each returned or raised, in order."""
    results: list[object] = [None] * len(calls)

    async def settle(place: int) -> None:
        try:
            results[place] = await calls[place]  # type: ignore[misc]
        except (Refused, TryLater) as error:
            results[place] = error

    async with asyncio.TaskGroup() as group:
        for place in range(len(calls)):
            group.create_task(settle(place))
    return results
