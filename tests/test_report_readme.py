"""The README's example: the command beside it prints it. ``python -m tests.test_report_readme`` writes it anew."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import shlex
import tempfile
from pathlib import Path

from helpdesk.cli import run
from tests.report_house import Library, at, library

README = Path(__file__).parents[1] / "README.md"

SETTINGS = '[library]\nname = "Moor Street Library"\nzone = "Europe/London"\n\n[store]\npath = "desk.sqlite"\n'

_EXAMPLE = re.compile(r"```\n\$ (helpdesk report [^\n|]+) \| head -(\d+)\n(.*?)```", re.S)


async def october(house: Library) -> None:
    """A month at the desk: noise texts, mails and chats, of which some were answered late and one never."""
    for n in range(30):
        came = at(f"2026-10-{n + 1:02}", f"{9 + n % 9:02}:{n * 7 % 60:02}")
        text = await house.comes("noise", came)
        house.clock.passes(minutes=27 if n % 11 == 5 else 4 + n * 5 % 11)
        await house.replies(text)
        mail = await house.comes("help")
        chat = await house.comes("chat")
        house.clock.passes(seconds=95 if n % 7 == 3 else 12 + n)
        await house.claims(chat)
        house.clock.passes(minutes=40 + 9 * n)
        if n != 24:
            await house.replies(mail)
    house.clock.move_to(at("2026-11-02", "09:00"))


def example() -> tuple[str, int, str]:
    """The command of the README, how many lines of it are shown, and the lines."""
    found = _EXAMPLE.search(README.read_text(encoding="utf-8"))
    assert found is not None
    return found[1], int(found[2]), found[3]


def printed(folder: Path, command: str) -> str:
    """What the command prints where October has been."""

    async def played() -> None:
        async with library(path=folder / "desk.sqlite") as house:
            await october(house)

    asyncio.run(played())
    (folder / "helpdesk.toml").write_text(SETTINGS)
    raw = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(raw, "utf-8")) as said:
        assert run([*shlex.split(command)[1:], "--config", str(folder / "helpdesk.toml")]) == 0
        said.flush()
    return raw.getvalue().decode()


def test_the_readme_shows_what_its_command_prints(tmp_path: Path) -> None:
    """Line by line; where the report has changed, ``python -m tests.test_report_readme`` writes it anew."""
    command, shown, lines = example()
    assert lines.splitlines() == printed(tmp_path, command).splitlines()[:shown]
    assert shown <= 45
    assert max(map(len, lines.splitlines())) <= 80


def write() -> None:
    """The example, as the command prints it now."""
    command, shown, old = example()
    with tempfile.TemporaryDirectory() as folder:
        new = "\n".join(printed(Path(folder), command).splitlines()[:shown]) + "\n"
    README.write_text(README.read_text(encoding="utf-8").replace(old, new), "utf-8")


if __name__ == "__main__":
    write()
