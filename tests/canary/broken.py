"""A store, keys and a clock that fail at the nth call, and a library built on them: all else is real.

What they raise names the number, as a database's or a parser's own words could.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette

from channels.sms import SmsSender
from channels.sms_catch_up import SmsCatchUp
from channels.sms_webhook import SmsWebhook
from helpdesk.clock import Clock, ManualClock
from helpdesk.config import SmsSettings, WebSettings
from helpdesk.ids import Ids
from helpdesk.intake import Intake
from helpdesk.lines import address_policies
from helpdesk.message import Channel, LineId
from helpdesk.outbox import Outbox
from helpdesk.ports import Keys, Store
from helpdesk.privacy import Key
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.simulator.carrier import Carrier
from helpdesk.store.keys import KeyStore
from helpdesk.store.sqlite import open_store
from helpdesk.watch import Watch
from tests.channels.texting import ACCOUNT, LINES, NOISE, TOKEN

OURS = ("/helpdesk/", "/channels/", "/tui/")


class Broken(Exception):
    """Something below has failed, and says too much."""


class Fuse:
    """Blows at the nth call through any of its wrappers. ``late``: when the call has done its work."""

    def __init__(self, words: str) -> None:
        self._words = words
        self.at = 0
        self.late = False
        self.calls = 0
        self.blown: list[Broken] = []

    def set(self, at: int, *, late: bool) -> None:
        """Blow at the ``at``-th call from now on, 0 for never."""
        self.at, self.late, self.calls = at, late, 0

    @contextmanager
    def off(self) -> Iterator[None]:
        """Nothing is counted and nothing breaks while the block lasts."""
        at, calls = self.at, self.calls
        self.at = 0
        yield
        self.at, self.calls = at, calls

    def counts(self) -> bool:
        """One more call; whether it is the one that fails."""
        self.calls += 1
        return self.calls == self.at

    def blows(self) -> Broken:
        """The error, remembered with the frames that it will have passed."""
        self.blown.append(Broken(self._words))
        return self.blown[-1]


class Fused:
    """Any object behind a fuse: each of its methods is the real one, or fails."""

    def __init__(self, real: object, fuse: Fuse) -> None:
        self._real = real
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found):
            return found
        return self._awaited(found) if inspect.iscoroutinefunction(found) else self._called(found)

    def _awaited(self, real: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: object, **kwargs: object) -> object:
            fails = self._fuse.counts()
            if fails and not self._fuse.late:
                raise self._fuse.blows()
            answer = await real(*args, **kwargs)
            if fails:
                raise self._fuse.blows()
            return answer

        return call

    def _called(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **kwargs: object) -> object:
            if self._fuse.counts():
                raise self._fuse.blows()
            return real(*args, **kwargs)

        return call


@dataclass
class House:
    """The parts that a text passes, on a store that can break."""

    fuse: Fuse
    clock: ManualClock
    carrier: Carrier
    store: Store
    outbox: Outbox
    watch: Watch
    catch_up: SmsCatchUp
    browser: httpx.AsyncClient
    intake: Intake

    async def posts(self, pairs: list[tuple[str, str]], path: str = "/sms/inbound") -> int:
        """Post a signed form to the webhook; its status."""
        signature = self.carrier.signature(f"http://desk.example{path}", pairs)
        answer = await self.browser.post(path, data=dict(pairs), headers={"X-Twilio-Signature": signature})
        return answer.status_code


@asynccontextmanager
async def house(folder: Path, words: str) -> AsyncIterator[House]:
    """The library, in files under ``folder``; nothing breaks until the fuse is set."""
    clock, fuse = ManualClock(), Fuse(words)
    lines = {"noise": LINES["noise"].model_copy(update={"greeting": "Thank you."})}
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=clock)
    carrier.rents(NOISE, webhook="http://desk.example/sms/inbound")
    web = WebSettings(public_url="http://desk.example")
    async with (
        carrier.serving() as url,
        open_store(folder / "helpdesk.sqlite") as store,
        KeyStore.open(folder / "keys.sqlite", Key(b"k" * 32), clock) as keys,
    ):
        sms = SmsSettings(account=ACCOUNT, tokens=(SecretStr(TOKEN),), base_url=url)
        rules = Rulebook(store, clock)
        await rules.publish(drafts(None, None, now=clock.now(), zone="Europe/London"))
        weak_store, weak_keys = cast(Store, Fused(store, fuse)), cast(Keys, Fused(keys, fuse))
        weak_clock = cast(Clock, Fused(clock, fuse))
        named = {LineId(name): line for name, line in lines.items()}
        policies = address_policies(lines, weak_keys, Ids(clock).new)
        common: dict[str, Any] = {"store": weak_store, "clock": weak_clock, "published": rules.published}
        intake = Intake(**common, ids=Ids(clock), lines=named, policies=policies, reply_key=b"r" * 32)
        app = Starlette(routes=SmsWebhook(sms, web, lines, intake).routes())
        async with (
            SmsSender(sms, web, lines, clock) as sender,
            SmsCatchUp(sms, lines, intake, weak_clock) as catch_up,
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example") as browser,
        ):
            outbox = Outbox(**common, senders={Channel.SMS: sender}, policies=policies, reply_key=b"r" * 32)
            watch = Watch(**common, keys=weak_keys)
            yield House(fuse, clock, carrier, store, outbox, watch, catch_up, browser, intake)


def frames(error: BaseException) -> str:
    """The frames of ours that an error passed, with all their local variables, and the same of what led to it."""
    return "\n".join(f"{name} {values!r}" for name, values in _locals(error))


def _locals(error: BaseException) -> Iterator[tuple[str, dict[str, object]]]:
    each: TracebackType | None = error.__traceback__
    while each is not None:
        code = each.tb_frame.f_code
        if any(part in code.co_filename for part in OURS) and "site-packages" not in code.co_filename:
            yield code.co_name, {name: value for name, value in each.tb_frame.f_locals.items() if value is not error}
        each = each.tb_next
    for before in (error.__cause__, error.__context__):
        if before is not None:
            yield from _locals(before)
