"""Attachments opened: a real small program as viewer, its file private, and gone when the desk is left."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from helpdesk.desk_settings import DeskSettings
from helpdesk.errors import Refused
from tests.line.listener import listening
from tests.tui.house import House, house
from tests.tui.seat import Seat, seat
from tui.likes import Likes
from tui.viewing import Viewing, viewer_of

PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a screen, and a runtime folder of the test's own."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    for name in ("SSH_CONNECTION", "SSH_TTY", "TEXTUAL_DRIVER", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("HELPDESK_SECRET", "not for viewers")
    return tmp_path


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A mail with a picture, words, and a program that is called a picture."""
    async with house() as opened:
        files = (("a photo.png", PNG), ("notes.txt", b"first line\nsecond"), ("prize.png", b"MZ not a picture"))
        await opened.mails("Renewal", "See the files.", files=(*files, ("prize.exe", b"MZ")))
        yield opened


def program(place: Path, does: str) -> str:
    """A viewer, as the setting names it: it says in ``seen`` what it was given, then ``does`` something."""
    viewer = place / "a viewer"
    viewer.write_text(
        f"#!/bin/sh\ncd '{place}'\n"
        'printf "%s\\n" "$@" > seen.part\n'
        'ls -ld "${2%/*}" "$2" | cut -c1-10 >> seen.part\n'
        'cat "$2" > copy\n'
        'printf "$HELPDESK_SECRET" > secret\n'
        f"mv seen.part seen\n{does}\n",
        encoding="utf-8",
    )
    viewer.chmod(0o700)
    return f"'{viewer}' --view"


async def chooses(desk: Seat, number: int) -> None:
    """O, and a file by its number."""
    await desk.sees("Renewal")
    await desk.press("O")
    await desk.sees("Open which file of ticket 1?", "a photo.png", "only saved")
    await desk.press(str(number), "enter")


async def test_a_picture_is_opened(library: House, place: Path) -> None:
    """As a file for nobody else, by a command line with an argument of its own; gone when the desk is left."""
    async with seat(library, likes=Likes(bell=False, viewer=program(place, "true"))) as desk:
        await chooses(desk, 1)
        await desk.told("Opening a photo.png with a viewer.")
        await desk.until((place / "seen").exists)
        argument, path, *modes = (place / "seen").read_text("utf-8").splitlines()
        assert (argument, Path(path).name, sorted(modes)) == ("--view", "a photo.png", ["-rw-------", "drwx------"])
        assert (place / "copy").read_bytes() == PNG
        assert (place / "secret").read_text("utf-8") == ""
        assert Path(path).is_relative_to(place / "run")
        assert os.path.exists(path)  # noqa: ASYNC240 - one look
    assert os.listdir(place / "run") == []


async def test_text_is_shown_at_the_desk(library: House, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nothing can be opened; no file is written for it."""
    monkeypatch.delenv("DISPLAY")
    async with seat(library) as desk:
        await desk.sees("Renewal")
        await desk.press("colon", *"open_file 2", "enter")
        await desk.sees("notes.txt", "first line", "second", "esc back")
        await desk.press("escape")
        await desk.until(lambda: "first line" not in desk.screen)
        assert os.listdir(place / "run") == []


@pytest.mark.parametrize(
    ("number", "why"), [(3, "holds a program, whatever it is"), (4, "may be a program, so it is never")]
)
async def test_a_program_is_only_saved(library: House, place: Path, number: int, why: str) -> None:
    """By what it holds, or by its name; the key that saves is named."""
    async with seat(library, likes=Likes(bell=False, viewer=program(place, "true"))) as desk:
        await chooses(desk, number)
        await desk.until(lambda: why in " ".join(desk.screen.split()))
        assert "Save it (S)" in " ".join(desk.screen.split())
    assert not (place / "seen").exists()


@pytest.mark.parametrize(
    ("does", "said"),
    [("exit 3", "a viewer ended with an error (3)."), ("kill -9 $$", "a viewer was ended by signal 9.")],
)
async def test_a_viewer_that_fails_is_told_of(library: House, place: Path, does: str, said: str) -> None:
    """And what to do instead."""
    async with seat(library, likes=Likes(bell=False, viewer=program(place, does))) as desk:
        await chooses(desk, 1)
        await desk.told(f"{said} If it did not show the file, save it (S).")


async def test_a_viewer_that_is_not_there_is_told_of(library: House, place: Path) -> None:
    """By its name."""
    async with seat(library, likes=Likes(bell=False, viewer="no-such-viewer --fast")) as desk:
        await chooses(desk, 1)
        await desk.told("no-such-viewer could not be started: it is not installed.")


async def test_a_viewer_that_hangs_holds_nobody_up(library: House, place: Path) -> None:
    """The desk goes on meanwhile and can be left; the viewer outlives it, as a window does."""
    hangs = program(place, f'echo $$ > "{place}/id"; exec sleep 1000')
    try:
        async with seat(library, likes=Likes(bell=False, viewer=hangs)) as desk:
            await chooses(desk, 1)
            await desk.until((place / "seen").exists)
            await desk.press("enter")
            await desk.sees("See the files.")
            await desk.until(lambda: (place / "id").exists() and (place / "id").read_text("utf-8").strip())
        assert os.listdir(place / "run") == []
    finally:
        os.kill(int((place / "id").read_text("utf-8")), signal.SIGKILL)


async def test_what_is_only_saved_is_said_beside_a_long_name(library: House, place: Path) -> None:
    """Where one is picked, also on the smallest screen."""
    await library.mails("Forms", "Two.", files=((f"{'a very ' * 20}long name.exe", b"MZ"), ("notes.txt", b"words")))
    async with seat(library) as desk:
        await desk.sees("Forms")
        await desk.press("j", "O")
        await desk.sees("Open which file of ticket 2?", "1 a very a very", "2 B, only saved", "2 notes.txt", "5 B")


async def test_a_number_that_no_file_has(library: House, place: Path) -> None:
    """It is said how many there are; what is no number stays on the line."""
    async with seat(library) as desk:
        await desk.sees("Renewal")
        await desk.press("colon", *"open_file 9", "enter")
        await desk.told("4 files came with ticket 1: there is no file 9.")


# Which program


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"SSH_CONNECTION": "x"}, "over SSH"),
        ({}, "no screen beside it"),
        ({"DISPLAY": ":0", "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}, "on a page in your browser"),
    ],
)
@pytest.mark.parametrize("wanted", ["", "evince"])
def test_where_there_is_no_screen_nothing_is_opened(environ: dict[str, str], why: str, wanted: str) -> None:
    """And saving is named."""
    with pytest.raises(Refused, match=why) as refused:
        viewer_of(wanted, environ=environ, platform="linux", find=lambda name: name)
    assert "{key:save}" in str(refused.value)


def test_which_program_shows_attachments() -> None:
    """The setting's, else the system's own; one of the terminal needs no screen."""
    screen = {"WAYLAND_DISPLAY": "wayland-0", "SSH_CONNECTION": "x"}
    assert viewer_of("", environ=screen, platform="linux", find=lambda name: name).words == ("xdg-open",)
    assert viewer_of("", environ={}, platform="darwin", find=lambda name: name).words == ("open",)
    assert viewer_of("less -R 'x y'", here=True, environ={"SSH_TTY": "x"}).words == ("less", "-R", "x y")
    with pytest.raises(Refused, match="over SSH"):
        viewer_of("", environ={"SSH_TTY": "x"}, platform="darwin", find=lambda name: name)
    with pytest.raises(Refused, match="No program opens files here"):
        viewer_of("", environ=screen, platform="linux", find=lambda name: None)
    with pytest.raises(Refused, match="its settings say so"):
        viewer_of("none", here=True, environ=screen)


def test_a_command_line_with_open_quotes_is_refused() -> None:
    """Where the settings are read, in words."""
    with pytest.raises(ValidationError, match="close its quotes"):
        DeskSettings(viewer="evince 'x")


# The private folder


async def test_what_a_killed_desk_left_behind_goes(place: Path) -> None:
    """With the next start; what another desk holds stays, and so does what only looks like it."""
    left, looks_like = place / "run" / "helpdesk-opened-abc123", place / "run" / "helpdesk-opened-open"
    left.mkdir(mode=0o700)
    (left / "a photo.png").write_bytes(PNG)
    looks_like.mkdir(mode=0o755)
    (place / "run" / "helpdesk-opened-link").symlink_to(looks_like)
    other = Viewing()
    kept = other.put("mine.png", PNG)
    Viewing().sweep()
    assert kept.read_bytes() == PNG
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert not left.exists()
    assert looks_like.exists()
    other.remove()
    assert sorted(os.listdir(place / "run")) == ["helpdesk-opened-link", "helpdesk-opened-open"]


KILLED = """
import os, signal
from tui.viewing import Viewing
Viewing().put("a photo.png", b"x")
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_desk_that_is_killed_leaves_nothing_for_long(place: Path) -> None:
    """A real process with a real lock."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED)
    assert await process.wait() == -signal.SIGKILL
    assert len(os.listdir(place / "run")) == 1
    Viewing().sweep()
    assert os.listdir(place / "run") == []


# Line mode


async def test_line_mode_opens_and_reads_out(library: House, place: Path) -> None:
    """The viewer for a picture, words for text, a reason for a program; the file goes when the line is left."""
    viewing = Viewing(program(place, "true"))
    async with listening(library, viewing=viewing) as here:
        await here.does("open_file 1 1")
        assert here.text == "Opening a photo.png with a viewer."
        assert (place / "copy").read_bytes() == PNG
        await here.does("open_file 1", "notes")
        assert here.heard[-3:] == ["File: notes.txt.", "  first line", "  second"]
        assert await here.says("open_file 1 3") == 1
        assert "Save it (save)" in here.wrong[0]
        assert await here.says("open_file 1 9") == 2
    assert os.listdir(place / "run") == []


async def test_a_program_is_told_where_the_file_lies(library: House, place: Path) -> None:
    """With --json; a script has nobody who looks, but reads text."""
    async with listening(library, json=True, viewing=Viewing(program(place, "exit 3"))) as here:
        assert await here.says("open_file 1 1") == 1
        [told] = here.told
        assert (told["type"], told["name"], told["viewer"]) == ("opened", "a photo.png", "a viewer")
        assert Path(told["path"]).read_bytes() == PNG  # noqa: ASYNC240 - one look
    async with listening(library, json=True, asks=False) as here:
        assert await here.says("open_file 1 1") == 1
        assert "save 1 writes it to a folder" in here.wrong[0]
        await here.does("open_file 1 2")
        assert here.told[0]["text"] == "first line\nsecond"
