"""`helpdesk import mbox`: a thread becomes a ticket as its patron and the library wrote it, and nothing goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.errors import Refused
from helpdesk.importing.mails import line_for
from helpdesk.message import LineId
from tests.conversation import LINES, library
from tests.importing.post import HELP, filed, mail, reply
from tests.importing.test_tickets import CONFIG, stored
from tests.kept import names
from tests.test_cli import served

FILE = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"
BODY = (
    "--b\nContent-Type: text/plain; charset=utf-8\n\nHere it is.\n"
    "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=form.pdf\n"
    "Content-Transfer-Encoding: base64\n\nJVBERi0=\n--b--\n"
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a mailbox and a chat page, and nothing in it."""
    (tmp_path / "helpdesk.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_thread_is_a_ticket(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its mails in the order of time, files with them, closed with the last; a second time it is known."""
    filed(folder / "inbox.mbox", [mail(1, BODY, more=FILE), mail(2, "Thanks\n\n> Yes.", answers="r", clock="12:00:00")])
    filed(folder / "sent.mbox", [reply("r", answers=1)])
    for _ in range(2):
        assert run(["import", "mbox", "inbox.mbox", "sent.mbox"]) == 0
    said = capsys.readouterr().out
    assert "3 mails in 1 thread, 1 of them ours." in said
    assert "1 contact imported." in said
    assert "1 was imported before, or came in live." in said
    assert stored(folder, "SELECT number, channel, line, site, subject, state, name FROM tickets") == [
        (1, "mail", "help", "Hill", "Renewal", "closed", "Ana")
    ]
    found = stored(folder, "SELECT kind, author, text, quote_from FROM entries ORDER BY row")
    assert found == [
        ("in", "Ana", "Here it is.", None),
        ("out", "Library", "Yes.", None),
        ("in", "Ana", "Thanks\n\n> Yes.", 8),
    ]
    assert stored(folder, "SELECT name, media_type, size FROM files") == [("form.pdf", "application/pdf", 5)]
    assert stored(folder, "SELECT value FROM addresses") == [("ana@example.org",)]
    for nothing in ("outbox", "raw", "notices"):
        assert stored(folder, f"SELECT count(*) FROM {nothing}") == [(0,)]
    assert names(folder, "*.batch") == []
    assert run(["db", "check"]) == 0


def test_tickets_are_numbered_by_time(folder: Path) -> None:
    """Whatever order the files are in."""
    filed(folder / "a.mbox", [mail(3, day=9, subject="Third"), mail(1, day=1, subject="First")])
    filed(folder / "b.mbox", [mail(2, day=5, subject="Second")])
    assert run(["import", "mbox", "a.mbox", "b.mbox"]) == 0
    assert stored(folder, "SELECT subject FROM tickets ORDER BY number") == [("First",), ("Second",), ("Third",)]


def test_what_nobody_answered_can_be_left_open(folder: Path) -> None:
    """Only where the patron had the last word; automatic mail waits for nobody."""
    auto = mail(3, sender="Bot <bot@example.org>", more="Auto-Submitted: auto-replied\n")
    filed(folder / "a.mbox", [mail(1), reply("r", answers=1), mail(2, sender="Bo <bo@example.org>"), auto])
    assert run(["import", "mbox", "a.mbox", "--leave-open"]) == 0
    found = dict(stored(folder, "SELECT name, state FROM tickets"))
    assert found == {"Ana": "closed", "Bo": "new", "Bot": "closed"}
    assert stored(folder, "SELECT name FROM tickets WHERE flags = 'automatic'") == [("Bot",)]


def test_addresses_that_we_answered_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named, their mails are answers; without them it is said that none is ours."""
    sent = mail("r", "Yes.", sender="Mia <mia@library.example>", to="ana@example.org", answers=1, clock="11:00:00")
    filed(folder / "a.mbox", [mail(1), sent])
    assert run(["import", "mbox", "a.mbox", "--dry-run"]) == 0
    assert "None of them is ours" in capsys.readouterr().err
    assert run(["import", "mbox", "a.mbox", "--ours", "Mia@Library.example"]) == 0
    assert stored(folder, "SELECT kind, author FROM entries ORDER BY row") == [("in", "Ana"), ("out", "Mia")]


def test_a_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what is in the archive, and what is left out."""
    filed(folder / "a.mbox", [mail(1), reply("r", answers=1), mail(1), mail(5).replace("2024", "1924")])
    assert run(["import", "mbox", "a.mbox", "--dry-run"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "a.mbox, mail 1: 2024-03-12 10:00 to 2024-03-12 11:30, 2 mails, 1 of them ours",
        "2 mails in 1 thread, 1 of them ours, 1 found twice, 1 without a time that can be.",
    ]
    assert "a.mbox: mail 4 is left out" in said.err
    assert names(folder) == ["a.mbox", "helpdesk.toml"]


def test_mails_that_can_t_be_read_are_told_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They stay where they are; the others come in, hostile ones too."""
    deep = "Content-Type: multipart/mixed; boundary=b\n"
    hostile: list[str | bytes] = [
        mail(1, "\x00\x01 NUL"),
        mail(2, "x" * 300_000),
        mail(3, "--b\n" * 2000, more=deep),
        mail(4, sender='"' + '"' * 5000 + "<x@example.org>"),
        mail(5).encode().replace(b"renew", b"ren\xe9w \xff\xfe"),
        mail(6, subject="=?utf-8?b?////?= \x07"),
        b"From: z@example.org\nMessage-ID: <7@example.org>\nDate: Tue, 12 Mar 2024 10:00:00 +0000\n\n",
    ]
    filed(folder / "a.mbox", hostile)
    assert run(["import", "mbox", "a.mbox"]) == 0
    said = capsys.readouterr().out
    assert "7 mails in" in said
    assert stored(folder, "SELECT count(*) FROM tickets")[0][0] >= 4
    assert run(["db", "check"]) == 0


async def test_what_came_in_live_is_known(tmp_path: Path) -> None:
    """An archive that overlaps with what the desk took itself adds only what the desk has not."""
    config = tmp_path / "helpdesk.toml"
    async with library(folder=tmp_path) as town:
        ana = town.mailer("ana")
        await ana.mails("Is it in?", named="<live@example.org>", account=HELP)
    config.write_text(CONFIG.replace("[web]", f'[store]\npath = "{tmp_path / "helpdesk.sqlite"}"\n\n[web]'))
    inbox = [mail("live", "Is it in?"), mail("old", day=1)]
    filed(tmp_path / "a.mbox", [*inbox, reply("r", answers="live")])
    import asyncio

    assert await asyncio.to_thread(run, ["import", "mbox", str(tmp_path / "a.mbox"), "--config", str(config)]) == 0
    found = stored(tmp_path, "SELECT t.number, e.kind FROM entries e JOIN tickets t ON t.id = e.ticket ORDER BY e.row")
    assert found == [(1, "in"), (2, "in"), (1, "out")]


def test_which_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mailbox that a mail names, else the only one, else the one that is named; a sealed line never."""
    boxes = {LineId(name): line for name, line in LINES.items() if line.channel == "mail"}
    assert line_for({LineId("help"): LINES["help"]}, None) == "help"
    assert line_for(boxes, "greeted") == "greeted"
    with pytest.raises(Refused, match="Say with --line where mail goes"):
        line_for(boxes, None)
    with pytest.raises(Refused, match="There is no mail line 'chat'"):
        line_for(boxes, "chat")
    with pytest.raises(Refused, match="There is no line for mail"):
        line_for({}, None)
    more = '[lines.loans]\nchannel = "mail"\ntitle = "Loans"\naddress = "loans@library.example"\n'
    (folder / "helpdesk.toml").write_text(CONFIG + more)
    filed(
        folder / "a.mbox",
        [mail(1, to="loans+abc@library.example"), mail(2, to="list@elsewhere.example", sender="b@c.d")],
    )
    assert run(["import", "mbox", "a.mbox"]) == 1
    assert run(["import", "mbox", "a.mbox", "--line", "help"]) == 0
    assert stored(folder, "SELECT line FROM tickets ORDER BY line") == [("help",), ("loans",)]


@pytest.mark.full
def test_through_the_owner(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While the help desk runs it is asked; large files travel, too."""
    large = BODY.replace("JVBERi0=", "QUFB" * 700_000)
    filed(folder / "a.mbox", [mail(1, large, more=FILE)])
    with served():
        assert run(["import", "mbox", "a.mbox"]) == 0
    assert stored(folder, "SELECT size FROM files") == [(2_100_000,)]
    assert names(folder, "*.batch") == []


def test_what_is_no_mailbox(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused before anything is read."""
    (folder / "a.csv").write_text("when,text\n")
    assert run(["import", "mbox", "a.csv"]) == 1
    assert "no mailbox file" in capsys.readouterr().err
    assert not (folder / "helpdesk.sqlite").exists()
