"""What a query lists, how many that are, and the next unanswered ticket in it: each a bounded walk over one index."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpdesk.message import TicketId
from helpdesk.ports import Record, Sql
from helpdesk.ports.views import CAP, Ahead, Listing
from helpdesk.store.verbs import views
from helpdesk.store.verbs.sifting import Sifted
from helpdesk.worklist import Anchor

LOOKED_AT = 20_000
"""How many rows a list looks at, from its top."""

COUNTED = {"urgency": 20_000, "snoozed_until": 1_000, "updated": 1_000}
"""How many rows the count of a saved view looks at, by the order of its list: one index answers for the first."""

NAMED = 5_000
"""Of how many rows a list searches name and subject for words: each must be read for that."""

WORDS_COUNTED = 500
"""In how many rows, and in how many of the newest messages, a count looks for words: they lie all over the store."""

HITS = 1_000
"""How many of the newest messages that hold all words are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much one call may look at.

    ``rows``  of the list, from where it begins; ``named``: of those in which name and subject are searched for words
    ``hits``  messages that hold the words
    """

    rows: int
    named: int
    hits: int


def _listing() -> Work:
    """What a list may look at."""
    return Work(rows=LOOKED_AT, named=NAMED, hits=HITS)


def _counting(order: str) -> Work:
    """What the count in a tab may look at: words are looked up in far less than for a list."""
    return Work(rows=COUNTED[order], named=WORDS_COUNTED, hits=WORDS_COUNTED)


NEWEST = 2_000
"""Among so many tickets the tags, kinds and sites are found that are offered."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a walk ends: the row after the last one that is looked at."""

    order: int
    id: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A query whose words are looked up, where its walk ends (None: by itself), and whether it sees all there is.

    ``near``  the row that it begins with, None for the first one; ``back``: it goes up from there, and without it
    """

    sifted: Sifted
    edge: Edge | None
    whole: bool
    near: Anchor | None = None
    back: bool = False

    @property
    def where(self) -> str:
        """What a statement asks of the library's rows of ``tickets``."""
        return f"{self.sifted.where}{self.beyond}{_within(self.sifted, self.edge, back=self.back)}"

    @property
    def beyond(self) -> str:
        """What of the list comes behind where it begins."""
        if self.near is None:
            return ""
        sign = "<" if self.sifted.newest != self.back else ">"
        return f" AND ({self.sifted.order}, id) {sign}{'' if self.back else '='} (:near_order, :near_id)"

    @property
    def values(self) -> dict[str, object]:
        """The values that ``where`` names."""
        return {**self.sifted.values, **self.begins, **_edge_values(self.edge)}

    @property
    def begins(self) -> dict[str, object]:
        """The values that ``beyond`` names."""
        return {} if self.near is None else {"near_order": self.near.order, "near_id": self.near.id}

    @property
    def ordered(self) -> str:
        """By what the rows are walked."""
        return self.ordered_by(self.back)

    def ordered_by(self, back: bool) -> str:
        """By what they are listed, or ``back`` the other way round."""
        way = "DESC" if self.sifted.newest != back else "ASC"
        return f"ORDER BY {self.sifted.order} {way}, id {way}"


def listed(sql: Sql, sifted: Sifted, start: int, count: int, near: Anchor | None = None) -> Listing:
    """Rows ``start`` to ``start + count`` of what a query lists, read on from ``near`` where a row near them is known.

    No call looks at more than :data:`LOOKED_AT` rows each way. What lies beyond is counted once one has come near it:
    ``total`` grows then. ``near`` may have moved meanwhile; the page is then off by what came and went.
    """
    if sifted.words:
        near = None  # what words find is few, and is sorted when it is found
    walk = _walk(sql, sifted, _listing(), near)
    first = near.index if near is not None else 0
    total = first + _counted(sql, walk, LOOKED_AT)
    start = max(0, min(start, total - 1))
    count = max(0, min(count, total - start))
    above: list[Record] = []
    if near is not None and start < first:
        above = _above(sql, sifted, near, start, min(start + count, first))
        if len(above) < min(count, first - start):
            return listed(sql, sifted, start, count)  # fewer stand above it than there were: from the top
    below = _rows(sql, walk, max(0, start - first), max(0, start + count - max(start, first)))
    return Listing(
        start=start,
        rows=tuple(map(views.row, (*above, *below))),
        total=total,
        whole=walk.whole,
        anchors=() if sifted.words else _anchors(sifted, start, (*above, *below)),
    )


def _rows(sql: Sql, walk: Walk, skip: int, count: int) -> list[Record]:
    """So many rows of a walk, in their order on it."""
    if count <= 0:
        return []
    return sql(
        f"{views.ROWS} tickets AS found WHERE library = :library AND id IN (SELECT id FROM"
        f" (SELECT id FROM tickets WHERE library = :library AND"
        f" {walk.where} {walk.ordered} LIMIT :count OFFSET :skip) AS these)"
        f" {walk.ordered}",
        **walk.values,
        skip=skip,
        count=count,
    )


def _above(sql: Sql, sifted: Sifted, near: Anchor, start: int, end: int) -> list[Record]:
    """Rows ``start`` to ``end`` of the list, which lie above ``near``: walked up from there."""
    walk = _walk(sql, sifted, _listing(), near, back=True)
    return _rows(sql, walk, near.index - end, end - start)[::-1]


def _anchors(sifted: Sifted, start: int, rows: Sequence[Record]) -> tuple[Anchor, ...]:
    """The first row and the last one: where the next page may begin to read."""
    ends = sorted({0, len(rows) - 1}) if rows else ()
    return tuple(
        Anchor(index=start + at, order=int(rows[at][sifted.order]), id=TicketId(rows[at]["id"])) for at in ends
    )


def counted(sql: Sql, sifted: Sifted) -> tuple[int, bool]:
    """How many tickets a query lists, up to :data:`CAP`, and whether all were looked at."""
    walk = _walk(sql, sifted, _counting(sifted.order))
    n = _counted(sql, walk, CAP)
    return n, walk.whole or n == CAP


def _counted(sql: Sql, walk: Walk, cap: int) -> int:
    """How many rows a walk has, up to ``cap``."""
    rows = sql(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM tickets WHERE library = :library AND {walk.where}"
        f" {walk.ordered} LIMIT :cap) AS first",
        **walk.values,
        cap=cap,
    )
    return int(rows[0]["n"])


def _within(sifted: Sifted, edge: Edge | None, *, back: bool = False) -> str:
    """What comes before the edge."""
    sign = ">" if sifted.newest != back else "<"
    return f" AND ({sifted.order}, id) {sign} (:edge_order, :edge_id)" if edge is not None else ""


def _edge_values(edge: Edge | None) -> dict[str, object]:
    return {} if edge is None else {"edge_order": edge.order, "edge_id": edge.id}


def _edge(
    sql: Sql, sifted: Sifted, work: int, *, beyond: str = "", back: bool = False, **values: object
) -> Edge | None:
    """Where a walk ends that looks at ``work`` rows; None where it ends by itself before that."""
    walk = Walk(replace(sifted, rest="1 = 1"), None, whole=True)
    rows = sql(
        f"SELECT {sifted.order} AS place, id FROM tickets WHERE library = :library AND {walk.where}{beyond}"
        f" {walk.ordered_by(back)} LIMIT 1 OFFSET :work",
        **walk.values,
        **values,
        work=work,
    )
    return Edge(int(rows[0]["place"]), rows[0]["id"]) if rows else None


# Words


def _walk(sql: Sql, sifted: Sifted, work: Work, near: Anchor | None = None, *, back: bool = False) -> Walk:
    """The query with its words looked up, and the edge of its walk."""
    if not sifted.words:
        begins = Walk(sifted, None, whole=True, near=near, back=back)
        edge = _edge(sql, sifted, work.rows, beyond=begins.beyond, back=back, **begins.begins)
        return replace(begins, edge=edge, whole=edge is None)
    edge = _edge(sql, sifted, work.named)
    in_messages, whole = _in_messages(sql, sifted.words, work.hits)
    ids = {*in_messages, *_in_names(sql, sifted, edge)}
    return Walk(_among(sifted, ids), None, whole=edge is None and whole)


def _among(sifted: Sifted, ids: set[str]) -> Sifted:
    """The query asked of some tickets only: they are few, and are sorted when they are found."""
    scope = sifted.driver.replace("state ", "COALESCE(state, '') ", 1)
    few = "id IN (SELECT value FROM json_each(:ids))"
    return Sifted(
        driver=few,
        rest=f"{scope} AND {sifted.rest}",
        order=sifted.order,
        newest=sifted.newest,
        words="",
        values={**sifted.values, "ids": json.dumps(sorted(ids))},
    )


def _in_messages(sql: Sql, words: str, hits: int) -> tuple[list[str], bool]:
    """The tickets of the newest messages that hold all words, and whether those are all messages that do."""
    rows = sql.full_text.find(sql, words, hits)
    found = sql(
        "SELECT DISTINCT ticket FROM entries WHERE library = :library AND row IN"
        " (SELECT CAST(value AS BIGINT) FROM json_each(:rows))",
        rows=json.dumps(rows),
    )
    return [row["ticket"] for row in found], len(rows) < hits


def _in_names(sql: Sql, sifted: Sifted, edge: Edge | None) -> list[str]:
    """The tickets whose subject or name holds the words as they stand, looked at from the top."""
    walk = Walk(replace(sifted, rest="1 = 1"), edge, whole=True)
    spelt = _spellings(sifted.words)
    said = " OR ".join(f"instr(lower({column}), :{name}) > 0" for column in ("subject", "name") for name in spelt)
    found = sql(
        f"SELECT id FROM tickets WHERE library = :library AND {walk.where} AND ({said}) {walk.ordered} LIMIT :hits",
        **walk.values,
        **spelt,
        hits=HITS,
    )
    return [row["id"] for row in found]


def _spellings(words: str) -> dict[str, str]:
    """Small letters, capitals, and a capital each; both engines fold the letters of ASCII only."""
    ways = dict.fromkeys(_small(each) for each in (words.lower(), words.upper(), words.title()))
    return {f"spelt{n}": each for n, each in enumerate(ways)}


def _small(words: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in words)


# What is next, and what there is


def ahead(sql: Sql, sifted: Sifted, ticket: TicketId | None, *, back: bool = False) -> Ahead | None:
    """The nearest unanswered ticket of a query's list beyond ``ticket``, or ``back`` before it."""
    beyond, here = _beyond(sql, sifted, ticket, back=back)
    whole = _walk(sql, sifted, _listing()) if sifted.words else Walk(sifted, None, whole=True)
    near = Walk(whole.sifted.waiting, None, whole=True)
    edge = None if sifted.words else _edge(sql, sifted.waiting, LOOKED_AT, beyond=beyond, back=back, **here)
    ends = "" if edge is None else f" AND ({sifted.order}, id) {_side(sifted, back=back)} (:edge_order, :edge_id)"
    found = sql(
        f"{views.ROWS} tickets AS found WHERE library = :library AND id IN (SELECT id FROM"
        f" (SELECT id FROM tickets WHERE library = :library AND"
        f" {near.where}{beyond}{ends} {near.ordered_by(back)} LIMIT 1) AS this)",
        **near.values,
        **here,
        **_edge_values(edge),
    )
    if not found:
        return None
    steps = sql(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM tickets WHERE library = :library AND {whole.where}{beyond}"
        f" AND ({sifted.order}, id) {_side(sifted, back=back)}= (:far_order, :far_id) LIMIT :most) AS between_them",
        **whole.values,
        **here,
        far_order=found[0][sifted.order],
        far_id=found[0]["id"],
        most=LOOKED_AT,
    )
    n = int(steps[0]["n"])
    return Ahead(row=views.row(found[0]), steps=-n if back else n)


def _side(sifted: Sifted, *, back: bool) -> str:
    """On which side of a row those lie that come before it on the way."""
    return ">" if sifted.newest != back else "<"


def _beyond(sql: Sql, sifted: Sifted, ticket: TicketId | None, *, back: bool) -> tuple[str, dict[str, object]]:
    """What lies on the other side of a ticket; everything where there is none, or it has no place in this order."""
    if ticket is None:
        return "", {}
    rows = sql(f"SELECT {sifted.order} AS place FROM tickets WHERE library = :library AND id = :id", id=ticket)
    if not rows or rows[0]["place"] is None:
        return "", {}
    sign = "<" if _side(sifted, back=back) == ">" else ">"
    return f" AND ({sifted.order}, id) {sign} (:here_order, :here_id)", {
        "here_order": rows[0]["place"],
        "here_id": ticket,
    }


def known(sql: Sql) -> dict[str, tuple[str, ...]]:
    """The tags, kinds and sites of the newest tickets, the commonest first."""
    rows = sql(
        "SELECT tags, kind, site FROM tickets WHERE library = :library AND state <> ''"
        " ORDER BY updated DESC, id DESC LIMIT :newest",
        newest=NEWEST,
    )
    tags = Counter(tag for row in rows for tag in row["tags"].split())
    kinds = Counter(row["kind"] for row in rows if row["kind"])
    sites = Counter(row["site"] for row in rows if row["site"])
    return {name: tuple(each for each, _ in found.most_common(100))
            for name, found in (("tag", tags), ("kind", kinds), ("site", sites))}  # fmt: skip
