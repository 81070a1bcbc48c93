"""What may be put apart by library id: the keys of every table, and every statement that the store says.

docs/beyond-one-machine.md lists the tables and the statements that are not about one library; it is held to the code.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from helpdesk.store.pg_listening import LOOK_SECONDS
from tests.bench.bench_consortium import A_DESK, LIBRARIES, an_hour
from tests.consortium import a_day
from tests.sharding import schema, strays, tables
from tests.statements_said import Reader

PAGE = (Path(__file__).parent.parent / "docs" / "beyond-one-machine.md").read_text("utf-8")

FILES_ONLY = (
    "care.",
    "copying.",
    "ends._arriving",
    "ends._kept_file",
    "ends._new_file",
    "hints.",
    "importing.",
    "key_file.",
    "restoring.",
    "schema.",
    "sqlite.",
    "stolen.",
    "upgrading.",
)
"""What is done with SQLite's files alone."""

KEYS = ("key_database.", "key_rows.", "rewrapping.")
"""The key store, which is a small database of its own and stays one."""

FTS5 = re.compile(r"\browid\b|entry_words \(entry_words\)")
"""SQLite's word index; PostgreSQL has a table in its place, whose statements are looked at."""

SPECIAL = re.compile(r"\bFOR UPDATE\b|\bpg_\w+\(|\bLISTEN\b|\bVACUUM\b|\bhelpdesk_schema\b|\bpg_stat_|^ANALYZE\b")
"""Words of statements that a database in several parts may take otherwise."""


@cache
def said() -> dict[str, str]:
    """Each statement that PostgreSQL may be told of the store, and who says it first."""
    found: dict[str, str] = {}
    for text, where in Reader().said():
        if not where.startswith((*FILES_ONLY, *KEYS)) and not (where.startswith("words.") and FTS5.search(text)):
            found.setdefault(text, where)
    return found


def listed(heading: str) -> list[str]:
    """The first column of the page's table under a heading."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def test_every_table_can_be_put_apart() -> None:
    """The library leads each primary key and each unique index; a foreign key stays within it."""
    for each in schema():
        if each.startswith("CREATE TABLE"):
            assert re.search(r'library\s+TEXT COLLATE "C" NOT NULL', each), each
            assert re.search(r"PRIMARY KEY \(library\b", each) or "NOT NULL PRIMARY KEY" in each.split(",")[0], each
            assert "UNIQUE" not in each
        if each.startswith("CREATE UNIQUE INDEX"):
            assert re.search(r"ON \w+ \(library\b", each), each
        for mine, theirs in re.findall(r"FOREIGN KEY \(([^)]+)\) REFERENCES \w+ \(([^)]+)\)", each):
            assert (mine[:8], theirs[:8]) == ("library,", "library,"), each
        assert not re.search(r"\bTRIGGER\b|\bADVISORY\b", each, re.IGNORECASE)


def test_every_statement_is_about_one_library() -> None:
    """Each table it names is tied to the library's id. What is not stands on the page, with why."""
    assert len(said()) > 400
    astray = {text for text in said() if strays(text, tables())}
    assert astray == {"SELECT library FROM chain ORDER BY library"}
    assert astray <= set(listed("Statement"))


def test_no_row_moves_to_another_library() -> None:
    """Its library is never written again."""
    assert [text for text in said() if re.search(r"\bSET (\w+ = [^,]+, )*library\b", text)] == []


def test_what_is_beyond_a_helper_is_named() -> None:
    """Every piece of a statement that only a run knows is a value, a column or a table, and no condition of its own."""
    unknown = {where for text, where in said().items() if re.search(r"\b(WHERE|FROM|INTO|JOIN|UPDATE) :hole\b", text)}
    assert unknown == {
        "ends._begun",
        "moving.count",
        "moving.rows_in",
        "moving.rows_out",
    }  # each table in turn


def test_the_page_lists_what_differs() -> None:
    """Every statement about the database as a whole; and none that is not there any more."""
    special = {text.replace(":hole", "...") for text in said() if SPECIAL.search(text) or strays(text, tables())}
    shown = listed("Statement")
    assert len(shown) == len(set(shown))
    missing = {text for text in special if not any(text.startswith(each) for each in shown)}
    assert missing == set()
    assert [each for each in shown if not any(text.startswith(each) for text in special)] == []


def test_the_page_puts_every_table_apart() -> None:
    """Each with its library; what others point to comes before them."""
    done = re.findall(r"^SELECT create_distributed_table\('(\w+)', 'library'", PAGE, re.MULTILINE)
    assert sorted(done) == sorted(tables())
    for each in schema():
        for other in re.findall(r"REFERENCES (\w+) ", each):
            [mine] = re.findall(r"^CREATE TABLE (\w+)", each)
            assert done.index(other) < done.index(mine)


# Sizes


def test_the_consortium_is_the_one_that_was_played() -> None:
    """As many libraries and contacts as the bench has; its busiest hour, too."""
    days = a_day(LIBRARIES)
    least, most, all_of_them = min(days.values()), max(days.values()), sum(days.values())
    assert f"one with {least} contacts a day to one with {most}, {all_of_them:,} a day in all" in " ".join(PAGE.split())
    assert f"**A consortium of {LIBRARIES} libraries**" in PAGE
    assert f"busiest hour of all of them, {len(an_hour(days)):,} contacts" in " ".join(PAGE.split())


def test_the_disk_of_a_year_is_reckoned_from_what_was_measured() -> None:
    """Contacts on so many days, at what a million tickets take on that engine."""
    [(lite, full)] = re.findall(r"a million tickets: SQLite (\S+) GB, PostgreSQL (\S+) GB", " ".join(PAGE.split()))
    [days] = re.findall(r"on (\d+) days a year", PAGE)
    each = {"SQLite": float(lite), "PostgreSQL": float(full)}
    rows = re.findall(r"^\| [^|]+ \| ([\d,]+) \| \d+ \| (\w+) \|.*\| (\S+) GB \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    for contacts, engine, told in rows:
        size = int(contacts.replace(",", "")) * int(days) / 1e6 * each[engine]
        assert float(told) == float(f"{size:.2g}" if size > 1 else f"{size:.1g}")


def test_a_desk_has_the_contacts_that_the_bench_gives_it() -> None:
    """Of a day; a library's servers look as often as the page says."""
    assert f"A desk deals with about {A_DESK} contacts a day" in PAGE
    assert LOOK_SECONDS == 1.0
    assert "within a second" in PAGE


# The rule itself


TWO = frozenset({"tickets", "events"})


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM tickets WHERE library = :library AND id = :id",
        "SELECT * FROM tickets t JOIN events e ON e.library = t.library AND e.ticket = t.id WHERE t.library = :library",
        "SELECT 1 FROM tickets t WHERE library = :library AND EXISTS (SELECT 1 FROM events WHERE library = t.library)",
        "INSERT INTO events (library, seq) VALUES (:library, :seq) ON CONFLICT (library, seq) DO NOTHING",
        "INSERT INTO events (library, seq) SELECT library, 1 FROM tickets WHERE library = :library",
        "UPDATE tickets SET a = (SELECT 1 FROM events e WHERE e.library = tickets.library) WHERE library = :library",
        "SELECT id FROM tickets WHERE library = $1 UNION ALL SELECT ticket FROM events WHERE library = $1",
        "SELECT value FROM json_each(:tickets)",
    ],
)
def test_what_stays(text: str) -> None:
    """By itself, or by what it is joined to."""
    assert strays(text, TWO) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT * FROM tickets WHERE id = :id", ["tickets"]),
        ("SELECT * FROM tickets WHERE id = ':library'", ["tickets"]),
        ("SELECT * FROM tickets t JOIN events e ON e.ticket = t.id WHERE t.library = :library", ["e"]),
        ("SELECT 1 FROM tickets WHERE library = :library AND id IN (SELECT ticket FROM events)", ["events"]),
        ("SELECT id FROM tickets WHERE library = :library UNION SELECT ticket FROM events", ["events"]),
        ("INSERT INTO events (seq) VALUES (:seq)", ["events"]),
        ("INSERT INTO events (library, seq) VALUES (:other, :seq)", ["events"]),
        ("INSERT INTO events (library, seq) VALUES (:library, 1) ON CONFLICT (seq) DO NOTHING", ["events"]),
        ("DELETE FROM events", ["events"]),
    ],
)
def test_what_strays(text: str, names: list[str]) -> None:
    """Each table that is not tied is named."""
    assert strays(text, TWO) == names
