"""`helpdesk staff`, `login` and `logout`: at the library's own machine, through its owner, and with a token."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from helpdesk import staffing
from helpdesk.cli import run
from helpdesk.clock import SystemClock
from helpdesk.commands.options import system_user
from helpdesk.errors import Refused
from helpdesk.message import StaffId
from helpdesk.offering import offering
from helpdesk.permissions import Role
from helpdesk.serving import listening
from helpdesk.settings.file import load
from tests.conversation import Town, library

ME = system_user()[0]
READING = {"roster.trail", "roster.deeds"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library's folder to work in, a home, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    (tmp_path / "helpdesk.toml").write_text("")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What a command prints on standard output."""
    capsys.readouterr()
    assert run(arguments) == status
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that fails says."""
    capsys.readouterr()
    assert run(arguments) == 1
    return capsys.readouterr().err


def test_a_member_comes_and_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """On the store itself, where nobody owns it."""
    assert "is on the list of staff, as agent" in said(capsys, "staff", "add", "ana", "--name", "Ana Pereira")
    assert "on the list of staff already" in refused(capsys, "staff", "add", "ana")
    assert said(capsys, "staff", "role", "ana", "admin") == "Ana Pereira is an admin now.\n"
    assert "is the last admin" in refused(capsys, "staff", "role", "ana", "agent")
    assert "is the last admin" in refused(capsys, "staff", "disable", "ana")
    said(capsys, "staff", "add", "ben", "--role", "admin")
    assert "can't sign in any more" in said(capsys, "staff", "disable", "ana")
    assert "(disabled)" in said(capsys, "staff", "list").splitlines()[0]
    assert "is the last admin" in refused(capsys, "staff", "disable", "ben")
    assert "can sign in again, as admin" in said(capsys, "staff", "enable", "ana")
    told = [json.loads(line) for line in said(capsys, "staff", "list", "--json").splitlines()]
    assert told[0] == {"id": "ana", "name": "Ana Pereira", "role": "admin", "disabled": False}


def test_a_forgotten_pin_is_taken_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its owner gets in without one, and the trail says who did it."""

    async def signs_in(*, set_pin: bool) -> bool:
        async with library(folder=tmp_path) as town:
            desk = town.house.desk
            if set_pin:
                await desk.sign_in(StaffId("ana"), pin="")
                await desk.set_pin(StaffId("ana"), old="", new="4711")
            return (await desk.sign_in(StaffId("ana"), pin="")).has_pin

    said(capsys, "staff", "add", "ana", "--name", "Ana Pereira")
    with pytest.raises(Refused):
        assert asyncio.run(signs_in(set_pin=True))
    assert "Ana Pereira signs in without a PIN now." in said(capsys, "staff", "drop-pin", "ana")
    assert not asyncio.run(signs_in(set_pin=False))
    assert "roster.drop_pin" in said(capsys, "staff", "trail")
    assert "There is no member of staff nobody." in refused(capsys, "staff", "drop-pin", "nobody")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("staff", "add", "patron"), "is what the history calls others"),
        (("staff", "add", "x" * 65), "1 to 64 letters"),
        (("staff", "add", "zoe", "--name", "a\nb"), "at most 64 letters"),
        (("staff", "role", "nobody", "lead"), "no member of staff nobody"),
        (("staff", "disable", "nobody"), "no member of staff nobody"),
        (("staff", "enable", "nobody"), "no member of staff nobody"),
        (("staff", "token", "issue", "nobody", "--name", "x"), "no member of staff nobody"),
        (("staff", "token", "revoke", "nope"), "There is no token nope"),
        (("staff", "trail", "--ticket", "7"), "There is no ticket 7"),
        (("staff", "trail", "--json", "--csv"), "Choose one"),
    ],
)
def test_what_is_refused(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    """In words that say what to do."""
    assert words in refused(capsys, *arguments)


def test_a_token_is_shown_once(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """On standard output alone, or in a file of its owner's; then only what it is for."""
    said(capsys, "staff", "add", "ana")
    text = said(capsys, "staff", "token", "issue", "ana", "--name", "laptop", "--days", "30").strip()
    listed = said(capsys, "staff", "token", "list", "ana")
    assert text.startswith("hd_")
    assert text.split("_")[1] in listed
    assert text not in listed
    assert "never used" in listed
    assert said(capsys, "staff", "token", "issue", "ana", "--name", "desk", "--out", "token.txt") == ""
    assert (folder / "token.txt").read_text().startswith("hd_")
    assert stat.S_IMODE((folder / "token.txt").stat().st_mode) == 0o600
    assert "exists and is kept" in refused(
        capsys, "staff", "token", "issue", "ana", "--name", "x", "--out", "token.txt"
    )
    assert "opens nothing any more" in said(capsys, "staff", "token", "revoke", text.split("_")[1])
    assert "revoked" in said(capsys, "staff", "token", "list", "ana")
    assert said(capsys, "staff", "token", "list", "zoe") == "zoe has no tokens.\n"
    for file in folder.rglob("helpdesk.sqlite*"):
        assert text.encode() not in file.read_bytes()


def test_the_trail_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Who did what: for people, for programs, for spreadsheets; reading it leaves one row, however it is read."""
    said(capsys, "staff", "add", "ana", "--role", "admin")
    lines = said(capsys, "staff", "trail").splitlines()
    assert len(lines) == 2
    assert f"{ME:16} roster.add" in lines[0] + lines[1]
    assert "staff_added" in lines[0] + lines[1]
    rows = [json.loads(line) for line in said(capsys, "staff", "trail", "--json").splitlines()]
    assert {(row["source"], row["what"], row["about"]) for row in rows if row["what"] not in READING} == {
        ("log", "staff_added", "ana"),
        ("trail", "roster.add", "ana"),
    }
    table = list(csv.DictReader(io.StringIO(said(capsys, "staff", "trail", "--csv"))))
    assert {row["who"] for row in table} == {ME}
    assert [row["what"] for row in table].count("roster.trail") == 1
    assert said(capsys, "staff", "trail", "--of", "zoe") == ""
    assert said(capsys, "staff", "trail", "--to", "2020-01-01") == ""
    assert len(said(capsys, "staff", "trail", "--from", "2020-01-01").splitlines()) > 2


# Through the store's owner, and from another machine


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Town, str]]:
    """The library of the folder, offered on its socket and on a loopback port."""
    async with library(folder=folder) as town, offering(town.house, on=listening()) as offer:
        yield town, offer.url


async def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What a command prints while a library is served here."""
    capsys.readouterr()
    assert await asyncio.to_thread(run, arguments) == status, capsys.readouterr().err
    printed = capsys.readouterr()
    return printed.out if status == 0 else printed.err


async def test_the_owner_is_asked_where_one_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same commands, through its socket; what they do is in the trail under the login of who ran them."""
    async with served(folder) as (town, _):
        await told(capsys, "staff", "add", "ana", "--role", "admin")
        await told(capsys, "staff", "add", "ben")
        assert "is the last admin" in await told(capsys, "staff", "disable", "ana", status=1)
        await told(capsys, "staff", "disable", "ben")
        assert "(disabled)" in await told(capsys, "staff", "list")
        rows = [json.loads(line) for line in (await told(capsys, "staff", "trail", "--json")).splitlines()]
        assert {row["who"] for row in rows} == {ME}
        assert [event.kind for event in await town.log()][-3:] == ["staff_added", "staff_added", "staff_disabled"]


async def test_a_login_from_another_machine(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The token is kept for its owner alone; with it the list is asked for at the server, as far as the role goes."""
    async with served(folder) as (town, url):
        roster = town.house.roster
        await roster.add(StaffId("root"), StaffId("ana"), role=Role.ADMIN)
        await roster.add(StaffId("root"), StaffId("ben"))
        for who in ("ana", "ben"):
            (folder / who).write_text((await roster.issue(StaffId("root"), StaffId(who), name="laptop")).text)
        assert "You are ana at" in await told(capsys, "login", "--server", url, "--file", "ana")
        kept = folder / "home" / ".config" / "helpdesk" / "tokens.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        await told(capsys, "staff", "add", "zoe", "--server", url)
        assert "You are ben at" in await told(capsys, "login", "--server", url, "--file", "ben")
        assert "for admins" in await told(capsys, "staff", "add", "joe", "--server", url, status=1)
        assert "for admins" in await told(capsys, "staff", "list", "--server", url, status=1)
        assert "laptop" in await told(capsys, "staff", "token", "list", "ben", "--server", url)
        await told(capsys, "staff", "token", "issue", "ben", "--name", "mine", "--server", url)
        await told(capsys, "logout", "--server", url)
        assert "You are not signed in" in await told(capsys, "staff", "list", "--server", url, status=1)
        assert "There is no token" in await told(capsys, "logout", "--server", url, status=1)


async def test_a_bad_token_is_not_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cut short, or no longer good: it is said, and nothing is written."""
    async with served(folder) as (town, url):
        await town.house.roster.add(StaffId("root"), StaffId("ana"))
        issued = await town.house.roster.issue(StaffId("root"), StaffId("ana"), name="laptop", days=1)
        (folder / "cut").write_text(issued.text[:-3])
        assert "not a whole token" in await told(capsys, "login", "--server", url, "--file", "cut", status=1)
        (folder / "whole").write_text(issued.text)
        town.time.clock.passes(days=2)
        assert "has expired" in await told(capsys, "login", "--server", url, "--file", "whole", status=1)
        assert "can't be read" in await told(capsys, "login", "--server", url, "--file", "none", status=1)
        assert not (folder / "home" / ".config").exists()


def test_no_command_takes_a_token_as_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    """Every user of a machine may read its processes' arguments."""
    for arguments in (
        ("login", "--server", "http://localhost", "--token", "hd_x"),
        ("staff", "list", "--token", "hd_x"),
    ):
        assert run(arguments) == 2
        assert "No such option" in capsys.readouterr().err


def test_a_token_comes_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of it; one that is cut short is told so before anybody is asked."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("hd_cut\n"))
    assert "not a whole token" in refused(capsys, "login", "--server", "http://localhost:1")


@pytest.mark.parametrize(
    ("server", "words"),
    [("desk.library.example", "is no server"), ("http://localhost:1/foo", "has a path")],
)
def test_an_address_that_is_none_is_refused_before_a_token_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: str, words: str
) -> None:
    """What stands on the standard input is not read."""
    given = io.StringIO("hd_token\n")
    monkeypatch.setattr(sys, "stdin", given)
    assert run(("login", "--server", server)) == 2
    assert words in capsys.readouterr().err
    assert given.tell() == 0


async def test_the_list_of_a_library_without_an_owner(folder: Path) -> None:
    """The commands' own way, in one process: whoever may open the files is an admin."""
    async with staffing.here(load(folder / "helpdesk.toml", channels=False), SystemClock(), StaffId("me")) as asking:
        await asking.roster.add(asking.actor, StaffId("ana"))
        assert [each.id for each in await asking.roster.everyone(asking.actor)] == ["ana"]
