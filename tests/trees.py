"""The program's own code as trees, for tests that look at how it is written. Each file is read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """A file's tree. Whoever looks at it leaves it as it is."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's tree, in the order of :func:`ast.walk`."""
    return tuple(ast.walk(tree_of(path)))


def functions_in(block: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in a module, however deep. A statement stands in no expression: those are not walked through."""
    for inner in ast.iter_child_nodes(block):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inner
        if isinstance(inner, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from functions_in(inner)
