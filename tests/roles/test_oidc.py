"""Sign-in through the library's own provider, by the device flow; against one that runs here with a key of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpdesk.admission import Admission, Person
from helpdesk.api.oidc_login import BEGINNINGS, login_door
from helpdesk.api.remote import connect_to
from helpdesk.api.signing_in import RAN_OUT, has_sign_in
from helpdesk.cli import run
from helpdesk.clock import ManualClock
from helpdesk.errors import BadConfig, HelpdeskError, NotAllowed, Refused, SignedOut
from helpdesk.message import StaffId
from helpdesk.offering import offering
from helpdesk.permissions import Role
from helpdesk.serving import listening
from helpdesk.settings.rules import problems
from helpdesk.store.verbs import staff as members
from tests.conversation import library
from tests.roles.provider import CLIENT, Idp
from tests.roles.signing import ANA, GROUPS, ROOT, Hurried, served, settings, signs_in

pytestmark = pytest.mark.usefixtures("engine", "folder_of_its_own")


async def test_somebody_signs_in(idp: Idp, clock: ManualClock) -> None:
    """They are shown where to go; once they did, they are on the list by their group, with a token of their own."""
    idp.answers = ["authorization_pending", "authorization_pending", "yes"]
    async with served(idp, clock) as (town, url):
        assert await has_sign_in(url)
        token, [shown] = await signs_in(url, clock)
        assert (shown.url, shown.code) == (f"{idp.url}/go", "WDJB-MJHT")
        assert shown.direct.endswith("code=WDJB-MJHT")
        async with connect_to(url, token) as desk:
            me = await desk.sign_in(desk.actor)
        assert (me.id, me.name, me.role) == (ANA, "Ana Pereira", Role.AGENT)
        [kept] = await town.house.roster.tokens(ROOT, ANA)
        assert (kept.name, kept.expires - kept.created) == ("login: laptop", 30 * 86_400_000)
        told = [str(event.kind) for event in await town.log()]
        assert told[-2:] == ["staff_added", "token_issued"]
        assert "00u1a2b3" not in repr(await town.log())


async def test_signing_in_again_takes_the_place_of_the_former_token(idp: Idp, clock: ManualClock) -> None:
    """On the same machine; the number of tokens does not grow with the years."""
    async with served(idp, clock) as (town, url):
        first, _ = await signs_in(url, clock)
        second, _ = await signs_in(url, clock)
        assert [each.revoked is None for each in await town.house.roster.tokens(ROOT, ANA)].count(True) == 1
        async with connect_to(url, second):
            pass
        with pytest.raises(SignedOut, match="was revoked"):
            async with connect_to(url, first):
                pass


async def test_groups_are_mapped_each_time(idp: Idp, clock: ManualClock) -> None:
    """The widest role counts; another group, another role, though it leave nobody who administers."""
    async with served(idp, clock, groups=GROUPS | {"it": "admin"}) as (town, url):
        for groups, role in (
            (["library-leads", "library-desk"], Role.LEAD),
            (["it"], Role.ADMIN),
            ("assessors everybody", Role.REPORTER),
        ):
            idp.claims = {"groups": groups}
            await signs_in(url, clock)
            found = await town.house.store.read(members.member, ANA)
            assert found is not None
            assert found.role is role


async def test_claims_may_lie_deeper_and_bear_other_names(idp: Idp, clock: ManualClock) -> None:
    """As some providers have them."""
    idp.claims = {"upn": "ana@campus", "realm_access": {"roles": ["desk"]}, "preferred_username": None, "groups": None}
    more = {"actor_claim": "upn", "groups_claim": "realm_access.roles", "groups": {"desk": "lead"}}
    async with served(idp, clock, **more) as (town, url):
        await signs_in(url, clock)
        found = await town.house.store.read(members.member, StaffId("ana@campus"))
        assert found is not None
        assert found.role is Role.LEAD


async def test_who_is_in_no_group_is_refused(idp: Idp, clock: ManualClock) -> None:
    """In words, and not put on the list; the trail holds it."""
    async with served(idp, clock) as (town, url):
        for groups in (["everybody"], [], None, 7, {"library-desk": True}):
            idp.claims = {"groups": groups}
            with pytest.raises(NotAllowed, match="in no group that works at this desk"):
                await signs_in(url, clock)
        assert await town.house.store.read(members.everyone) == ()
        rows = await town.house.roster.trail(ROOT)
        assert {(row.act, row.outcome) for row in rows} == {("login", "refused")}


async def test_who_is_disabled_here_stays_out(idp: Idp, clock: ManualClock) -> None:
    """Whatever their groups say."""
    async with served(idp, clock) as (town, url):
        await signs_in(url, clock)
        await town.house.roster.disable(ROOT, ANA)
        idp.claims = {"groups": ["library-leads"]}
        with pytest.raises(SignedOut, match="Ana Pereira can't sign in any more"):
            await signs_in(url, clock)
        found = await town.house.store.read(members.member, ANA)
        assert found is not None
        assert (found.disabled, found.role) == (True, Role.AGENT)


async def test_a_name_belongs_to_the_account_that_had_it_first(idp: Idp, clock: ManualClock) -> None:
    """Somebody whom an admin put on the list is bound at their first sign-in; another account of that name is refused,
    and the same account under another name is still who it was."""
    async with served(idp, clock) as (town, url):
        await town.house.roster.add(ROOT, ANA, name="Ana P.", role=Role.LEAD)
        await signs_in(url, clock)
        idp.claims = {"sub": "somebody-else"}
        with pytest.raises(NotAllowed, match=r"The name ana\.pereira belongs to another account here"):
            await signs_in(url, clock)
        idp.claims = {"preferred_username": "ana.silva"}
        await signs_in(url, clock)
        assert [each.id for each in await town.house.store.read(members.everyone)] == [ANA]


@pytest.mark.parametrize("actor", ["patron", "system", "x" * 65, "a\nb"])
async def test_a_name_that_can_t_be_a_member_s(idp: Idp, clock: ManualClock, actor: str) -> None:
    """The history calls others so, or it can't be shown."""
    idp.claims = {"preferred_username": actor}
    async with served(idp, clock) as (_, url):
        with pytest.raises(Refused):
            await signs_in(url, clock)


# While somebody takes their time


async def test_the_provider_is_asked_as_often_as_it_wants(idp: Idp, clock: ManualClock) -> None:
    """Every five seconds; when it asks to slow down, five more, from then on."""
    idp.answers = ["authorization_pending", "slow_down", "authorization_pending", "slow_down", "yes"]
    hurried = Hurried(clock)
    async with served(idp, clock) as (_, url):
        await signs_in(url, clock, hurried=hurried)
    assert hurried.waits == [5000, 5000, 10000, 10000, 15000]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ("access_denied", NotAllowed, "was declined at the provider. Run `helpdesk login` to begin again"),
        ("expired_token", SignedOut, "The code has run out. Run `helpdesk login` for a new one"),
        ("invalid_grant", SignedOut, r"refuses the sign-in \(invalid_grant\)"),
    ],
)
async def test_it_does_not_come_to_a_sign_in(
    idp: Idp, clock: ManualClock, answer: str, error: type[HelpdeskError], words: str
) -> None:
    """Declined, too late, or refused: in words that say what to do."""
    idp.answers = ["authorization_pending", answer]
    async with served(idp, clock) as (_, url):
        with pytest.raises(error, match=words):
            await signs_in(url, clock)


async def test_nobody_ever_confirms(idp: Idp, clock: ManualClock) -> None:
    """When the code has run out the desk gives up by itself."""
    idp.answers = ["authorization_pending"] * 1000
    async with served(idp, clock) as (_, url):
        with pytest.raises(SignedOut) as said:
            await signs_in(url, clock)
    assert str(said.value) == RAN_OUT


# At our own door


async def test_nobody_makes_us_hammer_the_provider(idp: Idp, clock: ManualClock) -> None:
    """An address may begin so many sign-ins a minute, and no more."""
    async with served(idp, clock) as (_, url), httpx.AsyncClient(base_url=url, trust_env=False) as client:
        answers = [(await client.post("/login")).status_code for _ in range(BEGINNINGS + 3)]
        assert answers == [200] * BEGINNINGS + [429] * 3
        assert len([form for form in idp.asked if "scope" in form]) == BEGINNINGS


async def test_what_is_no_sign_in(idp: Idp, clock: ManualClock) -> None:
    """Problem documents, and never a fault of ours."""
    async with served(idp, clock) as (_, url), httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for content in (b"", b"{", b"[]", b'{"device": 1}', b"x" * 30_000):
            answer = await client.put("/login", content=content)
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        answer = await client.put("/login", json={"device": "guessed", "nonce": "", "interval": -5})
        assert answer.status_code == 401
        assert (await client.delete("/login")).status_code == 422
        assert (await client.get("/somewhere")).status_code == 404
        assert (await client.get("/login")).json() == {"oidc": True}


async def test_a_library_without_a_provider(clock: ManualClock) -> None:
    """Says so, and to whom to turn."""
    async with library(clock=clock) as town, offering(town.house, on=listening()) as offer:
        assert not await has_sign_in(offer.url)
        with pytest.raises(Refused, match="no sign-in of its own: ask an admin for a token"):
            await signs_in(offer.url, clock)


async def test_without_the_extra(idp: Idp, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what to install."""
    for name in [name for name in sys.modules if name == "helpdesk.api.oidc" or name.startswith("authlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "authlib", None)
    async with library(clock=clock) as town:
        from helpdesk.api.answering import Manners

        with pytest.raises(BadConfig, match=r"pip install -c constraints.txt '\.\[oidc\]'"):
            async with login_door(settings(idp), town.house.store, clock, Manners()):
                pass


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"issuer": "login.example"}, "issuer"),
        ({"issuer": "http://login.example"}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"scopes": ["profile"]}, "scopes"),
        ({"groups": {}}, "groups"),
    ],
)
def test_settings_that_can_t_be(wrong: dict[str, Any], key: str) -> None:
    """Each is told with what to write."""
    from helpdesk.config import Settings

    fine = {"issuer": "https://login.example", "client_id": CLIENT, "groups": GROUPS}
    assert not [each for each in problems(Settings.model_validate({"oidc": fine})) if each.key[0] == "oidc"]
    found = problems(Settings.model_validate({"oidc": fine | wrong}))
    assert [each.key for each in found if each.key[0] == "oidc"] == [("oidc", key)]


async def test_the_command(
    idp: Idp, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At a terminal it shows where to go, waits, and keeps the token; then the server knows who asks."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("helpdesk.clock.SystemClock", lambda: Hurried(clock))
    async with served(idp, clock) as (_, url):
        assert await asyncio.to_thread(run, ["login", "--server", url]) == 0
        printed = capsys.readouterr().out
        assert f"Open   {idp.url}/go" in printed
        assert "WDJB-MJHT" in printed
        assert f"You are ana.pereira at {url}" in printed
        assert "hd_" not in printed
        assert await asyncio.to_thread(run, ["staff", "token", "list", "ana.pereira", "--server", url]) == 0
        assert "login: " in capsys.readouterr().out


async def test_a_sign_in_is_whole_or_nothing(clock: ManualClock) -> None:
    """A member whose token could not be kept is not added either."""
    async with library(clock=clock) as town:
        admission = Admission(town.house.store, clock, roles={"desk": Role.AGENT}, days=1, entropy=bytes)
        ana, ben = (
            Person(issuer="i", account=name, actor=name, name=name.title(), groups=frozenset({"desk"}))
            for name in ("ana", "ben")
        )
        await admission.admitted(ana, machine="x")
        with pytest.raises(Exception, match=r"(?i)unique"):  # the same bits again, so that the ids are the same
            await admission.admitted(ben, machine="x")
        assert [each.id for each in await town.house.store.read(members.everyone)] == ["ana"]
