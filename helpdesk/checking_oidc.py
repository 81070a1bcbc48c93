"""What `helpdesk check` says of the sign-in provider: whether it answers, and whether desks can sign in there."""

from __future__ import annotations

from collections.abc import AsyncIterator

from helpdesk.clock import Clock
from helpdesk.config import OidcSettings
from helpdesk.errors import BadConfig, TryLater
from helpdesk.extras import install
from helpdesk.findings import FAIL, OK, WARN, Finding

NO_EXTRA = f"oidc.issuer: sign-in needs authlib: {install('oidc')}"
MEANWHILE = "tokens that are good stay so; nobody signs in anew until it answers: try its address from this machine"


async def sign_in(settings: OidcSettings, clock: Clock) -> AsyncIterator[Finding]:
    """The provider is asked what it says of itself. A wrong answer fails, none at all is a warning: it may be away."""
    if not settings.issuer:
        return
    try:
        from helpdesk.api.oidc import WrongAnswer, speaking
    except ImportError:
        yield Finding(FAIL, "sign-in", NO_EXTRA)
        return
    try:
        async with speaking(settings, clock) as provider:
            await provider.look()
    except BadConfig as error:
        yield Finding(FAIL, "sign-in", str(error))
    except WrongAnswer as error:
        wrong = str(error).partition(". ")[0].rstrip(".").replace("The", "the", 1)
        text = f"oidc.issuer: {settings.issuer}: {wrong}. Write the issuer as the provider's own pages have it"
        yield Finding(FAIL, "sign-in", text)
    except TryLater:
        yield Finding(WARN, "sign-in", f"{settings.issuer} can't be asked just now; {MEANWHILE}")
    else:
        yield Finding(OK, "sign-in", f"{settings.issuer} answers, and offers the device flow")
