"""docs/api-calls.md: every call of the API, from the table of routes. Written by ``python -m tests.reference``."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.api.description import TAGS
from helpdesk.api.routes import ROOT, Route, routes
from helpdesk.api.table import TABLE
from helpdesk.permissions import NEEDS

PAGE = """\
# Calls of the API

Every path begins with `{root}`. What stands in braces is in the path; the rest is in the query of a GET or DELETE, and
in the JSON body of all else; in italics what may be left out. *Needs* is the permission ([roles.md](roles.md)). How
calls are made is in [api.md](api.md); what they answer, to the letter, in `{root}/openapi.json`.
{calls}"""


def text() -> str:
    """The whole page."""
    return PAGE.format(root=ROOT, calls="".join(_protocol(name) for name in TABLE))


def _protocol(name: str) -> str:
    rows = "\n".join(_row(route) for route in routes(name).values())
    return f"\n## {name}\n\n{TAGS[name]}\n\n| call | with | needs | what it does |\n|---|---|---|---|\n{rows}\n"


def _row(route: Route) -> str:
    given = ", ".join(_given(route)) or "-"
    summary = route.call.summary.replace("``", "`")
    return f"| {route.method} `{route.path}` | {given} | {NEEDS[route.name]} | {summary} |"


def _given(route: Route) -> Iterator[str]:
    for name, (_, default) in route.call.parameters.items():
        if name not in route.inside:
            yield f"`{name}`" if default is ... else f"*`{name}`*"
