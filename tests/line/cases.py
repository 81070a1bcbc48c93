"""What each verb must do, tried against the desk's own state: one case for each command of the table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.line.listener import Listener

Case = Callable[[Listener], Awaitable[None]]
"""Says lines and looks at what came of them."""

AT_NOON: dict[str, Case] = {}
"""Cases at a busy Monday noon, by the command's id."""

IN_NOISE: dict[str, Case] = {}
"""Cases where it is loud."""

REASONS: dict[str, str] = {
    "colours": "Line mode has no colours: there is nothing to change.",
    "redraw": "Line mode draws no screen: what was said stands above.",
    "quiet": "Line mode rings no bell and sends no notice: news stand before the next prompt.",
}
"""Commands that only the full screen needs, and what their verb says of it."""


def case(*commands: str, where: dict[str, Case] = AT_NOON) -> Callable[[Case], Case]:
    """The case of some commands."""

    def kept(tried: Case) -> Case:
        for each in commands:
            where[each] = tried
        return tried

    return kept
