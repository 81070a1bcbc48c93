"""Who asks over TCP or TLS: whoever shows a personal token that lets them in.

Who holds a token's whole secret is told why it opens nothing any more; everybody else hears the same words, whatever
they tried. What a token is no whole one of, or of which library it is, can be read off it by anybody.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextlib import suppress

from helpdesk import personal_tokens
from helpdesk.api.identity import Identity, named
from helpdesk.clock import MINUTE, Clock, Instant
from helpdesk.errors import NotAllowed, SignedOut, TryLater
from helpdesk.ports import Store
from helpdesk.repeats import Repeats
from helpdesk.sessions import Sessions
from helpdesk.slowing import Slowing
from helpdesk.store.verbs import tokens, trail
from helpdesk.store.verbs.tokens import Opening
from helpdesk.store.verbs.trail import Seen

NO_TOKEN = (
    "Sign in first: run `helpdesk login --server URL`, or send your personal token (Authorization: Bearer hd_...)."
)
WRONG = (
    "This token opens nothing here. It may be mistyped, or gone for long."
    " Ask an admin for a new one (helpdesk staff token issue), then run `helpdesk login --server URL`."
)
_NOBODY = bytes(32)


class ByToken:
    """Satisfies :class:`helpdesk.api.identity.Authenticate`."""

    def __init__(self, store: Store, clock: Clock, sessions: Sessions) -> None:
        self._store = store
        self._clock = clock
        self._sessions = sessions
        self._slowing = Slowing(clock)
        self._refused: Repeats[str] = Repeats(trail.AGAIN)

    @property
    def bad_tokens(self) -> int:
        """How many bad tokens were shown so far."""
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
        """What the token opens. SignedOut where that is nothing; TryLater for who tries on and on."""
        hashed = personal_tokens.hashed(text)
        if wait := self._slowing.wait(peer, hashed):
            self._slowing.was_early()
            await self._note("")
            raise TryLater(
                "Too many bad tokens came from your address. Wait a little, then try again.", retry_after=wait
            )
        known = ""
        try:
            known = personal_tokens.read_id(text, self._store.library)
            opening = await self._store.read(tokens.opening, known)
            fits = hmac.compare_digest(hashed, _NOBODY if opening is None else opening.hash)
            known = known if opening is not None else ""
            if opening is None or not fits:
                raise SignedOut(WRONG)
            if words := opening.why_not(self._clock.now()):
                raise SignedOut(words)
        except SignedOut:
            self._slowing.was_bad(peer)
            self._slowing.is_good_no_more(hashed)
            await self._note(known)
            raise
        self._slowing.was_good(hashed)
        return opening

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
