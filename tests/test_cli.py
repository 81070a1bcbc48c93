"""The commands: what they print, what they leave behind, and their exit status."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from helpdesk import __version__, cli
from helpdesk.cli import run
from helpdesk.commands.options import system_user
from helpdesk.errors import BadConfig, Refused, TryLater

CHAT = '[web]\nport = 0\n\n[lines.chat]\nchannel = "chat"\ntitle = "Chat"\naddress = "chat"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def chat(folder: Path) -> Path:
    """A library with a chat page and nothing else."""
    (folder / "helpdesk.toml").write_text(CHAT)
    return folder


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """One line."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"helpdesk {__version__}\n"


def test_version_is_quick() -> None:
    """It loads neither the terminal's library nor the web's, nor the store's."""
    heavy = "textual twilio fastapi aiosqlite pydantic httpx uvicorn holidays".split()
    script = f"import sys; from helpdesk.cli import run; run(['--version']); print(set(sys.modules) & set({heavy}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_no_command_shows_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with what it does."""
    run([])
    shown = "".join(capsys.readouterr())
    for command in ("init", "check", "serve", "desk", "report", "hours", "standards", "db"):
        assert command in shown


@pytest.mark.parametrize("arguments", [["sevre"], ["check", "--confg", "x"], ["db", "backup"], ["db"]])
def test_a_wrong_command_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Told on standard error, with no traceback."""
    assert run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["serve"], ["hours", "publish"], ["db", "check"], ["db", "rebuild"], ["db", "upgrade"]]
)
def test_a_wrong_setting_starts_nothing(command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command says file, line, key and remedy, and touches nothing."""
    (folder / "helpdesk.toml").write_text("[web]\nprot = 80\n")
    assert run(command) == 2
    said = capsys.readouterr()
    assert said.err == f"helpdesk: {folder}/helpdesk.toml:2: web.prot: is not a known key; did you mean 'port'?\n"
    assert said.out == ""
    assert [path.name for path in folder.iterdir()] == ["helpdesk.toml"]


def test_no_settings_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    """Says what to do first."""
    assert run(["serve"]) == 2
    assert "helpdesk init" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "status", "lines"),
    [
        (Refused("It is in use."), 1, ["helpdesk: It is in use."]),
        (BadConfig("one\ntwo"), 2, ["helpdesk: one", "helpdesk: two"]),
        (ExceptionGroup("many", [TryLater("Not now."), ExceptionGroup("x", [Refused("No.")])]), 1, None),
    ],
)
def test_errors_are_told_in_words(
    raised: Exception,
    status: int,
    lines: list[str] | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line each, also where several things failed at once."""

    def failing(**_: object) -> None:
        raise raised

    monkeypatch.setattr(cli, "command_line", lambda: failing)
    assert run([]) == status
    said = capsys.readouterr().err.splitlines()
    assert said == (lines or ["helpdesk: Not now.", "helpdesk: No."])


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody raised on purpose keeps its traceback."""

    def failing(**_: object) -> None:
        raise ExceptionGroup("many", [Refused("No."), KeyError("bug")])

    monkeypatch.setattr(cli, "command_line", lambda: failing)
    with pytest.raises(ExceptionGroup):
        run([])


def test_init_then_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first two commands of a new library, and what a second init says."""
    assert run(["init", "--name", "Marsh Library"]) == 0
    assert "wrote helpdesk.toml" in capsys.readouterr().out
    file = folder / "helpdesk.toml"
    file.write_text(file.read_text().replace("#port = 8080", "port = 0"))
    assert run(["check"]) == 0
    said = capsys.readouterr().out
    assert "FAIL" not in said
    assert "standards: 2" in said
    assert run(["init"]) == 1
    assert "nothing was written" in capsys.readouterr().err


def test_init_says_what_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Noiseline needs an account; check fails until it has one."""
    assert run(["init", "--noiseline", "+447700900123"]) == 0
    said = capsys.readouterr().out
    assert "sms.account" in said
    assert "/master.key" in said
    assert run(["check"]) == 1
    assert run(["init", "--folder", str(folder / "none")]) == 2


def test_publish_alone(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With no owner about it does the work itself; a second time there is nothing to do."""
    for group, published in (("hours", "published calendar staffed"), ("standards", "published standard chat-claimed")):
        assert run([group, "publish"]) == 0
        assert published in capsys.readouterr().out
        assert run([group, "publish"]) == 0
        assert "Nothing differs" in capsys.readouterr().out


def test_care_of_the_store(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Upgrade, check, backup and rebuild, on a store that nobody owns."""
    assert run(["db", "check"]) == 2
    assert "there is no" in capsys.readouterr().err
    run(["hours", "publish"])
    for command in (["upgrade"], ["check"], ["rebuild"], ["backup", "copy.sqlite"]):
        assert run(["db", *command]) == 0, command
    assert "unbroken" in capsys.readouterr().out
    assert run(["db", "backup", "copy.sqlite"]) == 1
    assert "is kept" in capsys.readouterr().err


def test_report(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, as JSON and as CSV, from a store that nobody owns; a period that is none is refused."""
    assert run(["report"]) == 2
    assert "there is no" in capsys.readouterr().err
    run(["hours", "publish"])
    capsys.readouterr()
    assert run(["report", "--by", "channel"]) == 0
    assert "The Library" in capsys.readouterr().out
    assert run(["report", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert run(["report", "--format", "csv", "--from", "2026-01-01", "--to", "2026-02-01"]) == 0
    assert capsys.readouterr().out.startswith("group,")
    assert run(["report", "--from", "2026-02-01", "--to", "2026-01-01"]) == 1
    assert "--to" in capsys.readouterr().err
    assert run(["report", "--by", "moon"]) == 2
    assert run(["report", "--from", "yesterday"]) == 2


def test_damage_is_status_1(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says what to do with the file."""
    run(["hours", "publish"])
    with sqlite3.connect(chat / "helpdesk.sqlite") as connection:
        connection.execute("UPDATE events SET actor = 'nobody' WHERE seq = 1")
    connection.close()
    assert run(["db", "check"]) == 1
    said = capsys.readouterr()
    assert "event 1 was changed" in said.out
    assert "latest backup" in said.err


def test_a_wrong_count_is_put_right(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is folded from a whole log is found wrong, and made again."""
    run(["hours", "publish"])
    with sqlite3.connect(chat / "helpdesk.sqlite") as connection:
        connection.execute("INSERT INTO counts (library, view, key, n) VALUES ('main', 'open', '', 5)")
    connection.close()
    assert run(["db", "check"]) == 1
    assert "db rebuild" in capsys.readouterr().err
    assert run(["db", "rebuild"]) == 0
    assert run(["db", "check"]) == 0


def test_the_desk_needs_a_terminal(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a screen full of control codes in a pipe."""
    assert run(["desk"]) == 2
    assert "helpdesk serve" in capsys.readouterr().err


def test_who_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account that runs the process is the actor, whatever the environment says; some have no name."""
    monkeypatch.setenv("LOGNAME", "somebody-else")
    login, name = system_user()
    assert login not in ("", "somebody-else")
    assert "," not in name
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert system_user() == ("user4000000", "")


@contextmanager
def served() -> Iterator[subprocess.Popen[str]]:
    """`helpdesk serve`, up and listening."""
    command = [sys.executable, "-m", "helpdesk.cli", "serve"]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("store ")
            yield process
        finally:
            process.terminate()


def test_serve_owns_and_the_others_ask_it(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While it runs, commands that write go through it; SIGTERM ends it cleanly, and its socket is gone."""
    with served() as process:
        assert run(["check"]) == 0
        assert "helpdesk serve, process" in capsys.readouterr().out
        assert run(["hours", "publish"]) == 0
        assert run(["db", "rebuild"]) == 0
        assert run(["db", "backup", "copy.sqlite"]) == 0
        assert run(["serve"]) == 1
        assert "is in use by helpdesk serve" in capsys.readouterr().err
        assert run(["db", "upgrade"]) == 1
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate()
    assert process.returncode == 0, err
    assert not (chat / "helpdesk.sock").exists()


def test_a_fault_of_ours_prints_none_of_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where and what kind, on standard error; a patron's words in the error stay in it."""

    def broken(arguments: object) -> int:
        raise ValueError("Loud on level 3, call +447700900123")

    monkeypatch.setattr(cli, "run", broken)
    with pytest.raises(SystemExit) as left:
        cli.main()
    said = capsys.readouterr().err
    assert left.value.code == cli.BROKEN
    assert "ValueError" in said
    assert "test_cli.py" in said
    assert "level 3" not in said
    assert "900123" not in said
