"""docs/webhooks.md: its table is the vocabulary, and its receiver runs."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from helpdesk.clock import SECOND, ManualClock, SystemClock
from helpdesk.hook_delivery import BACKOFF
from helpdesk.webhooks import signature
from helpdesk.webhooks.vocabulary import EVENTS
from tests.conversation import library
from tests.staff import PATIENCE, SAM

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")


def test_the_page_lists_every_event() -> None:
    """With the words that the program has for it, in its order; and the test message."""
    rows = re.findall(r"^\| `([a-z.]+\.[a-z]+)` \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows[:-1] == list(EVENTS.items())
    assert rows[-1][0] == "hook.test"


def test_the_page_says_when_it_is_tried_again() -> None:
    """The waits are those of the program."""
    assert "5\n  seconds, 30 seconds, 2, 10 and 30 minutes, 1, 2 and 4 hours, then every 4 hours" in PAGE
    assert [wait // SECOND for wait in BACKOFF] == [5, 30, 120, 600, 1800, 3600, 7200, 14400]


@asynccontextmanager
async def running(folder: Path, *secrets: str) -> AsyncIterator[tuple[Process, str]]:
    """The page's receiver as a process of its own, and its URL."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (folder / "receiver.py").write_text(code)
    (folder / "secret").write_text("\n".join(secrets) + "\n")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(folder / "receiver.py"), "0", str(folder / "secret")),
        stdin=DEVNULL,
        stdout=PIPE,
        cwd=folder,
    )
    try:
        port = (await heard(process)).split()[-1]
        yield process, f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        await process.communicate()


async def heard(process: Process) -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await process.stdout.readline()).decode().strip()


async def test_the_pages_receiver_takes_what_we_send(tmp_path: Path) -> None:
    """It knows our signature, refuses another's, and leaves a repeat alone."""
    ours, theirs = signature.written(signature.fresh()), signature.written(signature.fresh())
    clock = ManualClock(SystemClock().now())
    async with running(tmp_path, ours) as (process, url), library(clock=clock) as town:
        hooks, delivery = town.house.hooks.local, town.house.hooks.delivery
        await hooks.add(SAM, "wall", url=url, events=("ticket.opened", "ticket.solved"), secret=ours)
        await hooks.add(SAM, "forger", url=url, events=("ticket.opened",), secret=theirs)
        ben, mia = town.mailer("ben"), await town.staff("mia")
        await ben.mails("Can I renew?")
        await delivery.deliver_due("wall")
        assert (await heard(process)).startswith("ticket.opened {'ticket': {'id': ")
        await delivery.deliver_due("forger")
        assert [(each.status, each.taken) for each in await hooks.log(SAM, "forger")] == [(401, False)]
        await town.house.store.write(
            lambda sql: sql("UPDATE hook_messages SET state = 'waiting' WHERE library = :library AND hook = 'wall'")
        )
        await delivery.deliver_due("wall")
        await mia.replies("Yes.", then="solved")
        await delivery.deliver_due("wall")
        assert (await heard(process)).startswith("ticket.solved ")
        assert [each.tries for each in await hooks.log(SAM, "wall")] == [1, 2]


async def test_the_pages_receiver_refuses_what_is_old(tmp_path: Path) -> None:
    """A copy that somebody sends later."""
    ours = signature.written(signature.fresh())
    async with running(tmp_path, ours) as (_, url), library() as town:  # the library's clock stands in the past
        await town.house.hooks.local.add(SAM, "wall", url=url, events=("ticket.opened",), secret=ours)
        assert (await town.house.hooks.local.test(SAM, "wall")).status == 401
