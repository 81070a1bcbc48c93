"""What a real house offers: one API on the owner's socket and over TCP, behind the gate, as the settings say."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from helpdesk.api.remote import connect, connect_to
from helpdesk.config import ApiSettings
from helpdesk.errors import BadConfig, NotAllowed, NotFound, SignedOut, TryLater
from helpdesk.events import Seq
from helpdesk.message import StaffId
from helpdesk.offering import manners, offering
from helpdesk.permissions import Role
from helpdesk.serving import listening
from helpdesk.settings.rules import problems
from helpdesk.sight import Told
from tests.channels.certificates import certified
from tests.conversation import Town, library

MIA, ADA = StaffId("mia"), StaffId("ada")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A library with an admin and a lead, and a mail that waits."""
    async with library(folder=tmp_path) as opened:
        for name in ("mia", "ada"):
            await opened.staff(name)
        await opened.house.roster.set_role(ADA, ADA, Role.ADMIN)
        await opened.mailer("ben").mails("Can I renew?")
        yield opened


async def token(town: Town, member: StaffId) -> str:
    """A personal token of a member's."""
    return (await town.house.roster.issue(ADA, member, name="laptop")).text


async def drained(changes: AsyncIterator[Told]) -> None:
    """Listen to the end."""
    async for _ in changes:
        pass


async def test_the_owners_socket_has_every_side(town: Town) -> None:
    """Whoever may open it is the owner; at the desk itself the member's own role holds."""
    async with offering(town.house) as offer, connect(town.house.settings.store.socket_path) as there:
        assert offer.url == ""
        ticket = await there.take_next(MIA)
        assert ticket is not None
        await there.reply(MIA, ticket.id, ticket.version, "Yes.", key="k")
        assert [each.id for each in await there.roster.everyone(StaffId("login"))] == [ADA, MIA]
        assert (await there.records.tickets(MIA)).tickets[0].id == ticket.id
        assert await there.hooks.overview(StaffId("login")) == ()
        assert "0 clock rows differed" in (await there.keeper.rebuild())[0]
        with pytest.raises(SignedOut):
            await there.take_next(StaffId("nobody"))


async def test_from_another_machine(town: Town) -> None:
    """With a token one is its member and no more; whoever is disabled is out at once, on every line."""
    async with offering(town.house, on=listening()) as offer, connect_to(offer.url, await token(town, MIA)) as mia:
        ticket = await mia.take_next(MIA)
        assert ticket is not None
        for refused in (mia.roster.everyone(MIA), mia.keeper.rebuild(), mia.hooks.overview(MIA)):
            with pytest.raises(NotAllowed):
                await refused
        with pytest.raises(NotFound):
            await mia.thread(MIA, ticket.id[:-1] + "0")  # type: ignore[arg-type]
        changes = mia.changes(Seq(0))
        assert (await anext(changes)).seq == 1
        async with connect_to(offer.url, await token(town, ADA)) as ada:
            assert (await ada.roster.disable(ADA, MIA)).disabled
        with pytest.raises(SignedOut):
            await mia.counts(MIA)
        with pytest.raises(SignedOut, match="may not watch any more"):
            await drained(changes)


async def test_what_is_none_of_the_apis_is_answered_elsewhere(town: Town) -> None:
    """Beside it, on the same port; without anything there it is a problem."""
    elsewhere = PlainTextResponse("fine")
    for beside, said in ((elsewhere, "fine"), (None, "no-such-call")):
        async with (
            offering(town.house, on=listening(), elsewhere=beside) as offer,
            httpx.AsyncClient(base_url=offer.url, verify=False, timeout=None) as http,
        ):
            assert said in (await http.get("/healthz")).text
            assert (await http.get("/api/v1/problems/stale")).status_code == 200
            assert (await http.get("/api/v1/hello")).status_code == 401


async def test_the_settings_say_how_often_a_token_may_ask(tmp_path: Path) -> None:
    """So many all at once, then so many a second; the owner's socket has no such limit."""
    api = ApiSettings(requests_per_second=1, burst=3)
    async with library(folder=tmp_path, api=api) as town:
        await town.staff("ada")
        async with offering(town.house, on=listening()) as offer:
            async with connect_to(offer.url, await token(town, ADA)) as ada:
                for _ in range(2):
                    await ada.hello()
                with pytest.raises(TryLater, match="asks too often") as caught:
                    await ada.hello()
                assert caught.value.retry_after == 1
                town.clock.passes(seconds=1)
                await ada.hello()
            async with connect(town.house.settings.store.socket_path) as there:
                for _ in range(10):
                    await there.hello()


async def test_by_certificate_files(tmp_path: Path) -> None:
    """TLS as set, and told where it is."""
    certified(tmp_path)
    port = listening()
    api = ApiSettings(tls_certificate=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem")
    async with library(folder=tmp_path, api=api) as town:
        await town.staff("ada")
        async with offering(town.house, on=port) as offer:
            assert offer.url.startswith("https://127.0.0.1:")
            assert offer.certificate is not None
            async with connect_to(offer.url, await token(town, ADA), authority=tmp_path / "cert.pem") as ada:
                assert ada.actor == ADA


async def test_the_port_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is listened on; one that is taken is said, with the key."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        async with library(folder=tmp_path, api=ApiSettings(port=number)) as town:
            with pytest.raises(BadConfig, match=r"api\.port"):
                async with offering(town.house):
                    pass
            asked = []

            def free(host: str, port: int) -> socket.socket:
                asked.append((host, port))
                return listening()

            monkeypatch.setattr("helpdesk.offering.listening", free)
            async with offering(town.house) as offer:
                assert offer.url.startswith("http://127.0.0.1:")
            assert asked == [("127.0.0.1", number)]


@pytest.mark.parametrize(
    ("api", "key"),
    [
        ({"port": 8443}, ""),
        ({"port": 8443, "host": "0.0.0.0"}, "host"),
        ({"host": "0.0.0.0"}, ""),
        ({"port": 8443, "host": "10.0.0.1", "trusted_proxies": ("10.0.0.2",)}, ""),
        ({"port": 8443, "host": "10.0.0.1", "tls_certificate": Path("c.pem"), "tls_key": Path("k.pem")}, ""),
        ({"port": 8443, "tls_certificate": Path("c.pem")}, "tls_key"),
        ({"port": 8443, "tls_key": Path("k.pem")}, "tls_certificate"),
        ({"public_url": "desk.library.example"}, "public_url"),
        ({"public_url": "http://x", "tls_certificate": Path("c.pem"), "tls_key": Path("k.pem")}, "public_url"),
        ({"trusted_proxies": ("proxy",)}, "trusted_proxies"),
        ({"port": 8080}, "port"),
    ],
)
async def test_settings_that_give_tokens_away(town: Town, api: dict[str, object], key: str) -> None:
    """Beyond this machine only encrypted, or behind a proxy that is named; and all else that can't be meant."""
    settings = town.house.settings.model_copy(update={"api": ApiSettings.model_validate(api)})
    assert [problem.key for problem in problems(settings) if problem.key[0] == "api"] == ([("api", key)] if key else [])


def test_manners_follow_the_settings(town: Town) -> None:
    """Only a proxy may come in clear; a browser comes from the public URL, as browsers write it."""
    clock = town.clock
    plain = manners(ApiSettings(), clock)
    assert (plain.only, plain.origin) == (False, "")
    behind = manners(ApiSettings(trusted_proxies=("10.0.0.2",), public_url="https://Desk.library.example:443/x"), clock)
    assert (behind.only, behind.origin) == (True, "https://desk.library.example")
    itself = manners(ApiSettings(trusted_proxies=("10.0.0.2",), tls_certificate=Path("c"), tls_key=Path("k")), clock)
    assert not itself.only
