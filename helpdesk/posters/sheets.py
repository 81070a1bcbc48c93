"""Posters as pages: the templates, with the style sheet set into each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from helpdesk.posters import qr
from helpdesk.posters.poster import DANGER, PROMISES, Poster


def as_html(poster: Poster) -> str:
    """One self-contained page; what comes from data is escaped."""
    return _rendered("poster.html", poster=poster, code=qr.drawn(poster.address), promises=PROMISES, danger=DANGER)


def index_of(posters: Sequence[Poster]) -> str:
    """A page that names every poster and links both its forms."""
    return _rendered("index.html", posters=posters)


def _rendered(template: str, **values: object) -> str:
    return _environment().get_template(template).render(style=_style(), **values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("helpdesk.posters", ""),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> Markup:
    """The style sheet; it is ours, and holds nothing that would end its element."""
    return Markup(files("helpdesk.posters").joinpath("poster.css").read_text(encoding="utf-8"))
