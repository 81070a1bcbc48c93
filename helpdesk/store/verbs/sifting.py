"""A query as SQL for both engines, and how much of the queue it may look at.

No query can make the store wait. The database walks one index in the list's own order (the *driver*), looks at no more
than so many rows of it, and everything else that a query asks is asked of those rows. What is not the driver is written
so that no other index fits it (``COALESCE(channel, '')``): that would be walked without the limit. For what is to be
worked on, one index holds all that can be asked (``tickets_sifted``), so that no ticket is read to be passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from helpdesk.clock import Instant
from helpdesk.local_days import local_day, span_of
from helpdesk.message import StaffId
from helpdesk.queries import Compared, Day, Length, Query, Sign, Term
from helpdesk.queries.fields import ANY, ME, NONE
from helpdesk.ticket import State

_WORK = frozenset({State.NEW, State.OPEN, State.WAITING})
_OVER = frozenset({State.SOLVED, State.CLOSED, State.SPAM})
_LATER = frozenset({State.SNOOZED})
_MUTED = frozenset({State.MUTED})
_ALL = frozenset(State)

_SHELVES: Mapping[frozenset[State], tuple[str, str, bool]] = {
    _WORK: ("state IN ('new', 'open', 'waiting')", "urgency", False),
    _LATER: ("state = 'snoozed'", "snoozed_until", False),
    _OVER: ("state IN ('solved', 'closed', 'spam')", "updated", True),
    _MUTED: ("state = 'muted'", "updated", True),
}
"""States that have an index in the order in which they are listed: its condition, that order, and its direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, when, and by which zone's days."""

    actor: StaffId
    now: Instant
    zone: str

    @property
    def today(self) -> date:
        """The library's day."""
        return local_day(self.now, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A query as SQL.

    ``driver``  what picks the rows to look at, by one index in the order of ``order``
    ``rest``    what is asked of each of them
    ``order``   the column that they are listed by; ``newest`` is whether the highest comes first
    ``words``   what must be found in their messages, names or subjects, "" for nothing
    """

    driver: str
    rest: str
    order: str
    newest: bool
    words: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """All of it, but for the words."""
        return f"{self.driver} AND {self.rest}"

    @property
    def waiting(self) -> Sifted:
        """The same, of unanswered tickets only: where those have an index, by that."""
        if self.order == "urgency":
            return replace(self, driver=f"{self.driver} AND unanswered IS NOT NULL")
        return replace(self, rest=f"{self.rest} AND {_UNANSWERED}")


class _Values:
    """Names for the values of a statement, in their order."""

    def __init__(self) -> None:
        self.named: dict[str, object] = {}

    def __call__(self, value: object) -> str:
        name = f"v{len(self.named)}"
        self.named[name] = value
        return f":{name}"

    def list(self, values: Iterable[object]) -> str:
        """Several, with commas between."""
        return ", ".join(map(self, values))


def sift(query: Query, asker: Asker) -> Sifted:
    """A query as SQL. Whatever staff typed travels as a value, never as text of the statement."""
    states, value = _states(query), _Values()
    shelf = next((each for each in _SHELVES if states <= each), _ALL)
    scope, order, newest = _SHELVES.get(shelf, ("state <> ''", "updated", True))
    driver = _narrowed(scope, query, asker, value)
    rest = ["1 = 1"]
    if states != shelf:
        rest.append(f"COALESCE(state, '') IN ({value.list(map(str, sorted(states)))})" if states else "1 = 0")
    rest += [_condition(term, asker, value) for term in query.terms if term.field in _CONDITIONS]
    return Sifted(
        driver=driver, rest=" AND ".join(rest), order=order, newest=newest, words=query.words, values=value.named
    )


def _states(query: Query) -> frozenset[State]:
    """The states that a query is about: those that are to be worked on, unless it says otherwise."""
    said = [term for term in query.terms if term.field == "state"]
    numbered = any(map(_is_number, query.terms))
    asked = [_named(term) for term in said if not term.without]
    states = _ALL if numbered or asked else _WORK
    for each in asked:
        states &= each
    return states.difference(*(_named(term) for term in said if term.without))


def _named(term: Term) -> frozenset[State]:
    return _ALL if ANY in term.values else frozenset(map(State, term.values))


def _narrowed(scope: str, query: Query, asker: Asker, value: _Values) -> str:
    """Fewer rows, where an index holds just those: one ticket's number, or one member's work."""
    for term in query.terms:
        one = not term.without and len(term.values) == 1 and term.values[0] != NONE
        if _is_number(term):
            return f"{scope} AND number = {value(_amount(term).amount)}"
        if term.field == "owner" and one and scope == _SHELVES[_WORK][0]:
            return f"{scope} AND owner = {value(asker.actor if term.values[0] == ME else term.values[0])}"
    return scope


def _is_number(term: Term) -> bool:
    """Whether it names one ticket."""
    return term.field == "number" and not term.without and _amount(term).sign is Sign.IS


def _condition(term: Term, asker: Asker, value: _Values) -> str:
    said = _CONDITIONS[term.field](term, asker, value)
    return f"NOT COALESCE(({said}), 1 = 0)" if term.without else f"({said})"


def _text(column: str) -> Callable[[Term, Asker, _Values], str]:
    """A column of texts, which is '' (or nothing) where there is none."""

    def condition(term: Term, asker: Asker, value: _Values) -> str:
        names = ["" if each == NONE else asker.actor if each == ME and column == "owner" else each
                 for each in term.values]  # fmt: skip
        return f"COALESCE({column}, '') IN ({value.list(names)})"

    return condition


def _listed(column: str) -> Callable[[Term, Asker, _Values], str]:
    """A column of words with spaces between."""

    def condition(term: Term, asker: Asker, value: _Values) -> str:
        each = [f"instr(' ' || {column} || ' ', {value(f' {word} ')}) > 0" for word in term.values if word != NONE]
        some = f"{column} <> '' AND ({' OR '.join(each)})" if each else "1 = 0"  # most rows have none
        return f"{column} = '' OR ({some})" if NONE in term.values else some

    return condition


def _is(term: Term, asker: Asker, value: _Values) -> str:
    now, me = value(asker.now), value(asker.actor)
    return " OR ".join(f"({_TRUE_OF[word].format(now=now, me=me)})" for word in term.values)


_UNANSWERED = "COALESCE(unanswered, -1) >= 0"
_TRUE_OF = {
    "unanswered": _UNANSWERED,
    "late": f"{_UNANSWERED} AND due IS NOT NULL AND due < {{now}}",
    "flagged": "flags <> ''",
    "held": "COALESCE(held_until, 0) > {now}",
    "danger": "concern <> ''",
    "noise": "COALESCE(incident, '') <> ''",
    "merged": "COALESCE(merged_into, '') <> ''",
    "followed": "COALESCE(id, '') IN (SELECT COALESCE(m.merged_into, m.id) FROM followers f JOIN tickets m"
    " ON m.library = f.library AND m.id = f.ticket WHERE f.library = :library AND f.member = {me})",
}
"""What ``is:`` asks of a row. Its columns that may be nothing are never compared with nothing."""

_TURNED = {Sign.LESS: ">", Sign.AT_MOST: ">=", Sign.MORE: "<", Sign.AT_LEAST: "<=", Sign.IS: "="}
"""What is less than two days ago happened later than two days ago."""


def _amount(term: Term) -> Compared:
    assert term.compared is not None  # reading gave it one
    return term.compared


def _breaching(term: Term, asker: Asker, value: _Values) -> str:
    said = _amount(term)
    assert isinstance(said.amount, Length)
    soon = value(asker.now + said.amount.ms)
    return f"{_UNANSWERED} AND due IS NOT NULL AND urgency {said.sign} {soon}"


def _since(column: str) -> Callable[[Term, Asker, _Values], str]:
    """A time that has been: how long ago, or on which day."""

    def condition(term: Term, asker: Asker, value: _Values) -> str:
        said, when = _amount(term), f"COALESCE({column}, 0)"
        if isinstance(said.amount, Length):
            return f"{when} > 0 AND {when} {_TURNED[said.sign]} {value(asker.now - said.amount.ms)}"
        assert isinstance(said.amount, Day)
        begins, ends = span_of(said.amount.on(asker.today), asker.zone)
        if said.sign is Sign.IS:
            return f"{when} >= {value(begins)} AND {when} < {value(ends)}"
        edge = begins if said.sign in {Sign.LESS, Sign.AT_LEAST} else ends
        side = "<" if said.sign in {Sign.LESS, Sign.AT_MOST} else ">="
        return f"{when} {side} {value(edge)}"

    return condition


def _number(term: Term, asker: Asker, value: _Values) -> str:
    said = _amount(term)
    return f"COALESCE(number, 0) {said.sign} {value(said.amount)}"


_CONDITIONS: Mapping[str, Callable[[Term, Asker, _Values], str]] = {
    **{name: _text(name) for name in ("channel", "owner", "kind", "site", "line", "zone")},
    "tag": _listed("tags"),
    "flag": _listed("flags"),
    "is": _is,
    "breaching": _breaching,
    "waiting": _since("unanswered"),
    "age": _since("opened"),
    "opened": _since("opened"),
    "updated": _since("updated"),
    "number": _number,
}
"""What each field asks of a row; ``state`` is the shelf that is looked at."""
