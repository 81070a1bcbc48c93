"""Work that runs beside a block, for as long as the block lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None], stop: Callable[[], None] | None = None) -> AsyncIterator[None]:
    """Run ``work`` beside the block and wait for it at the end.

    ``stop`` asks the work to finish by itself, also where the block was cancelled; without it the work is cancelled.
    What the block raises arrives as itself; what the work raises cancels the block and arrives in a group.
    """
    raised: BaseException | None = None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in work]
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - raised again below, outside the group
            raised = error
        finally:
            if stop is not None:
                stop()
            else:
                for task in tasks:
                    task.cancel()
    if raised is not None:
        raise raised
