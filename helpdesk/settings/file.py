"""Reads ``helpdesk.toml`` into :class:`~helpdesk.config.Settings`.

The file is the first of: ``--config``, ``$HELPDESK_CONFIG``, ``./helpdesk.toml``, ``~/.config/helpdesk/helpdesk.toml``.
A variable such as ``HELPDESK_SMS__TOKENS`` stands above the file, so that secrets need not lie in it; lists are
written with commas. Relative paths start at the file's folder.

All that is wrong is told at once, a line each: the file, its line, the key, the remedy. No secret is ever shown.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from helpdesk.config import DEFAULT_CALENDAR, Settings
from helpdesk.errors import BadConfig
from helpdesk.places import TomlText, line_of, lines
from helpdesk.settings.rules import Problem, problems, unknown_calendars
from helpdesk.tables import nearest

NAME = "helpdesk.toml"
PREFIX = "HELPDESK_"

Values = dict[str, Any]
Key = tuple[str, ...]


CHANNELS = frozenset({"lines", "sms", "smpp", "mail", "web", "chat"})
"""The tables that only whoever runs the channels needs to agree: secrets may be known to the service alone."""


def load(path: Path | None = None, *, channels: bool = True) -> Settings:
    """The settings of the first file found; BadConfig, a line for each problem, if anything is wrong.

    Without ``channels`` it is only for work on the store, and what they lack is not in the way.
    """
    reading = read(path, channels=channels)
    if reading.problems:
        raise BadConfig("\n".join(reading.problems))
    return reading.settings


@dataclass(frozen=True, slots=True)
class Reading:
    """Settings that are well-formed, and what does not agree between them: a line for each, in the file's order."""

    file: Path
    settings: Settings
    problems: tuple[str, ...]


def read(path: Path | None = None, *, channels: bool = True) -> Reading:
    """The settings of the first file found; BadConfig only where a key or a value is wrong by itself.

    Without ``channels`` nothing is said of what does not agree in the tables of the channels.
    """
    file = find(path)
    text = _text(file)
    above = environment()
    values = _merged(TomlText(str(file), text).values(), above)
    where = _Places(file, text, above)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong = where.told(_shaped(detail) for detail in error.errors(include_url=False))
        raise BadConfig("\n".join(wrong)) from None
    settings = _rooted(settings, file.parent)
    disagree = [*problems(settings), *unknown_calendars(settings, _calendars(settings))]
    told = [each for each in disagree if channels or each.key[0] not in CHANNELS]
    return Reading(file, settings, where.told(told))


def _calendars(settings: Settings) -> tuple[str, ...]:
    """The calendars that settings may name.

    Where their file can't be read, those that they do name: what is wrong with it is told when it is read itself.
    """
    if settings.calendars is None:
        return (DEFAULT_CALENDAR,)
    try:
        values = tomllib.loads(settings.calendars.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return (*(line.calendar for line in settings.lines.values()), settings.report.calendar)
    return tuple(values.get("calendars", {}))


def find(path: Path | None = None) -> Path:
    """Which file is read; BadConfig, naming all places looked at, if there is none."""
    named = path or (Path(os.environ["HELPDESK_CONFIG"]) if os.environ.get("HELPDESK_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            raise BadConfig(f"{named}: there is no such file. Name another with --config, or run `helpdesk init`.")
        return named.absolute()
    places = (Path.cwd() / NAME, Path.home() / ".config" / "helpdesk" / NAME)
    for place in places:
        if place.is_file():
            return place
    looked = " or ".join(str(place) for place in places)
    raise BadConfig(f"There is no {looked}. Run `helpdesk init` to write one, or name it with --config.")


def environment() -> Values:
    """What variables of the environment set, as a tree of keys."""
    found: Values = _Environment(_FromEnvironment)()
    return found


def overridden(values: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The names of the variables that stand above the file."""
    leaves = _leaves(environment() if values is None else values)
    return tuple(sorted(_variable(key) for key in leaves))


class _FromEnvironment(Settings, BaseSettings):
    """The settings as pydantic-settings looks for them in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)


class _Environment(EnvSettingsSource):
    """Variables as values: a list may be written with commas, so that a token needs no brackets."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """JSON where it is JSON, else the parts between commas."""
        try:
            return json.loads(value)
        except ValueError:
            return [part.strip() for part in str(value).split(",") if part.strip()]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise BadConfig(f"{file}: can't be read ({error.strerror}). Mend its permissions.") from None
    except UnicodeDecodeError as error:
        raise BadConfig(f"{file}: is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None


def _merged(below: Values, above: Mapping[str, Any]) -> Values:
    """``below`` with all that ``above`` sets; neither is changed."""
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        merged[name] = _merged(under, value) if isinstance(value, Mapping) and isinstance(under, dict) else value
    return merged


def _rooted(settings: Settings, folder: Path) -> Settings:
    """Every path absolute: relative ones start at ``folder``."""

    def rooted(path: Path | None) -> Path | None:
        return None if path is None else Path(os.path.abspath(folder / path.expanduser()))

    listen = settings.mail.listen
    mail = settings.mail.model_copy(update={"listen": str(rooted(Path(listen)))}) if "/" in listen else settings.mail
    web, api = (
        each.model_copy(update={name: rooted(getattr(each, name)) for name in ("tls_certificate", "tls_key")})
        for each in (settings.web, settings.api)
    )
    store = settings.store.model_copy(
        update={name: rooted(getattr(settings.store, name)) for name in ("path", "socket", "keys", "master_key")}
    )
    return settings.model_copy(
        update={
            "store": store,
            "web": web,
            "api": api,
            "metrics": settings.metrics.model_copy(update={"token_file": rooted(settings.metrics.token_file)}),
            "mail": mail,
            "calendars": rooted(settings.calendars),
            "standards": rooted(settings.standards),
            "texts": rooted(settings.texts),
            "zones": rooted(settings.zones),
            "desk": settings.desk.model_copy(update={"authority": rooted(settings.desk.authority)}),
            "report": settings.report.model_copy(
                update={name: rooted(getattr(settings.report, name)) for name in ("peers", "evidence")}
            ),
        }
    )


# Errors, in words.


def _shaped(detail: ErrorDetails) -> Problem:
    """A validation error as key and remedy."""
    key = tuple(str(part) for part in detail["loc"])
    field = _field(key)
    match detail["type"]:
        case "missing":
            return Problem(key, "is missing; add it" + _described(field))
        case "extra_forbidden":
            return Problem(key, f"is not a known key; {nearest(key[-1], _known(key[:-1]))}")
        case "model_type" | "model_attributes_type" | "dict_type":
            return Problem(key, f"write a table here: [{'.'.join(key)}]")
        case "tuple_type":
            return Problem(key, 'write a list: ["one", "two"]' + _described(field))
        case "string_type":
            return Problem(key, "write text in quotes" + _described(field))
        case "value_error":
            return Problem(key, str(detail["ctx"]["error"]))
    said = detail["msg"].replace("Input should", "should", 1)
    got = "" if _secret(key) or not _short(detail["input"]) else f", not {detail['input']!r}"
    return Problem(key, f"{said}{got}" + _described(field))


def _described(field: FieldInfo | None) -> str:
    return f". {field.description}" if field and field.description else ""


def _short(value: object) -> bool:
    return isinstance(value, str | int | float) and len(repr(value)) <= 60


def _model(key: Key) -> type[BaseModel] | None:
    """The table that stands at ``key``, None where there is none."""
    here: Any = Settings
    for part in key:
        if get_origin(here) is dict:
            here = get_args(here)[-1]
        elif isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = here.model_fields[part].annotation
        else:
            return None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _known(key: Key) -> tuple[str, ...]:
    model = _model(key)
    return tuple(model.model_fields) if model else ()


def _field(key: Key) -> FieldInfo | None:
    for end in range(len(key), 0, -1):
        model = _model(key[: end - 1])
        if model and key[end - 1] in model.model_fields:
            return model.model_fields[key[end - 1]]
    return None


def _secret(key: Key) -> bool:
    field = _field(key)
    return field is not None and SecretStr.__name__ in str(field.annotation)


def _variable(key: Key) -> str:
    return PREFIX + "__".join(part.upper() for part in key)


def _leaves(values: Mapping[str, Any], above: Key = ()) -> Iterator[Key]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name)


class _Places:
    """Says where a key was written: a line of the file, or a variable."""

    def __init__(self, file: Path, text: str, above: Mapping[str, Any]) -> None:
        self._file = file
        self._lines = lines(text)
        self._variables = set(_leaves(above))

    def told(self, found: Iterable[Problem]) -> tuple[str, ...]:
        """One line for each problem, in the order of the file."""
        return tuple(line for _, line in sorted(map(self._told, found), key=lambda told: told[0]))

    def _told(self, problem: Problem) -> tuple[int, str]:
        number = line_of(self._lines, problem.key)
        where = self._variable(problem.key) or (f"{self._file}:{number}" if number else str(self._file))
        return number, f"{where}: {'.'.join(problem.key)}: {problem.remedy}"

    def _variable(self, key: Key) -> str:
        held = next((key[:end] for end in range(len(key), 0, -1) if key[:end] in self._variables), None)
        return _variable(held) if held else ""
