"""A library moves from one store to another and back: the same rows, log and report, and in use at one place alone."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from helpdesk.cli import run
from helpdesk.clock import ManualClock
from helpdesk.config import LibrarySettings, Settings, StoreSettings
from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Sql
from helpdesk.store import moving
from helpdesk.store.key_rows import KeyRows
from helpdesk.store.keys import KeyStore
from helpdesk.store.lock import owned
from helpdesk.store.master_key import create_master_key, key_places
from helpdesk.store.moving import TABLES, Row, Table, digest, digest_of_all
from helpdesk.store.opening import examine, open_reader, open_store
from helpdesk.store.proving import prove
from helpdesk.store.relocating import Relocated, relocate
from helpdesk.store.schema import newest
from helpdesk.upkeep import check
from tests.conversation import MASTER, library
from tests.engines import Engine
from tests.kept import STORE, ZONE, fill, made
from tests.postgres import Server

CLOCK = ManualClock()


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has been open for five weeks, with keys of a sealed line."""
    folder = made(tmp_path_factory.mktemp("past"))
    (folder / "master.key").write_text(MASTER.hex())
    (folder / "master.key").chmod(0o400)
    return folder


def settings(store: StoreSettings) -> Settings:
    """Of the library, wherever it is."""
    return Settings(store=store, library=LibrarySettings(zone=ZONE))


@pytest.fixture
def here(past: Path, tmp_path: Path) -> Settings:
    """That library, on SQLite."""
    folder = Path(shutil.copytree(past, tmp_path / "here"))
    return settings(StoreSettings(path=folder / STORE))


@pytest.fixture
def there(here: Settings, engine: Engine, request: pytest.FixtureRequest) -> Settings:
    """An empty place under the same master key, on either engine."""
    folder = here.store.path.parent / "there"
    folder.mkdir()
    place = StoreSettings(path=folder / "desk.sqlite", master_key=here.store.path.with_name("master.key"))
    if engine.name == "sqlite":
        return settings(place.model_copy(update={"keys": folder / "keys.sqlite"}))
    store = engine.store()
    assert store is not None
    return settings(place.model_copy(update={"url": store.url, "keys_url": request.getfixturevalue("keys_database")}))


@pytest.fixture
def keys_database(postgres: Server) -> Iterator[SecretStr]:
    """An empty database, for keys alone."""
    with postgres.fresh("template1") as url:
        yield SecretStr(url)


def elsewhere(folder: Path) -> Settings:
    """Another empty place, a file again."""
    folder.mkdir()
    create = folder.parent / "master.key"
    return settings(StoreSettings(path=folder / "again.sqlite", keys=folder / "again.keys", master_key=create))


async def moved(origin: Settings, goal: Settings) -> Relocated:
    """Move the library, as the command does."""
    return await relocate(origin, goal, CLOCK, lambda n: None, environ={})


async def digests(place: Settings) -> str:
    """Of all rows, in one."""
    async with open_reader(place.store) as store:
        return await store.read(_digests)


def _digests(sql: Sql) -> str:
    return digest_of_all({table.name: digest(sql, table) for table in TABLES})


async def keys_of(place: Settings) -> KeyRows:
    """All keys at a place, as they lie there."""
    async with KeyStore.open(key_places(place.store, {}).keys, MASTER, CLOCK) as keys:
        return await keys.everything()


async def proof_of(place: Settings) -> object:
    """What two places of the same library have in common: schema, rows, log, report."""
    async with open_reader(place.store) as store:
        return await store.read(prove, newest(), ZONE)


def fill_all(store: Path) -> None:
    """Rows in every table but those that the log binds: what is made up there would be found out."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        fill(connection)
        for made_up in ("trail WHERE act LIKE 'trail act%'", "followers", "related"):
            connection.execute(f"DELETE FROM {made_up}")


async def test_there_and_back_again(here: Settings, there: Settings, tmp_path: Path) -> None:
    """Every row, the log, the report, words and keys are the same at each place, and sound."""
    fill_all(here.store.path)
    before, proof, keys = await digests(here), await proof_of(here), await keys_of(here)
    assert keys.epochs
    assert keys.conversations
    back = elsewhere(tmp_path / "here" / "back")
    for origin, goal in ((here, there), (there, back)):
        done = await moved(origin, goal)
        assert done.rows is not None
        assert done.rows.digest == before == await digests(goal)
        assert done.keys == len(keys.epochs) + len(keys.conversations)
        assert await proof_of(goal) == proof
        assert await keys_of(goal) == keys
        assert examine(goal.store, "main") == ()
        async with open_store(goal.store) as store:
            assert await check(store) == ()
            assert len(await store.read(lambda sql: sql.full_text.find(sql, "Dubliners", 5))) == 1
        left = await keys_of(origin)
        assert (left.epochs, left.conversations) == (frozenset(), frozenset())


async def test_only_the_new_place_is_in_use(here: Settings, there: Settings) -> None:
    """What waits in the outbox goes out from there; the old place says where the library went."""
    async with open_reader(here.store) as store:
        waiting = await store.read(_waiting)
    assert waiting
    done = await moved(here, there)
    assert done.rows is not None
    assert done.rows.waiting == len(waiting)
    with pytest.raises(Refused, match=r"moved to .* and is in use there"):
        async with open_store(here.store):
            pass
    async with open_store(there.store) as store:
        assert await store.read(_waiting) == waiting
    with pytest.raises(Refused, match=r"holds the library already|is in use already"):
        await moved(elsewhere_full(here), there)


async def test_a_move_that_has_ended_is_not_made_again(here: Settings, there: Settings) -> None:
    """It says where the library is, also while the help desk works there; keys that were left go by its last step."""
    keys = await keys_of(here)
    await moved(here, there)
    before = await digests(there)
    with pytest.raises(Refused, match=r"moved to .* already, .* Nothing was done"):
        await moved(here, there)
    async with open_store(there.store):
        with pytest.raises(Refused, match=r"moved to .* already, .* Nothing was done"):
            await moved(here, there)
    assert await digests(there) == before
    async with KeyStore.open(key_places(here.store, {}).keys, MASTER, CLOCK) as old:
        await old.take_in(keys)
    assert (await moved(here, there)).rows is None
    assert (await keys_of(here)).epochs == frozenset()


def elsewhere_full(here: Settings) -> Settings:
    """The library as it was, from a copy that knows of no move."""
    path = here.store.path.with_name("copy.sqlite")
    shutil.copy(here.store.path, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM moves")
    keys = path.with_name("copy.keys")
    return settings(StoreSettings(path=path, keys=keys, master_key=path.with_name("master.key")))


def _waiting(sql: Sql) -> list[str]:
    rows = sql("SELECT id FROM outbox WHERE library = :library AND state IN ('waiting', 'leased') ORDER BY id")
    return [row["id"] for row in rows]


async def test_the_library_goes_on_there(here: Settings, there: Settings) -> None:
    """Words are found, the next ticket has the next number, and a texter whose key moved is answered."""
    await moved(here, there)
    folder = here.store.path.parent
    later = ManualClock()
    later.passes(days=36, hours=6)
    async with library(folder=folder, seed=9, store=there.store, clock=later) as town:
        mia = await town.staff("mia")
        [hit] = await town.house.desk.search(mia.id, "Dubliners")
        assert [file.name for entry in (await mia.opens(hit.row.id)).entries for file in entry.files] == ["form.pdf"]
        [row] = await town.house.store.read(lambda sql: sql("SELECT max(number) AS n FROM tickets"))
        ana = town.mailer("ana")
        await ana.mails("And another")
        assert (await mia.opens(ana.ticket)).ticket.number == row["n"] + 1
        [music] = await town.house.desk.search(mia.id, "music")
        await mia.opens(music.row.id)
        await mia.replies("We are on our way")
        await town.settles()
        [sent] = [each for each in town.wires[Channel.SMS].sent if "on our way" in each.text]
        assert isinstance(sent.to, PhoneNumber)


async def test_not_while_it_is_in_use(here: Settings, there: Settings, engine: Engine) -> None:
    """Who owns the file is named; on a database the servers are counted. Nothing has moved."""
    with owned(here.store.path, "helpdesk serve"), pytest.raises(Refused, match="in use by helpdesk serve"):
        await moved(here, there)
    await moved(here, there)
    back = elsewhere(here.store.path.with_name("back"))
    async with open_store(there.store) as store:
        with pytest.raises(Refused, match="in use"):
            await moved(there, back)
        assert await store.read(_waiting)
    assert not back.store.path.exists()


async def test_what_cannot_be_the_two_ends(here: Settings, there: Settings) -> None:
    """The same place twice, another library, another master key: each in words, with what to do."""
    with pytest.raises(Refused, match="Both name"):
        await moved(here, here)
    other = there.model_copy(update={"library": LibrarySettings(id="other")})
    with pytest.raises(Refused, match=r"of the library 'main', the other of 'other'"):
        await moved(here, other)
    missing = here.store.path.with_name("missing.key")
    with pytest.raises(Refused, match=r"cp -p .*master\.key .*missing\.key"):
        await moved(here, settings(there.store.model_copy(update={"master_key": missing})))
    create_master_key(missing)
    with pytest.raises(Refused, match="another master key"):
        await moved(here, settings(there.store.model_copy(update={"master_key": missing})))
    assert await proof_of(here)


async def test_a_row_that_differs_ends_it(here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that a place does not give back as it was: named by its table, and nothing has moved."""
    inner = moving.rows_in

    def lossy(sql: Sql, table: Table, rows: Iterable[Row], **more: Any) -> int:
        cut = ({**row, "text": row["text"][:-1]} for row in rows)
        return inner(sql, table, cut if table.name == "entries" else rows, **more)

    with monkeypatch.context() as patched:
        patched.setattr(moving, "rows_in", lossy)
        with pytest.raises(Refused, match="rows of entries are not the same there"):
            await moved(here, there)
    assert (await moved(here, there)).rows is not None, "the place is empty still"


async def test_a_letter_that_postgresql_has_not(here: Settings, there: Settings, engine: Engine) -> None:
    """NUL in a text is a question mark there, and counted; a file keeps it."""
    with closing(sqlite3.connect(here.store.path)) as connection, connection:
        connection.execute("UPDATE entries SET text = 'nul ' || char(0) || '!' WHERE row = 1")
    done = await moved(here, there)
    assert done.rows is not None
    assert done.rows.nul == (engine.name == "postgres")
    async with open_reader(there.store) as store:
        [row] = await store.read(lambda sql: sql("SELECT text FROM entries ORDER BY row LIMIT 1"))
    assert row["text"] == ("nul ?!" if engine.name == "postgres" else "nul \0!")


KILLED = """
import asyncio, json, os, signal, sys
from helpdesk.clock import ManualClock
from helpdesk.config import Settings
from helpdesk.store import carrying, relocating
owner, name, left, after = sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6] == "after"
where = {"moves": carrying.moves, "moving": carrying.moving, "relocating": relocating}[owner]
inner = getattr(where, name)
def killing(*args, **kwargs):
    global left
    left -= 1
    if left == 0 and not after:
        os.kill(os.getpid(), signal.SIGKILL)
    done = inner(*args, **kwargs)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
setattr(where, name, killing)
origin, goal = (Settings.model_validate_json(each) for each in sys.argv[1:3])
asyncio.run(relocating.relocate(origin, goal, ManualClock(), lambda n: None, environ={}))
"""

MOMENTS = [
    ("moving", "rows_in", 12, "after"),
    ("moves", "mark", 1, "before"),
    ("moves", "mark", 1, "after"),
    ("moves", "mark", 2, "before"),
    ("moves", "mark", 2, "after"),
    ("moves", "mark", 3, "before"),
    ("moves", "mark", 3, "after"),
    ("relocating", "_keys_gone", 1, "before"),
]
"""When the process dies: among the rows, and around each step by which a place is said to be in use or not."""


def plain(place: Settings) -> str:
    """Settings as another process reads them."""
    store = place.store.model_dump(mode="json")
    urls = {name: getattr(place.store, name) for name in ("url", "keys_url")}
    store |= {name: url.get_secret_value() for name, url in urls.items() if url is not None}
    return json.dumps({"store": store, "library": place.library.model_dump(mode="json")})


async def opens(place: Settings) -> bool:
    """Whether the library can be used at a place."""
    try:
        async with open_store(place.store) as store:
            return bool(await store.read(lambda sql: sql("SELECT 1 FROM events WHERE library = :library LIMIT 1")))
    except Refused:
        return False


@pytest.mark.full
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment[1]} {moment[2]} {moment[3]}")
async def test_a_kill_at_any_step_leaves_one_place_at_most(
    here: Settings, there: Settings, moment: tuple[str, str, int, str]
) -> None:
    """Never both, and never half of it: the same command again brings the move to its end."""
    before, keys = await digests(here), await keys_of(here)
    command = [sys.executable, "-c", KILLED, plain(here), plain(there), *map(str, moment)]
    died = await asyncio.to_thread(subprocess.run, command, check=False, timeout=50)
    assert died.returncode == -signal.SIGKILL
    assert not (await opens_if_there(there) and await opens(here))
    await moved(here, there)
    assert not await opens(here)
    assert await opens(there)
    assert await digests(there) == before
    assert await keys_of(there) == keys
    assert (await keys_of(here)).epochs == frozenset()


async def opens_if_there(place: Settings) -> bool:
    """The same, and no empty store is made by asking."""
    if place.store.url is None and not place.store.path.exists():
        return False
    return await opens(place)


@pytest.mark.full
async def test_a_server_that_came_in_between_writes_nothing(postgres: Server, tmp_path: Path, here: Settings) -> None:
    """It opened the store before the library left: its next write is told, and is not kept."""
    with postgres.empty() as url, postgres.fresh("template1") as keys:
        place = StoreSettings(
            path=tmp_path / "desk.sqlite",
            url=SecretStr(url),
            keys_url=SecretStr(keys),
            master_key=here.store.path.with_name("master.key"),
        )
        await moved(here, settings(place))
        async with open_store(place) as store:
            with closing(psycopg.connect(url, autocommit=True)) as connection:
                connection.execute("UPDATE moves SET state = 'gone'")
            with pytest.raises(Exception, match="moved to another store"):
                await store.write(lambda sql: sql("DELETE FROM notices WHERE library = :library"))


def test_the_command(here: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two settings files; what moved, and that the old place is closed."""
    folder = here.store.path.parent
    (folder / "helpdesk.toml").write_text(f'[store]\npath = "{STORE}"\n[library]\nzone = "{ZONE}"\n')
    (folder / "new.toml").write_text(f'[store]\npath = "new.sqlite"\nkeys = "new.keys"\n[library]\nzone = "{ZONE}"\n')
    assert run(["db", "copy", str(folder / "helpdesk.toml"), str(folder / "new.toml")]) == 0
    said = capsys.readouterr()
    assert "each the same as in" in said.out
    assert "keys of sealed lines went with it" in said.out
    assert f"{folder / STORE} is marked as moved" in said.out
    assert run(["db", "copy", str(folder / "helpdesk.toml"), str(folder / "new.toml")]) == 1
    said = capsys.readouterr()
    assert f"This library moved to {folder / 'new.sqlite'} already, on " in said.err
    assert "Nothing was done." in said.err
    assert "which is made now" not in said.out
    assert run(["db", "copy", str(folder / "new.toml"), str(folder / "helpdesk.toml")]) == 1
    assert "is in use already" in capsys.readouterr().err
