"""What `helpdesk check` says of good and of bad surroundings."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN
from helpdesk.errors import BadConfig
from helpdesk.house import open_house
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.settings.file import load
from helpdesk.store.sqlite import open_store
from tests.checked import CLOCK, begun, levels, put, said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `helpdesk init --noiseline` writes, with the carrier's secrets in the environment and free ports."""
    return begun(tmp_path, monkeypatch)


@asynccontextmanager
async def relay(greeting: bytes) -> AsyncIterator[int]:
    """Something that listens where the relay should be, and is called once."""
    over = asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        over.set()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await over.wait()


async def test_a_good_start_has_nothing_that_fails(folder: Path) -> None:
    """The key lies beside the store, the carrier can't reach us yet, no crisis text is approved: worth warnings."""
    found = levels(await said(folder))
    assert found == {
        "texts": WARN,
        "settings": OK,
        "store": OK,
        "keys": WARN,
        "web": OK,
        "standards": OK,
        "carrier": WARN,
    }


async def test_a_wrong_setting_ends_it(folder: Path) -> None:
    """Each wrong key is a line; the rest is not guessed at."""
    put(folder, "#id = ", "idd = ")
    found = await said(folder)
    assert levels(found) == {"settings": FAIL}
    assert "did you mean 'id'?" in str(found["settings"][0])


async def test_settings_that_disagree_are_told_beside_the_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing token does not hide what is wrong with the store."""
    monkeypatch.delenv("HELPDESK_SMS__TOKENS")
    found = levels(await said(folder))
    assert found["settings"] == FAIL
    assert "store" in found


async def test_a_secret_that_others_may_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in a file that the group can read is worth a word; in the environment it is not."""
    file = folder / "helpdesk.toml"
    file.chmod(0o644)
    assert levels(await said(folder))["settings"] == OK
    monkeypatch.delenv("HELPDESK_SMS__TOKENS")
    put(folder, '#tokens = ["the carrier\'s auth token"]', 'tokens = ["a-secret-token"]')
    assert "chmod 600" in str((await said(folder))["settings"][-1])
    file.chmod(0o600)
    assert levels(await said(folder))["settings"] == OK


async def test_the_stores_folder_must_be_there(folder: Path) -> None:
    """A store that could not be made fails before it is needed."""
    put(folder, '#path = "helpdesk.sqlite"', 'path = "none/helpdesk.sqlite"')
    assert "make it" in str((await said(folder))["store"][0])


async def test_a_file_that_is_no_store(folder: Path) -> None:
    """Another program's file is told, and nothing else breaks on it."""
    (folder / "helpdesk.sqlite").write_text("hello" * 1000)
    found = levels(await said(folder))
    assert found["store"] == FAIL
    assert found["standards"] == WARN


async def test_a_socket_that_a_dead_process_left(folder: Path) -> None:
    """Nobody need do anything: it says so; a start takes its place."""
    async with open_store(folder / "helpdesk.sqlite"):
        pass
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / "helpdesk.sock"))
    [finding] = (await said(folder))["owner"]
    assert finding.level == OK
    assert "helpdesk.sock is a dead process's, and the next start replaces it" in finding.text
    (folder / "helpdesk.sock").unlink()
    [finding] = (await said(folder))["owner"]
    assert finding.text == "nobody owns the store now"


async def test_a_new_library_has_no_key_yet(folder: Path) -> None:
    """Without a key and without anything sealed under one, the first start makes it."""
    (folder / "master.key").unlink()
    [finding] = (await said(folder))["keys"]
    assert (finding.level, "first start" in finding.text) == (OK, True)


async def test_a_store_that_others_may_read(folder: Path) -> None:
    """It holds what patrons wrote."""
    path = folder / "helpdesk.sqlite"
    async with open_store(path):
        pass
    path.chmod(0o644)
    assert "chmod 600" in str((await said(folder))["store"][0])
    path.chmod(0o600)
    assert levels(await said(folder))["store"] == OK


async def test_says_who_owns_the_store(folder: Path) -> None:
    """The owner's name; a warning while it does not answer on its socket."""
    async with open_store(folder / "helpdesk.sqlite", owner="helpdesk serve"):
        [finding, *_] = (await said(folder))["owner"]
    assert finding.level == WARN
    assert "helpdesk serve, process" in finding.text
    assert levels(await said(folder))["owner"] == OK


@pytest.mark.parametrize(
    ("mode", "content", "remedy"),
    [(0o600, None, "chmod 0400"), (0o400, "short", "does not hold 32 bytes"), (None, None, "can't be read")],
)
async def test_a_wrong_master_key(folder: Path, mode: int | None, content: str | None, remedy: str) -> None:
    """Too open, broken or missing: the sealed line could not start."""
    key = folder / "master.key"
    key.chmod(0o600)
    if content is not None:
        key.write_text(content)
    if mode is None:
        key.rename(key.with_name("keys.sqlite"))  # a key store without its key
    else:
        key.chmod(mode)
    [finding] = (await said(folder))["keys"]
    assert finding.level == FAIL
    assert remedy in finding.text


async def test_a_port_that_is_taken(folder: Path) -> None:
    """By somebody else it fails; by our own owner it is as it should be."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        put(folder, "port = 0", f"port = {taken.getsockname()[1]}")
        assert levels(await said(folder))["web"] == FAIL
        with socket.socket(socket.AF_UNIX) as owner:
            owner.bind(str(folder / "helpdesk.sock"))
            owner.listen()
            assert levels(await said(folder))["web"] == OK


async def test_standards_that_are_wrong(folder: Path) -> None:
    """The file and the key are named."""
    file = folder / "standards.toml"
    file.write_text(file.read_text().replace('limit = "60 s"', 'limit = "60 parsecs"'))
    [finding] = (await said(folder))["standards"]
    assert finding.level == FAIL
    assert "standards.chat-claimed.limit" in finding.text


async def test_a_standard_for_a_line_that_is_not_there(folder: Path) -> None:
    """And for a kind of ticket that no line opens: file, line and the nearest name are told; the desk starts."""
    file = folder / "standards.toml"
    covers = 'covers = { channels = ["sms"], kinds = ["noise"] }'
    assert covers in file.read_text()
    file.write_text(file.read_text().replace(covers, 'covers = { lines = ["nosie"], kinds = ["noises"] }', 1))
    lines, kinds, *_ = (await said(folder))["standards"]
    assert (lines.level, kinds.level) == (WARN, WARN)
    assert "covers.lines: no line of the settings is 'nosie'; did you mean 'noise'?" in lines.text
    assert re.search(r"standards\.toml:\d+: ", lines.text)
    assert "opens tickets of the kind 'noises'; did you mean 'noise'?" in kinds.text


async def test_a_line_with_a_calendar_that_is_not_there(folder: Path) -> None:
    """A line's calendar is one of the file's; nothing starts with another."""
    put(folder, 'calendar = "staffed"\n\n[lines.chat]', 'calendar = "stafed"\n\n[lines.chat]')
    [finding, *_] = (await said(folder))["settings"]
    assert finding.level == FAIL
    assert "lines.noise.calendar: there is no calendar 'stafed'; did you mean 'staffed'?" in finding.text
    with pytest.raises(BadConfig, match="stafed"):
        load(folder / "helpdesk.toml")


async def _publish(folder: Path) -> None:
    settings = load(folder / "helpdesk.toml")
    found = drafts(settings.calendars, settings.standards, now=CLOCK.now(), zone="Europe/London")
    async with open_store(settings.store.path) as store:
        await Rulebook(store, CLOCK).publish(found)


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


async def test_an_edit_that_was_not_published(folder: Path) -> None:
    """The difference is shown in words until it is published, with the command that does it."""
    await _publish(folder)
    assert levels(await said(folder))["standards"] == OK
    _edit(folder / "standards.toml", 'limit = "60 s"', 'limit = "90 s"')
    assert [str(finding) for finding in (await said(folder))["standards"]] == [
        "warn  standards   standard chat-claimed: limit 60 s -> 90 s",
        "warn  standards   calendars: 1, standards: 3; not published as the files have it now: "
        "run `helpdesk standards publish`",
    ]


async def test_what_was_taken_out_of_a_file_goes_on(folder: Path) -> None:
    """Publishing takes nothing back: a promise ends with a last day."""
    await _publish(folder)
    file = folder / "standards.toml"
    file.write_text(file.read_text().partition("[standards.mail-answered]")[0])
    findings = (await said(folder))["standards"]
    assert (
        "standard mail-answered is in force and no longer in the file: to end it, write it again with `until`"
        in findings[-1].text
    )


BAD_FILES = [
    (
        "calendars.toml",
        'mon-thu = "09:00-19:00"',
        'mon-thu = "19:00-09:00"',
        "calendars.staffed.week.mon-thu: '19:00-09:00' ends before it starts",
    ),
    (
        "calendars.toml",
        "[[calendars.staffed.closures]]",
        '[[calendars.staffed.periods]]\nname = "Late summer"\nfrom = 2027-09-01\nto = 2027-10-08\n'
        'week = { mon-fri = "08:00-22:00" }\n\n[[calendars.staffed.closures]]',
        "calendars.staffed.periods: 'Summer vacation' and 'Late summer' overlap from 2027-09-01 to 2027-09-26",
    ),
    (
        "calendars.toml",
        'zone = "Europe/London"',
        'zone = "Europe/Londn"',
        "calendars.staffed.zone: 'Europe/Londn' is not a time zone; did you mean 'Europe/London'?",
    ),
    (
        "calendars.toml",
        'bank_holidays = "england-and-wales"',
        'bank_holidays = "england"',
        "calendars.staffed.bank_holidays: no bank holidays are known for 'england'; did you mean",
    ),
    (
        "standards.toml",
        "[standards.mail-answered]",
        '[standards.mail-answered]\ntitle = "Again"\n\n[standards.mail-answered]',
        "[standards.mail-answered] is written twice: leave it in one place, or give one of them another name.",
    ),
    (
        "standards.toml",
        'calendar = "staffed"\nshare = 90',
        'calendar = "night"\nshare = 90',
        "standards.noise-texts.calendar: no calendar 'night'; known: staffed",
    ),
]
POINTED_AT = {"periods": "from = 2027-09-01"}
"""What stands on the line that is named, where it is not the key itself."""


@pytest.mark.parametrize(("name", "old", "new", "told"), BAD_FILES, ids=[told for *_, told in BAD_FILES])
async def test_a_bad_file_names_line_and_remedy(folder: Path, name: str, old: str, new: str, told: str) -> None:
    """And nothing starts: neither a house that is new, nor one that has published before."""
    await _publish(folder)
    file = folder / name
    _edit(file, old, new)
    [finding] = (await said(folder))["standards"]
    assert finding.level == FAIL
    named = re.fullmatch(rf"{file}:(\d+): {re.escape(told)}.*", finding.text)
    assert named, finding.text
    key = told.partition(": ")[0].rpartition(".")[2]
    assert (
        POINTED_AT.get(key, key.removesuffix("] is written twice")) in file.read_text().splitlines()[int(named[1]) - 1]
    )
    settings = load(folder / "helpdesk.toml")
    with pytest.raises(BadConfig, match=re.escape(told)):
        async with open_house(settings, CLOCK):
            pass


async def test_a_standard_whose_calendar_never_opens(folder: Path) -> None:
    """Not one opening from the promise's first day on: every clock of it would hang."""
    _edit(folder / "standards.toml", 'calendar = "staffed"\nshare = 90', 'calendar = "exams"\nshare = 90')
    file = folder / "calendars.toml"
    file.write_text(file.read_text() + '\n[calendars.exams]\nzone = "Europe/London"\nweek = {}\n')
    [finding] = (await said(folder))["standards"]
    assert finding.level == FAIL
    assert re.match(
        rf"{folder}/standards.toml:\d+: standards.noise-texts.calendar: 'exams' never opens from", finding.text
    )


async def test_all_that_is_wrong_is_told_at_once(folder: Path) -> None:
    """Both files, every table."""
    _edit(folder / "calendars.toml", 'zone = "Europe/London"', 'zone = "Nowhere"')
    _edit(folder / "standards.toml", 'limit = "60 s"', 'limit = "soon"')
    _edit(folder / "standards.toml", 'limit = "15 working min"', "limit = 15")
    assert [finding.level for finding in (await said(folder))["standards"]] == [FAIL] * 3


@pytest.mark.parametrize(("greeting", "level"), [(b"220 ready\r\n", OK), (b"HTTP/1.1 400\r\n", FAIL), (b"", FAIL)])
async def test_the_relay_is_greeted(folder: Path, greeting: bytes, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server answers 220; something else, or silence, is no relay."""
    monkeypatch.setattr("helpdesk.check.RELAY_SECONDS", 0.2)
    put(folder, "#[lines.help]\n#channel", "[lines.help]\nchannel")
    put(folder, '#title = "Enquiries"\n#address', 'title = "Enquiries"\naddress')
    put(folder, '#listen = "127.0.0.1:8025"', 'listen = "127.0.0.1:0"')
    async with relay(greeting) as port:
        put(folder, "#relay_port = 25", f"relay_port = {port}")
        found = levels(await said(folder))
    assert found["mail out"] == level
    assert found["mail in"] == OK


async def test_no_relay_at_all(folder: Path) -> None:
    """Refused is told with what to look at."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    put(folder, "#[lines.help]\n#channel", "[lines.help]\nchannel")
    put(folder, '#title = "Enquiries"\n#address', 'title = "Enquiries"\naddress')
    put(folder, '#listen = "127.0.0.1:8025"', 'listen = "127.0.0.1:0"')
    put(folder, "#relay_port = 25", f"relay_port = {port}")
    [finding] = (await said(folder))["mail out"]
    assert finding.level == FAIL
    assert "Connection refused" in finding.text
    assert "mail.relay_host" in finding.text


SHM = Path("/dev/shm")
"""A volume of its own on Linux."""


@pytest.mark.skipif(not SHM.is_dir(), reason="needs a second volume: Linux's /dev/shm")
async def test_a_master_key_on_another_volume_needs_no_warning(folder: Path) -> None:
    """Whoever copies the store's disk has not got it."""
    with tempfile.TemporaryDirectory(dir=SHM) as other:
        shutil.move(folder / "master.key", Path(other) / "master.key")
        put(folder, '#master_key = "', f'master_key = "{other}/master.key" # "')
        [finding] = (await said(folder))["keys"]
        assert (finding.level, str(finding).split()[-1]) == (OK, f"{other}/master.key")
