"""`helpdesk noiseline status`: counts and times of what is held, beside the owner and without one; no id, no number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.loopback import Loopback
from helpdesk.api.server import desk_socket
from helpdesk.clock import ManualClock
from helpdesk.config import Settings, StoreSettings
from helpdesk.errands import noiseline_status
from helpdesk.errors import BadConfig, TryLater
from helpdesk.house import open_house
from helpdesk.message import Channel, LineId
from helpdesk.offering import keeper_of
from helpdesk.store.holdings import held_apart
from helpdesk.store.keys import KeyStore
from tests.conversation import LINES, MASTER, Texter, Town
from tests.keys.test_destroying import crash

pytestmark = pytest.mark.usefixtures("engine")


async def told(town: Town) -> list[str]:
    """What the status says of a town, a line each without its indentation."""
    return [line.strip() for line in await keeper_of(town.house).noiseline()]


async def test_a_line_from_the_first_text_to_the_last_deletion(town: Town) -> None:
    """Times are the library's own: the clock stands at 21:26 on 28 May in London."""
    assert await told(town) == [
        "noise:",
        "conversations  none is held",
        "keys           0 conversations, 0 epochs",
        "shredded       0 conversations so far",
        "carrier        owes nothing; deleted so far: 0 texts",
    ]
    mia = await town.staff("mia")
    await town.texter("ana").texts("loud")
    await mia.replies("On our way")
    await town.settles()
    await town.time.passes(days=1)
    await town.texter("bo").texts("loud, too")
    assert (await told(town))[1:3] == [
        "conversations  2 held, shredded from 2026-06-04 21:26 to 2026-06-05 21:26",
        "keys           2 conversations, 1 epoch, destroyed 2026-06-08 01:00",
    ]
    town.wires[Channel.SMS].holds(*[None] * 100)
    await town.time.passes(days=6)
    assert (await told(town))[1:] == [
        "conversations  1 held, shredded 2026-06-05 21:26",
        "keys           1 conversation, 1 epoch, destroyed 2026-06-08 01:00",
        "shredded       1 conversation so far, the latest 2026-06-04 21:26",
        "carrier        owes the deletion of 2 texts since 2026-06-04 21:26: "
        "The carrier has not finished delivering it yet; deleted so far: 0 texts",
    ]
    await town.time.passes(days=4)
    assert "(overdue)" in (await told(town))[-1]
    town.wires[Channel.SMS]._held.clear()
    await town.time.passes(days=2)
    assert (await told(town))[1:] == [
        "conversations  none is held",
        "keys           0 conversations, 0 epochs",
        "shredded       2 conversations so far, the latest 2026-06-05 21:26",
        "carrier        owes nothing; deleted so far: 3 texts",
    ]


async def test_what_is_late_or_lost_or_apart_is_told(town: Town) -> None:
    """A desk that was off, a key store that is a copy of an earlier day, a text in quarantine, a key too many."""
    await town.house.intake.quarantine(Channel.SMS, LineId("noise"), "SM-aside", "digest", 20, "it has no sender")
    await town.texter("ana").texts("loud")
    await town.house.keys.destroy(tuple(await town.house.keys.conversations()))
    town.clock.passes(days=8)
    await town.house.keys.open_conversation("01ORPHAN")  # type: ignore[arg-type]
    said = await told(town)
    assert said[1].endswith("; 1 should be by now: is the help desk running?")
    assert said[2].startswith("keys           0 conversations (1 lost: a new text of theirs makes another), 1 epoch")
    assert said[3] == "apart          1 text of no conversation, kept as long as one"
    assert said[-1] == "1 key of no conversation: destroyed within the hour or two."


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, by name."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_beside_the_owner_and_without_one(tmp_path: Path) -> None:
    """The owner says the same over its socket as the files do once it has ended; no file is changed or added."""
    clock = ManualClock()
    settings = Settings(
        store=StoreSettings(path=tmp_path / "desk.sqlite", keys=tmp_path / "keys.sqlite"),
        lines={"noise": LINES["noise"]},
    )
    async with open_house(
        settings, clock, master=MASTER, senders=lambda door, _: {Channel.SMS: Loopback(Channel.SMS, door, clock)}
    ) as house:
        town = Town(house, {}, clock)
        ana = Texter(town, "ana", number="+447700900123")
        await house.intake.receive(ana.text("loud", named="SM" + "5" * 32))
        with pytest.raises(TryLater, match="in use by the owner"):
            await noiseline_status(settings, clock)
        async with desk_socket(house.desk, settings.store.socket_path, keeper=keeper_of(house)):
            beside = await noiseline_status(settings, clock)
    before = files(tmp_path)
    assert await noiseline_status(settings, clock) == beside
    left = files(tmp_path)
    assert {name: left[name] for name in before} == before
    assert {name for name in left if name.startswith("keys")} == {"keys.sqlite"}
    assert "  conversations  1 held, shredded 2026-06-04 21:26" in beside
    assert not re.search(r"7700|SM5|01[0-9A-HJKMNP-TV-Z]{10}", "\n".join(beside))


async def test_what_can_not_be_read(tmp_path: Path) -> None:
    """No key store: nothing is held. Another file in its place is told."""
    path = tmp_path / "keys.sqlite"
    assert held_apart(path, "main", 0).conversations == frozenset()
    path.write_bytes(b"no database, but long enough to be looked at" * 50)
    with pytest.raises(BadConfig, match=r"store\.keys"):
        held_apart(path, "main", 0)


async def test_keys_that_a_crash_left_in_the_log_are_seen(tmp_path: Path) -> None:
    """The log is read, too: what a killed owner kept last stands in it."""
    path, clock = tmp_path / "keys.sqlite", ManualClock()
    async with KeyStore.open(path, MASTER, clock) as keys:
        await keys.open_conversation("01TALK")  # type: ignore[arg-type]
        crashed = crash(path, tmp_path / "crashed")
    assert held_apart(crashed, "main", 0).conversations == {"01TALK"}
