"""A burst of texts over the signed webhook: none is lost and none comes twice, limited ones stored too."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from helpdesk.ports import Sql
from tests.wire import NOISELINE, TEXT_LINE, TOKEN, Town, library

PEOPLE = 1_000
EACH = 10
POSTERS = 16
"""Connections of the carrier's at a time."""


def forms(town: Town, people: int, each: int) -> Iterator[tuple[str, bytes, str]]:
    """Every text as it is posted: its words, its body, its signature. Each tenth is posted again, as carriers do."""
    url = f"{town.doors.web}/sms/inbound".encode()
    for n in range(people * each):
        person, turn = n % people, n // people
        line = NOISELINE if person % 2 else TEXT_LINE
        words = f"Text {turn} of person {person}"
        form = town.form(words, number=f"+447700900{person:03}", line=line, sid=f"SM{n:032x}")
        signed = url + b"".join(name + value for name, value in sorted(form))
        signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed, "sha1")).decode()
        for _ in range(2 if n % 10 == 0 else 1):
            yield words, urlencode(form).encode(), signature


async def posted(town: Town, people: int, each: int) -> Counter[int]:
    """All of them, over some connections at once; how often each status was answered."""
    answers: Counter[int] = Counter()
    left = forms(town, people, each)
    url = f"{town.doors.web}/sms/inbound"

    async def posts() -> None:
        async with httpx.AsyncClient(verify=False, timeout=60) as client:
            for _, body, signature in left:
                headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
                answers[(await client.post(url, content=body, headers=headers)).status_code] += 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(POSTERS):
            tasks.create_task(posts())
    return answers


def stored(sql: Sql) -> Counter[str]:
    """How often each text is in the store."""
    rows = sql("SELECT text FROM entries WHERE library = :library AND kind = 'in'")
    return Counter(row["text"] for row in rows)


async def arrives(folder: Path, people: int, each: int, most_texts: int) -> None:
    """Each is acknowledged, and stored once, whatever became of it at the desk."""
    limits = {name: {"texts_per_day": 0} for name in ("noise", "texts")}
    async with library(folder, lines=limits, noise={"most_texts": most_texts}) as town:
        answers = await posted(town, people, each)
        assert answers == {200: people * each + people * each // 10}
        found = await town.house.store.read(stored)
    assert found == Counter({f"Text {turn} of person {person}": 1 for person in range(people) for turn in range(each)})


@pytest.mark.parametrize("most_texts", [2, 100])
async def test_a_small_burst(tmp_path: Path, most_texts: int) -> None:
    """Forty people, with and without a limit for each."""
    await arrives(tmp_path, 40, 5, most_texts)


@pytest.mark.full
@pytest.mark.timeout(500)
@pytest.mark.parametrize("most_texts", [3, 1_000], ids=["limited", "not limited"])
async def test_ten_thousand_texts_of_a_thousand_people(tmp_path: Path, most_texts: int) -> None:
    """None is lost, none comes twice."""
    await arrives(tmp_path, PEOPLE, EACH, most_texts)
