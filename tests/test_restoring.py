"""An old backup brings back nothing that was shredded, with the live key store and the live master key in hand."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.clock import HOUR
from helpdesk.errors import Refused, Undeliverable
from helpdesk.message import ConversationId, Delivery, LineId
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.privacy import Key, SealedAddress, handle, unseal
from helpdesk.store.care import examine
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import read_master_key
from helpdesk.store.restoring import restore
from helpdesk.store.verbs import deletions, people
from tests.staff import in_time
from tests.wire import Town, outside

ANA = "+447700900123"
BO = "+447700900124"
NOISE = LineId("noise")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A carrier and everybody's mailbox; the library is closed yet, and its files lie in a folder of its own."""
    (tmp_path / "library").mkdir()
    async with outside(tmp_path / "library") as around:
        yield around


@dataclass(frozen=True)
class Held:
    """What a copy of the store holds of one conversation."""

    conversation: ConversationId
    handle: bytes | None
    seal: bytes


def held_in(store: Path) -> list[Held]:
    """Of each conversation in a store's file that is not shredded there."""
    with closing(sqlite3.connect(store)) as sql:
        rows = sql.execute(
            "SELECT id, handle, seal FROM conversations WHERE shredded IS NULL ORDER BY opened"
        ).fetchall()
    return [Held(*row) for row in rows]


async def key_ring(town: Town) -> tuple[list[tuple[ConversationId, Key]], list[Key]]:
    """Every key that the live key store gives to whoever has the live master key: conversations', and epochs'."""
    master = read_master_key(town.folder / "master.key")
    async with KeyStore.open(town.folder / "keys.sqlite", master, town.time) as keys:
        found = [(each, await keys.conversation(each)) for each in sorted(await keys.conversations())]
        return [(each, key) for each, key in found if key is not None], list(await keys.epochs(NOISE, town.time.now()))


def opened(held: Held, keys: list[Key]) -> set[str]:
    """The numbers that a seal gives up to any of the keys."""
    found = set()
    for key in keys:
        try:
            found.add(reveal(unseal(key, held.seal, conversation=held.conversation, line=NOISE)))
        except Refused:
            continue
    return found


def backed_up(town: Town, to: Path) -> Path:
    """As `helpdesk db backup` does it, beside the owner."""
    config = town.folder / "helpdesk.toml"
    config.write_text(f'[store]\npath = "{town.folder / "helpdesk.sqlite"}"\n')
    assert run(["db", "backup", str(to), "--config", str(config)]) == 0
    return to


def put_in_place(town: Town, copy: Path) -> None:
    """As `helpdesk db restore` does it, while nobody owns the store."""
    done = restore(copy, town.folder / "helpdesk.sqlite", "main", "Europe/London", town.time.now())
    assert done.aside is not None
    assert examine(town.folder / "helpdesk.sqlite", "main") == ()


async def talked(town: Town, number: str, words: str) -> None:
    """A text and its answer."""
    ana = town.texter(number)
    await ana.texts(words)
    ticket = await town.desk.replies("On our way")
    await ana.hears()
    await town.desk.learns(ticket.id, Delivery.DELIVERED)


async def shredded(town: Town) -> bool | None:
    """Whether no conversation is left that can be answered, and the carrier owes nothing."""
    left = await town.house.store.read(people.sealed_conversations)
    return (not left and not await town.house.store.read(deletions.debts)) or None


async def test_a_backup_holds_no_key_and_no_handle(town: Town, tmp_path: Path) -> None:
    """Not a byte of either, while the store that it was made of holds them and goes on with its conversation."""
    async with town.opens():
        await talked(town, ANA, "Loud on level 3")
        copy = backed_up(town, tmp_path / "copy.sqlite")
        [live] = held_in(town.folder / "helpdesk.sqlite")
        assert live.handle is not None
        await talked(town, ANA, "Still loud")
        assert len(held_in(town.folder / "helpdesk.sqlite")) == 1
    [held] = held_in(copy)
    assert (held.handle, held.seal) == (None, live.seal)
    talks, epochs = await key_ring(town)
    content = copy.read_bytes()
    with closing(sqlite3.connect(town.folder / "keys.sqlite")) as sql:
        wrapped = [
            row[0] for row in sql.execute("SELECT wrapped FROM conversation_keys UNION SELECT wrapped FROM epoch_keys")
        ]
    assert len(wrapped) >= 2
    for secret in (live.handle, *wrapped, *(bytes(key) for _, key in talks), *(bytes(key) for key in epochs)):
        assert secret not in content


async def test_no_key_that_is_left_opens_an_old_backup(town: Town, tmp_path: Path) -> None:
    """Before the shredding, backup and key store together give the number; after it nothing does, on the same day."""
    async with town.opens():
        await talked(town, ANA, "Loud on level 3")
        copy = backed_up(town, tmp_path / "copy.sqlite")
    [held] = held_in(copy)
    talks, _ = await key_ring(town)
    assert opened(held, [key for _, key in talks]) == {ANA}

    async with town.opens():
        town.time.passes(days=6)
        await town.texter(BO).texts("Loud on level 4")
        town.time.passes(days=1)
        await in_time(town.time, lambda: gone(town, held.conversation))
    talks, epochs = await key_ring(town)
    master = read_master_key(town.folder / "master.key")
    assert len(talks) >= 1
    assert opened(held, [*(key for _, key in talks), *epochs, master]) == set()
    assert held.handle not in {handle(key, PhoneNumber(ANA)) for key in epochs}


async def gone(town: Town, conversation: ConversationId) -> bool | None:
    """Whether one conversation is shredded."""
    return conversation not in await town.house.store.read(people.sealed_conversations) or None


async def test_a_restored_backup_shreds_again_what_was_shredded(town: Town, tmp_path: Path) -> None:
    """Put in the place of the store, beside the live keys: nobody can be reached by it, and it is cleaned up at once.

    The carrier has nothing left to delete and says so; who texts again is a new conversation.
    """
    async with town.opens():
        await talked(town, ANA, "Loud on level 3")
        copy = backed_up(town, tmp_path / "copy.sqlite")
        town.time.passes(days=8)
        await in_time(town.time, lambda: shredded(town))
        assert len(town.carrier.texts) == 0
    [held] = held_in(copy)
    put_in_place(town, copy)
    async with town.opens():
        policy = town.house.outbox._policies[NOISE]
        with pytest.raises(Undeliverable):
            await policy.reach(SealedAddress(conversation=held.conversation, seal=held.seal))
        await in_time(town.time, lambda: shredded(town))
        assert await town.house.store.read(people.sealed_address, held.conversation) is None
        await town.texter(ANA).texts("Loud again")
        [fresh] = await town.house.store.read(people.sealed_conversations)
        assert fresh != held.conversation
    assert held.seal not in (town.folder / "helpdesk.sqlite").read_bytes()


async def test_a_conversation_that_lives_can_still_be_answered_after_restoring(town: Town, tmp_path: Path) -> None:
    """Its key lives and its seal is in the copy; only the next text of its texter begins anew."""
    async with town.opens():
        await town.texter(ANA).texts("Loud on level 3")
        copy = backed_up(town, tmp_path / "copy.sqlite")
    put_in_place(town, copy)
    town.time.passes(seconds=HOUR / 1000)
    async with town.opens():
        await town.desk.replies("On our way")
        assert await town.texter(ANA).hears() == "On our way"
