"""The settings of the key store: which places are refused, with what to do."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from helpdesk.config import LineSettings, Settings, StoreSettings
from helpdesk.message import Channel
from helpdesk.settings.rules import problems

STORE = "postgresql://desk@db.example/helpdesk"
KEYS = "postgresql://keys@db.example/helpdesk_keys"
SEALED = LineSettings(channel=Channel.SMS, title="Noise", policy="sealed", address="+447700900123")


def told(*, sealed: bool = True, **urls: str) -> str:
    """What is wrong with the key store's setting, "" where nothing is."""
    store = StoreSettings(**{name: SecretStr(url) for name, url in urls.items()})
    lines: dict[str, Any] = {"noise": SEALED} if sealed else {}
    found = problems(Settings(store=store, lines=lines))
    return "".join(each.remedy for each in found if each.key == ("store", "keys_url"))


def test_the_keys_of_sealed_lines_have_a_database_of_their_own() -> None:
    """It is asked for by name, beside a store on PostgreSQL; without a sealed line a file will do."""
    assert "the keys of noise lie in a PostgreSQL database of their own" in told(url=STORE)
    assert told(url=STORE, sealed=False) == ""
    assert told(url=STORE, keys_url=KEYS) == ""
    assert told() == ""


def test_beside_a_file_they_lie_in_a_file() -> None:
    """A database of keys is for a store in a database."""
    assert "beside a file leave it out" in told(keys_url=KEYS)


@pytest.mark.parametrize(
    "same",
    [
        STORE,
        "postgresql://keys@db.example/helpdesk",
        "postgresql://keys:secret@DB.example:5432/helpdesk",
    ],
)
def test_the_stores_own_database_is_no_place_for_them(same: str) -> None:
    """Whoever signs in to it, and however it is written; and no password is shown."""
    said = told(url=STORE, keys_url=same)
    assert "its dumps would hold the keys" in said
    assert "secret" not in said
