"""What a library published of a promise and how it kept it: one form for theirs and ours.

A file of them is TOML, a ``[[peers]]`` table each::

    format = 1

    [[peers]]
    institution = "Moor Street Library"
    promise = "We answer live chats within one minute."
    measure = "claimed"             # left out: the source does not say what was timed
    channels = ["chat"]             # "all" for every channel; left out: not said
    kind = ""                       # "noise", "complaint" ...: where the promise is about such contacts only
    limit = "60 s"
    clock = "wall"                  # or "working": opening hours only; left out: not said
    working_day = "end"             # of a limit in working days: it ends with its last day, or at the "same time"
    period = "2026-27"
    counted = "census"              # or "sample"; left out: not said
    target = 80                     # percent
    figure = 81.2                   # percent; or lowest and highest, where only those were published
    judged = 3790                   # of how many contacts; left out: not said
    met = 3079                      # how many of them kept the promise; left out: not said
    source = "Performance page, library.example/standards"
    note = ""

What is not said is left out, never guessed: an unknown is shown as one and keeps a figure out of the funnel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from pathlib import Path

from helpdesk.errors import BadConfig
from helpdesk.hours import WorkingDay
from helpdesk.message import Channel
from helpdesk.places import TomlText
from helpdesk.standards import Limit, Measure, limit_from_text
from helpdesk.tables import Table, WrongKey, nearest

FORMAT = 1
"""The version of the file's form; a reader refuses any other."""

ALL = "all"
CLOCKS = ("wall", "working")
COUNTED = ("census", "sample")

WORKING_DAYS = {WorkingDay.END: "end", WorkingDay.SAME_TIME: "same time"}
"""How the end of a limit in working days is written."""

WHOLE = 10_000
"""100 % in hundredths of a percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One published promise, with the figure that was reached. Shares are hundredths of a percent.

    ``channels``  sorted; ("all",) for every channel, () where it is not said
    ``kind``      "" where it is about contacts of any kind
    ``measure``, ``limit``, ``clock``, ``counted``, ``target``  None or "" where the source does not say
    ``working_day``  how a limit in working days ends, "" where it is not said or there is none
    ``figure``    the share reached; None where none was published
    ``lowest``, ``highest``  of several months or quarters, where only these were published
    ``judged``    of how many contacts, None where it is not said; ``met`` likewise
    """

    institution: str
    promise: str
    channels: tuple[str, ...] = ()
    kind: str = ""
    measure: Measure | None = None
    limit: Limit | None = None
    clock: str = ""
    working_day: str = ""
    period: str
    counted: str = ""
    target: int | None = None
    figure: int | None = None
    lowest: int | None = None
    highest: int | None = None
    judged: int | None = None
    met: int | None = None
    source: str
    note: str = ""


# Reading


def starter_text() -> str:
    """The TOML of the file that ships with the project."""
    return resources.files("helpdesk.reports.benchmark").joinpath("peers.toml").read_text("utf-8")


def starter() -> tuple[Peer, ...]:
    """The figures that ship with the project, each with its source."""
    return peers_from_text(starter_text(), "peers.toml (the starter file)")


def read_peers(path: Path) -> tuple[Peer, ...]:
    """Every figure of a file; BadConfig names file, key and remedy."""
    try:
        return peers_from_text(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise BadConfig(f"{path}: can't be read ({error.strerror}). Name an existing file of peers.") from None
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path}: is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None


def peers_from_text(text: str, name: str) -> tuple[Peer, ...]:
    """Every figure of a TOML text. ``name`` is what errors call the file."""
    file = TomlText(name, text)
    values = file.values()
    try:
        return _peers(values)
    except BadConfig as error:
        raise BadConfig(file.said(error)) from None


def _peers(values: Mapping[str, object]) -> tuple[Peer, ...]:
    if unknown := sorted(values.keys() - {"format", "peers"}):
        raise WrongKey(f"{unknown[0]}: is not known here; write [[peers]] tables", (unknown[0],))
    if values.get("format") != FORMAT:
        raise WrongKey(f"format: write format = {FORMAT} at the top; this program reads no other", ("format",))
    items = values.get("peers")
    if not isinstance(items, list) or not items:
        raise WrongKey("peers: there is none; write a [[peers]] table for each figure", ("peers",))
    peers = tuple(_peer(Table(f"peers[{place}]", item, ("peers", place))) for place, item in enumerate(items, 1))
    _once(peers)
    return peers


def _peer(table: Table) -> Peer:
    limit = _limit(table)
    peer = Peer(
        institution=table.text("institution"),
        promise=table.text("promise"),
        channels=_channels(table),
        kind=_word(table, "kind"),
        measure=_measure(table),
        limit=limit,
        clock=_clock(table, limit),
        working_day=_working_day(table, limit),
        period=table.text("period"),
        counted=_one_of(table, "counted", COUNTED),
        target=_share(table, "target"),
        figure=_share(table, "figure"),
        lowest=_share(table, "lowest"),
        highest=_share(table, "highest"),
        judged=_count(table, "judged"),
        met=_count(table, "met"),
        source=table.text("source"),
        note=_word(table, "note"),
    )
    table.finish()
    _agree(peer, table)
    if peer.figure is None and peer.lowest is None and peer.met is not None and peer.judged:
        return replace(peer, figure=peer.met * WHOLE // peer.judged)
    return peer


def _word(table: Table, key: str) -> str:
    """Some text; "" where the key is left out or empty."""
    return "" if key not in table or table.value(key) == "" else table.text(key)


def _channels(table: Table) -> tuple[str, ...]:
    words = table.texts("channels")
    known = [*Channel, ALL]
    for word in words:
        if word not in known:
            raise table.wrong("channels", f"{word!r} is not a channel; {nearest(word, known)}")
    return (ALL,) if ALL in words else tuple(sorted(set(words)))


def _measure(table: Table) -> Measure | None:
    word = _one_of(table, "measure", tuple(Measure))
    return Measure(word) if word else None


def _limit(table: Table) -> Limit | None:
    text = _word(table, "limit")
    try:
        return limit_from_text(text) if text else None
    except ValueError as error:
        raise table.wrong("limit", str(error)) from None


def _clock(table: Table, limit: Limit | None) -> str:
    clock = _one_of(table, "clock", CLOCKS)
    if limit is None:
        return clock
    if limit.working and clock == "wall":
        raise table.wrong("clock", f'{str(limit)!r} counts opening hours; write "working", or the limit in wall time')
    if clock == "working" and not limit.working:
        raise table.wrong("limit", f'{str(limit)!r} is wall time; write it as "{limit.amount} working {limit.unit}"')
    return "working" if limit.working else clock


def _working_day(table: Table, limit: Limit | None) -> str:
    word = _one_of(table, "working_day", tuple(WORKING_DAYS.values()))
    if word and not (limit and limit.days):
        raise table.wrong("working_day", "belongs to a limit in working days; leave it out")
    return word


def _one_of(table: Table, key: str, known: tuple[str, ...]) -> str:
    word = _word(table, key)
    if word and word not in known:
        raise table.wrong(key, f"{word!r} is not known here; {nearest(word, known)}")
    return word


def _share(table: Table, key: str) -> int | None:
    """A percentage as hundredths, cut; None where the key is left out."""
    if key not in table:
        return None
    percent = Decimal(str(table.number(key)))
    if not 0 <= percent <= 100:
        raise table.wrong(key, f"write a percentage from 0 to 100, not {percent}")
    return int(percent * 100)


def _count(table: Table, key: str) -> int | None:
    if key not in table:
        return None
    number = table.number(key)
    if not isinstance(number, int) or number < 0:
        raise table.wrong(key, f"write a whole number of contacts, not {number!r}")
    return number


def _agree(peer: Peer, table: Table) -> None:
    """Refuse what can't be true together."""
    if (peer.lowest is None) != (peer.highest is None):
        raise table.wrong("lowest", "lowest and highest belong together; write both, or the figure alone")
    if peer.lowest is not None and peer.figure is not None:
        raise table.wrong("figure", "is written beside lowest and highest; write the one or the other")
    if peer.lowest is not None and peer.highest is not None and peer.lowest > peer.highest:
        raise table.wrong("lowest", "lies above highest; swap them")
    if peer.met is None:
        return
    if peer.judged is None or peer.met > peer.judged:
        raise table.wrong("met", "needs judged, the number of contacts it is of, and can't exceed it")
    exact = peer.met * WHOLE // max(peer.judged, 1)
    if peer.figure is not None and abs(peer.figure - exact) > _ROUNDED:
        said = f"{_percent(peer.figure)} %, but {peer.met} of {peer.judged} are {_percent(exact)} %"
        raise table.wrong("figure", f"is {said}; mend one of the three")


_ROUNDED = 50
"""Half a point: as far as a figure that was rounded to a whole percent may lie from its counts."""


def _once(peers: Iterable[Peer]) -> None:
    """BadConfig where a figure stands twice: it would count twice in a mean."""
    seen: dict[Peer, int] = {}
    for place, peer in enumerate(peers, 1):
        first = seen.setdefault(_promise(peer), place)
        if first != place:
            said = (
                f"peers[{place}]: {peer.institution}, {peer.promise!r}, {peer.period} stands in peers[{first}] already"
            )
            raise WrongKey(f"{said}; leave one of them out", ("peers", place))


def _promise(peer: Peer) -> Peer:
    """The row without its numbers and source: two that are equal so are the same figure."""
    return replace(peer, figure=None, lowest=None, highest=None, judged=None, met=None, source="")


def distinct(peers: Iterable[Peer]) -> tuple[Peer, ...]:
    """Of several files together each figure once: the same row in two of them is one figure, the first counts."""
    rows = {_promise(peer): peer for peer in reversed(list(peers))}
    return tuple(reversed(rows.values()))


# Writing


def peers_text(peers: Iterable[Peer], *, head: Iterable[str] = ()) -> str:
    """A file of figures, as :func:`read_peers` reads it. ``head``: comment lines, without their mark."""
    lines = [f"# {line}".rstrip() for line in head]
    lines += ["", f"format = {FORMAT}"] if lines else [f"format = {FORMAT}"]
    for peer in peers:
        lines += ["", "[[peers]]", *(f"{key} = {value}" for key, value in _written(peer))]
    return "\n".join(lines) + "\n"


def _written(peer: Peer) -> Iterator[tuple[str, str]]:
    """Key and TOML value of all that is said."""
    said: dict[str, object] = {
        "institution": peer.institution,
        "promise": peer.promise,
        "measure": str(peer.measure or ""),
        "channels": list(peer.channels),
        "kind": peer.kind,
        "limit": str(peer.limit or ""),
        "clock": peer.clock,
        "working_day": peer.working_day,
        "period": peer.period,
        "counted": peer.counted,
        "target": _number(peer.target),
        "figure": _number(peer.figure),
        "lowest": _number(peer.lowest),
        "highest": _number(peer.highest),
        "judged": peer.judged,
        "met": peer.met,
        "source": peer.source,
        "note": peer.note,
    }
    for key, value in said.items():
        if value is not None and value != "" and value != []:
            yield key, str(value) if isinstance(value, Decimal) else toml(value)


def _number(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(_percent(hundredths))


def _percent(hundredths: int) -> str:
    """Hundredths of a percent as "97.5"."""
    return f"{Decimal(hundredths) / 100:f}"


def toml(value: object) -> str:
    """Text, a number or a list of text as TOML writes it: JSON's escapes are TOML's, save for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
