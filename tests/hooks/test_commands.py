"""`helpdesk hooks`: at the library's own machine, with an owner that runs and without."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.clock import SystemClock
from helpdesk.house import open_house
from helpdesk.offering import offering
from helpdesk.settings.file import load
from helpdesk.store.master_key import create_master_key
from helpdesk.webhooks import signature
from tests.hooks.receiver import Mood, receiver

URL = "https://wall.library.example/hooks"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library's folder to work in, with a master key, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    (tmp_path / "helpdesk.toml").write_text("")
    create_master_key(tmp_path / "master.key")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert run(arguments) == status
    told = capsys.readouterr()
    return told.out + told.err


def test_a_hook_comes_and_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """On the store itself, where nobody owns it; its secret is shown once."""
    added = said(capsys, "hooks", "add", "wall", URL, "--events", "ticket.opened, noise.opened")
    assert "wall is told of ticket.opened, noise.opened." in added
    secret = added.split("shown this once: ")[1].split()[0]
    assert len(signature.read(secret)) == 32
    listed = said(capsys, "hooks", "list")
    assert "wall" in listed
    assert "nothing waits" in listed
    assert URL in listed
    assert secret not in listed
    assert "wall is told nothing." in said(capsys, "hooks", "disable", "wall")
    assert "off" in said(capsys, "hooks", "list")
    assert "wall is told again. Waiting: 0." in said(capsys, "hooks", "enable", "wall", "--skip")
    rotated = said(capsys, "hooks", "rotate", "wall")
    assert "and with the secret before until" in rotated
    assert secret not in rotated
    assert "two secrets until" in said(capsys, "hooks", "list")
    assert said(capsys, "hooks", "remove", "wall") == "wall is gone.\n"
    assert said(capsys, "hooks", "list") == ""


def test_a_secret_comes_from_a_file(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """Never from the command line, where every user of the machine could read it; and it is not shown."""
    own = signature.written(signature.fresh())
    (folder / "secret").write_text(own + "\n")
    added = said(capsys, "hooks", "add", "wall", URL, "--events", "ticket.opened", "--secret-file", "secret")
    assert "shown this once" not in added
    assert own not in added
    missing = said(
        capsys, "hooks", "add", "two", URL, "--events", "ticket.opened", "--secret-file", "nothing", status=1
    )
    assert "nothing can't be read" in missing


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "wall", URL, "--events", "ticket.opend"), "did you mean 'ticket.opened'"),
        (("add", "wall", "http://wall.library.example", "--events", "ticket.opened"), "Write https://"),
        (("test", "wall"), "There is no hook 'wall'; there is none yet"),
    ],
)
def test_what_is_refused(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    """With exit status 1, in words that say what to write."""
    assert words in said(capsys, "hooks", *arguments, status=1)


async def test_through_the_owner(capsys: pytest.CaptureFixture[str]) -> None:
    """While `serve` runs the commands ask it; a test that is not taken has exit status 1; the log shows both."""
    settings = load(None)
    async with receiver() as wall, open_house(settings, SystemClock()) as house, offering(house):
        await asyncio.to_thread(run, ["hooks", "add", "wall", wall.url, "--events", "ticket.opened"])
        secret = capsys.readouterr().out.split("shown this once: ")[1].split()[0]
        wall.secrets.append(secret)
        assert await asyncio.to_thread(run, ["hooks", "test", "wall"]) == 0
        assert "wall took it: 204 after " in capsys.readouterr().out
        wall.moods.append(Mood(status=500))
        assert await asyncio.to_thread(run, ["hooks", "test", "wall"]) == 1
        assert "The receiver answered 500." in capsys.readouterr().err
        assert await asyncio.to_thread(run, ["hooks", "log", "wall"]) == 0
        failed, taken = capsys.readouterr().out.splitlines()
        assert "hook.test" in taken
        assert " taken " in taken
        assert "not taken" in failed
        assert [message.signed for message in wall.messages] == [1, 1]
