"""The elements of the standard that a desk's log can speak to, in our own words, read from ``cse.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from helpdesk.errors import BadConfig
from helpdesk.tables import Table

_NUMBER = re.compile(r"([1-5])\.[1-9]\.[1-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element.

    ``gist``      our own short reading of it, never the standard's wording
    ``recalled``  whether we know its content from memory, not from print
    ``shows``     what the pack draws on, by name; none: the log has nothing to show
    ``lacks``     what no log can show of it, or what would be needed
    """

    number: str
    gist: str
    recalled: bool = False
    shows: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def criterion(self) -> int:
        """The first of its three numbers."""
        return int(self.number[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One of the five parts of the standard. ``title`` is ours, ``elements`` how many it has in all."""

    number: int
    title: str
    elements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The standard as far as a log can speak to it."""

    criteria: tuple[Criterion, ...]
    elements: tuple[Element, ...]

    @property
    def total(self) -> int:
        """How many elements the standard has."""
        return sum(each.elements for each in self.criteria)

    def of(self, criterion: Criterion) -> tuple[Element, ...]:
        """The listed elements of a criterion."""
        return tuple(each for each in self.elements if each.criterion == criterion.number)

    def beyond(self, criterion: Criterion) -> int:
        """How many of a criterion's elements are about things that no log can show."""
        return criterion.elements - len(self.of(criterion))


def criterion_of(number: str) -> int | None:
    """The criterion of an element's number ("5.1.1"), None where it is no such number."""
    match = _NUMBER.fullmatch(number)
    return int(match[1]) if match else None


def catalogue() -> Catalogue:
    """The elements that ship with the project."""
    text = resources.files("helpdesk.reports.evidence").joinpath("cse.toml").read_text("utf-8")
    return catalogue_from_toml(tomllib.loads(text))


def catalogue_from_toml(values: Mapping[str, object]) -> Catalogue:
    """The catalogue of a TOML's values; BadConfig names the key and the remedy."""
    criteria, elements = Table("criteria", values.get("criteria", {})), Table("elements", values.get("elements", {}))
    return Catalogue(
        criteria=tuple(_criterion(name, criteria.table(name)) for name in sorted(criteria.names())),
        elements=tuple(_element(name, elements.table(name)) for name in sorted(elements.names())),
    )


def _criterion(name: str, table: Table) -> Criterion:
    found = Criterion(number=int(name), title=table.text("title"), elements=int(table.number("elements")))
    table.finish()
    return found


def _element(name: str, table: Table) -> Element:
    if criterion_of(name) is None:
        raise BadConfig(f"{table.where}: an element's number is written as 5.1.1")
    found = Element(
        number=name,
        gist=table.text("gist"),
        recalled=table.flag("recalled", False),
        shows=table.texts("shows"),
        lacks=table.texts("lacks"),
    )
    table.finish()
    if not (found.shows or found.lacks):
        raise table.wrong("lacks", "is missing: say what would be needed")
    return found
