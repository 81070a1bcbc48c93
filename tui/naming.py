"""Members by id and by name: an id for a new one, and a colleague's name for the id in an error. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from helpdesk.errors import Stale
from helpdesk.message import StaffId
from tui.plain import one_line


def staff_id(name: str) -> StaffId:
    """An id for a new member from their name: "ana.pereira"."""
    return StaffId(re.sub(r"[^a-z0-9]+", ".", name.casefold()).strip(".") or "member")


def free_id(name: str, taken: Collection[StaffId]) -> StaffId:
    """The same, or with a number where a colleague has it."""
    wanted = staff_id(name)
    return next(each for each in (wanted, *(StaffId(f"{wanted}.{n}") for n in range(2, 999))) if each not in taken)


def stale_words(error: Stale, name: Callable[[StaffId], str]) -> str:
    """Who changed it first, and what to do: the store knows that colleague by id, staff know them by name."""
    who = re.compile(rf"(?<!\S){re.escape(error.by)}(?!\S)")
    if not error.by or (found := who.search(str(error))) is None:
        return str(error)
    return f"{found.string[: found.start()]}{one_line(name(StaffId(error.by)))}{found.string[found.end() :]}"
