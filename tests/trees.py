"""The program's own code as trees, for tests that look at how it is written. Each file is read once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """A file's tree. Whoever looks at it leaves it as it is."""
    return ast.parse(path.read_text(encoding="utf-8"))
