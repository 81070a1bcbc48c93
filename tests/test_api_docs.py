"""docs/api.md does what it says: its examples run against a real server, its kinds and numbers are the program's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from helpdesk.api.once import MOST
from helpdesk.api.problems import KINDS
from helpdesk.api.routes import Offered
from helpdesk.clock import moment
from helpdesk.config import Settings
from helpdesk.records import LocalRecords
from helpdesk.store.verbs.records import WALK
from tests.contracts.desk import ANA, BEN, Library, library

PAGE = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """A library."""
    async with library() as opened:
        yield opened


def example(name: str, monkeypatch: pytest.MonkeyPatch, authority: Path) -> Callable[..., Awaitable[Any]]:
    """A function of the page, as whoever copies it has it; their system trusts the authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    [code] = [each for each in EXAMPLES if f"async def {name}(" in each]
    names: dict[str, Any] = {}
    exec(compile(code, f"docs/api.md: {name}", "exec"), names)
    found: Callable[..., Awaitable[Any]] = names[name]
    return found


async def test_the_examples(marsh: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer a ticket, list a day's tickets, follow what happens: copied from the page, over TLS with a token."""
    await marsh.mail("Until when are you open?", subject="Hours")
    await marsh.mail(sender="joan@example.org", subject="Card")
    offered = Offered(desk=marsh.desk, records=LocalRecords(Settings(), marsh.store, marsh.clock))
    async with marsh.online(offered, tmp_path) as (url, roster):
        answer, opened_on, first_reply = (
            example(name, monkeypatch, tmp_path / "cert.pem") for name in ("answer", "opened_on", "first_reply")
        )
        token = (await roster.issue(ANA, ANA, name="script")).text
        today = moment(marsh.clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        assert await opened_on(url, token, today) == ["Card", "Hours"]
        assert await answer(url, token, "Until 9 pm.") == "ticket 1 is solved"
        assert await answer(url, token, "Yes.") == "ticket 2 is solved"
        assert await answer(url, token, "Yes.") == "nobody waits"
        async with asyncio.TaskGroup() as group:
            follower = group.create_task(_of(first_reply(url, (await roster.issue(ANA, BEN, name="wall")).text)))
            while not follower.done():  # nobody can say when it has begun to follow
                ticket = await marsh.mail(sender=f"p{marsh.clock.now()}@example.org")
                await marsh.desk.reply(ANA, ticket, 1, "Yes.")
        assert follower.result() == ANA


async def _of(waiting: Awaitable[Any]) -> Any:
    return await waiting


def test_the_page_holds_three_examples() -> None:
    """And each is run above."""
    assert len(EXAMPLES) == 3


def test_the_kinds_and_numbers_of_the_page() -> None:
    """Each kind with the status that it travels with; how much is held and looked at."""
    for statuses, kinds in re.findall(r"^\| ([\d, ]+) \| (`.*?) \|", PAGE, re.MULTILINE):
        for kind in re.findall(r"`([a-z-]+)`", kinds):
            assert str(int(KINDS[kind].status)) in statuses
    assert f"the latest {MOST:,}," in PAGE
    assert f"looks at {WALK:,} tickets" in PAGE
