"""What PostgreSQL is handed where verbs and migrations say it in SQLite's words."""

from __future__ import annotations

import ast
import re
from importlib.resources import files

import pytest

from helpdesk.store.dialect import migration, statement
from helpdesk.store.schema import migrations
from helpdesk.store.words import tokens


def said(text: str, *nulls: str) -> str:
    """A statement in PostgreSQL's words."""
    return statement(text, frozenset(nulls)).query.decode()


def test_parameters_are_numbered_by_name() -> None:
    """One that is named twice has one number; what follows a colon in a text is no parameter."""
    found = statement("SELECT x FROM t WHERE a = :one AND b = :two AND c <> ':three' AND d = :one")
    assert found.query == b"SELECT x FROM t WHERE a = $1 AND b = $2 AND c <> ':three' AND d = $1"
    assert found.names == ("one", "two")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("SELECT '''a'':x' || :x", "SELECT '''a'':x' || $1"),
        ("SELECT CAST(a AS TEXT) || a::text", "SELECT CAST(a AS TEXT) || a::text"),
        ("SELECT a LIKE 'duty:%' OR b % 2 = :n", "SELECT a LIKE 'duty:%' OR b % 2 = $1"),
        ("SELECT a - :n -- of :nothing\n", "SELECT a - $1 -- of :nothing\n"),
        ("SELECT 'it''s', '{\"a\":1}'", "SELECT 'it''s', '{\"a\":1}'"),
    ],
)
def test_what_is_no_parameter_stays(text: str, query: str) -> None:
    """Texts, casts, percents and comments."""
    assert said(text) == query


def test_nothing_of_unknown_type_stands_in_the_statement_itself() -> None:
    """So PostgreSQL needs no type for it."""
    found = statement("INSERT INTO t VALUES (:a, :b, :c)", frozenset({"b"}))
    assert (found.query, found.names) == (b"INSERT INTO t VALUES ($1, NULL, $2)", ("a", "c"))


@pytest.mark.parametrize(
    ("text", "returns"),
    [
        ("SELECT 1", True),
        (" WITH x AS (SELECT 1) SELECT * FROM x", True),
        ("INSERT INTO t VALUES (1)\n RETURNING id", True),
        ("DELETE FROM t WHERE a = 'RETURNING'", True),
        ("UPDATE t SET a = 1", False),
        ("DELETE FROM t", False),
    ],
)
def test_which_statements_give_rows(text: str, returns: bool) -> None:
    """Those are waited for; one too many is no harm."""
    assert statement(text).returns is returns


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("instr(flags, 'test') = 0", "strpos(flags, 'test') = 0"),
        ("json_extract(data, '$.incident') > ''", "(CAST(data AS JSON) ->> 'incident') > ''"),
        (
            "x IN (SELECT value FROM json_each(:s))",
            "x IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS each(value))",
        ),
        ("group_concat(a || ',', ';') AS x", "string_agg(CAST(a || ',' AS TEXT), ';') AS x"),
        (
            "group_concat(CASE WHEN a IN (b, c) THEN 1 END)",
            "string_agg(CAST(CASE WHEN a IN (b, c) THEN 1 END AS TEXT), ',')",
        ),
        (
            "json_extract((SELECT d FROM e WHERE instr(d, ')') > 0), '$.why'), count(*)",
            "(CAST((SELECT d FROM e WHERE strpos(d, ')') > 0) AS JSON) ->> 'why'), count(*)",
        ),
        ("my_instr(a, b)", "my_instr(a, b)"),
    ],
)
def test_functions_by_another_name(text: str, query: str) -> None:
    """With other calls, brackets and commas within them."""
    assert said(text) == query


# Migrations


def everything() -> list[str]:
    """All statements of all migrations."""
    return [each for number, text in migrations() for each in migration(number, text)]


def test_no_word_of_sqlite_s_is_left() -> None:
    """Types, options, functions and comments; nothing is left empty."""
    left = re.compile(r"\b(STRICT|ROWID|INTEGER|BLOB|VIRTUAL|fts5|json_extract|instr|AUTOINCREMENT|PRAGMA)\b|--")
    assert [each for each in everything() if left.search(each)] == []
    assert all(everything())


def test_every_table_and_index_is_there() -> None:
    """As many as SQLite has."""
    script = "\n".join(text for _, text in migrations())
    for made in ("CREATE TABLE", "CREATE (UNIQUE )?INDEX", "ALTER TABLE"):
        ours = [each for each in everything() if re.match(made, each) and "entry_words" not in each]
        assert len(ours) == len(re.findall(rf"^{made}", script, re.MULTILINE)), made


def test_texts_compare_byte_by_byte() -> None:
    """Every column of texts, so that keys and pages have the order that SQLite gives them."""
    columns = [each for each in everything() if re.search(r"\bTEXT\b", each)]
    assert columns
    assert all(re.search(r'\bTEXT\b(?! COLLATE "C")', each) is None for each in columns)


def test_what_old_migrations_did_to_rows_is_left_out() -> None:
    """No database of PostgreSQL's was there before version 5; from then on all of it runs."""
    text = "UPDATE t SET a = 1; DELETE FROM t; CREATE TABLE u (a INTEGER NOT NULL) STRICT;"
    assert list(migration(4, text)) == ["CREATE TABLE u (a BIGINT NOT NULL)"]
    assert list(migration(5, text)) == ["UPDATE t SET a = 1", "DELETE FROM t", "CREATE TABLE u (a BIGINT NOT NULL)"]


# Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Loud on LEVEL 3, room 2.59!", ["loud", "on", "level", "3", "room", "2", "59"]),
        ("Café Ångström naïve", ["cafe", "angstrom", "naive"]),
        ("snake_case don't", ["snake", "case", "don", "t"]),
        ("Ελλάδα Ёлка 図書館", ["ελλαδα", "елка", "図書館"]),
        ("... !?", []),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    """Letters and digits, without accents, in lower case."""
    assert tokens(text) == words


# Verbs

ONLY_SQLITE = re.compile(
    r"\b(GLOB|INSERT OR|REPLACE INTO|rowid|INDEXED BY|PRAGMA)\b|\bIS (NOT )?:"
    r"|\b(strftime|julianday|printf|typeof|ifnull|iif|zeroblob|hex|unhex|total|changes|last_insert_rowid|json_object"
    r"|json_array|json_type|json_set|random|randomblob|char|unicode|unixepoch)\("
    r"|\b(max|min)\([^()]*, [^()]*\)"
)
ONLY_POSTGRES = re.compile(r"\b(ILIKE|now\(|nextval|FOR UPDATE|ANY\(|DISTINCT ON|LATERAL|generate_series)|::")


def statements() -> list[tuple[str, str]]:
    """Every text in the verbs that is SQL, with its file; of a formatted one its fixed parts."""
    found = []
    for file in sorted(files("helpdesk.store.verbs").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
                    found.append((file.name, node.value))
    return found


SQL = re.compile(r"^[ (]*(SELECT|INSERT INTO|UPDATE|DELETE FROM|FROM|WHERE|AND|OR|ORDER BY|CASE) ", re.MULTILINE)


def test_verbs_say_it_in_words_of_both() -> None:
    """What only one engine knows stands in no verb, but for the functions that have another name."""
    every = statements()
    assert len(every) > 500
    quoted = re.compile(r"'(?:[^']|'')*'")
    plain = [(file, quoted.sub("''", text)) for file, text in every]
    assert [each for each in plain if ONLY_SQLITE.search(each[1]) or ONLY_POSTGRES.search(each[1])] == []
