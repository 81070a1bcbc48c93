"""What is said where an extra is missing: a line that works, for extras that there are."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk import store
from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig
from helpdesk.extras import install
from helpdesk.store.opening import open_store
from tests.test_architecture import CODE

ROOT = Path(__file__).parent.parent


def test_the_running_python_installs_it() -> None:
    """By its own pip, with the versions that were tested."""
    assert install("postgres").endswith(f"run {sys.executable} -m pip install -c constraints.txt '.[postgres]'")


def test_every_extra_that_the_program_names_is_there() -> None:
    """A renamed one would be found."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = {name for path in CODE for name in re.findall(r"install\('(\w+)'\)", path.read_text("utf-8"))}
    assert named == {"postgres", "oidc", "keyring", "pdf", "smpp"} <= known.keys()


def test_postgresql_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where psycopg is not installed."""
    monkeypatch.delattr(store, "postgres", raising=False)
    monkeypatch.setitem(sys.modules, "helpdesk.store.postgres", None)
    with pytest.raises(BadConfig, match=re.escape("-m pip install -c constraints.txt '.[postgres]'")):
        open_store(StoreSettings(url=SecretStr("postgresql://helpdesk@db.example/helpdesk")))
