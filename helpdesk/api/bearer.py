"""Who asks over TCP or TLS: whoever shows a personal token that lets them in.

Who holds a token's whole secret is told why it opens nothing any more; everybody else hears the same words, whatever
they tried. What a token is no whole one of, or of which library it is, can be read off it by anybody.

Whoever guesses waits: a bad token from an address that showed too many is refused with the wait. It is looked up first
all the same, so that a good one is never refused for its address, and what opens nothing any more is no guess.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextlib import suppress

from helpdesk import personal_tokens
from helpdesk.api.identity import Identity, named
from helpdesk.api.problems import TooMany
from helpdesk.clock import MINUTE, Clock, Instant
from helpdesk.errors import HelpdeskError, NotAllowed, SignedOut, TryLater
from helpdesk.ports import Store
from helpdesk.repeats import Repeats
from helpdesk.sessions import Sessions
from helpdesk.slowing import Slowing
from helpdesk.store.verbs import tokens, trail
from helpdesk.store.verbs.tokens import Opening
from helpdesk.store.verbs.trail import Seen
from helpdesk.visitors import in_words

NO_TOKEN = (
    "Sign in first: run `helpdesk login --server URL`, or send your personal token (Authorization: Bearer hd_...)."
)
WRONG = (
    "This token opens nothing here. It may be mistyped, or gone for long."
    " Ask an admin for a new one (helpdesk staff token issue), then run `helpdesk login --server URL`."
)
TOO_SOON = "Too many bad tokens came from your address. Wait {}, then try again."
_NOBODY = bytes(32)


class ByToken:
    """Satisfies :class:`helpdesk.api.identity.Authenticate`.

    ``ended_tokens`` counts tokens that were shown whole and open nothing any more: revoked, expired, of a disabled
    member.
    """

    def __init__(self, store: Store, clock: Clock, sessions: Sessions) -> None:
        self._store = store
        self._clock = clock
        self._sessions = sessions
        self._slowing = Slowing(clock)
        self._refused: Repeats[str] = Repeats(trail.AGAIN)
        self.ended_tokens = 0

    @property
    def bad_tokens(self) -> int:
        """How many tokens that nobody was given were shown so far, and how many too soon."""
        return self._slowing.bad

    async def __call__(self, headers: Mapping[str, str], peer: str) -> Identity:
        """The member behind a token."""
        text = _bearer(headers)
        opening = await self._opening(text, peer)
        token = opening.token
        who = named(headers)
        if who and who != token.staff:
            raise NotAllowed(f"Your token is {token.staff}'s: with it you act as {token.staff} and as nobody else.")
        await self._used(opening)
        ended = self._sessions.open(token.staff, token.id, expires=token.expires)
        return Identity(actor=token.staff, token=token.id, via="token", ended=ended)

    async def _opening(self, text: str, peer: str) -> Opening:
        """What the token opens. SignedOut where that is nothing; TooMany for who guesses on and on."""
        hashed = personal_tokens.hashed(text)
        try:
            known = personal_tokens.read_id(text, self._store.library)
        except SignedOut as error:
            raise await self._bad(peer, error) from None
        async with self._slowing.turn(peer, hashed):
            opening = await self._store.read(tokens.opening, known)
        fits = hmac.compare_digest(hashed, _NOBODY if opening is None else opening.hash)
        if opening is None or not fits:
            raise await self._bad(peer, SignedOut(WRONG), "" if opening is None else known)
        if words := opening.why_not(self._clock.now()):
            self.ended_tokens += 1
            self._slowing.is_good_no_more(hashed)
            await self._note(known)
            raise SignedOut(words)
        self._slowing.was_good(hashed)
        return opening

    async def _bad(self, peer: str, why: SignedOut, known: str = "") -> HelpdeskError:
        """What a bad token is answered with: why, or where its address has to wait, how long, whatever it was.

        Nothing is awaited before the wait is known, so that many guesses at once are no way around it.
        """
        if wait := self._slowing.wait(peer):
            self._slowing.was_early()
            await self._note("")
            return TooMany(TOO_SOON.format(in_words(wait)), retry_after=wait)
        self._slowing.was_bad(peer)
        await self._note(known)
        return why

    async def _note(self, token: str) -> None:
        """The trail holds that a token was refused: one row, and a count of those that follow."""
        now = self._clock.now()
        if n := self._refused.came(token, now):
            with suppress(TryLater):
                await self._store.write(trail.note, _refusal(token, n), now)

    async def tell_repeats(self) -> None:
        """Note how many more were refused, once it has been quiet for a while."""
        now = self._clock.now()
        for token, n in self._refused.over(now):
            await self._store.write(trail.note, _refusal(token, n), now)

    async def _used(self, opening: Opening) -> None:
        """Its last use is kept to the minute; a store that is full keeps nobody out."""
        minute = Instant(self._clock.now() // MINUTE * MINUTE)
        if opening.token.used is None or opening.token.used < minute:
            with suppress(TryLater):
                await self._store.write(tokens.use, opening.token.id, minute)


class BySocket:
    """The same for whoever may open the owner's socket: they are the owner, and say who acts."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def __call__(self, headers: Mapping[str, str], peer: str) -> Identity:
        """The identity behind a request."""
        actor = named(headers)
        return Identity(actor=actor, ended=self._sessions.open(actor))


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise SignedOut(NO_TOKEN)
    return text.strip()


def _refusal(token: str, n: int) -> Seen:
    return Seen(actor="", token=token, act="token", outcome=trail.REFUSED, n=n)
