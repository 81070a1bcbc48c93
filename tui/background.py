"""Work beside the screens: calls to the desk never hold up a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen


def in_background(node: DOMNode, work: Callable[[], Awaitable[Any]], group: str, *, exclusive: bool = False) -> None:
    """Run ``work`` as long as ``node`` lives; ``exclusive`` ends what ran in the group before.

    A callable rather than a coroutine: one that is ended before it began leaves nothing behind. It is described by its
    group: else Textual would have all that hangs on it written out.
    """
    run: Callable[..., Any] = node.run_worker
    run(work, group=group, description=group, exclusive=exclusive)


def stands(screen: Screen[Any], *widgets: str) -> bool:
    """Whether a screen is there with these widgets: what it asked for may come when it has been left."""
    return screen in screen.app.screen_stack and all(screen.query(each) for each in widgets)


def holds(node: DOMNode, widget: str) -> bool:
    """Whether a widget is there, under ``node``. It costs nothing to ask: the desk asks before whatever it draws."""
    found = node.query_one_optional(widget)
    return found is not None and found.is_attached
