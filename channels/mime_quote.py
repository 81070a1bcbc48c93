"""Where quoted text starts, so that the desk can fold it.

A quote is folded, never dropped, and only when nothing of the writer's own stands below it: answers written between
the lines or under the quote stay in sight. Both libraries are slow over some long texts, so they see a capped copy.
"""

from __future__ import annotations

import itertools

import quotequail
from email_reply_parser import EmailReplyParser

CHARACTERS = 64_000
LINES = 1_500
LINE_CHARACTERS = 500

_MARKS = (":", ">", "-", "_")
_WRAPPED = 2


def find(text: str) -> int | None:
    """The offset in ``text`` where a quote starts that runs to its end; None where there is none to fold."""
    lines = text[:CHARACTERS].split("\n")[:LINES]
    capped = [line[:LINE_CHARACTERS] for line in lines]
    start = _introduced(capped)
    if start is None or not _folds(capped, start):
        start = _trailing(capped)
    if start is None or not _folds(capped, start):
        return None
    blank = sum(1 for _ in itertools.takewhile(lambda line: not line.strip(), capped[start:]))
    return sum(len(line) + 1 for line in lines[: start + blank])


def _introduced(lines: list[str]) -> int | None:
    """The line of "On ... wrote:" or "Original message", in any of the languages that are known.

    All of these end in a mark, so only what ends in one is looked at, with the lines that may have been wrapped off it.
    """
    for end, line in enumerate(lines):
        if line.rstrip().endswith(_MARKS):
            start = max(0, end - _WRAPPED)
            window = "\n".join(lines[start : end + 1])
            _, *below = quotequail.quote(window, limit=LINES, quote_intro_line=True)
            if below:
                quoted: str = below[0][1]
                return end - quoted.count("\n")
    return None


def _trailing(lines: list[str]) -> int | None:
    """The first line of the quoted fragments at the end.

    The library changes some lines as it reads, so they are counted from the end and compared before they are believed.
    """
    if not any(line.startswith((">", "From:", "*From:")) or line.rstrip().endswith("wrote:") for line in lines):
        return None
    fragments = EmailReplyParser.read("\n".join(lines)).fragments
    tail = list(itertools.takewhile(lambda fragment: fragment.hidden, reversed(fragments)))
    while tail and not (tail[-1].quoted or tail[-1].headers):
        tail.pop()
    if not tail:
        return None
    start = len(lines) - sum(fragment._content.count("\n") + 1 for fragment in tail)
    same = 0 <= start < len(lines) and lines[start] == tail[-1]._content.split("\n")[0]
    return start if same else None


def _folds(lines: list[str], start: int) -> bool:
    """Whether something stands above line ``start``, and nothing of the writer's own below."""
    if not any(line.strip() for line in lines[:start]):
        return False
    below = itertools.dropwhile(lambda line: not line.startswith(">"), lines[start:])
    own = itertools.takewhile(lambda line: line.rstrip() != "--", below)
    return all(line.startswith(">") or not line.strip() for line in own)
