"""docs/operations.md says what every alarm means: its tables are held to the code, its files are those we ship."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.api.metrics import families
from helpdesk.clock import Instant
from helpdesk.events import Kind
from helpdesk.following import level_of
from helpdesk.readiness import Check
from tests.test_architecture import CODE
from tests.test_meters import reading
from tests.test_readiness import house
from tests.trees import functions_in, tree_of

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
OWN_KEYS = {"store", "loop:", "closing:", "settling"}
"""Notices that are no rows: the desk makes them of what it sees."""


def column(heading: str) -> list[str]:
    """The names in the first column of the table that begins with a heading."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def test_every_metric_is_explained() -> None:
    """By its name and its labels; and none that is not there."""
    shown = {}
    for family in families(reading(certificate=Instant(1))):
        suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
        labels = sorted({label for sample in family.samples for label in sample.labels} - {"le", "version"})
        shown[family.name + suffix] = labels
    explained: dict[str, list[str]] = {}
    for name in column("Metric"):
        bare, _, inner = name.rstrip("}").partition("{")
        explained[bare] = sorted(inner.split(",")) if inner else []
    assert explained.pop("process_*") == []
    assert shown.keys() == explained.keys()
    for name, labels in shown.items():
        assert set(labels) <= set(explained[name]), name


def test_the_alert_rules_are_about_metrics_that_there_are() -> None:
    """Three of them."""
    rules = PAGE.partition("groups:")[2].partition("```")[0]
    assert len(re.findall(r"- alert: ", rules)) == 3
    known = {name.partition("{")[0] for name in column("Metric")}
    named = set(re.findall(r"\bhelpdesk_[a-z_]+", rules))
    assert named
    assert {name.removesuffix("_bucket") for name in named} <= known


async def test_every_check_is_explained() -> None:
    """In the order in which they are told."""
    async with house() as (ready, _, _, _):
        assert [check.name for check in ready.checks()] == column("Check")
    assert Check("store").ok


def test_every_grave_fact_is_explained() -> None:
    """With its level."""
    table = PAGE.partition("| Fact |")[2].partition("\n\n")[0]
    explained = dict(re.findall(r"^\| `([a-z_]+)` \| (warning|error) \|", table, re.MULTILINE))
    assert explained == {str(kind): level_of(kind) for kind in Kind if level_of(kind) in {"warning", "error"}}


def _calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Every call of one of these, as a function or as a method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name in names and node.args:
                yield node


def test_every_fault_in_the_log_is_explained() -> None:
    """By the words it begins with; a line that nobody logs any more is found, too."""
    logged = {"a library says"}
    for path in CODE:
        text = path.read_text("utf-8")
        if "structlog" not in text:
            continue
        for call in _calls(tree_of(path), {"error", "warning"}):
            event = call.args[0]
            if isinstance(event, ast.Constant) and isinstance(event.value, str):
                logged.add(event.value.partition("\n")[0])
    assert logged == set(column("Event"))


# Notices: the key is made in many ways, and begins with a word of its own.


def _beginning(node: ast.expr, around: ast.AST, module: ast.Module) -> str:
    """What a key begins with, followed to where it is made: a text, a name, a function that returns one."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str() as text), *_]):
            return text
        case ast.JoinedStr(values=[ast.FormattedValue(value=inner), *_]):
            return _beginning(inner, around, module)
        case ast.Name(id=name):
            for each in (*ast.walk(around), *module.body):
                if isinstance(each, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in each.targets):
                    return _beginning(each.value, around, module)
        case ast.Call(func=ast.Name(id=name)):
            return _returned(name, [module])
        case ast.Call(func=ast.Attribute(attr=name)):
            return _returned(name, [tree_of(path) for path in CODE if "/verbs/" in str(path)])
    return ""


def _returned(name: str, modules: list[ast.Module]) -> str:
    found = {
        _beginning(inner.value, each, module)
        for module in modules
        for each in ast.walk(module)
        if isinstance(each, ast.FunctionDef) and each.name == name
        for inner in ast.walk(each)
        if isinstance(inner, ast.Return) and inner.value is not None
    }
    return min(found - {""}, default="")


def _keys() -> Iterator[tuple[str, str]]:
    """Every key that a notice is raised under, and where; its first word up to the colon, or all of it."""
    for path in CODE:
        if "_notice" not in path.read_text("utf-8"):
            continue
        module = tree_of(path)
        for function in functions_in(module):
            for call in _calls(function, {"raise_notice"}):
                yield _beginning(call.args[1], function, module), str(path)
            for call in _calls(function, {"_notice"}):
                yield _beginning(call.args[0], function, module), str(path)


def _family(key: str) -> str:
    return key if key in {"log:broken", "trail:broken"} else key.partition(":")[0] + ":"


def test_every_notice_is_explained() -> None:
    """Every key that the code raises, by what it begins with."""
    found = list(_keys())
    explained = set(column("Notice"))
    unknown = {where for key, where in found if not key} - {str(ROOT / "helpdesk" / "intake.py")}
    assert unknown == set()
    assert {_family(key) for key, _ in found if key} | OWN_KEYS == explained


def test_the_readers_of_the_page_get_the_file_that_is_tested() -> None:
    """nginx's configuration, letter for letter."""
    [shown] = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)
    assert shown == (ROOT / "packaging" / "nginx.conf").read_text("utf-8")


@pytest.mark.parametrize("name", ["packaging/helpdesk.service", "packaging/nginx.conf", "Containerfile"])
def test_files_that_the_page_names_are_there(name: str) -> None:
    """And it names them."""
    assert (ROOT / name).is_file()
    assert f"`{name}`" in PAGE
