"""Saving what patrons attached: harmless names, nothing overwritten, readable by nobody else."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.house import House, house
from tests.tui.seat import seat
from tui.files import LONGEST, clean_name, default_folder, put, saved, short, target_of
from tui.outside import editor_command, written
from tui.progress import Meter


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A mail with two files, one of them under a name that means harm, and a text with none."""
    async with house() as opened:
        await opened.texts("loud on level 3")
        await opened.mails(
            "Renewal", "See the list.", files=(("list of books.pdf", b"books"), ("../../.ssh/keys", b"not keys"))
        )
        yield opened


async def test_the_files_of_a_ticket_are_saved(library: House, home: Path) -> None:
    """S, a folder, enter: it says where they are; a second time nothing is overwritten."""
    (home / "Downloads").mkdir()
    async with seat(library) as desk:
        await desk.sees("Renewal")
        await desk.press("j", "enter")
        await desk.sees("list of books.pdf")
        await desk.press("S")
        await desk.sees("Save 2 files of ticket 2", "~/Downloads", "list of books.pdf  5 B", "keys  8 B")
        await desk.press("enter")
        await desk.told("Saved 2 files in ~/Downloads.")
        await desk.press("S")
        await desk.sees("Save 2 files")
        await desk.press("enter")
        await desk.until(lambda: (home / "Downloads" / "keys-2").exists())
    kept = {path.name: path.read_bytes() for path in (home / "Downloads").iterdir()}
    assert kept == {
        "list of books.pdf": b"books",
        "list of books-2.pdf": b"books",
        "keys": b"not keys",
        "keys-2": b"not keys",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home / "Downloads").iterdir()} == {0o600}


async def test_a_folder_that_is_not_there_is_asked_for_again(library: House, home: Path) -> None:
    """Nothing is made, and esc saves nothing; the folder that was used last is offered next."""
    (home / "loans").mkdir()
    async with seat(library) as desk:
        await desk.sees("Renewal")
        await desk.press("j", "S")
        await desk.sees("Save 2 files", "~")
        await desk.press(*"/nowhere", "enter")
        await desk.sees("There is no such folder.")
        await desk.press("escape")
        await desk.until(lambda: "Save 2 files" not in desk.screen)
        await desk.press("S")
        await desk.sees("Save 2 files")
        await desk.press(*"~/loans", "enter")
        await desk.told("Saved 2 files in ~/loans.")
        await desk.press("S")
        await desk.sees("Save 2 files", "  ~/loans\n")
    assert os.listdir(home) == ["loans"]


async def test_what_can_not_be_written_is_said(library: House, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: in words, and the desk goes on."""

    def full(folder: Path, name: str, content: bytes) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tui.screens.files.saved", full)
    async with seat(library) as desk:
        await desk.sees("Renewal")
        await desk.press("j", "S")
        await desk.sees("Save 2 files")
        await desk.press("enter")
        await desk.told("list of books.pdf could not be written: No space left on device.")
        assert not any("Saved" in toast for toast in desk.toasts)


async def test_a_ticket_without_files_says_so(library: House, home: Path) -> None:
    """Nothing is asked."""
    async with seat(library) as desk:
        await desk.sees("loud on level 3")
        await desk.press("S")
        await desk.told("No file came with ticket 1.")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("list of books.pdf", "list of books.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mina\\scan.pdf", "scan.pdf"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a\x1b[31mb\n.pdf", "a_[31mb.pdf"),
        ("exe.\u202efdp.sh", "exe.fdp.sh"),
        ("", "file"),
        ("...", "file"),
        ("~/$HOME|`x`", "_HOME__x_"),
        ("réservé.pdf", "réservé.pdf"),
    ],
)
def test_names_do_no_harm(given: str, kept: str) -> None:
    """No folders, nothing hidden, no sign that a terminal or a shell takes for a command."""
    assert clean_name(given) == kept


@pytest.mark.parametrize("name", ["n" * 400 + ".pdf", "é" * 400 + ".pdf", "n." + "x" * 400])
def test_a_long_name_keeps_its_ending(name: str) -> None:
    """As long as it is one."""
    assert len(clean_name(name).encode()) <= LONGEST
    assert clean_name(name).endswith(".pdf" if name.endswith(".pdf") else "x")


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    """Somebody put a link where the file would go: it gets another name."""
    (tmp_path / "list.pdf").symlink_to(tmp_path / "elsewhere")
    assert saved(tmp_path, "list.pdf", b"x").name == "list-2.pdf"
    assert not (tmp_path / "elsewhere").exists()


def test_where_files_go_by_default(tmp_path: Path) -> None:
    """Downloads if it is there, else home."""
    assert short(default_folder(tmp_path), tmp_path) == "~"
    (tmp_path / "Downloads").mkdir()
    assert short(default_folder(tmp_path), tmp_path) == "~/Downloads"
    assert short(Path("/srv"), tmp_path) == "/srv"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", "name of a file"),
        ("~", "folder"),
        ("..", "folder"),
        ("/dev/full", "device"),
        ("a\x1b[2Jb.txt", "nobody can see"),
        ("a\x00b.txt", "nobody can see"),
        ("\u202etxt.exe", "nobody can see"),
        ("x" * 300, "too long"),
        ("ü" * 120, "too long"),
        ("x" * 5000 + "/report.txt", "no such folder"),
        ("no\x00where/report.txt", "no such folder"),
        ("~nobody-of-that-name/report.txt", "no such folder"),
        ("/dev/full/report.txt", "no such folder"),
    ],
)
def test_a_report_goes_into_a_file_or_nowhere(
    typed: str, wrong: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be one is said before anything is made: no device is replaced, no name hides what it is."""
    monkeypatch.chdir(home)
    with pytest.raises(ValueError, match=wrong):
        target_of(typed)
    assert not os.listdir(home)


@pytest.mark.parametrize("over", [False, True])
def test_a_full_disk_leaves_what_was_there(over: bool, tmp_path: Path) -> None:
    """Nothing half written stays, and what is there stays whole."""
    path = tmp_path / "report.txt"
    if over:
        path.write_text("92.3 %", encoding="utf-8")
    with full_disk(), pytest.raises(OSError, match="File too large"):
        put(path, "x" * 100_000, Meter("Writing kB"), over=over)
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ["92.3 %"] * over


def test_an_attachment_on_a_full_disk_leaves_nothing_half_saved(tmp_path: Path) -> None:
    """The name is free again for another try."""
    with full_disk(), pytest.raises(OSError, match="File too large"):
        saved(tmp_path, "scan.pdf", b"x" * 100_000)
    assert not os.listdir(tmp_path)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may become larger than 4 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


# $EDITOR


@pytest.mark.parametrize(
    ("editor", "wrong"),
    [
        ('vi "', "EDITOR can't be read as a command."),
        ("rm", "The text could not be handed to rm: No such file or directory."),
        ("false", "false ended with an error (1)"),
        ("no-such-editor", "no-such-editor could not be started."),
    ],
)
async def test_an_editor_that_fails_loses_nothing(editor: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is as it was, and the reader hears what is wrong with the editor."""
    monkeypatch.setenv("VISUAL", editor)
    text, said = await written("On our way.")
    assert text == "On our way."
    assert wrong in said


def test_a_blank_editor_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is vi then."""
    monkeypatch.setenv("VISUAL", "   ")
    assert editor_command() == ["vi"]


async def test_where_no_file_can_be_made_the_text_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for the editor's file."""
    monkeypatch.setenv("VISUAL", "true")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    text, said = await written("On our way.")
    assert (text, said.partition(":")[0]) == ("On our way.", "The text could not be handed to true")
