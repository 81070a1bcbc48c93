"""Every SQL statement that helpdesk.store can say, read from its code: what is put together is put together here, too.

A piece that only a run knows (a list of parameters, the name of a column) stands as ``:hole``.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
HOLE = ":hole"
MOST = 64
"""Of one statement's forms so many are looked at."""
_DEEPEST = 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True, eq=False)
class Code:
    """A module of the store: as it is imported, as it is written, and whose function each piece of it belongs to."""

    module: ModuleType
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    around: dict[int, Function] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in ast.walk(self.tree):
            if isinstance(each, Function):
                self.functions[each.name] = each
                self.around.update((id(node), each) for node in ast.walk(each))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an expression stands: in which function of which module, and what that was handed, as far as is known."""

    code: Code
    inside: Function | None
    handed: Mapping[str, list[str]] = field(default_factory=dict)
    depth: int = 0


class Reader:
    """Reads what a module's expressions can come to."""

    def __init__(self) -> None:
        self._codes = {name: _code(name) for name in _names()}

    def said(self) -> Iterator[tuple[str, str]]:
        """Each statement that is run somewhere, and the module and function that runs it."""
        for name, code in self._codes.items():
            for call in _runs(code.tree):
                inside = code.around.get(id(call))
                where = f"{name.removeprefix('helpdesk.store.')}.{inside.name if inside else ''}"
                for text in self._texts(call.args[0], Frame(code, inside)):
                    yield text, where

    def _texts(self, node: ast.expr, frame: Frame) -> list[str]:
        """All that an expression may come to."""
        match node:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.Constant(value=bytes() as data):
                return [data.decode()]
            case ast.JoinedStr(values=parts):
                return _joined([self._texts(part, frame) for part in parts])
            case ast.FormattedValue(value=part) | ast.Call(func=ast.Attribute(value=part, attr="encode")):
                return self._texts(part, frame)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self._texts(left, frame), self._texts(right, frame)])
            case ast.IfExp(body=one, orelse=other):
                return self._texts(one, frame) + self._texts(other, frame)
            case ast.Subscript(value=ast.Name(id=name)):
                return _of_table(getattr(frame.code.module, name, None))
            case ast.Call():
                return self._returned(node, frame)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return _constant(getattr(getattr(frame.code.module, module, None), name, None))
            case ast.Name(id=name):
                return self._named(name, frame)
        return [HOLE]

    def _returned(self, call: ast.Call, frame: Frame, nth: int | None = None) -> list[str]:
        """What a function of the store returns; of several things together the ``nth``."""
        code, name = self._called(call.func, frame.code)
        if code is None or (function := code.functions.get(name)) is None or frame.depth > _DEEPEST:
            return [HOLE]
        there = Frame(code, function, self._arguments(call, function, frame), frame.depth + 1)
        values = [_nth(each.value, nth) for each in ast.walk(function) if isinstance(each, ast.Return) and each.value]
        return [text for value in values for text in self._texts(value, there)] or [HOLE]

    def _called(self, called: ast.expr, code: Code) -> tuple[Code | None, str]:
        """A function's module, where it is one of the store's, and its name."""
        match called:
            case ast.Name(id=name):
                return self._codes.get(getattr(getattr(code.module, name, None), "__module__", "")), name
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return self._codes.get(getattr(getattr(code.module, module, None), "__name__", "")), name
        return None, ""

    def _arguments(self, call: ast.Call, function: Function, frame: Frame) -> dict[str, list[str]]:
        """What a call hands to each parameter."""
        named = function.args.args
        given = dict(zip((each.arg for each in reversed(named)), reversed(function.args.defaults), strict=False))
        given |= zip((each.arg for each in named), call.args, strict=False)
        given |= {word.arg: word.value for word in call.keywords if word.arg}
        deeper = replace(frame, depth=frame.depth + 1)
        return {name: self._texts(value, deeper) for name, value in given.items()}

    def _named(self, name: str, frame: Frame) -> list[str]:
        """What a name stands for: assigned in the function, handed to it, or the module's own."""
        inside = frame.inside
        if inside is None or frame.depth > _DEEPEST:
            return _constant(getattr(frame.code.module, name, None))
        if name in frame.handed:
            return frame.handed[name]
        found = [text for call, n in _taken(inside, name) for text in self._returned(call, frame, n)]
        found += [text for value in _assigned(inside, name) for text in self._texts(value, frame)]
        if name in {each.arg for each in inside.args.args}:
            found += [text for each in _calls(frame.code, inside) for text in self._handed(name, each, frame)]
        return found or _constant(getattr(frame.code.module, name, None))

    def _handed(self, name: str, call: ast.Call, frame: Frame) -> list[str]:
        assert frame.inside is not None
        there = Frame(frame.code, frame.code.around.get(id(call)), depth=frame.depth + 1)
        return self._arguments(call, frame.inside, there).get(name, [])


def _names() -> list[str]:
    """The modules of the store."""
    paths = sorted((ROOT / "helpdesk" / "store").rglob("*.py"))
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths if path.stem != "__init__"]


def _code(name: str) -> Code:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    return Code(module, ast.parse(Path(module.__file__).read_text("utf-8")))


def _runs(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that run a statement."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and each.args:
            called = ast.unparse(each.func)
            if called in {"sql", "self._sql"} or called.endswith((".execute", ".ask", ".say")):
                yield each


def _joined(parts: Sequence[list[str]]) -> list[str]:
    return ["".join(each) for each in islice(product(*parts), MOST)]


def _constant(value: object) -> list[str]:
    if isinstance(value, bytes):
        return [value.decode()]
    return [value] if isinstance(value, str) else [HOLE]


def _of_table(value: object) -> list[str]:
    if isinstance(value, dict) and value and all(isinstance(each, str) for each in value.values()):
        return list(value.values())
    return [HOLE]


def _assigned(function: Function, name: str) -> list[ast.expr]:
    """What is assigned to a name in a function."""
    found = [each for each in ast.walk(function) if isinstance(each, ast.Assign)]
    return [each.value for each in found if any(isinstance(to, ast.Name) and to.id == name for to in each.targets)]


def _taken(function: Function, name: str) -> Iterator[tuple[ast.Call, int]]:
    """The calls that give a name its value beside others, and its place among them."""
    for each in ast.walk(function):
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call) and isinstance(each.targets[0], ast.Tuple):
            names = [to.id if isinstance(to, ast.Name) else "" for to in each.targets[0].elts]
            if name in names:
                yield each.value, names.index(name)


def _nth(value: ast.expr, nth: int | None) -> ast.expr:
    return value.elts[nth] if nth is not None and isinstance(value, ast.Tuple) else value


def _calls(code: Code, function: Function) -> Iterator[ast.Call]:
    """Where the function's own module calls it."""
    for each in ast.walk(code.tree):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == function.name:
            yield each
