"""Poster codes: what one may look like, and the one form under which every way of typing it is found."""

from __future__ import annotations

import re

_CODE = re.compile(r"[A-Za-z0-9]+(?:[ ./_-]?[A-Za-z0-9]+)*")
_TIME = re.compile(
    r"\d{1,2}[.:][0-5]\d(?:am|pm)?|(?:[01]\d|2[0-3])[0-5]\d|\d{1,2}(?:am|pm|hr|hrs|min|mins|st|nd|rd|th|x)",
    re.IGNORECASE,
)
LONGEST_CODE = 12
MOST_DIGITS = 8

WORDS = frozenset(
    """a an and are as at be by can cos do for from get go got had has he her hey hi him his how i if ill im in is it
    its ive just let lol lot me mid my near new no not now of off oh ok on one or our out own pc people pls plz ppl
    put quiet quite rn room run sat say see she shh silent sit so some still study sun talk tbh tell ten text thank
    thanks that the their them then there they this thx to too top toy two ugh uk up us use very vs was wd we were
    what when where who why wifi will with won x xx xxx yes yet you your level floor group ground loud noise help
    stop quit cancel end start info library lads girls guys boys hello""".split()
)
"""Words of everyday texts, which no code can be."""


def code_key(code: str) -> str:
    """Letters and digits in small letters, the letter O as the digit 0: "L3-OA" and "l30a" are one."""
    return re.sub(r"[^a-z0-9]", "", code.lower()).replace("o", "0")


def trouble_of_code(code: str) -> str:
    """What is wrong with a code, and what to write; "" if nothing is."""
    bare = re.sub(r"[^a-z0-9]", "", code.lower())
    if bare.isdigit() and len(bare) < 3:
        return f"{code!r} reads like a floor or a count: put a letter in front, such as {'Z' + code!r}"
    if not _CODE.fullmatch(code) or len(code) > LONGEST_CODE or len(bare) < 2:
        return f"{code!r} is no code: write two to {LONGEST_CODE} letters and digits"
    if sum(letter.isdigit() for letter in bare) > MOST_DIGITS:
        return f"{code!r} looks like a telephone number: write at most {MOST_DIGITS} digits"
    if _TIME.fullmatch(code.replace(" ", "")):
        return f"{code!r} reads like a time or a count: put a letter in front"
    if bare in WORDS or re.fullmatch(r"(?:l|f|lv|lvl|level|floor)\d{1,2}(?:st|nd|rd|th)", bare):
        return f"{code!r} is a word that people text: add a digit, such as {code + '1'!r}"
    return ""
