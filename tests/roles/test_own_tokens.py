"""A member's own tokens on their own machine, and nobody else's eyes on them."""

from __future__ import annotations

import json
import logging
import stat
import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
import structlog
from keyring.backend import KeyringBackend

from helpdesk.api.remote import connect_to
from helpdesk.errors import BadConfig, HelpdeskError, SignedOut
from helpdesk.frames import frame_lines
from helpdesk.message import StaffId
from helpdesk.offering import offering
from helpdesk.own_tokens import OwnTokens, site
from helpdesk.personal_tokens import mint
from helpdesk.serving import listening
from tests.conversation import drawn, library

pytestmark = pytest.mark.usefixtures("folder_of_its_own")

SERVER = "https://desk.library.example"
TEXT = mint("main", drawn(1)).text
ANOTHER = mint("main", drawn(2)).text


@pytest.fixture
def own(tmp_path: Path) -> OwnTokens:
    """Tokens in an empty home."""
    return OwnTokens(tmp_path / "helpdesk", environment={})


def test_a_token_is_kept_for_its_owner_alone(own: OwnTokens, tmp_path: Path) -> None:
    """In a file that nobody else reads, one for each server."""
    file = own.keep(SERVER, TEXT)
    own.keep("https://other.example:8443", ANOTHER)
    assert file == tmp_path / "helpdesk" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert own.of(SERVER) == own.of(f"{SERVER}/") == own.of("HTTPS://Desk.Library.Example") == TEXT
    assert own.of("https://other.example:8443") == ANOTHER
    assert own.forget(SERVER)
    assert not own.forget(SERVER)
    with pytest.raises(SignedOut, match=f"not signed in to {SERVER}. Run `helpdesk login --server {SERVER}`"):
        own.of(SERVER)


def test_a_variable_stands_above_the_file(tmp_path: Path) -> None:
    """For machines without a home; cut short, it is said."""
    OwnTokens(tmp_path, environment={}).keep(SERVER, TEXT)
    assert OwnTokens(tmp_path, environment={"HELPDESK_TOKEN": f" {ANOTHER}\n"}).of(SERVER) == ANOTHER
    with pytest.raises(SignedOut, match="not a whole token"):
        OwnTokens(tmp_path, environment={"HELPDESK_TOKEN": ANOTHER[:-1]}).of(SERVER)


def test_what_is_no_token_is_not_kept(own: OwnTokens, tmp_path: Path) -> None:
    """And what was there stays."""
    own.keep(SERVER, TEXT)
    with pytest.raises(SignedOut):
        own.keep(SERVER, "hd_nonsense")
    assert own.of(SERVER) == TEXT


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        ("{}", 0o644, "can be read by others: chmod 600 it, and revoke"),
        ("not JSON", 0o600, "is damaged. Move it away"),
        ("[1]", 0o600, "is damaged. Move it away"),
        (b"\xff\xfe", 0o600, "can't be read. Move it away"),
    ],
)
def test_a_file_that_is_not_as_it_should_be(own: OwnTokens, content: str | bytes, mode: int, words: str) -> None:
    """It is said what to do, and not what stands in it."""
    file = own.keep(SERVER, TEXT)
    assert file is not None
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    file.chmod(mode)
    with pytest.raises(BadConfig, match=words):
        own.of(SERVER)


def test_a_folder_that_can_t_be_written(tmp_path: Path) -> None:
    """A file stands in the way."""
    (tmp_path / "helpdesk").write_text("")
    with pytest.raises(BadConfig, match=r"can't be (read|written)"):
        OwnTokens(tmp_path / "helpdesk", environment={}).keep(SERVER, TEXT)


def test_a_server_by_its_url() -> None:
    """Scheme, host and port; what is none is taken as it is."""
    assert site("https://Desk.Example:443/path?x") == "https://desk.example:443"
    assert site("desk") == "desk"


# In the keyring


class _Ring(KeyringBackend):
    """A keyring in memory; ``broken`` raises what it was given."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if self.broken:
            raise RuntimeError(f"can't keep {password}")
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        """Hand it out."""
        if self.broken:
            raise RuntimeError("locked")
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[_Ring]:
    """The system's keyring, for as long as the test lasts."""
    before = keyring.get_keyring()
    ring = _Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_token_in_the_keyring(own: OwnTokens, ring: _Ring, tmp_path: Path) -> None:
    """The file says no more than that it is there; kept in the file again, it is not left behind in the ring."""
    assert own.keep(SERVER, TEXT, keyring=True) is None
    assert json.loads((tmp_path / "helpdesk" / "tokens.json").read_text()) == {SERVER: "keyring"}
    assert ring.kept == {("helpdesk", SERVER): TEXT}
    assert own.of(SERVER) == TEXT
    own.keep(SERVER, ANOTHER)
    assert ring.kept == {}
    own.keep(SERVER, TEXT, keyring=True)
    assert own.forget(SERVER)
    assert ring.kept == {}


def test_a_keyring_that_is_locked(own: OwnTokens, ring: _Ring) -> None:
    """Its own words may hold what it was given: they are not passed on."""
    ring.broken = True
    with pytest.raises(BadConfig, match=r"does not answer \(RuntimeError\)\. Unlock it") as said:
        own.keep(SERVER, TEXT, keyring=True)
    assert TEXT not in "".join(traceback.format_exception(said.value))
    with pytest.raises(SignedOut):
        own.of(SERVER)


def test_without_the_extra(own: OwnTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what to install."""
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(BadConfig, match=r"pip install -c constraints.txt '\.\[keyring\]'"):
        own.keep(SERVER, TEXT, keyring=True)


# What nobody sees


async def test_a_token_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """Good or bad, on both sides of the wire, with all logging on, in every traceback and every repr."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as structured:
        shown = await _used()
    said = "\n".join([*shown, caplog.text, repr(structured)])
    for text in (TEXT, ANOTHER):
        assert text not in said
        assert text[16:] not in said


async def _used() -> list[str]:
    """Use a good token and two bad ones; all that can be seen of it."""
    shown: list[str] = []
    async with library() as town, offering(town.house, on=listening()) as offer:
        await town.house.roster.add(StaffId("root"), StaffId("ana"))
        issued = await town.house.roster.issue(StaffId("root"), StaffId("ana"), name="laptop")
        async with connect_to(offer.url, issued.text) as remote:
            await remote.members()
            shown += [repr(remote), repr(vars(remote)), repr(remote._wire), repr(vars(remote._wire))]
            assert issued.text not in "\n".join(shown)
        for text in (TEXT, ANOTHER[:-1], ANOTHER):
            try:
                async with connect_to(offer.url, text):
                    raise AssertionError("it was let in")
            except HelpdeskError as error:
                shown += [str(error), repr(error), *traceback.format_exception(error), *frame_lines(error)]
        shown += [repr(issued), repr(await town.house.roster.tokens(StaffId("ana"), StaffId("ana")))]
    return shown
