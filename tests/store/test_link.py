"""The thread that speaks on a connection, and those who wait for it."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from helpdesk.errors import TryLater

pytest.importorskip("psycopg")


async def test_what_nobody_waits_for_fails_in_silence() -> None:
    """Whoever asked has left: the work runs to its end, and what it fails with is in no log."""
    from helpdesk.store.pg_link import Link

    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: said.append(context))
    begun, released = threading.Event(), threading.Event()

    def fails() -> None:
        begun.set()
        released.wait()
        raise TryLater("The store can't be read just now.")

    link = Link("", "test", "")
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(link.run(fails))
        while not begun.is_set():
            await asyncio.wait([asking], timeout=0.01)
        asking.cancel()
    released.set()
    await link.close()  # behind the work, on the same thread
    del asking
    gc.collect()
    assert said == []
