"""What the linters can't say: who may open a number, where time is read, how large a file may grow."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.trees import functions_in, nodes_of, tree_of

ROOT = Path(__file__).parent.parent
CODE = sorted(path for name in ("helpdesk", "channels", "tui") for path in (ROOT / name).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAY_REVEAL = {"helpdesk/privacy.py", "channels/sms.py"}
"""The seal, and the sending step."""

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_APP = 200

NOT_FOR_THE_TERMINAL = {f"helpdesk.ports.{name}" for name in ("Store", "Sql", "Keys", "Record", "FullText", "stores")}
"""What of the ports is the store's."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in CODE:
        yield _name(path), tree_of(path)


def test_only_the_seal_and_the_sending_step_open_a_number() -> None:
    """``reveal`` is named by two modules; no other imports it from anywhere, and nobody reaches past it."""
    assert _naming("reveal") == MAY_REVEAL | {"helpdesk/phone.py"}
    assert _naming("_digits") == {"helpdesk/phone.py"}


def test_only_the_policies_of_lines_open_a_seal_or_disclose_a_sender() -> None:
    """What gives a number back, or shows it for good, is named by :mod:`helpdesk.lines` alone."""
    assert _naming("unseal") | _naming("disclosed") == {"helpdesk/lines.py", "helpdesk/privacy.py"}


@pytest.mark.parametrize(
    "way",
    [
        "from helpdesk.phone import reveal",
        "from helpdesk.phone import reveal as innocent",
        "from helpdesk.privacy import reveal",
        "from helpdesk import phone\nphone.reveal(number)",
        "import helpdesk.phone\nhelpdesk.phone.reveal(number)",
        "getattr(phone, 'reveal')(number)",
        "match number:\n    case PhoneNumber(reveal=digits): pass",
    ],
)
def test_no_way_of_naming_it_is_overlooked(way: str) -> None:
    """The tests above can fail."""
    assert any("reveal" in _names(node) for node in ast.walk(ast.parse(way)))


def _naming(name: str) -> set[str]:
    """The files that name something."""
    return {_name(path) for path in CODE if name in _named(path)}


@cache
def _named(path: Path) -> frozenset[str]:
    return frozenset(name for node in nodes_of(path) for name in _names(node))


def _names(node: ast.AST) -> list[str]:
    """What a node names: an attribute, a variable, an import, a string that ``getattr`` could take."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name) | ast.FunctionDef(name=name):
            return [name]
        case ast.Constant(value=str() as text):
            return [text]
        case ast.MatchClass(kwd_attrs=names):
            return names
    return []


def test_time_is_read_in_one_place() -> None:
    """SQL asks the database for no time either."""
    asking = [_name(path) for path in CODE if "CURRENT_TIMESTAMP" in path.read_text(encoding="utf-8")]
    assert asking == []


def test_files_and_functions_stay_small() -> None:
    """A file over 400 lines, or a function over 60, is asking to be split."""
    files = {path: path.read_text(encoding="utf-8").count("\n") for path in (*CODE, *TESTS)}
    functions = {
        f"{_name(path)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in (*CODE, *TESTS)
        for node in functions_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {_name(path): lines for path, lines in files.items() if lines > LONGEST_FILE} == {}
    assert {name: lines for name, lines in functions.items() if lines > LONGEST_FUNCTION} == {}


def test_the_app_of_the_desk_stays_small() -> None:
    """It opens the desk, and no more: what else goes on there has a module of its own."""
    assert (ROOT / "tui" / "app.py").read_text(encoding="utf-8").count("\n") < LONGEST_APP


def test_the_terminal_sees_the_desk_and_pure_types_only() -> None:
    """Of the ports it knows ``Desk`` and what that gives; of all else only what stands below the ports."""
    seen = {(name, module) for name, tree in _trees() if name.startswith("tui/") for module in _imported(tree)}
    assert {module for _, module in seen if module.startswith("helpdesk.ports.")} >= {"helpdesk.ports.Desk"}
    assert {place for place in seen if place[1] in NOT_FOR_THE_TERMINAL} == set()
    known, below = _below_the_ports()
    assert {(name, module) for name, module in seen if _top(module) in known - below} == set()


def _imported(tree: ast.Module) -> Iterator[str]:
    """What a module takes from ours, each by its whole name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"helpdesk", "channels"}:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in {"helpdesk", "channels"})


def _top(module: str) -> str:
    """``helpdesk.ports`` of ``helpdesk.ports.views.Listing``."""
    return ".".join(module.split(".")[:2])


def _below_the_ports() -> tuple[set[str], set[str]]:
    """All layers of the house, and those from the ports downward, as the linter has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [[_top(each) for each in layer.split(" | ")] for layer in contracts[0]["layers"]]
    ports = next(place for place, layer in enumerate(layers) if "helpdesk.ports" in layer)
    return {each for layer in layers for each in layer}, {each for layer in layers[ports:] for each in layer}


def test_every_module_says_what_it_owns() -> None:
    """A module's docstring is its map."""
    silent = [name for name, tree in _trees() if not ast.get_docstring(tree) and "migrations" not in name]
    assert silent == []


def test_every_public_function_is_documented() -> None:
    """Shapes, units, errors: in the docstring."""
    silent = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path in CODE
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _inside(path, node)
    ]
    assert silent == []


def _inside(path: Path, node: ast.AST) -> bool:
    """Whether it stands in a function or in a private class: a step or a framework's hook, not an interface."""
    return any(
        (isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) or _is_private_class(outer))
        and outer is not node
        and node in ast.walk(outer)
        for outer in nodes_of(path)
    )


def _is_private_class(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and node.name.startswith("_")
