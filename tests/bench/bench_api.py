"""The desk over its socket: CPU time a call, both sides together, as a ratio to the same call in the process.

Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from time import process_time

import pytest

from helpdesk.ports import Desk
from helpdesk.worklist import View
from tests.contracts.desk import ANA, library

CALLS = 300
TICKETS = 200


@pytest.mark.bench
async def test_calls_over_the_socket(tmp_path: Path) -> None:
    """A small answer, fifty rows, and a whole thread."""
    async with library() as marsh, marsh.side("remote", tmp_path) as remote:
        tickets = [await marsh.mail(f"Question {n}", sender=f"p{n}@example.org") for n in range(TICKETS)]

        async def milliseconds(call: Callable[[Desk], Awaitable[object]], desk: Desk) -> float:
            began = process_time()
            for _ in range(CALLS):
                await call(desk)
            return (process_time() - began) / CALLS * 1000

        questions: dict[str, Callable[[Desk], Awaitable[object]]] = {
            "hello": lambda desk: desk.hello(),
            "50 rows": lambda desk: desk.worklist(ANA, View.UNANSWERED, start=50),
            "thread": lambda desk: desk.thread(ANA, tickets[7]),
        }
        for name, call in questions.items():
            near, far = await milliseconds(call, marsh.desk), await milliseconds(call, remote)
            print(f"\n{name:8} {near:.2f} ms here, {far:.2f} ms over the socket: {far / near:.1f} times", end="")
