"""What watches the help desk from outside: is it alive, is it ready, who may read its figures."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request

from helpdesk.api.health import Watchers
from helpdesk.config import MetricsSettings, WebSettings
from helpdesk.errors import BadConfig
from helpdesk.message import Delivery
from helpdesk.simulator.carrier_faults import Fault
from tests.staff import PATIENCE
from tests.store.calls import gone
from tests.wire import TEXT_LINE, Town, library

SECRET = "0123456789abcdef"


async def asked(town: Town, path: str, **headers: str) -> httpx.Response:
    """What the web server answers."""
    async with httpx.AsyncClient(base_url=town.doors.web) as browser:
        return await browser.get(path, headers=headers)


async def test_a_house_that_works_is_alive_and_ready(tmp_path: Path) -> None:
    """Each check is named."""
    async with library(tmp_path) as town:
        assert (await asked(town, "/healthz")).text == "alive\n"
        ready = await asked(town, "/readyz")
        assert ready.status_code == 200
        ok = "ok"
        assert ready.json() == {"ready": True, "checks": {"store": ok, "keys": ok, "loops": ok, "trouble": ok}}


async def test_a_full_disk_is_told_with_the_reason(tmp_path: Path) -> None:
    """503, in the desk's words; alive all the same, and its own figures can be read. It is over when it is over."""
    async with library(tmp_path) as town:
        ana = town.texter(line=TEXT_LINE)
        async with town.broken_store("read-only"):
            assert (await ana.texts("Anybody there?")).status == 503
            ready = await asked(town, "/readyz")
            assert ready.status_code == 503
            assert ready.headers["retry-after"]
            assert ready.json()["checks"]["store"].startswith("The store can't be written just now (")
            assert samples((await asked(town, "/metrics")).text)['helpdesk_ready{check="store"}'] == 0
            assert (await asked(town, "/healthz")).status_code == 200
        assert (await ana.texts("And now?")).status == 200
        assert (await asked(town, "/readyz?exclude=trouble")).status_code == 200
        async with asyncio.timeout(PATIENCE):
            while (await asked(town, "/readyz")).status_code != 200:
                town.time.passes(seconds=10)  # what failed is tried again


async def test_trouble_outside_can_be_left_out(tmp_path: Path) -> None:
    """A balancer has no better server while the carrier is down; whoever is to mend it asks for all."""
    async with library(tmp_path) as town:
        town.house.troubles.tell("carrier of texts", "smsc.example refused desk.")
        ready = await asked(town, "/readyz")
        assert ready.status_code == 503
        assert ready.json()["checks"]["trouble"] == "carrier of texts: fails and is tried again"
        assert "smsc.example" not in ready.text
        assert (await asked(town, "/readyz?exclude=trouble")).status_code == 200


def samples(text: str) -> dict[str, float]:
    """Every sample by its name and labels as written."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def test_the_figures_follow_the_work(tmp_path: Path) -> None:
    """A text comes in and waits; it is answered, and the answer goes out."""
    async with library(tmp_path) as town:
        ana = town.texter(line=TEXT_LINE)
        await ana.texts("Are you open?")
        await town.desk.sees("Are you open?")
        town.time.passes(seconds=90)
        found = samples((await asked(town, "/metrics")).text)
        assert found['helpdesk_tickets{view="unanswered"}'] == 1
        assert found['helpdesk_tickets{view="sms"}'] == 1
        assert found["helpdesk_unanswered_oldest_seconds"] == 90
        assert found['helpdesk_ready{check="store"}'] == 1
        assert found["helpdesk_store_commit_seconds_count"] > 0
        assert found["process_resident_memory_bytes"] > 1e6

        ticket = await town.desk.replies("Until nine.")
        await ana.hears()
        await town.desk.learns(ticket.id, Delivery.DELIVERED)
        found = samples((await asked(town, "/metrics")).text)
        assert found['helpdesk_tickets{view="unanswered"}'] == 0
        assert found["helpdesk_unanswered_oldest_seconds"] == 0
        assert found["helpdesk_event_seq"] == (await town.house.desk.hello()).seq


async def test_figures_of_a_store_that_can_t_be_read_are_left_out(tmp_path: Path) -> None:
    """What the process knows by itself is there: whoever watches hears that it is not ready, rather than nothing."""
    async with library(tmp_path) as town:
        with gone(town.house.store):
            answer = await asked(town, "/metrics")
            assert answer.status_code == 200
            found = samples(answer.text)
            assert 'helpdesk_ready{check="store"}' in found
            assert found["helpdesk_store_commit_seconds_count"] > 0
            assert "helpdesk_event_seq" not in found
            assert not [name for name in found if name.startswith(("helpdesk_tickets", "helpdesk_outbox"))]
        assert "helpdesk_event_seq" in samples((await asked(town, "/metrics")).text)


async def test_what_happened_is_counted(tmp_path: Path) -> None:
    """By kind and channel, from the log, after commit."""
    async with library(tmp_path) as town:
        ana = town.texter(line=TEXT_LINE)
        await ana.texts("Are you open?")
        await town.desk.replies("Until nine.")
        await ana.hears()
        found: dict[str, float] = {}
        async with asyncio.timeout(PATIENCE):
            while 'helpdesk_events_total{channel="sms",kind="sent"}' not in found:
                found = samples((await asked(town, "/metrics")).text)
        assert found['helpdesk_events_total{channel="sms",kind="received"}'] == 1
        assert found['helpdesk_events_total{channel="sms",kind="sent"}'] == 1


async def test_what_waits_to_go_out_is_shown(tmp_path: Path) -> None:
    """How many, and since when the oldest."""
    async with library(tmp_path) as town:
        town.carrier.faults.sends.extend([Fault(status=503)] * 9)
        ana = town.texter(line=TEXT_LINE)
        await ana.texts("Are you open?")
        await town.desk.sees("Are you open?")
        await town.desk.replies("Until nine.")
        town.time.passes(seconds=30)
        found = samples((await asked(town, "/metrics")).text)
        assert found['helpdesk_outbox_messages{channel="sms"}'] == 1
        assert found['helpdesk_outbox_oldest_seconds{channel="sms"}'] == 30


async def test_nothing_of_anybody_is_shown(tmp_path: Path) -> None:
    """Neither words, nor numbers, nor names of patrons or staff, nor ids of tickets."""
    async with library(tmp_path) as town:
        ana = town.texter()
        await ana.texts("Loud on level 3")
        ticket = await town.desk.replies("On our way")
        await ana.hears()
        text = (await asked(town, "/metrics")).text + (await asked(town, "/readyz")).text
        for secret in ("Loud", "On our way", "7700900123", ticket.id, ticket.name, '"sam"', '"noise"'):
            assert secret not in text


async def test_who_may_not_read_them_is_told_so(tmp_path: Path) -> None:
    """A request that a proxy passed on is not of this machine, whatever the connection says."""
    async with library(tmp_path) as town:
        assert (await asked(town, "/metrics")).status_code == 200
        assert (await asked(town, "/metrics", **{"X-Forwarded-For": "127.0.0.1"})).status_code == 403
        assert (await asked(town, "/metrics", Forwarded="for=127.0.0.1")).status_code == 403


async def test_they_can_be_switched_off(tmp_path: Path) -> None:
    """As if they had never been; health stays."""
    async with library(tmp_path, metrics={"enabled": False}) as town:
        assert (await asked(town, "/metrics")).status_code == 404
        assert (await asked(town, "/readyz")).status_code == 200


def request(peer: str, **headers: str) -> Request:
    """A request as it comes to an application."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "client": (peer, 1), "headers": raw})


@pytest.mark.parametrize(
    ("peer", "headers", "admitted"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("10.1.2.3", {}, True),
        ("10.2.0.1", {}, False),
        ("10.0.0.9", {"x_forwarded_for": "127.0.0.1"}, True),
        ("10.0.0.9", {"x_forwarded_for": "192.0.2.7"}, False),
        ("10.0.0.9", {"x_forwarded_for": "127.0.0.1, 192.0.2.7"}, False),
        ("10.0.0.9", {"x_forwarded_for": "2001:db8::1"}, False),
        ("192.0.2.7", {"x_forwarded_for": "127.0.0.1"}, False),
        ("192.0.2.7", {"authorization": f"Bearer {SECRET}"}, True),
        ("192.0.2.7", {"authorization": "Bearer another secret here"}, False),
        ("192.0.2.7", {"authorization": SECRET}, False),
        ("", {}, False),
    ],
)
def test_who_may_read_them(peer: str, headers: dict[str, str], admitted: bool, tmp_path: Path) -> None:
    """By address, as far as it is believed, or by the token."""
    (tmp_path / "token").write_text(SECRET + "\n")
    settings = MetricsSettings(allow=("127.0.0.1", "::1", "10.1.0.0/16"), token_file=tmp_path / "token")
    watchers = Watchers(settings, WebSettings(trusted_proxies=("10.0.0.9",)))
    assert watchers.admits(request(peer, **headers)) is admitted


@pytest.mark.parametrize(("text", "said"), [(None, "can't be read"), ("short", "fewer than 16 characters")])
def test_a_token_file_that_is_of_no_use_is_refused(text: str | None, said: str, tmp_path: Path) -> None:
    """At the start, with the remedy, not at the first scrape."""
    path = tmp_path / "token"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadConfig, match=said):
        Watchers(MetricsSettings(token_file=path), WebSettings())


def test_without_a_token_nobody_has_it() -> None:
    """An empty secret opens nothing."""
    watchers = Watchers(MetricsSettings(), WebSettings())
    assert not watchers.admits(request("192.0.2.7", authorization="Bearer "))
