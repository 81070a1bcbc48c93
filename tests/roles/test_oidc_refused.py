"""Sign-in through the library's own provider: what proves nothing, and providers that are not as they should be."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from helpdesk.api.oidc import Provider
from helpdesk.clock import ManualClock
from helpdesk.config import OidcSettings
from helpdesk.errors import BadConfig, SignedOut, TryLater
from helpdesk.store.verbs import staff as members
from tests.roles.provider import CLIENT, Idp, by_key, by_secret, not_at_all
from tests.roles.signing import served, settings, signs_in

pytestmark = pytest.mark.usefixtures("folder_of_its_own")


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": 1}, "has expired"),
        ({"exp": None}, "could not be proven"),
        ({"aud": "another-client"}, "could not be proven"),
        ({"aud": [CLIENT, "another-client"]}, "could not be proven"),
        ({"aud": [CLIENT, "another-client"], "azp": "another-client"}, "could not be proven"),
        ({"aud": None}, "could not be proven"),
        ({"iss": "https://evil.example"}, "could not be proven"),
        ({"iss": None}, "could not be proven"),
        ({"sub": None}, "could not be proven"),
        ({"iat": 9_999_999_999}, "could not be proven"),
        ({"nbf": 9_999_999_999}, "could not be proven"),
        ({"exp": "soon"}, "could not be proven"),
        ({"nonce": "of another request"}, "answers another request"),
    ],
)
async def test_an_id_token_that_is_not_for_us_or_of_now(
    idp: Idp, clock: ManualClock, claims: dict[str, Any], words: str
) -> None:
    """Expired, of another issuer, for another client, not yet valid: nobody is let in."""
    idp.claims = claims
    async with served(idp, clock) as (town, url):
        with pytest.raises(SignedOut, match=words):
            await signs_in(url, clock)
        assert await town.house.store.read(members.everyone) == ()


@pytest.mark.parametrize(
    "sign",
    [
        not_at_all,
        by_secret,
        by_key("second"),
        by_key("second", shown="first"),
        lambda claims: by_key()(claims)[:-8] + "AAAAAAAA",
        lambda claims: "nonsense",
        lambda claims: "a.b.c",
    ],
    ids=["none", "shared secret", "another key", "another key under its name", "forged", "nonsense", "three parts"],
)
async def test_an_id_token_that_the_provider_did_not_sign(idp: Idp, clock: ManualClock, sign: Any) -> None:
    """alg none, the public key as a shared secret, a key of somebody else's: nobody is let in."""
    idp.sign = sign
    async with served(idp, clock) as (town, url):
        with pytest.raises(SignedOut, match="could not be proven"):
            await signs_in(url, clock)
        assert await town.house.store.read(members.everyone) == ()


async def test_a_nonce_that_comes_back_is_ours(idp: Idp, clock: ManualClock) -> None:
    """Where the provider repeats it."""
    async with served(idp, clock) as (_, url):
        idp.sign = lambda claims: by_key()({**claims, "nonce": idp.nonce})
        await signs_in(url, clock)
    assert len(idp.nonce) == 32


async def test_a_small_difference_between_the_clocks_is_borne(idp: Idp, clock: ManualClock) -> None:
    """Up to a minute."""
    now = clock.now() // 1000
    async with served(idp, clock) as (_, url):
        idp.claims = {"iat": now + 50, "exp": now - 30}
        await signs_in(url, clock)


async def test_the_provider_changes_its_keys(idp: Idp, clock: ManualClock) -> None:
    """A key that is not known is looked for, once a minute at most, whoever makes one up."""
    async with served(idp, clock) as (_, url):
        await signs_in(url, clock)
        idp.keys, idp.sign = ("second",), by_key("second")
        clock.passes(minutes=2)
        await signs_in(url, clock)
        read = idp.keys_read
        idp.sign = by_key("third")
        for _ in range(3):
            with pytest.raises(SignedOut):
                await signs_in(url, clock)
        assert idp.keys_read <= read + 1


# A provider that is not as it should be


async def test_a_provider_that_does_not_answer(idp: Idp, clock: ManualClock) -> None:
    """Try again; what it printed is not passed on."""
    idp.broken = True
    async with served(idp, clock) as (_, url):
        with pytest.raises(TryLater, match="sign-in provider") as said:
            await signs_in(url, clock)
    assert "<html>" not in str(said.value)
    away = OidcSettings(issuer="http://127.0.0.1:9", client_id=CLIENT, groups={"a": "agent"})
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(TryLater, match="does not answer just now"):
            await Provider(away, client, clock).begin("n")


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"issuer": "https://other.example"}, "calls itself 'https://other.example'. Write it just so"),
        ({"device_authorization_endpoint": None}, "offers no device flow. Switch it on"),
    ],
)
async def test_a_provider_that_is_set_up_otherwise(
    idp: Idp, clock: ManualClock, about: dict[str, Any], words: str
) -> None:
    """It is said which setting, and what to do."""
    idp.about = about
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(BadConfig, match=words):
            await Provider(settings(idp), client, clock).begin("n")


async def test_a_provider_that_says_too_little(idp: Idp, clock: ManualClock) -> None:
    """No name for a member."""
    idp.claims = {"preferred_username": None}
    async with served(idp, clock) as (_, url):
        with pytest.raises(BadConfig, match=r"says no preferred_username\. Ask for its scope"):
            await signs_in(url, clock)


@pytest.mark.parametrize("ways", [None, ["client_secret_post"], ["client_secret_basic"]])
async def test_our_secret_is_shown_as_the_provider_wants_it(
    idp: Idp, clock: ManualClock, ways: list[str] | None
) -> None:
    """In the header or in the form; a wrong one is said to be the setting's fault."""
    idp.secret, idp.about = "s3cret", {"token_endpoint_auth_methods_supported": ways}
    async with served(idp, clock, client_secret="s3cret") as (_, url):
        await signs_in(url, clock)
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(
            BadConfig, match=r"oidc.client_id: the provider gives us no code \(invalid_client\)"
        ) as said:
            await Provider(settings(idp, client_secret="wrong-one"), client, clock).begin("n")
    assert "wrong-one" not in str(said.value)
    assert "s3cret" not in repr(settings(idp, client_secret="s3cret"))
