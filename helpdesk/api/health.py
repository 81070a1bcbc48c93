"""What watches the help desk from outside asks here: is it alive, is it ready, and its figures.

===========  ============================================================================================
/healthz     200 as long as the process answers at all
/readyz      200 where every check is well, else 503; JSON with each check and what is wrong with it.
             ``?exclude=trouble`` leaves a check out: a balancer has nothing better to offer while a carrier is down
/metrics     figures for Prometheus, for the addresses in ``metrics.allow`` and for who sends the token; while the
             store can't be read, those that this process knows by itself
===========  ============================================================================================

None of it holds a text, a person, an address or a ticket.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from helpdesk.api.metrics import Exposition, Reading
from helpdesk.config import MetricsSettings, Settings, WebSettings
from helpdesk.errors import BadConfig
from helpdesk.readiness import Readiness
from helpdesk.visitors import Proxies

FORWARDING = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
"""Headers by which a proxy shows itself."""

AGAIN_SECONDS = 5
"""When to ask again, for who is told that we are not ready."""

Take = Callable[[], Awaitable[Reading]]
"""Takes a reading now."""


def health_routes(readiness: Readiness) -> list[BaseRoute]:
    """``/healthz`` and ``/readyz``."""

    async def alive(request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(request: Request) -> Response:
        without = set(request.query_params.getlist("exclude"))
        checks = [check for check in readiness.checks() if check.name not in without]
        well = all(check.ok for check in checks)
        told = {"ready": well, "checks": {check.name: check.why or "ok" for check in checks}}
        return JSONResponse(told, 200 if well else 503, {} if well else {"Retry-After": str(AGAIN_SECONDS)})

    return [Route("/healthz", alive), Route("/readyz", ready)]


def metrics_routes(take: Take, watchers: Watchers) -> list[BaseRoute]:
    """``/metrics``."""
    exposition = Exposition()

    async def metrics(request: Request) -> Response:
        if not watchers.admits(request):
            return PlainTextResponse("Ask from an address in metrics.allow, or send the token.\n", 403)
        return Response(exposition.written(await take()), media_type=CONTENT_TYPE_LATEST)

    return [Route("/metrics", metrics)]


class Watchers:
    """Who may read the figures. BadConfig where the token's file can't be used."""

    def __init__(self, settings: MetricsSettings, web: WebSettings) -> None:
        self._proxies = Proxies(web.trusted_proxies)
        self._allowed, self._token = _allowed(settings)

    def prepared(self, settings: Settings) -> Callable[[], None]:
        """What lets others in from now on, the token's file read again."""
        allowed, token = _allowed(settings.metrics)

        def use() -> None:
            self._allowed, self._token = allowed, token

        return use

    def admits(self, request: Request) -> bool:
        """Whether this request may. A proxy that nobody named speaks for nobody: it could be the whole world."""
        return self._shows_the_token(request) or self._allowed.trusts(self._asks(request))

    def _asks(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        if not self._proxies.trusts(peer):
            return "" if any(name in request.headers for name in FORWARDING) else peer
        return self._proxies.hop(peer, request.headers.getlist("x-forwarded-for"))

    def _shows_the_token(self, request: Request) -> bool:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        known = self._token.encode()
        return bool(known) and scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), known)


def _allowed(settings: MetricsSettings) -> tuple[Proxies, str]:
    """The addresses, and the token ("" for none)."""
    token = _secret(settings.token_file) if settings.enabled and settings.token_file else ""
    return Proxies(settings.allow, setting="metrics.allow"), token


def _secret(path: Path) -> str:
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadConfig(f"metrics.token_file: {path} can't be read ({why}).") from None
    if len(secret) < 16:
        raise BadConfig(
            f"metrics.token_file: {path} holds fewer than 16 characters. Run: openssl rand -hex 32 > {path}"
        )
    return secret
