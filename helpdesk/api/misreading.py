"""What is wrong with a request, in words for whoever wrote it: where, and how it should be, never what stood there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from helpdesk.api.problems import Misread

_SHOULD: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "should be a text",
    "string_unicode": "should be a text in UTF-8",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a smaller number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "bytes_type": "should be bytes in base64",
    "none_required": "should be null, or be left out",
    "list_type": "should be a list",
    "tuple_type": "should be a list",
    "set_type": "should be a list",
    "frozen_set_type": "should be a list",
    "dict_type": "should be an object of names and values",
    "model_type": "should be an object of names and values",
    "model_attributes_type": "should be an object of names and values",
    "dataclass_type": "should be an object of names and values",
    "date_type": "should be a day such as 2026-11-30",
    "date_parsing": "should be a day such as 2026-11-30",
    "date_from_datetime_parsing": "should be a day such as 2026-11-30",
    "json_type": "should be a text of JSON",
}
"""What is said of a kind of slip. All else is said as pydantic says it."""

_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


def misread(error: ValidationError, where: str, known: Iterable[str]) -> Misread:
    """What could not be read. ``where``: "query", "body" or "path"; ``known``: the names that are taken there."""
    names = tuple(known)
    wrong = tuple(
        (".".join((where, *map(str, one["loc"]))), _said(one, names)) for one in error.errors(include_input=False)
    )
    said = "; ".join(f"{place} {what}" for place, what in wrong[:5])
    return Misread(f"The request could not be read: {said}.", wrong=wrong[:20])


def _said(one: ErrorDetails, known: tuple[str, ...]) -> str:
    """What is wrong with one part, as the second half of a sentence."""
    kind, about = one["type"], one.get("ctx", {})
    if kind in _UNKNOWN:
        return f"is not known{_known(known) if len(one['loc']) == 1 else ''}"
    if kind == "json_invalid":
        return f"is no JSON ({about.get('error', 'it ends too soon')})"
    if kind in {"enum", "literal_error"}:
        return f"should be {about['expected']}"
    return _SHOULD.get(kind) or _plain(one["msg"])


def _known(names: tuple[str, ...]) -> str:
    return f" (known: {', '.join(names)})" if names else " (nothing is taken there)"


def _plain(words: str) -> str:
    """Pydantic's words with ours before them: "should be less than 5"."""
    return re.sub(r"^(Value error, |Assertion failed, |Input (?=should ))", "", words)
