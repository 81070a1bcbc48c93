"""A library with one member of each role, each at a desk of their own behind the gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk import personal_tokens
from helpdesk.api.bearer import ByToken
from helpdesk.clock import ManualClock
from helpdesk.gate import OWNER, Caller, Gate
from helpdesk.gated import behind
from helpdesk.message import StaffId
from helpdesk.permissions import Role
from helpdesk.ports import Desk, Look, Roster, Store
from helpdesk.roster import LocalRoster
from helpdesk.sessions import Sessions
from helpdesk.store.verbs import trail
from helpdesk.store.verbs.trail import Question
from tests.contracts.desk import Library, library
from tests.roles.provider import Idp, provider

ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class Staffed:
    """The library, and what stands at its door. Each role's member is called as the role is: "agent", "lead" ..."""

    place: Library
    gate: Gate
    roster: LocalRoster
    sessions: Sessions

    @property
    def clock(self) -> ManualClock:
        """Its clock."""
        return self.place.clock

    @property
    def store(self) -> Store:
        """Its store."""
        return self.place.store

    def desk(self, who: str, *, token: str = "") -> Desk:
        """The desk as somebody with a token has it."""
        return behind(self.gate, "desk", Desk, self.place.desk, Caller(member=StaffId(who), token=token))

    def at_the_terminal(self) -> Desk:
        """The desk at the owner's own machine."""
        desk: Desk = self.place.desk
        return behind(self.gate, "desk", Desk, desk, OWNER)

    def list_of(self, caller: Caller) -> Roster:
        """The list of staff as a caller may use it."""
        roster: Roster = self.roster
        return behind(self.gate, "roster", Roster, roster, caller)

    async def trail(self, **asked: int | str) -> tuple[Look, ...]:
        """The audit trail."""
        return await self.store.read(trail.looks, Question(**asked))  # type: ignore[arg-type]

    async def rows(self) -> list[tuple[str, str, str]]:
        """Who did what and how it came out, without who signed in."""
        return [(each.actor, each.act, each.outcome) for each in await self.trail() if each.act != "desk.sign_in"]


@pytest.fixture
async def staffed() -> AsyncIterator[Staffed]:
    """An empty library with a member of each role, besides Ana and Ben, who are leads."""
    async with library() as place:
        roster = LocalRoster(place.store, place.clock)
        for role in ROLES:
            await roster.add(StaffId("system"), StaffId(str(role)), name=str(role).title(), role=role)
        gate = Gate(place.store, place.clock)
        yield Staffed(place, gate, roster, Sessions(place.store, place.clock))


@pytest.fixture
def door(staffed: Staffed) -> ByToken:
    """Where tokens are shown."""
    return ByToken(staffed.store, staffed.clock, staffed.sessions)


@pytest.fixture
def clock() -> ManualClock:
    """One clock for the library and its provider."""
    return ManualClock()


@pytest.fixture
async def idp(clock: ManualClock) -> AsyncIterator[Idp]:
    """The provider."""
    async with provider(clock) as opened:
        yield opened


@pytest.fixture
def folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house in memory has its socket where the test stands: no two tests share it."""
    monkeypatch.chdir(tmp_path)


def mint_with_id(known: str, text: str) -> str:
    """A whole token with a known id and another secret."""
    before = f"hd_{known}{text[15:-6]}"
    return before + personal_tokens._check(before)
