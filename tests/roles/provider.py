"""A small OpenID Connect provider on loopback, with a key of its own: whose user confirms, declines, or takes time."""

from __future__ import annotations

import base64
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from helpdesk.clock import SECOND, ManualClock
from tests.serving import serving

CLIENT = "helpdesk-desk"


@cache
def key(kid: str) -> RSAKey:
    """A key by its name: made once, for it takes a while."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


Sign = Callable[[dict[str, Any]], str]


def by_key(kid: str = "first", *, shown: str | None = None) -> Sign:
    """Signs with a key; ``shown``: says that it was another one."""
    return lambda claims: jwt.encode({"alg": "RS256", "kid": shown or kid}, claims, key(kid))


def by_secret(claims: dict[str, Any]) -> str:
    """Signs with what everybody may read: the provider's public key, as if it were a shared secret."""
    head = _part(b'{"alg":"HS256","kid":"first"}')
    signed = f"{head}.{by_key()(claims).split('.')[1]}"
    return f"{signed}.{_part(hmac.digest(key('first').as_pem(private=False), signed.encode(), 'sha256'))}"


def not_at_all(claims: dict[str, Any]) -> str:
    """Signs nothing: alg none."""
    head = _part(b'{"alg":"none","kid":"first"}')
    return f"{head}.{by_key()(claims).split('.')[1]}."


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Idp:
    """The provider. ``answers`` to the desk's questions, in their order: an error's code, or "yes" (and then "yes")."""

    clock: ManualClock
    url: str = ""
    secret: str = ""
    answers: list[str] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Sign = field(default_factory=by_key)
    keys: tuple[str, ...] = ("first",)
    about: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    keys_read: int = 0
    broken: bool = False

    def ana(self, **more: Any) -> dict[str, Any]:
        """What the ID token says of Ana; ``more`` replaces some of it, None leaves it out."""
        now = self.clock.now() // SECOND
        said = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "00u1a2b3",
            "iat": now,
            "exp": now + 300,
            "preferred_username": "ana.pereira",
            "name": "Ana Pereira",
            "groups": ["everybody", "library-desk"],
        }
        return {name: value for name, value in (said | self.claims | more).items() if value is not None}

    async def configuration(self, request: Request) -> Response:
        """Where everything is."""
        if self.broken:
            return Response("<html>", 502)
        said = {
            "issuer": self.url,
            "device_authorization_endpoint": f"{self.url}/device",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse({name: value for name, value in (said | self.about).items() if value is not None})

    async def jwks(self, request: Request) -> Response:
        """The public keys."""
        self.keys_read += 1
        return JSONResponse({"keys": [key(kid).as_dict(private=False) for kid in self.keys]})

    async def device(self, request: Request) -> Response:
        """A code."""
        form = await self._form(request)
        if form is None:
            return JSONResponse({"error": "invalid_client"}, 401)
        self.nonce = form.get("nonce", "")
        return JSONResponse(
            {
                "device_code": "d" * 40,
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{self.url}/go",
                "verification_uri_complete": f"{self.url}/go?code=WDJB-MJHT",
                "expires_in": 600,
                "interval": 5,
            }
        )

    async def token(self, request: Request) -> Response:
        """Whether somebody confirmed it."""
        form = await self._form(request)
        if form is None:
            return JSONResponse({"error": "invalid_client"}, 401)
        if form.get("device_code") != "d" * 40:
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = self.answers.pop(0) if self.answers else "yes"
        if answer != "yes":
            return JSONResponse({"error": answer}, 400)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": self.sign(self.ana())})

    async def _form(self, request: Request) -> dict[str, str] | None:
        """What was sent, by our client; None where it can't show that it is."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(form)
        if not self.secret:
            return form if form.get("client_id") == CLIENT else None
        basic = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        shown = request.headers.get("authorization") == f"Basic {basic}" or form.get("client_secret") == self.secret
        return form if shown else None


@asynccontextmanager
async def provider(clock: ManualClock) -> AsyncIterator[Idp]:
    """A provider that listens while the block lasts."""
    idp = Idp(clock)
    routes = [
        Route("/.well-known/openid-configuration", idp.configuration),
        Route("/keys", idp.jwks),
        Route("/device", idp.device, methods=["POST"]),
        Route("/token", idp.token, methods=["POST"]),
    ]
    async with serving(Starlette(routes=routes)) as url:
        idp.url = url
        yield idp
