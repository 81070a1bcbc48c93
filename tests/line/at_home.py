"""The line on this terminal, or on this pipe, over a library in memory. ``python -m tests.line.at_home [line]``."""

from __future__ import annotations

import sys

from helpdesk.commands.line import Asked, said_to, voice_of
from tests.tui.house import ANA, busy, house
from tui.line.session import opened
from tui.line.table import VERBS
from tui.line.terminal import Keyboard


def main() -> int:
    """Open the line and wait until it is left; the exit status."""
    keyboard, asked = Keyboard(words=[verb.id for verb in VERBS]), Asked(" ".join(sys.argv[1:]))

    async def work() -> int:
        async with house(said="a library in memory") as library:
            await busy(library)
            async with opened(library.desk, ANA, voice_of(asked), keyboard, owner=True) as talk:
                return await said_to(talk, asked)

    return keyboard.beside(work)


if __name__ == "__main__":
    sys.exit(main())
