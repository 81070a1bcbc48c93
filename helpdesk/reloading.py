"""Settings that are taken anew while the house runs.

Not every setting can change under way: a port is open, a store is held, a line's addresses have policies. Which can
stands in :data:`RELOADED`; of all others a reload says that they wait for the next start. It is all or nothing: first
every part that goes by settings makes what it needs of the fresh ones, which may fail; then all of them take it, which
can't.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr

from helpdesk.config import Settings
from helpdesk.errors import BadConfig

Key = tuple[str, ...]

Commit = Callable[[], None]
"""Takes what was made. It must not fail."""

Taker = Callable[[Settings], Commit]
"""Makes of fresh settings what one part needs; BadConfig where it can't."""

RELOADED = (
    "texts",
    "zones",
    "lines.*.title",
    "lines.*.kind",
    "lines.*.site",
    "lines.*.calendar",
    "lines.*.greeting",
    "lines.*.call",
    "lines.*.thread_hours",
    "lines.*.most_segments",
    "lines.*.countries",
    "lines.*.texts_per_second",
    "lines.*.texts_per_day",
    "lines.*.pence_per_segment",
    "lines.*.pence_per_day",
    "chat.form_line",
    "chat.idle_minutes",
    "noise",
    "escalation",
    "probe",
    "retention",
    "desk",
    "report",
    "log",
    "metrics.allow",
    "metrics.token_file",
)
"""What a reload takes: settings, or whole tables. Files are read again: those that ``texts`` and ``zones`` name, those
of certificates, and the token's of the figures.
"""


class Change(NamedTuple):
    """A setting that differs. ``before`` and ``after`` are words for people, "" for a secret and for what is long."""

    key: Key
    before: str
    after: str
    taken: bool

    def __str__(self) -> str:
        name = ".".join(self.key)
        how = f"{name}: {self.before}, now {self.after}" if self.before and self.after else f"{name} changed"
        return how if self.taken else f"{how}; this waits for the next start"


def is_reloaded(key: Key) -> bool:
    """Whether a setting is taken by a reload."""
    return any(_covers(tuple(pattern.split(".")), key) for pattern in RELOADED)


def _covers(pattern: Key, key: Key) -> bool:
    return len(pattern) <= len(key) and all(part in {"*", name} for part, name in zip(pattern, key, strict=False))


def changes(before: Settings, after: Settings) -> tuple[Change, ...]:
    """Every setting that differs, in the order of the file."""
    return tuple(_changes(before, after, ()))


def _changes(before: BaseModel, after: BaseModel, above: Key) -> Iterator[Change]:
    for name in type(before).model_fields:
        yield from _differences(getattr(before, name), getattr(after, name), (*above, name))


def _differences(before: Any, after: Any, key: Key) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, BaseModel) and isinstance(after, BaseModel):
        yield from _changes(before, after, key)
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _differences(before.get(name), after.get(name), (*key, name))
    else:
        yield Change(key, _words(before), _words(after), is_reloaded(key))


def _words(value: object) -> str:
    """A value for people; nothing of a secret, and nothing that is long."""
    shown = isinstance(value, str | int | float) and len(str(value)) <= 60
    return repr(value) if shown and not isinstance(value, SecretStr) else ""


def merged(before: Settings, after: Settings) -> Settings:
    """``before`` with what a reload takes of ``after``."""
    found = _merged(before, after, ())
    assert isinstance(found, Settings)
    return found


def _merged(before: Any, after: Any, key: Key) -> Any:
    if is_reloaded(key):
        return after
    if isinstance(before, BaseModel) and isinstance(after, BaseModel):
        names = type(before).model_fields
        parts = {name: _merged(getattr(before, name), getattr(after, name), (*key, name)) for name in names}
        return before.model_copy(update=parts)
    if isinstance(before, dict) and isinstance(after, dict):
        return {name: _merged(value, after.get(name), (*key, name)) for name, value in before.items()}
    return before


class Reloading:
    """The settings that the house goes by now, and the parts that take fresh ones.

    ``agree`` says what does not agree between settings, a line each: some of the fresh ones may count on others that
    wait for the next start.
    """

    def __init__(self, settings: Settings, *, agree: Callable[[Settings], Iterable[str]] = lambda _: ()) -> None:
        self.settings = settings
        self._agree = agree
        self._takers: list[Taker] = []

    def add(self, taker: Taker) -> None:
        """One more part that goes by settings."""
        self._takers.append(taker)

    def take(self, fresh: Settings) -> tuple[str, ...]:
        """Take what can be taken of ``fresh``; what changed, a line each. BadConfig, and nothing changes, where a file
        or a value can't be used.
        """
        found = changes(self.settings, fresh)
        settings = merged(self.settings, fresh)
        before = set(self._agree(self.settings))
        if wrong := [line for line in self._agree(settings) if line not in before]:
            later = "Until the next start it goes by the lines and addresses that it began with."
            raise BadConfig("\n".join((*wrong, later)))
        commits = [taker(settings) for taker in self._takers]
        for commit in commits:
            commit()
        self.settings = settings
        return tuple(map(str, found))
