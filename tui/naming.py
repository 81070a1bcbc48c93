"""An id for a new member, from their name. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from helpdesk.message import StaffId


def staff_id(name: str) -> StaffId:
    """An id for a new member from their name: "ana.pereira"."""
    return StaffId(re.sub(r"[^a-z0-9]+", ".", name.casefold()).strip(".") or "member")


def free_id(name: str, taken: Collection[StaffId]) -> StaffId:
    """The same, or with a number where a colleague has it."""
    wanted = staff_id(name)
    return next(each for each in (wanted, *(StaffId(f"{wanted}.{n}") for n in range(2, 999))) if each not in taken)
