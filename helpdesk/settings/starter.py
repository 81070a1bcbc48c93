"""What `helpdesk init` writes: settings, calendars and standards to start from, and the master key.

With a Noiseline also a plan of zones and the library's own texts, all of it commented out: nobody else knows its
floors, and nobody else may approve what it texts to whoever is in danger. The settings file is made from the settings'
own descriptions, so that it names every one of them. Nothing that is there already is touched.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from helpdesk.config import LineSettings, Settings
from helpdesk.errors import BadConfig
from helpdesk.noise.concerns import PRIORITY
from helpdesk.noise.texts import defaults
from helpdesk.settings import file as settings_file
from helpdesk.settings.rules import problems
from helpdesk.standards import presets_text
from helpdesk.store.master_key import create_master_key, key_places

WIDTH = 110

HEADER = """\
# The settings of the help desk. A line that starts with # and a setting shows its default: take the # away to change
# it. Relative paths start at this file's folder. A variable of the environment stands above the file and may hold a
# secret: HELPDESK_SMS__TOKENS is `tokens` in [sms], with commas between several. `helpdesk check` reads it all.
"""

LINES = """\
# The inbound lines: each is a number, a mailbox or the chat page, in a table [lines.NAME] of its own. The name is
# for reports and standards, in small letters, digits and hyphens, and stays when the title changes.
#
"""

STANDARDS = """\
# What the library promises. `helpdesk report` measures every contact against it.
#
# Editing this file changes nothing by itself: `helpdesk check` shows the difference, `helpdesk standards publish` puts
# it in force from then on. Contacts that came in before keep the promise that held when they came.
#
"""

TEXTS = """\
# The library's own words for what the help desk texts by itself. What is not here is said in the program's words
# (docs/noiseline-texts.md). One segment each: 160 characters of the phones' own alphabet.
#
# Whoever texts of danger gets a crisis text only once somebody who may has approved it. So take the # away, let them
# change the words, and write in who approved it and when.

[texts]
"""

NOISE = re.compile(r'kinds = \["noise"\]')
"""In which promises of the presets a Noiseline is needed."""

_UNSET = {
    ("calendars",): "calendars.toml",
    ("standards",): "standards.toml",
    ("texts",): "texts.toml",
    ("zones",): "zones.toml",
    ("store", "url"): "postgresql://helpdesk@db.example/helpdesk",
    ("store", "keys_url"): "postgresql://helpdesk@db.example/helpdesk_keys",
    ("store", "socket"): "helpdesk.sock",
    ("store", "keys"): "keys.sqlite",
    ("store", "master_key"): "master.key",
    ("web", "tls_certificate"): "fullchain.pem",
    ("web", "tls_key"): "privkey.pem",
    ("api", "tls_certificate"): "fullchain.pem",
    ("api", "tls_key"): "privkey.pem",
    ("oidc", "groups"): {"library-desk": "agent", "library-leads": "lead"},
    ("metrics", "token_file"): "metrics.token",
    ("sms", "tokens"): ["the carrier's auth token"],
    ("desk", "authority"): "authority.pem",
    ("desk", "keys"): {"reply": "r,f2"},
    ("escalation", "duty"): {"manager": {"address": "+447700900501", "line": "texts"}},
    ("contacts", "presets"): {"1": {"title": "Directions, at the desk", "read": 1, "first_contact": True}},
    ("report", "peers"): "peers.toml",
    ("report", "evidence"): "evidence.toml",
}
"""What stands, commented out, for settings that have no default worth showing."""

YEAR = 365

RETENTION = {
    "mail_raw_days": 90,
    "mail_identity_days": YEAR,
    "mail_text_days": 3 * YEAR,
    "sms_identity_days": YEAR,
    "sms_text_days": 3 * YEAR,
    "chat_identity_days": YEAR,
    "chat_text_days": 3 * YEAR,
    "desk_text_days": 3 * YEAR,
    "sealed_text_days": YEAR,
}
"""What a new library forgets, and when: who wrote after a year, what was written after three."""

ADVICE = (
    "zones.toml: your floors and rooms, so that a text finds its place; then `zones` in helpdesk.toml",
    "texts.toml: who approved the crisis texts; until then whoever texts of danger gets none",
    "helpdesk.toml: in [escalation] the duty list, who is told by phone of what nobody took",
)
"""What a new Noiseline is better with."""

_SAMPLES: dict[str, dict[str, str]] = {
    "help": {"channel": "mail", "title": "Enquiries", "address": "help@library.example"},
    "texts": {"channel": "sms", "title": "Text the library", "address": "+447700900100"},
    "noise": {
        "channel": "sms",
        "title": "Noiseline",
        "policy": "sealed",
        "kind": "noise",
        "address": "+447700900123",
    },
    "chat": {"channel": "chat", "title": "Chat", "address": "chat"},
}


_CHOSEN = {"library", "lines"}
"""The tables that :class:`Choices` fills in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is known already; lines whose address is "" are written as samples, commented out."""

    name: str = "The Library"
    zone: str = "Europe/London"
    mail: str = ""
    texts: str = ""
    noiseline: str = ""
    chat: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What `init` did. ``written`` and ``kept`` are files, ``left`` what the settings still need, in words.

    ``advice``: what a Noiseline is better with
    """

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    left: tuple[str, ...]
    advice: tuple[str, ...] = ()


def start(folder: Path, choices: Choices) -> Started:
    """Write what is missing in ``folder``; BadConfig where it can't be written or the settings there are wrong."""
    settings = settings_text(choices)
    _refuse_wrong(settings)
    texts = {
        folder / settings_file.NAME: settings,
        folder / "calendars.toml": calendars_text(choices.zone),
        folder / "standards.toml": STANDARDS + promises_text(noiseline=bool(choices.noiseline)),
    }
    if choices.noiseline:
        texts |= {folder / "zones.toml": zones_text(), folder / "texts.toml": crisis_texts()}
    written = [path for path, text in texts.items() if _write(path, text)]
    reading = settings_file.read(folder / settings_file.NAME)
    if made := _master_key(reading.settings):
        written.append(made)
    return Started(
        written=tuple(written),
        kept=tuple(path for path in texts if path not in written),
        left=reading.problems,
        advice=ADVICE if choices.noiseline else (),
    )


def _refuse_wrong(text: str) -> None:
    """BadConfig, before anything is written, where a zone, number or mailbox that was chosen is none."""
    chosen = [each for each in problems(Settings.model_validate(tomllib.loads(text))) if each.key[0] in _CHOSEN]
    if chosen:
        raise BadConfig("\n".join(f"{'.'.join(each.key)}: {each.remedy}" for each in chosen))


def _write(path: Path, text: str) -> bool:
    """Make a file that only its owner can read, unless there is one; whether it was made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise BadConfig(f"{path}: can't be written ({error.strerror}). Choose another folder with --folder.") from None
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def _master_key(settings: Settings) -> Path | None:
    """Make the master key, unless there is one, or keys that only another one opens."""
    places = key_places(settings.store, os.environ)
    used = isinstance(places.keys, Path) and places.keys.exists()
    if places.credential or places.master.exists() or used:
        return None
    create_master_key(places.master)
    return places.master


def calendars_text(zone: str) -> str:
    """The starting calendars, in the library's zone; bank holidays are those of England unless it lies elsewhere."""
    text = resources.files("helpdesk.settings").joinpath("starter_calendars.toml").read_text("utf-8")
    if zone != "Europe/London":
        text = text.replace('zone = "Europe/London"', f"zone = {_toml(zone)}").replace(
            "\nbank_holidays", "\n#bank_holidays"
        )
    return text


def promises_text(*, noiseline: bool) -> str:
    """The promises to start from; without a Noiseline those about noise are commented out."""
    text = presets_text()
    if noiseline:
        return text
    tables = re.split(r"(?m)^(?=\[standards\.)", text)
    return "".join(_commented(each) if NOISE.search(each) else each for each in tables)


def _commented(table: str) -> str:
    return re.sub(r"(?m)^(?=\S)", "#", table)


def zones_text() -> str:
    """A plan of zones to write over, commented out."""
    return resources.files("helpdesk.settings").joinpath("starter_zones.toml").read_text("utf-8")


def crisis_texts() -> str:
    """The crisis texts as we would word them, commented out and approved by nobody."""
    drafts = tomllib.loads(defaults().text)["noise"]
    names = [f"crisis_{concern}" for concern in PRIORITY]
    rows = [f'#{name} = {{ text = {_toml(drafts[name])}, approved_by = "", approved_on = "" }}' for name in names]
    return TEXTS + "\n".join(rows) + "\n"


def settings_text(choices: Choices) -> str:
    """A settings file that names every setting, with what is known filled in."""
    chosen: dict[tuple[str, ...], Any] = {
        ("library", "name"): choices.name,
        ("library", "zone"): choices.zone,
        ("calendars",): "calendars.toml",
        ("standards",): "standards.toml",
        **{("retention", name): days for name, days in RETENTION.items()},
        ("probe", "at"): "07:30",
    }
    if choices.noiseline:
        chosen["texts",] = "texts.toml"
    if choices.chat and choices.mail:
        chosen["chat", "form_line"] = "help"
    parts = [HEADER, "\n".join(_settings(Settings, (), chosen))]
    for name, field in Settings.model_fields.items():
        if name == "lines":
            parts.append(LINES + "\n".join(_explained(LineSettings)) + "\n")
            parts.extend(_line(sample, choices) for sample in _SAMPLES)
        elif section := _section(field):
            title = _wrapped(_first_line(section))
            parts.append("\n".join([*title, f"[{name}]", *_settings(section, (name,), chosen)]))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _settings(model: type[BaseModel], above: tuple[str, ...], chosen: Mapping[tuple[str, ...], Any]) -> Iterator[str]:
    """Every setting of a section: its description, then its value; commented out where it is the default."""
    for name, field in model.model_fields.items():
        key = (*above, name)
        if _section(field) or name == "lines":
            continue
        yield from _wrapped(field.description or "")
        mark, value = ("", chosen[key]) if key in chosen else ("#", _UNSET.get(key, field.default))
        yield f"{mark}{name} = {_toml(value)}"


def _explained(model: type[BaseModel]) -> Iterator[str]:
    """Every setting of a line, with its default."""
    for name, field in model.model_fields.items():
        default = "" if field.is_required() or field.default == "" else f" Default: {_toml(field.default)}."
        first, *more = textwrap.wrap(f"{name:18}{field.description}{default}", WIDTH, subsequent_indent=" " * 18)
        yield from (f"#   {line}" for line in (first, *more))


def _line(name: str, choices: Choices) -> str:
    """One line's table, commented out unless it was chosen."""
    given = {"help": choices.mail, "texts": choices.texts, "noise": choices.noiseline, "chat": "chat"}[name]
    used = choices.chat if name == "chat" else bool(given)
    values = _SAMPLES[name] | ({"address": given} if given else {})
    rows = [f"[lines.{name}]", *(f"{key} = {_toml(value)}" for key, value in values.items())]
    hours = 'calendar = "staffed"'
    keeps = used and name == "noise"  # its first text says until when somebody is there
    return "\n".join([*(row if used else "#" + row for row in rows), hours if keeps else f"#{hours}"])


def _section(field: FieldInfo) -> type[BaseModel] | None:
    annotation = field.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").partition("\n")[0]


def _wrapped(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH)]


def _toml(value: object) -> str:
    """A value as TOML writes it. A secret's default is empty and is shown so."""
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)
