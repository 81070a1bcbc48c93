"""The pages of docs/ that are made from the program itself. ``python -m tests.reference`` writes them anew."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from helpdesk.cli import run
from helpdesk.config import Settings
from helpdesk.retention import as_markdown
from helpdesk.settings.starter import RETENTION as RETENTION_DAYS
from helpdesk.settings.starter import Choices, settings_text
from tests import calls_page, roles_page, views_page
from tui.commands import COMMANDS as COMMAND_TABLE
from tui.footer import keys_markdown

DOCS = Path(__file__).parents[1] / "docs"

SETTINGS = """\
# Settings

`helpdesk init` writes this file, `helpdesk.toml`. It is looked for in this order: `--config`, `$HELPDESK_CONFIG`, the
folder that a command runs in, `~/.config/helpdesk/`. `helpdesk check` says what is wrong with it: the line, the key
and the remedy.

Secrets need not lie in it. Any setting can be given as a variable, which then stands above the file: `HELPDESK_`, the
table, two underscores, the key, as in `HELPDESK_SMS__TOKENS` (several with commas) or `HELPDESK_MAIL__RELAY_PASSWORD`.
Only what runs the channels asks for them: `helpdesk serve`, and a desk that owns the store. An attached desk, reports
and the commands of hours, standards and the store do without.

```toml
{file}```
"""

COMMANDS = """\
# Commands

The exit status is 0 where all is well, 1 where something is wrong (and is said), 2 where the command or the settings
are.

{commands}"""

RETENTION = """\
# Retention schedule

`helpdesk noiseline schedule` prints this page for your own library, as its settings stand. Here it is for the settings
that `helpdesk init` writes, with a Noiseline, a text line, a mailbox and a chat page. What [retention] sets is done by
night; `helpdesk retention --dry-run` says what would go. [privacy.md](privacy.md) says what it erases, and what stays.
"""

EXAMPLE = Settings.model_validate(
    {
        "lines": {
            "noise": {"channel": "sms", "title": "Noiseline", "policy": "sealed", "address": "+447700900001"},
            "texts": {"channel": "sms", "title": "Texts", "address": "+447700900002"},
            "mail": {"channel": "mail", "title": "Enquiries", "address": "enquiries@library.example"},
            "chat": {"channel": "chat", "title": "Web chat", "address": "chat"},
        },
        "retention": RETENTION_DAYS,
    }
)

NAMES = (
    ("demo",),
    ("init",),
    ("check",),
    ("serve",),
    ("browser-desk",),
    ("reload",),
    ("reload",),
    ("desk",),
    ("line",),
    ("tour",),
    ("report",),
    ("publish",),
    ("evidence",),
    ("retention",),
    ("forget",),
    ("export",),
    ("benchmark", "show"),
    ("benchmark", "export"),
    ("hours", "show"),
    ("hours", "open"),
    ("hours", "due"),
    ("hours", "spent"),
    ("hours", "before"),
    ("hours", "publish"),
    ("hours", "import"),
    ("standards", "show"),
    ("standards", "history"),
    ("standards", "check"),
    ("standards", "publish"),
    ("standards", "suspend"),
    ("standards", "resume"),
    ("standards", "explain"),
    ("noiseline", "status"),
    ("noiseline", "rotate"),
    ("noiseline", "attack"),
    ("noiseline", "schedule"),
    ("noiseline", "zones"),
    ("noiseline", "posters"),
    ("macros", "export"),
    ("macros", "import"),
    ("macros", "starter"),
    ("hooks", "add"),
    ("hooks", "list"),
    ("hooks", "test"),
    ("hooks", "log"),
    ("hooks", "enable"),
    ("hooks", "disable"),
    ("hooks", "rotate"),
    ("hooks", "remove"),
    ("login",),
    ("logout",),
    ("staff", "add"),
    ("staff", "list"),
    ("staff", "role"),
    ("staff", "disable"),
    ("staff", "enable"),
    ("staff", "drop-pin"),
    ("staff", "token", "issue"),
    ("staff", "token", "list"),
    ("staff", "token", "revoke"),
    ("staff", "trail"),
    ("db", "copy"),
    ("db", "upgrade"),
    ("db", "check"),
    ("db", "backup"),
    ("db", "drill"),
    ("db", "restore"),
    ("db", "rebuild"),
    ("db", "export"),
    ("db", "import"),
    ("import", "tickets"),
    ("import", "mbox"),
)


def _command(name: tuple[str, ...]) -> str:
    return f"## helpdesk {' '.join(name)}\n\n```\n{_help(name)}```\n"


def _help(name: tuple[str, ...]) -> str:
    """What ``--help`` prints in a terminal of 80 columns."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            run([*name, "--help"])
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    return printed.getvalue()


PAGES: Mapping[Path, Callable[[], str]] = {
    DOCS / "settings.md": lambda: SETTINGS.format(file=settings_text(Choices())),
    DOCS / "retention.md": lambda: RETENTION + as_markdown(EXAMPLE).partition("\n")[2],
    DOCS / "roles.md": roles_page.text,
    DOCS / "api-calls.md": calls_page.text,
    DOCS / "keys.md": lambda: keys_markdown(COMMAND_TABLE),
    DOCS / "views.md": views_page.text,
    DOCS / "commands.md": lambda: COMMANDS.format(commands="\n".join(map(_command, NAMES))),
}
"""Each page's place, and what makes its text."""


if __name__ == "__main__":
    for path, text in PAGES.items():
        path.write_text(text(), "utf-8")
