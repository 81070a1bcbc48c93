"""The wheel holds all that it needs: installed on its own, it runs from outside the tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from helpdesk import __version__

ROOT = Path(__file__).parent.parent


def _run(*command: str | Path, cwd: Path, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=seconds)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that has our wheel, and our libraries but not our tree."""
    place = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    tree = place / "tree"  # a copy: setuptools would leave its build folder in ours
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__"))
    built = _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", place, tree, cwd=place)
    assert built.returncode == 0, built.stderr
    (wheel,) = place.glob("*.whl")
    environment = place / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    packages = next((environment / "lib").glob("python*/site-packages"))
    packages.joinpath("libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    done = _run(*pip, "--python", python, "install", "--no-deps", "--no-index", "--force-reinstall", wheel, cwd=place)
    assert done.returncode == 0, done.stderr
    return environment / "bin"


@pytest.mark.full
@pytest.mark.timeout(180)
def test_the_wheel_says_its_version_from_outside_the_tree(installed: Path, tmp_path: Path) -> None:
    """The command is there, and it is the wheel's code that runs."""
    said = _run(installed / "helpdesk", "--version", cwd=tmp_path)
    where = _run(installed / "python", "-c", "import helpdesk; print(helpdesk.__file__)", cwd=tmp_path)
    assert __version__ in said.stdout
    assert str(installed.parent) in where.stdout


@pytest.mark.full
@pytest.mark.timeout(180)
def test_the_wheel_runs_the_demo_from_outside_the_tree(installed: Path, tmp_path: Path) -> None:
    """Migrations, pages, styles and texts lie in the wheel: the demo needs them all."""
    command = (installed / "helpdesk", "demo", "--headless", "--seconds", "5", "--seed", "7", "--json")
    done = _run(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert sum(channel["received"] for channel in told["channels"].values()) > 0
    assert sum(channel["lost"] for channel in told["channels"].values()) == 0


@pytest.mark.full
@pytest.mark.timeout(180)
def test_the_wheel_makes_pages_from_outside_the_tree(installed: Path, tmp_path: Path) -> None:
    """Templates and styles lie in the wheel: a library with nothing yet can publish its page and make its report."""
    for words in ("init", "hours publish", "publish --out public", "report --format html --out report"):
        done = _run(installed / "helpdesk", *words.split(), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    for page in ("public/index.html", "report/report.html"):
        assert "<style>" in (tmp_path / page).read_text(encoding="utf-8")
