"""Any protocol of ours with the gate before it: each of its calls is asked for, made, noted.

What a protocol offers is read from its own methods, so that a call that is added to it stands behind the gate from its
first day: the table of permissions names it, or it is nobody's.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_type_hints

from helpdesk.errors import NotAllowed, Refused
from helpdesk.events import Kind
from helpdesk.gate import ARGUMENTS, OWNER, Asked, Caller, Gate
from helpdesk.permissions import TRAILED
from helpdesk.pins import PinTooSoon, WrongPin
from helpdesk.sight import Nearing, Notice, Standing

T = TypeVar("T")

ENDING = frozenset({Kind.STAFF_DISABLED, Kind.TOKEN_REVOKED})
"""After these facts it is asked again whether whoever listens still may."""

_OF_CONTACTS = ("person:", "duty:")
"""Notices about single contacts, by their keys."""


def behind(gate: Gate, under: str, protocol: type, inner: T, caller: Caller = OWNER) -> T:
    """``inner`` as ``caller`` may use it: all that ``protocol`` has, and nothing else.

    ``under`` is what :data:`helpdesk.permissions.NEEDS` calls the protocol.
    """
    return cast(T, _Gated(gate, under, protocol, inner, caller))


class _Gated:
    """Has the methods of a protocol, each made when it is asked for."""

    def __init__(self, gate: Gate, under: str, protocol: type, inner: object, caller: Caller) -> None:
        self._gate = gate
        self._under = under
        self._protocol = protocol
        self._inner = inner
        self._caller = caller

    def __getattr__(self, name: str) -> Any:
        make = _members(self._protocol).get(name)
        if make is None:
            raise AttributeError(f"{self._protocol.__name__} has no {name}")
        return make(self)

    def asked(
        self, name: str, parameters: tuple[str, ...], args: tuple[object, ...], more: Mapping[str, object]
    ) -> Asked:
        """A call with what the gate looks at of its arguments."""
        given = {key: value for key, value in zip(parameters, args, strict=False) if key in ARGUMENTS}
        given |= {key: value for key, value in more.items() if key in ARGUMENTS}
        return Asked(name=f"{self._under}.{name}", given=given, caller=self._caller)


_Make = Callable[[_Gated], Any]


@cache
def _members(protocol: type) -> Mapping[str, _Make]:
    """How to make each member of a protocol: a call, a stream, or a further protocol that it leads to."""
    made: dict[str, _Make] = {}
    for name, value in vars(protocol).items():
        if name.startswith("_"):
            continue
        if isinstance(value, property):
            made[name] = _leading(name, get_type_hints(value.fget)["return"])
        elif inspect.iscoroutinefunction(value):
            made[name] = _calling(name, _parameters(value))
        elif inspect.isfunction(value):
            made[name] = _streaming(name, _parameters(value))
    return MappingProxyType(made)


def _parameters(method: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(method).parameters)[1:]


def _leading(name: str, protocol: type) -> _Make:
    def make(gated: _Gated) -> Any:
        return behind(gated._gate, name, protocol, getattr(gated._inner, name), gated._caller)

    return make


def _calling(name: str, parameters: tuple[str, ...]) -> _Make:
    def make(gated: _Gated) -> Callable[..., Awaitable[Any]]:
        method = getattr(gated._inner, name)

        async def call(*args: Any, **more: Any) -> Any:
            asked = gated.asked(name, parameters, args, more)
            return await _made(gated._gate, asked, lambda: method(*args, **more))

        return call

    return make


async def _made(gate: Gate, asked: Asked, call: Callable[[], Awaitable[Any]]) -> Any:
    """Ask, call, note, and only then answer."""
    passed = await gate.passes(asked)
    try:
        result = await call()
    except NotAllowed:
        await gate.note_refused(asked)
        raise
    except (Refused, PinTooSoon) as error:
        if asked.name == "desk.sign_in" or isinstance(error, WrongPin | PinTooSoon):
            await gate.note_refused(asked)
        raise
    if asked.name in TRAILED and not passed.noted:
        await gate.note(asked)
    return result if passed.reads else _without_texts(asked.name, result)


def _streaming(name: str, parameters: tuple[str, ...]) -> _Make:
    def make(gated: _Gated) -> Callable[..., AsyncGenerator[Any]]:
        method = getattr(gated._inner, name)

        async def stream(*args: Any, **more: Any) -> AsyncGenerator[Any]:
            asked = gated.asked(name, parameters, args, more)
            await gated._gate.passes(asked)
            async with aclosing(method(*args, **more)) as told:
                async for each in told:
                    if getattr(each, "kind", None) in ENDING:
                        await gated._gate.passes(asked)
                    yield each

        return stream

    return make


def _without_texts(call: str, result: Any) -> Any:
    """What is left of an answer for who may see figures and no texts."""
    if call == "desk.standing":
        assert isinstance(result, Standing)
        return replace(result, nearing=_by_number(result.nearing), late=_by_number(result.late))
    if call == "desk.notices":
        notices: tuple[Notice, ...] = result
        return tuple(each for each in notices if not each.key.startswith(_OF_CONTACTS))
    return result


def _by_number(clocks: tuple[Nearing, ...]) -> tuple[Nearing, ...]:
    """Clocks with their tickets' numbers, and nobody's name: neither the patron's nor the member's."""
    return tuple(replace(each, name="", subject="", owner=None) for each in clocks)
