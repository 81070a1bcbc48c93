"""The pages say what is there: links lead somewhere, commands parse, make targets exist, the demo's line runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpdesk.cli import command_line
from tui.commands import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])

_BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(helpdesk [^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _commands(path: Path) -> Iterator[str]:
    """Every `helpdesk ...` that a page tells its reader to type."""
    text = path.read_text(encoding="utf-8")
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    for line in [*lines, *_INLINE.findall(text)]:
        typed = re.sub(r"\s+[#|>].*$", "", line.strip().removeprefix("$ "))
        if re.match(r"helpdesk [a-z-]", typed) and "..." not in typed and "  " not in typed:
            yield typed


TYPED = sorted({(_name(page), command) for page in PAGES for command in _commands(page)})


def _parsed(arguments: list[str]) -> None:
    """Let the command line read its arguments, without running anything. SystemExit or a usage error if it can't."""
    group: Any = command_line()
    context = group.make_context("helpdesk", list(arguments), resilient_parsing=False)
    rest = [*context._protected_args, *context.args]
    command = group
    while rest and hasattr(command, "resolve_command"):
        _, command, rest = command.resolve_command(context, rest)
        context = command.make_context("helpdesk", list(rest), parent=context)
        rest = [*context._protected_args, *context.args] if hasattr(command, "resolve_command") else []


@pytest.mark.parametrize(("page", "command"), TYPED)
def test_every_command_on_the_pages_can_be_typed(page: str, command: str) -> None:
    """The commands and options that the pages name are there."""
    words = re.findall(r'"[^"]*"|\S+', command)[1:]
    _parsed([word.strip('"') for word in words])


def test_the_pages_name_commands() -> None:
    """The parser of the pages finds what they hold."""
    assert len(TYPED) > 12


def test_a_command_that_is_not_there_is_found_out() -> None:
    """The check above can fail."""
    with pytest.raises((Exception, SystemExit)):
        _parsed(["report", "--by", "fortnight"])


def test_the_managers_examples_are_of_a_report() -> None:
    """What docs/manager.md explains line by line stands so in the golden report by month."""
    page = (ROOT / "docs" / "manager.md").read_text(encoding="utf-8")
    golden = (ROOT / "tests" / "golden" / "report_month.txt").read_text(encoding="utf-8")
    pieces = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(pieces) > 5
    assert [piece for piece in pieces if piece not in golden] == []


def test_the_managers_keys_are_the_desks() -> None:
    """The keys and commands of the desk that docs/manager.md names do what it says of them."""
    page = (ROOT / "docs" / "manager.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`:([a-z]+)`", page))
    keys = {command.id: command.keys for command in COMMANDS}
    assert named
    assert named <= keys.keys()
    assert (keys["explain"], keys["attended"]) == (("W",), ("v",))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links within the project name files that exist."""
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_every_make_target_on_the_pages_exists() -> None:
    """`make ...` on a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for page in PAGES for target in re.findall(r"\bmake ([a-z-]+)\b", page.read_text(encoding="utf-8"))}
    assert {target for target in named if target in targets} >= {"demo", "test"}
    assert {target for target in named if f"`make {target}" in _all()} <= targets


def _all() -> str:
    return "".join(page.read_text(encoding="utf-8") for page in PAGES)
