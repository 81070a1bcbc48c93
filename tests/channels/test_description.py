"""Our client and the simulated carrier against the carrier's own description of its API, as it is on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from openapi_core.exceptions import OpenAPIError

from channels.sms import SmsSender
from channels.sms_catch_up import SmsCatchUp
from helpdesk.errors import HelpdeskError
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.description import Answered, Asked, Description, Exchange, Listener, Unavailable, fetched
from tests.channels.texting import ACCOUNT, ENQUIRIES, LINES, PATRON, TOKEN, Wire, texting

pytestmark = [pytest.mark.full]

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages"
OURS = {
    f"POST {MESSAGES}.json",
    f"GET {MESSAGES}.json",
    f"DELETE {MESSAGES}/{{Sid}}.json",
    f"GET {MESSAGES}/{{MessageSid}}/Media.json",
    f"DELETE {MESSAGES}/{{MessageSid}}/Media/{{Sid}}.json",
}
"""What our client asks for."""

PICTURES = tuple(f"https://media.example/{n}.gif" for n in range(3))


@pytest.fixture(scope="session")
def description(tmp_path_factory: pytest.TempPathFactory) -> Description:
    """The carrier's description; skipped, which fails where all is required, where it can't be had."""
    try:
        return Description(fetched(tmp_path_factory.mktemp("description")))
    except Unavailable as error:
        pytest.skip(str(error))


@dataclass
class Heard:
    """Everything that texts need, with somebody who listens in on the client and the carrier."""

    wire: Wire
    listener: Listener
    sender: SmsSender
    catching_up: SmsCatchUp
    url: str

    async def asks(self, method: str, path: str, **form: str) -> int:
        """Ask the carrier by hand; the status of the answer."""
        async with httpx.AsyncClient(base_url=self.url, auth=(ACCOUNT, TOKEN), verify=False) as client:
            answer = await client.request(method, f"/2010-04-01/Accounts/{ACCOUNT}/{path}", data=form or None)
        return answer.status_code

    def passes(self, description: Description) -> set[str]:
        """Check all that was heard; what was asked for."""
        return {description.operation(each) for each in self.listener.heard if not _is_file(each)}


def _is_file(exchange: Exchange) -> bool:
    """The bytes of a file: the description names their address (the file's own, without .json) and nothing of them."""
    return "/Media/" in exchange.asked.path and not exchange.asked.path.endswith(".json")


@asynccontextmanager
async def heard() -> AsyncIterator[Heard]:
    """Our client, somebody who listens, and the simulated carrier."""
    async with texting() as wire:
        listener = Listener(wire.sms.base_url)
        async with listener.listening() as url:
            settings = wire.sms.model_copy(update={"base_url": url})
            async with (
                SmsSender(settings, wire.web, LINES, wire.clock) as sender,
                SmsCatchUp(settings, LINES, wire.door, wire.clock) as catching_up,
            ):
                yield Heard(wire, listener, sender, catching_up, url)


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No npm; or an npm that can't fetch."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="not installed"):
        fetched(tmp_path)
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'there is no network' >&2\nexit 1\n")
    npm.chmod(0o755)
    with pytest.raises(Unavailable, match="there is no network"):
        fetched(tmp_path)


async def test_all_that_our_client_asks_is_as_described(description: Description) -> None:
    """Sending by number and by service, looking one up, catching up over pages, fetching files, deleting."""
    async with heard() as here:
        handset = here.wire.carrier.handset(PATRON)
        for n in range(205):
            await handset.texts(f"text {n}", to=ENQUIRIES)
        pictures = await handset.texts("look", to=ENQUIRIES, media=PICTURES)
        for line in ("enquiries", "pool", "noise"):
            await here.sender.send(here.wire.reply(line=line))
            await handset.next()
        assert len(await here.sender.find(here.wire.reply())) == 1
        assert (await here.catching_up.catch_up()).listed > 205
        assert len((await here.sender.fetch(pictures.sid, "", sealed=False)).files) == len(PICTURES)
        assert await here.sender.erase(pictures.sid, "")
        assert await here.sender.erase(pictures.sid, "")
        assert here.passes(description) == OURS
        pages = [each for each in here.listener.heard if "PageToken" in each.asked.parameters.query]
        assert pages


async def test_every_text_is_shown_as_described(description: Description) -> None:
    """However far it has come, in a list and alone; emptied; by hand, because our client asks for neither."""
    async with heard() as here:
        handset = here.wire.carrier.handset(PATRON)
        handset.reachable = False
        await here.sender.send(here.wire.reply())
        came = await handset.texts("hello", to=ENQUIRIES)
        for sid in [text.sid for text in here.wire.carrier.texts]:
            assert await here.asks("GET", f"Messages/{sid}.json") == 200
        assert await here.asks("POST", f"Messages/{came.sid}.json", Body="") == 200
        assert await here.asks("GET", "Messages.json?PageSize=1&Page=1") == 200
        assert here.passes(description) >= {f"GET {MESSAGES}/{{Sid}}.json", f"POST {MESSAGES}/{{Sid}}.json"}


@pytest.mark.parametrize("code", [20003, 20404, 20429, 21211, 21610, 20009])
async def test_errors_have_the_fields_that_the_carriers_client_reads(code: int, description: Description) -> None:
    """Whatever it refuses."""
    async with heard() as here:
        here.wire.carrier.faults.sends.append(Fault(status=429 if code == 20429 else 400, code=code, retry_after=2))
        with pytest.raises(HelpdeskError):
            await here.sender.send(here.wire.reply())
        assert here.passes(description) == {f"POST {MESSAGES}.json"}
        assert len(here.listener.heard) == 1


async def test_what_the_carrier_finds_for_itself_is_refused_as_described(description: Description) -> None:
    """A text that is under way, one that is not there, another account, a wrong form, no token."""
    gone = "Messages/SM" + "0" * 32
    async with heard() as here:
        assert await here.asks("GET", f"{gone}.json") == 404
        assert await here.asks("DELETE", f"{gone}.json") == 404
        assert await here.asks("GET", f"{gone}/Media.json") == 404
        assert await here.asks("POST", "Messages.json", To=PATRON, From="+447700900999", Body="x") == 400
        async with httpx.AsyncClient(base_url=here.url, auth=(ACCOUNT, "wrong"), verify=False) as stranger:
            await stranger.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
        assert len(here.passes(description)) == 5


async def test_a_lie_would_be_found(description: Description) -> None:
    """In a path, in a form, in a query; a field too many, too few or of another type."""
    async with heard() as here:
        await here.sender.send(here.wire.reply())
        [good] = here.listener.heard
    assert description.operation(good) == f"POST {MESSAGES}.json"
    lies = [
        _asks(good, path=good.asked.path.replace("Messages", "Texts")),
        _asks(good, path=good.asked.path.replace(ACCOUNT, "AC1")),
        _asks(good, body=good.asked.body + b"&Colour=red"),
        _asks(good, body=b"Body=x"),
        _answers(good, data=good.answer.data.replace(b'"num_media"', b'"media"')),
        _answers(good, data=good.answer.data.replace(b'"queued"', b'"pondering"')),
        _answers(good, data=good.answer.data.replace(b'"num_media":"0"', b'"num_media":0')),
        _answers(good, data=good.answer.data.replace(b'"from":"+44', b'"from":"tel:+44')),
        _answers(good, data=good.answer.data.replace(b" +0000", b" GMT")),
        _answers(good, status_code=418),
    ]
    assert all(lie != good for lie in lies)
    found = [place for place, lie in enumerate(lies) if _is_refused(lie, description)]
    assert found == list(range(len(lies)))


def _is_refused(exchange: Exchange, description: Description) -> bool:
    try:
        description.operation(exchange)
    except (OpenAPIError, AssertionError, ValueError):
        return True
    return False


def _asks(exchange: Exchange, **changed: object) -> Exchange:
    asked: Asked = replace(exchange.asked, **changed)  # type: ignore[arg-type]
    return replace(exchange, asked=asked)


def _answers(exchange: Exchange, **changed: object) -> Exchange:
    answer: Answered = replace(exchange.answer, **changed)  # type: ignore[arg-type]
    return replace(exchange, answer=answer)
