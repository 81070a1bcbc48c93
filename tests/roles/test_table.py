"""The table of permissions against all that there is: every method of every protocol, every route, for every role."""

from __future__ import annotations

import enum
import inspect
from collections.abc import AsyncIterator, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import pytest

from helpdesk.api.routes import Route, routes
from helpdesk.api.table import TABLE
from helpdesk.errors import HelpdeskError, NotAllowed
from helpdesk.gate import Caller
from helpdesk.gated import behind
from helpdesk.message import StaffId
from helpdesk.offering import offered, offering
from helpdesk.permissions import LOOKS, NEEDS, OF_ROLE, ONCE, OWN, TRAILED, Permission, Role, allows, why_not
from helpdesk.serving import listening
from tests.conversation import Town, library

pytestmark = pytest.mark.usefixtures("engine")

STREAMS = {"desk.changes"}
"""Calls that are no request: what is heard over a live line."""

ROOT = StaffId("root")


def _methods(protocol: type) -> Iterator[str]:
    return (name for name, value in vars(protocol).items() if inspect.isfunction(value) and not name.startswith("_"))


def test_the_table_names_what_there_is_and_nothing_else() -> None:
    """Every method of every protocol, and no other; every route, and no other."""
    methods = {f"{name}.{method}" for name, (protocol, _) in TABLE.items() for method in _methods(protocol)}
    assert set(NEEDS) == methods
    assert {route.name for name in TABLE for route in routes(name).values()} == methods - STREAMS
    assert LOOKS | TRAILED | ONCE | set(OWN) <= methods


def test_what_the_roles_are() -> None:
    """A lead may what an agent may, an admin everything; a reporter reads no text."""
    assert OF_ROLE[Role.AGENT] < OF_ROLE[Role.LEAD] < OF_ROLE[Role.ADMIN] == frozenset(Permission)
    assert OF_ROLE[Role.REPORTER] < OF_ROLE[Role.AGENT]
    assert not {Permission.READ, Permission.WORK, Permission.LEAD, Permission.ADMINISTER} & OF_ROLE[Role.REPORTER]
    for role in Role:
        assert not allows(role, "desk.drop_everything")
        assert why_not(role, "desk.drop_everything").startswith("Nobody may do this.")
        for call in NEEDS:
            assert bool(why_not(role, call)) is not allows(role, call)


# Every call, by every role


def _some(hint: Any, own: str) -> Any:
    """A value of a type: of a ticket, a person or an incident one that is not there."""
    options = get_args(hint)
    if get_origin(hint) in {Union, UnionType}:
        return None if type(None) in options else _some(options[0], own)
    if get_origin(hint) is Literal:
        return options[0]
    if get_origin(hint) is tuple:
        return ()
    hint = getattr(hint, "__supertype__", hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if is_dataclass(hint):
        needed = {each.name for each in fields(hint) if each.default is MISSING and each.default_factory is MISSING}
        make: Any = hint
        return make(**{name: _some(each, own) for name, each in get_type_hints(hint).items() if name in needed})
    made = {bool: False, int: 1, str: own, date: date(2026, 5, 3)}
    assert hint in made, f"this test does not know how to make a {hint}"
    return made[hint]


def _arguments(route: Route, own: str) -> dict[str, Any]:
    """What a call takes; whose it is, where it is somebody's own."""
    given = {name: _some(hint, own) for name, (hint, _) in route.call.parameters.items()}
    return given | ({"dry_run": True} if "dry_run" in given else {})


@dataclass(frozen=True, slots=True)
class _Staff:
    """The library with a member of each role, and their tokens by role; ``spare`` is one to be revoked."""

    town: Town
    tokens: dict[Role, str]
    spare: dict[Role, str]


@pytest.fixture
async def staff() -> AsyncIterator[_Staff]:
    """A member of each role, called as the role is."""
    async with library() as town:
        roster, tokens, spare = town.house.roster, {}, {}
        await roster.add(ROOT, StaffId("second"), role=Role.ADMIN)
        for role in Role:
            who = StaffId(str(role))
            await roster.add(ROOT, who, role=role)
            tokens[role] = (await roster.issue(ROOT, who, name="laptop")).text
            spare[role] = (await roster.issue(ROOT, who, name="old")).token.id
        yield _Staff(town, tokens, spare)


def _own(route: Route, role: Role, staff: _Staff) -> str:
    """What a text says in a call: for what is somebody's own, theirs; else nothing that there is."""
    named = OWN.get(route.name, "")
    return staff.spare[role] if named == "token" else str(role) if named or route.name == "desk.sign_in" else "nothing"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("protocol", TABLE)
async def test_every_method_asks_for_the_role(staff: _Staff, protocol: str, role: Role) -> None:
    """Behind the gate, by a token of this role: NotAllowed exactly where the table says so."""
    who = StaffId(str(role))
    side = offered(staff.town.house).side(protocol)
    gated: Any = behind(staff.town.house.gate, protocol, TABLE[protocol][0], side, Caller(member=who))
    for name, route in routes(protocol).items():
        given = _arguments(route, _own(route, role, staff))
        if "actor" in route.call.beside:
            given["actor"] = who
        try:
            await getattr(gated, name)(**given)
            refused = False
        except HelpdeskError as error:
            refused = isinstance(error, NotAllowed)
        assert refused is not allows(role, route.name), route.name
        if "actor" in route.call.beside:
            with pytest.raises(NotAllowed, match="you act as"):
                await getattr(gated, name)(**{**given, "actor": StaffId("second")})


@pytest.mark.usefixtures("folder_of_its_own")
@pytest.mark.parametrize("role", Role)
async def test_every_route_asks_for_the_role(staff: _Staff, role: Role) -> None:
    """Over TCP, with a token of this role: 403 exactly where the table says so, 401 without one, and never a fault."""
    headers = {"Authorization": f"Bearer {staff.tokens[role]}"}
    seen = set()
    async with (
        offering(staff.town.house, on=listening()) as offer,
        httpx.AsyncClient(base_url=offer.url, trust_env=False) as client,
    ):
        for route in (route for protocol in TABLE for route in routes(protocol).values()):
            target, body = route.written(_arguments(route, _own(route, role, staff)))
            kind = {"Content-Type": "application/json"} if body else {}
            answer = await client.request(route.method, target, content=body, headers={**headers, **kind})
            assert (answer.status_code == 403) is not allows(role, route.name), (route.name, answer.text)
            assert answer.status_code not in {401, 500}, (route.name, answer.text)
            assert (await client.request(route.method, target, content=body, headers=kind)).status_code == 401
            seen.add(route.name)
    assert seen == set(NEEDS) - STREAMS


@pytest.mark.parametrize("role", Role)
async def test_every_stream_asks_for_the_role(staff: _Staff, role: Role) -> None:
    """Behind the gate."""
    from helpdesk.ports import Desk

    house = staff.town.house
    seq = (await house.bare.hello()).seq
    desk = behind(house.gate, "desk", Desk, house.bare, Caller(member=StaffId(str(role))))
    changes = desk.changes(type(seq)(seq - 1))
    assert allows(role, "desk.changes")
    assert (await anext(changes)).seq == seq
    await changes.aclose()  # type: ignore[attr-defined]
