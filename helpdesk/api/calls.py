"""The calls of a protocol, from its type hints: what each takes, what it gives, and both as JSON.

Each ``async def`` of a protocol is a :class:`Call`. What reads and writes JSON is made once, when it is first needed: a
command that makes one call does not wait for the rest. Two parameters are not among what is
given with a call: ``actor`` is who asks, ``key`` makes it repeatable; both travel beside it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Json, TypeAdapter, create_model

BESIDE = frozenset({"actor", "key"})
"""Parameters that are headers, wherever they stand."""

ANNOTATED: Any = Annotated
"""For hints that are made rather than written."""

_SHUT = ConfigDict(extra="forbid")
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """One method of a protocol.

    ``parameters``  what is given with it, by name: its type hint, and its default (``...`` where it must be given)
    ``beside``      which of ``actor`` and ``key`` it takes
    ``returns``     its return type; bytes travel as they are, None as nothing, all else as JSON
    """

    name: str
    summary: str
    description: str
    parameters: Mapping[str, tuple[Any, Any]]
    beside: frozenset[str]
    signature: inspect.Signature
    returns: Any

    @property
    def result(self) -> TypeAdapter[Any]:
        """Reads and writes what it returns; made when it is first needed."""
        return _adapter(self.returns)

    def encode(self, value: Any) -> bytes:
        """A result as it travels."""
        if self.returns is bytes:
            return bytes(value)
        return b"" if self.returns is NoneType else self.result.dump_json(value)

    def decode(self, content: bytes) -> Any:
        """A result that has travelled. ValidationError where it is no such thing."""
        if self.returns is bytes:
            return content
        return None if self.returns is NoneType else self.result.validate_json(content)


@cache
def calls(protocol: type) -> tuple[Call, ...]:
    """Every ``async def`` of a protocol, in its order. A plain ``def`` (a stream) is not among them."""
    methods = [(name, value) for name, value in vars(protocol).items() if inspect.iscoroutinefunction(value)]
    return tuple(_call(name, method) for name, method in methods if not name.startswith("_"))


def _call(name: str, method: Any) -> Call:
    hints = get_type_hints(method)
    returns = hints.pop("return")
    signature = inspect.signature(method)
    taken = list(signature.parameters.values())[1:]
    summary, _, more = (inspect.getdoc(method) or "").partition("\n")
    return Call(
        name=name,
        summary=summary,
        description=more.strip(),
        parameters={
            each.name: (hints[each.name], ... if each.default is each.empty else each.default)
            for each in taken
            if each.name not in BESIDE
        },
        beside=BESIDE & {each.name for each in taken},
        signature=signature.replace(parameters=taken),
        returns=NoneType if returns is None else returns,
    )


@cache
def _adapter(returns: Any) -> TypeAdapter[Any]:
    return TypeAdapter(returns)


Parameters = Mapping[str, tuple[Any, Any]]


def model_of(name: str, parameters: Parameters, *, texts: bool) -> type[BaseModel]:
    """A model of some parameters; what it does not name is refused.

    ``texts``: they come as texts, in a path or a query, and what is more than a word comes as JSON in one.
    """
    shown: dict[str, Any] = {
        each: (in_text(hint) if texts else hint, default) for each, (hint, default) in parameters.items()
    }
    return create_model(name, __config__=_SHUT if texts else _STRICT, **shown)


def in_text(hint: Any) -> Any:
    """The hint of a parameter that comes as a text."""
    if get_origin(hint) in {Union, UnionType}:
        return Union[tuple(in_text(each) for each in get_args(hint))]  # noqa: UP007 - made, not written
    plain = getattr(hint, "__supertype__", hint)
    if plain in _WRITTEN:
        return ANNOTATED[hint, BeforeValidator(_WRITTEN[plain])]
    return ANNOTATED[hint, Json] if is_dataclass(hint) else hint


def _whole(text: object) -> object:
    """A whole number is digits and nothing else: neither "1.0" nor "1_000"."""
    if isinstance(text, str) and not re.fullmatch("-?[0-9]{1,40}", text):
        raise ValueError("should be a whole number")
    return text


def _truth(text: object) -> object:
    if isinstance(text, str) and text not in {"true", "false"}:
        raise ValueError("should be true or false")
    return text


def _day(text: object) -> object:
    """A day is written, not counted: "20000" is none."""
    if isinstance(text, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("should be a day such as 2026-11-30")
    return text


_WRITTEN: Mapping[Any, Callable[[object], object]] = {int: _whole, bool: _truth, date: _day}
"""How values that are no words are written in a path and a query: pydantic would take them in other spellings, too."""
