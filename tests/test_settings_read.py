"""Every setting is read by something: a key that changes nothing would be a promise that nobody keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel, Field

from helpdesk.config import LineSettings, Section, Settings
from tests.trees import tree_of

ROOT = Path(__file__).parent.parent
ONLY_SPEAK_OF_THEM = {
    "helpdesk/config.py",
    "helpdesk/desk_settings.py",
    "helpdesk/settings/starter.py",
    "helpdesk/settings/rules.py",
}
"""What defines settings, shows them or compares them with one another: nothing comes of that by itself."""

Models = dict[type[BaseModel], str]
"""Sections, and the key each stands under."""


def _sections(model: type[BaseModel], key: str = "settings") -> Models:
    """A model and all that it holds. A table of tables (``lines``) goes by its key without the s."""
    found: Models = {model: key}
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            table = get_origin(field.annotation) is dict
            found |= _sections(part, name.removesuffix("s") if table else name)
    return found


def _parts(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


class _Code:
    """What some modules read, and by what names they go by sections."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self.read: set[tuple[str, str]] = set()
        self.defined: set[str] = set()
        for tree in trees:
            self._note(tree)

    def _note(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        known = dict(_annotated(nodes))
        for node in nodes:
            match node:
                case ast.Attribute(value=owner, attr=name, ctx=ast.Load()):
                    said = _last(owner)
                    self.read.add((said, name))
                    self.read.add((known.get(said, ""), name))
                case ast.ClassDef(body=body):
                    self.defined.update(_members(body))

    def reads(self, section: type[BaseModel], key: str, name: str) -> bool:
        """Whether a setting is read off its section; a name that nothing else has may be read off anything."""
        if {(key, name), (section.__name__, name)} & self.read:
            return True
        return name not in self.defined and any(name == read for _, read in self.read)


def _annotated(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Which names of a module are said to be of which class."""
    for node in nodes:
        match node:
            case (
                ast.arg(arg=name, annotation=ast.Name(id=kind))
                | ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id=kind))
            ):
                yield name, kind


def _last(owner: ast.expr) -> str:
    """The last name of ``self._settings``, ``house.settings.web`` or ``lines[name]``; "" for anything else."""
    match owner:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.removeprefix("_")
        case ast.Subscript(value=held):
            return _last(held).removesuffix("s")
    return ""


def _members(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name


def _unread(model: type[BaseModel], code: _Code) -> list[str]:
    return [
        f"{key}.{name}"
        for section, key in _sections(model).items()
        for name in section.model_fields
        if not code.reads(section, key, name)
    ]


def _trees() -> Iterator[ast.Module]:
    for package in ("helpdesk", "channels", "tui"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.relative_to(ROOT).as_posix() not in ONLY_SPEAK_OF_THEM:
                yield tree_of(path)


def test_every_setting_is_read() -> None:
    """By the attribute's name, off something that goes by its section."""
    assert _unread(Settings, _Code(_trees())) == []


class _Small(Section):
    host: str = "here"
    sleepy: int = Field(3)


class _Whole(Section):
    small: _Small = _Small()
    lines: dict[str, LineSettings] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("code", "unread"),
    [
        ("settings.small.host", ["small.sleepy"]),
        ("def f(any: _Small): return any.host, any.sleepy", []),
        ("def f(any: Other): return any.host, [each.sleepy for each in any]", ["small.host"]),
        ("settings.small.host = 4", ["small.host", "small.sleepy"]),
        ("class Other:\n  sleepy: int\nother.sleepy, settings.small.host", ["small.sleepy"]),
    ],
)
def test_a_setting_that_nothing_reads_is_found(code: str, unread: list[str]) -> None:
    """The test above can fail: a write is no read, nor is another class's attribute of the same name."""
    other = "class Server:\n  host: str\n"
    found = _unread(_Whole, _Code([ast.parse(other + code)]))
    assert [each for each in found if each.startswith("small.")] == unread
