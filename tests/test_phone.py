"""Every way in which a telephone number could slip out by accident is closed."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import marshal
import operator
import pickle
import pprint
import string
import traceback
from collections.abc import Callable
from typing import Any

import pydantic
import pytest
import structlog
from pydantic_core import PydanticSerializationError
from rich.pretty import pretty_repr

from helpdesk.clock import Instant
from helpdesk.message import Channel, Inbound, LineId, Outbound, OutboxId
from helpdesk.phone import PhoneNumber, reveal

DIGITS = "+447700900123"
CORE = "7700900123"
HIDDEN = "PhoneNumber(hidden)"


def _printed(number: PhoneNumber) -> str:
    stream = io.StringIO()
    print(number, file=stream)
    return stream.getvalue()


def _pickled(protocol: int) -> Callable[[PhoneNumber], object]:
    return lambda number: pickle.dumps(number, protocol)


def _rendered(number: PhoneNumber) -> str:
    return str(structlog.processors.JSONRenderer()(None, "info", {"who": number}))


def _logged(number: PhoneNumber) -> str:
    stream = io.StringIO()
    logger = logging.Logger("a logger of its own")
    logger.addHandler(logging.StreamHandler(stream))
    logger.warning("from %s, %r", number, number)
    return stream.getvalue()


SHOWN: dict[str, Callable[[PhoneNumber], object]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "print": lambda number: _printed(number),
    "f-string": lambda number: f"{number} {number!r} {number!s} {number!a} {number:>40} {number:s}",
    "format": lambda number: f"{number} {number:^30}",
    "format_map": lambda number: "{who}".format_map({"who": number}),
    "percent": lambda number: "%s %r %a" % (number, number, number),  # noqa: UP031 - it is what is tried
    "template": lambda number: string.Template("$who").substitute(who=number),
    "join of reprs": lambda number: repr([number, (number,), {"who": number}]),
    "pprint": lambda number: pprint.pformat({"who": [number]}),
    "rich": lambda number: pretty_repr({"who": number}),
    "a log record": _logged,
    "a structured log": _rendered,
    "dir": dir,
    "an attribute in a format string": lambda number: f"{number._digits}",
    "attrgetter": operator.attrgetter("_digits"),
    "a message": lambda number: repr(_inbound(number)),
    "a reply": lambda number: repr(_outbound(number)),
    "json with a default": lambda number: json.dumps({"who": number}, default=str),
}

REFUSED: dict[str, Callable[[PhoneNumber], object]] = {
    "pickle": pickle.dumps,
    **{f"pickle {protocol}": _pickled(protocol) for protocol in range(6)},
    "reduce": lambda number: number.__reduce__(),
    "getstate": lambda number: number.__getstate__(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "asdict": lambda number: dataclasses.asdict(_inbound(number)),
    "marshal": lambda number: marshal.dumps(number),  # type: ignore[arg-type]
    "vars": vars,
    "json": json.dumps,
    "json of a message": lambda number: json.dumps({"who": number}),
    "json as a key": lambda number: json.dumps({number: 1}),
    "pydantic": lambda number: pydantic.TypeAdapter(object).dump_json(number),
    "pydantic of a message": lambda number: pydantic.TypeAdapter(Any).dump_json({"who": number}),
    "equal": lambda number: number == number,
    "equal to a word": lambda number: number == "a word",
    "a word equal to it": lambda number: "a word" == number,  # noqa: SIM300
    "unequal": lambda number: number != "a word",
    "in a list": lambda number: "a word" in [number],
    "less": lambda number: number < PhoneNumber(DIGITS),  # type: ignore[operator]
    "sorted": lambda number: sorted([number, PhoneNumber(DIGITS)]),  # type: ignore[type-var]
    "compared messages": lambda number: _inbound(number) == _inbound(PhoneNumber(DIGITS)),
    "hash": hash,
    "in a set": lambda number: {number},
    "a key of a dict": lambda number: {number: 1},
    "hash of a message": lambda number: hash(_inbound(number)),
    "int": int,  # type: ignore[dict-item]
    "bytes": bytes,  # type: ignore[dict-item]
    "list": list,  # type: ignore[dict-item]
    "len": len,  # type: ignore[dict-item]
    "percent d": lambda number: "%d" % number,  # type: ignore[str-format]  # noqa: UP031
    "added": lambda number: number + "",  # type: ignore[operator]
    "joined": lambda number: "".join([number]),  # type: ignore[list-item]
    "changed": lambda number: setattr(number, "_digits", str),
    "named anew": lambda number: setattr(number, "shown", 1),
    "derived from": lambda number: type("Open", (PhoneNumber,), {}),
}


def _inbound(number: PhoneNumber) -> Inbound:
    return Inbound(
        channel=Channel.SMS, line=LineId("noise"), external_id="SM1", digest="0" * 64, sender=number, text="loud"
    )


def _outbound(number: PhoneNumber) -> Outbound:
    return Outbound(
        id=OutboxId("1"), channel=Channel.SMS, line=LineId("noise"), to=number, text="on our way", created=Instant(0)
    )


@pytest.mark.parametrize("way", SHOWN)
def test_what_shows_a_number_shows_that_it_is_hidden(way: str) -> None:
    """Printed, formatted, logged: no digit of it."""
    shown = str(SHOWN[way](PhoneNumber(DIGITS)))
    assert CORE not in shown
    assert CORE[-6:] not in shown


@pytest.mark.parametrize("way", ["repr", "str", "f-string", "percent", "a log record", "a structured log", "a message"])
def test_what_is_hidden_says_so(way: str) -> None:
    """Who reads it knows that something stood there."""
    assert HIDDEN in str(SHOWN[way](PhoneNumber(DIGITS)))


@pytest.mark.parametrize("way", REFUSED)
def test_what_would_carry_a_number_off_is_refused(way: str) -> None:
    """Pickled, copied, compared, hashed, in JSON: an error whose words and frames hold no digit of it."""
    number = PhoneNumber(DIGITS)
    with pytest.raises((TypeError, ValueError, PydanticSerializationError)) as caught:
        REFUSED[way](number)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    assert CORE not in str(caught.value)
    assert not [frame for frame in frames if CORE in str(frame.locals)]


NO_NUMBERS = (
    "",
    "12",
    "07700 900123",
    "+44 7700 900123",
    "+0123456789",
    "+447700900123\n",
    "٠٧٧٠٠٩٠٠١٢٣",
    "PARCELCO",
    "whatsapp:+447700900123",
)


@pytest.mark.parametrize("wrong", NO_NUMBERS)
def test_what_is_no_number_is_refused_unseen(wrong: str) -> None:
    """The error does not repeat what was given."""
    with pytest.raises(ValueError, match="not shown on purpose") as caught:
        PhoneNumber(wrong)
    assert not wrong or wrong not in str(caught.value)


def test_one_function_opens_it() -> None:
    """And gives back what was put in."""
    assert [reveal(PhoneNumber(each)) for each in (DIGITS, "60999")] == [DIGITS, "60999"]
