"""Reads a page as a browser would: its elements, its tables, its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    """One element: its name, its attributes, the text within it."""

    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Table:
    """A table: the texts of its cells, row by row, head first."""

    rows: list[list[str]] = field(default_factory=list)

    def column(self, head: str) -> list[str]:
        """The cells under a head."""
        place = self.rows[0].index(head)
        return [row[place] for row in self.rows[1:]]


_VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """A page that was read; AssertionError where an element is not closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.tables: list[Table] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs)
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)
        if tag == "table":
            self.tables.append(Table())
        if tag == "tr":
            self.tables[-1].rows.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of a drawing, closed at once."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that was opened last."""
        element = self._open.pop()
        assert element.name == tag
        if tag in {"td", "th"}:
            self.tables[-1].rows[-1].append(" ".join(element.text.split()))

    def handle_data(self, data: str) -> None:
        """Text belongs to all elements that are open."""
        for element in self._open:
            element.text += data

    def all(self, name: str) -> list[Element]:
        """Every element of a name, in order."""
        return [each for each in self.elements if each.name == name]

    @property
    def text(self) -> str:
        """All that can be read, spaces as one."""
        (body,) = self.all("body")
        return " ".join(body.text.split())

    def table(self, *heads: str) -> Table:
        """The first table with these heads."""
        return next(each for each in self.tables if set(heads) <= set(each.rows[0]))
