"""How effort and first contacts are put into words (pure)."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.reports import words
from helpdesk.reports.effort import Effort, Efforts
from helpdesk.sorts import READ

SCALE = "READ (Reference Effort Assessment Data) grades how much effort, skill and knowledge an answer took: " + (
    "; ".join(f"{level} is {gist}" for level, gist in READ.items()) + ". It is no measure of the member of staff."
)

FIRST_CONTACT = (
    "Of the contacts of which staff said whether one contact was enough. Of the others nobody said it: they are in no "
    "share, and are counted beside it. The desk promises nothing here, so nothing is met or missed."
)


def named(efforts: Efforts) -> Iterator[tuple[str, Effort]]:
    """All contacts, then each channel, then each site where there is more than one."""
    for kind, name, each in efforts.rows():
        if kind != "site":
            yield name or "all", each
        elif len(efforts.sites) > 1:
            yield f"site {words.plain(name)}" if name else "no site", each
