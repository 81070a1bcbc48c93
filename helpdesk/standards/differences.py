"""What differs between two published texts of a standard, in words that a person can check against the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = {
    "title": "wording",
    "measure": "measure",
    "limit": "limit",
    "calendar": "calendar",
    "share": "share",
    "covers": "covers",
    "working_day": "working day",
    "from": "from",
    "until": "until",
    "owner": "owner",
    "source": "source",
}
"""The parts that are told first, in this order; whatever else differs follows under its own name."""


def described(text: str) -> tuple[str, ...]:
    """A standard's frozen text in words, a line each."""
    plain = json.loads(text)
    in_days = "working day" in plain["limit"]
    told = [
        f"{_word(key)} {_shown(key, plain[key])}"
        for key in _order(plain)
        if _given(plain[key]) and (in_days or key != "working_day")
    ]
    return tuple(told) + tuple(f"covers {name}: {', '.join(kept)}" for name, kept in plain["covers"].items() if kept)


def differences(old: str, new: str) -> tuple[str, ...]:
    """What publishing the frozen text ``new`` after ``old`` changes, a line each; () where nothing."""
    before, after = json.loads(old), json.loads(new)
    return tuple(line for key in _order(before | after) for line in _changed(key, before.get(key), after.get(key)))


def _order(plain: Mapping[str, Any]) -> list[str]:
    known = [key for key in _WORDS if key in plain]
    return known + sorted(plain.keys() - known - {"name", "format"})


def _changed(key: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if key == "covers":
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield f"covers {name}: {_all(old.get(name))} -> {_all(new.get(name))}"
    else:
        yield f"{_word(key)} {_shown(key, old)} -> {_shown(key, new)}"


def _all(names: list[str] | None) -> str:
    return ", ".join(names or ()) or "all"


def _given(value: Any) -> bool:
    return value not in (None, "", False) and not isinstance(value, dict)


def _word(key: str) -> str:
    return _WORDS.get(key, key.replace("_", " "))


def _shown(key: str, value: Any) -> str:
    if key == "share":
        return f"{value} %"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key in {"title", "source"} and value:
        return f'"{value}"'
    return str(value) if value else "none"
