"""The routes: each call's method and resource, from which server, client and description are made.

A line is a method of a protocol. What stands in braces is a parameter in the path; of a GET and a DELETE the others
are in the query, of all else in a JSON object. Two parameters are in none of the three: ``actor`` is who asks
(:mod:`helpdesk.api.identity`), ``key`` is the header ``Idempotency-Key``. A search is a POST that changes nothing:
what is looked for may be a person, and addresses are written into the logs of proxies.

The lines stand in :mod:`helpdesk.api.table`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from helpdesk.api.calls import Call, calls, model_of
from helpdesk.api.identity import Identity
from helpdesk.api.keeper import Keeper
from helpdesk.api.misreading import misread
from helpdesk.api.problems import Misread, NoSuchCall, WrongMethod
from helpdesk.api.table import OF_THE_DESK, TABLE
from helpdesk.ports import Desk, Roster
from helpdesk.ports.hooks import Hooks
from helpdesk.ports.probes import Probes
from helpdesk.ports.records import Records

ROOT = "/api/v1"
"""What every path begins with."""

LIVE = f"{ROOT}/live"
"""A WebSocket with ``?after=<seq>``: each change as it happens."""

ENDED = 4401
"""The code by which a live line ends whose watcher may not any more."""

_ONLY_READ = frozenset({"desk.search", "desk.typing", "views.rows", "views.ahead"})
"""POSTs that may be repeated freely."""


_SECRET = frozenset({"roster.issue", "hooks.add", "hooks.rotate"})
"""Calls whose answers hold a secret that is shown once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """One line of the table.

    ``name``   the call, as :data:`helpdesk.permissions.NEEDS` names it: "desk.reply"
    ``path``   under :data:`ROOT`, with its parameters in braces
    ``inside`` the parameters in the path, in their order
    """

    name: str
    protocol: str
    call: Call
    method: str
    path: str
    inside: tuple[str, ...]

    @property
    def within(self) -> type[BaseModel]:
        """A model of the parameters in the path."""
        return _models(self)[0]

    @property
    def given(self) -> type[BaseModel]:
        """A model of the others."""
        return _models(self)[1]

    @property
    def in_query(self) -> bool:
        """Whether what is not in the path is in the query: else it is in the body."""
        return self.method in {"GET", "DELETE"}

    @property
    def changes_nothing(self) -> bool:
        """Whether it only reads."""
        return self.method == "GET" or self.name in _ONLY_READ

    @property
    def repeatable(self) -> bool:
        """Whether a second call, the same in all, leaves things as the first did: then a lost one is sent again."""
        return self.changes_nothing or (self.method == "PUT" and "version" not in self.call.parameters)

    @property
    def gives_a_secret(self) -> bool:
        """Whether its answer must be held nowhere."""
        return self.name in _SECRET

    def read(self, inside: tuple[str, ...], query: bytes, body: bytes) -> dict[str, Any]:
        """What is given with a request. Misread where it is not what the table says."""
        place, model = "path", self.within
        try:
            found = vars(self.within.model_validate(dict(zip(self.inside, inside, strict=True)))).copy()
            place, model = "query" if self.in_query else "body", self.given
            if self.in_query:
                found |= vars(self.given.model_validate(_asked(query)))
            else:
                found |= vars(self.given.model_validate_json(body or b"{}"))
        except ValidationError as error:
            raise misread(error, place, model.model_fields) from None
        return found

    def written(self, given: Mapping[str, Any]) -> tuple[str, bytes]:
        """The target (path and query) and the body of a request."""
        path = self.path.format_map({name: _segment(given[name]) for name in self.inside})
        others = {name: value for name, value in given.items() if name not in self.inside}
        if not self.in_query:
            return f"{ROOT}{path}", to_json(others) if others else b""
        asked = urlencode({name: _text(value) for name, value in others.items() if value is not None})
        return f"{ROOT}{path}{'?' if asked else ''}{asked}", b""


def _asked(query: bytes) -> dict[str, str]:
    """The parameters of a query. Misread where one stands twice: nobody could say which is meant."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        raise Misread("The query can't be read: percent-encode it as UTF-8, with at most 50 parameters.") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Misread("The query can't be read: a parameter stands in it twice.")
    if any("\0" in value for value in found.values()):
        raise Misread("The query can't be read: a null character stands in it.")
    return found


def _segment(value: object) -> str:
    return quote(_text(value), safe="")


def _text(value: object) -> str:
    """A value as it stands in a path or a query."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return to_json(value).decode() if is_dataclass(value) else str(value)


def _made(protocol: str) -> Iterator[Route]:
    port, table = TABLE[protocol]
    lines = [line.split() for line in table.strip().splitlines()]
    known = {call.name: call for call in calls(port)}
    for name, method, path in lines:
        call = known[name]
        inside = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
        yield Route(name=f"{protocol}.{name}", protocol=protocol, call=call, method=method, path=path, inside=inside)


@cache
def _models(route: Route) -> tuple[type[BaseModel], type[BaseModel]]:
    """Of the parameters in the path, and of the others."""
    title = f"{route.protocol}_{route.call.name}".title().replace("_", "")
    parameters = route.call.parameters
    inside = {each: parameters[each] for each in route.inside}
    others = {each: hint for each, hint in parameters.items() if each not in inside}
    return model_of(f"{title}Path", inside, texts=True), model_of(title, others, texts=route.in_query)


@cache
def routes(protocol: str) -> Mapping[str, Route]:
    """The routes of a protocol, by their calls' names."""
    return {route.call.name: route for route in _made(protocol)}


@cache
def all_routes() -> tuple[Route, ...]:
    """Every route, in the table's order."""
    return tuple(route for protocol in TABLE for route in routes(protocol).values())


class _Place:
    """A place in the tree of paths: what is asked there by method, and what lies below."""

    __slots__ = ("any", "below", "here")

    def __init__(self) -> None:
        self.here: dict[str, Route] = {}
        self.below: dict[str, _Place] = {}
        self.any: _Place | None = None


@cache
def _tree() -> _Place:
    root = _Place()
    for route in all_routes():
        place = root
        for part in route.path.split("/")[1:]:
            if part.startswith("{"):
                place.any = place.any or _Place()
                place = place.any
            else:
                place = place.below.setdefault(part, _Place())
        place.here[route.method] = route
    return root


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route of a request and the values in its path, which is still percent-encoded.

    NoSuchCall where there is none, WrongMethod where it is asked otherwise, Misread where a value is no UTF-8.
    """
    place: _Place | None = _tree()
    values: list[str] = []
    for part in path.removeprefix(ROOT).split("/")[1:]:
        if place is None:
            break
        if (below := place.below.get(part)) is not None:
            place = below
        else:
            values.append(part)
            place = place.any
    if place is None or not place.here:
        raise NoSuchCall(f"There is nothing here. {ROOT}/openapi.json says what there is.")
    if (route := place.here.get(method)) is None:
        raise WrongMethod(f"This is asked by {' or '.join(place.here)}.", allow=tuple(place.here))
    try:
        inside = tuple(unquote(value, errors="strict") for value in values)
    except UnicodeDecodeError:
        raise Misread("The path can't be read: percent-encode it as UTF-8.") from None
    if any("\0" in value for value in inside):
        raise Misread("The path can't be read: a null character stands in it.")
    return route, inside


async def _anybody() -> None:
    """Nobody is kept from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Who answers: one of each protocol, None where this process has none (its routes are not there then).

    ``may_watch``  asked once before a live line begins: NotAllowed where the identity may not hear of changes
    """

    desk: Desk
    records: Records | None = None
    roster: Roster | None = None
    keeper: Keeper | None = None
    hooks: Hooks | None = None
    probes: Probes | None = None
    may_watch: Callable[[], Awaitable[None]] = _anybody

    def side(self, protocol: str) -> Any:
        """Who answers the calls of a protocol, by its name in the table."""
        return getattr(self.desk if protocol in OF_THE_DESK else self, protocol)


Opened = Callable[[Identity], Offered]
"""What an identity may speak to: the application asks it anew for each request. A gate stands here: it hands out sides
that ask, call by call, whether the identity may (NotAllowed: 403), and note in the trail that it did."""
