"""What goes in comes out, in the same order, on either engine: values, keys, words, and where a store is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig
from helpdesk.ports import Sql
from helpdesk.settings.file import read as read_settings
from helpdesk.store.opening import is_there, open_reader, open_store, place, state
from helpdesk.store.verbs import events
from tests.engines import new_store
from tests.store.calls import happened

on_both = pytest.mark.usefixtures("engine")


def kept(sql: Sql, key: str, values: dict[str, object]) -> dict[str, object]:
    """Write a conversation's row and read it again."""
    row = {"id": key, "line": "noise", "handle": None, "seal": None, "name": "", "opened": 0, "expires": 0, **values}
    columns = ", ".join(row)
    sql(
        f"INSERT INTO conversations (library, {columns}) VALUES (:library, {', '.join(':' + each for each in row)})",
        **row,
    )
    [found] = sql("SELECT * FROM conversations WHERE library = :library AND id = :id", id=key)
    return {each: found[each] for each in row}


@on_both
@pytest.mark.parametrize(
    "values",
    [
        {"name": "Ångström 図書館 🐦 'quoted' \\ %s :name"},
        {"name": ""},
        {"handle": bytes(range(256)), "seal": b""},
        {"opened": 2**62, "expires": -(2**62)},
        {"handle": b"x" * 100_000},
    ],
)
async def test_values_come_back_as_they_were(values: dict[str, object]) -> None:
    """Texts, bytes, numbers at the ends of their range, and nothing; as often as the statement is used."""
    async with new_store() as store:
        for n in range(4):
            found = await store.write(kept, f"c{n}", values)
            assert {name: found[name] for name in values} == values
        for n in range(4, 8):
            assert (await store.write(kept, f"c{n}", {}))["handle"] is None
        again = await store.write(kept, "c9", values)
        assert {name: again[name] for name in values} == values


@on_both
async def test_truth_and_sums_are_numbers() -> None:
    """Whole ones, whatever the engine calls them."""

    def asked(sql: Sql) -> list[object]:
        for name, value in (("a", 2**40), ("b", 3)):
            sql("INSERT INTO counters (library, name, value) VALUES (:library, :name, :n)", name=name, n=value)
        [row] = sql(
            "SELECT sum(value) AS total, count(*) AS n, max(name) AS last, sum(value) IS NOT NULL AS known,"
            " 7 / 2 AS half, min(value) + :more AS more FROM counters WHERE library = :library",
            more=True,
        )
        return [row[name] for name in ("total", "n", "last", "known", "half", "more")]

    async with new_store() as store:
        found = await store.write(asked)
    assert found == [2**40 + 3, 2, "b", 1, 3, 4]
    assert {type(each) for each in found} == {int, str}


@on_both
async def test_texts_are_ordered_byte_by_byte() -> None:
    """Capitals first, accents last, no language's own order: pages and keys rely on it."""
    names = ["b", "B", "a", "é", "_", "Z", "a b", "ab", "1", "10", "2", "~"]

    def ordered(sql: Sql) -> list[str]:
        for name in names:
            sql("INSERT INTO counters (library, name, value) VALUES (:library, :name, 1)", name=name)
        rows = sql("SELECT name FROM counters WHERE library = :library AND name > :low ORDER BY name", low="1")
        return [row["name"] for row in rows]

    async with new_store() as store:
        assert await store.write(ordered) == sorted(name for name in names if name > "1")


# Words

TEXTS = {
    1: "Loud music on LEVEL 3",
    2: "The café is closed",
    3: "Ångström's paper, room 2.59",
    4: "loudly spoken level",
    5: "snake_case and half-words",
}


@on_both
@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("loud", [4, 1]),
        ("level", [4, 1]),
        ("Level 3", [1]),
        ("cafe", [2]),
        ("CAFÉ", [2]),
        ("angstrom", [3]),
        ("2.59", [3]),
        ("loud lev", [1]),
        ("lou level", []),
        ("snake", [5]),
        ("half words", [5]),
        ("nothing of this", []),
        ("?!", []),
        ("' OR 1=1 & | ! :* (", []),
    ],
)
async def test_words_are_found_newest_first(words: str, rows: list[int]) -> None:
    """Every word must be there, the last may be unfinished; accents and case don't matter."""

    def indexed(sql: Sql) -> None:
        for row, text in TEXTS.items():
            sql.full_text.add(sql, row, text)

    async with new_store() as store:
        await store.write(indexed)
        assert await store.read(lambda sql: sql.full_text.find(sql, words, 10)) == rows


@on_both
async def test_a_rare_word_is_found_however_old_its_entry_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond those among which common words are looked for first."""
    monkeypatch.setattr("helpdesk.store.words.NEWEST", 5)

    def indexed(sql: Sql) -> None:
        for row in range(1, 30):
            sql.full_text.add(sql, row, "rare" if row in (3, 28) else "common")

    async with new_store() as store:
        await store.write(indexed)
        assert await store.read(lambda sql: sql.full_text.find(sql, "rare", 3)) == [28, 3]
        assert await store.read(lambda sql: sql.full_text.find(sql, "common", 3)) == [29, 27, 26]


@on_both
async def test_only_so_many_and_none_that_is_gone() -> None:
    """The newest; what was taken out is not found."""

    def indexed(sql: Sql) -> None:
        for row in range(1, 30):
            sql.full_text.add(sql, row, "the same words")
        sql.full_text.remove(sql, 29, "the same words")

    async with new_store() as store:
        await store.write(indexed)
        assert await store.read(lambda sql: sql.full_text.find(sql, "same", 3)) == [28, 27, 26]


@on_both
async def test_a_text_of_any_size_is_indexed() -> None:
    """A word without end, and more words than an index takes: nothing fails for it."""

    def indexed(sql: Sql) -> None:
        sql.full_text.add(sql, 1, "x" * 100_000)
        sql.full_text.add(sql, 2, " ".join(f"word{n:07}" for n in range(150_000)))
        sql.full_text.add(sql, 3, "")

    async with new_store() as store:
        await store.write(indexed)
        assert await store.read(lambda sql: sql.full_text.find(sql, "word0000001", 3)) == [2]


# Where it is


async def test_what_a_store_says_of_itself(empty: StoreSettings) -> None:
    """Not there, then there, with its events."""
    assert not is_there(empty)
    with pytest.raises(BadConfig, match=r"The first `helpdesk serve`"):
        state(empty, "main")
    async with open_store(empty) as store:
        await store.write(happened)
        async with open_reader(empty) as reader:
            assert await reader.read(events.last) == 1
    assert is_there(empty)
    assert state(empty, "main").events == 1
    assert state(empty, "main").version == state(empty, "main").newest


def test_an_url_is_shown_without_its_password() -> None:
    """In a repr, and where people read it."""
    store = StoreSettings(url=SecretStr("postgresql://ana:s3cret@db.example/desk"))
    assert "s3cret" not in repr(store)
    assert place(store) == "PostgreSQL on db.example, database desk"


@pytest.mark.parametrize("url", ["mysql://ana:s3cret@db.example/x", "postgresql://ana:s3c/ret@host:port/x?y=%"])
async def test_an_url_that_can_t_be_read(url: str) -> None:
    """The remedy, and nothing of the URL itself."""
    with pytest.raises(BadConfig, match=r"store\.url") as caught:
        async with open_store(StoreSettings(url=SecretStr(url))):
            pass
    assert "s3c" not in str(caught.value)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install."""
    for name in [name for name in sys.modules if name.startswith(("psycopg", "helpdesk.store.p"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delattr("helpdesk.store.postgres", raising=False)
    with pytest.raises(BadConfig, match=r"'\.\[postgres\]'"):
        open_store(StoreSettings(url=SecretStr("postgresql:///x")))


def test_the_url_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no file holds the password."""
    file = tmp_path / "helpdesk.toml"
    file.write_text('[store]\npath = "desk.sqlite"\n')
    monkeypatch.setenv("HELPDESK_STORE__URL", "postgresql://ana:s3cret@db.example/desk")
    reading = read_settings(file)
    assert reading.settings.store.url == SecretStr("postgresql://ana:s3cret@db.example/desk")
    assert "s3cret" not in repr(reading.settings)
