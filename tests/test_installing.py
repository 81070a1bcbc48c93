"""docs/operations.md, Install: followed line by line it gives every file that the service is started with."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.settings.file import read
from tests.test_packaging import ROOT, directives, needs_systemd

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
WRAPPER = ROOT / "packaging" / "as-service.sh"
STEPS = PAGE.partition("## Install\n")[2].partition("```\n")[2].partition("```")[0].splitlines()
NOT_HERE = ("useradd ", "python3 -m venv ", "/opt/helpdesk/bin/pip ", "chown ", "systemctl ")
"""Steps that change the machine: what they do is not needed for the files."""


def moved(line: str, root: Path) -> str:
    """A step as it is run below ``root``, by whoever runs the tests."""
    line = re.sub(r"(?<![\w/])/(?=etc/|var/lib/|usr/local/)", f"{root}/", line)
    line = line.replace("/opt/helpdesk/bin/helpdesk", f"{shlex.quote(sys.executable)} -m helpdesk.cli")
    return re.sub(r" -[og] \w+", "", line)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's folders after the page's steps, typed in the source's folder."""
    root = tmp_path_factory.mktemp("machine")
    for name in ("etc/systemd/system", "var/lib", "usr/local/sbin"):
        (root / name).mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    for line in STEPS:
        if not line.startswith(NOT_HERE):
            subprocess.run(["sh", "-ec", moved(line, root)], cwd=ROOT, check=True, env=environment, timeout=50)
    return root


def test_every_step_is_run_or_is_known() -> None:
    """The fixture above runs what the page says, not nothing."""
    run = [line for line in STEPS if not line.startswith(NOT_HERE)]
    assert any(" init " in line for line in run)
    assert any("helpdesk.service" in line for line in run)
    assert len(run) >= 5


def test_every_file_that_the_unit_names_is_there(machine: Path) -> None:
    """systemd refuses to start a unit whose credential is missing; the program one without settings."""
    unit = directives()
    named = [unit["LoadCredential"][0].partition(":")[2], unit["EnvironmentFile"][0].removeprefix("-")]
    named += [command.split("--config ")[1] for command in (*unit["ExecStart"], *unit["ExecReload"])]
    for each in named:
        assert (machine / each.removeprefix("/")).is_file(), each
    assert (machine / "etc/systemd/system/helpdesk.service").is_file()


def test_what_is_secret_is_its_owners_alone(machine: Path) -> None:
    """The key and the variables are read by systemd, as root; the settings by the service's group."""
    etc = machine / "etc" / "helpdesk"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in etc.iterdir()}
    assert modes["master.key"] == 0o400
    assert modes["secrets.env"] == 0o600
    assert stat.S_IMODE(etc.stat().st_mode) == 0o750
    shown = [line for line in STEPS if line.startswith("chown ")]
    assert shown == ["chown root:helpdesk /etc/helpdesk/*.toml && chmod 0640 /etc/helpdesk/*.toml"]


def test_the_store_lies_where_the_unit_may_write(machine: Path) -> None:
    """In its state's folder; and nothing is wrong with the settings."""
    reading = read(machine / "etc" / "helpdesk" / "helpdesk.toml")
    assert reading.problems == ()
    assert reading.settings.store.path == machine / "var/lib" / directives()["StateDirectory"][0] / "helpdesk.sqlite"


# Commands beside the service


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """What systemd-run is told by the script, for a command with awkward words."""
    (tmp_path / "systemd-run").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "systemd-run").chmod(0o755)
    done = subprocess.run(
        [str(WRAPPER), "staff", "add", "mia", "--name", "Mia O'Hara $HOME"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()


def test_a_command_runs_as_the_service_does(asked: list[str]) -> None:
    """With the unit's own user, key, secrets, folder and program; its words arrive as they were typed."""
    unit = directives()
    given = dict(each.removeprefix("--property=").split("=", 1) for each in asked if each.startswith("--property="))
    assert given == {name: unit[name][0] for name in given}
    assert given.keys() >= {"User", "LoadCredential", "EnvironmentFile", "StateDirectory", "WorkingDirectory"}
    program, _, _, settings = unit["ExecStart"][0].split()
    assert f"--setenv=HELPDESK_CONFIG={settings}" in asked
    assert asked[asked.index(program) + 1 :] == ["staff", "add", "mia", "--name", "Mia O'Hara $HOME"]
    assert "--pipe" in asked  # no terminal here


@needs_systemd
def test_systemd_run_knows_the_words(asked: list[str]) -> None:
    """Each option of ours is one of its."""
    known = subprocess.run(["systemd-run", "--help"], capture_output=True, check=True, text=True).stdout
    for option in {each.partition("=")[0] for each in asked if each.startswith("--") and each != "--name"}:
        assert option in known, option
