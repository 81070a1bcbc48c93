"""The library's OpenID Connect provider: a code for somebody to confirm in a browser, and who they are once they did.

The device flow (RFC 8628). Our server speaks to the provider, so that neither its secret nor an ID token is ever on a
member's machine: a desk shows the code, asks again, and leaves with a personal token of ours.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE
from authlib.oidc.core import IDToken
from joserfc import jws
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from helpdesk.admission import Person
from helpdesk.api.oidc_login import Begun
from helpdesk.clock import HOUR, MINUTE, SECOND, Clock, Instant
from helpdesk.config import OidcSettings
from helpdesk.errors import BadConfig, NotAllowed, Refused, SignedOut, TryLater

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an ID token may be signed: by a key of the provider's alone. Neither "none" nor a shared secret is among them."""

LEEWAY = 60
"""How far the provider's clock may be from ours, in seconds."""

ANSWER_SECONDS = 10.0
"""How long the provider may take to answer."""

LONGEST = 1_000_000
"""The most that is read of an answer, in bytes."""

INTERVAL = 5
"""How often a provider is asked that does not say how often it may be, in seconds."""

UNREADABLE = "The sign-in provider's answer can't be read. Try again in a moment."
UNTRUE = "The sign-in could not be proven ({}). Try again; if it stays so, ask whoever looks after [oidc]."


class WrongAnswer(TryLater):
    """The provider answers, and not as one: a page, another status, something missing. Its text says what."""


NO_DEVICE_FLOW = "oidc.issuer: this provider offers no device flow. Switch it on there for our client."


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and its keys."""

    about: Mapping[str, Any]
    keys: KeySet
    read: Instant


@asynccontextmanager
async def speaking(settings: OidcSettings, clock: Clock) -> AsyncIterator[Provider]:
    """A provider to speak to for as long as the block lasts."""
    async with httpx.AsyncClient(
        trust_env=False, timeout=ANSWER_SECONDS, verify=ssl.create_default_context()
    ) as client:
        yield Provider(settings, client, clock)


class Provider:
    """Speaks to one provider, by our settings."""

    def __init__(self, settings: OidcSettings, client: httpx.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._known: _Known | None = None

    async def look(self) -> None:
        """Whether a desk could sign in here. BadConfig or WrongAnswer where not, TryLater where it can't be asked."""
        if not (await self._about()).about.get("device_authorization_endpoint"):
            raise BadConfig(NO_DEVICE_FLOW)

    async def begin(self, nonce: str) -> Begun:
        """Ask for a code. TryLater where the provider can't be asked just now."""
        about = (await self._about()).about
        where = str(about.get("device_authorization_endpoint", ""))
        if not where:
            raise BadConfig(NO_DEVICE_FLOW)
        said, status = await self._post(where, {"scope": " ".join(self._settings.scopes), "nonce": nonce})
        if status != httpx.codes.OK:
            raise BadConfig(f"oidc.client_id: the provider gives us no code ({_word(said.get('error'))}).")
        url, code, device = (_text(said, name) for name in ("verification_uri", "user_code", "device_code"))
        return Begun(
            url=url,
            direct=str(said.get("verification_uri_complete") or ""),
            code=code,
            device=device,
            nonce=nonce,
            interval=max(1, _number(said.get("interval"), INTERVAL)),
            seconds=max(1, _number(said.get("expires_in"), 600)),
        )

    async def finish(self, device: str, nonce: str, interval: int) -> Person:
        """Who confirmed it. TryLater, with the seconds to wait, while nobody has.

        SignedOut where the code has run out or the ID token proves nothing, NotAllowed where it was declined.
        """
        about = (await self._about()).about
        form = {"grant_type": DEVICE_CODE_GRANT_TYPE, "device_code": device}
        said, status = await self._post(_text(about, "token_endpoint"), form)
        if status != httpx.codes.OK:
            raise _not_yet(_word(said.get("error")), interval)
        return await self._person(_text(said, "id_token"), nonce)

    async def _person(self, text: str, nonce: str) -> Person:
        claims = await self._claims(text)
        if (said := claims.get("nonce")) is not None and said != nonce:
            raise SignedOut(UNTRUE.format("it answers another request"))
        actor = _found(claims, self._settings.actor_claim)
        if not isinstance(actor, str) or not actor:
            raise BadConfig(f"oidc.actor_claim: the provider says no {self._settings.actor_claim}. Ask for its scope.")
        name = _found(claims, self._settings.name_claim)
        return Person(
            issuer=str(claims["iss"]),
            account=str(claims["sub"]),
            actor=actor,
            name=name if isinstance(name, str) else "",
            groups=_groups(_found(claims, self._settings.groups_claim)),
        )

    async def _claims(self, text: str) -> Mapping[str, Any]:
        """What the ID token says, once it is proven to be the provider's, for us, and of now."""
        try:
            signed = jws.extract_compact(text.encode())
        except (JoseError, ValueError):
            raise SignedOut(UNTRUE.format("it is no signed token")) from None
        header = signed.headers()
        if header.get("alg") not in ALGORITHMS:
            raise SignedOut(UNTRUE.format("it is not signed by a key"))
        known = await self._about(kid=header.get("kid"))
        try:
            proven = jws.deserialize_compact(text, known.keys, algorithms=list(ALGORITHMS))
            claims = IDToken(json.loads(proven.payload), dict(header), self._expected, {"client_id": self._client_id})
            claims.validate(now=self._clock.now() // SECOND, leeway=LEEWAY)
        except ExpiredTokenError:
            raise SignedOut(UNTRUE.format("it has expired")) from None
        except (JoseError, ValueError, TypeError) as error:
            raise SignedOut(UNTRUE.format(type(error).__name__)) from None
        return dict(claims)

    @property
    def _client_id(self) -> str:
        return self._settings.client_id

    @property
    def _expected(self) -> dict[str, dict[str, Any]]:
        return {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._client_id},
        }

    async def _about(self, kid: object = None) -> _Known:
        """What the provider says of itself: read once an hour, and for a key that is not known, once a minute."""
        known, now = self._known, self._clock.now()
        if known is not None and 0 <= now - known.read < HOUR:
            has = kid is None or any(key.kid == kid for key in known.keys.keys)
            if has or now - known.read < MINUTE:
                return known
        issuer = self._settings.issuer
        about = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != issuer:
            raise BadConfig(f"oidc.issuer: the provider calls itself {_word(about.get('issuer'))!r}. Write it just so.")
        for name in ("token_endpoint", "jwks_uri"):
            self._safe(_text(about, name))
        self._safe(str(about.get("device_authorization_endpoint") or issuer))
        keys = await self._get(_text(about, "jwks_uri"))
        try:
            self._known = _Known(about, KeySet.import_key_set(keys), now)  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise WrongAnswer("The sign-in provider's keys can't be read just now. Try again in a moment.") from None
        return self._known

    def _safe(self, url: str) -> None:
        """What the provider sends us to is spoken to as safely as it is."""
        if urlsplit(self._settings.issuer).scheme == "https" and urlsplit(url).scheme != "https":
            raise BadConfig("oidc.issuer: the provider sends us to an address that is not https.")

    async def _get(self, url: str) -> dict[str, Any]:
        said, status = await self._asked(self._client.build_request("GET", url))
        if status != httpx.codes.OK:
            raise _unread(status, f"The sign-in provider answers {status}. Try again in a moment.")
        return said

    async def _post(self, url: str, form: Mapping[str, str]) -> tuple[dict[str, Any], int]:
        secret = self._settings.client_secret.get_secret_value()
        method = "none" if not secret else self._way()
        headers: dict[str, str] = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        auth = ClientAuth(self._client_id, secret, method)
        url, headers, body = auth.prepare("POST", url, headers, urlencode(form))
        if "client_id=" not in body:
            body = f"{body}&{urlencode({'client_id': self._client_id})}"
        return await self._asked(self._client.build_request("POST", url, headers=headers, content=body))

    def _way(self) -> str:
        """How the provider wants to see our secret."""
        ways = self._known.about.get("token_endpoint_auth_methods_supported") if self._known else None
        basic = not isinstance(ways, list) or "client_secret_basic" in ways
        return "client_secret_basic" if basic else "client_secret_post"

    async def _asked(self, request: httpx.Request) -> tuple[dict[str, Any], int]:
        try:
            answer = await self._client.send(request, stream=True)
            try:
                content = b""
                async for part in answer.aiter_bytes():
                    content += part
                    if len(content) > LONGEST:
                        raise WrongAnswer("The sign-in provider answers far too much. Try again in a moment.")
            finally:
                await answer.aclose()
            said = json.loads(content)
        except httpx.HTTPError:
            raise TryLater("The sign-in provider does not answer just now. Try again in a moment.") from None
        except ValueError:
            raise _unread(answer.status_code, UNREADABLE) from None
        if not isinstance(said, dict):
            raise _unread(answer.status_code, UNREADABLE)
        return said, answer.status_code


def _unread(status: int, words: str) -> TryLater:
    """An answer that is none: the provider is in trouble, or it is no provider at all."""
    return TryLater(words) if status >= httpx.codes.INTERNAL_SERVER_ERROR else WrongAnswer(words)


def _not_yet(error: str, interval: int) -> Refused | TryLater:
    """What the provider's word means for whoever waits."""
    match error:
        case "authorization_pending":
            return TryLater("Nobody has confirmed it yet.", retry_after=interval)
        case "slow_down":
            return TryLater("The provider asks us to wait a little longer.", retry_after=interval + 5)
        case "access_denied":
            return NotAllowed("The sign-in was declined at the provider. Run `helpdesk login` to begin again.")
        case "expired_token":
            return SignedOut("The code has run out. Run `helpdesk login` for a new one.")
    return SignedOut(f"The provider refuses the sign-in ({error}). Run `helpdesk login` to begin again.")


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise WrongAnswer(f"The sign-in provider did not say its {name}. Try again in a moment.")
    return value


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 86_400 else otherwise


def _word(value: object) -> str:
    """A code of the provider's as it may be shown: never a whole page."""
    return "".join(letter for letter in str(value)[:80] if letter.isprintable())


def _found(claims: Mapping[str, Any], name: str) -> object:
    """A claim by its name; by its parts where there is none of the whole name."""
    if name in claims:
        return claims[name]
    here: object = claims
    for part in name.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here


def _groups(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
