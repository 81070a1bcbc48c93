"""`helpdesk check --live`: a probe by every line through the owner that runs, and what it prints."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN, Finding
from helpdesk.checking_live import live
from helpdesk.cli import run
from helpdesk.clock import SystemClock
from helpdesk.offering import offering
from helpdesk.simulator.carrier_faults import Fault
from tests.probes.scene import Scene, scene
from tests.staff import SAM
from tests.wire import MAILBOX


async def found(here: Scene, *lines: str, texts: bool = True) -> dict[str, Finding]:
    """What is said of each line."""
    said = live(here.town.house.settings, SystemClock(), SAM, lines=lines, texts=texts)
    return {finding.subject: finding async for finding in said}


async def test_each_line_says_how_it_went(tmp_path: Path) -> None:
    """And what the texts cost, before they are sent."""
    async with scene(tmp_path) as here, offering(here.town.house):
        said = await found(here)
        assert said["live"].text == ("texts to ourselves: 2, about 8 pence by pence_per_segment; --no-texts sends none")
        assert {name: finding.level for name, finding in said.items()} == dict.fromkeys(
            ("live", "noise", "texts", "mail", "chat"), OK
        )
        assert said["mail"].text.startswith("came back after 0.0 s. The relay took a mail")


async def test_what_failed_and_what_is_not_right(tmp_path: Path) -> None:
    """One line failed, one has a warning; one is asked for at a time, and without texts none is sent or priced."""
    async with scene(tmp_path) as here, offering(here.town.house):
        here.town.carrier.faults.sends.append(Fault(status=401, code=20003))
        assert (await found(here, "noise"))["noise"].level == FAIL
        asks = here.town.house.probing._probers[here.town.house.settings.lines["chat"].channel]._asks  # type: ignore[attr-defined]
        asks._clock = type("Fast", (), {"now": lambda _: SystemClock().now() + 600_000})()
        assert (await found(here, "chat"))["chat"].level == WARN
        said = await found(here, "texts", texts=False)
        assert set(said) == {"texts"}
        assert "No text was sent" in said["texts"].text


async def test_a_line_that_is_not_there(tmp_path: Path) -> None:
    """Said as every command says it."""
    async with scene(tmp_path) as here, offering(here.town.house):
        assert "There is no line 'chta'; did you mean 'chat'?" in (await found(here, "chta"))["live"].text


async def test_nobody_runs(tmp_path: Path) -> None:
    """Then nothing can come back."""
    async with scene(tmp_path) as here:
        assert (await found(here))["live"].level == FAIL


@pytest.mark.parametrize("breaks", [False, True])
async def test_the_command(tmp_path: Path, breaks: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """All that `check` says, then the lines; exit status 1 if one did not come back."""
    async with scene(tmp_path) as here, offering(here.town.house):
        if breaks:
            here.town.postbox.mailbox(MAILBOX).refuses = "550 5.1.1 no such user"
        config = tmp_path / "helpdesk.toml"
        config.write_text(f'[store]\npath = "{tmp_path / "helpdesk.sqlite"}"\n')
        status = await asyncio.to_thread(run, ["check", "--live", "--line", "mail", "--config", str(config)])
        said = capsys.readouterr().out
        assert f"{'FAIL' if breaks else 'ok  '}  mail  " in said
        assert "store" in said
        assert status == int(breaks)
