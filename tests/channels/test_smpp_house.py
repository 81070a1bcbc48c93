"""A library whose texts go by SMPP: its settings, what `helpdesk check` says, what lasts from one run to the next."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from helpdesk.check import FAIL, OK, WARN
from helpdesk.clock import ManualClock
from helpdesk.config import Settings
from helpdesk.errors import BadConfig
from helpdesk.house import open_house
from helpdesk.message import Delivery
from helpdesk.privacy import Key
from helpdesk.settings.file import load
from helpdesk.store.verbs import deletions
from tests.channels.smsc import PATIENCE, Centre, centre
from tests.checked import begun, put, said
from tests.wire import NOISELINE, TEXT_LINE, outside

SECRET = "pw"


def wired(smsc: Centre) -> dict[str, Any]:
    """Changes to the settings: texts go by this message centre."""
    smpp = {"host": "127.0.0.1", "port": smsc.port, "system_id": "desk", "password": SECRET, "tls": False}
    return {"sms": {"carrier": "smpp"}, "smpp": smpp}


async def test_a_text_is_answered_and_its_receipt_comes_in_the_next_run(tmp_path: Path) -> None:
    """The name that the message centre gave the reply is in the store; the receipt finds its way by it."""
    async with centre() as smsc, outside(tmp_path, **wired(smsc)) as town:
        async with town.opens():
            await smsc.until(lambda: bool(smsc.sessions))
            assert await smsc.delivers("When do you open?", to=TEXT_LINE) == 0
            ticket = await town.desk.replies("At nine", to=(await town.desk.sees("When do you open?")).id)
            await smsc.until(lambda: bool(smsc.texts))
            await town.desk.learns(ticket.id, Delivery.SENT)
        async with town.opens():
            await smsc.until(lambda: len(smsc.sessions) == 2)
            assert await smsc.reports(smsc.texts[0].id, "DELIVRD") == 0
            await town.desk.learns(ticket.id, Delivery.DELIVERED)
            assert await smsc.reports("not ours", "DELIVRD") == 0
            [notice] = [each for each in await town.house.desk.notices() if "not ours" in each.text]
            assert "1" in notice.text


async def test_the_desk_says_while_the_message_centre_is_away(tmp_path: Path) -> None:
    """In words, from the moment that the connection is gone until it is back."""
    async with centre() as smsc, outside(tmp_path, **wired(smsc)) as town, town.opens():
        await smsc.until(lambda: bool(smsc.sessions))
        assert await smsc.delivers("Hello?", to=TEXT_LINE) == 0
        assert _words(town.house.troubles.now) == ""
        await smsc.hangs_up()
        await _until_it_is_told(town.house.troubles.now)
        assert "has ended" in _words(town.house.troubles.now)
        town.time.passes(seconds=1)
        await smsc.until(lambda: len(smsc.sessions) == 2)
        assert await smsc.delivers("Hello again?", to=TEXT_LINE) == 0
        assert _words(town.house.troubles.now) == ""


def _words(troubles: dict[str, str]) -> str:
    return troubles.get("carrier of texts", "")


async def _until_it_is_told(troubles: dict[str, str]) -> None:
    """Then our side waits for the time of its next try."""
    async with asyncio.timeout(PATIENCE):
        while not _words(troubles):
            await asyncio.to_thread(lambda: None)


async def test_the_carrier_before_is_still_told_to_delete(tmp_path: Path) -> None:
    """It holds the texts of conversations that end after the change."""
    async with centre() as smsc, outside(tmp_path) as town:
        async with town.opens():
            await town.texter().texts("Loud on level 3")
            await town.desk.sees("Loud on level 3")
        assert len(town.carrier.texts) == 1
        town.changes = wired(smsc)
        async with town.opens():
            town.time.passes(days=8)
            await town.house.watch.check_due()
            await town.house.deletions.delete_due()
            assert await town.house.store.read(deletions.debts) == []
        assert len(town.carrier.texts) == 0


async def test_without_the_library_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """smpp34 is an extra: whoever chooses SMPP is told how to install it."""
    monkeypatch.setitem(sys.modules, "channels.smpp", None)
    chosen = Settings.model_validate(
        {
            "lines": {"noise": {"channel": "sms", "title": "N", "policy": "sealed", "address": NOISELINE}},
            "sms": {"carrier": "smpp"},
        }
    )
    with pytest.raises(BadConfig, match="pip install"):
        async with open_house(chosen, ManualClock(), private=True, master=Key(bytes(32))):
            raise AssertionError("it opened")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """Each key, once, and nothing of the other carrier's."""
    file = tmp_path / "helpdesk.toml"
    file.write_text(
        '[lines.noise]\nchannel = "sms"\ntitle = "N"\naddress = "+447700900100"\n'
        '[lines.pool]\nchannel = "sms"\ntitle = "P"\naddress = ""\nmessaging_service = "MG' + "0" * 32 + '"\n'
        '[sms]\ncarrier = "smpp"\n'
    )
    with pytest.raises(BadConfig) as caught:
        load(file)
    assert sorted(line.split(": ")[1] for line in str(caught.value).splitlines()) == [
        "lines.pool.address",
        "smpp.host",
        "smpp.password",
        "smpp.system_id",
    ]


@pytest.mark.parametrize(
    ("host", "tls", "levels"),
    [
        ("smsc.example", True, [OK]),
        ("smsc.example", False, [OK, WARN]),
        ("127.0.0.1", False, [OK]),
    ],
)
async def test_check_says_how_texts_go(
    host: str, tls: bool, levels: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where to, as whom, and whether in clear; the password is not shown."""
    folder = begun(tmp_path, monkeypatch)
    put(folder, '#carrier = "twilio"', 'carrier = "smpp"')
    monkeypatch.setenv("HELPDESK_SMPP__HOST", host)
    monkeypatch.setenv("HELPDESK_SMPP__SYSTEM_ID", "desk")
    monkeypatch.setenv("HELPDESK_SMPP__PASSWORD", "a-hidden-word")
    monkeypatch.setenv("HELPDESK_SMPP__TLS", str(tls).lower())
    found = await said(folder)
    assert [each.level for each in found["carrier"]] == levels
    assert f"{host}:2775 as desk" in found["carrier"][0].text
    assert "a-hidden-word" not in str(found)
    assert FAIL not in {each.level for each in found["settings"]}
