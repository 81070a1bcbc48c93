"""A telephone number that cannot leak by accident.

It exists in memory between the carrier's webhook and the seal, and in the sending step. It cannot be formatted,
logged, pickled, copied, compared, hashed, changed, derived from or put into JSON, and it holds its digits where no
attribute and no format string leads to them. :func:`reveal` is the one way in: ``tests/test_architecture.py`` names the
modules that may call it, and an import contract those that may know this module at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn, final

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT = re.compile(r"[0-9]{3,8}")


@final
class PhoneNumber:
    """A number in E.164 form, or a carrier's short code; ValueError for anything else (never showing it)."""

    __slots__ = ("_digits",)
    _digits: Callable[[], str]

    def __init__(self, digits: str) -> None:
        if not (_E164.fullmatch(digits) or _SHORT.fullmatch(digits)):
            raise ValueError("not a telephone number in E.164 form (it is not shown on purpose)")
        object.__setattr__(self, "_digits", lambda: digits)

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("nothing is derived from telephone numbers: it could show them")

    def __repr__(self) -> str:
        return "PhoneNumber(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("telephone numbers are not compared: compare handles")

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise TypeError("telephone numbers are not changed")

    def __reduce__(self) -> NoReturn:
        raise TypeError("telephone numbers are not pickled or copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("telephone numbers are not pickled or copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError("telephone numbers are not pickled or copied")


def reveal(number: PhoneNumber) -> str:
    """The digits, for the seal (helpdesk.privacy) and the sending step (channels.sms) alone."""
    return number._digits()
