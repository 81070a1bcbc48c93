"""Line mode where it is used: at a terminal that can do nothing, in a pipe, as a command of the shell."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
from pathlib import Path

import pytest

from helpdesk.cli import run
from tests.tui.terminal import ROOT, Terminal, terminal

AT_HOME = (sys.executable, "-m", "tests.line.at_home")
PATIENCE = 30.0


async def _prompts(screen: Terminal, count: int) -> None:
    """Wait for the prompt after so many lines were done."""
    await screen.until(lambda: screen.text.count("\nNew:") >= count, f"no prompt {count}")


async def test_a_patron_is_answered_at_a_terminal_that_can_do_nothing() -> None:
    """80 by 24, TERM=dumb: greeted, answered, asked; ctrl+C leaves a line, a question, and what goes on."""
    async with terminal(AT_HOME, env={"TERM": "dumb"}) as screen:
        await screen.sees("You are Ana Pereira, available. a library in memory", "Most urgent: Ticket 5.", "\nNew:")
        screen.press("reply 4\r")
        await screen.sees("Text:")
        screen.press("On our way.\r.\r")
        await screen.sees("11 of 160", "Number or enter for Send it:")
        screen.press("\r")
        await screen.sees("your reply is in the outbox")
        await _prompts(screen, 2)
        screen.press("solve 1\r")
        await screen.sees("Number or enter for No:")
        screen.process.send_signal(signal.SIGINT)
        await screen.sees("Nothing was done.")


@pytest.mark.full
async def test_what_goes_on_is_left_by_ctrl_c_and_the_line_by_quit() -> None:
    """Watching ends, the desk does not; leaving asks, because this process runs the channels."""
    async with terminal(AT_HOME, env={"TERM": "dumb"}) as screen:
        await _prompts(screen, 1)
        screen.press("watch\r")
        await screen.sees("Watching. ctrl+C ends it.")
        screen.process.send_signal(signal.SIGINT)
        await screen.sees("Stopped.")
        await _prompts(screen, 2)
        screen.press("q\r")
        await screen.sees("Leave the desk?", "Number or enter for No:")
        screen.press("2\r")
        assert await screen.ended() == 0


async def _piped(*words: str, said: str | bytes = "") -> tuple[int, str, str]:
    """Run the line over a library in memory; its exit status, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *AT_HOME,
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(said.encode() if isinstance(said, str) else said)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_pipe_is_a_script() -> None:
    """One command a line, no prompts, no control character; what failed is said on standard error."""
    status, out, err = await _piped(said="tags 4 food\nlist mail\nsolve 99\ntags 1 never\n")
    assert status == 1
    assert out.splitlines()[:2] == ["Ticket 4: food.", "Mail: 3 tickets."]
    assert err.splitlines() == ["There is no ticket 99.", "That was line 3: solve 99"]
    assert all(char.isprintable() or char == "\n" for char in out)


@pytest.mark.full
async def test_bytes_that_are_no_text_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a text: nothing is sent, nothing breaks, and the line is named."""
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8:strict")
    status, out, err = await _piped(said=b"tags 4 food\nreply 4\nOn our \xff way.\n.\n")
    assert (status, out) == (2, "Ticket 4: food.\n")
    assert "not UTF-8" in err
    assert "Draft kept, nothing was sent." in err
    assert err.splitlines()[-1] == "That was line 2: reply 4"


@pytest.mark.full
async def test_words_come_from_a_pipe() -> None:
    """What is piped to a reply without words is the reply."""
    status, out, _ = await _piped("reply", "4", "--json", said="On our way.\nTen minutes.\n")
    assert status == 0
    assert json.loads(out)["ticket"]["number"] == 4


@pytest.fixture
def library(tmp_path: Path) -> list[str]:
    """A library on this machine, with no channels; the options that name it."""
    settings = '[web]\nport = 0\n\n[library]\nname = "Moor Street Library"\n'
    (tmp_path / "helpdesk.toml").write_text(settings, encoding="utf-8")
    return ["line", "--config", str(tmp_path / "helpdesk.toml")]


def test_a_line_is_a_command_of_the_shell(
    library: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens the store where nobody owns it; options of the verb stand behind the verb."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run([*library, "log", "phone", "--waited", "2", "asked when we close"]) == 0
    assert capfd.readouterr().out == "Logged as ticket 1, solved.\n"
    assert run([*library, "list", "--view", "finished", "--json"]) == 0
    row = json.loads(capfd.readouterr().out)
    assert (row["number"], row["channel"], row["subject"]) == (1, "phone", "asked when we close")
    assert run([*library, "sovle", "1"]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("There is no verb 'sovle'. Did you mean solve")
