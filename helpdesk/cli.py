"""The command line: which commands there are, where each is, and how what goes wrong is said.

A command reads its arguments and the settings, calls one thing, prints what it says.

Exit status: 0 all is well, 1 something is wrong (and is said), 2 the command or the settings are wrong.
Only the command that is asked for is imported, and heavy modules only inside it: a desk opens the sooner, and
``helpdesk --version`` costs nothing.
"""

from __future__ import annotations

import os
import sys
from collections import UserDict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from helpdesk import __version__
from helpdesk.errors import BadConfig, HelpdeskError
from helpdesk.frames import frame_lines
from helpdesk.journal import quiet

COMMANDS = {
    "init": "init:init",
    "check": "check:check",
    "desk": "desk:desk",
    "demo": "demo:demo",
    "line": "line:line",
    "tour": "tour:tour",
    "serve": "serve:serve",
    "browser-desk": "browser_desk:browser_desk",
    "reload": "serve:reload",
    "report": "report:report",
    "publish": "publish:publish",
    "evidence": "evidence:evidence",
    "retention": "retention:retention",
    "forget": "forget:forget",
    "export": "forget:export",
    "login": "login:login",
    "logout": "login:logout",
    "hours": "hours:hours",
    "standards": "standards:standards",
    "noiseline": "noiseline:noiseline",
    "benchmark": "benchmark:benchmark",
    "db": "db:db",
    "import": "history:history",
    "hooks": "hooks:hooks",
    "macros": "macros:macros",
    "staff": "staff:staff",
}
"""Each command's function, or its group of commands, in :mod:`helpdesk.commands`; in the order of ``--help``."""

_OWN_WORDS_FOLLOW = {"line"}
"""Commands whose own words may begin with a dash: what follows the first is theirs."""

BROKEN = 70
"""The exit status of a fault of ours (EX_SOFTWARE of sysexits.h)."""


class Gathered(UserDict[str, Any]):
    """Commands by name, each the words of its place until it is asked for: then it is imported and read."""

    def __getitem__(self, name: str) -> Any:
        if isinstance(self.data[name], str):
            self.data[name] = _read(name, self.data[name])
        return self.data[name]


def _read(name: str, place: str) -> Any:
    """The command ``name`` from the signature of what stands at a place."""
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"helpdesk.commands.{module}"), attribute)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.callback()(_nothing)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        settings = {"allow_interspersed_args": False} if name in _OWN_WORDS_FOLLOW else None
        alone.command(name, context_settings=settings)(found)
    return cast("TyperGroup", typer.main.get_command(alone)).commands[name]


def _nothing() -> None:
    """What a group does before its command."""


class AllCommands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.commands = Gathered(COMMANDS)


app = typer.Typer(
    name="helpdesk",
    help="A help desk for libraries: texts, mail and web chat in one queue, answered in the terminal.",
    cls=AllCommands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command that was asked for, and leave with its exit status.

    A fault of ours shows where it was and its kind; its words, which may hold a patron's, are not printed.
    """
    _stand_in_for_closed()
    try:
        status = run(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - the last guard: Python would print the error's words
        typer.echo("helpdesk: something in it is broken. Please pass these lines on:", err=True)
        typer.echo("\n".join(frame_lines(error)), err=True)
        status = BROKEN
    sys.exit(status)


def _stand_in_for_closed() -> None:
    """Where input or output is closed (``<&-``), have an empty one, and nothing else take its number: a store's file
    that was opened as number 1 would be written to by whoever prints.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


@cache
def command_line() -> TyperGroup:
    """The tree of all commands, read from their signatures once."""
    return cast("TyperGroup", typer.main.get_command(app))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. What is wrong goes to standard error, a line each, with no traceback."""
    try:
        with quiet():
            command_line()(args=list(arguments), prog_name="helpdesk")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except (HelpdeskError, BaseExceptionGroup) as error:
        leaves = list(_leaves(error))
        if not all(isinstance(leaf, HelpdeskError) for leaf in leaves):
            raise
        for leaf in leaves:
            for line in str(leaf).splitlines():
                typer.echo(f"helpdesk: {line}", err=True)
        return 2 if any(isinstance(leaf, BadConfig) for leaf in leaves) else 1
    return 0


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"helpdesk {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


if __name__ == "__main__":
    main()
