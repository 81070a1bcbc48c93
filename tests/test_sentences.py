"""What readers see of bad input stands in docs/operations.md, word for word as the program says it, with a remedy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from helpdesk import callers, drift, hardening, jumps, pins
from helpdesk.api import bearer, wire
from helpdesk.permissions import OF_ROLE, Permission, Role, shut_out, why_not
from helpdesk.personal_tokens import ANOTHER_LIBRARY, CUT_SHORT
from helpdesk.store import pg_schema, pg_trouble, sqlite
from helpdesk.store.verbs import tokens
from tests.test_architecture import CODE
from tests.trees import tree_of

PAGE = (Path(__file__).parent.parent / "docs" / "operations.md").read_text("utf-8")
HOLE = "…"

PARTS = (
    "Signing in",
    "What a role may not",
    "Requests that are too large or too slow",
    "A clock that jumps",
    "PostgreSQL",
    "Two versions",
    "Processes and sockets",
    "Disks",
)
"""What the page goes through, in this order."""

SAID = (
    bearer.NO_TOKEN,
    bearer.WRONG,
    bearer.TOO_SOON,
    CUT_SHORT,
    ANOTHER_LIBRARY,
    tokens.GONE,
    shut_out("ana"),
    pins.WRONG,
    pins.TOO_SOON,
    *(why_not(Role.REPORTER, call) for call in ("desk.thread", "desk.reply", "desk.merge", "keeper.forget")),
    callers.TOO_SLOW,
    callers.TOO_MANY,
    callers.NO_REQUEST,
    hardening.TOO_MANY,
    jumps.JUMPED,
    drift.DIFFERS,
    *pg_trouble._WORDS.values(),
    *pg_trouble._REFUSED.values(),
    *pg_trouble._WRONG.values(),
    pg_schema.newer(99),
    wire.ANOTHER_VERSION,
    sqlite.UNWRITTEN,
)
"""What the program says, as it is built: each has a row."""


def tables() -> dict[str, list[list[str]]]:
    """The rows of each part of the page: cells, the sentence without its marks first."""
    text = PAGE.partition("## What you may see, and what to do\n")[2].partition("\n## ")[0]
    found: dict[str, list[list[str]]] = {}
    for part in text.split("\n### ")[1:]:
        title, _, body = part.partition("\n")
        rows = [line for line in body.splitlines() if line.startswith("| `")]
        found[title] = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in rows]
        for cells in found[title]:
            cells[0] = cells[0].strip("`").strip()
    return found


ROWS = [row for rows in tables().values() for row in rows]


def _texts(path: Path) -> Iterator[str]:
    """Every text in a module, with a hole for each value that is put into it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{[^{} ]*\}", HOLE, node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(_part(each, path) for each in node.values)


def _part(node: ast.expr, path: Path) -> str:
    """A piece of a text: a value by a name of the module's own is that name's text."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.FormattedValue)
    if isinstance(node.value, ast.Name):
        for each in tree_of(path).body:
            match each:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text)):
                    if name == node.value.id:
                        return text
    return HOLE


@cache
def said() -> str:
    """All that the program can say, a text a line."""
    return "\n".join(text for path in CODE for text in _texts(path))


def _fits(sentence: str) -> re.Pattern[str]:
    """What a sentence of the page looks like where its holes are filled."""
    return re.compile(".+?".join(re.escape(piece) for piece in sentence.split(HOLE)), re.DOTALL)


def test_the_page_goes_through_what_can_be_wrong() -> None:
    """Each part of it, with rows."""
    assert tuple(tables()) == PARTS
    assert all(tables().values())


@pytest.mark.parametrize("sentence", [row[0] for row in ROWS])
def test_the_program_says_each_sentence_so(sentence: str) -> None:
    """Letter for letter; what differs is a hole in both."""
    assert sentence in said()


@pytest.mark.parametrize("text", SAID)
def test_each_sentence_has_a_row(text: str) -> None:
    """What a reader sees is found on the page by searching for it."""
    assert any(_fits(row[0]).search(text) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_row_says_what_to_do(row: list[str]) -> None:
    """Three cells, the last never empty."""
    assert len(row) == 3
    assert row[2]


def test_a_sentence_that_nobody_says_is_found_out() -> None:
    """The comparison can fail: a word that changed, or a hole where there is none."""
    assert "That is not your PIN. Try again." not in said()
    assert "Too many wrong PINs were typed for …." not in said()


def test_every_permission_s_refusal_has_a_row() -> None:
    """Whatever a role may not do."""
    for role in Role:
        for needed in set(Permission) - OF_ROLE[role]:
            call = {"read": "desk.thread", "work": "desk.reply", "lead": "desk.merge"}.get(needed, "keeper.forget")
            assert any(_fits(row[0]).search(why_not(role, call)) for row in ROWS), (role, needed)
