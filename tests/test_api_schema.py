"""Schemathesis asks what our own description allows, and more: no 5xx, no answer that the description does not have.

Each operation is asked with generated values, sometimes about a ticket, a noise or a member that is there.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS
from schemathesis.schemas import BaseSchema

from helpdesk.api.admitting import admitting
from helpdesk.api.answering import Answer
from helpdesk.api.bearer import ByToken
from helpdesk.api.description import EXAMPLES, description
from helpdesk.api.once import Once
from helpdesk.api.routes import all_routes
from helpdesk.api.server import answering
from helpdesk.message import StaffId
from helpdesk.offering import offered
from helpdesk.permissions import Role
from helpdesk.store.verbs import staff
from tests.conversation import library

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)


@pytest.fixture(scope="module")
def described() -> BaseSchema:
    """Our description, but for how one signs in: each request shows a token that lets it in."""
    whole: dict[str, Any] = json.loads(description())
    del whole["security"], whole["components"]["securitySchemes"]
    return schemathesis.openapi.from_dict(whole)


API = schemathesis.pytest.from_fixture("described")
Case = schemathesis.Case[Any]
"""One generated request."""

SENT_OUT = "hooks.test"
"""What would send a message to whatever address was made up."""

PATIENCE = 50
"""How long an answer may take, in seconds: a busy machine breaks nothing."""

SOME = (
    "desk.worklist desk.attachment desk.reply desk.set_presence desk.release desk.search desk.log_contact"
    " noise.conclude noise.noise_map records.tickets records.events records.report"
    " roster.add roster.trail roster.revoke keeper.publish keeper.suspend hooks.add"
).split()
"""One of each shape: for every day."""


class Place:
    """A library in a thread of its own, whose API listens on loopback."""

    def __init__(self) -> None:
        self.ready: Future[str] = Future()
        self.token = ""
        self.known: dict[str, list[str]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def run(self) -> None:
        """Serve until it is stopped."""
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if not self.ready.done():
                self.ready.set_exception(error)
            raise

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with library() as town:
            house = town.house
            texter, mailer = town.texter("ana"), town.mailer("ben")
            await texter.texts("loud on level 3")
            await mailer.mails("Can I renew?")
            for name in ("ada", "mia"):
                await town.staff(name)
            ada = StaffId("ada")
            await house.store.write(staff.set_role, ada, Role.ADMIN, by="ada", now=town.clock.now())
            self.token = (await house.roster.issue(ada, ada, name="schema")).text
            self.known = {"ticket": [texter.ticket, mailer.ticket], "member": ["mia"]}
            tokens = ByToken(house.store, house.clock, house.sessions)
            once: Once[Answer] = Once(house.store, house.clock)
            async with answering(house.bare, admitting(house.gate, offered(house)), tokens, once=once) as url:
                self.ready.set_result(url)
                await self._stop.wait()

    def stop(self) -> None:
        """End the thread."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """The library that is asked."""
    made = Place()
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        made.ready.result()
        yield made
    finally:
        made.stop()
        thread.join()


def ask(place: Place, case: Case, turn: Iterator[int]) -> None:
    """Send one generated request, every other time about something that is there, and look at the answer."""
    names, checked = (case.path_parameters or {}).keys() & place.known.keys(), list(CHECKED)
    if next(turn) % 2 and names:
        for name in names:
            case.path_parameters[name] = place.known[name][next(turn) // 2 % len(place.known[name])]
        checked.pop()  # what was wrong about the path may be right now
    headers = {"Authorization": f"Bearer {place.token}"}
    checks: Any = [CHECKS.get_one(name) for name in checked]
    case.call_and_validate(base_url=place.ready.result(), headers=headers, checks=checks, timeout=PATIENCE)


FEW = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MANY = settings(FEW, max_examples=30, derandomize=False)
TURN = itertools.count()


@API.include(operation_id=SOME).parametrize()
@FEW
def test_no_request_breaks_it(case: Case, place: Place) -> None:
    """A few of some."""
    ask(place, case, TURN)


@pytest.mark.full
@API.exclude(operation_id=SENT_OUT).parametrize()
@MANY
def test_no_request_of_many_breaks_it(case: Case, place: Place) -> None:
    """Many of all, other ones each time."""
    ask(place, case, TURN)


def test_examples_are_what_they_are_examples_of() -> None:
    """Each can be read as the call that it stands beside."""
    by_name = {route.name: route for route in all_routes()}
    for name, body in EXAMPLES.items():
        route = by_name[name]
        assert route.read(tuple("x" for _ in route.inside), b"", json.dumps(body).encode())
