"""What a probe asks over HTTP: by public addresses, as the outside does, with certificates checked."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from helpdesk.clock import DAY, MINUTE, Clock, Instant, instant
from helpdesk.errors import TryLater
from helpdesk.plurals import plural

SECONDS = 15.0
"""How long one request may take."""

MOST_BYTES = 1_000_000
"""Of an answer no more is read."""

SKEW = 2 * MINUTE
"""From so much on a difference between two clocks is told of, in milliseconds."""

SOON = 14 * DAY
"""So long before its end a certificate is told of, in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer. ``url``: where it came from, redirects followed; ``warning``: what is not right about it, or ""."""

    status: int
    url: URL
    text: str
    warning: str = ""


class Web:
    """Asks over one session."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock) -> None:
        self.session = session
        self._clock = clock

    async def ask(
        self,
        method: str,
        url: str,
        *,
        whose: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Answer:
        """One request. TryLater, naming ``whose`` server it is, where there is no answer."""
        try:
            async with self.session.request(
                method, URL(url, encoded=True), data=data, headers=headers, allow_redirects=follow, max_redirects=5
            ) as answer:
                warning = " ".join(each for each in (self._skew(answer, whose), self._ending(answer, whose)) if each)
                content = await answer.content.read(MOST_BYTES)
                text = content.decode("utf-8", "replace")
                return Answer(status=answer.status, url=answer.url, text=text, warning=warning)
        except aiohttp.ClientConnectorDNSError:
            raise TryLater(f"The name of {whose} can't be found: look at its DNS.") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise TryLater(f"The certificate of {whose} is not trusted: {_wrong(error)}. Renew it.") from None
        except TimeoutError:
            raise TryLater(f"{_first(whose)} did not answer within {SECONDS:.0f} s.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise TryLater(f"{_first(whose)} can't be reached ({type(error).__name__}).") from None

    def _skew(self, answer: aiohttp.ClientResponse, whose: str) -> str:
        """What to say where our clock and the other side's differ."""
        try:
            theirs = instant(parsedate_to_datetime(answer.headers.get("Date", "")))
        except (ValueError, TypeError):
            return ""
        ahead = self._clock.now() - theirs
        if abs(ahead) < SKEW:
            return ""
        said = f"{abs(ahead) / MINUTE:.0f} min {'ahead of' if ahead > 0 else 'behind'}"
        return f"This machine's clock is {said} that of {whose}: set it (timedatectl)."

    def _ending(self, answer: aiohttp.ClientResponse, whose: str) -> str:
        """What to say where a certificate ends soon."""
        ends = _end_of_certificate(answer)
        left = None if ends is None else ends - self._clock.now()
        if left is None or left > SOON:
            return ""
        return f"The certificate of {whose} ends in {plural(max(0, left // DAY), 'day')}: renew it."


def _end_of_certificate(answer: aiohttp.ClientResponse) -> Instant | None:
    transport = answer.connection.transport if answer.connection else None
    secured = transport.get_extra_info("ssl_object") if transport else None
    told = (secured.getpeercert() or {}).get("notAfter") if secured else None
    return Instant(ssl.cert_time_to_seconds(told) * 1000) if isinstance(told, str) else None


def _wrong(error: aiohttp.ClientConnectorCertificateError) -> str:
    cause = error.certificate_error
    return cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else "it can't be checked"


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]


@contextlib.asynccontextmanager
async def web(clock: Clock) -> AsyncIterator[Web]:
    """A session, for as long as the block lasts. Nothing is kept between two requests."""
    limit = aiohttp.ClientTimeout(total=SECONDS)
    connector = aiohttp.TCPConnector(force_close=True, use_dns_cache=False)
    async with aiohttp.ClientSession(
        timeout=limit, connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield Web(session, clock)
