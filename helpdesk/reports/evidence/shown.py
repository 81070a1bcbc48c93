"""What one part of the evidence has to show: sentences, tables, files, and what it found missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from helpdesk.reports import words

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table, on the page and as a file.

    ``name``     the file's, and unique within a pack
    ``numbers``  the places of columns of numbers
    ``chart``    a drawing of it, with its words inside; "" for none
    """

    name: str
    caption: str
    heads: Row
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()
    chart: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a part shows.

    ``says``    plain sentences, made from the figures
    ``sheets``  tables that the page shows and the pack holds as files
    ``files``   names of further files of the pack
    ``lacks``   what the figures show to be missing
    """

    says: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    files: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it has nothing to show."""
        return not (self.says or self.sheets)


def together(parts: Iterable[Shown]) -> Shown:
    """All that several parts show, nothing twice."""
    found = list(parts)
    return Shown(
        says=_once(line for each in found for line in each.says),
        sheets=tuple({sheet.name: sheet for each in found for sheet in each.sheets}.values()),
        files=_once(name for each in found for name in each.files),
        lacks=_once(line for each in found for line in each.lacks),
    )


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


def several(number: int, one: str, many: str = "") -> str:
    """ "1 contact", "3,204 contacts"; ``many`` where it is not ``one`` with an s."""
    return f"{words.count(number)} {one if number == 1 else many or one + 's'}"


def listed(names: Iterable[str]) -> str:
    """ "chat", "chat and mail", "chat, mail and sms"."""
    found = list(names)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def months(keys: Iterable[str]) -> str:
    """ "2026-09", "2026-10" and "2027-01" as "September 2026 to October 2026 and January 2027"."""
    runs: list[list[str]] = []
    for key in sorted(set(keys)):
        if runs and _number(key) == _number(runs[-1][-1]) + 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    return listed(_run(run[0], run[-1]) for run in runs)


def _number(key: str) -> int:
    year, month = key.split("-")
    return 12 * int(year) + int(month)


def _run(first: str, last: str) -> str:
    return words.month(first) if first == last else f"{words.month(first)} to {words.month(last)}"
