"""One line for each fact, after commit, in order: with ids and enums, without texts, names and addresses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from helpdesk.errors import NotAllowed, Undeliverable
from helpdesk.events import Event, Kind, Seq
from helpdesk.following import Following, facts, level_of, written
from helpdesk.journal import Journal, logged_to
from helpdesk.message import Channel, StaffId
from helpdesk.permissions import Role
from helpdesk.store.verbs import staff
from tests.conversation import LINES, Town, library

SAID = "Loud on level 3"


async def lines(town: Town, following: Following) -> list[dict[str, Any]]:
    """What is logged of all that happened since the last time."""
    stream = io.StringIO()
    with logged_to(stream, town.clock, Journal(level="debug")):
        await following.read_on()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_one_line_for_each_fact() -> None:
    """A text comes, is answered, and the answer goes out."""
    async with library() as town:
        following = Following(town.house.store, written)
        await following.begin()
        ana, mia = town.texter("ana"), await town.staff("mia")
        await ana.texts(SAID)
        await mia.replies("On our way")
        await ana.hears("On our way")
        told = await lines(town, following)
        events = [event for event in await town.log() if event.seq > told[0]["seq"] - 1]
        assert [(line["event"], line["seq"]) for line in told] == [(str(each.kind), each.seq) for each in events]
        received = next(line for line in told if line["event"] == "received")
        assert {name: received[name] for name in ("ticket", "channel", "by", "level")} == {
            "ticket": ana.ticket,
            "channel": "sms",
            "by": "patron",
            "level": "info",
        }
        assert {line["by"] for line in told} <= {"patron", "staff", "system"}
        everything = json.dumps(told)
        assert "mia" not in everything
        assert SAID not in everything
        assert "On our way" not in everything
        assert await lines(town, following) == []


async def test_what_wants_a_person_is_graver() -> None:
    """An answer that can't arrive is a warning, with the carrier's code."""
    async with library() as town:
        ana, mia = town.texter("ana"), await town.staff("mia")
        following = Following(town.house.store, written)
        await following.begin()
        await ana.texts(SAID)
        town.wires[Channel.SMS].fails(Undeliverable("The number is gone.", code="21211"))
        await mia.replies("On our way")
        await town.settles()
        [line] = [line for line in await lines(town, following) if line["event"] == "undeliverable"]
        assert (line["level"], line["code"], line["channel"]) == ("warning", "21211", "sms")


def test_only_what_is_on_the_list_is_told() -> None:
    """A fact's data may hold ids of entries and remarks: they are for the desk."""
    event = Event(
        seq=Seq(7),
        kind=Kind.SHREDDED,
        ticket=None,
        when=town_time(),
        noted=town_time(),
        actor="mia",
        data={"conversation": "01ABC", "line": "noise", "n": 3},
    )
    assert facts(event, None) == {"seq": 7, "by": "staff", "line": "noise", "n": 3}


def town_time() -> Any:
    """Any time."""
    return 0


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_level(kind: Kind) -> None:
    """Also those that come later."""
    assert level_of(kind) in {"debug", "info", "warning", "error"}


async def test_it_begins_where_the_log_stands(tmp_path: Path) -> None:
    """What was there before the start is nobody's news."""
    async with library(lines={"noise": LINES["noise"]}) as town:
        await town.texter("ana").texts(SAID)
        following = Following(town.house.store, written)
        assert await lines(town, following) == []
        await town.texter("ben").texts(SAID)
        assert (await lines(town, following))[0]["event"] == "opened"


async def test_more_than_a_page_is_read_on() -> None:
    """However much happened at once, nothing is left out."""
    async with library() as town:
        seen: list[Seq] = []
        following = Following(town.house.store, lambda event, channel: seen.append(event.seq))
        await following.begin()
        ana = town.texter("ana", line="text")
        for n in range(510):
            await ana.texts(f"question {n}")
        await following.read_on()
        assert seen == list(range(seen[0], (await town.log())[-1].seq + 1))
        assert len(seen) > 500


async def test_who_signs_in_and_who_is_refused_is_told_without_a_name() -> None:
    """How they came and what they asked for; the audit trail has the rest."""
    async with library() as town:
        await town.staff("mia")
        stream = io.StringIO()
        with logged_to(stream, town.clock):
            await town.house.desk.sign_in(StaffId("mia"))
            await town.house.store.write(
                staff.set_role, StaffId("mia"), Role.REPORTER, by="system", now=town.clock.now()
            )
            with pytest.raises(NotAllowed):
                await town.house.desk.search(StaffId("mia"), "printer")
        told = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert [(line["event"], line["act"], line["way"], line["level"]) for line in told] == [
            ("signed in", "desk.sign_in", "owner", "info"),
            ("refused", "desk.search", "owner", "warning"),
        ]
        assert "mia" not in stream.getvalue()
        assert "printer" not in stream.getvalue()
