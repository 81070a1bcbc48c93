"""The library at which the desks of most tests stand; a file that needs another one says so itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from helpdesk import pins
from tests.tui.house import House, house


@pytest.fixture(scope="session", autouse=True)
def _style_sheets_are_parsed_once() -> Iterator[None]:
    """The desk of a test has the rules of those before it, in the same colours: Textual would read all of them anew."""
    parse, parsed = Stylesheet._parse_rules, dict[object, list[RuleSet]]()

    def once(sheet: Stylesheet, *args: Any, **kwargs: Any) -> list[RuleSet]:
        key = args, *kwargs.items(), *sheet._variables.items()
        if key not in parsed:
            parsed[key] = parse(sheet, *args, **kwargs)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _this_terminal_is_no_other() -> Iterator[None]:
    """The tests' own terminals are not inside the multiplexer that whoever runs the tests may sit in."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TMUX", "STY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _pins_take_no_time() -> Iterator[None]:
    """They are hashed in few rounds: what a desk asks and says is looked at here, not what keeps a thief busy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pins, "PIN_ROUNDS", 100)
        yield


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """An open library, nothing in it yet."""
    async with house() as opened:
        yield opened
