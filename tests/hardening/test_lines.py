"""Lines and their senders: what harm or an unlucky week tries. Each attack here once got through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.clock import DAY, MINUTE, ManualClock, plus
from helpdesk.config import LineSettings
from helpdesk.masking import mask
from helpdesk.message import Channel, LineId
from helpdesk.store.keys import KeyStore
from tests.conversation import LINES, MASTER, Town
from tests.hardening.reopened import all_bytes, kept

NUMBER = "+447700900101"
SEALED = {"noise": LINES["noise"]}
OPEN = {"noise": LINES["noise"].model_copy(update={"policy": "open"})}


@pytest.mark.parametrize(("before", "after"), [(SEALED, OPEN), (OPEN, SEALED)])
async def test_a_text_is_the_same_after_its_line_was_opened_or_sealed(
    before: dict[str, LineSettings], after: dict[str, LineSettings], tmp_path: Path
) -> None:
    """Catching up shows it again: taken anew on an open line, it would show whose it was."""
    clock = ManualClock()
    async with kept(tmp_path, before, clock) as town:
        ana, wire = town.texter("ana"), town.wires[Channel.SMS]
        text = ana.text("loud on level 3", named="SM1", account="AC" + "0a" * 16)
        first = await wire.arrives(text)
    async with kept(tmp_path, after, clock) as town:
        assert await town.wires[Channel.SMS].arrives(text) == replace(first, duplicate=True)
    if before is SEALED:
        assert ana.number.encode() not in all_bytes(tmp_path)


async def test_what_was_set_aside_is_taken_once_its_line_is_known(town: Town) -> None:
    """Catching up brings the text itself: the trace in quarantine does not stand in its way."""
    ana, door = town.texter("ana", line="text"), town.house.intake
    text = ana.text("Are you open?", named="SM1")
    await door.quarantine(Channel.SMS, LineId("unknown"), "SM1", text.digest, 13, "no such line")
    receipt = await town.wires[Channel.SMS].arrives(text)
    assert not receipt.duplicate
    assert (await town.wires[Channel.SMS].arrives(text)).duplicate


async def test_the_trace_of_a_text_does_not_give_back_its_words(town: Town) -> None:
    """A digest of a few masked digits is found by trying them all: what is set aside has a keyed one."""
    digest = town.texter("ana").text(f"call {NUMBER}", named="SM1").digest
    await town.house.intake.quarantine(Channel.SMS, LineId("noise"), "SM1", digest, 18, "its sender is no number")
    [row] = await town.house.store.read(lambda sql: sql("SELECT digest FROM received"))
    assert digest not in row["digest"]


@pytest.mark.parametrize("gap", ["_", ",", "*", ":", "\n", "\u200b", "\u2009", "\ufe0f\u20e3"])
def test_a_number_typed_with_odd_gaps_is_masked(gap: str) -> None:
    """Between all digits, or as people group them."""
    assert mask(f"call 07700{gap}900{gap}101 now") == "call [number] now"
    assert "7" not in mask(gap.join("07700900101"))


async def test_a_texter_whose_key_was_lost_can_be_answered_again(tmp_path: Path) -> None:
    """The key store was put back from an earlier day: what waits is undeliverable, the next text mends it."""
    clock = ManualClock()
    async with kept(tmp_path, SEALED, clock) as town:
        await town.house.keys.epochs(LineId("noise"), clock.now())
        copy = (tmp_path / "keys.sqlite").read_bytes(), (tmp_path / "keys.sqlite-wal").read_bytes()
        await town.texter("ana").texts("loud on level 3", named="SM1")
    (tmp_path / "keys.sqlite").write_bytes(copy[0])
    (tmp_path / "keys.sqlite-wal").write_bytes(copy[1])
    clock.move_to(plus(clock.now(), MINUTE))
    async with kept(tmp_path, SEALED, clock) as town:
        ana, mia = town.texter("ana"), await town.staff("mia")
        await ana.texts("still loud", named="SM2")
        assert (await mia.opens(ana.ticket)).ticket.number == 1
        await mia.replies("On our way")
        await ana.hears("On our way")


async def test_an_epoch_of_a_clock_that_was_wrong_is_left(tmp_path: Path) -> None:
    """A clock a year ahead made a key; set right, the line does not go on under it for a year."""
    right, wrong = ManualClock().now(), plus(ManualClock().now(), 365 * DAY)
    async with KeyStore.open(tmp_path / "keys.sqlite", MASTER, ManualClock()) as keys:
        [ahead] = await keys.epochs(LineId("noise"), wrong)
        now, then = await keys.epochs(LineId("noise"), right)
        assert then == ahead
        assert await keys.epochs(LineId("noise"), plus(right, 1)) == (now, then)


async def test_what_was_shredded_does_not_come_back_as_new(town: Town) -> None:
    """After a week with the desk off, catching up shows texts again whose conversation is over by then."""
    ana = town.texter("ana")
    await ana.texts("loud on level 3", named="SM1")
    await town.time.passes(days=8)
    before = await town.log()
    assert (await ana.texts("loud on level 3", named="SM1")).duplicate
    assert await town.log() == before
    rows = await town.house.store.read(lambda sql: sql("SELECT external_id, ticket, entry FROM received"))
    assert [(row["ticket"], row["entry"]) for row in rows] == [(None, None)]
    assert "SM1" not in rows[0]["external_id"]
    assert not (await ana.texts("loud again", named="SM2")).duplicate
