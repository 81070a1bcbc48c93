"""One contract for macros, from the owner's process and attached to it, on both engines."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.errors import NotFound, Refused
from helpdesk.macros import Macro
from helpdesk.ports import Desk
from helpdesk.ports.macros import Macros
from tests.contracts.desk import ANA, BEN, SIDES, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """The desk of a library, from each side."""
    async with library() as marsh, marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Macros).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f".macros.{name}(" in source, name


async def test_one_s_own_is_nobody_else_s(desk: Desk) -> None:
    """Kept whole, replaced under its name, let go."""
    made = await desk.macros.save(
        ANA, " Opening  times ", "Dear {name},\n", becomes="solved", tags=("hours",), opener=True
    )
    assert made == Macro(name="Opening times", text="Dear {name},", becomes="solved", tags=("hours",), opener=True)
    assert await desk.macros.known(ANA) == (made,)
    assert await desk.macros.known(BEN) == ()
    again = await desk.macros.save(ANA, "Opening times", "We open at nine.")
    assert await desk.macros.known(ANA) == (again,)
    await desk.macros.drop(ANA, "Opening times")
    assert await desk.macros.known(ANA) == ()
    with pytest.raises(NotFound, match="no macro"):
        await desk.macros.drop(ANA, "Opening times")


async def test_shared_ones_are_everybody_s(desk: Desk) -> None:
    """Beside one's own of the same name."""
    shared = await desk.macros.share(ANA, "Printer", "Paper is in tray 2.")
    own = await desk.macros.save(BEN, "Printer", "Ask me.")
    assert shared.shared
    assert await desk.macros.known(ANA) == (shared,)
    assert await desk.macros.known(BEN) == (shared, own)
    await desk.macros.unshare(BEN, "Printer")
    assert await desk.macros.known(BEN) == (own,)
    with pytest.raises(NotFound):
        await desk.macros.unshare(ANA, "Printer")


async def test_what_says_nothing_is_refused(desk: Desk) -> None:
    """In words."""
    with pytest.raises(Refused, match="says nothing yet"):
        await desk.macros.save(ANA, "Empty", " \n")
