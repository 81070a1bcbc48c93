"""The keys of the full screen as somebody writes them: "x", "!", "/", "ctrl+s". Pure, and without Textual."""

from __future__ import annotations

import unicodedata

_NAMES = {
    "SOLIDUS": "slash",
    "REVERSE SOLIDUS": "backslash",
    "COMMERCIAL AT": "at",
    "HYPHEN-MINUS": "minus",
    "PLUS SIGN": "plus",
    "LOW LINE": "underscore",
}
_SIGNS = {short: name for name, short in _NAMES.items()}


def key_of(sign: str) -> str:
    """The name of a key by what is written: "exclamation_mark" for "!"; a letter is its own name."""
    if len(sign) != 1 or sign.isalnum():
        return sign
    name = unicodedata.name(sign, sign)
    return _NAMES.get(name) or name.replace("-", "_").replace(" ", "_").lower()


def key_said(key: str) -> str:
    """How a key is written: "!" for "exclamation_mark", "ctrl+s" as it is."""
    *before, last = key.split("+")
    try:
        sign = unicodedata.lookup(_SIGNS.get(last, last.replace("_", " ").upper()))
    except KeyError:
        sign = last
    return "+".join([*before, sign if len(last) > 1 and sign.isprintable() and sign.strip() else last])
