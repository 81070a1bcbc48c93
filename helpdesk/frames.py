"""Where an error came from and of what kind, and none of its words: a patron's could be among them."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

FRAMES = 12
"""How many frames of an error are shown, the innermost."""

MOST = 4
"""How many errors are shown where one led to another."""

ROOT = Path(__file__).parents[1]


def frame_lines(error: BaseException) -> list[str]:
    """The frames of an error and of those that led to it, outermost first, and the kind of each."""
    lines: list[str] = []
    for each in _chain(error):
        frames = traceback.extract_tb(each.__traceback__)[-FRAMES:]
        lines += [f"  {_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        lines.append(f"  {type(each).__name__}")
    return lines


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What led to an error first, the error itself last; the errors of a group one by one."""
    found: list[BaseException] = []
    wanted: list[BaseException | None] = [error]
    while wanted and len(found) < MOST:
        each = wanted.pop(0)
        if each is None or each in found:
            continue
        found.append(each)
        inner = list(each.exceptions) if isinstance(each, BaseExceptionGroup) else []
        before = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        wanted += [*inner, before]
    return reversed(found)


def _short(filename: str) -> str:
    """A file's name from the project's or the library's folder on."""
    path = Path(filename)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-3:])
