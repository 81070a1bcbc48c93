"""The simulated carrier, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from helpdesk.clock import ManualClock, moment
from helpdesk.serving import listening, serving
from helpdesk.simulator.carrier import Carrier
from helpdesk.simulator.carrier_faults import Fault

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token"
LINE = "+447700900001"
PATRON = "+447700900123"


@dataclass
class Library:
    """A webhook that writes down what it gets and answers ``answers`` in turn, then 200."""

    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    signatures: list[tuple[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def hook(self, request: Request) -> Response:
        """Take one form."""
        self.forms.append(dict(parse_qsl((await request.body()).decode(), keep_blank_values=True)))
        self.signatures.append((str(request.url), request.headers["x-twilio-signature"]))
        self.changed.set()
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    async def hears(self, count: int) -> list[str]:
        """Wait for ``count`` status callbacks in all; the states they told, in order."""
        async with asyncio.timeout(30):
            while len(self.statuses) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.statuses

    @property
    def statuses(self) -> list[str]:
        """The states that the status callbacks told, in order."""
        return [form["MessageStatus"] for form in self.forms if "MessageStatus" in form]


@dataclass
class Network:
    """A carrier that serves, the library behind its line, and a session signed in to its REST API."""

    carrier: Carrier
    library: Library
    clock: ManualClock
    messages: str
    session: aiohttp.ClientSession

    async def sends(self, **form: str) -> tuple[int, dict[str, object]]:
        """Hand the carrier a text: the status and the JSON of its answer."""
        full = {"From": LINE, "To": PATRON, "Body": "On our way", "StatusCallback": self.library.url} | form
        async with self.session.post(self.messages, data=full) as answer:
            return answer.status, await answer.json()

    async def lists(self, **query: str) -> list[str]:
        """The bodies of a listing, newest first, all its pages."""
        url: str | None = self.messages
        bodies: list[str] = []
        while url:
            async with self.session.get(url, params=query) as answer:
                page = await answer.json()
            bodies += [text["body"] for text in page["messages"]]
            following = page["next_page_uri"]
            url, query = (self.messages.partition("/2010")[0] + following if following else None), {}
        return bodies


def signed_in(token: str) -> dict[str, str]:
    """The header of basic auth."""
    return {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, token)}


@contextlib.asynccontextmanager
async def network() -> AsyncIterator[Network]:
    """A carrier with one line, and somebody signed in to it."""
    clock, library = ManualClock(), Library()
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN, "an older token"), clock=clock, seed=7)
    app = Starlette(routes=[Route("/hook", library.hook, methods=["POST"])])
    async with (
        serving(app) as hooks,
        carrier.serving() as url,
        aiohttp.ClientSession(headers=signed_in(TOKEN)) as session,
    ):
        library.url = hooks + "/hook"
        carrier.rents(LINE, webhook=library.url)
        yield Network(carrier, library, clock, f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", session)


async def test_a_patrons_text_reaches_the_webhook_signed() -> None:
    """The form has the provider's fields, blank ones included, and its signature is good."""
    async with network() as net:
        posted = await net.carrier.handset(PATRON).texts("loud on level 3", to=LINE)
        form = net.library.forms[0]
        url, signature = net.library.signatures[0]
    assert posted.status == 200
    assert (form["Body"], form["From"], form["To"], form["FromCity"]) == ("loud on level 3", PATRON, LINE, "")
    assert form["MessageSid"] == posted.sid
    assert RequestValidator(TOKEN).validate(url, form, signature)
    assert not RequestValidator("an older token").validate(url, form, signature)


async def test_a_reply_reaches_the_handset_and_its_callbacks_the_library() -> None:
    """A text handed over by REST lands in the inbox, and the library hears sent, then delivered."""
    async with network() as net:
        status, told = await net.sends()
        arrived = await net.carrier.handset(PATRON).next()
        await net.library.hears(2)
    assert (status, told["status"], told["num_segments"]) == (201, "queued", "1")
    assert (arrived.body, arrived.line) == ("On our way", LINE)
    assert net.library.statuses == ["sent", "delivered"]


async def test_no_retry_after_a_5xx_and_one_where_nobody_answers() -> None:
    """A webhook that answers 503 gets the text once; a dead one is tried and the text is kept for listing."""
    async with network() as net:
        net.library.answers = [503]
        assert (await net.carrier.handset(PATRON).texts("one", to=LINE)).status == 503
        assert len(net.library.forms) == 1
        with listening() as unused:
            port = unused.getsockname()[1]
        net.carrier.rents(LINE, webhook=f"http://127.0.0.1:{port}/hook")
        assert (await net.carrier.handset(PATRON).texts("two", to=LINE)).status is None
        assert await net.lists(To=LINE) == ["two", "one"]


async def test_the_urls_fragment_changes_the_retries_and_not_the_signature() -> None:
    """``#rc=2&rp=5xx``: two more tries after a 5xx, signed as if the fragment were not there."""
    async with network() as net:
        net.library.answers = [503, 500]
        net.carrier.rents(LINE, webhook=net.library.url + "#rc=2&rp=5xx,ct")
        assert (await net.carrier.handset(PATRON).texts("one", to=LINE)).status == 200
        assert len(net.library.forms) == 3
        assert RequestValidator(TOKEN).validate(net.library.url, net.library.forms[2], net.library.signatures[2][1])


async def test_lists_by_number_and_time_in_pages() -> None:
    """To, From and DateSent> choose; pages are followed; the newest comes first."""
    async with network() as net:
        handset = net.carrier.handset(PATRON)
        for number in range(5):
            await handset.texts(f"text {number}", to=LINE)
            net.clock.passes(hours=1)
        assert await net.lists(To=LINE, PageSize="2") == [f"text {n}" for n in (4, 3, 2, 1, 0)]
        third = moment(next(text.created for text in net.carrier.texts if text.body == "text 3"))
        since = {"DateSent>": third.strftime("%Y-%m-%dT%H:%M:%SZ")}
        assert await net.lists(To=LINE, **since) == ["text 4", "text 3"]
        assert await net.lists(From="+447700900999") == []


async def test_stop_start_and_help_are_honoured() -> None:
    """After STOP the patron gets nothing (21610) until START; each text still reaches the webhook."""
    async with network() as net:
        handset = net.carrier.handset(PATRON)
        await handset.texts(" stop ", to=LINE)
        assert (await net.sends())[1]["code"] == 21610
        await handset.texts("Start", to=LINE)
        assert (await net.sends())[0] == 201
        await handset.texts("HELP", to=LINE)
        assert [form["Body"] for form in net.library.forms if "Body" in form] == [" stop ", "Start", "HELP"]
        assert [text.line for text in handset.inbox].count("") == 3


async def test_stop_holds_for_the_whole_pool() -> None:
    """A STOP to one number of a messaging service stops the others as well."""
    async with network() as net:
        for number in (LINE, "+447700900002"):
            net.carrier.rents(number, webhook=net.library.url, service="MG1")
        await net.carrier.handset(PATRON).texts("STOP", to="+447700900002")
        assert (await net.sends(From="", MessagingServiceSid="MG1"))[1]["code"] == 21610


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "07700 900123"}, 21211),
        ({"From": "+447700900777"}, 21606),
        ({"From": ""}, 21603),
        ({"From": "", "MessagingServiceSid": "MG9"}, 21703),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
async def test_refuses_what_the_provider_refuses(form: dict[str, str], code: int) -> None:
    """A wrong recipient, sender or body gets the provider's code."""
    async with network() as net:
        status, told = await net.sends(**form)
    assert (status, told["code"]) == (400, code)


async def test_scripted_failures_come_in_order() -> None:
    """Codes, 429 with Retry-After and bare 5xx are played one by one; then all goes well."""
    async with network() as net:
        net.carrier.faults.sends.extend(
            [Fault(code=30007), Fault(status=429, code=20429, retry_after=7), Fault(status=503)]
        )
        assert (await net.sends())[1]["code"] == 30007
        async with net.session.post(net.messages, data={}) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        async with net.session.post(net.messages, data={}) as answer:
            assert (answer.status, await answer.text()) == (503, "out of order")
        assert (await net.sends())[0] == 201


async def test_callbacks_double_backwards_and_late_on_request() -> None:
    """The callbacks come twice, in the wrong order, and only when the carrier's clock says so."""
    async with network() as net:
        net.carrier.faults.copies, net.carrier.faults.backwards, net.carrier.faults.delay = 2, True, 60
        await net.sends()
        assert net.library.statuses == []
        net.clock.passes(minutes=1)
        assert await net.library.hears(2) == ["delivered", "delivered"]
        net.clock.passes(minutes=1)
        assert await net.library.hears(4) == ["delivered", "delivered", "sent", "sent"]


async def test_a_handset_switched_off_gets_nothing() -> None:
    """The text ends undelivered with 30003, and so does one that the script fails, with its own code."""
    async with network() as net:
        net.carrier.handset(PATRON).reachable = False
        await net.sends()
        await net.library.hears(2)
        assert (net.library.statuses, net.library.forms[-1]["ErrorCode"]) == (["sent", "undelivered"], "30003")
        net.carrier.faults.delivers.append(30005)
        await net.sends()
        await net.library.hears(4)
        assert net.library.forms[-1]["ErrorCode"] == "30005"
        assert net.carrier.handset(PATRON).inbox == []


async def test_erasing_waits_until_a_text_is_final() -> None:
    """20009 while a text is under way; then an empty body redacts it and DELETE removes it."""
    async with network() as net:
        net.carrier.faults.delay = 60
        sid = (await net.sends())[1]["sid"]
        message = net.messages.replace(".json", f"/{sid}.json")
        async with net.session.post(message, data={"Body": ""}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (409, 20009)
        net.carrier.texts.settle(str(sid), "delivered")
        async with net.session.post(message, data={"Body": ""}) as answer:
            assert (await answer.json())["body"] == ""
        async with net.session.delete(message) as answer:
            assert answer.status == 204
        async with net.session.get(message) as answer:
            assert answer.status == 404


async def test_only_the_account_may_ask() -> None:
    """A wrong token gets 401 with 20003; an older token that still stands is good."""
    async with network() as net, aiohttp.ClientSession() as stranger:
        async with stranger.get(net.messages, headers=signed_in("guess")) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, 20003)
        async with stranger.get(net.messages, headers=signed_in("an older token")) as answer:
            assert answer.status == 200


async def test_shows_no_number_to_people() -> None:
    """Neither the transcript nor any repr has a patron's number."""
    async with network() as net:
        handset = net.carrier.handset(PATRON)
        await handset.texts("hello", to=LINE)
        await net.sends()
        await handset.next()
        shown = "\n".join(net.carrier.transcript) + repr(handset) + repr(list(net.carrier.texts)) + repr(handset.inbox)
    assert "handset 1 texted line 1: webhook answered 200" in shown
    assert "900123" not in shown
    assert "hello" not in shown


async def test_a_seed_gives_the_same_names() -> None:
    """Two carriers of one seed name their texts alike."""
    clock = ManualClock()
    first, second = (Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=clock, seed=3) for _ in range(2))
    assert [first.texts.new_sid() for _ in range(3)] == [second.texts.new_sid() for _ in range(3)]
