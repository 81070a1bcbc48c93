"""The bodies of a mail as text that staff can read: flowed lines put together, HTML turned into words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from channels.charsets import clean

HTML_LIMIT = 500_000
"""Characters of HTML that are read; newsletters stay under it."""

_BLANKS = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_SILENT = {"script", "style", "head", "title", "template"}
_BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "hr"}


def unflowed(text: str, *, delete_space: bool) -> str:
    """Text of ``format=flowed`` (RFC 3676) with its paragraphs on one line each; quoted lines stay apart."""
    done: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ")
        flows = body.endswith(" ") and body != "-- "
        if flows and delete_space:
            body = body[:-1]
        if depth == open_depth and body != "-- ":
            done[-1] += body
        else:
            done.append(f"{'>' * depth} {body}" if depth else body)
        open_depth = depth if flows else -1
    return "\n".join(line.rstrip(" ") if line != "-- " else line for line in done)


def from_html(markup: str) -> str:
    """The words of an HTML body, "" if it has none. Never raises for what is written in it."""
    markup = markup[:HTML_LIMIT]
    try:
        text = get_text(clean(markup), ParserConfig(css=CSS_PROFILES["strict"]))
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError, RecursionError):
        text = ""
    return tidy(text) or tidy(_bare_words(markup))


def tidy(text: str) -> str:
    """No blanks at the ends of lines, at most two empty lines in a row, none at either end."""
    return _BLANKS.sub("\n\n", _TRAILING.sub("", clean(text).replace("\xa0", " "))).strip("\n ")


class _Words(HTMLParser):
    """Collects the text between tags: what is left to do where markup is too broken to be laid out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def _bare_words(markup: str) -> str:
    reader = _Words()
    try:
        reader.feed(markup)
        reader.close()
    except (AssertionError, ValueError):
        return "".join(reader.pieces)
    return "".join(reader.pieces)
