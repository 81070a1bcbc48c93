"""What the help desk is packed in: the systemd unit holds what it promises, the Containerfile keeps good habits."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.app import STOP_SECONDS
from helpdesk.config import WebSettings
from helpdesk.readiness import LATE_SECONDS
from helpdesk.settings.file import environment
from helpdesk.store.master_key import CREDENTIAL
from tests.chaos.town import town
from tests.test_docs import _parsed

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "packaging" / "helpdesk.service"
CONTAINERFILE = ROOT / "Containerfile"

EXPOSURE = 1.5
"""The most that `systemd-analyze security` may find, of ten; a service without hardening has 9.6."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")


def directives() -> dict[str, list[str]]:
    """The unit's directives with all their values."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


# The unit


def complaints(folder: Path, text: str) -> list[str]:
    """What systemd finds wrong with a unit whose program is there; it may have more to say of others."""
    copy = folder / UNIT.name
    copy.write_text(text.replace("/opt/helpdesk/bin/helpdesk", sys.executable))
    command = ["systemd-analyze", "verify", "--man=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if UNIT.name in line]


@needs_systemd
def test_systemd_takes_the_unit_as_it_is(tmp_path: Path) -> None:
    """Every directive is known and well-formed; only the program lies elsewhere here."""
    assert complaints(tmp_path, UNIT.read_text("utf-8")) == []


@needs_systemd
def test_a_slip_in_the_unit_is_found(tmp_path: Path) -> None:
    """The test above can fail."""
    [line] = complaints(tmp_path, UNIT.read_text("utf-8").replace("ProtectSystem=", "ProtectSistem="))
    assert "ProtectSistem" in line


@needs_systemd
def test_little_is_left_exposed() -> None:
    """By systemd's own count."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    level = re.search(r"Overall exposure level for .*: ([0-9.]+) ", done.stdout)
    assert level is not None, done.stderr
    assert float(level[1]) <= EXPOSURE


def test_the_unit_agrees_with_the_program() -> None:
    """What it starts can be typed, the credential is the one that is looked for, and its times leave room for ours."""
    unit = directives()
    for command in (*unit["ExecStart"], *unit["ExecReload"]):
        _parsed(command.split()[1:])
    assert unit["LoadCredential"][0].partition(":")[0] == CREDENTIAL
    assert unit["Type"] == ["notify"]
    assert float(unit["TimeoutStopSec"][0]) > STOP_SECONDS + 2
    assert float(unit["WatchdogSec"][0]) > LATE_SECONDS


WITHOUT_MORE_CODE = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
"""PR_SET_MDWE: what runs from here on makes no memory executable that it can write, as the unit says."""


@pytest.mark.full
async def test_it_runs_where_no_memory_is_both_written_and_run(tmp_path: Path) -> None:
    """MemoryDenyWriteExecute: the server starts, a mail is read, a chat is held, and it stops. Kernels before 6.3 let
    everything pass, and so does this test there.
    """
    before = (sys.executable, "-c", WITHOUT_MORE_CODE)
    async with (
        town(tmp_path, before=before) as place,
        place.busy(texters=1, mailers=1, visitors=1),
        place.owner.running(),
    ):
        place.may_say(9)
        await place.settles()
        assert await place.owner.stop() == 0


# The container


def instructions() -> Iterator[tuple[str, str]]:
    """The Containerfile's instructions with their arguments, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", CONTAINERFILE.read_text("utf-8"))
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, rest.strip()


def all_of(wanted: str) -> list[str]:
    """The arguments of every instruction of one kind."""
    return [rest for name, rest in instructions() if name == wanted]


KNOWN = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"}


def test_only_plain_instructions() -> None:
    """No ADD: it fetches and unpacks. No ARG: build arguments end up in the image's history."""
    assert {name for name, _ in instructions()} <= KNOWN | {"CMD"}


def test_bases_are_pinned_by_version() -> None:
    """To the patch; both stages on the same, which is of a Python that the project supports."""
    bases = {rest.partition(" AS ")[0] for rest in all_of("FROM")}
    assert len(bases) == 1
    found = re.fullmatch(r"docker\.io/library/python:3\.(\d+)\.\d+-slim-[a-z]+", bases.pop())
    assert found is not None
    assert int(found[1]) >= 11


def test_nothing_is_fetched_but_packages_that_are_pinned() -> None:
    """By pip, under the constraints that were tested; the last stage installs nothing at all."""
    text = CONTAINERFILE.read_text("utf-8")
    assert not re.search(r"\b(curl|wget|git clone|apt-get|apk)\b", text)
    assert all("-c constraints.txt" in rest for rest in all_of("RUN") if "pip install" in rest)
    assert "pip" not in text.rpartition("FROM ")[2].partition("ENTRYPOINT")[0].replace("PIP", "")


def test_every_copied_path_is_there() -> None:
    """And is let through by .containerignore."""
    kept = {line.removeprefix("!") for line in (ROOT / ".containerignore").read_text("utf-8").splitlines()}
    for rest in all_of("COPY"):
        if rest.startswith("--from="):
            continue
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source in kept


def test_it_runs_as_nobody_in_particular() -> None:
    """By number, so that an orchestrator can see that it is not root; what it writes is in its volume."""
    user = all_of("USER")[-1]
    assert re.fullmatch(r"[1-9][0-9]{4,}:[1-9][0-9]{4,}", user)
    assert all_of("VOLUME") == ['["/var/lib/helpdesk"]']
    assert all_of("WORKDIR")[-1] == "/var/lib/helpdesk"
    after = [name for name, rest in instructions()]
    assert after.index("USER") < after.index("ENTRYPOINT")


def test_it_starts_what_can_be_typed() -> None:
    """Without a shell, so that the stop signal arrives."""
    start = re.findall(r'"([^"]*)"', all_of("ENTRYPOINT")[0] + all_of("CMD")[0])
    assert start[0] == "helpdesk"
    _parsed(start[1:])
    assert all_of("STOPSIGNAL") == ["SIGTERM"]


def test_its_health_is_looked_at() -> None:
    """At the door that answers as long as the process does, on the port that is exposed."""
    [check] = all_of("HEALTHCHECK")
    port = all_of("EXPOSE")[0]
    assert f"http://127.0.0.1:{port}/healthz" in check
    assert port == str(WebSettings().port)


def test_no_secret_is_in_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its variables are settings that exist, and none holds a secret."""
    given = dict(part.split("=", 1) for part in all_of("ENV")[0].split())
    for name, value in given.items():
        assert not re.search(r"TOKEN|PASSWORD|SECRET|KEY", name)
        if name.startswith("HELPDESK_") and name != "HELPDESK_CONFIG":
            monkeypatch.setenv(name, value)
    assert environment() == {"web": {"host": "0.0.0.0"}}


def test_the_wheel_holds_every_package() -> None:
    """What is named in pyproject.toml is what lies in the tree."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    tops = (ROOT / top for top in ("helpdesk", "channels", "tui"))
    there = [file.parent.relative_to(ROOT) for top in tops for file in top.rglob("__init__.py")]
    assert sorted(named) == sorted(".".join(folder.parts) for folder in there)
